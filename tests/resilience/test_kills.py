"""Processes killed while money is paid and told: nothing is lost, nothing is done twice.

Web processes record payments and are killed in the middle of one; whoever was answered by nobody sends everything
again. A Celery worker with its scheduler relays what happened and is killed twice meanwhile, with all its children.
What happens to a pull whose worker is killed stands in tests/creators/platforms/test_worker_killed.py.
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import Count, Sum
from django.utils import timezone

from campaigns.models import Spend
from krm.events.models import Delivery, Event, Notification, WebhookDelivery
from payments import ledger, payouts
from payments.models import Invoice, LedgerEntry, LedgerTransaction, Payout
from tests.browser import child_env, start
from tests.payments.factories import Cast, png

INVOICES = 16
KILLS = 8
PATIENCE = 150  # seconds until everything must have come to rest, on a busy machine; some 20 alone

pytestmark = pytest.mark.django_db(transaction=True)


def until(ready: Callable[[], bool], what: str, deadline: float) -> None:
    while not ready():
        assert time.monotonic() < deadline, f"still waiting for {what}: {standing()}"
        time.sleep(0.05)


def standing() -> dict[str, Any]:
    return {
        "payouts": Payout.objects.count(),
        "unrelayed": Event.objects.filter(relayed_at=None).count(),
        "deliveries": dict(Delivery.objects.values_list("state").annotate(Count("pk"))),
        "errors": list(Delivery.objects.exclude(error="").values_list("subscriber", "error")[:3]),
    }


def pay_everything(cast: Cast, invoices: list[int], seed: int, tell: int) -> None:
    """What a person does whose browser got no answer: every payment again, in whatever order."""
    order = list(enumerate(invoices))
    random.Random(seed).shuffle(order)
    for number, pk in order:
        os.write(tell, b".")
        invoice = Invoice.objects.get(pk=pk)
        payouts.record_payment(
            invoice, by=cast.finance, amount=invoice.net, bank_code="014", reference=f"FT{number:06d}",
            paid_on=timezone.localdate(), proof=png(),
        )  # fmt: skip


class Web:
    """A process of its own that pays; `tells` has a dot for every payment it begins."""

    def __init__(self, cast: Cast, invoices: list[int], seed: int) -> None:
        connections.close_all()  # the child opens its own
        self.tells, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(
                90
            )  # whatever happens in here, it ends: a child that waits holds locks of the whole database
            try:
                from krm.celery import app

                app.conf.broker_url = settings.REDIS_URL
                os.close(self.tells)
                pay_everything(cast, invoices, seed, tell)
                code = 0
            finally:
                os._exit(code)
        os.close(tell)

    def kill_in_the_middle(self, payments: int, jitter: float) -> None:
        """SIGKILL a moment after the given payment began."""
        for _payment in range(payments):
            if not os.read(self.tells, 1):
                break
        select.select([], [], [], jitter)
        os.kill(self.pid, signal.SIGKILL)
        self.end()

    def end(self) -> int:
        _pid, status = os.waitpid(self.pid, 0)
        os.close(self.tells)
        return os.waitstatus_to_exitcode(status)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """`workers()` starts a Celery worker with its scheduler on this database; all are gone after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        started.append(
            start(
                [sys.executable, "-m", "celery", "-A", "krm", "worker", "--beat", "--concurrency", "2",
                 "--schedule", str(folder / "schedule"), "--loglevel", "WARNING", "--without-gossip",
                 "--without-mingle"],
                folder / "worker.log",
                child_env(KRM_SANDBOX_URL=""),
            )
        )  # fmt: skip
        return started[-1]

    yield begin
    for process in started:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """The machine it runs on is gone: the worker, its scheduler and its children at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_killed_while_paying_and_telling(workers: Any) -> None:
    import redis

    from krm.events import webhooks

    redis.Redis.from_url(settings.REDIS_URL).delete("default", "unacked", "unacked_index", "unacked_mutex")
    cast = Cast([1_000_000 + number for number in range(INVOICES)])
    webhooks.create_endpoint(
        by=cast.admin, name="Books", url="https://hooks.example/x", patterns=["payments.*"]
    )
    bills = [cast.approved(lines=[claim]).pk for claim in cast.claims()]
    chance = random.Random(7)
    deadline = time.monotonic() + PATIENCE

    worker = workers()
    for number in range(KILLS):
        browsers = [Web(cast, bills, seed=10 * number + n) for n in range(2)]
        for browser in browsers:
            browser.kill_in_the_middle(1 + number * 2, jitter=chance.uniform(0, 0.03))
        if number in (2, 5):
            relayed = Delivery.objects.filter(state="done").count()
            until(
                lambda relayed=relayed: (
                    Delivery.objects.filter(state="done").count() > relayed
                    or not Delivery.objects.exclude(state="done").exists()
                ),
                "the worker",
                deadline,
            )
            kill(worker)
            worker = workers()
    killed_at = Payout.objects.count()
    last = [Web(cast, bills, seed=100 + n) for n in range(2)]
    assert [browser.end() for browser in last] == [0, 0]
    until(lambda: at_rest(), "everything to be told", deadline)
    kill(worker)

    assert killed_at > 0, "some payments went through before the last round"
    nothing_lost_nothing_doubled(cast, bills)


def at_rest() -> bool:
    return (
        not Event.objects.filter(relayed_at=None).exists()
        and not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    )


def nothing_lost_nothing_doubled(cast: Cast, bills: list[int]) -> None:
    assert set(Invoice.objects.filter(pk__in=bills).values_list("state", flat=True)) == {"paid"}
    assert sorted(Payout.objects.values_list("invoice_id", flat=True)) == sorted(bills)
    assert LedgerTransaction.objects.filter(kind="payout").count() == INVOICES
    assert LedgerEntry.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 0
    assert ledger.audit() == []
    assert Spend.objects.filter(kind="fees").count() == INVOICES

    paid = Event.objects.filter(name="payments.invoice_paid")
    assert sorted(paid.values_list("subject_id", flat=True)) == sorted(bills)
    # one delivery an event and subscriber, done exactly once
    twice = Delivery.objects.values("event", "subscriber").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()
    hooks = WebhookDelivery.objects.filter(event__name="payments.invoice_paid")
    assert sorted(hooks.values_list("event_id", flat=True)) == sorted(paid.values_list("pk", flat=True))
    told = Notification.objects.filter(kind="payments.invoice_paid", user=cast.kol)
    assert told.count() == INVOICES and told.values("key").distinct().count() == INVOICES
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_notification GROUP BY user_id, key HAVING count(*) > 1")
        assert cursor.fetchall() == []
