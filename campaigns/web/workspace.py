"""Campaign list, form and workspace: overview, state, budget, KPIs, tiers."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import budget, planning, tracking
from campaigns.models import Brand, Campaign, Deliverable
from campaigns.models.plans import CampaignState, Objective
from campaigns.web.forms import (
    AllocationForm,
    CampaignForm,
    KpiForm,
    SpendForm,
    TierForm,
    WaiverForm,
)
from krm.accounts.permissions import allowed
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, ObjectMixin, Page, TabPage, verb_view


def brands_of(request: HttpRequest | None) -> Any:
    return Brand.objects.visible_to(request.user if request else None)


class CampaignFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=CampaignState.choices)
    brand = django_filters.ModelMultipleChoiceFilter(label=gettext_lazy("Brand"), queryset=brands_of)
    objective = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Objective"), choices=Objective.choices
    )
    starts = django_filters.DateFromToRangeFilter(label=gettext_lazy("Starts"), field_name="starts_on")
    mine = django_filters.BooleanFilter(label=gettext_lazy("Mine"), method="only_mine")

    class Meta:
        model = Campaign
        fields: list[str] = []

    def only_mine(self, queryset: Any, name: str, value: bool | None) -> Any:
        return queryset.filter(owner=self.request.user) if value else queryset


class CampaignList(ListPage):
    name = "campaigns.campaigns"
    title = gettext_lazy("Campaigns")
    model = Campaign
    filterset_class = CampaignFilter
    search_fields = ["name", "code", "brand__name"]
    default_sort = "-starts_on"
    columns = [
        Column(
            "name", gettext_lazy("Campaign"), link=lambda c: c.get_absolute_url(), sort="name", sub="code"
        ),
        Column("brand", gettext_lazy("Brand"), sort="brand__name", link=lambda c: c.brand.get_absolute_url()),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("objective", gettext_lazy("Objective"), value="get_objective_display", sort="objective"),
        Column("starts_on", gettext_lazy("Starts"), kind="date", sort="starts_on"),
        Column("ends_on", gettext_lazy("Ends"), kind="date", sort="ends_on"),
        Column("budget", gettext_lazy("Budget"), kind="money", currency="currency", sort="budget"),
        Column("owner", gettext_lazy("Owner"), sort="owner__name"),
    ]
    actions = [
        (gettext_lazy("Approval limits"), "campaigns:limits", "", "campaigns.manage_limits"),
        (gettext_lazy("New campaign"), "campaigns:new", "primary", "campaigns.manage_campaign"),
    ]
    empty = Empty(
        gettext_lazy("No campaigns yet"),
        gettext_lazy("Plan one: a brand, an objective, dates and a budget are enough to begin."),
        action=(gettext_lazy("New campaign"), "campaigns:new"),
    )

    def get_queryset(self) -> Any:
        return Campaign.objects.visible_to(self.request.user).select_related("brand", "owner")


class CampaignNew(FormPage):
    form_class = CampaignForm
    perm = "campaigns.manage_campaign"
    title = gettext_lazy("New campaign")
    submit_label = gettext_lazy("Create campaign")
    cancel_url = "campaigns:list"
    template_name = "campaigns/campaign_form.html"
    success_message = gettext_lazy(
        "Campaign created. KPI targets, budget and tiers are proposed; check them."
    )

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        brand = self.request.GET.get("brand", "")
        found: dict[str, Any] = {"owner": self.request.user.pk}
        if brand.isdigit():
            found["brand"] = brand
        return found

    def save(self, form: CampaignForm) -> Campaign:
        data = dict(form.cleaned_data)
        data["currency"] = data.get("currency") or None
        return planning.create_campaign(by=self.request.user, **data)


class CampaignEdit(ObjectFormPage):
    model = Campaign
    guards = True
    form_class = CampaignForm
    perm = "campaigns.manage_campaign"
    template_name = "campaigns/campaign_form.html"
    success_message = gettext_lazy("Saved.")

    def get_title(self) -> Any:
        return _("Edit %(name)s") % {"name": self.object}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brand")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "campaign": self.object}

    def save(self, form: CampaignForm) -> Campaign:
        return planning.update_campaign(self.object, by=self.request.user, **form.cleaned_data)


class CampaignFacts(ObjectMixin):
    """What every page and tab of a campaign's workspace shows at its head."""

    model = Campaign
    tabset = "campaign"
    breadcrumbs = [(gettext_lazy("Campaigns"), "campaigns:list")]
    object: Campaign

    def get_queryset(self) -> Any:
        return Campaign.objects.visible_to(self.request.user).select_related("brand", "owner", "product")

    def get_actions(self) -> list[dict[str, Any]]:
        return []

    def get_context(self) -> dict[str, Any]:
        may = allowed(self.request.user, "campaigns.manage_campaign", self.object)
        return {
            "campaign": self.object,
            "may_manage": may,
            "steps": planning.STEPS[self.object.state] if may else (),
        }


class CampaignDetail(CampaignFacts, DetailPage):
    template_name = "campaigns/campaign.html"

    def get_context(self) -> dict[str, Any]:
        campaign = self.object
        open_ones = Deliverable.objects.filter(partnership__campaign=campaign).exclude(
            state__in=["accepted", "cancelled"]
        )
        partnerships = campaign.partnerships.exclude(state__in=["cancelled", "declined"])
        return {
            **super().get_context(),
            "kpis": campaign.kpis.all(),
            "plan": budget.status(campaign),
            "partnership_count": partnerships.count(),
            "signed_count": partnerships.exclude(state__in=["invited", "negotiating"]).count(),
            "late_count": tracking.late_ones(open_ones).count(),
            "open_count": open_ones.count(),
            "next_ones": [
                (d, tracking.health(d))
                for d in open_ones.filter(publish_on__isnull=False)
                .select_related("partnership__creator")
                .order_by("publish_on")[:6]
            ],
            "days_left": planning.days_left(campaign),
        }


class BudgetTab(CampaignFacts, TabPage):
    template_name = "campaigns/budget_tab.html"
    tab_key = "budget"

    def get_context(self) -> dict[str, Any]:
        campaign = self.object
        plans = list(campaign.tier_plans.select_related("tier").order_by("-tier__floor"))
        amounts = budget.tier_amounts(campaign, plans)
        return {
            **super().get_context(),
            "plan": budget.status(campaign),
            "tiers": [(plan, amounts.get(plan.pk)) for plan in plans],
            "waivers": campaign.budget_waivers.select_related("granted_by"),
            "spends": campaign.spends.select_related("recorded_by")[:100],
            "may_waive": allowed(self.request.user, "campaigns.waive", campaign),
            "may_spend": allowed(self.request.user, "campaigns.record_spend", campaign),
        }


class CampaignPartForm(ObjectFormPage):
    """A form about one part of a campaign's plan; back to the workspace afterwards."""

    model = Campaign
    perm = "campaigns.manage_campaign"
    success_message = gettext_lazy("Saved.")
    back_to = ""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brand")

    def get_success_url(self, obj: Any) -> str:
        return f"{self.object.get_absolute_url()}{f'?tab={self.back_to}' if self.back_to else ''}"

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(str(self.object), self.object.get_absolute_url())]


class Allocate(CampaignPartForm):
    guards = True
    form_class = AllocationForm
    perm = "campaigns.manage_budget"
    title = gettext_lazy("Budget allocation")
    template_name = "campaigns/allocation_form.html"
    back_to = "budget"

    def get_form_kwargs(self) -> dict[str, Any]:
        planned = {line.kind: line.planned for line in self.object.budget_lines.all()}
        return {**super().get_form_kwargs(), "planned": planned}

    def get_context(self) -> dict[str, Any]:
        shares = {kind: f"{low}–{high} %" for kind, (low, high) in budget.BANDS.items()}
        proposal = budget.propose(self.object.budget, self.object.currency)
        return {"bands": [(kind, shares[kind], proposal[kind]) for kind in budget.BANDS]}

    def save(self, form: AllocationForm) -> Campaign:
        return budget.allocate(self.object, by=self.request.user, amounts=form.cleaned_data)


class EditKpis(CampaignPartForm):
    guards = True
    form_class = KpiForm
    title = gettext_lazy("KPI targets")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": self.object}

    def save(self, form: KpiForm) -> Campaign:
        return planning.set_kpis(self.object, by=self.request.user, targets=form.cleaned_data)


class EditTiers(CampaignPartForm):
    guards = True
    form_class = TierForm
    title = gettext_lazy("Tier plan")
    back_to = "budget"
    template_name = "campaigns/tiers_form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": self.object}

    def save(self, form: TierForm) -> Any:
        return budget.plan_tiers(self.object, by=self.request.user, rows=form.rows())


class Waive(CampaignPartForm):
    form_class = WaiverForm
    perm = "campaigns.waive"
    title = gettext_lazy("Budget waiver")
    back_to = "budget"
    submit_label = gettext_lazy("Grant waiver")

    def save(self, form: WaiverForm) -> Any:
        return budget.waive(self.object, by=self.request.user, **form.cleaned_data)


class NewSpend(CampaignPartForm):
    form_class = SpendForm
    perm = "campaigns.record_spend"
    title = gettext_lazy("Record spend")
    back_to = "budget"

    def save(self, form: SpendForm) -> Any:
        return budget.record_spend(
            self.object, by=self.request.user, key=f"manual:{uuid.uuid4().hex}", **form.cleaned_data
        )


def move_campaign(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """POST: one of `planning.VERBS`."""
    verb = planning.VERBS.get(step)
    if verb is None:
        raise Http404
    return MOVES[step](request, pk=pk)  # type: ignore[return-value]


MOVES = {
    step: verb_view(
        Campaign,
        verb,
        perm="campaigns.manage_campaign",
        success=lambda c: _("The campaign is now “%(state)s”.") % {"state": c.get_state_display()},
    )
    for step, verb in planning.VERBS.items()
}


class HomePanel(Page):
    """Home: running campaigns with their money and what is late."""

    template_name = "campaigns/home_panel.html"
    perm = "campaigns.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = list(
            Campaign.objects.visible_to(request.user)
            .filter(state__in=["planning", "client_review", "active", "reporting"])
            .select_related("brand")
            .order_by("ends_on")[:8]
        )
        states = budget.status_many(rows)
        late = tracking.late_by_campaign([c.pk for c in rows])
        return self.render(
            rows=[{"campaign": c, "status": states[c.pk], "late": late.get(c.pk, 0)} for c in rows],
            today=timezone.localdate(),
        )
