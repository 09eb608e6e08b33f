"""django-filter for the API: a parameter that means nothing is an error, not silence."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions
from rest_framework.request import Request

PAGING = frozenset({"cursor", "page_size", "ordering"})


class FilterBackend(DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        self.refuse_unknown(request, queryset, view)
        return super().filter_queryset(request, queryset, view)

    def refuse_unknown(self, request: Request, queryset: QuerySet[Any], view: Any) -> None:
        """A misspelt filter that is ignored returns everybody; say so instead."""
        if getattr(view, "action", None) != "list":
            return
        known = set(PAGING)
        filterset_class = self.get_filterset_class(view, queryset)
        if filterset_class is not None:
            filterset = filterset_class(None, queryset=queryset, request=request)
            for name, field in filterset.form.fields.items():
                suffixes = getattr(field.widget, "suffixes", None)
                known |= {f"{name}_{suffix}" if suffix else name for suffix in suffixes} if suffixes else {name}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            text = _("There is no such parameter. Known: %(names)s.") % {"names": ", ".join(sorted(known))}
            raise exceptions.ValidationError({name: text for name in unknown})
