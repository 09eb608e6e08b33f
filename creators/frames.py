"""From tables to the frames the scores are computed on, by name.

Whoever owns a source of data registers its loader here or in a module that `creators.apps` imports:

    @frame("comments")
    def comments(ids: list[int]) -> pd.DataFrame: ...

A loader takes account ids and answers with a frame that has `account_id`; it reads in bulk and judges nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pandas as pd
from django.db import connection

from creators.scoring.definition import Frames

HISTORY_DAYS = 400
POSTS_READ = 60  # newest posts an account: twelve of each format, and enough to see habits
CORE = ("accounts", "posts", "snapshots")

Loader = Callable[[list[int]], pd.DataFrame]
LOADERS: dict[str, Loader] = {}


def frame(name: str) -> Callable[[Loader], Loader]:
    def register(loader: Loader) -> Loader:
        LOADERS[name] = loader
        return loader

    return register


def load(account_ids: Iterable[int], needs: Iterable[str] = CORE) -> Frames:
    """The frames of that name for these accounts."""
    ids = sorted(set(account_ids))
    wanted = {"accounts", *needs}
    unknown = wanted - set(LOADERS)
    if unknown:
        raise LookupError(
            f"No loader for {', '.join(sorted(unknown))}: register it with creators.frames.frame."
        )
    return Frames(**{name: LOADERS[name](ids) for name in sorted(wanted)})


def read(
    statement: str,
    ids: Sequence[int],
    *,
    numbers: Iterable[str] = (),
    days: Iterable[str] = (),
    moments: Iterable[str] = (),
    texts: Iterable[str] = (),
) -> pd.DataFrame:
    """Rows of a SELECT over `{ids}` as a frame: COPY out and one parse, several times the speed of a cursor.

    `numbers` become floats, `days` and `moments` timestamps (UTC), `texts` never NaN; what is left is as parsed.
    """
    buffer = io.StringIO()
    array = "'{" + ",".join(str(int(pk)) for pk in ids) + "}'::bigint[]"
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY ({statement.replace('{ids}', array)}) TO STDOUT (FORMAT csv, HEADER)", buffer
        )
    buffer.seek(0)
    kinds: dict[str, Any] = dict.fromkeys(numbers, "float64")
    kinds |= dict.fromkeys(texts, "str")
    blank = {name: [""] for name in [*numbers, *days, *moments]}
    found = pd.read_csv(
        buffer,
        dtype=kinds,
        true_values=["t"],
        false_values=["f"],
        keep_default_na=False,
        na_values=blank or None,
    )
    for name in found:
        if str(name).endswith("_id") and found.empty:  # an empty column has no type of its own
            found[name] = found[name].astype("int64")
    for name in days:
        found[name] = pd.to_datetime(found[name], format="%Y-%m-%d")
    for name in moments:
        found[name] = pd.to_datetime(found[name], format="ISO8601", utc=True)
    return found


@frame("accounts")
def accounts(ids: list[int]) -> pd.DataFrame:
    """account_id, platform, followers, following, posts_count, figures_as_of, figures_source."""
    return read(
        "SELECT id AS account_id, platform, followers, following, posts_count, figures_as_of, figures_source"
        " FROM creators_socialaccount WHERE id = ANY({ids}) ORDER BY id",
        ids,
        numbers=("followers", "following", "posts_count"),
        days=("figures_as_of",),
        texts=("platform", "figures_source"),
    )


_NEWEST_POSTS = """
FROM unnest({{ids}}) AS wanted(id)
CROSS JOIN LATERAL (
    SELECT * FROM creators_post WHERE account_id = wanted.id AND published_at IS NOT NULL
    ORDER BY published_at DESC LIMIT {limit}
) p
"""
POST_NUMBERS = (
    "duration_seconds", "views", "reach", "impressions", "likes", "comments", "shares", "saves", "hashtags", "mentions",
    "is_sponsored",
)  # fmt: skip


@frame("posts")
def posts(ids: list[int]) -> pd.DataFrame:
    """The newest 60 posts of each: figures, kind, and how many hashtags and mentions. is_sponsored: 1, 0 or NaN."""
    return read(
        "SELECT p.account_id, p.id AS post_id, p.published_at, p.is_deleted, p.kind, p.duration_seconds, p.views, p.reach,"
        " p.impressions, p.likes, p.comments, p.shares, p.saves, p.is_sponsored::int AS is_sponsored,"
        " jsonb_array_length(p.hashtags) AS hashtags, jsonb_array_length(p.mentions) AS mentions, p.as_of, p.source"
        + _NEWEST_POSTS.format(limit=POSTS_READ),
        ids,
        numbers=POST_NUMBERS,
        days=("as_of",),
        moments=("published_at",),
        texts=("kind", "source"),
    )


@frame("tags")
def tags(ids: list[int]) -> pd.DataFrame:
    """account_id, post_id, published_at, sign (# or @), tag: one row a hashtag or mention of the newest 60 posts."""
    return read(
        "SELECT p.account_id, p.id AS post_id, p.published_at, t.sign, t.tag"
        + _NEWEST_POSTS.format(limit=POSTS_READ)
        + "CROSS JOIN LATERAL (SELECT '#' AS sign, jsonb_array_elements_text(p.hashtags) AS tag"
        " UNION ALL SELECT '@', jsonb_array_elements_text(p.mentions)) t WHERE NOT p.is_deleted",
        ids,
        moments=("published_at",),
        texts=("sign", "tag"),
    )


@frame("texts")
def texts(ids: list[int]) -> pd.DataFrame:
    """account_id, post_id, published_at, caption of the newest 60 posts that have words."""
    return read(
        "SELECT p.account_id, p.id AS post_id, p.published_at, p.caption"
        + _NEWEST_POSTS.format(limit=POSTS_READ)
        + "WHERE NOT p.is_deleted AND p.caption <> ''",
        ids,
        moments=("published_at",),
        texts=("caption",),
    )


# The last 400 days before an account's own newest figure: a list of 2022 is judged by what 2022 knew.
@frame("snapshots")
def snapshots(ids: list[int]) -> pd.DataFrame:
    statement = (
        "SELECT s.account_id, s.as_of, s.source, s.definition, s.followers, s.following, s.posts_count, s.views, s.reach,"
        " s.likes, s.comments, s.shares, s.engagement_avg, s.authentic_engagement"
        " FROM creators_socialaccount a JOIN creators_accountsnapshot s ON s.account_id = a.id"
        " WHERE a.id = ANY({ids}) AND s.as_of > coalesce(a.figures_as_of, 'infinity'::date) - {history}"
        " ORDER BY s.account_id, s.as_of"
    ).replace("{history}", str(HISTORY_DAYS))
    return read(
        statement,
        ids,
        numbers=("followers", "following", "posts_count", "views", "reach", "likes", "comments", "shares",
                 "engagement_avg", "authentic_engagement"),
        days=("as_of",),
        texts=("source", "definition"),
    )  # fmt: skip


@frame("audiences")
def audiences(ids: list[int]) -> pd.DataFrame:
    """The newest audience of each account and source; the groups (age, gender, …) as JSON texts."""
    return read(
        "SELECT DISTINCT ON (account_id, source) account_id, source, as_of, sample_size, age, gender, countries, cities,"
        " languages, interests FROM creators_audiencesnapshot WHERE account_id = ANY({ids})"
        " ORDER BY account_id, source, as_of DESC, id DESC",
        ids,
        numbers=("sample_size",),
        days=("as_of",),
        texts=("source", "age", "gender", "countries", "cities", "languages", "interests"),
    )


@frame("creators")
def creators(ids: list[int]) -> pd.DataFrame:
    """account_id with its creator: creator_id, country, city, status, categories and languages (separated by |), bio."""
    return read(
        "SELECT a.id AS account_id, c.id AS creator_id, c.country, c.city, c.status, array_to_string(c.categories, '|')"
        " AS categories, array_to_string(c.languages, '|') AS languages, c.bio FROM creators_socialaccount a"
        " JOIN creators_creator c ON c.id = a.creator_id WHERE a.id = ANY({ids}) ORDER BY a.id",
        ids,
        texts=("country", "city", "status", "categories", "languages", "bio"),
    )
