"""The tracker: board, table and timeline of deliverables, per campaign and across campaigns; one deliverable."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from campaigns import scheduling, tracking
from campaigns.models import Deliverable
from campaigns.models.deliverables import DeliverableState, Turn
from campaigns.web.forms import PostUrlForm, ReasonForm, RescheduleForm
from campaigns.web.workspace import CampaignFacts, brands_of
from creators.models import Platform
from krm.accounts.permissions import allowed, check
from krm.web.access import AccessMixin
from krm.web.format import day
from krm.web.forms import REFUSALS, refusal_text
from krm.web.furniture import badge
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, ObjectFormPage, Page, TabPage, back, verb_view

COLUMNS = ("planned", "concept", "drafting", "in_review", "approved", "published", "accepted")

# What dropping a card on a column means. Content itself moves by its own work (concepts, drafts, posts).
DROPS: dict[str, Any] = {
    "concept": tracking.start_concept,
    "drafting": tracking.start_drafting,
    "accepted": tracking.accept_deliverable,
}


TONES = {"late": "bad", "soon": "warn", "ok": "quiet", "done": "good"}


def ready(queryset: Any) -> Any:
    return queryset.select_related("partnership__campaign__brand", "partnership__creator", "account")


def board_of(deliverables: list[Deliverable]) -> list[dict[str, Any]]:
    labels = dict(DeliverableState.choices)
    columns: dict[str, dict[str, Any]] = {
        key: {"key": key, "label": labels[key], "cards": []} for key in COLUMNS
    }
    for deliverable in deliverables:
        if deliverable.state in columns:
            health = tracking.health(deliverable)
            columns[deliverable.state]["cards"].append(
                {
                    "id": deliverable.pk,
                    "title": deliverable.title,
                    "url": deliverable.get_absolute_url(),
                    "lines": [deliverable.partnership.creator, day(deliverable.publish_on)],
                    "turn": deliverable.get_turn_display(),
                    "html": badge(
                        "", f"{health.label} · {deliverable.get_turn_display()}", TONES[health.state]
                    ),
                }
            )
    return list(columns.values())


def timeline_of(deliverables: list[Deliverable]) -> list[dict[str, Any]]:
    """Weeks with what is to be published in them."""
    weeks: dict[Any, list[Any]] = {}
    for deliverable in sorted((d for d in deliverables if d.publish_on), key=lambda d: (d.publish_on, d.pk)):
        day = timezone.localdate(deliverable.publish_on)
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(
            (deliverable, tracking.health(deliverable))
        )
    return [
        {"start": start, "end": start + timedelta(days=6), "rows": rows}
        for start, rows in sorted(weeks.items())
    ]


class TrackerTab(CampaignFacts, TabPage):
    template_name = "campaigns/tracker_tab.html"
    tab_key = "tracker"

    def get_context(self) -> dict[str, Any]:
        mode = self.request.GET.get("mode", "board")
        rows = list(
            ready(Deliverable.objects.filter(partnership__campaign=self.object))
            .exclude(state="cancelled")
            .order_by("publish_on", "pk")[:500]
        )
        return {
            **super().get_context(),
            "mode": mode if mode in ("board", "table", "timeline") else "board",
            "columns": board_of(rows),
            "rows": [(d, tracking.health(d)) for d in rows],
            "weeks": timeline_of(rows),
            "any": bool(rows),
            "may_track": allowed(self.request.user, "campaigns.track", self.object),
            "move_url": reverse("campaigns:board_move"),
            "board_sort": "no",
            "tab_url": reverse("campaigns:tracker_tab", args=[self.object.pk]),
        }


class DeliverableFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=DeliverableState.choices)
    turn = django_filters.MultipleChoiceFilter(label=gettext_lazy("Whose turn"), choices=Turn.choices)
    platform = django_filters.MultipleChoiceFilter(label=gettext_lazy("Platform"), choices=Platform.choices)
    brand = django_filters.ModelMultipleChoiceFilter(
        label=gettext_lazy("Brand"), queryset=brands_of, field_name="partnership__campaign__brand"
    )
    late = django_filters.BooleanFilter(label=gettext_lazy("Late"), method="only_late")
    mine = django_filters.BooleanFilter(label=gettext_lazy("Mine"), method="only_mine")

    class Meta:
        model = Deliverable
        fields: list[str] = []

    def only_late(self, queryset: Any, name: str, value: bool | None) -> Any:
        return tracking.late_ones(queryset) if value else queryset

    def only_mine(self, queryset: Any, name: str, value: bool | None) -> Any:
        return tracking.owned_by(queryset, self.request.user) if value else queryset


class Tracker(ListPage):
    """Everything that is being made, across campaigns."""

    name = "campaigns.tracker"
    title = gettext_lazy("Tracker")
    model = Deliverable
    filterset_class = DeliverableFilter
    search_fields = ["title", "partnership__creator__search_text", "partnership__campaign__name"]
    default_sort = "publish_on"
    columns = [
        Column("title", gettext_lazy("Deliverable"), link=lambda d: d.get_absolute_url(), sort="title"),
        Column(
            "creator",
            gettext_lazy("KOL"),
            value="partnership.creator",
            link=lambda d: d.partnership.get_absolute_url(),
            sort="partnership__creator__name",
        ),
        Column(
            "campaign",
            gettext_lazy("Campaign"),
            value="partnership.campaign",
            link=lambda d: d.partnership.campaign.get_absolute_url(),
            sort="partnership__campaign__name",
            sub="partnership.campaign.brand",
        ),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("turn", gettext_lazy("Whose turn"), value="get_turn_display", sort="turn"),
        Column("due_on", gettext_lazy("Draft due"), kind="date", sort="due_on"),
        Column("publish_on", gettext_lazy("Publish on"), kind="datetime", sort="publish_on"),
        Column("health", gettext_lazy("Health"), value=lambda d: tracking.health(d).label),
        Column(
            "amount", gettext_lazy("Fee"), kind="money", currency="currency", sort="amount", default=False
        ),
    ]
    empty = Empty(
        gettext_lazy("Nothing to track yet"),
        gettext_lazy("Deliverables appear here when an agreement is written."),
        action=(gettext_lazy("Campaigns"), "campaigns:list"),
    )

    def get_queryset(self) -> Any:
        return ready(Deliverable.objects.visible_to(self.request.user)).exclude(state="cancelled")


class DeliverableDetail(DetailPage):
    model = Deliverable
    template_name = "campaigns/deliverable.html"
    tabset = "deliverable"

    def get_queryset(self) -> Any:
        return ready(super().get_queryset()).select_related("agreement", "post")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        partnership = self.object.partnership
        return [
            (partnership.campaign.name, f"{partnership.campaign.get_absolute_url()}?tab=tracker"),
            (str(partnership.creator), partnership.get_absolute_url()),
        ]

    def get_context(self) -> dict[str, Any]:
        deliverable = self.object
        user = self.request.user
        near = (
            scheduling.visible_between(
                user,
                deliverable.publish_on - timedelta(days=4),
                deliverable.publish_on + timedelta(days=4),
                partnership__creator=deliverable.partnership.creator_id,
            )
            if deliverable.publish_on
            else []
        )
        return {
            "health": tracking.health(deliverable),
            "steps": [
                {
                    "key": key,
                    "label": dict(DeliverableState.choices)[key],
                    "done": tracking.reached(deliverable, key),
                }
                for key in COLUMNS
            ],
            "collisions": scheduling.collisions(near).get(deliverable.pk, []),
            "milestones": deliverable.milestones.all(),
            "may_track": allowed(user, "campaigns.track", deliverable),
            "may_accept": deliverable.state == "published"
            and allowed(user, "campaigns.accept_deliverable", deliverable),
            "may_move": deliverable.state in ("planned", "concept", "drafting", "in_review", "approved")
            and allowed(user, "campaigns.reschedule", deliverable),
            "may_publish": deliverable.state == "approved"
            and allowed(user, "campaigns.report_post", deliverable),
            "may_cancel": deliverable.state in ("planned", "concept", "drafting", "in_review", "approved")
            and allowed(user, "campaigns.negotiate", deliverable),
        }


class Reschedule(ObjectFormPage):
    """Move the publish date; the calendar opens it with the day a card was dropped on."""

    model = Deliverable
    form_class = RescheduleForm
    perm = "campaigns.reschedule"
    title = gettext_lazy("Move the publish date")
    submit_label = gettext_lazy("Move")

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("publish_on", "")[:16]
        return {
            "publish_on": wanted or (self.object.publish_on and timezone.localtime(self.object.publish_on))
        }

    def save(self, form: RescheduleForm) -> Deliverable:
        return scheduling.reschedule(self.object, by=self.request.user, **form.cleaned_data)

    def get_success_message(self, obj: Any) -> str:
        return _("Moved to %(date)s.") % {
            "date": timezone.localtime(obj.publish_on).strftime("%Y-%m-%d %H:%M")
        }

    def get_success_url(self, obj: Any) -> str:
        return (
            back(self.request, str(obj.get_absolute_url()))
            if self.request.POST.get("next")
            else obj.get_absolute_url()
        )


deliverable_publish = verb_view(
    Deliverable,
    tracking.confirm_published,
    perm="campaigns.report_post",
    form=PostUrlForm,
    title=gettext_lazy("Confirm publication"),
    submit_label=gettext_lazy("Confirm"),
    success=gettext_lazy("Published. Its figures follow with the next pull."),
)
deliverable_accept = verb_view(
    Deliverable,
    tracking.accept_deliverable,
    perm="campaigns.accept_deliverable",
    success=gettext_lazy("Accepted. What it is paid by is due now."),
)
deliverable_unpublish = verb_view(
    Deliverable,
    tracking.unpublish,
    perm="campaigns.track",
    form=ReasonForm,
    title=gettext_lazy("Not the right post"),
    submit_label=gettext_lazy("Take off"),
    success=gettext_lazy("The post was taken off; it waits for publication again."),
)
deliverable_cancel = verb_view(
    Deliverable,
    tracking.cancel_deliverable,
    perm="campaigns.negotiate",
    form=ReasonForm,
    title=gettext_lazy("Cancel deliverable"),
    submit_label=gettext_lazy("Cancel deliverable"),
    success=gettext_lazy("Deliverable cancelled."),
)


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Form fields or a JSON object."""
    if request.content_type == "application/json":
        try:
            found = json.loads(request.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
    return {name: request.POST[name] for name in request.POST}


def refusal_answer(refusal: Exception) -> JsonResponse:
    return JsonResponse({"error": refusal_text(refusal), "detail": refusal_text(refusal)}, status=409)


class BoardMove(AccessMixin, View):
    """A card was dropped on another column: {"card": 12, "column": "drafting"}."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        body = body_of(request)
        pk = str(body.get("id") or body.get("card") or "")
        target = str(body.get("to") or body.get("column") or "")
        if not pk.isdigit():
            raise Http404
        deliverable = Deliverable.objects.visible_to(request.user).filter(pk=int(pk)).first()
        if deliverable is None:
            raise Http404
        check(request.user, "campaigns.track", deliverable)
        if deliverable.state == target:
            return JsonResponse({"state": target})
        verb = DROPS.get(target)
        try:
            if verb is None:
                raise ValidationError(
                    _("“%(state)s” is reached by the work itself: drafts, reviews and posts move the card.")
                    % {"state": dict(DeliverableState.choices).get(target, target)}
                )
            before = deliverable.state
            moved = verb(deliverable, by=request.user)
            if moved.state == before:
                raise ValidationError(_("A card moves forward only; drafts and reviews bring it back."))
        except REFUSALS as refusal:
            return refusal_answer(refusal)
        return JsonResponse({"state": moved.state})


class MyWorkPanel(Page):
    """Home: what is late or due next, mine first."""

    template_name = "campaigns/work_panel.html"
    perm = "campaigns.view"

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        soon = timezone.now() + timedelta(days=7)
        rows = ready(
            Deliverable.objects.visible_to(user)
            .filter(locked_at__isnull=False, publish_on__lt=soon)
            .exclude(state__in=["accepted", "cancelled"])
        ).order_by("publish_on")
        mine = list(tracking.owned_by(rows, user)[:10])
        shown = mine or list(rows[:10])
        return {"rows": [(d, tracking.health(d)) for d in shown], "mine": bool(mine)}
