"""Long work of this room: the import of a shop's orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from charset_normalizer import from_bytes
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from krm.accounts.permissions import check
from krm.web import jobs
from reporting import attribution

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from krm.accounts.models import User
    from krm.web.models import Job

MAX_BYTES = 30 * 1024 * 1024


def start_conversion_import(campaign: Campaign, *, by: User, source: str, file: UploadedFile) -> Job:
    """Keep the upload and queue its import; a file that cannot be read is refused at once."""
    check(by, "reporting.import_conversions", campaign)
    if not source.strip():
        raise ValidationError({"source": _("Say which shop the file comes from, for example shopee.")})
    if file.size and file.size > MAX_BYTES:
        raise ValidationError({"file": _("The file is larger than 30 MB. Split it.")})
    content = file.read()
    text = decode(content)
    next(iter(attribution.read_rows(text)), None)  # the header is checked while the person waits
    name = default_storage.save(
        f"imports/conversions/{get_random_string(24)}.csv", ContentFile(text.encode())
    )
    return jobs.start(
        "reporting.import_conversions",
        by=by,
        title=_("Import orders of %(shop)s") % {"shop": source},
        params={"campaign": campaign.pk, "source": source, "file": name},
    )


def decode(content: bytes) -> str:
    """Text of an upload in whatever encoding it came."""
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValidationError({"file": _("This is no CSV file. Save the sheet as CSV and upload that.")})
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(content).best()
    if best is None:
        raise ValidationError({"file": _("The file's encoding cannot be read. Save it as CSV in UTF-8.")})
    return str(best)


@jobs.runner("reporting.import_conversions")
def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    if job.by is None:
        raise jobs.Failed(_("The person who started this import is gone. Start it again."))
    campaign = Campaign.objects.visible_to(job.by).get(pk=job.params["campaign"])
    with default_storage.open(job.params["file"]) as stored:
        text = stored.read().decode()
    progress.total(max(text.count("\n"), 1))
    outcome = attribution.import_conversions(campaign, by=job.by, source=job.params["source"], text=text)
    progress.advance(max(text.count("\n"), 1))
    for error in outcome.errors:
        progress.error(row=error.row, field=error.field, message=error.message)
    default_storage.delete(job.params["file"])
    return {
        "added": outcome.added,
        "known": outcome.known,
        "refused": len(outcome.errors),
        "url": reverse("reporting:campaign_tracking", args=[campaign.pk]),
        "label": str(campaign),
    }
