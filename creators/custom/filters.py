"""One filter a custom field, for the list of creators, segments and API: `custom_<key>`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import django_filters as df
from django.db import models
from django.db.models import F, Func, Value
from django.utils.translation import gettext_lazy as _

from creators.custom.fields import PREFIX, live_fields
from creators.models import CustomField, FieldKind


class _Holds(Func):
    """Whether a JSON path predicate holds; NULL where the value is missing or of another kind."""

    template = "(%(expressions)s::jsonpath)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


def filters_of(fields: list[CustomField], column: str = "custom") -> dict[str, df.Filter]:
    """`column` is the lookup from the listed model to `Creator.custom`."""
    return {PREFIX + field.key: _filter(field, column) for field in fields if field.filterable}


def add_filters(filterset: Any, column: str = "custom") -> None:
    """Call at the end of a FilterSet's `__init__`: its filters gain those of the live custom fields."""
    for name, item in filters_of(fields_for(filterset.request), column).items():
        item.parent, item.model = filterset, filterset._meta.model
        filterset.filters[name] = item


def fields_for(request: Any) -> list[CustomField]:
    """The live fields, read once a request."""
    if request is None:
        return live_fields()
    found: list[CustomField] | None = getattr(request, "_custom_fields", None)
    if found is None:
        found = live_fields()
        request._custom_fields = found
    return found


def _filter(field: CustomField, column: str) -> df.Filter:
    key, label = field.key, field.label
    match field.kind:
        case FieldKind.NUMBER:
            return df.NumericRangeFilter(label=label, method=_ranged(key, column))
        case FieldKind.DATE:
            return df.DateFromToRangeFilter(label=label, method=_dated(key, column))
        case FieldKind.BOOLEAN:
            return df.ChoiceFilter(
                label=label, choices=[("yes", _("yes")), ("no", _("no"))], method=_answered(key, column)
            )
        case FieldKind.CHOICE:
            return df.MultipleChoiceFilter(
                label=label, choices=[(o, o) for o in field.options], method=_chosen(key, column, many=False)
            )
        case FieldKind.CHOICES:
            return df.MultipleChoiceFilter(
                label=label, choices=[(o, o) for o in field.options], method=_chosen(key, column, many=True)
            )
        case _:
            return df.CharFilter(label=label, method=_worded(key, column))


def _ranged(key: str, column: str) -> Any:
    def apply(queryset: Any, name: str, value: slice) -> Any:
        for sign, bound in ((">=", value.start), ("<=", value.stop)):
            if bound is not None:
                path = f"$.{key} {sign} {Decimal(str(bound)):f}"
                queryset = queryset.filter(_Holds(F(column), Value(path)))
        return queryset

    return apply


def _dated(key: str, column: str) -> Any:
    def day(value: Any) -> date | None:
        return value.date() if hasattr(value, "date") else value

    def apply(queryset: Any, name: str, value: slice) -> Any:
        low, high = day(value.start), day(value.stop)
        rows = queryset.filter(**{f"{column}__has_key": key})
        if low is not None:  # days are kept as 2026-01-31, which sorts as text
            rows = rows.filter(**{f"{column}__{key}__gte": low.isoformat()})
        if high is not None:
            rows = rows.filter(**{f"{column}__{key}__lte": high.isoformat()})
        return rows

    return apply


def _answered(key: str, column: str) -> Any:
    def apply(queryset: Any, name: str, value: str) -> Any:
        yes = queryset.filter(**{f"{column}__contains": {key: True}})
        if value == "yes":
            return yes
        return queryset.filter(**{f"{column}__contains": {key: False}})

    return apply


def _chosen(key: str, column: str, *, many: bool) -> Any:
    def apply(queryset: Any, name: str, value: list[str]) -> Any:
        if not value:
            return queryset
        wanted = models.Q()
        for option in value:
            wanted |= models.Q(**{f"{column}__contains": {key: [option] if many else option}})
        return queryset.filter(wanted)

    return apply


def _worded(key: str, column: str) -> Any:
    def apply(queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(**{f"{column}__{key}__icontains": value.strip()})

    return apply
