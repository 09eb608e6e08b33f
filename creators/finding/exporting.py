"""Members of a segment as a file (CSV or XLSX), made in the background."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
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
from krm.web.lists.export import csv_cell, write_xlsx
from krm.web.models import Job

KIND = "creators.export_segment"
KINDS = ("csv", "xlsx")
XLSX_ROWS = 1_048_575
BATCH = 2_000
FIGURES = (
    "followers", "engagement_rate", "engagement_percentile", "er_followers", "er_views", "er_reach", "growth_30d",
    "authenticity", "audience_quality", "growth", "comment_quality", "pods", "consistency", "formats", "innovation",
    "prediction", "safety", "reliability", "safety_band", "country", "city", "audience_country", "audience_female",
    "audience_male", "audience_13_17", "audience_18_24", "audience_25_34", "audience_35_44", "audience_45_up",
    "price_low", "price_high", "last_post_on", "standing", "deals", "status",
)  # fmt: skip

HEADINGS = ("account_id", "creator_id", "name", "platform", "handle", "url", "tier", *FIGURES)


def start(segment: Segment, *, by: User, kind: str = "csv") -> Job:
    check(by, "creators.view")
    if kind not in KINDS:
        raise ValidationError({"kind": _("Choose CSV or XLSX.")})
    return jobs.start(
        KIND,
        by=by,
        title=_("Export of %(segment)s") % {"segment": segment.name},
        params={"segment": segment.pk, "kind": kind},
    )


@jobs.runner(KIND)
def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Safe to run again: the file is written whole and named after the job."""
    segment = Segment.objects.visible_to(job.by).filter(pk=job.params["segment"]).first() if job.by else None
    if segment is None or job.by is None:
        raise jobs.Failed(_("The segment is gone."))
    kind = job.params.get("kind", "csv")
    keys = list(segments.members(segment, job.by).order_by("pk").values_list("pk", flat=True))
    progress.total(len(keys))
    if kind == "xlsx" and len(keys) > XLSX_ROWS:
        raise jobs.Failed(_("A sheet holds 1,048,575 rows. Export as CSV."))
    name = f"creators/exports/{job.pk}.{kind}"
    with tempfile.TemporaryDirectory(prefix="krm-export-") as folder:
        path = f"{folder}/file"
        lines = _lines(keys, progress)
        if kind == "xlsx":
            with open(path, "wb") as target:
                write_xlsx(target, segment.name, HEADINGS, lines)
        else:
            with open(path, "w", newline="", encoding="utf-8-sig") as text:
                writer = csv.writer(text)
                writer.writerow(HEADINGS)
                writer.writerows([csv_cell(value) for value in line] for line in lines)
        default_storage.delete(name)
        with open(path, "rb") as whole:
            default_storage.save(name, File(whole))
    return {
        "rows": len(keys), "file": name, "url": reverse("creators:segment_file", args=[job.pk]), "label": _("Download"),
        "name": f"{segment.name}-{localdate():%Y-%m-%d}.{kind}",
    }  # fmt: skip


def _lines(keys: list[int], progress: jobs.Progress) -> Iterator[list[Any]]:
    tiers = dict(Tier.objects.values_list("pk", "name"))
    for start_at in range(0, len(keys), BATCH):
        progress.check_cancelled()
        part = keys[start_at : start_at + BATCH]
        accounts = SocialAccount.objects.select_related("creator").in_bulk(part)
        for row in DiscoveryRow.objects.filter(pk__in=part).order_by("pk"):
            account = accounts[row.pk]
            yield [
                row.pk, row.creator_id, str(account.creator or account), row.platform, account.handle,
                account.profile_url, tiers.get(row.tier or 0, ""), *(getattr(row, name) for name in FIGURES),
            ]  # fmt: skip
        progress.advance(len(part))


def file_of(pk: int, user: User) -> tuple[Any, str] | None:
    """The file of a finished export and its name, for whoever started it."""
    job = Job.objects.visible_to(user).filter(pk=pk, kind=KIND, state=Job.State.DONE).first()
    if job is None or not default_storage.exists(job.result.get("file", "")):
        return None
    return default_storage.open(job.result["file"]), str(job.result["name"])
