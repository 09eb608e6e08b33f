from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from krm.events.leases import once
from krm.web import jobs

SCHEDULE = {"web.rescue_jobs": 60.0}


@shared_task(name="web.run_job", acks_late=True, time_limit=4 * 3600, soft_time_limit=4 * 3600 - 60)
def run_job(pk: int) -> None:
    jobs.run(pk)


@shared_task(name="web.rescue_jobs", acks_late=True)
def rescue_jobs() -> None:
    if once("web.rescue_jobs", f"{now():%Y-%m-%dT%H:%M}"):
        jobs.rescue()
