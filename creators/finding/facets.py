# ruff: noqa: S608  statements are composed of what Django compiled and of this module's own names
"""How many accounts each value of a filter would leave: exact for small sets, estimated from a sample for large ones.

The values of a filter that is in use are counted without it, so that one sees what the other choices would bring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from creators.finding.filters import BASE, Filter, all_filters, share_step
from creators.finding.search import FEW, Search
from creators.finding.statements import SETTINGS, compiled, estimate, round_to
from creators.models import DiscoveryRow

DIMENSIONS = tuple(one.key for one in BASE if one.facet)
SAMPLE = 10_000  # rows a sample aims at
LARGEST = 10.0  # % of the table's pages read for it
MOST = 60  # values of one filter


@dataclass
class Facet:
    key: str
    counts: dict[str, int] = field(default_factory=dict)
    exact: bool = True

    def __getitem__(self, value: str) -> int:
        return self.counts.get(value, 0)


def countable(search: Search) -> dict[str, Filter]:
    """Filters whose values can be counted, those on the agency's own fields among them."""
    return {one.key: one for one in all_filters(search.known) if one.facet}


def counts(search: Search, keys: Iterable[str] | None = None) -> dict[str, Facet]:
    """Counts of the values of these filters (of all that can be counted), each without its own choice."""
    known = countable(search)
    wanted = [key for key in keys if key in known] if keys is not None else list(known)
    used = {given.filter.key for given in search.given if not given.negated} & set(wanted)
    found: dict[str, Facet] = {}
    together = [key for key in wanted if key not in used]
    if together:
        found.update(_count(search, [known[key] for key in together]))
    for key in sorted(used):
        others = Search(search.params, search.user, without=[*search.without, key])
        found.update(_count(others, [known[key]]))
    return {key: found[key] for key in wanted if key in found}


def _count(search: Search, wanted: list[Filter]) -> dict[str, Facet]:
    fields = [one.column for one in wanted if _is_column(one)]
    fields += ["labels"] if any(one.labels for one in wanted) else []
    fields += ["custom"] if any(_is_own(one) for one in wanted) else []
    statement, values = compiled(search.queryset.order_by().values_list(*fields))
    expected = estimate(statement, values)
    tallies, factor, rows = None, 1.0, 0
    if expected < FEW:
        tallies, rows = _tally(f"{statement} LIMIT {FEW + 1}", values, wanted, fields, search)
    if tallies is None or rows > FEW:
        drawn, factor = _sample(statement, expected)
        tallies, rows = _tally(drawn, values, wanted, fields, search)
    found = {}
    for one in wanted:
        tally = tallies.get(one.key, {})
        blank = "never" if one.key == "standing" else ""
        found[one.key] = Facet(
            one.key, _shown({v or blank: n for v, n in tally.items()}, factor), factor == 1
        )
    return found


def _is_own(one: Filter) -> bool:
    return one.kind.startswith("own_")


def _is_column(one: Filter) -> bool:
    return bool(one.column) and not one.labels and not _is_own(one)


def _tally(
    statement: str, values: list[object], wanted: list[Filter], fields: list[str], search: Search
) -> tuple[dict[str, dict[str, int]], int]:
    """All counts in one statement over rows that are read once."""
    parts = ["SELECT '' AS key, '' AS value, count(*) FROM m"]
    given = list(values)
    for one in wanted:
        if _is_column(one):
            parts.append(f"SELECT '{one.key}', {one.column}::text, count(*) FROM m GROUP BY 2")
    kinds = {(str(one.labels), _step(one, search)): one.key for one in wanted if one.labels}
    if kinds:
        # of each kind the most frequent: nobody reads ten thousand brands
        parts.append(
            "SELECT kind, value, n FROM (SELECT l.kind, l.value, n.n,"
            " row_number() OVER (PARTITION BY l.kind ORDER BY n.n DESC, l.value) AS place"
            " FROM (SELECT u, count(*) AS n FROM m, unnest(m.labels) u GROUP BY u) n"
            " JOIN creators_discoverylabel l ON l.id = n.u"
            " JOIN unnest(%s::text[], %s::int[]) AS k(kind, step) ON k.kind = l.kind AND k.step = l.step) most"
            f" WHERE place <= {MOST}"
        )
        given += [[kind for kind, _step in kinds], [step for _kind, step in kinds]]
    for one in wanted:
        if _is_own(one):
            parts.append(
                "SELECT %s, v, count(*) FROM m, jsonb_array_elements_text(CASE jsonb_typeof(m.custom -> %s)"
                " WHEN 'array' THEN m.custom -> %s ELSE jsonb_build_array(m.custom -> %s) END) v"
                " WHERE v IS NOT NULL GROUP BY 2"
            )
            given += [one.key, one.column, one.column, one.column]
    with connection.cursor() as cursor:
        cursor.execute(
            SETTINGS
            + f"WITH m ({', '.join(fields)}) AS MATERIALIZED ({statement}) "
            + " UNION ALL ".join(parts),
            given,  # type: ignore[arg-type]
        )
        rows = cursor.fetchall()
    by_kind = {kind: key for (kind, _step), key in kinds.items()}
    found: dict[str, dict[str, int]] = {}
    total = 0
    for key, value, number in rows:
        if key == "":
            total = int(number)
        else:
            found.setdefault(by_kind.get(key, key), {})[value] = int(number)
    return found, total


def _step(one: Filter, search: Search) -> int:
    """Of an audience: the share that is asked for."""
    return share_step(search.params.get(f"{one.key}_share")) if one.kind == "share" else 0


def _sample(statement: str, expected: int) -> tuple[str, float]:
    """Whole pages of the table drawn by a fixed seed: the same question has the same answer."""
    table = f'"{DiscoveryRow._meta.db_table}"'
    part = min(LARGEST, 100 * SAMPLE / max(expected, 1))
    drawn = statement.replace(
        f"FROM {table}", f"FROM {table} TABLESAMPLE SYSTEM ({part:.3f}) REPEATABLE (7)", 1
    )
    return drawn, 100 / part


def _shown(tally: dict[str, int], factor: float) -> dict[str, int]:
    most = sorted(tally.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return {value: (n if factor == 1 else round_to(round(n * factor))) for value, n in most if value}
