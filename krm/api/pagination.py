"""Keyset pagination: page 10,000 costs what page 1 costs, and rows added meanwhile are neither lost nor doubled.

`?cursor=` holds the sort value and id of the last row seen, `?ordering=` one of the view's `ordering_fields`,
`?page_size=` up to 200. There is no count: counting a million rows costs more than the page.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param


@dataclass(frozen=True)
class Cursor:
    backwards: bool
    ordering: str
    value: Any
    pk: int

    def encode(self) -> str:
        raw = json.dumps([int(self.backwards), self.ordering, self.value, self.pk], cls=DjangoJSONEncoder)
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor:
        try:
            padded = text + "=" * (-len(text) % 4)
            backwards, ordering, value, pk = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
            return cls(bool(backwards), str(ordering), value, int(pk))
        except (ValueError, TypeError, binascii.Error, UnicodeError, OverflowError, RecursionError) as exc:
            raise exceptions.ValidationError({"cursor": _("This cursor is not valid. Start from the first page.")}) from exc


def sort_field(queryset: QuerySet[Any], name: str) -> tuple[Field[Any, Any] | None, bool]:
    """The field behind a sort name, and whether it can be NULL (annotations always may)."""
    annotation = queryset.query.annotations.get(name)
    if annotation is not None:
        return getattr(annotation, "output_field", None), True
    model: type[Model] = queryset.model
    nullable, field = False, None
    for part in name.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None, True
        nullable = nullable or bool(getattr(field, "null", False))
        if field.is_relation and field.related_model is not None:
            model = field.related_model  # type: ignore[assignment]
    return field, nullable  # type: ignore[return-value]


def value_of(row: Any, name: str) -> Any:
    for part in name.split("__"):
        if row is None:
            return None
        row = getattr(row, part)
    return row.pk if isinstance(row, Model) else row


class Keyset:
    """One page of a queryset sorted by one field and the primary key."""

    def __init__(self, queryset: QuerySet[Any], ordering: str, size: int) -> None:
        self.queryset, self.ordering, self.size = queryset, ordering, size
        self.name, self.descending = ordering.lstrip("-"), ordering.startswith("-")
        self.by_pk = self.name in ("pk", "id")
        self.field, self.nullable = sort_field(queryset, self.name)

    def page(self, cursor: Cursor | None) -> tuple[list[Any], Cursor | None, Cursor | None]:
        backwards = bool(cursor and cursor.backwards)
        rows = self.ordered(self.queryset, backwards)
        if cursor is not None:
            rows = rows.filter(self.after(cursor, backwards))
        found = list(rows[: self.size + 1])
        more, found = len(found) > self.size, found[: self.size]
        if backwards:
            found.reverse()
        if not found:
            return [], None, None
        has_next = more if not backwards else True
        has_previous = more if backwards else cursor is not None
        return (
            found,
            self.cursor(found[-1], False) if has_next else None,
            self.cursor(found[0], True) if has_previous else None,
        )

    def ordered(self, queryset: QuerySet[Any], backwards: bool) -> QuerySet[Any]:
        down = self.descending != backwards
        pk = "-pk" if down else "pk"
        if self.by_pk:
            return queryset.order_by(pk)
        if not self.nullable:
            return queryset.order_by(f"{'-' if down else ''}{self.name}", pk)
        if down:
            first = F(self.name).desc(nulls_last=True) if not backwards else F(self.name).desc(nulls_first=True)
        else:
            first = F(self.name).asc(nulls_last=True) if not backwards else F(self.name).asc(nulls_first=True)
        return queryset.order_by(first, pk)

    def after(self, cursor: Cursor, backwards: bool) -> Q:
        op = "lt" if self.descending != backwards else "gt"
        if self.by_pk:
            return Q(**{f"pk__{op}": cursor.pk})
        same = Q(**{f"pk__{op}": cursor.pk})
        if cursor.value is None:
            missing = Q(**{f"{self.name}__isnull": True}) & same
            return missing | Q(**{f"{self.name}__isnull": False}) if backwards else missing
        value = self.parse(cursor.value)
        # `<=` first: the planner can start in the middle of the index instead of reading it from the top
        near = Q(**{f"{self.name}__{op}e": value}) & (
            Q(**{f"{self.name}__{op}": value}) | (Q(**{self.name: value}) & same)
        )
        if self.nullable and not backwards:
            return near | Q(**{f"{self.name}__isnull": True})
        return near

    def parse(self, value: Any) -> Any:
        try:
            return self.field.to_python(value) if self.field is not None else value
        except (ValidationError, ValueError, TypeError) as exc:
            raise exceptions.ValidationError({"cursor": _("This cursor is not valid. Start from the first page.")}) from exc

    def cursor(self, row: Any, backwards: bool) -> Cursor:
        value = None if self.by_pk else value_of(row, self.name)
        return Cursor(backwards, self.ordering, value, row.pk)


class KeysetPagination(BasePagination):
    default_size = 50
    max_size = 200

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.request = request
        ordering = self.get_ordering(request, view)
        text = request.query_params.get("cursor")
        cursor = Cursor.decode(text) if text is not None else None
        if cursor is not None and cursor.ordering != ordering:
            raise exceptions.ValidationError(
                {"cursor": _("This cursor belongs to another ordering. Start from the first page.")}
            )
        rows, self.next, self.previous = Keyset(queryset, ordering, self.get_size(request)).page(cursor)
        return rows

    def get_size(self, request: Request) -> int:
        text = request.query_params.get("page_size")
        if text is None:
            return self.default_size
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= self.max_size or len(text) > 3:
            raise exceptions.ValidationError(
                {"page_size": _("Choose a whole number from 1 to %(most)s.") % {"most": self.max_size}}
            )
        return int(text)

    def get_ordering(self, request: Request, view: Any) -> str:
        default = getattr(view, "ordering", None) or "-id"
        text = request.query_params.get("ordering")
        if text is None:
            return str(default)
        if text not in orderings_of(view):
            raise exceptions.ValidationError(
                {"ordering": _("Choose one of: %(choices)s.") % {"choices": ", ".join(orderings_of(view))}}
            )
        return text

    def link(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor.encode())

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.link(self.next), "previous": self.link(self.previous), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**link, "description": "Address of the next page, null on the last."},
                "previous": {**link, "description": "Address of the page before, null on the first."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where to go on; take it from `next` or `previous`.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Rows on a page.",
                "schema": {"type": "integer", "minimum": 1, "maximum": self.max_size, "default": self.default_size},
            },
            {
                "name": "ordering",
                "in": "query",
                "required": False,
                "description": "Sort order; a minus sorts downwards.",
                "schema": {"type": "string", "enum": orderings_of(view)},
            },
        ]


def orderings_of(view: Any) -> list[str]:
    names = list(getattr(view, "ordering_fields", ()) or ())
    if "id" not in names:
        names.append("id")
    return [sign + name for name in names for sign in ("", "-")]

