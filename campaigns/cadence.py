"""How often accounts are read follows from what hangs on them: a live campaign, a shortlist, or nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils import timezone

from campaigns.models import Candidate, Deliverable, Partnership
from creators.models import AccountSchedule, Cadence
from creators.pulling import schedule

OPEN = ("draft", "planning", "client_review", "active", "reporting")
FINAL = timedelta(days=34)  # a post's figures are final then (`creators.pulling.policy.DECAY`)
WORKING = ("agreed", "briefed", "in_production", "live")
TALKING = ("invited", "negotiating")


def follow_accounts() -> int:
    """Bring the cadence of every account in line with the campaigns. Returns how many changed; twice changes nothing."""
    live = _ids(
        Partnership.objects.filter(state__in=WORKING, campaign__state__in=OPEN),
        Deliverable.objects.filter(
            partnership__state__in=WORKING, partnership__campaign__state__in=OPEN
        ).exclude(state="cancelled"),
    )
    listed = _ids(
        Partnership.objects.filter(state__in=TALKING, campaign__state__in=OPEN),
        Candidate.objects.filter(
            state__in=("proposed", "submitted", "client_approved"), campaign__state__in=OPEN
        ),
    )
    hot = (Cadence.LIVE, Cadence.SHORTLISTED)
    over = set(
        AccountSchedule.objects.filter(cadence__in=hot)
        .exclude(account_id__in=live | listed)
        .values_list("account_id", flat=True)
    )
    return (
        schedule.set_cadence(sorted(live), Cadence.LIVE)
        + schedule.set_cadence(sorted(listed - live), Cadence.SHORTLISTED)
        + schedule.set_cadence(sorted(over), Cadence.WARM)
    )


def follow_posts() -> int:
    """Say which accounts have a young post of a campaign, so that it is read often at first and then less and less."""
    since = timezone.now() - FINAL
    young: dict[int, datetime | None] = dict(
        Deliverable.objects.filter(published_at__gt=since)
        .exclude(state="cancelled")
        .exclude(account=None)
        .values_list("account_id")
        .annotate(Max("published_at"))
    )
    over = AccountSchedule.objects.exclude(tracked_since=None).exclude(account_id__in=list(young))
    return schedule.track(young | dict.fromkeys(over.values_list("account_id", flat=True)))


def _ids(*querysets: object) -> set[int]:
    found: set[int] = set()
    for rows in querysets:
        found |= set(rows.exclude(account=None).values_list("account_id", flat=True).distinct())  # type: ignore[attr-defined]
    return found
