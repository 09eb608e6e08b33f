# ruff: noqa: S608  statements are composed of what Django compiled and of this module's own names
"""Search: parameters in, one page of accounts out, with an honest count.

How a page is found, whatever the filters: the database is asked (from its statistics, at no cost) how many rows the
filters leave.  Few: they are collected first, in any order, by whichever indexes narrow them most, and then sorted; that
count is exact.  Many: the order of the list is walked until the page is full, for the next match is seldom far; where it
is, they are collected after all.  An order without an index is found by one narrow scan on all cores.  Planner settings hold for the statement alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from creators.finding import filters, hints, relevance, similar
from creators.finding.filters import Filter, Given, Known
from creators.finding.statements import (
    LIMIT_MS,
    SETTINGS,
    TABLE,
    compiled,
    estimate,
    has_where,
    round_to,
    run,
    settings,
)
from creators.models import CreatorStatus, DiscoveryRow, Segment
from creators.models.finding import SORTED
from krm.errors import Conflict
from krm.web.lists.counting import Count
from krm.web.lists.keyset import Slice, decode, encode

FEW = 10_000  # rows collected before they are sorted; a count up to here is exact
MANY = 3_000  # expected rows from which the database may walk the order instead
PATIENCE_MS = 100  # for which an order is walked before its matches are collected instead
SERVED = frozenset({"followers", *dict(SORTED)})  # orders with an index
DEEP = 3  # segments within segments

SORTS = (
    "followers", "engagement_rate", "engagement_percentile", "er_followers", "er_views", "er_reach", "growth_30d",
    "authenticity", "audience_quality", "growth", "comment_quality", "pods", "consistency", "formats", "innovation",
    "prediction", "safety", "reliability", "price_low", "last_post_on", "deals", "audience_female",
)  # fmt: skip


class About(Count):
    """A number from statistics."""

    def __str__(self) -> str:
        return _("about %(number)s") % {"number": super().__str__()}


@dataclass(frozen=True)
class Page:
    slice: Slice
    count: Count
    relevance: relevance.Ranking | None = None


Params = Mapping[str, list[str]]


def plain(params: Any) -> dict[str, list[str]]:
    """A query string's or JSON's parameters as lists of texts; empty values say nothing."""
    pairs = params.lists() if hasattr(params, "lists") else params.items()
    found: dict[str, list[str]] = {}
    for name, values in pairs:
        listed = values if isinstance(values, list | tuple) else [values]
        texts = [str(v).replace("\x00", "").strip()[:200] for v in listed][: filters.MOST_VALUES]
        kept = [text for text in texts if text]
        if kept:
            found[str(name)] = kept
    return found


class Search:
    """One set of parameters, read once. `errors` are by parameter; a filter with an error is left out."""

    def __init__(self, params: Any, user: Any, *, depth: int = 0, without: Iterable[str] = ()) -> None:
        self.params = plain(params)
        self.user = user
        self.depth = depth
        self.without = frozenset(without)
        self.errors: dict[str, str] = {}

    # -- what was asked ------------------------------------------------------------------------------------------

    @cached_property
    def known(self) -> Known:
        return Known(self.user)

    @cached_property
    def filters(self) -> list[Filter]:
        wants = any(name.removeprefix("not_").startswith("own_") for name in self.params)
        return filters.all_filters(self.known) if wants else list(filters.BASE)

    @cached_property
    def given(self) -> list[Given]:
        """Filters with values, in their order; `not=key` turns all values of a key round."""
        turned = set(self.params.get("not", []))
        found = []
        for one in self.filters:
            if one.key in self.without:
                continue
            for prefix, negated in (("", one.key in turned), ("not_", True)):
                values = {
                    name: self.params[prefix + name] for name in one.names if prefix + name in self.params
                }
                if values and (one.kind == "number" or one.key in values):
                    found.append(Given(one, values, negated))
        return found

    @cached_property
    def about(self) -> str:
        return " ".join(self.params.get("about", []))[:300]

    @cached_property
    def hints(self) -> list[hints.Hint]:
        """What the description names that is a filter."""
        return hints.read(self.about, self.known.tiers) if self.about else []

    @cached_property
    def term(self) -> str:
        return " ".join(self.params.get("q", []))[:100]

    # -- conditions ----------------------------------------------------------------------------------------------

    @cached_property
    def condition(self) -> Q:
        known = self.known
        wanted: list[filters.LabelKey] = []
        good: list[Given] = []
        for given in self.given:
            try:
                wanted += filters.labels_of(given, known)
                good.append(given)
            except ValidationError as error:
                self.blame(error)
        labels = filters.numbers_of(wanted)
        found = Q()
        for given in good:
            try:
                found &= filters.condition(given, known, labels, self.segment)
            except ValidationError as error:
                self.blame(error)
        if not any(given.filter.key == "status" for given in good):
            found &= ~Q(status=CreatorStatus.ARCHIVED)  # out of lists until asked for
        for word in self.name_words:
            found &= Q(search_text__contains=word)
        return found

    def blame(self, error: ValidationError) -> None:
        for name, messages in error.message_dict.items():
            self.errors[name] = " ".join(messages)

    @cached_property
    def name_words(self) -> list[str]:
        return [word for word in (w.lstrip("@") for w in self.term.lower().split()[:6]) if word]

    def segment(self, pk: int) -> Q:
        if self.depth >= DEEP:
            raise ValidationError({"segment": _("These segments are built on one another too deep.")})
        segment = Segment.objects.visible_to(self.user).filter(pk=pk).first()
        if segment is None:
            raise ValidationError({"segment": _("There is no such segment.")})
        inner = Search(segment.filters, self.user, depth=self.depth + 1)
        condition = inner.restricted
        self.errors.update(inner.errors)
        return condition

    @cached_property
    def restricted(self) -> Q:
        """All conditions as one, also those that are a ranked list of accounts."""
        condition = self.condition
        if self.typed_keys is not None:
            condition = self.without_names & filters.among(self.typed_keys)
        if self.ranking is not None:
            condition &= filters.among(self.ranking.keys)
        return condition

    @cached_property
    def without_names(self) -> Q:
        return Search(
            {k: v for k, v in self.params.items() if k != "q"},
            self.user,
            depth=self.depth,
            without=self.without,
        ).condition

    @cached_property
    def typed_keys(self) -> list[int] | None:
        """Where nobody's name holds the words: whose name resembles them. None: the words were found as typed."""
        words = self.name_words
        if not words or any(len(word) < 4 for word in words):
            return None
        if self.base.filter(self.condition)[:1]:
            return None
        alike = self.base.filter(self.without_names)
        for word in words:
            alike = alike.filter(search_text__trigram_word_similar=word)
        found = [row[0] for row in run(alike.order_by().values_list("pk")[:1_000])]
        return found or None

    @property
    def base(self) -> QuerySet[DiscoveryRow]:
        return DiscoveryRow.objects.visible_to(self.user)

    @cached_property
    def queryset(self) -> QuerySet[DiscoveryRow]:
        """Everyone who matches, in no order."""
        return self.base.filter(self.restricted)

    @cached_property
    def like(self) -> list[int]:
        """Accounts to find others like."""
        words = [word for text in self.params.get("like", []) for word in text.split(",")]
        return [int(word) for word in words if word.strip().isdigit() and len(word.strip()) < 19]

    @cached_property
    def ranking(self) -> relevance.Ranking | None:
        """Accounts whose words meet the description, or are like those of others, best first, within the filters."""
        try:
            if self.like:
                return similar.ranking(self.like, self.base.filter(self.condition), self.about)
            if self.about:
                return relevance.rank(self.about, self.base.filter(self.condition), lambda: self.known.tiers)
        except ValidationError as error:
            self.blame(error)
        return None

    # -- pages ---------------------------------------------------------------------------------------------------

    def page(
        self, sort: str = "", size: int = 50, *, after: str | None = None, before: str | None = None
    ) -> Page:
        if self.ranking is not None and sort.removeprefix("-") in ("", "relevance"):
            return self._ranked(size, after, before)
        descending, key = sort.startswith("-"), sort.removeprefix("-")
        if key not in (*SORTS, "account_id", "search_text"):
            key, descending = "followers", True
        try:
            return self._sorted(key, descending, size, after, before)
        except OperationalError as error:
            if "statement timeout" in str(error):
                raise Conflict(_("This search took too long. Add a filter, or sort by followers.")) from error
            raise

    def _ranked(self, size: int, after: str | None, before: str | None) -> Page:
        ranking = self.ranking
        assert ranking is not None
        keys, start = ranking.keys, 0
        cursor = decode(before or after or "")
        if cursor is not None and isinstance(cursor[0], int):
            start = max(0, cursor[0] - size if before else cursor[0] + 1)
        part = keys[start : start + size]
        rows = {row.pk: row for row in self.base.filter(pk__in=part)}
        found = [rows[pk] for pk in part if pk in rows]
        return Page(
            Slice(
                found,
                next=encode(start + len(part) - 1, part[-1]) if start + size < len(keys) else None,
                previous=encode(start, part[0]) if start and part else None,
            ),
            Count(len(keys), ranking.capped),
            ranking,
        )

    def _sorted(self, key: str, descending: bool, size: int, after: str | None, before: str | None) -> Page:
        queryset = self.queryset
        statement, values = compiled(queryset.order_by().values_list("pk", key))
        order = Order(key, descending, bool(before))
        cursor = order.cursor(before or after)
        if cursor is None:
            order = Order(key, descending, False)
        expected = estimate(statement, values)
        rows: list[DiscoveryRow] | None = None
        count: Count = About(round_to(expected), False)
        if expected < MANY:
            rows, total = self._collected(statement, values, order, cursor, size)
            if total > FEW:
                rows, count = None, Count(FEW, True) if expected < FEW else About(round_to(expected), False)
            else:
                count = Count(total, False)
        if rows is None:
            rows = self._soon(queryset, order, cursor, size)
        if rows is None:
            rows, total = self._collected(statement, values, order, cursor, size, most=None)
            count = Count(total, False)
        more, rows = len(rows) > size, rows[:size]
        if order.backwards:
            rows.reverse()
            piece = Slice(
                rows,
                next=order.at(rows[-1]) if rows else None,
                previous=order.at(rows[0]) if more else None,
            )
        else:
            piece = Slice(
                rows,
                next=order.at(rows[-1]) if more else None,
                previous=order.at(rows[0]) if cursor is not None and rows else None,
            )
        if piece.next is None and piece.previous is None:
            count = Count(len(rows), False)
        return Page(piece, count, self.ranking)

    def _collected(
        self,
        statement: str,
        values: list[Any],
        order: Order,
        cursor: Cursor | None,
        size: int,
        most: int | None = FEW,
    ) -> tuple[list[DiscoveryRow], int]:
        """All matches (or one more than `most`) first, then their order: exact count and page in one statement."""
        where, extra = order.beyond(cursor)
        if most is not None:
            statement += f" LIMIT {most + 1}"
        found = list(
            DiscoveryRow.objects.raw(
                SETTINGS + f"WITH m (account_id, k) AS MATERIALIZED ({statement}),"
                f" n AS (SELECT count(*) AS matches FROM m),"
                f" p AS (SELECT * FROM m WHERE {where} ORDER BY {order.by('k')} LIMIT {size + 1})"
                " SELECT r.*, n.matches FROM n LEFT JOIN p ON true"
                f" LEFT JOIN {TABLE} r ON r.account_id = p.account_id ORDER BY {order.by('p.k', 'p.account_id')}",
                [*values, *extra],
            )
        )
        total = found[0].matches if found else 0  # type: ignore[attr-defined]
        return [row for row in found if row.pk is not None], total

    def _soon(
        self, queryset: QuerySet[DiscoveryRow], order: Order, cursor: Cursor | None, size: int
    ) -> list[DiscoveryRow] | None:
        """The order walked, but not for long: where the matches stand far from its beginning (the cheap ones, largest
        first), the next is anything but near, and collecting them all is quicker."""
        if (
            order.key not in SERVED or connection.in_atomic_block
        ):  # which an ended statement would take with it
            return self._walked(queryset, order, cursor, size)
        try:
            return self._walked(queryset, order, cursor, size, PATIENCE_MS)
        except OperationalError as error:
            if "statement timeout" not in str(error):
                raise
            return None

    def _walked(
        self,
        queryset: QuerySet[DiscoveryRow],
        order: Order,
        cursor: Cursor | None,
        size: int,
        limit_ms: int = LIMIT_MS,
    ) -> list[DiscoveryRow]:
        planner = settings(limit_ms)
        statement, values = compiled(queryset.order_by())
        key, tie = f"{TABLE}.{order.key}", f"{TABLE}.account_id"
        where, extra = order.beyond(cursor, key, tie)
        start = f"{statement} {'AND' if has_where(statement) else 'WHERE'} {where}"
        if not order.down and not order.backwards and (cursor is None or cursor[0] is not None):
            # upwards the index has the unknown first: read those with a value, and all only where they are too few
            known = f" AND {key} IS NOT NULL ORDER BY {key} ASC NULLS FIRST, {tie} ASC LIMIT {size + 1}"
            rows = list(DiscoveryRow.objects.raw(planner + start + known, [*values, *extra]))
            if len(rows) > size:
                return rows
        start += f" ORDER BY {order.by(key, tie)} LIMIT {size + 1}"
        return list(DiscoveryRow.objects.raw(planner + start, [*values, *extra]))

    def matches(self, most: int | None = None) -> QuerySet[DiscoveryRow]:
        found = self.queryset.order_by("pk")
        return found if most is None else found[:most]

    def counted(self) -> Count:
        """How many match: exact up to FEW, from statistics above."""
        statement, values = compiled(self.queryset.order_by().values_list("pk"))
        expected = estimate(statement, values)
        if expected >= 6 * FEW:
            return About(round_to(expected), False)
        with connection.cursor() as cursor:
            cursor.execute(SETTINGS + f"SELECT count(*) FROM ({statement} LIMIT {FEW + 1}) m", values)
            total = int(cursor.fetchone()[0])
        if total <= FEW:
            return Count(total, False)
        return About(round_to(expected), False) if expected > FEW else Count(FEW, True)


# -- order ---------------------------------------------------------------------------------------------------------

Cursor = tuple[Any, int]


@dataclass(frozen=True)
class Order:
    """By a column, then by account; unknown values last in both directions."""

    key: str
    descending: bool
    backwards: bool

    @property
    def down(self) -> bool:
        return self.descending != self.backwards

    def by(self, key: str, tie: str = "account_id") -> str:
        way = "DESC" if self.down else "ASC"
        nulls = "FIRST" if self.backwards else "LAST"
        return f"{key} {way} NULLS {nulls}, {tie} {way}"

    def cursor(self, text: str | None) -> Cursor | None:
        found = decode(text) if text else None
        if found is None or not isinstance(found[1], int):
            return None
        field = DiscoveryRow._meta.get_field("account" if self.key == "account_id" else self.key)
        try:
            value = None if found[0] is None else found[0] if field.is_relation else field.to_python(found[0])  # type: ignore[union-attr]
        except (ValidationError, ValueError, TypeError):
            return None
        return value, found[1]

    def at(self, row: DiscoveryRow) -> str:
        return encode(getattr(row, self.key), row.pk)

    def beyond(self, cursor: Cursor | None, key: str = "k", tie: str = "account_id") -> tuple[str, list[Any]]:
        if cursor is None:
            return "true", []
        value, pk = cursor
        op = "<" if self.down else ">"
        if value is None:
            if self.backwards:
                return f"(({key} IS NULL AND {tie} {op} %s) OR {key} IS NOT NULL)", [pk]
            return f"({key} IS NULL AND {tie} {op} %s)", [pk]
        ahead = f"({key} {op}= %s AND ({key} {op} %s OR {tie} {op} %s))"
        if not self.backwards:
            ahead = f"({ahead} OR {key} IS NULL)"
        return ahead, [value, value, pk]
