"""What people decide about flags: confirm, dismiss with a reason, escalate, open again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import TransitionNotAllowed

from creators.models import FlagState, SafetyFlag, Severity
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import enqueue, notify, record
from krm.events.texts import Text

DECISIONS = ("confirm", "dismiss", "escalate", "reopen")


def confirm(flag: SafetyFlag, *, by: User, reason: str = "", severity: str = "") -> SafetyFlag:
    """It is what it says; with another severity where the reviewer sees it otherwise."""
    if severity and severity not in Severity.values:
        raise ValidationError({"severity": _("Choose one of the severities.")})
    return _decide(flag, "confirm", by, reason, severity)


def dismiss(flag: SafetyFlag, *, by: User, reason: str) -> SafetyFlag:
    """It is not; the reason is kept for whoever asks later."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why this is no concern.")})
    return _decide(flag, "dismiss", by, reason)


def escalate(flag: SafetyFlag, *, by: User, reason: str = "") -> SafetyFlag:
    """Somebody more senior should look: campaign managers are told."""
    return _decide(flag, "escalate", by, reason)


def reopen(flag: SafetyFlag, *, by: User) -> SafetyFlag:
    return _decide(flag, "reopen", by, "")


def decide_many(flags: QuerySet[Any], decision: str, *, by: User, reason: str = "") -> int:
    """The same decision on many flags; those already decided that way or another stay as they are."""
    check(by, "creators.safety_review")
    if decision not in DECISIONS:
        raise ValidationError({"decision": _("Choose what to do.")})
    if decision == "dismiss" and not reason.strip():
        raise ValidationError({"reason": _("Say why these are no concern.")})
    count, accounts = 0, set()
    with transaction.atomic():
        for flag in SafetyFlag.objects.select_for_update().filter(pk__in=flags.values("pk")).order_by("pk"):
            if _move(flag, decision, by, reason):
                count += 1
                accounts.add(flag.account_id)
        if accounts:
            enqueue("creators.score_accounts", sorted(accounts))
    return count


def _decide(flag: SafetyFlag, decision: str, by: User, reason: str, severity: str = "") -> SafetyFlag:
    check(by, "creators.safety_review", flag)
    with transaction.atomic():
        held = SafetyFlag.objects.select_for_update().get(pk=flag.pk)
        if not _move(held, decision, by, reason, severity):
            raise Conflict(
                _("This flag is “%(state)s” and cannot be changed that way. Open it again first.")
                % {"state": held.get_state_display()}
            )
        enqueue("creators.score_accounts", [held.account_id])
    return held


def _move(flag: SafetyFlag, decision: str, by: User, reason: str, severity: str = "") -> bool:
    moves: dict[str, Callable[[], None]] = {
        "confirm": flag.confirm, "dismiss": flag.dismiss, "escalate": flag.escalate, "reopen": flag.reopen,
    }  # fmt: skip
    try:
        moves[decision]()
    except TransitionNotAllowed:
        return False
    flag.reason = reason.strip()
    flag.decided_by, flag.decided_at = (None, None) if decision == "reopen" else (by, now())
    if severity:
        flag.severity = severity
    flag.save(update_fields=["state", "reason", "decided_by", "decided_at", "severity", "updated_at"])
    names = {
        "confirm": "creators.safety_confirmed", "dismiss": "creators.safety_dismissed",
        "escalate": "creators.safety_escalated", "reopen": "creators.safety_reopened",
    }  # fmt: skip
    record(
        names[decision], flag, actor=by,
        data={"flag_id": flag.pk, "account_id": flag.account_id, "category": flag.category, "severity": flag.severity},
    )  # fmt: skip
    if decision == "escalate":
        _tell_seniors(flag, by)
    return True


def _tell_seniors(flag: SafetyFlag, by: User) -> None:
    from django.urls import reverse

    account = flag.account
    owner = account.creator.owner if account.creator and account.creator.owner_id else None
    people: Sequence[Any] = (
        [owner] if owner else list(User.objects.filter(role="administrator", is_active=True)[:20])
    )
    notify(
        "creators.safety", [user for user in people if user.pk != by.pk], flag,
        title=Text(gettext_lazy("Safety flag escalated: %(who)s"), who=account.creator or account),
        text=str(flag), url=reverse("creators:safety_flag", args=[flag.pk]), key=f"safety-escalated-{flag.pk}",
    )  # fmt: skip


def queue(user: User) -> QuerySet[SafetyFlag]:
    """What waits for a person, worst first."""
    return SafetyFlag.objects.visible_to(user).filter(
        is_current=True, state__in=[FlagState.OPEN, FlagState.ESCALATED]
    )
