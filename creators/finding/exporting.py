"""Members of a segment as a file, made in the background."""

from __future__ import annotations

import csv
import tempfile
from typing import Any, TextIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators.finding import segments
from creators.models import DiscoveryRow, Segment, SocialAccount, Tier
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.web import jobs
from krm.web.lists.export import csv_cell
from krm.web.models import Job

KIND = "creators.export_segment"
BATCH = 2_000
FIGURES = (
    "followers", "engagement_rate", "engagement_percentile", "er_followers", "er_views", "er_reach", "growth_30d",
    "authenticity", "audience_quality", "growth", "comment_quality", "pods", "consistency", "formats", "innovation",
    "prediction", "safety", "reliability", "safety_band", "country", "city", "audience_country", "audience_female",
    "audience_male", "audience_13_17", "audience_18_24", "audience_25_34", "audience_35_44", "audience_45_up",
    "price_low", "price_high", "last_post_on", "standing", "deals", "status",
)  # fmt: skip


def start(segment: Segment, *, by: User) -> Job:
    check(by, "creators.view")
    return jobs.start(
        KIND,
        by=by,
        title=_("Export of %(segment)s") % {"segment": segment.name},
        params={"segment": segment.pk},
    )


@jobs.runner(KIND)
def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Safe to run again: the file is written whole and named after the job."""
    segment = Segment.objects.visible_to(job.by).filter(pk=job.params["segment"]).first() if job.by else None
    if segment is None or job.by is None:
        raise jobs.Failed(_("The segment is gone."))
    with tempfile.NamedTemporaryFile("w+", newline="", encoding="utf-8-sig", suffix=".csv") as file:
        rows = _write(file, segment, job.by, progress)  # type: ignore[arg-type]
        file.flush()
        name = f"creators/exports/{job.pk}.csv"
        default_storage.delete(name)
        with open(file.name, "rb") as whole:
            default_storage.save(name, File(whole))
    return {
        "rows": rows, "file": name, "url": reverse("creators:segment_file", args=[job.pk]), "label": _("Download"),
        "name": f"{segment.name}-{localdate():%Y-%m-%d}.csv",
    }  # fmt: skip


def _write(file: TextIO, segment: Segment, by: User, progress: jobs.Progress) -> int:
    writer = csv.writer(file)
    writer.writerow(["account_id", "creator_id", "name", "platform", "handle", "url", "tier", *FIGURES])
    found = segments.members(segment, by)
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    progress.total(len(keys))
    tiers = dict(Tier.objects.values_list("pk", "name"))
    for start_at in range(0, len(keys), BATCH):
        progress.check_cancelled()
        part = keys[start_at : start_at + BATCH]
        accounts = SocialAccount.objects.select_related("creator").in_bulk(part)
        for row in DiscoveryRow.objects.filter(pk__in=part).order_by("pk"):
            account = accounts[row.pk]
            line = [
                row.pk, row.creator_id, str(account.creator or account), row.platform, account.handle,
                account.profile_url, tiers.get(row.tier or 0, ""), *(getattr(row, name) for name in FIGURES),
            ]  # fmt: skip
            writer.writerow([csv_cell(value) for value in line])
        progress.advance(len(part))
    return len(keys)


def file_of(pk: int, user: User) -> tuple[Any, str] | None:
    """The file of a finished export and its name, for whoever started it."""
    job = Job.objects.visible_to(user).filter(pk=pk, kind=KIND, state=Job.State.DONE).first()
    if job is None or not default_storage.exists(job.result.get("file", "")):
        return None
    return default_storage.open(job.result["file"]), str(job.result["name"])
