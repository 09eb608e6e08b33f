from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from krm.events.leases import once
from krm.web import jobs

SCHEDULE = {"web.rescue_jobs": 60.0}


# Acknowledged at the start: a job may run longer than the broker waits before it gives a task out again, and
# `rescue_jobs` brings back one whose worker is gone.
@shared_task(name="web.run_job", acks_late=False, time_limit=4 * 3600, soft_time_limit=4 * 3600 - 60)
def run_job(pk: int) -> None:
    jobs.run(pk)


@shared_task(name="web.rescue_jobs", acks_late=True)
def rescue_jobs() -> None:
    if once("web.rescue_jobs", f"{now():%Y-%m-%dT%H:%M}"):
        jobs.rescue()
