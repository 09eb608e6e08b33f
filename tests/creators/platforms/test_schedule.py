"""The due table: what is taken, by whom, in which order; consent and 'refresh now'."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from creators.models import AccountSchedule, AccountState, Cadence, SocialAccount
from creators.platforms.registry import CONNECTORS
from creators.pulling import runner, schedule
from creators.refresh import refresh_now
from krm.connectors import budgets, inbox
from krm.connectors.models import Credential
from krm.errors import Conflict, Denied
from krm.events.models import Event
from krm.local.sandbox import tokens
from tests.sandbox import Running, demo


def make(number: int, platform: str = "instagram", **fields: Any) -> list[SocialAccount]:
    start = SocialAccount.objects.count()
    return SocialAccount.objects.bulk_create(
        [SocialAccount(platform=platform, handle=f"kol{start + n}", **fields) for n in range(number)]
    )


def due(accounts: list[SocialAccount], at: Any) -> None:
    schedule.ensure([a.pk for a in accounts])
    AccountSchedule.objects.filter(pk__in=[a.pk for a in accounts]).update(due_at=at)


@pytest.mark.django_db
def test_new_accounts_get_a_row_and_only_platforms_we_read(monkeypatch: Any) -> None:
    monkeypatch.delitem(CONNECTORS, "x")
    make(3)
    make(1, platform="x")
    assert schedule.add_new() == 3
    assert schedule.add_new() == 0
    assert schedule.add_missed() == 0


@pytest.mark.django_db
def test_the_important_and_the_longest_waiting_first() -> None:
    now = timezone.now()
    cold, warm, live = make(3)
    due([cold], now - timedelta(days=9))
    due([warm], now - timedelta(hours=1))
    due([live], now - timedelta(minutes=1))
    AccountSchedule.objects.filter(pk=live.pk).update(rank=0)
    AccountSchedule.objects.filter(pk=warm.pk).update(rank=2)
    taken = schedule.take_due("instagram", limit=3, batch=1, now=now)
    assert [t.account_ids for t in taken] == [[live.pk], [warm.pk], [cold.pk]]


@pytest.mark.django_db
def test_no_rank_starves_and_the_important_get_what_others_leave() -> None:
    now = timezone.now()
    live, cold = make(100), make(100)
    due([*live, *cold], now - timedelta(minutes=1))
    AccountSchedule.objects.filter(pk__in=[a.pk for a in live]).update(rank=0)
    taken = {pk for t in schedule.take_due("instagram", limit=40, batch=1, now=now) for pk in t.account_ids}
    assert len(taken) == 40
    of_the_file = len(taken & {a.pk for a in cold})
    assert of_the_file == 6, "fifteen percent for the file, the rest for the live campaign"


@pytest.mark.django_db
def test_a_young_post_of_a_campaign_brings_its_account_forward() -> None:
    now = timezone.now()
    fresh, old, gone = make(3)
    due([fresh, old, gone], now + timedelta(days=20))
    AccountSchedule.objects.filter(pk=gone.pk).update(tracked_since=now - timedelta(days=60))
    published = {fresh.pk: now - timedelta(hours=2), old.pk: now - timedelta(days=33), gone.pk: None}
    assert schedule.track(published) == 3
    assert schedule.track(published) == 0
    rows = {row.pk: row for row in AccountSchedule.objects.all()}
    assert rows[fresh.pk].due_at - now < timedelta(hours=1, minutes=1)
    assert rows[old.pk].due_at - now < timedelta(days=1, minutes=1)
    assert rows[gone.pk].due_at - now > timedelta(days=19) and rows[gone.pk].tracked_since is None


@pytest.mark.django_db
def test_batches_are_as_large_as_the_platform_allows() -> None:
    due(make(120, platform="youtube"), timezone.now() - timedelta(minutes=1))
    taken = schedule.take_due("youtube", limit=500, batch=50)
    assert [len(t.account_ids) for t in taken] == [50, 50, 20]
    assert len({t.token for t in taken}) == 3


@pytest.mark.django_db
def test_a_leased_account_is_taken_again_only_when_the_lease_ran_out() -> None:
    now = timezone.now()
    due(make(1), now - timedelta(minutes=1))
    assert len(schedule.take_due("instagram", limit=9, batch=1, now=now)) == 1
    assert schedule.take_due("instagram", limit=9, batch=1, now=now) == []
    assert (
        schedule.take_due("instagram", limit=9, batch=1, now=now + schedule.LEASE - timedelta(seconds=1))
        == []
    )
    assert len(schedule.take_due("instagram", limit=9, batch=1, now=now + schedule.LEASE)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_different_accounts() -> None:
    from threading import Barrier, Thread

    due(make(40), timezone.now() - timedelta(minutes=1))
    barrier, found = Barrier(4), []

    def work() -> None:
        try:
            barrier.wait()
            found.append(
                [i for t in schedule.take_due("instagram", limit=10, batch=1) for i in t.account_ids]
            )
        finally:
            connection.close()

    workers = [Thread(target=work) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = [i for part in found for i in part]
    assert len(ids) == len(set(ids))
    assert len(ids) >= 10


@pytest.mark.django_db
def test_cadence_brings_forward_and_never_puts_off() -> None:
    now = timezone.now()
    far, near = make(2)
    due([far], now + timedelta(days=20))
    due([near], now + timedelta(minutes=1))
    schedule.set_cadence([far.pk, near.pk], Cadence.LIVE)
    rows = {r.pk: r for r in AccountSchedule.objects.all()}
    assert rows[far.pk].due_at - now < timedelta(hours=6, minutes=1)
    assert rows[near.pk].due_at - now < timedelta(minutes=2)
    assert {r.rank for r in rows.values()} == {0}


@pytest.mark.django_db
def test_paused_accounts_are_not_taken_until_consent_comes() -> None:
    (account,) = make(1, state=AccountState.NEEDS_CONSENT)
    due([account], timezone.now() - timedelta(minutes=1))
    AccountSchedule.objects.update(paused_reason="auth_revoked")
    assert schedule.take_due("instagram", limit=9, batch=1) == []
    schedule.resume([account.pk])
    account.refresh_from_db()
    assert account.state == AccountState.ACTIVE
    assert len(schedule.take_due("instagram", limit=9, batch=1)) == 1


def test_hand_out_takes_no_more_than_the_background_share(connected: Running, monkeypatch: Any) -> None:
    queued: list[Any] = []
    monkeypatch.setattr(runner, "enqueue", lambda *args, **kwargs: queued.append((args, kwargs)))
    due(make(90, platform="youtube"), timezone.now() - timedelta(minutes=1))
    from krm.connectors.models import Application

    Application.objects.filter(platform="youtube").update(options={"daily_units": 100})
    assert runner.hand_out() == 41  # 70 units for background work, 1.7 an account
    assert [len(args[1]) for args, _kwargs in queued] == [41]
    assert {kwargs["queue"] for _args, kwargs in queued} == {"pulls"}


def test_a_whole_tick_and_its_pulls(connected: Running, account: Any) -> None:
    rows = [account(demo("instagram", nth=n)) for n in range(3)]
    schedule.add_new()
    AccountSchedule.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert runner.hand_out() == 3
    for row in AccountSchedule.objects.all():
        runner.pull([row.pk], row.lease_token)
    assert set(AccountSchedule.objects.values_list("last_outcome", flat=True)) == {"ok"}
    assert runner.hand_out() == 0
    next_due = AccountSchedule.objects.get(pk=rows[0].pk).due_at - timezone.now()
    assert timedelta(days=30) * 0.84 < next_due < timedelta(days=30) * 1.16


def test_refresh_now_uses_the_reserve(connected: Running, account: Any, staff: Any) -> None:
    row = account(demo("instagram"))
    user = staff("reviewer")
    refresh_now(row, by=user)
    plan = AccountSchedule.objects.get(pk=row.pk)
    assert plan.lease_token
    assert Event.objects.get(name="creators.refresh_asked").actor == user
    from creators.platforms.instagram.client import app_bucket
    from krm.connectors import credentials

    application = credentials.application("instagram")
    assert application is not None
    bucket = app_bucket(application)
    budgets.reserve(bucket, cost=bucket.background_limit(bucket.limit))  # background has spent its share
    outcomes = runner.pull([row.pk], plan.lease_token, interactive=True)
    assert outcomes[row.pk].ok


def test_refresh_now_refuses_kindly(connected: Running, account: Any, staff: Any, monkeypatch: Any) -> None:
    monkeypatch.delitem(CONNECTORS, "x")
    row = account(demo("instagram"))
    with pytest.raises(Denied):
        refresh_now(row, by=staff("viewer"))
    assert not AccountSchedule.objects.exclude(lease_token="").exists()
    refresh_now(row, by=staff())
    with pytest.raises(Conflict, match="just now"):
        refresh_now(row, by=staff())
    (other,) = make(1, platform="x")
    with pytest.raises(Conflict, match="does not read"):
        refresh_now(other, by=staff())


@pytest.mark.django_db
def test_refresh_now_says_when_a_platform_is_not_connected(account: Any, staff: Any) -> None:
    row = account(demo("youtube"))
    with pytest.raises(Conflict, match="not connected"):
        refresh_now(row, by=staff())


def test_consent_resumes_and_withdrawal_stops(
    connected: Running, account: Any, pull: Any, drain_events: Any
) -> None:
    from krm.connectors import credentials
    from krm.local.connect import consent as fresh

    source = demo("tiktok", consent="display")
    row = account(source, known=False)
    pull(row)
    drain_events()
    given = fresh("tiktok", source.external_id, source.handle, time.time(), flavour="display")
    saved = credentials.save_credential(
        "tiktok",
        source.external_id,
        credentials.Tokens(
            given.access_token, given.refresh_token, given.expires_at, given.refresh_expires_at
        ),
        by=None,
        flavour="display",
        handle=source.handle,
    )
    drain_events()
    row.refresh_from_db()
    assert (row.state, row.schedule.paused_reason) == (AccountState.ACTIVE, "")
    assert pull(row)[row.pk].ok

    credentials.revoke(saved, reason="test")
    drain_events()
    row = SocialAccount.objects.get(pk=row.pk)
    assert (row.state, row.schedule.paused_reason) == (AccountState.NEEDS_CONSENT, "auth_revoked")


def test_tiktok_tells_us_that_consent_is_gone(
    connected: Running, account: Any, consent: Any, client: Client, drain_events: Any
) -> None:
    source = demo("tiktok", consent="display")
    row = account(source)
    schedule.ensure([row.pk])
    credential = consent(source)
    body = json.dumps(
        {
            "client_key": tokens.APPS["tiktok"][0],
            "event": "authorization.removed",
            "create_time": int(time.time()),
            "user_openid": source.external_id,
            "content": json.dumps({"reason": 1}),
        }
    ).encode()
    stamp = str(int(time.time()))
    signature = hmac.new(
        tokens.APPS["tiktok"][1].encode(), stamp.encode() + b"." + body, hashlib.sha256
    ).hexdigest()
    for _again in range(2):  # at least once: it comes twice
        answer = client.post(
            "/hooks/tiktok/",
            body,
            content_type="application/json",
            headers={"TikTok-Signature": f"t={stamp},s={signature}"},
        )
        assert answer.status_code == 200
    assert inbox.process() == 1
    drain_events()
    assert Credential.objects.get(pk=credential.pk).status == "revoked"
    row.refresh_from_db()
    assert row.state == AccountState.NEEDS_CONSENT
