"""Tell whose turn it is about what is due or late, once a day and piece."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from campaigns.models import Deliverable
from campaigns.partnerships import portal_users, staff_of
from campaigns.tracking import health
from krm.events import notify
from krm.events.texts import Text


def remind(today: date | None = None) -> int:
    """Three days before, on the day, and on the first and fourth day late; the same day twice tells nobody twice."""
    today = today or timezone.localdate()
    rows = (
        Deliverable.objects.filter(
            locked_at__isnull=False,
            state__in=["planned", "concept", "drafting", "in_review", "approved"],
            publish_on__date__lte=today + timedelta(days=30),
        )
        .exclude(partnership__state__in=["cancelled", "declined", "completed"])
        .select_related("partnership__campaign__owner", "partnership__owner", "partnership__creator")
    )
    told = 0
    for deliverable in rows:
        found = health(deliverable, today)
        if found.days not in (3, 0, -1, -4) or found.turn not in ("creator", "agency"):
            continue
        creator = found.turn == "creator"
        people = (
            portal_users(deliverable.partnership.creator_id) if creator else staff_of(deliverable.partnership)
        )
        url = "campaigns:portal_deliverable" if creator else "campaigns:deliverable_detail"
        with transaction.atomic():
            told += len(
                notify(
                    "campaigns.content_due",
                    people,
                    deliverable,
                    title=Text(gettext_lazy("Due: %(title)s"), title=deliverable.title)
                    if found.days >= 0
                    else Text(gettext_lazy("Late: %(title)s"), title=deliverable.title),
                    text=Text(
                        gettext_lazy("%(campaign)s, %(creator)s"),
                        campaign=deliverable.partnership.campaign.name,
                        creator=str(deliverable.partnership.creator),
                    ),
                    url=reverse(url, args=[deliverable.pk]),
                    key=f"deliverable:{deliverable.pk}:due:{today.isoformat()}",
                )
            )
    return told
