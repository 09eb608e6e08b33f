"""The agency's clients as discovery needs them, told by the room above: who they are to a person, and their rivals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Client:
    pk: int
    name: str
    rivals: tuple[str, ...] = ()  # names or handles of competitors


Provider = Callable[[Any], list[Client]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """`provider(user)`: the clients that the person may know of."""
    _providers[name] = provider


def of(user: Any) -> list[Client]:
    found = [client for name in sorted(_providers) for client in _providers[name](user)]
    return sorted(found, key=lambda client: (client.name.casefold(), client.pk))
