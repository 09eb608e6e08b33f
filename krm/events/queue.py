"""Queue a task by its name, after commit: `krm.queueing`, under the name that rooms know."""

from __future__ import annotations

from krm.queueing import enqueue

__all__ = ["enqueue"]
