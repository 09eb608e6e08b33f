"""Every task run twice, and all of them in any order, leave the same world behind.

A broker delivers at least once and in no order it promises; a worker dies between its work and its answer. So what a
task leaves must not depend on how often it ran, nor on what ran before it. Each test works on a copy of one small world
(tests/resilience/world.py) in which the clock stands still.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from krm.celery import app
from krm.events import leases, webhooks
from krm.events.models import Event, Lease
from krm.web import jobs
from tests.copies import Copies, copies  # noqa: F401
from tests.resilience import world

app.loader.import_default_modules()
app.finalize()
OURS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
ORDERS = 4
MEMORIES = {"payments.mail_bank_change"}  # leases that remember an effect; the others end with their period


def ids(path: str, **lookup: Any) -> list[tuple[Any, ...]]:
    """One call for each row of a model."""
    from django.apps import apps

    rows = apps.get_model(path)._base_manager.filter(**lookup).order_by("pk")
    return [(pk,) for pk in rows.values_list("pk", flat=True)]


def leased() -> list[tuple[Any, ...]]:
    from creators.models import AccountSchedule

    rows = AccountSchedule.objects.exclude(lease_token="").order_by("pk")
    return [([row.pk], row.lease_token) for row in rows]


def uploads() -> list[tuple[Any, ...]]:
    return [(str(pk),) for (pk,) in ids("briefs.Upload")]


def all_accounts() -> list[tuple[Any, ...]]:
    return [([pk for (pk,) in ids("creators.SocialAccount")],)]


def mentions() -> list[tuple[str, ...]]:
    """A post and a comment that named somebody who withdrew meanwhile: nothing may be asked of the platform."""
    return [("17841400000000001", "18000000000000001"), ("17841400000000001", "18000000000000001", "1799")]


def nothing() -> list[tuple[Any, ...]]:
    return [()]


# With what each task is called. A new task gets a line here: `nothing` if it takes no arguments, else a function that
# gives one tuple of arguments a call; and rows for it to work on in tests/resilience/world.py.
CALLS: dict[str, Callable[[], list[tuple[Any, ...]]]] = {
    "accounts.forget_links": nothing,
    "accounts.send_invitation": lambda: ids("accounts.Invitation"),
    "accounts.send_login_link": lambda: ids("accounts.LoginLink"),
    "accounts.send_waiting": nothing,
    "api.forget_keys": nothing,
    "briefs.assemble_upload": uploads,
    "briefs.review_clock": nothing,
    "briefs.rights_clock": nothing,
    "briefs.sweep_uploads": nothing,
    "campaigns.assess": lambda: ids("campaigns.Campaign"),
    "campaigns.expire_offers": nothing,
    "campaigns.follow_accounts": nothing,
    "campaigns.ready_milestones": nothing,
    "campaigns.remind": nothing,
    "connectors.housekeeping": nothing,
    "connectors.process_inbound": nothing,
    "creators.check_discovery": nothing,
    "creators.compare_forecasts": nothing,
    "creators.consents_daily": nothing,
    "creators.find_duplicates": nothing,
    "creators.forget_comments": nothing,
    "creators.keep_feeds": nothing,
    "creators.keep_forecasts": all_accounts,
    "creators.make_partitions": nothing,
    "creators.pull_accounts": leased,
    "creators.pull_hashtags": nothing,
    "creators.read_mention": mentions,
    "creators.read_reports": lambda: [([ids("creators.AudienceReport")[0][0]],)],
    "creators.refresh_discovery": all_accounts,
    "creators.remind_tasks": nothing,
    "creators.renew_consents": nothing,
    "creators.reports_due": nothing,
    "creators.rescan_dossiers": nothing,
    "creators.retier": nothing,
    "creators.scan_safety": all_accounts,
    "creators.scan_safety_stale": nothing,
    "creators.schedule_missed": nothing,
    "creators.score_accounts": all_accounts,
    "creators.score_all": nothing,
    "creators.take_due": nothing,
    "events.forget_old": nothing,
    "events.relay": nothing,
    "events.send_digests": nothing,
    "events.send_webhooks": nothing,
    "operations.pulse": nothing,
    "payments.audit_books": nothing,
    "payments.mail_bank_change": lambda: ids("payments.PayeeChange"),
    "payments.mail_bank_changes": nothing,
    "payments.tell_overdue": nothing,
    "web.rescue_jobs": nothing,
    "web.run_job": lambda: ids("web.Job"),
}

counted: list[int] = []


@jobs.runner(world.KIND)
def count(job: jobs.Job, progress: jobs.Progress) -> dict[str, Any]:
    counted.append(job.pk)
    progress.total(1)
    progress.advance()
    return {"counted": 1}


class Bench:
    """Runs tasks on the connected database as a worker would, with everything they queue."""

    def __init__(self, sent: list[tuple[str, tuple[Any, ...]]], hooks: list[str]) -> None:
        self.sent, self.hooks = sent, hooks
        self.known = world.known_ids()

    def run(self, name: str) -> None:
        for arguments in CALLS[name]():
            OURS[name](*arguments)
            self.drain()

    def drain(self) -> None:
        for _turn in range(500):
            if not self.sent:
                return
            name, arguments = self.sent.pop(0)
            OURS[name](*arguments)
        raise AssertionError(f"the queue never ends: {self.sent[:5]}")

    def next_period(self) -> None:
        """The periods of all leases are over, or their holders died before they could say that they were done."""
        Lease.objects.exclude(name__in=MEMORIES).delete()

    def told(self) -> list[str]:
        """The calls by the names of what they told: numbers follow the order, and figures move as often as they do."""
        names = dict(Event.objects.values_list("pk", "name"))
        called = (names[int(hook.rpartition("_")[2])] for hook in self.hooks)
        return sorted(name for name in called if name not in world.PASSING)

    def state(self, **options: Any) -> dict[str, list[str]]:
        """The database, the mails that went out, the calls that other systems got, and the jobs that ran."""
        return {
            **world.state(self.known, **options),
            "mails": sorted(f"{message.to} {message.subject}" for message in mail.outbox),
            "webhooks": sorted(self.hooks) if options.get("history", True) else self.told(),
            "jobs": sorted(str(pk) for pk in counted),
        }


@pytest.fixture
def bench(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:  # noqa: F811
    """`with bench() as b:` a fresh copy of the world."""
    from contextlib import contextmanager

    hooks: list[str] = []

    def answer(url: str, body: bytes, headers: dict[str, str]) -> int:
        hooks.append(f"{url} {headers['webhook-id']}")
        return 200

    monkeypatch.setattr(webhooks, "_sender", [answer])

    @contextmanager
    def fresh() -> Iterator[Bench]:
        with copies.of("resilience", world.build), world.stopped(), world.queue() as sent:
            hooks.clear()
            counted.clear()
            mail.outbox.clear()
            world.waiting_upload()
            yield Bench(sent, hooks)

    return fresh


def test_every_task_is_tried() -> None:
    new, gone = sorted(OURS.keys() - CALLS.keys()), sorted(CALLS.keys() - OURS.keys())
    assert not new, (
        f"new tasks: {new}. Say in CALLS (tests/resilience/test_tasks_twice.py) what each is called with, and give it "
        "rows to work on in tests/resilience/world.py"
    )
    assert not gone, f"these tasks are gone, take them out of CALLS: {gone}"


def test_the_world_gives_every_task_something_to_do(bench: Any) -> None:
    """Else running it twice would prove nothing."""
    with bench():
        idle = [name for name, calls in CALLS.items() if not calls()]
    assert idle == [], "no rows for these in tests/resilience/world.py"


def test_each_task_twice_is_as_good_as_once(bench: Any) -> None:
    with bench() as b:
        wrong = []
        changed = Counter[str]()
        before = b.state()
        for name in sorted(CALLS):
            b.run(name)
            once = b.state()
            changed[name] = sum(before[table] != once[table] for table in once)
            b.next_period()
            b.run(name)
            twice = b.state()
            if once != twice:
                wrong.append(f"{name}\n{world.difference(once, twice)}")
            before = twice
    assert not wrong, "a second run changed something:\n" + "\n".join(wrong)
    assert sum(1 for name in changed if changed[name]) > len(CALLS) // 2, changed


def test_no_order_of_tasks_matters(bench: Any) -> None:
    """Each order has every task twice; afterwards each has its turn once more, as the scheduler would give it."""

    def play(seed: int) -> dict[str, list[str]]:
        order = sorted(CALLS) * 2
        random.Random(seed).shuffle(order)
        with bench() as b:
            for name in order:
                b.run(name)
                b.next_period()
            for _round in range(2):
                for name in sorted(CALLS):
                    b.run(name)
                b.next_period()
            return b.state(history=False)  # the way there may differ, where it ends may not

    first = play(0)
    wrong = []
    for seed in range(1, ORDERS):
        other = play(seed)
        if other != first:
            wrong.append(f"order {seed}\n{world.difference(first, other)}")
    assert not wrong, "the end depends on the order:\n" + "\n".join(wrong)


@pytest.mark.django_db(transaction=True)
def test_a_period_is_not_lost_with_its_worker() -> None:
    """The lease of a day and what is done under it stand or fall together."""

    def breaks() -> None:
        Lease.objects.create(name="effect", period="1")
        raise MemoryError

    with pytest.raises(MemoryError):
        leases.run_once("resilience.daily", "2026-11-20", breaks)
    assert not Lease.objects.exists()
    done: list[int] = []
    for _delivery in range(3):
        leases.run_once("resilience.daily", "2026-11-20", lambda: done.append(1))
    assert done == [1]
    with transaction.atomic():
        assert leases.once("resilience.other", "2026-11-20")
