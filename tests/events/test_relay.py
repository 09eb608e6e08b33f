"""Events reach their subscribers: at least once, in order, retried, parked, and tried again by a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from krm import events
from krm.errors import Conflict, Denied
from krm.events import leases, relay, subscribing
from krm.events.models import Delivery, Event


@pytest.fixture
def heard() -> Iterator[list[Any]]:
    """A subscriber to `test.*` that writes down what it hears and fails while `heard` holds "fail"."""
    seen: list[Any] = []

    @subscribing.subscribe("test.*", name="test.listener")
    def listen(event: Event) -> None:
        if "fail" in seen:
            raise RuntimeError("the other side is down")
        seen.append((event.name, event.subject_id))

    yield seen
    del subscribing._subscribers["test.listener"]


def happen(subject: Any, name: str = "test.happened", **data: Any) -> Event:
    with transaction.atomic():
        return events.record(name, subject, data=data)


def wake() -> None:
    Delivery.objects.update(due_at=timezone.now())
    relay.run()


def test_an_event_belongs_to_the_transaction(transactional_db: None, make_user: Any) -> None:
    user = make_user("viewer")
    with pytest.raises(transaction.TransactionManagementError, match="inside the verb's transaction"):
        events.record("test.happened", user)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events.record("test.happened", user)
        raise ZeroDivisionError
    assert not Event.objects.exists()


def test_subscribers_hear_in_order_and_once(team: Any, heard: list[Any]) -> None:
    for name in ("test.first", "test.second", "other.third", "test.fourth"):
        happen(team, name)
    relay.run()
    relay.run()
    assert heard == [("test.first", team.pk), ("test.second", team.pk), ("test.fourth", team.pk)]


def test_a_failing_subscriber_holds_back_its_subject_only(
    team: Any, make_user: Any, heard: list[Any]
) -> None:
    heard.append("fail")
    happen(team, "test.first")
    relay.run()
    heard.remove("fail")
    happen(team, "test.second")
    user = make_user("viewer")
    happen(user, "test.elsewhere")
    relay.run()
    assert heard == [("test.elsewhere", user.pk)], "test.second waits for test.first"
    wake()
    assert heard == [("test.elsewhere", user.pk), ("test.first", team.pk), ("test.second", team.pk)]


def test_waits_grow_and_then_it_is_parked(team: Any, heard: list[Any]) -> None:
    heard.append("fail")
    happen(team)
    relay.run()
    first = Delivery.objects.get()
    assert first.error == "RuntimeError: the other side is down"
    assert timedelta(seconds=5) < first.due_at - timezone.now() <= timedelta(seconds=10)
    for _ in range(relay.MAX_ATTEMPTS):
        wake()
    parked = Delivery.objects.get()
    assert (parked.state, parked.attempts) == (Delivery.State.PARKED, relay.MAX_ATTEMPTS)


def test_a_person_tries_a_parked_delivery_again(
    client_for: Any, admin_user: Any, team: Any, heard: list[Any]
) -> None:
    event = happen(team)
    delivery = Delivery.objects.create(
        event=event, subscriber="test.listener", state=Delivery.State.PARKED, attempts=8, error="down"
    )
    browser = client_for(admin_user)
    assert "down" in browser.get("/events/parked/").content.decode()
    browser.post(f"/events/parked/{delivery.pk}/retry/")
    relay.run()
    assert heard == [("test.happened", team.pk)]
    delivery.refresh_from_db()
    with pytest.raises(Conflict, match="only a parked one"):
        relay.retry(delivery, by=admin_user)


def test_only_administrators_retry(staff: Any, team: Any) -> None:
    delivery = Delivery.objects.create(event=happen(team), subscriber="x", state=Delivery.State.PARKED)
    with pytest.raises(Denied):
        relay.retry(delivery, by=staff())
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.PARKED


def test_what_a_subscriber_wrote_before_it_failed_is_undone(team: Any) -> None:
    from krm.accounts.models import BrandTeam

    @subscribing.subscribe("test.*", name="test.half")
    def half(event: Event) -> None:
        BrandTeam.objects.create(name="half written")
        raise RuntimeError("then it broke")

    try:
        happen(team)
        relay.run()
    finally:
        del subscribing._subscribers["test.half"]
    assert not BrandTeam.objects.filter(name="half written").exists()


def test_a_process_that_dies_between_deliveries_leaves_nothing_half_done(
    transactional_db: None, team: Any, make_user: Any
) -> None:
    """Several deliveries share a transaction: what was written by the first is not kept, and not written twice later."""
    from krm.accounts.models import BrandTeam

    dying = [True]

    @subscribing.subscribe("test.*", name="test.writes")
    def write(event: Event) -> None:
        if event.name == "test.second" and dying:
            raise SystemExit
        BrandTeam.objects.create(name=event.name)

    written = BrandTeam.objects.filter(name__startswith="test.").values_list("name", flat=True)
    try:
        happen(team, "test.first")
        happen(make_user("viewer"), "test.second")
        with pytest.raises(SystemExit):
            relay.run()
        assert (list(written.all()), Delivery.objects.filter(state=Delivery.State.PENDING).count()) == ([], 2)
        dying.clear()
        relay.run()
    finally:
        del subscribing._subscribers["test.writes"]
    assert sorted(written.all()) == ["test.first", "test.second"]
    assert {(d.state, d.attempts) for d in Delivery.objects.all()} == {(Delivery.State.DONE, 1)}


def test_the_audit_trail_cannot_be_changed(team: Any) -> None:
    event = happen(team, amount=1)
    for statement in (
        "UPDATE events_event SET data = '{}'",
        "UPDATE events_event SET name = 'test.nothing'",
        "DELETE FROM events_event",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Event.objects.get(pk=event.pk).data == {"amount": 1}


@pytest.mark.django_db
def test_a_periodic_job_runs_once_a_period() -> None:
    assert leases.once("test.job", "2026-11-22T10")
    assert not leases.once("test.job", "2026-11-22T10")
    assert leases.once("test.job", "2026-11-22T11")


def test_two_subscribers_of_one_name_are_a_mistake(heard: list[Any]) -> None:
    def other(event: Event) -> None:
        """Never called."""

    other.__module__ = "elsewhere"
    with pytest.raises(ValueError, match="two subscribers"):
        subscribing.subscribe("x", name="test.listener")(other)
