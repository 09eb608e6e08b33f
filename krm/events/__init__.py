"""What happened: audit trail, outbox, outgoing webhooks, notifications, live updates.

Rooms call `record` inside the transaction of a verb, `subscribe` to follow what lower rooms did, `enqueue` to
queue a task by name after commit and `notify` to tell people. It may import accounts, money and errors only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from krm.events.notifications import notify, register_kind
    from krm.events.queue import enqueue
    from krm.events.recording import record
    from krm.events.subscribing import subscribe

__all__ = ["enqueue", "notify", "record", "register_kind", "subscribe"]

_HOMES = {
    "enqueue": "krm.events.queue",
    "notify": "krm.events.notifications",
    "record": "krm.events.recording",
    "register_kind": "krm.events.notifications",
    "subscribe": "krm.events.subscribing",
}


def __getattr__(name: str) -> Any:
    """Load on first use: models may not be imported while the applications load."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(name)
