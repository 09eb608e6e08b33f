# ruff: noqa: S608  statements are composed of what Django compiled and of this module's own names
"""How many accounts each value of a filter would leave: exact for small sets, estimated from a sample for large ones.

The values of a filter that is in use are counted without it, so that one sees what the other choices would bring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from creators.finding.filters import BASE
from creators.finding.search import FEW, Search
from creators.finding.statements import SETTINGS, compiled, estimate, round_to
from creators.models import DiscoveryRow

DIMENSIONS = tuple(one.key for one in BASE if one.facet)
COLUMN = {one.key: one.column for one in BASE if one.facet and one.column}
LABEL = {one.key: one.labels for one in BASE if one.facet and one.labels}
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


def counts(search: Search, keys: Iterable[str] = DIMENSIONS) -> dict[str, Facet]:
    """Counts of the values of these filters, each without its own choice."""
    wanted = [key for key in keys if key in DIMENSIONS]
    used = {given.filter.key for given in search.given if not given.negated} & set(wanted)
    found: dict[str, Facet] = {}
    together = [key for key in wanted if key not in used]
    if together:
        found.update(_count(search, together))
    for key in sorted(used):
        found.update(_count(Search(search.params, search.user, without=[*search.without, key]), [key]))
    return {key: found[key] for key in wanted if key in found}


def _count(search: Search, keys: list[str]) -> dict[str, Facet]:
    columns = {key: COLUMN[key] for key in keys if key in COLUMN}
    kinds = {str(LABEL[key]): key for key in keys if key in LABEL}
    fields = [*columns.values(), *(["labels"] if kinds else [])]
    statement, values = compiled(search.queryset.order_by().values_list(*fields))
    expected = estimate(statement, values)
    tallies, factor, rows = None, 1.0, 0
    if expected < FEW:
        tallies, rows = _tally(f"{statement} LIMIT {FEW + 1}", values, columns, kinds)
    if tallies is None or rows > FEW:
        drawn, factor = _sample(statement, expected)
        tallies, rows = _tally(drawn, values, columns, kinds)
    found = {}
    for key in keys:
        tally = tallies.get(key, {})
        blank = "never" if key == "standing" else ""
        found[key] = Facet(key, _shown({v or blank: n for v, n in tally.items()}, factor), factor == 1)
    return found


def _tally(
    statement: str, values: list[object], columns: dict[str, str], kinds: dict[str, str]
) -> tuple[dict[str, dict[str, int]], int]:
    """All counts in one statement over rows that are read once."""
    parts = ["SELECT '' AS key, '' AS value, count(*) FROM m"]
    parts += [f"SELECT '{key}', {name}::text, count(*) FROM m GROUP BY 2" for key, name in columns.items()]
    names = [*columns.values(), *(["labels"] if kinds else [])]
    given = list(values)
    if kinds:
        parts.append(
            "SELECT l.kind, l.value, n.n FROM (SELECT u, count(*) AS n FROM m, unnest(m.labels) u GROUP BY u) n"
            " JOIN creators_discoverylabel l ON l.id = n.u WHERE l.kind = ANY(%s)"
        )
        given.append(list(kinds))
    with connection.cursor() as cursor:
        cursor.execute(
            SETTINGS
            + f"WITH m ({', '.join(names)}) AS MATERIALIZED ({statement}) "
            + " UNION ALL ".join(parts),
            given,  # type: ignore[arg-type]
        )
        rows = cursor.fetchall()
    found: dict[str, dict[str, int]] = {}
    total = 0
    for key, value, number in rows:
        if key == "":
            total = int(number)
        else:
            found.setdefault(kinds.get(key, key), {})[value] = int(number)
    return found, total


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
