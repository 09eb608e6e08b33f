"""The fit of many accounts to one target: a fixed number of queries, then `creators.scoring.brand_fit`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection
from django.utils.timezone import localdate

from creators import records
from creators.finding import similar_math as maths
from creators.finding import tokens, words
from creators.models import DiscoveryTerm
from creators.scoring import brand_fit as fit
from creators.scoring.brand_fit import Fits, Target
from krm.errors import Conflict
from krm.money.rates import rate_on

RIVAL_DAYS = 180
CAPTIONS = 8  # newest captions an account's way of writing is read from
SYNONYM = 0.5


@dataclass(frozen=True)
class Wanted:
    """A target with what only the database knows how to compare: words, names, dates, money."""

    target: Target
    texts: tuple[tuple[str, float], ...] = ()  # the brand's words, with how much each text counts
    brand_id: int | None = None
    rivals: tuple[str, ...] = ()  # names of competing brands, lower case
    price: Decimal | None = None
    currency: str = "IDR"
    platform: str = ""
    formats: tuple[str, ...] = ()
    on: date = field(default_factory=localdate)


_ROWS = """
SELECT a.id, a.creator_id, a.followers, c.categories, x.vector, d.id IS NOT NULL,
       d.countries, d.cities, d.age, d.gender, d.languages, d.interests
FROM creators_socialaccount a
LEFT JOIN creators_creator c ON c.id = a.creator_id
LEFT JOIN creators_discoverytext x ON x.account_id = a.id
LEFT JOIN LATERAL (
    SELECT * FROM creators_audiencesnapshot s WHERE s.account_id = a.id ORDER BY s.as_of DESC, s.id DESC LIMIT 1
) d ON true
WHERE a.id = ANY(%s) ORDER BY a.id
"""
_CAPTIONS = """
SELECT w.id, array_agg(p.caption) FROM unnest(%s::bigint[]) w(id) CROSS JOIN LATERAL (
    SELECT left(caption, 600) AS caption FROM creators_post WHERE account_id = w.id AND published_at IS NOT NULL
    AND NOT is_deleted ORDER BY published_at DESC LIMIT %s) p GROUP BY w.id
"""
_SAFETY = """
SELECT a.id, f.worst, f.flags, EXISTS (SELECT FROM creators_posttext t WHERE t.account_id = a.id AND t.scanned_at IS NOT NULL)
FROM unnest(%s::bigint[]) a(id) LEFT JOIN LATERAL (
    SELECT count(*) AS flags, max(array_position(ARRAY['low', 'medium', 'high', 'floor'], g.severity::text)) AS worst
    FROM creators_safetyflag g WHERE g.account_id = a.id AND g.is_current AND g.state <> 'dismissed'
) f ON true
"""
_PRICES = """
SELECT a.id, r.price, r.currency FROM creators_socialaccount a JOIN creators_ratecard r ON r.creator_id = a.creator_id
    AND r.platform = a.platform
WHERE a.id = ANY(%s) AND r.valid_from <= %s AND (r.valid_to IS NULL OR r.valid_to >= %s)
  AND (cardinality(%s::text[]) = 0 OR r.format = ANY(%s)) AND r.format <> 'bundle' AND r.price > 0
"""
_GROUPS = ("countries", "cities", "age", "gender", "languages", "interests")


def fits(wanted: Wanted, account_ids: Iterable[int]) -> Fits:
    """The fit of these accounts; nine queries however many they are."""
    ids = sorted({int(pk) for pk in account_ids})
    frame = rows(wanted, ids)
    return fit.judge(_styled(wanted), frame)


def _styled(wanted: Wanted) -> Target:
    from dataclasses import replace

    texts = [text for text, _weight in wanted.texts if len(text) > 80]
    priced = float(wanted.price) if wanted.price is not None else None  # compared as a ratio, never stored
    family = tuple(dict.fromkeys(
        other for word in tokens.words(wanted.target.category) for other in tokens.family(word)
    ))  # fmt: skip
    return replace(
        wanted.target,
        style=fit.style_of(texts),
        price=priced,
        categories=(*wanted.target.categories, *family),
    )


def rows(wanted: Wanted, ids: Sequence[int]) -> pd.DataFrame:
    query, names = brand_vector(wanted.texts)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [list(ids)])
        base = cursor.fetchall()
        cursor.execute(_CAPTIONS, [list(ids), CAPTIONS])
        captions = dict(cursor.fetchall())
        cursor.execute(_SAFETY, [list(ids)])
        safety = {pk: (worst, flags, scanned) for pk, worst, flags, scanned in cursor.fetchall()}
        formats = list(wanted.formats)
        cursor.execute(_PRICES, [list(ids), wanted.on, wanted.on, formats, formats])
        asked = cursor.fetchall()
    cheapest = _cheapest(asked, wanted)
    creators = {row[1] for row in base if row[1] is not None}
    rivals, own, exclusive = _past(wanted, creators)
    mine = dict(zip(query[0].tolist(), query[1].tolist(), strict=True))
    severities = ("", "low", "medium", "high", "floor")
    out = []
    for pk, creator, followers, categories, vector, _known, *groups in base:
        cosine, terms, count = np.nan, [], 0
        if vector is not None and mine:
            numbers, weights = maths.unpack(bytes(vector))
            shared = [
                (n, mine[n] * w) for n, w in zip(numbers.tolist(), weights.tolist(), strict=True) if n in mine
            ]
            cosine, count = sum(part for _n, part in shared), len(numbers)
            terms = [
                names[n] for n, _part in sorted(shared, key=lambda one: (-one[1], one[0]))[:6] if n in names
            ]
        worst, flags, scanned = safety.get(pk, (None, 0, False))
        out.append(
            {
                "account_id": pk, "followers": followers, "categories": list(categories or []), "cosine": cosine,
                "words": count, "shared": terms, "audience": {name: _json(group) for name, group in zip(_GROUPS, groups, strict=True)},
                "style": fit.style_of(captions.get(pk, [])) if _written(wanted) else {},
                "safety": severities[worst or 0] if scanned or worst else None, "flags": flags, "price": cheapest.get(pk),
                "rivals": sorted(rivals.get(creator, ())), "own": own.get(creator, 0), "exclusive": exclusive.get(creator, ""),
            }
        )  # fmt: skip
    columns = ["account_id", "followers", "categories", "cosine", "words", "shared", "audience", "style", "safety", "flags",
               "price", "rivals", "own", "exclusive"]  # fmt: skip
    frame = pd.DataFrame(out, columns=columns).set_index("account_id")
    return frame.assign(
        followers=frame["followers"].astype(float),
        price=pd.to_numeric(frame["price"], errors="coerce").astype(float),
    )


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _written(wanted: Wanted) -> bool:
    return any(len(text) > 80 for text, _weight in wanted.texts)


def brand_vector(texts: Iterable[tuple[str, float]]) -> tuple[tuple[np.ndarray, np.ndarray], dict[int, str]]:
    """The brand's words as a vector over the terms accounts use, and what each term reads."""
    counts = tokens.count(texts)
    given: dict[str, float] = {}
    for term, times in counts.items():
        given[term] = max(given.get(term, 0.0), times)
        for other in tokens.family(term) if " " not in term else ():
            given.setdefault(other, SYNONYM * times)
    held = dict(DiscoveryTerm.objects.filter(term__in=list(given)).values_list("term", "pk"))
    if not held:
        return (np.empty(0, maths.IDS), np.empty(0)), {}
    df, documents = words.frequencies(held.values())
    vector = maths.weigh(
        {held[term]: times for term, times in given.items() if term in held}, df, documents, words.MOST
    )
    return vector, {pk: term for term, pk in held.items()}


def _cheapest(asked: Iterable[tuple[int, Decimal, str]], wanted: Wanted) -> dict[int, float]:
    """The lowest price asked for a piece, in the target's currency; a price that cannot be converted is not known."""
    rates: dict[str, Decimal | None] = {wanted.currency: Decimal(1)}
    found: dict[int, float] = {}
    for pk, price, currency in asked:
        if currency not in rates:
            try:
                rates[currency] = rate_on(currency, wanted.currency, wanted.on).rate
            except Conflict:
                rates[currency] = None
        rate = rates[currency]
        if rate is not None:
            found[pk] = min(found.get(pk, float("inf")), float(price * rate))
    return found


def _past(wanted: Wanted, creators: set[int]) -> tuple[dict[int, set[str]], dict[int, int], dict[int, str]]:
    """Competitors worked for lately, times worked for the brand, and who holds an exclusive window now."""
    work = records.record("brands", creators)
    since = wanted.on - timedelta(days=RIVAL_DAYS)
    rivals: dict[int, set[str]] = {}
    own: dict[int, int] = {}
    for row in work.itertuples():
        if wanted.brand_id is not None and row.brand_id == wanted.brand_id:
            own[row.creator_id] = own.get(row.creator_id, 0) + int(row.partnerships)
        elif str(row.brand).lower() in wanted.rivals and row.last_on >= since:
            rivals.setdefault(row.creator_id, set()).add(row.brand)
    exclusive: dict[int, str] = {}
    category = wanted.target.category.lower()
    for row in records.record("exclusivities", creators).itertuples():
        now = (row.starts_on is None or row.starts_on <= wanted.on) and (
            row.ends_on is None or row.ends_on >= wanted.on
        )
        if now and row.brand_id != wanted.brand_id and str(row.category).lower() == category and category:
            exclusive[row.creator_id] = row.brand
    return rivals, own, exclusive
