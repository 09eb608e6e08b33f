"""Jobs: progress, cancel, errors, crash and rescue; running one twice changes nothing."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from krm.errors import Conflict
from krm.web import jobs
from krm.web.models import Job

pytestmark = pytest.mark.django_db

calls: list[int] = []


@pytest.fixture(autouse=True)
def forget() -> None:
    calls.clear()


@jobs.runner("test.count")
def count(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    calls.append(job.pk)
    progress.total(job.params.get("rows", 3))
    for row in range(job.params.get("rows", 3)):
        progress.check_cancelled()
        if row == job.params.get("bad"):
            progress.error(row=row, field="handle", message="=unknown handle")
        progress.advance()
    return {"url": "/jobs/", "label": "See", "created": 2}


@jobs.runner("test.broken")
def broken(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    raise RuntimeError("secret detail")


@jobs.runner("test.refused")
def refused(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    raise Conflict("The file is being imported already.")


def test_a_job_runs_to_its_end(admin_user: Any) -> None:
    job = jobs.start("test.count", by=admin_user, title="Count", params={"rows": 3, "bad": 1})

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.error_count, job.attempts) == ("done", 3, 3, 1, 1)
    assert job.result == {"url": "/jobs/", "label": "See", "created": 2}
    assert [(e.row, e.field, e.message) for e in job.errors.all()] == [(1, "handle", "=unknown handle")]


def test_running_a_finished_job_again_does_nothing(admin_user: Any) -> None:
    job = jobs.start("test.count", by=admin_user, title="Count")
    jobs.run(job.pk)
    jobs.run(job.pk)

    assert calls == [job.pk]


def test_a_running_job_is_not_taken_by_a_second_worker(admin_user: Any) -> None:
    job = jobs.start("test.count", by=admin_user, title="Count")
    Job.objects.filter(pk=job.pk).update(
        state="running", heartbeat_at=timezone.now(), started_at=timezone.now()
    )

    assert jobs.run(job.pk) is None
    assert calls == []


def test_a_job_whose_worker_died_is_run_again_from_the_top(admin_user: Any) -> None:
    job = jobs.start("test.count", by=admin_user, title="Count")
    Job.objects.filter(pk=job.pk).update(
        state="running", heartbeat_at=timezone.now() - timedelta(minutes=5), attempts=1, done=2, error_count=7
    )

    assert jobs.rescue() == 1
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.done, job.error_count, job.attempts) == ("done", 3, 0, 2)


def test_a_job_that_kills_its_worker_again_and_again_fails(admin_user: Any) -> None:
    job = jobs.start("test.count", by=admin_user, title="Count")
    Job.objects.filter(pk=job.pk).update(
        state="running", heartbeat_at=timezone.now() - timedelta(minutes=5), attempts=jobs.MAX_ATTEMPTS
    )

    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, calls) == ("failed", [])
    assert "3" in job.message


def test_cancel_before_and_during(admin_user: Any) -> None:
    waiting = jobs.start("test.count", by=admin_user, title="Count")
    assert jobs.cancel(waiting, by=admin_user).state == "cancelled"
    with pytest.raises(Conflict):
        jobs.cancel(waiting, by=admin_user)

    running = jobs.start("test.count", by=admin_user, title="Count")
    Job.objects.filter(pk=running.pk).update(cancel_requested=True)
    jobs.run(running.pk)
    running.refresh_from_db()
    assert (running.state, calls) == ("cancelled", [])


def test_a_broken_runner_fails_with_a_general_sentence(admin_user: Any) -> None:
    job = jobs.start("test.broken", by=admin_user, title="Broken")
    jobs.run(job.pk)

    job.refresh_from_db()
    assert job.state == "failed"
    assert "secret detail" not in job.message


def test_a_refusal_is_shown_as_it_is(admin_user: Any) -> None:
    job = jobs.start("test.refused", by=admin_user, title="Refused")
    jobs.run(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "The file is being imported already.")


def test_pages_of_a_job_are_its_starters(admin_user: Any, staff: Any, client_for: Any) -> None:
    owner, colleague = staff(), staff()
    job = jobs.start("test.count", by=owner, title="Count", params={"bad": 0})
    jobs.run(job.pk)

    assert client_for(owner).get(job.get_absolute_url()).status_code == 200
    assert client_for(admin_user).get(job.get_absolute_url()).status_code == 200
    for path in ("", "errors.csv"):
        assert client_for(colleague).get(job.get_absolute_url() + path).status_code == 404
    assert client_for(colleague).post(job.get_absolute_url() + "cancel/").status_code == 404
    sheet = b"".join(client_for(owner).get(job.get_absolute_url() + "errors.csv").streaming_content).decode(
        "utf-8-sig"
    )
    assert sheet.splitlines() == ["Row,Field,Message", "0,handle,'=unknown handle"]


def test_cancelling_a_finished_job_says_why(admin_user: Any, client_for: Any) -> None:
    job = jobs.start("test.count", by=admin_user, title="Count")
    jobs.run(job.pk)

    response = client_for(admin_user).post(job.get_absolute_url() + "cancel/", follow=True)

    assert "This job is done already." in response.content.decode()


def test_command_line(admin_user: Any) -> None:
    out = io.StringIO()
    call_command("job", "run", "test.count", "--param", "rows=2", stdout=out)
    assert '"created": 2' in out.getvalue()
    assert Job.objects.get().params == {"rows": 2}
    with pytest.raises(CommandError, match="no runner"):
        call_command("job", "run", "test.unknown")
    with pytest.raises(CommandError, match="NAME=VALUE"):
        call_command("job", "run", "test.count", "--param", "rows")
