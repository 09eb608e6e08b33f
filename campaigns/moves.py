"""Small helpers of every verb: lock a row, move a state machine, refuse in words."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from krm.errors import Conflict

M = TypeVar("M", bound=models.Model)


def lock(obj: M) -> M:
    """The newest version of the row, held until the transaction ends."""
    manager = type(obj)._base_manager
    return manager.select_for_update(no_key=True, of=("self",)).get(pk=obj.pk)  # type: ignore[return-value]


def reason_given(reason: str) -> str:
    """A reason that goes into the history; without one nothing happens."""
    reason = reason.strip()[:240]
    if not reason:
        raise ValidationError({"reason": _("Say why; the reason stays in the history.")})
    return reason


def move(obj: Any, name: str) -> None:
    """Run a transition; a refusal names the present state, the wanted one and what it needs."""
    method = getattr(obj, name)
    try:
        method()
    except TransitionNotAllowed as error:
        labels = {str(value): str(label) for value, label in type(obj).State.choices}
        transitions = method._django_fsm.transitions
        target = next((t.target for t in transitions.values()), "")
        needed = ", ".join(f"“{labels.get(source, source)}”" for source in transitions)
        raise Conflict(
            _("%(what)s is “%(now)s”. To become “%(target)s” it must be %(needed)s; load the page again.")
            % {
                "what": obj._meta.verbose_name.capitalize(),
                "now": labels.get(obj.state, obj.state),
                "target": labels.get(target, target),
                "needed": needed,
            }
        ) from error
