"""Long work with a progress bar.

A room registers a runner by kind and starts jobs by name. The runner is called again from the top after a
crash, so it must be safe to run twice: skip what is done, or do everything in one transaction at the end.

    @jobs.runner("creators.import")
    def run(job: Job, progress: jobs.Progress) -> dict[str, Any]: ...

    job = jobs.start("creators.import", by=user, title=_("Import creators"), params={"upload": upload.pk})
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from krm import events
from krm.errors import Conflict
from krm.web.forms import REFUSALS, refusal_text
from krm.web.models import Job, JobError

if TYPE_CHECKING:
    from krm.accounts.models import User

logger = logging.getLogger(__name__)

Runner = Callable[[Job, "Progress"], dict[str, Any] | None]
_runners: dict[str, Runner] = {}

STUCK_AFTER = timedelta(minutes=2)  # no heartbeat for so long: the worker is gone
MAX_ATTEMPTS = 3
MAX_ERRORS = 10_000
WRITE_EVERY = 0.5  # seconds between writes of the progress


class Cancelled(Exception):
    """The person asked to stop."""


class Failed(Exception):
    """A runner gives up with a sentence for the person who started it."""


def runner(kind: str) -> Callable[[Runner], Runner]:
    def register(function: Runner) -> Runner:
        _runners[kind] = function
        return function

    return register


def runner_of(kind: str) -> Runner:
    if kind not in _runners:
        autodiscover_modules("tasks", "jobs")
    try:
        return _runners[kind]
    except KeyError:
        raise LookupError(f"no runner for jobs of kind {kind!r}: decorate one with @jobs.runner") from None


def kinds() -> list[str]:
    autodiscover_modules("tasks", "jobs")
    return sorted(_runners)


def start(kind: str, *, by: User | None, title: Any, params: dict[str, Any] | None = None) -> Job:
    """Queue a job; the worker takes it after the transaction commits."""
    with transaction.atomic():
        job = Job.objects.create(kind=kind, by=by, title=str(title)[:200], params=params or {})
        events.enqueue("web.run_job", job.pk)
    return job


def cancel(job: Job, *, by: User) -> Job:
    """Ask a job to stop; one that has not begun is over at once."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.is_over:
            raise Conflict(_("This job is %(state)s already.") % {"state": job.get_state_display().lower()})
        job.cancel_requested = True
        if job.state == Job.State.QUEUED:
            job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
        job.save(update_fields=["cancel_requested", "state", "finished_at"])
    return job


class Progress:
    """What a runner reports through. Writes at most twice a second, errors in batches."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._done = 0
        self._errors: list[JobError] = []
        self._error_count = 0
        self._total: int | None = None
        self._message: str | None = None
        self._written = 0.0

    def total(self, number: int) -> None:
        self._total = number
        self.flush()

    def advance(self, by: int = 1) -> None:
        self._done += by
        self._maybe()

    def say(self, message: Any) -> None:
        """What is being done now, shown under the bar."""
        self._message = str(message)
        self._maybe()

    def error(self, *, row: int | None = None, field: str = "", message: Any) -> None:
        self._error_count += 1
        if self._error_count <= MAX_ERRORS:
            self._errors.append(JobError(job=self.job, row=row, field=str(field)[:120], message=str(message)))
        self._maybe()

    @property
    def errors(self) -> int:
        return self._error_count

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if the person asked to stop; call it between batches."""
        self._maybe()
        if self.job.cancel_requested:
            raise Cancelled

    def _maybe(self) -> None:
        if time.monotonic() - self._written >= WRITE_EVERY:
            self.flush()

    def flush(self) -> None:
        self._written = time.monotonic()
        values: dict[str, Any] = {
            "done": self._done,
            "error_count": self._error_count,
            "heartbeat_at": timezone.now(),
        }
        if self._total is not None:
            values["total"] = self._total
        if self._message is not None:
            values["message"] = self._message
        if self._errors:
            JobError.objects.bulk_create(self._errors)
            self._errors = []
        Job.objects.filter(pk=self.job.pk).update(**values)
        self.job.cancel_requested = Job.objects.values_list("cancel_requested", flat=True).get(pk=self.job.pk)


def _take(pk: int) -> Job | None:
    """Mark the job as running; None if another worker has it or it is over."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=pk).first()
        if job is None or job.is_over:
            return None
        now = timezone.now()
        alive = job.heartbeat_at is not None and now - job.heartbeat_at < STUCK_AFTER
        if job.state == Job.State.RUNNING and alive:
            return None
        if job.cancel_requested:
            _finish(job, Job.State.CANCELLED)
            return None
        if job.attempts >= MAX_ATTEMPTS:
            _finish(
                job,
                Job.State.FAILED,
                message=_("The worker stopped %(n)d times on this job.") % {"n": job.attempts},
            )
            return None
        job.state, job.attempts, job.heartbeat_at = Job.State.RUNNING, job.attempts + 1, now
        job.started_at = job.started_at or now
        job.done, job.error_count, job.message = 0, 0, ""
        job.save(
            update_fields=[
                "state",
                "attempts",
                "heartbeat_at",
                "started_at",
                "done",
                "error_count",
                "message",
            ]
        )
        job.errors.all().delete()
    return job


def _finish(
    job: Job, state: str, *, result: dict[str, Any] | None = None, message: str | None = None
) -> None:
    job.state, job.finished_at = state, timezone.now()
    fields = ["state", "finished_at"]
    if result is not None:
        job.result = result
        fields.append("result")
    if message is not None:
        job.message = message
        fields.append("message")
    job.save(update_fields=fields)


def run(pk: int) -> Job | None:
    """Run one job to its end. Called by the task `web.run_job` and by `manage.py job`."""
    job = _take(pk)
    if job is None:
        return None
    progress = Progress(job)
    language = getattr(job.by, "language", None) or "en"
    with translation.override(language):
        try:
            result = runner_of(job.kind)(job, progress) or {}
        except Cancelled:
            progress.flush()
            _finish(job, Job.State.CANCELLED, message="")
        except (Failed, *REFUSALS) as refusal:
            progress.flush()
            _finish(job, Job.State.FAILED, message=refusal_text(refusal))
        except Exception:
            logger.exception("job failed", extra={"job": job.pk, "kind": job.kind})
            progress.flush()
            job.result = {**job.result, "traceback": traceback.format_exc()[-4000:]}
            _finish(
                job,
                Job.State.FAILED,
                result=job.result,
                message=_(
                    "Something broke on our side; nothing further was done. The details are in the log."
                ),
            )
        else:
            progress.flush()
            _finish(job, Job.State.DONE, result=result, message="")
    return job


def rescue() -> int:
    """Queue again what waits too long or whose worker is gone; the number of jobs touched."""
    limit = timezone.now() - STUCK_AFTER
    stuck = Job.objects.filter(state=Job.State.RUNNING, heartbeat_at__lt=limit)
    waiting = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=limit)
    keys = [*stuck.values_list("pk", flat=True)[:100], *waiting.values_list("pk", flat=True)[:100]]
    for pk in keys:
        events.enqueue("web.run_job", pk)
    return len(keys)
