"""Segments: filters under a name. Their members are whoever matches when somebody looks."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from creators.finding import filters
from creators.finding.search import Search, plain
from creators.models import Creator, DiscoveryRow, Segment
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.events import record

PLAIN = ("q", "about", "not", "segment", "not_segment")


def accepted(params: Any, user: User) -> dict[str, list[str]]:
    """Only filters; each must mean something."""
    given = plain(params)
    search = Search(given, user)
    names = {name for one in filters.all_filters(search.known) for name in one.names}
    kept = {
        name: values for name, values in given.items() if name in PLAIN or name.removeprefix("not_") in names
    }
    if not kept:
        raise ValidationError(
            {"filters": _("Set at least one filter first: a segment of everybody is the whole list.")}
        )
    found = Search(kept, user)
    _walk(found)
    if found.errors:
        raise ValidationError({"filters": [f"{name}: {text}" for name, text in sorted(found.errors.items())]})
    return kept


def _walk(search: Search) -> None:
    search.condition  # noqa: B018  reading it finds the errors


def create(*, by: User, name: str, filters: Any, shared: bool = False, description: str = "") -> Segment:
    check(by, "creators.segment")
    title = _title(name)
    kept = accepted(filters, by)
    with transaction.atomic():
        try:
            with transaction.atomic():
                segment = Segment.objects.create(
                    owner=by, name=title, filters=kept, shared=shared, description=description.strip()[:300]
                )
        except IntegrityError:
            raise ValidationError({"name": _("You have a segment of this name already.")}) from None
        record(
            "creators.segment_created", segment, actor=by, data={"segment_id": segment.pk, "shared": shared}
        )
    return segment


def update(segment: Segment, *, by: User, **changes: Any) -> Segment:
    """`name`, `description`, `shared`, `filters`; its owner or an administrator."""
    check(by, "creators.change_segment", segment)
    unknown = set(changes) - {"name", "description", "shared", "filters"}
    if unknown:
        raise ValidationError({name: _("There is no such field.") for name in unknown})
    with transaction.atomic():
        held = Segment.objects.select_for_update().get(pk=segment.pk)
        if "name" in changes:
            held.name = _title(changes["name"])
        if "description" in changes:
            held.description = str(changes["description"]).strip()[:300]
        if "shared" in changes:
            held.shared = bool(changes["shared"])
        if "filters" in changes:
            held.filters = accepted(changes["filters"], by)
            if held.pk in _within(held.filters, set()):
                raise ValidationError({"filters": _("A segment cannot be built on itself.")})
        try:
            with transaction.atomic():
                held.save()
        except IntegrityError:
            raise ValidationError({"name": _("You have a segment of this name already.")}) from None
        record(
            "creators.segment_changed",
            held,
            actor=by,
            data={"segment_id": held.pk, "fields": sorted(changes)},
        )
    return held


def delete(segment: Segment, *, by: User) -> None:
    check(by, "creators.change_segment", segment)
    with transaction.atomic():
        record(
            "creators.segment_deleted",
            segment,
            actor=by,
            data={"segment_id": segment.pk, "name": segment.name},
        )
        segment.delete()


def _title(name: str) -> str:
    title = " ".join(str(name).replace("\x00", "").split())[:80]
    if not title:
        raise ValidationError({"name": _("Enter a name.")})
    return title


def _within(given: dict[str, list[str]], seen: set[int]) -> set[int]:
    """Segments that these filters are built on, and those that they are built on."""
    for word in [*given.get("segment", []), *given.get("not_segment", [])]:
        if word.isdigit() and int(word) not in seen:
            seen.add(int(word))
            inner = Segment.objects.filter(pk=int(word)).first()
            if inner is not None:
                _within(inner.filters, seen)
    return seen


def search_of(segment: Segment, user: User) -> Search:
    """As this person sees it: a filter that names what they may not know of matches nobody."""
    return Search(segment.filters, user)


def members(segment: Segment, user: User) -> QuerySet[DiscoveryRow]:
    return search_of(segment, user).queryset


def creators_in(segment: Segment, user: User) -> QuerySet[Creator]:
    """The creators behind its accounts: for lists of creators elsewhere."""
    inside = members(segment, user).filter(creator__isnull=False).order_by().values("creator")
    return Creator.objects.visible_to(user).filter(Q(pk__in=inside))
