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
    when: Callable[[], bool] | None = None  # asked once a batch: False spares a delivery row an event

    def wants(self, event_name: str) -> bool:
        return any(fnmatch.fnmatchcase(event_name, pattern) for pattern in self.patterns)


_subscribers: dict[str, Subscriber] = {}


def subscribe(
    *patterns: str, name: str, when: Callable[[], bool] | None = None
) -> Callable[[Handler], Handler]:
    """Register a handler for events whose name matches a pattern ("campaigns.*"). It may be called twice."""

    def register(handler: Handler) -> Handler:
        known = _subscribers.get(name)
        if known is not None and known.handler.__module__ != handler.__module__:
            raise ValueError(f"two subscribers are called {name!r}")
        _subscribers[name] = Subscriber(name, patterns, handler, when)
        return handler

    return register


def listening() -> list[Subscriber]:
    """The subscribers that want anything at all just now."""
    return [s for s in _subscribers.values() if s.when is None or s.when()]


def subscriber(name: str) -> Subscriber | None:
    return _subscribers.get(name)
