"""What could not be delivered inside the house, for a person to look at and try again."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.events import relay
from krm.events.models import Delivery
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.pages import verb_view


def retry_many(request: object, queryset: QuerySet[Delivery]) -> str:
    count = 0
    for delivery in queryset:
        relay.retry(delivery, by=request.user)  # type: ignore[attr-defined]
        count += 1
    return _("%(count)s are tried again.") % {"count": count}


class Parked(ListPage):
    name = "events.parked"
    title = _("Parked deliveries")
    subtitle = _(
        "Events that a part of KRM could not take in after several tries. Mend the cause, then retry."
    )
    perm = "events.retry_deliveries"
    model = Delivery
    columns = (
        Column(
            "event",
            _("Event"),
            value="event.name",
            sub=lambda d: f"{d.event.subject_type} {d.event.subject_id}",
        ),
        Column("subscriber", _("Where"), sort="subscriber"),
        Column("attempts", _("Tries"), kind="number", sort="attempts"),
        Column("error", _("Error"), width="wide"),
        Column("occurred", _("When"), kind="ago", value="event.occurred_at"),
    )
    bulk_actions = (BulkAction("retry", _("Try again"), run=retry_many, perm="events.retry_deliveries"),)
    empty = Empty(_("Nothing is parked"), _("Every event reached everybody it concerns."), icon="checks")

    def get_queryset(self) -> QuerySet[Delivery]:
        rows = Delivery.objects.visible_to(self.request.user)  # type: ignore[arg-type]
        return rows.filter(state=Delivery.State.PARKED).select_related("event")


retry = verb_view(
    Delivery,
    relay.retry,
    perm="events.retry_deliveries",
    success=_("Tried again shortly."),
    success_url=lambda *_args: reverse("events:parked"),
)
