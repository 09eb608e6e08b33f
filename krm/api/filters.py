"""django-filter for the API: a parameter that means nothing is an error, not silence."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.forms import NullBooleanField
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
        wrong: dict[str, Any] = {}
        filterset_class = self.get_filterset_class(view, queryset)
        if filterset_class is not None:
            filterset = filterset_class(None, queryset=queryset, request=request)
            for name, field in filterset.form.fields.items():
                suffixes = getattr(field.widget, "suffixes", None)
                names = (
                    {f"{name}_{suffix}" if suffix else name for suffix in suffixes} if suffixes else {name}
                )
                known |= names
                for given in names & set(request.query_params):
                    text = request.query_params[given]
                    if text == "":
                        wrong[given] = _("Give a value, or leave the parameter out.")
                    elif isinstance(field, NullBooleanField) and text.lower() not in ("true", "false"):
                        wrong[given] = _("Write true or false.")
        unknown = set(request.query_params) - known
        text = _("There is no such parameter. Known: %(names)s.") % {"names": ", ".join(sorted(known))}
        wrong |= dict.fromkeys(sorted(unknown), text)
        if wrong:
            raise exceptions.ValidationError(wrong)
