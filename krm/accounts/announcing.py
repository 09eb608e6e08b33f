"""How this package tells what happened without knowing who listens: `krm.events` stands above it and registers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

_listeners: list[Callable[..., Any]] = []


def on_announcement(listener: Callable[..., Any]) -> None:
    """`listener(name, subject, actor=…, data=…)` is called inside the verb's transaction."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(
    name: str, subject: models.Model, *, actor: Any = None, data: dict[str, Any] | None = None
) -> None:
    for listener in _listeners:
        listener(name, subject, actor=actor, data=data or {})
