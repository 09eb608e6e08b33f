"""What happens to creators we work with right now, told to the people of the partnership."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from campaigns.models import Partnership
from campaigns.partnerships import staff_of
from krm.events import notify
from krm.events.models import Event
from krm.events.texts import Text

SERIOUS = ("floor", "high")
RUNNING = ("invited", "negotiating", "agreed", "briefed", "in_production", "live")


def tell_of_safety(event: Event) -> None:
    """A serious safety flag of a creator in a running partnership: who looks after it hears of it, once an event."""
    if event.data.get("worst") not in SERIOUS or not event.data.get("creator_id"):
        return
    rows = Partnership.objects.filter(creator=event.data["creator_id"], state__in=RUNNING).select_related(
        "campaign", "creator"
    )
    for partnership in rows:
        notify(
            "campaigns.safety_flagged", staff_of(partnership), partnership,
            title=Text(gettext_lazy("Safety: %(creator)s"), creator=str(partnership.creator)),
            text=Text(
                gettext_lazy("A post was flagged while the creator works on %(campaign)s."),
                campaign=str(partnership.campaign),
            ),
            url=f"{reverse('creators:detail', args=[partnership.creator_id])}?tab=safety",
            key=f"safety:{event.pk}:{partnership.pk}",
        )  # fmt: skip
