"""Keyset pages: stable under ties and NULLs, and as quick on page 2,000 as on page 1.

The order is (sort key, primary key). NULLs come last in both directions. A cursor holds both values of the row
at the page's edge, so rows that are added or removed elsewhere never shift a page.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import BaseExpression, Combinable

KEY = "krm_sort"


@dataclass(frozen=True)
class Order:
    """A sort key (ORM path or expression) and its direction."""

    by: Any = "pk"
    descending: bool = True


@dataclass(frozen=True)
class Slice:
    rows: list[Any]
    next: str | None
    previous: str | None


def encode(value: Any, pk: Any) -> str:
    if isinstance(value, datetime | date | time):
        value = value.isoformat()
    elif isinstance(value, Decimal | UUID):
        value = str(value)
    text = json.dumps([value, pk if isinstance(pk, int) else str(pk)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[Any, Any] | None:
    """The two values, or None for a cursor that nobody of ours made."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        value, pk = json.loads(raw)
    except (ValueError, TypeError, UnicodeError):
        return None
    if isinstance(value, list | dict) or isinstance(pk, list | dict | bool) or pk is None:
        return None
    return value, pk


class Keyset:
    def __init__(self, queryset: models.QuerySet[Any], order: Order) -> None:
        self.descending = order.descending
        self.model = queryset.model
        by = order.by
        self.by_pk = by in ("pk", "id", self.model._meta.pk.name)
        if self.by_pk:
            self.key, self.field, self.nullable = "pk", self.model._meta.pk, False
        elif isinstance(by, str) and by in queryset.query.annotations:
            self.key, self.field, self.nullable = by, _output(queryset.query.annotations[by]), True
        elif isinstance(by, str):
            self.field, self.nullable = _field(self.model, by)
            self.key = by
            if "__" in by:
                queryset = queryset.annotate(**{KEY: F(by)})
        else:
            assert isinstance(by, BaseExpression | Combinable)
            queryset = queryset.annotate(**{KEY: by})
            self.key, self.field, self.nullable = KEY, _output(queryset.query.annotations[KEY]), True
        self.attribute = KEY if KEY in queryset.query.annotations else self.key
        self.queryset = queryset

    def ordered(self, *, backwards: bool = False) -> models.QuerySet[Any]:
        descending = self.descending != backwards
        if self.by_pk:
            return self.queryset.order_by("-pk" if descending else "pk")
        tie = "-pk" if descending else "pk"
        if not self.nullable:  # plain order, which a plain index serves
            return self.queryset.order_by(("-" if descending else "") + self.key, tie)
        key = F(self.key)
        first = (
            (key.desc(nulls_first=True) if descending else key.asc(nulls_first=True))
            if backwards
            else (key.desc(nulls_last=True) if descending else key.asc(nulls_last=True))
        )
        return self.queryset.order_by(first, tie)

    def beyond(self, cursor: str, *, backwards: bool = False) -> Q | None:
        """Condition for the rows after the cursor in reading direction."""
        parts = decode(cursor)
        if parts is None:
            return None
        value, pk = parts
        try:
            pk = self.model._meta.pk.to_python(pk)
            if value is not None and self.field is not None:
                value = self.field.to_python(value)
        except (ValidationError, ValueError, TypeError):
            return None
        if type(value) is int:
            # Django guesses IntegerField for arithmetic on big integers and then answers a comparison with a
            # larger number by itself, as always true or false; an expression goes to the database as it is.
            value = Value(value, output_field=models.BigIntegerField())
        op = "lt" if self.descending != backwards else "gt"
        if self.by_pk:
            return Q(**{f"pk__{op}": pk})
        key = self.key
        further = Q(**{f"pk__{op}": pk})
        if value is None:
            at_null = Q(**{f"{key}__isnull": True}) & further
            return at_null | Q(**{f"{key}__isnull": False}) if backwards else at_null
        # `key <= v AND (key < v OR pk < p)` lets the index start at v.
        ahead = Q(**{f"{key}__{op}e": value}) & (Q(**{f"{key}__{op}": value}) | further)
        if self.nullable and not backwards:
            ahead |= Q(**{f"{key}__isnull": True})
        return ahead

    def cursor_of(self, row: Any) -> str:
        return encode(row.pk if self.by_pk else getattr(row, self.attribute), row.pk)

    def page(self, size: int, *, after: str | None = None, before: str | None = None) -> Slice:
        backwards = bool(before)
        rows = self.ordered(backwards=backwards)
        cursor = before or after
        if cursor:
            condition = self.beyond(cursor, backwards=backwards)
            if condition is None:
                cursor, backwards, rows = None, False, self.ordered()
            else:
                rows = rows.filter(condition)
        found = list(rows[: size + 1])
        more, found = len(found) > size, found[:size]
        if backwards:
            found.reverse()
            return Slice(
                found,
                next=self.cursor_of(found[-1]) if found else None,
                previous=self.cursor_of(found[0]) if more else None,
            )
        return Slice(
            found,
            next=self.cursor_of(found[-1]) if more else None,
            previous=self.cursor_of(found[0]) if cursor and found else None,
        )


def _output(expression: Any) -> Any:
    try:
        return expression.output_field
    except (AttributeError, FieldError):
        return None


def _field(model: type[models.Model], path: str) -> tuple[Any, bool]:
    """The field at an ORM path, and whether NULL can come out of it."""
    nullable = False
    current: Any = model
    field: Any = None
    for name in path.split("__"):
        field = current._meta.pk if name == "pk" else current._meta.get_field(name)
        nullable = nullable or bool(getattr(field, "null", True))
        if field.is_relation:
            current = field.related_model
    if field.is_relation:
        field = getattr(field, "target_field", None)
    return field, nullable
