"""Read posts, and the comments under them, with the rules and classifiers in use; keep what was found.

A post is read again when its words, its comments, the packs or the models changed. A flag that a person decided on
keeps the decision; a flag that is no longer found is kept too, and no longer counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creators.models import (
    BrandMention,
    FlagState,
    Post,
    PostComment,
    PostText,
    SafetyFlag,
    SocialAccount,
)
from creators.safety import brands, packs, rules
from creators.text import answers, language
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.events import enqueue, record

POSTS_EACH = 300  # newest posts of an account
KEPT = timedelta(days=3 * 365)
COMMENTS_EACH = 500  # newest comments of a post
POSTS_AT_ONCE = 2_000
WORST = ("floor", "high", "medium", "low")
SOFTER = {"floor": "high", "high": "medium", "medium": "low", "low": "low"}
COMMENTS_LEAST, COMMENTS_SHARE = (
    3,
    0.05,
)  # so many comments, and such a share of them, before a post is flagged
HATE_AT, ABUSE_AT = 0.8, 0.9  # what a classifier alone must be sure of


@dataclass
class Scanned:
    """What a scan did."""

    posts: int = 0
    flags: int = 0
    fresh: dict[int, list[SafetyFlag]] = field(default_factory=dict)  # by account: not known before


def scan_accounts(account_ids: Iterable[int], *, everything: bool = False) -> Scanned:
    """Read what has to be read of these accounts; `everything`: also what was read with these rules before."""
    book = packs.book()
    done = Scanned()
    ids = sorted(set(account_ids))
    for start in range(0, len(ids), 200):
        part = ids[start : start + 200]
        wanted = stale_posts(part, book.digest, everything=everything)
        for place in range(0, len(wanted), POSTS_AT_ONCE):
            _scan_posts(wanted[place : place + POSTS_AT_ONCE], book, done)
    _tell(done)
    return done


def stale_posts(account_ids: Sequence[int], digest: str, *, everything: bool = False) -> list[int]:
    """Posts of these accounts whose words, comments or rules changed since they were read."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id FROM unnest(%s::bigint[]) AS wanted(id)
            CROSS JOIN LATERAL (
                SELECT id, updated_at FROM creators_post
                WHERE account_id = wanted.id AND NOT is_deleted
                  AND (published_at IS NULL OR published_at > %s)
                ORDER BY published_at DESC NULLS LAST LIMIT %s
            ) p
            LEFT JOIN creators_posttext t ON t.post_id = p.id
            WHERE %s OR t.scanned_with IS DISTINCT FROM %s OR t.scanned_at IS NULL OR p.updated_at > t.scanned_at
               OR t.updated_at > t.scanned_at
               OR EXISTS (SELECT 1 FROM creators_postcomment c WHERE c.post_id = p.id AND c.observed_at > t.scanned_at)
            ORDER BY p.id
            """,
            [list(account_ids), now() - KEPT, POSTS_EACH, everything, digest],
        )
        return [row[0] for row in cursor.fetchall()]


def stale_accounts(*, after: int = 0, limit: int = 1_000) -> list[int]:
    """The next accounts with posts, in order of id: the nightly round asks each what is stale."""
    return list(
        SocialAccount.objects.filter(pk__gt=after, posts__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()[:limit]
    )


@dataclass
class _Read:
    post: Post
    transcript: str
    comments: list[tuple[int, str]]
    held: PostText | None
    mark: str = ""


def _scan_posts(post_ids: Sequence[int], book: rules.RuleBook, done: Scanned) -> None:
    at = now()
    with transaction.atomic():
        read = _gather(post_ids)
        # figures change every day and words do not: what was read with these rules is only stamped
        same = [
            one.held for one in read
            if one.held and one.held.scanned_with == book.digest and one.held.scanned_text == one.mark
        ]  # fmt: skip
        PostText.objects.filter(pk__in=[row.pk for row in same]).update(scanned_at=at, updated_at=at)
        known = {row.pk for row in same}
        read = [one for one in read if not (one.held and one.held.pk in known)]
        if not read:
            return
        captions = [one.post.caption for one in read]
        spoken = [language(text) for text in captions]
        moods = answers("sentiment", captions, spoken, reasons=False)
        under = _judge_comments(read)
        flags: list[SafetyFlag] = []
        texts, mentions = [], []
        for i, one in enumerate(read):
            flags += _flags_of(one, book, spoken[i], under[i], at)
            texts.append(
                PostText(
                    post=one.post, account_id=one.post.account_id, language=spoken[i],
                    sentiment=moods[i].label if one.post.caption.strip() else "", scanned_at=at,
                    scanned_with=book.digest, scanned_text=one.mark, updated_at=at, created_at=at, **under[i].counts,
                )
            )  # fmt: skip
            mentions += [
                BrandMention(
                    post=one.post, account_id=one.post.account_id, brand=found.brand, sponsored=found.sponsored,
                    signals=list(found.signals), published_at=one.post.published_at,
                )
                for found in brands.mentions(
                    one.post.caption, listed=one.post.mentions or (), own=one.post.account.handle,
                    is_sponsored=one.post.is_sponsored,
                )
            ]  # fmt: skip
        PostText.objects.bulk_create(
            texts, update_conflicts=True, unique_fields=["post"], batch_size=1_000,
            update_fields=[
                "language", "sentiment", "scanned_at", "scanned_with", "scanned_text", "updated_at", "comments_read",
                "positive", "neutral", "negative", "abusive", "hateful", "spam",
            ],
        )  # fmt: skip
        ids = [one.post.pk for one in read]
        BrandMention.objects.filter(post__in=ids).delete()
        BrandMention.objects.bulk_create(mentions, ignore_conflicts=True, batch_size=2_000)
        fresh = _keep(ids, flags)
        done.posts += len(read)
        done.flags += len(flags)
        for flag in fresh:
            done.fresh.setdefault(flag.account_id, []).append(flag)


def _gather(post_ids: Sequence[int]) -> list[_Read]:
    posts = list(Post.objects.filter(pk__in=post_ids).select_related("account").order_by("pk"))
    held = {row.post_id: row for row in PostText.objects.filter(post__in=post_ids)}
    comments: dict[int, list[tuple[int, str]]] = {}
    rows = (
        PostComment.objects.filter(post__in=post_ids, by_owner=False)
        .order_by("post_id", "-pk")
        .values_list("post_id", "pk", "text")
    )
    for post_id, pk, text in rows.iterator(chunk_size=5_000):
        mine = comments.setdefault(post_id, [])
        if len(mine) < COMMENTS_EACH:
            mine.append((pk, text))
    found = []
    for post in posts:
        row = held.get(post.pk)
        one = _Read(post, (row.transcript or "") if row else "", comments.get(post.pk, []), row)
        last = one.comments[0][0] if one.comments else 0
        body = f"{post.caption}\0{one.transcript}\0{last}\0{len(one.comments)}\0{post.is_sponsored}\0{post.mentions}"
        one.mark = hashlib.sha256(body.encode()).hexdigest()[:16]
        found.append(one)
    return found


@dataclass
class _Under:
    """What the comments under a post say, together."""

    counts: dict[str, int | None]
    abusive: list[tuple[int, str, float]]
    hateful: list[tuple[int, str, float]]


def _judge_comments(read: Sequence[_Read]) -> list[_Under]:
    texts = [text for one in read for _, text in one.comments]
    spoken = [language(text) for text in texts]
    judged = {
        task: answers(task, texts, spoken, reasons=False) for task in ("sentiment", "abusive", "hate", "spam")
    }
    found, place = [], 0
    for one in read:
        rows = range(place, place + len(one.comments))
        place += len(one.comments)
        if not one.comments:
            names = ("comments_read", "positive", "neutral", "negative", "abusive", "hateful", "spam")
            found.append(_Under(dict.fromkeys(names), [], []))
            continue
        moods = [judged["sentiment"][i].label for i in rows]
        bad = {
            task: [
                (one.comments[i - rows[0]][0], texts[i], judged[task][i].positive)
                for i in rows
                if judged[task][i].label == label
            ]
            for task, label in (("abusive", "abusive"), ("hate", "hate"), ("spam", "spam"))
        }
        counts: dict[str, int | None] = {
            "comments_read": len(moods), "positive": moods.count("positive"), "neutral": moods.count("neutral"),
            "negative": moods.count("negative"), "abusive": len(bad["abusive"]), "hateful": len(bad["hate"]),
            "spam": len(bad["spam"]),
        }  # fmt: skip
        found.append(_Under(counts, bad["abusive"], bad["hate"]))
    return found


def _flags_of(one: _Read, book: rules.RuleBook, spoken: str, under: _Under, at: datetime) -> list[SafetyFlag]:
    found: list[SafetyFlag] = []

    def flag(
        place: str, category: str, severity: str, origin: str, source: str, version: str, probability: float,
        words: str, evidence: dict[str, Any],
    ) -> None:  # fmt: skip
        key = hashlib.sha256(f"{place}\0{category}\0{source}\0{words}".encode()).hexdigest()[:32]
        found.append(
            SafetyFlag(
                post=one.post, account_id=one.post.account_id, category=category, severity=severity, place=place,
                origin=origin, source=source, version=version, key=key, evidence=evidence,
                probability=round(probability, 4), published_at=one.post.published_at, found_at=at,
            )
        )  # fmt: skip

    for place, text in (("caption", one.post.caption), ("transcript", one.transcript)):
        if not text.strip():
            continue
        findings = book.find(text)
        seen: set[str] = set()
        for finding in findings:  # worst first: a lesser rule adds nothing to the same category
            if finding.rule.category in seen:
                continue
            seen.add(finding.rule.category)
            part, spans = rules.excerpt(text, finding.spans)
            flag(
                place, finding.rule.category, finding.rule.severity, "rule", finding.rule.key, finding.rule.version,
                finding.probability, "|".join(finding.terms),
                {"excerpt": part, "spans": spans, "hits": len(finding.spans), "language": spoken},
            )  # fmt: skip
        for task, category, severity, least in (
            ("hate", "hate", "medium", HATE_AT),
            ("abusive", "profanity", "low", ABUSE_AT),
        ):
            if category in seen:
                continue
            said = answers(task, [text], [spoken])[0]
            if said.positive >= least and (task != "abusive" or "hate" not in seen):
                seen.add(category)
                flag(
                    place, category, severity, "classifier", f"{task}", _model(task, spoken), said.positive, "",
                    {"excerpt": text[:160], "spans": [], "hits": 1, "words": list(said.reasons), "language": spoken},
                )  # fmt: skip
    total = len(one.comments)
    for task, category, severity, bad in (
        ("hate", "hate", "medium", under.hateful),
        ("abusive", "profanity", "low", under.abusive),
    ):
        if len(bad) >= COMMENTS_LEAST and len(bad) >= COMMENTS_SHARE * total:
            worst = sorted(bad, key=lambda row: -row[2])[:3]
            flag(
                "comments", category, severity, "classifier", task, _model(task, "id"),
                sum(row[2] for row in bad) / len(bad), "",
                {"excerpt": "", "spans": [], "hits": len(bad), "of": total,
                 "comments": [{"id": pk, "text": text[:160]} for pk, text, _ in worst]},
            )  # fmt: skip
    by_rule: dict[str, tuple[rules.Finding, list[tuple[int, str]]]] = {}
    for pk, text in one.comments:
        for finding in book.find(text):
            if finding.rule.severity in ("floor", "high") and finding.rule.category not in (
                "hate",
                "profanity",
            ):
                by_rule.setdefault(finding.rule.key, (finding, []))[1].append((pk, text))
    seen_below: set[str] = set()
    for finding, rows in sorted(
        by_rule.values(), key=lambda pair: (WORST.index(pair[0].rule.severity), pair[0].rule.key)
    ):
        if finding.rule.category in seen_below:
            continue
        if len(rows) >= COMMENTS_LEAST and len(rows) >= COMMENTS_SHARE * total:
            seen_below.add(finding.rule.category)
            flag(
                "comments", finding.rule.category, SOFTER[SOFTER[finding.rule.severity]], "rule", finding.rule.key,
                finding.rule.version, finding.probability, "",
                {"excerpt": "", "spans": [], "hits": len(rows), "of": total,
                 "comments": [{"id": pk, "text": text[:160]} for pk, text in rows[:3]]},
            )  # fmt: skip
    return found


def _model(task: str, spoken: str) -> str:
    from creators.text import VERSIONS

    return VERSIONS[task, "en" if spoken == "en" else "id"]


def _keep(post_ids: Sequence[int], flags: Sequence[SafetyFlag]) -> list[SafetyFlag]:
    """Write what was found beside what is known; the flags nobody has seen yet."""
    held = {(row.post_id, row.key): row for row in SafetyFlag.objects.filter(post__in=post_ids)}
    found = {(flag.post_id, flag.key): flag for flag in flags}
    fresh = [flag for key, flag in found.items() if key not in held]
    SafetyFlag.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1_000)
    gone = [row.pk for key, row in held.items() if key not in found and row.is_current]
    SafetyFlag.objects.filter(pk__in=gone).update(is_current=False)
    changed = []
    for key, row in held.items():
        flag = found.get(key)
        if flag is None:
            continue
        same = row.is_current and (row.evidence, row.version, row.probability) == (
            flag.evidence, flag.version, flag.probability,
        )  # fmt: skip
        decided = row.state != FlagState.OPEN
        if same and (decided or row.severity == flag.severity):
            continue
        row.is_current, row.evidence, row.version = True, flag.evidence, flag.version
        row.probability = flag.probability
        if not decided:
            row.severity = flag.severity
        changed.append(row)
    SafetyFlag.objects.bulk_update(
        changed, ["is_current", "evidence", "version", "probability", "severity"], batch_size=1_000
    )
    return (
        list(SafetyFlag.objects.filter(post__in=post_ids, key__in=[flag.key for flag in fresh]))
        if fresh
        else []
    )


def _tell(done: Scanned) -> None:
    """One event an account with something new; its score follows."""
    if not done.posts:
        return
    accounts = SocialAccount.objects.filter(pk__in=list(done.fresh)).select_related("creator")
    with transaction.atomic():
        for account in accounts:
            fresh = done.fresh[account.pk]
            worst = min((flag.severity for flag in fresh), key=WORST.index)
            record(
                "creators.safety_flagged", account,
                data={
                    "account_id": account.pk, "creator_id": account.creator_id, "flags": len(fresh), "worst": worst,
                    "categories": sorted({flag.category for flag in fresh}),
                    "flag_ids": [flag.pk for flag in fresh[:20]],
                },
            )  # fmt: skip


def rescan(account_ids: Sequence[int], *, everything: bool = False) -> Scanned:
    """Scan, then have the scores follow."""
    done = scan_accounts(account_ids, everything=everything)
    if done.posts:
        with transaction.atomic():
            enqueue("creators.score_accounts", sorted(set(account_ids)))
    return done


def give_transcript(post: Post, *, by: User, text: str, source: str) -> PostText:
    """What is said in a post, where a person or a tool wrote it down; it is read for safety next."""
    check(by, "creators.safety_scan")
    if not text.strip():
        raise ValidationError({"text": _("Enter what is said.")})
    with transaction.atomic():
        row, _made = PostText.objects.update_or_create(
            post=post,
            defaults={
                "account_id": post.account_id,
                "transcript": text[:100_000],
                "transcript_source": source[:40],
            },
        )
        data = {"post_id": post.pk, "account_id": post.account_id}
        record("creators.transcript_given", post, actor=by, data=data)
        enqueue("creators.scan_safety", [post.account_id])
    return row
