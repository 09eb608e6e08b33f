"""Finding creators: one way to search and filter, shared by page, API and export."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Creator, CreatorStatus, Platform, Tag, Tier


def search(queryset: models.QuerySet[Any], term: str) -> models.QuerySet[Any]:
    """Every word must be part of the name or a handle; served by the trigram index on `search_text`."""
    for word in term.lower().replace("\x00", "").split()[:8]:
        queryset = queryset.filter(search_text__contains=word.lstrip("@"))
    return queryset


def _tags(request: Any) -> models.QuerySet[Tag]:
    return Tag.objects.all()


class CreatorFilter(df.FilterSet):
    platform = df.ChoiceFilter(label=_("Platform"), choices=Platform.choices, method="on_platform")
    tier = df.ModelChoiceFilter(label=_("Tier"), queryset=Tier.objects.all())
    followers = df.NumericRangeFilter(label=_("Followers"), field_name="followers")
    engagement = df.NumericRangeFilter(label=_("Engagement, %"), method="in_percent")
    authenticity = df.NumericRangeFilter(label=_("Authenticity"), field_name="authenticity")
    category = df.CharFilter(label=_("Category"), method="in_category")
    country = df.CharFilter(label=_("Country code"), method="in_country")
    tag = df.ModelChoiceFilter(label=_("Tag"), queryset=_tags, method="with_tag")
    status = df.ChoiceFilter(label=_("Status"), choices=CreatorStatus.choices)

    class Meta:
        model = Creator
        fields: list[str] = []

    def on_platform(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(platforms__contains=[value])

    def in_percent(self, queryset: Any, name: str, value: slice) -> Any:
        if value.start is not None:
            queryset = queryset.filter(engagement_rate__gte=float(value.start) / 100)
        if value.stop is not None:
            queryset = queryset.filter(engagement_rate__lte=float(value.stop) / 100)
        return queryset

    def in_category(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(categories__contains=[value.strip()])

    def in_country(self, queryset: Any, name: str, value: str) -> Any:
        from creators.importing.countries import code_of

        return queryset.filter(country=code_of(value) or value.upper()[:2])

    def with_tag(self, queryset: Any, name: str, value: Tag) -> Any:
        return queryset.filter(pk__in=models.Subquery(value.creator_links.values("creator_id")))


def listed(queryset: models.QuerySet[Creator]) -> models.QuerySet[Creator]:
    """Rows of a list: no join but the tier's name, tags in one further query."""
    return queryset.select_related("tier").prefetch_related("tags").defer("bio", "search_text")
