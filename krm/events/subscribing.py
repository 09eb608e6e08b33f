"""Who follows which event. Rooms register in their `subscribers.py`, which is found by itself."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from dataclasses import dataclass

from krm.events.models import Event

Handler = Callable[[Event], None]


@dataclass(frozen=True)
class Subscriber:
    name: str
    patterns: tuple[str, ...]
    handler: Handler

    def wants(self, event_name: str) -> bool:
        return any(fnmatch.fnmatchcase(event_name, pattern) for pattern in self.patterns)


_subscribers: dict[str, Subscriber] = {}


def subscribe(*patterns: str, name: str) -> Callable[[Handler], Handler]:
    """Register a handler for events whose name matches a pattern ("campaigns.*"). It may be called twice."""

    def register(handler: Handler) -> Handler:
        known = _subscribers.get(name)
        if known is not None and known.handler.__module__ != handler.__module__:
            raise ValueError(f"two subscribers are called {name!r}")
        _subscribers[name] = Subscriber(name, patterns, handler)
        return handler

    return register


def subscribers_of(event_name: str) -> list[Subscriber]:
    return [s for s in _subscribers.values() if s.wants(event_name)]


def subscriber(name: str) -> Subscriber | None:
    return _subscribers.get(name)
