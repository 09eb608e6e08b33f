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
) -> None:
    """The usual provider: rows of `model` that the person may see, found by words in `fields`."""
    from django.db.models import Q

    names = list(fields)

    def find(user: Any, term: str) -> Iterable[Hit]:
        rows = model.objects.visible_to(user)
        for word in term.split()[:5]:
            any_field = Q()
            for name in names:
                any_field |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(any_field)
        for row in rows.order_by("-pk")[:5]:
            yield Hit(str(row), row.get_absolute_url(), hint(row) if hint else "", icon)

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
