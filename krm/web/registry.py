"""An ordered registry; registering a key twice replaces it, so module reloads are harmless."""

from __future__ import annotations

from collections import defaultdict
from typing import Generic, Protocol, TypeVar


class Entry(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def order(self) -> int: ...


T = TypeVar("T", bound=Entry)


class Registry(Generic[T]):
    def __init__(self) -> None:
        self._places: dict[str, dict[str, T]] = defaultdict(dict)

    def add(self, place: str, entry: T) -> T:
        self._places[place][entry.key] = entry
        return entry

    def get(self, place: str) -> list[T]:
        return sorted(self._places.get(place, {}).values(), key=lambda entry: (entry.order, entry.key))

    def places(self) -> list[str]:
        return sorted(self._places)
