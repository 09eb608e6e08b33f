"""What follows a creator when two records become one.

Every row that points at a creator moves, in whatever room: the models say which. A room registers a mover to name its
rows for people and to say what a collision means; without one, a row that cannot move stays with the merged record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from creators.models import Creator, DuplicatePair, MergeRecord

NEVER = (Creator, DuplicatePair, MergeRecord)


@dataclass(frozen=True)
class Mover:
    model: str  # "app.Model"
    label: Any  # plural, for people
    # Called with a row that cannot move, and the creator that is kept: (refuse the merge?, why, in a sentence)
    collision: Callable[[Any, Creator], tuple[bool, Any]] | None = None
    order: int = 50


_movers: dict[str, Mover] = {}


def register_mover(
    model: str,
    *,
    label: Any,
    collision: Callable[[Any, Creator], tuple[bool, Any]] | None = None,
    order: int = 50,
) -> None:
    """Name the rows of `model` ("campaigns.Partnership") and say what a collision means."""
    _movers[model.lower()] = Mover(model, label, collision, order)


@dataclass(frozen=True)
class Pointer:
    """One column that names a creator."""

    model: type[models.Model]
    field: str
    mover: Mover

    @property
    def name(self) -> str:
        return str(self.model._meta.label)


def pointers() -> Iterator[Pointer]:
    """Every foreign key to a creator, of every room, in the order people expect."""
    found = []
    for relation in Creator._meta.related_objects:
        model: Any = relation.related_model
        if model in NEVER or issubclass(model, pghistory.models.Event):
            continue
        if relation.many_to_many or not isinstance(relation.field, models.ForeignKey):
            continue
        mover = _movers.get(model._meta.label_lower) or Mover(
            model._meta.label, model._meta.verbose_name_plural
        )
        found.append(Pointer(model, relation.field.name, mover))
    yield from sorted(found, key=lambda p: (p.mover.order, p.name, p.field))


def pointer_of(label: str, field: str) -> Pointer:
    model = apps.get_model(label)
    return next(p for p in pointers() if p.model is model and p.field == field)


register_mover("creators.SocialAccount", label=_("Accounts with their posts, figures and scores"), order=10)
register_mover("creators.CreatorAccess", label=_("Portal access"), order=15)
register_mover("creators.RateCard", label=_("Rates"), order=20)
register_mover("creators.Note", label=_("Notes"), order=25)
register_mover("creators.CreatorFile", label=_("Files"), order=30)
register_mover("creators.CreatorTag", label=_("Tags"), order=35)
register_mover("creators.CreatorTask", label=_("Tasks"), order=40)
