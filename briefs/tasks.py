"""Thin wrappers: each calls one verb and may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from briefs import review, rights, uploads
from krm.events.leases import once

SCHEDULE = {
    "briefs.review_clock": 60.0,
    "briefs.rights_clock": 3600.0,
    "briefs.sweep_uploads": 3600.0,
}


@shared_task(name="briefs.review_clock")
def review_clock() -> None:
    """Every step is taken under its own lock, so two schedulers do no harm; the lease spares the work."""
    if once("briefs.review_clock", f"{timezone.now():%Y-%m-%dT%H:%M}"):
        review.run_clock()


@shared_task(name="briefs.rights_clock")
def rights_clock() -> None:
    if once("briefs.rights_clock", f"{timezone.now():%Y-%m-%dT%H}"):
        rights.run_clock()


@shared_task(name="briefs.sweep_uploads")
def sweep_uploads() -> None:
    if once("briefs.sweep_uploads", f"{timezone.now():%Y-%m-%dT%H}"):
        uploads.sweep()


@shared_task(name="briefs.assemble_upload")
def assemble_upload(upload_id: str) -> None:
    uploads.assemble(upload_id)
