"""The one runner: takes leased accounts, lets the connector pull them, stores what came and settles the schedule.

Storing is one transaction: figures, posts, audience, states, schedule and events stand or fall together.  A worker
killed before it leaves the lease to run out; killed after it, the task that is delivered again finds no lease.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import redis
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from creators import ingest
from creators.listening import finds
from creators.models import (
    AccountSchedule,
    AccountState,
    AudienceSnapshot,
    Cadence,
    FoundBy,
    Post,
    PostComment,
    SocialAccount,
)
from creators.platforms.base import POSTS_PER_PULL, AccountRef, Connector, Paid, Pulled
from creators.platforms.registry import CONNECTORS, connector
from creators.pulling import policy, schedule
from creators.pulling.session import PlatformSession
from krm.connectors import archive, budgets, credentials, spending
from krm.connectors.models import Application, Credential, CredentialStatus, Purpose
from krm.connectors.outcomes import Kind, Outcome
from krm.events import enqueue, record

log = logging.getLogger(__name__)
AUDIENCE_EVERY = timedelta(days=7)
COMMENTS_EVERY = timedelta(days=3)
NEWS = timedelta(days=60)  # an older post that we see for the first time is history, not news
FIRST_NEWS = timedelta(days=14)  # of an account read for the first time
# Kept in English on the account and translated where it is shown; the platform's own words are in the schedule.
TWICE = gettext_noop("The same account is in KRM twice. Merge the two creators.")
REASONS = {
    Kind.UNAVAILABLE: gettext_noop("Private, personal or gone: the platform does not say which."),
    Kind.AUTH_REVOKED: gettext_noop("The owner withdrew consent. Ask them to connect the account again."),
    Kind.SCOPE_MISSING: gettext_noop(
        "The owner has not given consent for this yet. Ask them to connect the account."
    ),
    Kind.BAD_REQUEST: gettext_noop("The platform refuses our request again and again. See Connectors."),
}


def hand_out() -> int:
    """Every half minute: lease what is due, as far as budgets reach, and queue the pulls. Returns accounts taken."""
    schedule.add_new()
    total = 0
    for platform, plan in CONNECTORS.items():
        application = credentials.application(platform)
        if application is None or not plan.ready(application):
            continue
        room = room_for(plan, application)
        for taken in schedule.take_due(platform, limit=room, batch=plan.batch):
            enqueue("creators.pull_accounts", taken.account_ids, taken.token, queue="pulls")
            total += len(taken.account_ids)
    return total


def room_for(plan: Connector, application: Application) -> int:
    """How many accounts the first budget lets background work pull now."""
    bucket = plan.buckets(application)[0]
    try:
        reading = budgets.read(bucket)
    except redis.RedisError:
        return 0  # without budgets nothing is asked; what is due stays due
    if reading.blocked_until is not None:
        return 0
    if reading.percent is not None and reading.percent >= bucket.percent_stop:
        return 0
    seconds = 86_400 if bucket.kind == "day" else bucket.seconds
    calls = policy.allowance(
        bucket.background_limit(reading.limit),
        reading.used,
        seconds,
        elapsed=budgets.elapsed(bucket),
        batch=plan.batch * plan.cost_per_account,
    )
    room = int(calls / plan.cost_per_account)
    if isinstance(plan, Paid):
        money = spending.read(plan.purse(application), timezone.now()).left
        room = min(room, int(money / plan.price_per_account))
    return max(0, room)


def pull(account_ids: Sequence[int], token: str, *, interactive: bool = False) -> dict[int, Outcome]:
    """Pull the accounts the lease still holds. Running it again with the same lease changes nothing more."""
    ids = schedule.held(account_ids, token)
    if not ids:
        return {}
    accounts = {a.pk: a for a in SocialAccount.objects.filter(pk__in=ids)}
    platform = next(iter(accounts.values())).platform
    plan = connector(platform)
    application = credentials.application(platform)
    if plan is None or application is None or not plan.ready(application):
        outcome = Outcome(
            Kind.BAD_REQUEST, f"{platform} is not set up. An administrator can do it under Connectors."
        )
        results = [Pulled(pk, outcome) for pk in accounts]
        return _store(results, accounts, token, timezone.now(), interactive, set_up=False)
    session = PlatformSession(plan, application, interactive=interactive)
    refs = _refs(list(accounts.values()), session.now, interactive)
    try:
        results = plan.pull(session, refs)
    finally:
        archive.keep(session.calls)
    return _store(results, accounts, token, session.now, interactive)


def _refs(accounts: Sequence[SocialAccount], now: datetime, interactive: bool) -> list[AccountRef]:
    ids = [a.pk for a in accounts]
    consents = _consents(accounts)
    known: dict[int, list[str]] = defaultdict(list)
    shorts: dict[int, set[str]] = defaultdict(set)
    if accounts and accounts[0].platform == "youtube":
        newest = Post.objects.filter(account_id__in=ids, is_deleted=False).order_by(
            "account_id", "-published_at"
        )
        for account_id, external_id, kind in newest.values_list("account_id", "external_id", "kind"):
            if len(known[account_id]) < POSTS_PER_PULL:
                known[account_id].append(external_id)
                if kind == "short":
                    shorts[account_id].add(external_id)
    recent = set(
        AudienceSnapshot.objects.filter(account_id__in=ids, observed_at__gt=now - AUDIENCE_EVERY).values_list(
            "account_id", flat=True
        )
    )
    talked = _comments_fresh(accounts, now)
    worked_with = set(
        AccountSchedule.objects.filter(
            pk__in=ids, cadence__in=(Cadence.LIVE, Cadence.SHORTLISTED)
        ).values_list("pk", flat=True)
    )
    return [
        AccountRef(
            id=a.pk,
            handle=a.handle,
            external_id=a.external_id or "",
            posts_count=a.posts_count,
            known_posts=tuple(known.get(a.pk, ())),
            known_shorts=frozenset(shorts.get(a.pk, ())),
            wants_audience=a.pk not in recent,
            wants_comments=a.pk not in talked,
            wants_stories=interactive or a.pk in worked_with,
            wants_posts=interactive or a.platform != "x" or a.pk in worked_with,
            credential=consents.get(a.pk),
        )
        for a in accounts
    ]


def _comments_fresh(accounts: Sequence[SocialAccount], now: datetime) -> set[int]:
    """Accounts whose comments need no reading now; YouTube's come out of the day's units, so only of watched ones."""
    ids = [a.pk for a in accounts]
    fresh = set(
        PostComment.objects.filter(account_id__in=ids, observed_at__gt=now - COMMENTS_EVERY).values_list(
            "account_id", flat=True
        )
    )
    if accounts and accounts[0].platform == "youtube":
        fresh |= set(
            AccountSchedule.objects.filter(pk__in=ids, cadence=Cadence.COLD).values_list("pk", flat=True)
        )
    return fresh


def _consents(accounts: Sequence[SocialAccount]) -> dict[int, Credential]:
    """The living consent of each account, found by its platform id or, before that is known, its handle."""
    platform = accounts[0].platform
    living = Credential.objects.filter(platform=platform, purpose=Purpose.ACCOUNT).exclude(
        status__in=(CredentialStatus.REVOKED, CredentialStatus.EXPIRED)
    )
    by_id: dict[str, Credential] = {}
    by_handle: dict[str, Credential] = {}
    # business says more than display, so it is written last
    for found in living.filter(
        external_account_id__in=[a.external_id for a in accounts if a.external_id]
    ).order_by(F("flavour").desc()):
        by_id[found.external_account_id] = found
    handles = [a.handle for a in accounts if a.handle and not a.external_id]
    if handles:
        for found in living.filter(handle__in=handles).order_by(F("flavour").desc()):
            by_handle[found.handle.lower()] = found
    consents: dict[int, Credential] = {}
    for account in accounts:
        consent = by_id.get(account.external_id or "") or by_handle.get(account.handle.lower())
        if consent is not None:
            consents[account.pk] = consent
    return consents


def _store(
    results: Sequence[Pulled],
    accounts: dict[int, SocialAccount],
    token: str,
    now: datetime,
    interactive: bool,
    *,
    set_up: bool = True,
) -> dict[int, Outcome]:
    outcomes: dict[int, Outcome] = {}
    with transaction.atomic():
        rows = {
            row.pk: row
            for row in AccountSchedule.objects.select_for_update()
            .filter(pk__in=[r.account_id for r in results], lease_token=token)
            .order_by("pk")
        }
        kept = [r for r in results if r.account_id in rows]
        if not kept:
            return {}
        first_time = {pk for pk, row in rows.items() if row.last_ok_at is None}
        before = {pk: accounts[pk].followers for pk in rows}
        spans = schedule.intervals()
        ingest.account_snapshots(r.account for r in kept if r.account is not None)
        posted = ingest.posts(p for r in kept for p in r.posts)
        ingest.audiences(r.audience for r in kept if r.audience is not None)
        ingest.active_audiences(one for r in kept for one in r.active)
        _keep_tags(kept, accounts, now)
        ingest.write_comments(c for r in kept for c in r.comments)
        _mark_gone(kept, now)
        for result in kept:
            row = rows[result.account_id]
            _stir(row, result, before[row.pk], posted, now)
            state = schedule.finish(row, result.outcome, now, spans)
            if result.outcome.ok and result.again_before is not None:
                schedule.before(row, result.again_before, now)
            if not set_up:
                state = None
            _settle_account(accounts[result.account_id], rows[result.account_id], result, state, now)
            outcomes[result.account_id] = result.outcome
        AccountSchedule.objects.bulk_update(rows.values(), list(schedule.FINISHED))
        _tell(kept, accounts, posted, first_time, now, interactive)
        fresh = sorted(r.account_id for r in kept if r.account is not None or r.posts)
        if fresh:
            enqueue("creators.score_accounts", fresh)
    return outcomes


def _stir(
    row: AccountSchedule, result: Pulled, before: int | None, posted: ingest.Posted, now: datetime
) -> None:
    """Much new since the last pull: the next one comes sooner."""
    after = result.account.followers if result.account is not None else None
    if not result.outcome.ok or row.last_ok_at is None or not before or after is None:
        return
    new = sum(1 for post in result.posts if posted.ids.get(post.external_id) in posted.new)
    days = (now - row.last_ok_at).total_seconds() / 86_400
    row.volatility = policy.stirred(row.volatility, (after - before) / before, new, days)


def _keep_tags(results: Sequence[Pulled], accounts: dict[int, SocialAccount], now: datetime) -> None:
    """Posts of others that tag an account of ours, as finds; what is new is told."""
    for result in results:
        if not result.tags:
            continue
        account = accounts[result.account_id]
        new = finds.keep(
            FoundBy.TAG, result.tags, now, platform=account.platform, account=account,
            mentioned_id=result.external_id or account.external_id or "",
        )  # fmt: skip
        if new:
            record("creators.posts_found", account, data={"account_id": account.pk, "found_ids": new})


def _mark_gone(results: Sequence[Pulled], now: datetime) -> None:
    for result in results:
        if not result.outcome.ok:
            continue
        if result.complete_since is not None:
            seen = [p.external_id for p in result.posts]
            ingest.deleted_posts(result.account_id, seen=seen, since=result.complete_since, observed_at=now)
        if result.gone_posts:
            Post.objects.filter(account_id=result.account_id, external_id__in=result.gone_posts).update(
                is_deleted=True
            )


def _settle_account(
    account: SocialAccount, row: AccountSchedule, result: Pulled, state: AccountState | None, now: datetime
) -> None:
    """Keep what the platform says about identity, and show the state."""
    changes: dict[str, Any] = {}
    if result.external_id and account.external_id != result.external_id:
        twin = SocialAccount.objects.filter(platform=account.platform, external_id=result.external_id)
        if twin.exclude(pk=account.pk).exists():
            changes["state"] = AccountState.PAUSED
            changes["state_reason"] = TWICE
            row.paused_reason = "duplicate"
            state = None
        else:
            changes["external_id"] = result.external_id
    if result.handle and account.handle != result.handle:
        changes["handle"] = result.handle
    if result.outcome.ok:
        changes["last_ok_at"] = now
    if state is not None and account.state != state:
        changes["state"] = state
    if state is not None:
        reason = REASONS.get(result.outcome.kind, "")
        if account.state_reason != reason:
            changes["state_reason"] = reason
    if changes:
        SocialAccount.objects.filter(pk=account.pk).update(**changes)
        for name, value in changes.items():
            setattr(account, name, value)


def _tell(
    results: Sequence[Pulled],
    accounts: dict[int, SocialAccount],
    posted: ingest.Posted,
    first_time: set[int],
    now: datetime,
    interactive: bool,
) -> None:
    """One event a pull, and one for each post that is news."""
    first = accounts[results[0].account_id]
    record(
        "creators.accounts_pulled",
        first,
        data={
            "account_ids": [r.account_id for r in results],
            "creator_ids": sorted(
                {c for r in results if (c := accounts[r.account_id].creator_id) is not None}
            ),
            "outcomes": {str(r.account_id): r.outcome.kind.value for r in results},
            "reason": results[0].outcome.reason[:300] if len(results) == 1 else "",
            "new_posts": len(posted.new),
            "interactive": interactive,
        },
    )
    news = {
        p.external_id
        for r in results
        for p in r.posts
        if p.published_at is not None
        and p.published_at > now - (FIRST_NEWS if r.account_id in first_time else NEWS)
    }
    ids = [
        posted.ids[external_id] for external_id in sorted(news) if posted.ids.get(external_id) in posted.new
    ]
    for post in Post.objects.filter(pk__in=ids).order_by("published_at"):
        record("creators.post_seen", post, data={"post_id": post.pk, "account_id": post.account_id})
