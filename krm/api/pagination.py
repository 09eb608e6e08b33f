"""Keyset pagination: page 10,000 costs what page 1 costs, and rows added meanwhile are neither lost nor doubled.

`?cursor=` comes from `next` or `previous`, `?ordering=` is one of the view's `ordering_fields`, `?page_size=` goes
up to 200. There is no count: counting a million rows costs more than the page. The pages of the browser use the
same keyset (`krm.web.lists.keyset`).
"""

from __future__ import annotations

import base64
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from krm.web.lists.keyset import Keyset, Order, Slice

FORWARDS, BACKWARDS = "n", "p"


class KeysetPagination(BasePagination):
    default_size = 50
    max_size = 200
    slice: Slice

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.ordering = self.get_ordering(request, view)
        keyset = Keyset(queryset, Order(self.ordering.removeprefix("-"), self.ordering.startswith("-")))
        way, cursor = self.get_cursor(request)
        if cursor is not None and keyset.beyond(cursor) is None:
            raise self.bad_cursor()
        self.slice = keyset.page(
            self.get_size(request),
            after=cursor if way == FORWARDS else None,
            before=cursor if way == BACKWARDS else None,
        )
        return self.slice.rows

    def get_cursor(self, request: Request) -> tuple[str, str | None]:
        text = request.query_params.get("cursor")
        if text is None:
            return FORWARDS, None
        try:
            way, ordering, cursor = base64.urlsafe_b64decode(text.encode() + b"==").decode().split("|")
        except (ValueError, UnicodeError) as error:
            raise self.bad_cursor() from error
        if way not in (FORWARDS, BACKWARDS):
            raise self.bad_cursor()
        if ordering != self.ordering:
            raise exceptions.ValidationError(
                {"cursor": _("This cursor belongs to another ordering. Start from the first page.")}
            )
        return way, cursor

    def bad_cursor(self) -> exceptions.ValidationError:
        return exceptions.ValidationError(
            {"cursor": _("This cursor is not valid. Start from the first page.")}
        )

    def get_size(self, request: Request) -> int:
        text = request.query_params.get("page_size")
        if text is None:
            return self.default_size
        if len(text) > 3 or not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= self.max_size:
            raise exceptions.ValidationError(
                {"page_size": _("Choose a whole number from 1 to %(most)s.") % {"most": self.max_size}}
            )
        return int(text)

    def get_ordering(self, request: Request, view: Any) -> str:
        text = request.query_params.get("ordering")
        if text is None:
            return str(getattr(view, "ordering", None) or "-id")
        if text not in orderings_of(view):
            raise exceptions.ValidationError(
                {"ordering": _("Choose one of: %(choices)s.") % {"choices": ", ".join(orderings_of(view))}}
            )
        return text

    def link(self, way: str, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        text = base64.urlsafe_b64encode(f"{way}|{self.ordering}|{cursor}".encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), "cursor", text)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self.link(FORWARDS, self.slice.next),
                "previous": self.link(BACKWARDS, self.slice.previous),
                "results": data,
            }
        )

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
        sizes = {"type": "integer", "minimum": 1, "maximum": self.max_size, "default": self.default_size}
        orderings = {"type": "string", "enum": orderings_of(view)}
        return [
            parameter("cursor", "Where to go on; take it from `next` or `previous`.", {"type": "string"}),
            parameter("page_size", "Rows on a page.", sizes),
            parameter("ordering", "Sort order; a minus sorts downwards.", orderings),
        ]


def parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def orderings_of(view: Any) -> list[str]:
    names = list(getattr(view, "ordering_fields", ()) or ())
    if "id" not in names:
        names.append("id")
    return [sign + name for name in names for sign in ("", "-")]
