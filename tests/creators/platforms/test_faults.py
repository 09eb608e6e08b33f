"""Each thing that can go wrong at a platform leads to its outcome class, account state and next due time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from creators.models import AccountSchedule, AccountSnapshot, AccountState, Post
from creators.platforms.instagram.client import app_bucket
from creators.pulling import runner, schedule
from krm.connectors import budgets, credentials
from krm.connectors.models import Credential, OutcomeCount
from krm.connectors.outcomes import Kind
from krm.events.models import Notification
from tests.sandbox import Running, demo

PUBLIC, OWN, DISPLAY, BUSINESS, CHANNEL = "instagram", "instagram own", "tiktok", "tiktok business", "youtube"
X, PAGE, OWN_PAGE = "x", "facebook", "facebook own"

# case, fault, where, outcome, account state, paused, how long until the next try
CASES = [
    ("a private account", "private", PUBLIC, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("a throttled app", "rate_limited", PUBLIC, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("the page limit", "quota", PUBLIC, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("their error", "server_error", PUBLIC, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("half a document", "truncated", PUBLIC, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", PUBLIC, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    # the agency's own token: no account is blamed for it
    ("the agency has no permission", "scope", PUBLIC, Kind.SCOPE_MISSING, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("the agency's token ended", "expired_token", PUBLIC, Kind.AUTH_REVOKED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("the agency's token is withdrawn", "revoked", PUBLIC, Kind.AUTH_REVOKED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("the app's token ended", "expired_token", PAGE, Kind.AUTH_EXPIRED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("the app is withdrawn", "revoked", PAGE, Kind.AUTH_REVOKED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("the key is withdrawn", "revoked", CHANNEL, Kind.AUTH_EXPIRED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("the key may not", "scope", CHANNEL, Kind.SCOPE_MISSING, AccountState.NEEDS_CONSENT, "scope_missing", timedelta(days=30)),
    ("the bearer is withdrawn", "revoked", X, Kind.AUTH_EXPIRED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("the token is refused twice", "expired_token", OWN, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
    ("a scope was not given", "scope", OWN, Kind.SCOPE_MISSING, AccountState.NEEDS_CONSENT, "scope_missing", timedelta(days=30)),
    ("a throttled account", "rate_limited", OWN, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("the account's limit", "quota", OWN, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("an account that is gone", "private", OWN, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("half a document", "truncated", OWN, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", OWN, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("the token is refused twice", "expired_token", DISPLAY, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
    ("TikTok's allowance", "quota", DISPLAY, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("the token is refused twice", "expired_token", BUSINESS, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
    ("Business's allowance", "quota", BUSINESS, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("an account that is gone", "private", BUSINESS, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("half a document", "truncated", BUSINESS, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", BUSINESS, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("a permission was not given", "scope", OWN_PAGE, Kind.SCOPE_MISSING, AccountState.NEEDS_CONSENT, "scope_missing", timedelta(days=30)),
    ("a throttled Page", "rate_limited", OWN_PAGE, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("the Page's limit", "quota", OWN_PAGE, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("a Page that is gone", "private", OWN_PAGE, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("their error", "server_error", OWN_PAGE, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("half a document", "truncated", OWN_PAGE, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", OWN_PAGE, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("consent withdrawn", "revoked", OWN, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
    ("their error", "server_error", OWN, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("TikTok throttles", "rate_limited", DISPLAY, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("TikTok has no such user", "private", DISPLAY, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("a scope was not given", "scope", DISPLAY, Kind.SCOPE_MISSING, AccountState.NEEDS_CONSENT, "scope_missing", timedelta(days=30)),
    ("TikTok refuses twice", "revoked", DISPLAY, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
    ("TikTok's error", "server_error", DISPLAY, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("half a document", "truncated", DISPLAY, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", DISPLAY, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("Business throttles", "rate_limited", BUSINESS, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("Business has no permission", "scope", BUSINESS, Kind.SCOPE_MISSING, AccountState.NEEDS_CONSENT, "scope_missing", timedelta(days=30)),
    ("Business refuses twice", "revoked", BUSINESS, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
    ("Business's error", "server_error", BUSINESS, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("the day's quota", "quota", CHANNEL, Kind.QUOTA_SPENT, AccountState.ACTIVE, "", None),
    ("too quick", "rate_limited", CHANNEL, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("a closed channel", "private", CHANNEL, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("Google's error", "server_error", CHANNEL, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("half a document", "truncated", CHANNEL, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", CHANNEL, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("a bad key", "expired_token", CHANNEL, Kind.AUTH_EXPIRED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("an account that is gone", "private", X, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("X throttles", "rate_limited", X, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("X's monthly cap", "quota", X, Kind.QUOTA_SPENT, AccountState.ACTIVE, "", None),
    ("X refuses the token", "expired_token", X, Kind.AUTH_EXPIRED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("X's app is not enrolled", "scope", X, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("X's error", "server_error", X, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("half a document", "truncated", X, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", X, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("a Page that is gone", "private", PAGE, Kind.UNAVAILABLE, AccountState.UNAVAILABLE, "", timedelta(days=1)),
    ("a throttled app", "rate_limited", PAGE, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(minutes=1)),
    ("the Page's limit", "quota", PAGE, Kind.RATE_LIMITED, AccountState.ACTIVE, "", timedelta(hours=1)),
    ("no Page Public Content Access", "scope", PAGE, Kind.SCOPE_MISSING, AccountState.NEEDS_CONSENT, "scope_missing", timedelta(days=30)),
    ("their error", "server_error", PAGE, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("half a document", "truncated", PAGE, Kind.TRANSIENT, AccountState.ACTIVE, "", timedelta(minutes=2)),
    ("our error", "bad_request", PAGE, Kind.BAD_REQUEST, AccountState.ACTIVE, "", timedelta(days=1)),
    ("the Page's token ended", "expired_token", OWN_PAGE, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
    ("consent withdrawn", "revoked", OWN_PAGE, Kind.AUTH_REVOKED, AccountState.NEEDS_CONSENT, "auth_revoked", timedelta(days=30)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "fault", "where", "kind", "state", "paused", "wait"),
    CASES,
    ids=[f"{c[2]}: {c[0]}" for c in CASES],
)
def test_a_fault(
    connected: Running, account: Any, consent: Any, pull: Any,
    case: str, fault: str, where: str, kind: Kind, state: str, paused: str, wait: timedelta | None,
) -> None:  # fmt: skip
    platform = where.split()[0]
    wanted = {PUBLIC: "", OWN: "insights", DISPLAY: "display", BUSINESS: "business", CHANNEL: "", X: "", PAGE: "",
              OWN_PAGE: "page"}[where]  # fmt: skip
    source = demo(platform, consent=wanted)
    row = account(source)
    if wanted:
        consent(source, flavour="business" if where == BUSINESS else "")
    connected.fault(platform, fault, source.handle, seconds=60)

    before = timezone.now()
    outcomes = pull(row)

    assert outcomes[row.pk].kind is kind, outcomes
    row.refresh_from_db()
    plan = AccountSchedule.objects.get(pk=row.pk)
    assert row.state == state
    assert plan.paused_reason == paused
    assert plan.last_outcome == kind.value and plan.last_reason
    assert plan.lease_token == "" and plan.lease_until is None
    if (
        where not in (CHANNEL, X) or kind is not Kind.UNAVAILABLE
    ):  # YouTube leaves a missing channel out, and says OK
        assert OutcomeCount.objects.filter(platform=platform).exclude(outcome="ok").exists()
    if wait is not None:
        assert wait * 0.8 <= plan.due_at - before <= wait * 1.2 + timedelta(minutes=1, seconds=5)
    else:
        assert before < plan.due_at <= before + timedelta(days=31 if where == X else 1, hours=1, minutes=2)
    if state == AccountState.ACTIVE:
        assert row.state_reason == ""
    else:
        assert row.state_reason


def test_every_connector_meets_every_fault() -> None:
    faults = {
        "expired_token",
        "revoked",
        "scope",
        "rate_limited",
        "quota",
        "private",
        "server_error",
        "truncated",
        "bad_request",
    }
    met = {(where, fault) for _case, fault, where, *_rest in CASES}
    for where in (PUBLIC, OWN, DISPLAY, BUSINESS, CHANNEL, X, PAGE, OWN_PAGE):
        missing = faults - {fault for place, fault in met if place == where}
        # the token that is renewed, and the error that is the same code for both kinds of token, are met by tests below
        assert missing <= ({"truncated", "server_error"} if where == OWN else set()), (where, missing)


def test_the_agencys_lost_token_is_told_once_and_a_new_one_goes_on(
    connected: Running, account: Any, pull: Any, admin_user: Any, drain_events: Any, client_for: Any
) -> None:
    from krm.connectors.credentials import Tokens
    from krm.local.sandbox import tokens

    first, second = account(demo("instagram")), account(demo("instagram", nth=1))
    connected.fault("instagram", "revoked", first.handle)
    Credential.objects.filter(purpose="agency").update(status="active")
    pull(first)
    credentials.revoke(Credential.objects.get(purpose="agency"), reason="190/458 not authorized")
    assert pull(second)[second.pk].kind is Kind.AUTH_REVOKED  # not asked any more
    drain_events()
    assert [n.kind for n in Notification.objects.filter(user=admin_user)] == ["creators.agency_token_lost"]
    page = client_for(admin_user).get("/creators/connectors/").content.decode()
    assert "own token" in page and "190/458" in page

    connected.clear()
    token = Tokens(tokens.issue("act", "instagram", tokens.AGENCY_IG_ID))
    credentials.save_credential("instagram", tokens.AGENCY_IG_ID, token, by=None, purpose="agency")
    drain_events()
    for row in (first, second):
        row.refresh_from_db()
        assert row.state == AccountState.ACTIVE
        assert AccountSchedule.objects.get(pk=row.pk).due_at <= timezone.now()
        assert pull(row)[row.pk].ok


def test_an_expired_token_is_renewed_and_the_call_repeated(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("tiktok", consent="display", nth=2)
    row = account(source)
    old = consent(source)
    connected.fault("tiktok", "expired_token", source.handle, times=1)

    outcomes = pull(row)

    assert outcomes[row.pk].ok
    assert Credential.objects.get(pk=old.pk).version == old.version + 1


def test_an_instagram_token_that_lapsed_cannot_be_renewed(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("instagram", consent="insights", nth=1)
    row = account(source)
    credential = consent(source, issued=(timezone.now() - timedelta(days=70)).timestamp())

    outcomes = pull(row)

    assert outcomes[row.pk].kind is Kind.AUTH_REVOKED
    credential.refresh_from_db()
    assert credential.status == "revoked"


def test_empty_insights_leave_nothing_known_rather_than_zero(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("instagram", consent="insights", nth=2)
    row = account(source)
    consent(source)
    connected.fault("instagram", "empty_insights", source.handle)

    outcomes = pull(row)

    assert outcomes[row.pk].ok
    snapshot = AccountSnapshot.objects.get(account=row)
    assert (snapshot.views, snapshot.reach, snapshot.likes) == (None, None, None)
    assert snapshot.followers is not None
    assert not Post.objects.filter(account=row).exclude(reach=None).exists()


def test_a_slow_platform_is_given_up(connected: Running, account: Any, pull: Any, monkeypatch: Any) -> None:
    from krm.connectors import http

    row = account(demo("instagram"))
    connected.fault("instagram", "slow", row.handle, seconds=2)
    impatient = http.Client(timeout=0.5)
    monkeypatch.setattr(http, "_shared", impatient)
    outcomes = pull(row)
    impatient.close()
    assert outcomes[row.pk].kind is Kind.TRANSIENT


def test_what_was_read_before_the_fault_is_kept(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    """The profile came, the next call did not."""
    source = demo("tiktok", consent="display", nth=3)
    row = account(source)
    consent(source)
    lease_all = budgets.Bucket("tiktok.video_list", limit=600, seconds=60)
    budgets.block(lease_all, "app", timezone.now() + timedelta(minutes=5))

    outcomes = pull(row)

    assert outcomes[row.pk].kind is Kind.RATE_LIMITED
    assert AccountSnapshot.objects.get(account=row).followers is not None
    assert Post.objects.filter(account=row).count() == 0


def test_a_rate_limit_opens_the_breaker_for_everyone(connected: Running, account: Any, pull: Any) -> None:
    first, second = account(demo("instagram")), account(demo("instagram", nth=1))
    connected.fault("instagram", "rate_limited", first.handle, seconds=60)
    pull(first)

    outcomes = pull(second)

    assert outcomes[second.pk].kind is Kind.RATE_LIMITED
    assert OutcomeCount.objects.get(platform="instagram").count == 1  # the second never left the house
    application = credentials.application("instagram")
    assert application is not None
    assert budgets.read(app_bucket(application)).blocked_until is not None
    schedule.hurry([first.pk, second.pk])
    assert runner.hand_out() == 0


def test_unavailable_backs_off_to_thirty_days(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("instagram"))
    connected.fault("instagram", "private", row.handle)
    waits = []
    for _n in range(7):
        before = timezone.now()
        pull(row)
        waits.append(round((AccountSchedule.objects.get(pk=row.pk).due_at - before) / timedelta(days=1)))
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_a_request_refused_five_times_is_left_to_a_person(
    connected: Running, account: Any, pull: Any
) -> None:
    row = account(demo("instagram"))
    connected.fault("instagram", "bad_request", row.handle)
    for _n in range(5):
        pull(row)
    row.refresh_from_db()
    assert (row.state, row.schedule.paused_reason) == (AccountState.PAUSED, "bad_request")


def test_an_account_comes_back(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("instagram"))
    connected.fault("instagram", "private", row.handle)
    pull(row)
    connected.clear()
    pull(row)
    row.refresh_from_db()
    assert (row.state, row.state_reason, row.schedule.fail_count) == (AccountState.ACTIVE, "", 0)


def test_tiktok_without_consent_waits_for_the_creator(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("tiktok"))
    assert pull(row)[row.pk].kind is Kind.SCOPE_MISSING
    row.refresh_from_db()
    assert row.state == AccountState.NEEDS_CONSENT


def test_one_bad_channel_does_not_spoil_the_batch(connected: Running, account: Any, pull: Any) -> None:
    rows = [account(demo("youtube", nth=n)) for n in range(3)]
    connected.fault("youtube", "private", rows[1].handle)
    outcomes = pull(*rows)
    assert [outcomes[r.pk].kind for r in rows] == [Kind.OK, Kind.UNAVAILABLE, Kind.OK]


def test_a_platform_that_is_not_set_up_leaves_the_account_alone(db: None, account: Any, pull: Any) -> None:
    row = account(demo("youtube"))
    assert pull(row)[row.pk].kind is Kind.BAD_REQUEST
    row.refresh_from_db()
    assert row.state == AccountState.ACTIVE
