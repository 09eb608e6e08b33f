"""A full scan as a job with a progress bar."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from creators.models import SocialAccount
from creators.safety import scanning
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.web import jobs
from krm.web.models import Job

BATCH = 200


def start_rescan(*, by: User, creator_ids: list[int] | None = None) -> Job:
    """Read every post of these creators (or of everybody) again with the rules in use."""
    check(by, "creators.safety_scan")
    if (
        not creator_ids
        and Job.objects.filter(kind="creators.safety_rescan", state__in=["queued", "running"]).exists()
    ):
        raise Conflict(_("A full scan is running. Wait for it or cancel its job."))
    return jobs.start(
        "creators.safety_rescan",
        by=by,
        title=_("Safety scan"),
        params={"creators": sorted(creator_ids or [])},
    )


@jobs.runner("creators.safety_rescan")
def run_rescan(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    chosen = job.params.get("creators") or []
    accounts = SocialAccount.objects.filter(posts__isnull=False)
    if chosen:
        accounts = accounts.filter(creator__in=chosen)
    ids = list(accounts.order_by("pk").values_list("pk", flat=True).distinct())
    progress.total(len(ids))
    posts = flags = 0
    for start in range(0, len(ids), BATCH):
        progress.check_cancelled()
        part = ids[start : start + BATCH]
        done = scanning.rescan(part, everything=True)
        posts, flags = posts + done.posts, flags + sum(len(fresh) for fresh in done.fresh.values())
        progress.advance(len(part))
    return {
        "posts": posts,
        "new_flags": flags,
        "url": reverse("creators:safety"),
        "label": _("See what was found"),
    }
