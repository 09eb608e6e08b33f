"""Who may be in the book twice: same contact, same handle elsewhere, a profile that names the other, alike names.

Each reason has a weight; the confidence of a pair is one minus the product of what each leaves open. Works on all
creators in a few statements, or on some of them against all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from creators.duplicates import alike
from creators.models import Creator, DuplicatePair, PairState
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

LISTED = 0.5  # a pair below is not worth somebody's time
CROWD = 6  # a contact that so many share is an agency's, not a person's
WEIGHTS = {"email": 0.9, "phone": 0.9, "handle": 0.6, "link": 0.85, "name": 0.55, "alike": 0.4, "place": 0.2}
REASONS: dict[str, Any] = {
    "email": _("Same e-mail"), "phone": _("Same phone"), "handle": _("Same handle on another platform"),
    "link": _("One profile names the other's account"), "name": _("Same name"), "alike": _("Alike name"),
    "place": _("Same city"),
}  # fmt: skip

# The same expressions as in `creators.models.expressions`, so that their indexes serve them.
_PHONE = r"""
regexp_replace(regexp_replace(regexp_replace(c.phone, '[^0-9]', '', 'g'), '^00', ''), '^0', '62')
"""
_PLAIN_HANDLE = "regexp_replace(lower(a.handle), '[._]', '', 'g')"

# Of everybody, by one reading of the table …
_ALL = """
keyed AS (
    SELECT c.id, {key} AS key FROM creators_creator c
    WHERE c.merged_into_id IS NULL AND {where}
)"""
_ALL_HANDLES = """
keyed AS (
    SELECT DISTINCT a.creator_id AS id, a.platform, {key} AS key
    FROM creators_socialaccount a JOIN creators_creator c ON c.id = a.creator_id
    WHERE c.merged_into_id IS NULL AND length(a.handle) >= 5
)"""
# … or of some: who else has a key of theirs, by index. A creator that is edited must not read a million others.
_SOME = """
mine AS MATERIALIZED (
    SELECT DISTINCT {key} AS key FROM creators_creator c
    WHERE c.id = ANY(%(ids)s) AND c.merged_into_id IS NULL AND {where}
),
keyed AS MATERIALIZED (
    SELECT c.id, mine.key FROM mine JOIN creators_creator c ON {key} = mine.key
    WHERE c.merged_into_id IS NULL AND {where}
)"""
_SOME_HANDLES = """
mine AS MATERIALIZED (
    SELECT DISTINCT {key} AS key FROM creators_socialaccount a JOIN creators_creator c ON c.id = a.creator_id
    WHERE a.creator_id = ANY(%(ids)s) AND c.merged_into_id IS NULL AND length(a.handle) >= 5
),
keyed AS MATERIALIZED (
    SELECT DISTINCT a.creator_id AS id, a.platform, mine.key
    FROM mine JOIN creators_socialaccount a ON {key} = mine.key JOIN creators_creator c ON c.id = a.creator_id
    WHERE c.merged_into_id IS NULL AND length(a.handle) >= 5
)"""
_PAIRS = """
WITH {keyed},
wanted AS (
    SELECT key FROM keyed GROUP BY key HAVING count(*) BETWEEN 2 AND %(crowd)s
)
SELECT a.id, b.id, a.key FROM keyed a JOIN keyed b ON a.key = b.key AND a.id < b.id
JOIN wanted w ON w.key = a.key
WHERE (%(all)s OR a.id = ANY(%(ids)s) OR b.id = ANY(%(ids)s))
"""
_HANDLE_PAIRS = """
WITH {keyed},
wanted AS (
    SELECT key FROM keyed GROUP BY key HAVING count(DISTINCT id) BETWEEN 2 AND %(crowd)s
)
SELECT DISTINCT least(a.id, b.id), greatest(a.id, b.id), '@' || a.key
FROM keyed a JOIN keyed b ON a.key = b.key AND a.id < b.id AND a.platform <> b.platform
JOIN wanted w ON w.key = a.key
WHERE (%(all)s OR a.id = ANY(%(ids)s) OR b.id = ANY(%(ids)s))
"""
SHARED = {
    "email": ("lower(c.email)", "c.email <> ''"),
    "phone": (_PHONE, "c.phone <> '' AND length(regexp_replace(c.phone, '[^0-9]', '', 'g')) >= 8"),
    "name": (
        "lower(regexp_replace(c.name, '[^[:alnum:]]+', ' ', 'g'))",
        "length(c.name) >= 6 AND position(' ' in trim(c.name)) > 0",
    ),
}


def shared(kind: str, everybody: bool) -> str:
    """The statement that finds who shares an address, a number, a name or a handle."""
    if kind == "handle":
        keyed = (_ALL_HANDLES if everybody else _SOME_HANDLES).format(key=_PLAIN_HANDLE)
        return _HANDLE_PAIRS.format(keyed=keyed)
    key, where = SHARED[kind]
    return _PAIRS.format(keyed=(_ALL if everybody else _SOME).format(key=key, where=where))


# Addresses and @names in what creators write about themselves, against everybody's handles.
_LINK = """
WITH said AS (
    SELECT c.id, m[1] AS site, lower(m[2]) AS handle
    FROM creators_creator c
    CROSS JOIN LATERAL regexp_matches(
        c.bio, '(instagram|tiktok|youtube|x|twitter|facebook)\\.com/@?([A-Za-z0-9._-]{3,60})', 'gi') AS m
    WHERE c.merged_into_id IS NULL AND c.bio ~* '\\.com/'
)
SELECT DISTINCT least(s.id, a.creator_id), greatest(s.id, a.creator_id), '@' || a.handle
FROM said s
JOIN creators_socialaccount a ON lower(a.handle) = s.handle
 AND a.platform = CASE lower(s.site) WHEN 'twitter' THEN 'x' ELSE lower(s.site) END
JOIN creators_creator c ON c.id = a.creator_id AND c.merged_into_id IS NULL
WHERE a.creator_id <> s.id AND (%(all)s OR s.id = ANY(%(ids)s) OR a.creator_id = ANY(%(ids)s))
"""
# Names that only resemble one another are compared for the creators at hand: everybody with everybody is a day's work.
_ALIKE = """
SELECT least(c.id, o.id), greatest(c.id, o.id), o.name
FROM creators_creator c
CROSS JOIN LATERAL (
    SELECT o.id, o.name FROM creators_creator o
    WHERE o.search_text %% lower(c.name) AND o.id <> c.id AND o.merged_into_id IS NULL
      AND similarity(lower(o.name), lower(c.name)) >= 0.6 AND lower(o.name) <> lower(c.name)
    ORDER BY similarity(lower(o.name), lower(c.name)) DESC LIMIT 5
) o
WHERE c.id = ANY(%(ids)s) AND c.merged_into_id IS NULL AND length(c.name) >= 6
"""
_PLACES = """
SELECT id, lower(city), country FROM creators_creator WHERE id = ANY(%s) AND city <> ''
"""
ALIKE_AT_ONCE = 5_000


def refresh(
    creator_ids: Iterable[int] | None = None, *, step: Callable[[int, str], None] | None = None
) -> int:
    """Look for duplicates of these creators (of everybody, if none are named); pairs that are open afterwards and new.

    `step(people looked at, what is looked for)` is told on the way, and may end it by raising.
    """
    ids = sorted(set(creator_ids)) if creator_ids is not None else []
    everybody = creator_ids is None
    if not ids and not everybody:
        return 0
    found: dict[tuple[int, int], dict[str, str]] = {}
    values: dict[str, Any] = {"all": everybody, "ids": ids, "crowd": CROWD}
    with connection.cursor() as cursor:
        for kind in ("email", "phone", "handle", "link", "name"):
            if step is not None:
                step(0, str(REASONS[kind]))
            cursor.execute(_LINK if kind == "link" else shared(kind, everybody), values)
            for first, second, value in cursor.fetchall():
                found.setdefault((first, second), {})[kind] = str(value)
        if everybody:
            _alike_everywhere(found, step)
        for start in range(0, len(ids), ALIKE_AT_ONCE):
            cursor.execute(_ALIKE, {"ids": ids[start : start + ALIKE_AT_ONCE]})
            for first, second, value in cursor.fetchall():
                if "name" not in found.get((first, second), {}):
                    found.setdefault((first, second), {})["alike"] = str(value)
        people = sorted({pk for pair in found for pk in pair})
        cursor.execute(_PLACES, [people])
        place = {pk: (city, country) for pk, city, country in cursor.fetchall()}
    for (first, second), reasons in found.items():
        if first in place and place[first] == place.get(second):
            reasons["place"] = place[first][0].title()
    return _store(found, ids, everybody)


def confidence_of(kinds: Iterable[str]) -> float:
    open_ = 1.0
    for kind in kinds:
        open_ *= 1 - WEIGHTS[kind]
    return round(1 - open_, 4)


def _alike_everywhere(
    found: dict[tuple[int, int], dict[str, str]], step: Callable[[int, str], None] | None
) -> None:
    """Names that resemble one another: of pairs that have another reason, and of people of one city.

    Alone an alike name lists nobody (0.4), so nobody else need be compared: a million creators take a minute or two.
    """
    others = sorted({pk for pair in found for pk in pair})
    called = dict(Creator.objects.filter(pk__in=others).values_list("pk", "name"))
    for (first, second), reasons in found.items():
        one, two = called.get(first, ""), called.get(second, "")
        if (
            "name" not in reasons
            and alike.similarity(alike.trigrams(one), alike.trigrams(two)) >= alike.SIMILAR
        ):
            reasons["alike"] = two
    people = (
        Creator.objects.filter(merged_into=None)
        .exclude(city="")
        .annotate(place=Lower("city"))
        .order_by("country", "place")
        .values_list("country", "place", "pk", "name")
    )
    for _place, rows in groupby(people.iterator(chunk_size=20_000), key=lambda row: row[:2]):
        block = {pk: name for _country, _city, pk, name in rows}
        if step is not None:
            step(len(block), str(REASONS["alike"]))
        for first, second, _value in alike.pairs(block.items(), crowd=CROWD):
            if "name" not in found.get((first, second), {}):
                found.setdefault((first, second), {})["alike"] = block[second]


def _store(found: dict[tuple[int, int], dict[str, str]], ids: list[int], everybody: bool) -> int:
    moment = now()
    listed = {pair: reasons for pair, reasons in found.items() if confidence_of(reasons) >= LISTED}
    new = 0
    with transaction.atomic():
        rows = DuplicatePair.objects.select_for_update()
        if not everybody:
            from django.db.models import Q

            rows = rows.filter(Q(first__in=ids) | Q(second__in=ids))
        held = {(row.first_id, row.second_id): row for row in rows}
        fresh, changed = [], []
        for pair, reasons in listed.items():
            shape = [
                {"kind": kind, "value": reasons[kind], "weight": WEIGHTS[kind]}
                for kind in WEIGHTS
                if kind in reasons
            ]
            row = held.get(pair)
            if row is None:
                fresh.append(
                    DuplicatePair(first_id=pair[0], second_id=pair[1], confidence=confidence_of(reasons),
                                  reasons=shape, found_at=moment)
                )  # fmt: skip
                continue
            known = {reason["kind"] for reason in row.reasons}
            reopened = row.state == PairState.DISMISSED and not set(reasons) <= known
            if row.state == PairState.MERGED or (row.state == PairState.DISMISSED and not reopened):
                continue
            if row.reasons != shape or reopened:
                row.reasons, row.confidence = shape, confidence_of(reasons)
                if reopened:
                    row.state, row.found_at = PairState.OPEN, moment
                    new += 1
                changed.append(row)
        gone = [row.pk for pair, row in held.items() if row.state == PairState.OPEN and pair not in listed]
        DuplicatePair.objects.filter(pk__in=gone).delete()
        DuplicatePair.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=2000)
        DuplicatePair.objects.bulk_update(
            changed, ["reasons", "confidence", "state", "found_at"], batch_size=2000
        )
    return new + len(fresh)


def dismiss(pair: DuplicatePair, *, by: User) -> DuplicatePair:
    """Two people after all; suggested again only if something new speaks for it."""
    check(by, "creators.merge", pair.first)
    with transaction.atomic():
        held = DuplicatePair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
        if held.state != PairState.OPEN:
            raise Conflict(_("This pair is decided already. Reload the page."))
        held.state, held.decided_by, held.decided_at = PairState.DISMISSED, by, now()
        held.save(update_fields=["state", "decided_by", "decided_at", "updated_at"])
        record(
            "creators.duplicate_dismissed", held.first, actor=by,
            data={"creator_ids": [held.first_id, held.second_id]},
        )  # fmt: skip
    pair.refresh_from_db()
    return pair


def of_creator(creator: Creator) -> list[DuplicatePair]:
    from django.db.models import Q

    rows = DuplicatePair.objects.open().filter(Q(first=creator) | Q(second=creator))
    return list(rows.select_related("first", "second")[:20])
