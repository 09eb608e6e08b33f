"""Filters that are on, as chips in words, each with the address that takes it off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from krm.web import format


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    url: str
    error: str = ""


def chips_for(filterset: Any, params: QueryDict, path: str) -> list[Chip]:
    form = filterset.form
    form.is_valid()
    chips = []
    for name, field in form.fields.items():
        names = _names_of(name, field, params)
        if not any(params.getlist(n) for n in names):
            continue
        errors = form.errors.get(name)
        value = form.cleaned_data.get(name) if not errors else None
        text = " ".join(params.get(n, "") for n in names) if errors else words(field, value)
        if not text and not errors:
            continue
        kept = params.copy()
        for n in names:
            kept.pop(n, None)
        kept.pop("view", None)
        query = kept.urlencode()
        label = str(field.label or name.replace("_", " ").capitalize())
        chips.append(Chip(label, text, f"{path}?{query}" if query else path, " ".join(errors or [])))
    return chips


def _names_of(name: str, field: Any, params: QueryDict) -> list[str]:
    suffixes = getattr(field.widget, "suffixes", None)
    if suffixes:
        return [f"{name}_{suffix}" if suffix else name for suffix in suffixes]
    if hasattr(field.widget, "widgets_names"):
        return [name + suffix for suffix in field.widget.widgets_names]
    return [name]


def words(field: Any, value: Any) -> str:
    """A filter's value as a person would say it."""
    if value in (None, "", []) or (isinstance(value, QuerySet) and not value):
        return ""
    if isinstance(value, slice):
        low, high = _scalar(value.start), _scalar(value.stop)
        if low and high:
            return f"{low} – {high}"
        return _("from %(low)s") % {"low": low} if low else _("to %(high)s") % {"high": high}
    if isinstance(value, list | tuple | QuerySet | set):
        return ", ".join(_choice(field, part) for part in value)
    return _choice(field, value)


def _choice(field: Any, value: Any) -> str:
    if not isinstance(value, Model):
        for key, label in getattr(field, "choices", None) or ():
            if isinstance(label, list | tuple):
                for inner, inner_label in label:
                    if str(inner) == str(value):
                        return str(inner_label)
            elif str(key) == str(value):
                return str(label)
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return format.moment(value)
    if isinstance(value, date):
        return format.day(value)
    if isinstance(value, int | float | Decimal):
        return format.number(value)
    return str(value)
