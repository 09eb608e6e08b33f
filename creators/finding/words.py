"""The words of accounts: read from bios, captions, hashtags, categories and cities, kept as weighted vectors of terms."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.timezone import now

from creators.finding import similar_math as maths
from creators.finding import tokens
from creators.models import DiscoveryTerm, DiscoveryText

POSTS_READ = 60
MOST = 48  # terms an account is known by
STRONG = 12  # of them those it is mostly about, held apart by a minus sign
CHUNK = 1_000
BIO, CAPTION, TAG, TOPIC, CITY = 2.0, 1.0, 1.5, 4.0, 4.0  # a word in the bio says more than one under a post

_TEXTS = """
SELECT a.id, coalesce(c.bio, ''), coalesce(c.categories, '{}'), coalesce(c.city, ''), coalesce(post.captions, '{}'),
       coalesce(post.hashtags, '{}'), x.digest
FROM creators_socialaccount a LEFT JOIN creators_creator c ON c.id = a.creator_id
LEFT JOIN creators_discoverytext x ON x.account_id = a.id
LEFT JOIN LATERAL (
    SELECT array_agg(p.caption) AS captions, array_agg(p.hashtags::text) AS hashtags FROM (
        SELECT caption, (SELECT string_agg(h, ' ') FROM jsonb_array_elements_text(
            CASE jsonb_typeof(hashtags) WHEN 'array' THEN hashtags ELSE '[]' END) h) AS hashtags
        FROM creators_post WHERE account_id = a.id AND NOT is_deleted AND published_at IS NOT NULL
        ORDER BY published_at DESC LIMIT %s
    ) p
) post ON true
WHERE a.id = ANY(%s) ORDER BY a.id
"""


def refresh(account_ids: Iterable[int]) -> int:
    """Read these accounts' words again where they changed; vectors written."""
    ids = sorted({int(pk) for pk in account_ids})
    return sum(_chunk(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def _chunk(ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, [POSTS_READ, list(ids)])
        rows = cursor.fetchall()
    read: dict[int, tuple[str, Counter[str]]] = {}
    for pk, bio, categories, city, captions, hashtags, held in rows:
        captions, hashtags = [c for c in captions if c], [h for h in hashtags if h]
        digest = hashlib.md5(  # a fingerprint, not a secret
            repr((bio, categories, city, captions, hashtags)).encode(), usedforsecurity=False
        ).hexdigest()
        if digest == held:
            continue
        # a hashtag is part of its caption as well: there as a word among others, here as what the post is about
        parts = [
            (bio, BIO),
            (city, CITY),
            *((c, TOPIC) for c in categories),
            *((c, CAPTION) for c in captions),
        ]
        parts += [(h, TAG) for h in hashtags]
        read[pk] = digest, tokens.count(parts)
    if not read:
        return 0
    numbers = number({term for _digest, counts in read.values() for term in counts})
    df, documents = frequencies(numbers.values())
    at = now()
    texts = []
    for pk, (digest, counts) in read.items():
        ids_, weights = maths.weigh({numbers[t]: n for t, n in counts.items()}, df, documents, MOST)
        terms = [*ids_.tolist(), *(-t for t in ids_[:STRONG].tolist())]
        texts.append(
            DiscoveryText(
                account_id=pk, terms=terms, vector=maths.pack(ids_, weights), digest=digest, refreshed_at=at
            )
        )
    with transaction.atomic():
        DiscoveryText.objects.bulk_create(
            texts, update_conflicts=True, unique_fields=["account"],
            update_fields=["terms", "vector", "digest", "refreshed_at"],
        )  # fmt: skip
    return len(texts)


def number(terms: set[str]) -> dict[str, int]:
    """The number of each term, new ones made; a term's count of accounts follows nightly (`count_accounts`)."""
    wanted = sorted(term[:60] for term in terms)
    held = dict(DiscoveryTerm.objects.filter(term__in=wanted).values_list("term", "pk"))
    missing = [DiscoveryTerm(term=term) for term in wanted if term not in held]
    if missing:
        DiscoveryTerm.objects.bulk_create(missing, ignore_conflicts=True)
        held = dict(DiscoveryTerm.objects.filter(term__in=wanted).values_list("term", "pk"))
    return {term: held[term[:60]] for term in terms}


def frequencies(numbers: Iterable[int]) -> tuple[dict[int, int], int]:
    known = dict(
        DiscoveryTerm.objects.filter(pk__in=list(numbers), accounts__gt=0).values_list("pk", "accounts")
    )
    return known, documents()


def documents() -> int:
    """About how many accounts have words; the planner's own estimate where there are many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = 'creators_discoverytext'::regclass"
        )
        about = int(cursor.fetchone()[0])
        if about < 10_000:
            cursor.execute("SELECT count(*) FROM creators_discoverytext")
            about = int(cursor.fetchone()[0])
    return max(about, 1)


def forget_unused() -> int:
    """Take away terms that no account is known by; they come back with the next account that uses them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM creators_discoveryterm WHERE id NOT IN"
            " (SELECT DISTINCT abs(t) FROM creators_discoverytext, unnest(terms) t)"
        )
        return int(cursor.rowcount)


def count_accounts() -> int:
    """Count anew how many accounts use each term; terms that changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH n AS (SELECT t AS id, count(*)::int AS accounts FROM creators_discoverytext, unnest(terms) t"
            " WHERE t > 0 GROUP BY t)"
            " UPDATE creators_discoveryterm d SET accounts = coalesce(n.accounts, 0)"
            " FROM creators_discoveryterm e LEFT JOIN n ON n.id = e.id"
            " WHERE d.id = e.id AND d.accounts <> coalesce(n.accounts, 0)"
        )
        return int(cursor.rowcount)


def names(numbers: Iterable[int]) -> dict[int, str]:
    wanted = {abs(int(pk)) for pk in numbers}
    return dict(DiscoveryTerm.objects.filter(pk__in=wanted).values_list("pk", "term")) if wanted else {}


def rebuild(progress: Any = None) -> int:
    """Every account's words anew, twice: the first pass finds the terms, the second weighs them by how rare they are."""
    from creators.finding import table

    written = 0
    for last in (False, True):
        if last:
            count_accounts()
        DiscoveryText.objects.update(digest="")
        for ids in table.batches(CHUNK):
            written = refresh(ids) + (written if last else 0)
            if progress is not None:
                progress(len(ids))
    return written


def most_used(limit: int = 40) -> list[tuple[str, int]]:
    return list(
        DiscoveryTerm.objects.filter(accounts__gt=0)
        .order_by(F("accounts").desc(), "term")
        .values_list("term", "accounts")[:limit]
    )
