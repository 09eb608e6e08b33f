"""What the command palette finds: pages from the navigation, and objects from providers that rooms register."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    hint: str = ""
    icon: str = "arrow-right"


Provider = Callable[[Any, str], Iterable[Hit]]


@dataclass(frozen=True)
class Source:
    key: str
    label: Any
    find: Provider
    order: int
    areas: frozenset[str]


_sources: dict[str, Source] = {}


def register_provider(
    key: str, label: Any, find: Provider, *, order: int = 50, areas: Iterable[str] = ("staff",)
) -> None:
    """`find(user, term)` yields at most five `Hit`s, always from `visible_to(user)`."""
    _sources[key] = Source(key, label, find, order, frozenset(areas))


def register_model(
    key: str,
    label: Any,
    model: Any,
    fields: Iterable[str],
    *,
    icon: str = "arrow-right",
    hint: Callable[[Any], str] | None = None,
    order: int = 50,
    areas: Iterable[str] = ("staff",),
    perm: str | None = None,
    related: Iterable[str] = (),
    rows: Callable[[Any], Any] | None = None,
    url: Callable[[Any], str] | None = None,
    name: Callable[[Any], str] = str,
) -> None:
    """The usual provider: rows of `model` that the person may see, found by words in `fields`.

    `perm` hides the whole group from those who lack it; `related` is fetched along for `name` and `hint`; `rows`
    narrows what is visible; `url` leads to the page of another area than staff.
    """
    from django.db.models import Q

    from krm.accounts.permissions import allowed

    names, joined = list(fields), list(related)

    def find(user: Any, term: str) -> Iterable[Hit]:
        if perm and not allowed(user, perm):
            return
        found = model.objects.visible_to(user)
        found = rows(found) if rows else found
        for word in term.split()[:5]:
            any_field = Q()
            for field in names:
                any_field |= Q(**{f"{field}__icontains": word})
            found = found.filter(any_field)
        for row in found.select_related(*joined).order_by("-pk")[:5] if joined else found.order_by("-pk")[:5]:
            yield Hit(name(row), url(row) if url else row.get_absolute_url(), hint(row) if hint else "", icon)

    register_provider(key, label, find, order=order, areas=areas)


def search(user: Any, area: str, term: str) -> list[tuple[Any, list[Hit]]]:
    groups = []
    for source in sorted(_sources.values(), key=lambda source: (source.order, source.key)):
        if area not in source.areas:
            continue
        hits = list(source.find(user, term))[:5]
        if hits:
            groups.append((source.label, hits))
    return groups
