# ruff: noqa: S608  table and column names are this module's own; values go through COPY
"""Bulk arrival of figures: COPY into a staging table, then one INSERT … ON CONFLICT.

Everything here may run twice and in any order with the same result: of two readings of the same thing for the same
day, the later observed one stands, whole.  A figure that was not given is NULL, never 0.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db import connection, transaction

from creators import summary
from krm.connectors.vault import keyring


@dataclass(slots=True)
class AccountReading:
    """An account's figures for one day from one source."""

    account_id: int
    source: str
    as_of: date
    observed_at: datetime
    followers: int | None = None
    following: int | None = None
    posts_count: int | None = None
    views: int | None = None
    reach: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    engagement_avg: int | None = None
    authentic_engagement: int | None = None
    followers_gained: int | None = None
    followers_lost: int | None = None
    watch_minutes: int | None = None
    average_view_seconds: int | None = None
    definition: str = ""


@dataclass(slots=True)
class PostReading:
    """A post with its figures as observed at one moment."""

    account_id: int
    platform: str
    external_id: str
    source: str
    as_of: date
    observed_at: datetime
    url: str = ""
    caption: str = ""
    kind: str = "image"
    published_at: datetime | None = None
    duration_seconds: int | None = None
    hashtags: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    is_sponsored: bool | None = None
    thumbnail_url: str = ""
    views: int | None = None
    reach: int | None = None
    impressions: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    replies: int | None = None
    definition: str = ""


@dataclass(slots=True)
class AudienceReading:
    account_id: int
    source: str
    as_of: date
    observed_at: datetime
    sample_size: int | None = None
    age: dict[str, float] = field(default_factory=dict)
    gender: dict[str, float] = field(default_factory=dict)
    countries: dict[str, float] = field(default_factory=dict)
    cities: dict[str, float] = field(default_factory=dict)
    languages: dict[str, float] = field(default_factory=dict)
    interests: dict[str, float] = field(default_factory=dict)
    definition: str = ""


@dataclass(slots=True)
class ActiveAudienceReading:
    """People an account reached, or who engaged with it, in a time frame."""

    account_id: int
    people: str
    timeframe: str
    source: str
    as_of: date
    observed_at: datetime
    sample_size: int | None = None
    age: dict[str, float] = field(default_factory=dict)
    gender: dict[str, float] = field(default_factory=dict)
    countries: dict[str, float] = field(default_factory=dict)
    cities: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class CommentReading:
    """A comment under a post, which is named as its platform names it. `author_key` is never a name: see `author_key`."""

    account_id: int
    platform: str
    post_external_id: str
    external_id: str
    author_key: str
    text: str
    source: str
    observed_at: datetime
    author: dict[str, int] = field(default_factory=dict)
    language: str = ""
    likes: int | None = None
    published_at: datetime | None = None
    is_reply: bool = False
    by_owner: bool = False


@dataclass(frozen=True)
class Posted:
    """What `posts` did: `ids` by external id, and which of them KRM had not seen before."""

    ids: dict[str, int]
    new: frozenset[int]


_TYPES = {
    "account_id": "bigint",
    "source": "varchar(20)",
    "as_of": "date",
    "observed_at": "timestamptz",
    "published_at": "timestamptz",
    "duration_seconds": "integer",
    "is_sponsored": "boolean",
    "is_reply": "boolean",
    "by_owner": "boolean",
    "definition": "varchar(40)",
}
_TEXTS = {
    "people", "timeframe", "platform", "external_id", "url", "caption", "kind", "thumbnail_url", "post_external_id", "author_key", "text",
    "language",
}  # fmt: skip
_JSON = {
    "author",
    "hashtags",
    "mentions",
    "age",
    "gender",
    "countries",
    "cities",
    "languages",
    "interests",
}
_SPECIAL = re.compile(r"[\\\t\n\r\0]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})


def _type(name: str) -> str:
    if name in _TYPES:
        return _TYPES[name]
    return "text" if name in _TEXTS else "jsonb" if name in _JSON else "bigint"


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is int:  # most cells
        return str(value)
    if isinstance(value, str):
        return value.translate(_ESCAPES) if _SPECIAL.search(value) else value
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False).replace("\\u0000", "").translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


def copy_line(values: Iterable[Any]) -> str:
    """One row for COPY in text format: whatever a cell holds (`\\N`, `\\.`, tabs, line ends), it stays that text."""
    return "\t".join([_cell(value) for value in values]) + "\n"


def _stage(cursor: Any, table: str, kind: type, rows: Sequence[Any]) -> list[str]:
    """COPY `rows` into a temporary table of this connection; it empties itself at commit."""
    names = [f.name for f in fields(kind)]
    columns = ", ".join(f"{name} {_type(name)}" for name in names)
    cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns}) ON COMMIT DELETE ROWS")
    cursor.execute(f"TRUNCATE {table}")
    read = attrgetter(*names)
    buffer = io.StringIO("".join([copy_line(read(row)) for row in rows]))
    cursor.copy_expert(f"COPY {table} ({', '.join(names)}) FROM STDIN", buffer)
    cursor.execute("SET LOCAL work_mem = '64MB'")  # a batch is sorted in memory
    return names


def _ensure_months(cursor: Any, parent: str, days: Iterable[date]) -> None:
    for month in sorted({day.replace(day=1) for day in days}):
        cursor.execute("SELECT to_regclass(%s)", [f"{parent}_p{month:%Y_%m}"])
        if cursor.fetchone()[0] is None:
            cursor.execute("SELECT creators_ensure_month(%s, %s)", [parent, month])


def account_snapshots(readings: Iterable[AccountReading]) -> int:
    """Write account snapshots and bring the accounts' newest figures up to date. Returns rows written."""
    rows = list(readings)
    if not rows:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        _ensure_months(cursor, "creators_accountsnapshot", (r.as_of for r in rows))
        names = _stage(cursor, "stage_account_readings", AccountReading, rows)
        written = _upsert_snapshots(
            cursor,
            target="creators_accountsnapshot",
            stage="stage_account_readings",
            key=("account_id", "source", "as_of"),
            names=names,
        )
        summary.refresh_accounts(sorted({r.account_id for r in rows}))
    return written


def _upsert_snapshots(
    cursor: Any, *, target: str, stage: str, key: tuple[str, ...], names: Sequence[str]
) -> int:
    keys = ", ".join(key)
    assignments = ", ".join(f"{n} = EXCLUDED.{n}" for n in names if n not in key)
    cursor.execute(
        f"INSERT INTO {target} AS t ({', '.join(names)})"
        f" SELECT DISTINCT ON ({keys}) {', '.join(names)} FROM {stage} ORDER BY {keys}, observed_at DESC"
        f" ON CONFLICT ({keys}) DO UPDATE SET {assignments} WHERE EXCLUDED.observed_at > t.observed_at"
    )
    return int(cursor.rowcount)


_POST_COUNTS = ("views", "reach", "impressions", "likes", "comments", "shares", "saves", "replies")


def posts(readings: Iterable[PostReading]) -> Posted:
    """Write posts and one snapshot of each, and say which posts are new."""
    rows = list(readings)
    if not rows:
        return Posted({}, frozenset())
    with transaction.atomic(), connection.cursor() as cursor:
        _ensure_months(cursor, "creators_postsnapshot", (r.as_of for r in rows))
        names = _stage(cursor, "stage_post_readings", PostReading, rows)
        stored = [n for n in names if n != "definition"]
        kept = {"platform", "external_id", "account_id"}
        assignments = ", ".join(f"{n} = EXCLUDED.{n}" for n in stored if n not in kept)
        cursor.execute(
            f"INSERT INTO creators_post AS t ({', '.join(stored)}, is_deleted, created_at, updated_at)"
            f" SELECT DISTINCT ON (platform, external_id) {', '.join(stored)}, false, now(), now()"
            " FROM stage_post_readings ORDER BY platform, external_id, observed_at DESC"
            f" ON CONFLICT (platform, external_id) DO UPDATE SET {assignments},"
            " is_deleted = false, updated_at = now()"
            " WHERE t.observed_at IS NULL OR EXCLUDED.observed_at > t.observed_at"
            " RETURNING id, xmax = 0"
        )
        new = frozenset(post_id for post_id, inserted in cursor.fetchall() if inserted)
        counts = ", ".join(_POST_COUNTS)
        cursor.execute(
            "INSERT INTO creators_postsnapshot AS t"
            f" (account_id, post_id, source, as_of, observed_at, {counts}, definition)"
            f" SELECT DISTINCT ON (p.account_id, p.id, s.source, s.as_of)"
            f" p.account_id, p.id, s.source, s.as_of, s.observed_at,"
            f" {', '.join('s.' + n for n in _POST_COUNTS)}, s.definition"
            " FROM stage_post_readings s"
            " JOIN creators_post p ON p.platform = s.platform AND p.external_id = s.external_id"
            " ORDER BY p.account_id, p.id, s.source, s.as_of, s.observed_at DESC"
            " ON CONFLICT (account_id, post_id, source, as_of) DO UPDATE SET observed_at = EXCLUDED.observed_at,"
            " definition = EXCLUDED.definition, "
            + ", ".join(f"{n} = EXCLUDED.{n}" for n in _POST_COUNTS)
            + " WHERE EXCLUDED.observed_at > t.observed_at"
        )
        cursor.execute(
            "SELECT p.external_id, p.id FROM creators_post p JOIN stage_post_readings s"
            " ON p.platform = s.platform AND p.external_id = s.external_id"
        )
        return Posted(dict(cursor.fetchall()), new)


def deleted_posts(
    account_id: int, *, seen: Iterable[str], since: datetime, observed_at: datetime
) -> list[int]:
    """Mark posts of an account gone: published since `since`, known to us, and absent from a complete listing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE creators_post SET is_deleted = true, updated_at = now()"
            " WHERE account_id = %s AND NOT is_deleted AND published_at >= %s AND observed_at < %s"
            " AND kind <> 'story'"  # a story ends by itself, and no listing of posts has it
            " AND NOT (external_id = ANY(%s)) RETURNING id",
            [account_id, since, observed_at, list(seen)],
        )
        return [row[0] for row in cursor.fetchall()]


def audiences(readings: Iterable[AudienceReading]) -> int:
    return _audiences(
        readings, "creators_audiencesnapshot", AudienceReading, ("account_id", "source", "as_of")
    )


def active_audiences(readings: Iterable[ActiveAudienceReading]) -> int:
    key = ("account_id", "people", "timeframe", "source", "as_of")
    return _audiences(readings, "creators_activeaudience", ActiveAudienceReading, key)


def _audiences(readings: Iterable[Any], table: str, kind: type, key: tuple[str, ...]) -> int:
    rows = list(readings)
    if not rows:
        return 0
    stage, once = f"stage_{table}", ", ".join(key)
    with transaction.atomic(), connection.cursor() as cursor:
        names = _stage(cursor, stage, kind, rows)
        # A reading without any share is no reading.
        values = [n for n in names if n not in key]
        cursor.execute(
            f"INSERT INTO {table} AS t ({', '.join(names)}, created_at, updated_at)"
            f" SELECT DISTINCT ON ({once}) {', '.join(names)}, now(), now() FROM {stage}"
            " WHERE age <> '{}' OR gender <> '{}' OR countries <> '{}' OR cities <> '{}'"
            f" ORDER BY {once}, observed_at DESC ON CONFLICT ({once}) DO UPDATE SET "
            + ", ".join(f"{n} = EXCLUDED.{n}" for n in values)
            + ", updated_at = now() WHERE EXCLUDED.observed_at > t.observed_at"
        )
        return int(cursor.rowcount)


def author_key(platform: str, who: str) -> str:
    """A fingerprint of a commenter, the same under every post of a platform and for this installation alone."""
    message = f"comment-author|{platform}|{who.strip()}".encode()
    return hmac.new(keyring().index_key, message, hashlib.sha256).hexdigest()[:32]


def write_comments(readings: Iterable[CommentReading]) -> int:
    """Write comments under posts KRM knows (others are left out); returns how many it had not seen before."""
    rows = list(readings)
    if not rows:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        names = _stage(cursor, "stage_comment_readings", CommentReading, rows)
        stored = [n for n in names if n not in ("platform", "post_external_id", "account_id")]
        kept = ("external_id", "author_key", "published_at", "language")
        columns = ", ".join(f"s.{n}" for n in stored)
        cursor.execute(
            f"INSERT INTO creators_postcomment AS t (post_id, account_id, {', '.join(stored)})"
            f" SELECT DISTINCT ON (p.id, s.external_id) p.id, p.account_id, {columns}"
            " FROM stage_comment_readings s"
            " JOIN creators_post p ON p.platform = s.platform AND p.external_id = s.post_external_id"
            " AND p.account_id = s.account_id"
            " WHERE s.author_key <> '' ORDER BY p.id, s.external_id, s.observed_at DESC"
            " ON CONFLICT (post_id, external_id) DO UPDATE SET "
            + ", ".join(f"{n} = EXCLUDED.{n}" for n in stored if n not in kept)
            + ", language = CASE WHEN t.text = EXCLUDED.text THEN t.language ELSE EXCLUDED.language END"
            " WHERE EXCLUDED.observed_at > t.observed_at RETURNING xmax = 0"
        )
        return sum(inserted for (inserted,) in cursor.fetchall())


def forget_comments(before: datetime, *, batch: int = 5_000) -> int:
    """Delete comments last read before that moment, in batches that hold no long locks."""
    deleted = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM creators_postcomment WHERE id IN"
                " (SELECT id FROM creators_postcomment WHERE observed_at < %s LIMIT %s)",
                [before, batch],
            )
            count = cursor.rowcount
        deleted += count
        if count < batch:
            return deleted
