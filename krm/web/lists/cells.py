"""One cell of a list as HTML. Plain functions: fifty rows of ten cells are too many for template tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from krm.web import format
from krm.web.furniture import avatar, badge, icon, progress, sparkline
from krm.web.lists.columns import Column, listed, state_label
from krm.web.markup import escape, joined, markup

DASH = markup('<span class="none">{}</span>', format.NONE)


def _tags(column: Column, row: Any, value: Any) -> str:
    parts = listed(value)
    shown = joined('<span class="tag">{}</span>', ((str(part),) for part in parts[:2]))
    if len(parts) > 2:
        shown += markup(
            '<span class="tag tag-more" title="{}">+{}</span>', ", ".join(map(str, parts[2:])), len(parts) - 2
        )
    return markup('<span class="tags">{}</span>', shown) if parts else DASH


def _bool(column: Column, row: Any, value: Any) -> str:
    if not value:
        return markup('<span class="none" aria-label="{}">{}</span>', _("No"), format.NONE)
    return markup(
        '<span class="yes">{}<span class="visually-hidden">{}</span></span>', icon("check"), _("Yes")
    )


def _when(value: Any, text: str) -> str:
    if not isinstance(value, date | datetime):
        return escape(text)
    return markup('<time datetime="{}" title="{}">{}</time>', value.isoformat(), format.moment(value), text)


_KINDS: dict[str, Callable[[Column, Any, Any], str]] = {
    "count": lambda c, r, v: markup('<span title="{}">{}</span>', format.number(v), format.count(v)),
    "number": lambda c, r, v: format.number(v),
    "money": lambda c, r, v: format.money(v, c.currency_of(r)),
    "percent": lambda c, r, v: format.percent(v),
    "date": lambda c, r, v: _when(v, format.day(v)),
    "datetime": lambda c, r, v: _when(v, format.moment(v)),
    "ago": lambda c, r, v: _when(v, format.ago(v)),
    "badge": lambda c, r, v: markup('<span class="tag">{}</span>', str(v)),
    "state": lambda c, r, v: badge(str(v), state_label(r, v)),
    "sparkline": lambda c, r, v: sparkline(v),
    "tags": _tags,
    "avatar": lambda c, r, v: avatar(str(v)),
    "bool": _bool,
    "progress": lambda c, r, v: progress(v, 1),
    "html": lambda c, r, v: escape(v),
}


def cell(column: Column, row: Any) -> SafeString:
    value = column.of(row)
    if value is None or value == "":
        inner: Any = _bool(column, row, value) if column.kind == "bool" else DASH
        if column.link is not None and column.kind == "text":
            inner = _("(no name)")
    else:
        render = _KINDS.get(column.kind)
        inner = render(column, row, value) if render else str(value)
    url = column.link_of(row)
    if url:
        inner = markup('<a class="row-link" href="{}">{}</a>', url, inner)
    if column.sub is not None:
        under = column.sub_of(row)
        if under not in (None, ""):
            inner = markup('{}<span class="cell-sub">{}</span>', inner, under)
    return SafeString(escape(inner))
