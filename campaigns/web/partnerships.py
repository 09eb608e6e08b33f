"""Partnerships of a campaign, one partnership with its talks, offers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import agreements, budget, exclusivity, negotiation, tracking
from campaigns.models import ApprovalLimit, Offer, Partnership
from campaigns.partnerships import RATED_STATES
from campaigns.web.forms import (
    AgreementStartForm,
    CounterForm,
    LimitForm,
    OfferForm,
    OptionalReasonForm,
    PartnershipForm,
    ReasonForm,
    line_formset,
)
from campaigns.web.workspace import CampaignFacts
from krm.accounts.permissions import allowed
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, TabPage, verb_view


class PartnershipsTab(CampaignFacts, TabPage):
    template_name = "campaigns/partnerships_tab.html"
    tab_key = "partnerships"

    def get_context(self) -> dict[str, Any]:
        rows = list(
            self.object.partnerships.select_related("creator__tier", "account", "agreement", "owner")
            .prefetch_related("offers")
            .order_by("-pk")
        )
        return {
            **super().get_context(),
            "rows": [{"partnership": p, "offer": latest(p)} for p in rows],
            "plan": budget.status(self.object),
        }


def latest(partnership: Partnership) -> Offer | None:
    """The newest offer that is not a draft, else the newest; from the prefetched list."""
    offers = sorted(partnership.offers.all(), key=lambda o: o.number)
    sent = [o for o in offers if o.state not in ("draft", "withdrawn")]
    shown = sent or offers
    return shown[-1] if shown else None


class PartnershipDetail(DetailPage):
    model = Partnership
    tabset = "partnership"
    template_name = "campaigns/partnership.html"

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("campaign__brand", "creator__tier", "account", "owner", "candidate", "agreement")
        )

    def get_title(self) -> Any:
        return str(self.object.creator)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        campaign = self.object.campaign
        return [(campaign.name, f"{campaign.get_absolute_url()}?tab=partnerships")]

    def get_context(self) -> dict[str, Any]:
        partnership = self.object
        user = self.request.user
        offers = list(
            partnership.offers.prefetch_related("lines").select_related("answered_by", "created_by")
        )
        on_table = next((o for o in offers if o.state == "sent"), None)
        agreement = getattr(partnership, "agreement", None)
        windows = exclusivity.conflicts(partnership.campaign, [partnership.creator_id]).get(
            partnership.creator_id, []
        )
        return {
            "offers": list(reversed(offers)),
            "on_table": on_table,
            "draft": next((o for o in offers if o.state == "draft"), None),
            "accepted": next((o for o in offers if o.state == "accepted"), None),
            "agreement": agreement,
            "deliverables": [
                (d, tracking.health(d)) for d in partnership.deliverables.select_related("account", "post")
            ],
            "may": allowed(user, "campaigns.negotiate", partnership),
            "may_rate": partnership.state in RATED_STATES and allowed(user, "campaigns.rate", partnership),
            "ratings": list(partnership.ratings.select_related("rated_by")),
            "may_waive": allowed(user, "campaigns.waive", partnership),
            "windows": [(w, exclusivity.describe(w)) for w in windows],
            "limit": negotiation.limit_of(user, partnership.campaign.currency),
            "can_offer": partnership.state in ("invited", "negotiating", "declined")
            and on_table is None
            and agreement is None
            and not any(o.state == "accepted" for o in offers),
            "can_cancel": partnership.state not in ("completed", "cancelled", "declined"),
        }


class PartnershipEdit(ObjectFormPage):
    guards = True
    model = Partnership
    form_class = PartnershipForm
    perm = "campaigns.negotiate"
    success_message = gettext_lazy("Saved.")
    title = gettext_lazy("Edit partnership")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "partnership": self.object, "user": self.request.user}

    def save(self, form: PartnershipForm) -> Partnership:
        return negotiation.update_partnership(self.object, by=self.request.user, **form.cleaned_data)


partnership_cancel = verb_view(
    Partnership,
    negotiation.cancel_partnership,
    perm="campaigns.negotiate",
    form=ReasonForm,
    title=gettext_lazy("Cancel partnership"),
    submit_label=gettext_lazy("Cancel partnership"),
    success=gettext_lazy("Partnership cancelled."),
)


class LinesPage(ObjectFormPage):
    """A form with lines (content and price) below it; both sides use it."""

    template_name = "campaigns/offer_form.html"
    spare = 3
    _lines: Any

    def start_lines(self) -> list[dict[str, Any]]:
        return []

    def get_lines(self) -> Any:
        if hasattr(self, "_lines"):
            return self._lines
        start = self.start_lines()
        factory = line_formset(max(self.spare, 1) if start else self.spare + 1)
        if self.request.method == "POST":
            self._lines = factory(data=self.request.POST, prefix="lines")
        else:
            self._lines = factory(initial=start, prefix="lines")
        return self._lines

    def is_valid(self, form: Any) -> bool:
        return bool(form.is_valid() & self.get_lines().is_valid())

    def save(self, form: Any) -> Any:
        return self.save_lines(form, self.get_lines().lines())

    def save_lines(self, form: Any, lines: list[dict[str, Any]]) -> Any:
        raise NotImplementedError

    def get_context(self) -> dict[str, Any]:
        return {"lines": self.get_lines(), "currency": self.currency()}

    def currency(self) -> str:
        campaign = getattr(self.object, "campaign", None) or self.object.partnership.campaign
        return str(campaign.currency)


class OfferNew(LinesPage):
    model = Partnership
    form_class = OfferForm
    perm = "campaigns.negotiate"
    submit_label = gettext_lazy("Send offer")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand", "creator")

    def get_title(self) -> Any:
        return _("Offer to %(creator)s") % {"creator": self.object.creator}

    def get_initial(self) -> dict[str, Any]:
        return {"expires_at": timezone.localtime() + timedelta(days=negotiation.VALID_DAYS)}

    def start_lines(self) -> list[dict[str, Any]]:
        last = self.object.offers.prefetch_related("lines").order_by("-number").first()
        if last is not None:
            return [line_initial(line) for line in last.lines.all()]
        return [
            {"what": f"{h['platform']}:{h['format']}", "quantity": 1, "unit_price": h["unit_price"]}
            for h in negotiation.rate_hints(self.object)[:5]
        ]

    def save_lines(self, form: Any, lines: list[dict[str, Any]]) -> Any:
        send = "draft" not in self.request.POST
        return negotiation.make_offer(
            self.object, by=self.request.user, send=send, lines=lines, **form.cleaned_data
        )

    def get_success_message(self, obj: Any) -> str:
        return _("Offer sent.") if obj.state == "sent" else _("Draft saved.")

    def get_success_url(self, obj: Any) -> str:
        return str(self.object.get_absolute_url())

    def get_context(self) -> dict[str, Any]:
        return {
            **super().get_context(),
            "with_draft": True,
            "plan": budget.status(self.object.campaign),
            "priced": self.object,
        }


def line_initial(line: Any) -> dict[str, Any]:
    return {
        "what": f"{line.platform}:{line.format}",
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "due_on": line.due_on,
    }


class OfferCounter(LinesPage):
    model = Offer
    form_class = CounterForm
    perm = "campaigns.negotiate"
    submit_label = gettext_lazy("Send counter-offer")
    success_message = gettext_lazy("Counter-offer sent.")
    spare = 2

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership__campaign__brand", "partnership__creator")

    def get_title(self) -> Any:
        return _("Counter-offer")

    def start_lines(self) -> list[dict[str, Any]]:
        return [line_initial(line) for line in self.object.lines.all()]

    def save_lines(self, form: Any, lines: list[dict[str, Any]]) -> Any:
        return negotiation.counter(self.object, by=self.request.user, lines=lines, **form.cleaned_data)

    def get_success_url(self, obj: Any) -> str:
        return str(self.object.partnership.get_absolute_url())

    def get_cancel_url(self) -> str:
        return str(self.object.partnership.get_absolute_url())


def _home(offer: Offer) -> str:
    return str(offer.partnership.get_absolute_url())


offer_send = verb_view(
    Offer,
    negotiation.send_offer,
    perm="campaigns.negotiate",
    success=gettext_lazy("Offer sent."),
    success_url=_home,
)


def answers(perm: str, area: str, home: Any, accepted: Any, declined: Any) -> tuple[Any, Any, Any]:
    """Accept, decline and withdraw, as either side does it."""
    common: dict[str, Any] = {"perm": perm, "area": area, "success_url": home}
    return (
        verb_view(Offer, negotiation.accept, success=accepted, **common),
        verb_view(
            Offer,
            negotiation.decline,
            form=OptionalReasonForm,
            title=gettext_lazy("Decline offer"),
            submit_label=gettext_lazy("Decline"),
            success=declined,
            **common,
        ),
        verb_view(Offer, negotiation.withdraw, success=gettext_lazy("Withdrawn."), **common),
    )


offer_accept, offer_decline, offer_withdraw = answers(
    "campaigns.negotiate",
    "staff",
    _home,
    accepted=gettext_lazy("Accepted. Write the agreement now."),
    declined=gettext_lazy("Declined."),
)
agreement_draft = verb_view(
    Partnership,
    agreements.draft,
    perm="campaigns.negotiate",
    form=AgreementStartForm,
    title=gettext_lazy("Write agreement"),
    submit_label=gettext_lazy("Write agreement"),
    success=gettext_lazy("Agreement drafted from the accepted offer."),
    success_url=lambda agreement: agreement.get_absolute_url(),
)


class WaiveWindow(ObjectFormPage):
    """An administrator lets this campaign pass the windows that stand in the way of one creator."""

    model = Partnership
    form_class = ReasonForm
    perm = "campaigns.waive"
    title = gettext_lazy("Waive exclusivity")
    submit_label = gettext_lazy("Waive")
    success_message = gettext_lazy("Waived for this campaign.")

    def save(self, form: Any) -> Partnership:
        partnership = self.object
        windows = exclusivity.conflicts(partnership.campaign, [partnership.creator_id])
        for window in windows.get(partnership.creator_id, []):
            exclusivity.waive(
                window,
                by=self.request.user,
                campaign=partnership.campaign,
                reason=form.cleaned_data["reason"],
            )
        return partnership


class Limits(FormPage):
    """Approval limits of campaign managers, one a currency."""

    form_class = LimitForm
    perm = "campaigns.manage_limits"
    title = gettext_lazy("Approval limits")
    template_name = "campaigns/limits.html"
    success_url = "campaigns:limits"
    success_message = gettext_lazy("Limit saved.")

    def get_context(self) -> dict[str, Any]:
        set_ones = {row.currency: row.amount for row in ApprovalLimit.objects.filter(role="campaign_manager")}
        return {"limits": sorted({**negotiation.DEFAULT_LIMITS, **set_ones}.items())}

    def save(self, form: LimitForm) -> ApprovalLimit:
        return negotiation.set_limit(by=self.request.user, role="campaign_manager", **form.cleaned_data)
