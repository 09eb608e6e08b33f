"""Keeps the migration chain quick.

While migrations run, Django rebuilds historical models tens of thousands of times. django-fsm connects a
`class_prepared` receiver for each state field of each of them and never lets go, so the time grows with the
square (measured 2026-11-22: 18.6 million receiver calls, over half of the chain). Historical models have no
transitions, so theirs are disconnected at once.
"""

from __future__ import annotations

from typing import Any

from django.db.models.signals import class_prepared
from django_fsm import FSMFieldMixin

_contribute = FSMFieldMixin.contribute_to_class


def _contribute_quietly(self: Any, cls: Any, name: str, private_only: bool = False, **kwargs: Any) -> None:
    _contribute(self, cls, name, private_only, **kwargs)
    if cls.__module__ == "__fake__":
        class_prepared.disconnect(self._collect_transitions)


def install() -> None:
    FSMFieldMixin.contribute_to_class = _contribute_quietly
