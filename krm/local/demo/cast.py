"""The invented creators of the sandbox network, with months of figures as the platforms would have shown them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from campaigns import cadence
from campaigns.models import Partnership
from creators import forecasting, ingest, partitions, scoring_runs, summary
from creators.finding import words
from creators.ingest import AccountReading, AudienceReading, CommentReading, PostReading
from creators.models import (
    AccountSchedule,
    Creator,
    CreatorTag,
    FoundPost,
    Post,
    RateCard,
    SocialAccount,
    Tag,
    TrackedHashtag,
)
from creators.platforms.comments import PER_POST
from creators.platforms.comments import POSTS as COMMENTED
from creators.platforms.text import without_handles
from creators.pulling import schedule
from krm.accounts.models import User
from krm.local.demo import TAG, followers
from krm.local.sandbox import world

DAYS_DAILY = 60
DAYS_WEEKLY = 240
DAYS_POSTS = 100
FORMATS = {"instagram": "reel", "tiktok": "video", "youtube": "video", "x": "post", "facebook": "post"}


def source_of(account: world.DemoAccount) -> str:
    return "platform_authorised" if account.consent else "platform_public"


def make_creators(owner: User) -> dict[str, Creator]:
    """Creators and accounts, by the world's key."""
    with (
        connection.cursor() as cursor
    ):  # checked row by row: audit triggers make deferred checks of many rows slow
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    tag, _ = Tag.objects.get_or_create(name=TAG)
    cast = world.demo_creators()
    Creator.objects.bulk_create(
        [
            Creator(
                name=c.name,
                email=c.email,
                phone=c.phone,
                city=c.city,
                country="ID",
                languages=list(c.languages),
                categories=list(c.categories),
                bio=c.bio,
                status="active" if number % 3 else "prospect",
                owner=owner,
                is_demo=True,
            )
            for number, c in enumerate(cast)
        ]
    )
    made = {row.email: row for row in Creator.objects.filter(is_demo=True)}
    found = {c.key: made[c.email] for c in cast}
    CreatorTag.objects.bulk_create([CreatorTag(creator=row, tag=tag) for row in found.values()])
    SocialAccount.objects.bulk_create(
        [
            SocialAccount(
                creator=found[c.key], platform=a.platform, handle=a.handle, external_id=a.external_id,
                url=profile_url(a), is_demo=True,
            )
            for c in cast for a in c.accounts
        ]
    )  # fmt: skip
    return found


def profile_url(account: world.DemoAccount) -> str:
    return {
        "instagram": f"https://www.instagram.com/{account.handle}/",
        "tiktok": f"https://www.tiktok.com/@{account.handle}",
        "youtube": f"https://www.youtube.com/channel/{account.external_id}",
        "x": f"https://x.com/{account.handle}",
        "facebook": f"https://www.facebook.com/{account.handle}",
    }[account.platform]


def make_history(now: datetime) -> None:
    """Follower series, posts with a few observations each, audiences; then scores."""
    ids = dict(SocialAccount.objects.filter(is_demo=True).values_list("external_id", "pk"))
    accounts = [(ids[a.external_id], a) for a in world.demo_accounts()]
    today = now.date()
    partitions.ensure([today - timedelta(days=n) for n in range(DAYS_WEEKLY + 31)])
    _scored_before(accounts[:EARLIER], now - timedelta(days=30))
    ingest.account_snapshots(_followers(accounts, now))
    for start in range(0, len(accounts), 60):
        ingest.posts(list(_posts(accounts[start : start + 60], now)))
    ingest.audiences(list(_audiences(accounts, now)))
    ingest.write_comments(list(_comments(accounts, now)))
    followers.make_samples([pk for pk, _account in accounts[:SAMPLED]], now.date())
    summary.refresh(ids.values())
    scoring_runs.score_accounts(ids.values(), at=now)
    SocialAccount.objects.filter(is_demo=True).update(last_ok_at=now)


SAMPLED = 48  # accounts of which the agency sampled followers
EARLIER = 60  # accounts that were scored a month ago too: what changed since is on their pages


def _scored_before(accounts: list[tuple[int, world.DemoAccount]], then: datetime) -> None:
    """The figures as they were, and the scores of that day."""
    ids = [pk for pk, _ in accounts]
    ingest.account_snapshots(_followers(accounts, then))
    ingest.posts(list(_posts(accounts, then)))
    summary.refresh(ids)
    scoring_runs.score_accounts(ids, at=then)
    forecasting.keep(ids, at=then)


def observed(day: date, now: datetime) -> datetime:
    return min(datetime.combine(day, time(20), UTC), now)


def _followers(accounts: list[tuple[int, world.DemoAccount]], now: datetime) -> Iterator[AccountReading]:
    today = now.date()
    for pk, account in accounts:
        days = [today - timedelta(days=n) for n in range(DAYS_DAILY)]
        days += [today - timedelta(days=n) for n in range(DAYS_DAILY, DAYS_WEEKLY, 7)]
        for day in days:
            if day >= account.started:
                yield AccountReading(
                    account_id=pk,
                    source=source_of(account),
                    as_of=day,
                    observed_at=observed(day, now),
                    followers=_shown(account, account.followers_at(day)),
                    following=None
                    if account.platform in ("youtube", "facebook")
                    else account.following_at(day),
                    posts_count=account.posts_count_at(datetime.combine(day, time(20), UTC)),
                )


def _shown(account: world.DemoAccount, followers: int) -> int:
    """YouTube shows three significant digits."""
    if account.platform != "youtube" or followers < 1000:
        return followers
    step = 10 ** (len(str(followers)) - 3)
    return followers // step * step


def _posts(accounts: list[tuple[int, world.DemoAccount]], now: datetime) -> Iterator[PostReading]:
    for pk, account in accounts:
        for post in account.posts_between(now - timedelta(days=DAYS_POSTS), now, at=now):
            moments = {
                observed((post.published_at + timedelta(days=age)).date(), now) for age in (1, 3, 7, 21)
            }
            moments = {m for m in moments if m > post.published_at} | {now}
            for moment in sorted(moments):
                yield reading_of(pk, account, post, moment)


def reading_of(pk: int, account: world.DemoAccount, post: world.DemoPost, at: datetime) -> PostReading:
    """The post as a pull at that moment would have brought it."""
    counts = post.counts(at)
    owner = source_of(account) == "platform_authorised"
    seen = account.platform == "x" or (
        account.platform != "facebook" and post.kind not in ("image", "carousel", "text")
    )
    return PostReading(
        account_id=pk,
        platform=account.platform,
        external_id=post.external_id,
        source=source_of(account),
        as_of=at.date(),
        observed_at=at,
        url=post.url,
        caption=post.caption,
        kind=post.kind,
        published_at=post.published_at,
        duration_seconds=post.duration or None,
        hashtags=[t.lower() for t in re.findall(r"#(\w+)", post.caption)],
        mentions=[m.lower() for m in re.findall(r"@([\w.]+)", post.caption)],
        is_sponsored=post.sponsored or None,
        views=counts.views if seen or owner else None,
        reach=counts.reach if owner and account.platform not in ("youtube", "x") else None,
        likes=None if account.story == "hidden_likes" and not owner else counts.likes,
        comments=counts.comments,
        shares=counts.shares if owner or account.platform in ("tiktok", "x", "facebook") else None,
        saves=counts.saves
        if (owner and account.platform == "instagram") or account.platform == "x"
        else None,
    )


def _audiences(accounts: list[tuple[int, world.DemoAccount]], now: datetime) -> Iterator[AudienceReading]:
    for pk, account in accounts:
        if account.consent in ("insights", "business"):
            shares = account.audience
            yield AudienceReading(
                account_id=pk,
                source="platform_authorised",
                as_of=now.date(),
                observed_at=now,
                age=shares["age"],
                gender=shares["gender"],
                countries=shares["countries"],
                cities=shares["cities"],
            )


def _comments(accounts: list[tuple[int, world.DemoAccount]], now: datetime) -> Iterator[CommentReading]:
    """What was written under the newest posts of accounts whose owner consented, and of a third of the channels."""
    for pk, account in accounts:
        if not account.consent and (account.platform != "youtube" or int(account.creator_key[-3:]) % 3):
            continue
        if account.consent == "display":
            continue
        for post in account.newest_posts(now, COMMENTED):
            for comment in post.comments(now, PER_POST):
                yield CommentReading(
                    account_id=pk,
                    platform=account.platform,
                    post_external_id=post.external_id,
                    external_id=comment.id,
                    author_key=ingest.author_key(account.platform, comment.user_id),
                    text=without_handles(comment.text),
                    source=source_of(account),
                    observed_at=now,
                    likes=comment.likes,
                    published_at=comment.at,
                    is_reply=bool(comment.parent),
                    by_owner=comment.by_owner,
                )


HASHTAGS = ("wonderfulindonesia", "kulinerindonesia", "skincare", "unboxing")


def make_finds(owner: User, now: datetime) -> None:
    """Hashtags the agency follows, with the posts of the last two days that carry them."""
    posts = {
        (row.platform, row.external_id): row.pk
        for row in Post.objects.filter(account__is_demo=True, published_at__gt=now - timedelta(days=2))
    }
    for term in HASHTAGS:
        tag = TrackedHashtag.objects.create(
            term=term, due_at=now + timedelta(minutes=10), counted_at=now, last_pulled_at=now, last_outcome="ok",
            created_by=owner, is_demo=True,
        )  # fmt: skip
        found = []
        for account in world.demo_accounts():
            if account.platform != "instagram":
                continue
            for post in account.posts_between(now - timedelta(days=2), now, at=now):
                if f"#{term}" not in post.caption.lower():
                    continue
                counts = post.counts(now)
                found.append(
                    FoundPost(
                        platform="instagram", external_id=post.external_id, found_by="hashtag", hashtag=tag,
                        post_id=posts.get(("instagram", post.external_id)), url=post.url, caption=post.caption,
                        kind=post.kind, likes=counts.likes, comments=counts.comments, published_at=post.published_at,
                        first_seen_at=min(post.published_at + timedelta(hours=3), now), observed_at=now,
                    )
                )  # fmt: skip
        FoundPost.objects.bulk_create(found)
        TrackedHashtag.objects.filter(pk=tag.pk).update(found_count=len(found))


def price_of(account: world.DemoAccount) -> int:
    """An asking price in rupiah: what its views would cost at about Rp220.000 a thousand, rounded to Rp250.000."""
    views = account.target * account.view_ratio
    price = views * 220 * world.rng(account.external_id, "price").uniform(0.7, 1.5)
    return max(300_000, round(price / 250_000) * 250_000)


def make_rate_cards(now: datetime) -> None:
    """Asking prices of every second creator, and what the larger ones asked before."""
    accounts = {
        (row.platform, row.external_id): row.creator_id
        for row in SocialAccount.objects.filter(is_demo=True).only("platform", "external_id", "creator_id")
        if row.creator_id is not None
    }
    asked = [
        (accounts[a.platform, a.external_id], a, price_of(a))
        for a in world.demo_accounts()
        if int(a.creator_key[-3:]) % 2 == 0 or a.size in ("mega", "mid")
    ]
    since = (now - timedelta(days=150)).date()
    cards: list[tuple[int, world.DemoAccount, int, date, date | None]] = [
        (who, a, price, since, None) for who, a, price in asked
    ]
    for years, part in ((1, 0.85), (2, 0.7)):  # what the larger ones asked before: their prices rise
        begin = since.replace(year=since.year - years)
        end = since.replace(year=since.year - years + 1) - timedelta(days=1)
        cards += [
            (who, a, max(300_000, round(price * part / 250_000) * 250_000), begin, end)
            for who, a, price in asked
            if a.size in ("mega", "mid") and a.started < begin
        ]
    RateCard.objects.bulk_create(
        [
            RateCard(
                creator_id=who, platform=a.platform, format=FORMATS[a.platform], price=price, currency="IDR",
                valid_from=begin, valid_to=end, usage_uplift=20, exclusivity_uplift=15,
            )
            for who, a, price, begin, end in cards
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def make_schedule(now: datetime) -> None:
    """Everything was read today; the next reading of each account comes within twenty minutes."""
    schedule.add_new()
    rows = list(AccountSchedule.objects.filter(account__is_demo=True))
    for place, row in enumerate(rows):
        row.last_ok_at, row.last_outcome = now, "ok"
        row.due_at = now + timedelta(seconds=120 + place * 1080 / len(rows))
    AccountSchedule.objects.bulk_update(rows, ["last_ok_at", "last_outcome", "due_at"], batch_size=1000)
    cadence.follow_accounts()
    cadence.follow_posts()


def look_back(now: datetime) -> None:
    """After the campaigns: words, reliability from the work together, forecasts compared with what came."""
    ids = list(SocialAccount.objects.filter(is_demo=True).order_by("pk").values_list("pk", flat=True))
    words.refresh(ids)
    words.count_accounts()
    worked = Partnership.objects.filter(creator__is_demo=True).values("creator_id")
    scoring_runs.score_accounts(
        SocialAccount.objects.filter(is_demo=True, creator__in=worked).values_list("pk", flat=True), at=now
    )
    forecasting.keep(ids, at=now)
    forecasting.compare(at=now)
