"""Finding creators: one way to search and filter, shared by page, API and export."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.custom.filters import add_filters
from creators.models import Creator, CreatorStatus, Platform, Segment, Tag, Tier

FEW = 1_000
LIKE_FROM = 4  # letters; a shorter word resembles half the names


def search(queryset: models.QuerySet[Any], term: str) -> models.QuerySet[Any]:
    """Every word must be part of the name or a handle; where nobody is found, of one that resembles it.

    Both are served by the trigram index on `search_text`. Few hits are found first and sorted then: left to itself
    the database may walk the whole order of the list (100,000 rows) in the hope to meet fifty of them soon. Many
    hits are met soon indeed.
    """
    words = [word for word in (w.lstrip("@") for w in term.lower().replace("\x00", "").split()[:8]) if word]
    strict = queryset
    for word in words:
        strict = strict.filter(search_text__contains=word)
    hits = _first(strict)
    if not hits and words and all(len(word) >= LIKE_FROM for word in words):
        alike = queryset
        for word in words:
            alike = alike.filter(search_text__trigram_word_similar=word)
        hits = _first(alike)
        strict = alike if hits else strict
    return strict if len(hits) > FEW else queryset.filter(pk__in=hits)


def _first(queryset: models.QuerySet[Any]) -> list[int]:
    return list(queryset.order_by().values_list("pk", flat=True)[: FEW + 1])


def _segments(request: Any) -> models.QuerySet[Segment]:
    user = getattr(request, "user", None)
    return Segment.objects.visible_to(user) if user is not None else Segment.objects.none()


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
    segment = df.ModelChoiceFilter(label=_("Segment"), queryset=_segments, method="in_segment")
    status = df.ChoiceFilter(label=_("Status"), choices=CreatorStatus.choices)

    class Meta:
        model = Creator
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        add_filters(self)

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

    def in_segment(self, queryset: Any, name: str, value: Segment) -> Any:
        from creators.finding.segments import creators_in

        return queryset.filter(pk__in=creators_in(value, self.request.user).order_by().values("pk"))


def offered(queryset: Any, status: str) -> Any:
    """Who a list shows: those at work, unless a status is asked for; never a record merged away."""
    return queryset.filter(merged_into=None) if status in CreatorStatus.values else queryset.live()


def listed(queryset: models.QuerySet[Creator]) -> models.QuerySet[Creator]:
    """Rows of a list: no join but the tier's name, tags in one further query."""
    return queryset.select_related("tier").prefetch_related("tags").defer("bio", "search_text")
