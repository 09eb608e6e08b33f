"""The import as a job with a progress bar; pages, API and command line start it here."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from creators import rescoring  # noqa: F401  registers its runner
from creators.duplicates import finding
from creators.importing import run as importing
from creators.models import Creator, CreatorImport, ImportState
from creators.vendors import batch as vendor_batch
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.web import jobs
from krm.web.models import Job


def start_import(batch: CreatorImport, *, by: User) -> Job:
    """Queue the import of a configured list; one run at a time."""
    check(by, "creators.import")
    with transaction.atomic():
        held = CreatorImport.objects.select_for_update().get(pk=batch.pk)
        running = held.job_id and Job.objects.filter(pk=held.job_id, state__in=["queued", "running"]).exists()
        if running:
            raise Conflict(_("This import is running. Wait for it or cancel its job."))
        job = jobs.start(
            "creators.import",
            by=by,
            title=_("Import %(name)s") % {"name": held.filename},
            params={"import": held.pk},
        )
        held.job_id, held.created_by = job.pk, by
        held.state = ImportState.RUNNING
        held.save(update_fields=["job_id", "created_by", "state", "updated_at"])
    batch.refresh_from_db()
    return job


@jobs.runner("creators.import")
def run_import(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    batch = CreatorImport.objects.select_related("created_by").filter(pk=job.params.get("import")).first()
    if batch is None:
        raise jobs.Failed(_("The uploaded list was discarded."))
    try:
        result = importing.run(batch, progress)
    except importing.Refused as refusal:
        raise jobs.Failed(str(refusal)) from None
    return {**result, "url": reverse("creators:import_detail", args=[batch.pk]), "label": _("See the import")}


DUPLICATES = "creators.find_duplicates"


def start_duplicates(*, by: User) -> Job:
    """Look through everybody now instead of in the night; one run at a time."""
    check(by, "creators.merge")
    with transaction.atomic():
        waiting = Job.objects.select_for_update().filter(kind=DUPLICATES, state__in=["queued", "running"])
        if waiting.exists():
            raise Conflict(_("Duplicates are being looked for. Wait for it or cancel its job."))
        return jobs.start(DUPLICATES, by=by, title=_("Look for duplicates"), params={})


@jobs.runner(DUPLICATES)
def run_duplicates(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    progress.total(Creator.objects.filter(merged_into=None).exclude(city="").count())

    def step(people: int, what: str) -> None:
        progress.check_cancelled()
        progress.say(what)
        progress.advance(people)

    new = finding.refresh(step=step)
    return {"new": new, "url": reverse("creators:duplicates"), "label": _("See possible duplicates")}


@jobs.runner("creators.request_reports")
def run_reports(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    return vendor_batch.run(job, progress)


@jobs.runner("creators.read_followers")
def read_followers(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    from creators import samples

    return samples.read(job, progress)
