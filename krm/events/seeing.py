"""Which subjects of events a viewer may see: the same `visible_to` as everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import QuerySet

from krm.events.models import Event


def visible_subjects(user: Any, subjects: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of (subject type, id) that `user` may see: one query a type. Unknown types are seen by nobody."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for label, pk in subjects:
        wanted[label].add(pk)
    seen: set[tuple[str, int]] = set()
    for label, pks in wanted.items():
        try:
            manager: Any = apps.get_model(label)._default_manager
        except (LookupError, ValueError):
            continue
        if hasattr(manager, "visible_to"):
            found = manager.visible_to(user).filter(pk__in=pks).values_list("pk", flat=True)
            seen |= {(label, pk) for pk in found}
    return seen


def events_of(user: Any, subject_type: str, subject_id: int) -> QuerySet[Event]:
    """Events of one subject, none if the user may not see it."""
    if (subject_type, subject_id) not in visible_subjects(user, [(subject_type, subject_id)]):
        return Event.objects.none()
    return Event.objects.filter(subject_type=subject_type, subject_id=subject_id)
