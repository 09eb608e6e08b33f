"""The connectors as an administrator sees them: set up or not, budgets, queue, errors, and the two things to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from creators.models import AccountSchedule
from creators.platforms.base import Paid
from creators.platforms.config import Program, stored
from creators.platforms.registry import PROGRAMS, VENDORS, plan_of
from creators.pulling.session import PlatformSession
from krm.accounts.permissions import check
from krm.connectors import archive, budgets, credentials, http, spending
from krm.connectors.credentials import SECRETS, Tokens
from krm.connectors.models import (
    Application,
    Credential,
    CredentialStatus,
    InboundEvent,
    OutcomeCount,
    Purpose,
)
from krm.connectors.outcomes import Failed, Kind
from krm.errors import Conflict

ERROR_DAYS = 7
FLAVOURED = {("tiktok", "business"): "tiktok_business", ("instagram", "login"): "instagram_login"}
CHECK_SECONDS = 8.0


@dataclass(frozen=True)
class Queue:
    waiting: int  # due and not yet taken
    running: int
    paused: int
    total: int
    next_due: datetime | None


@dataclass(frozen=True)
class ErrorLine:
    kind: str
    count: int
    reason: str
    last_at: datetime


@dataclass(frozen=True)
class Shown:
    """One registration with everything its card says."""

    program: Program
    application: Application | None
    ready: bool
    sandbox: bool
    host: str
    budgets: list[budgets.Reading] | None  # None: Redis can't be reached
    money: spending.Spent | None  # where the platform sells its answers
    queue: Queue | None
    errors: list[ErrorLine]
    calls: int
    consents: Mapping[str, int]
    lost: Credential | None = None  # the agency's own token, where the platform refuses it


def overview(now: datetime | None = None) -> list[Shown]:
    now = now or timezone.now()
    applications = {a.platform: a for a in Application.objects.all()}
    queues = _queues(now)
    errors, calls = _outcomes(now)
    consents: dict[str, dict[str, int]] = {}
    for platform, flavour, status, number in (
        Credential.objects.filter(purpose=Purpose.ACCOUNT)
        .values_list("platform", "flavour", "status")
        .annotate(number=Count("pk"))
    ):
        key = FLAVOURED.get((platform, flavour), platform)
        by_status = consents.setdefault(key, {})
        by_status[status] = by_status.get(status, 0) + number
    refused = (CredentialStatus.REVOKED, CredentialStatus.EXPIRED)
    lost = {c.platform: c for c in Credential.objects.filter(purpose=Purpose.AGENCY, status__in=refused)}
    shown = []
    for key, program in PROGRAMS.items():
        application = applications.get(key)
        plan = plan_of(program)
        main = not program.optional
        counted = main or program.connector in VENDORS
        host = settings.PLATFORM_URLS[program.address]
        shown.append(
            Shown(
                program=program,
                application=application,
                ready=plan.ready(application) if main else bool(application and application.enabled),
                sandbox=bool(settings.SANDBOX_URL) and host == settings.SANDBOX_URL,
                host=host,
                budgets=_readings(program, application),
                money=spending.read(plan.purse(application), now)
                if isinstance(plan, Paid) and application is not None
                else None,
                queue=queues.get(program.connector) if main else None,
                errors=errors.get(program.connector, []) if counted else [],
                calls=calls.get(program.connector, 0) if counted else 0,
                consents=consents.get(key, {}),
                lost=lost.get(key),
            )
        )
    return shown


def _readings(program: Program, application: Application | None) -> list[budgets.Reading] | None:
    if application is None or program.key == "instagram_login":
        return []  # its consents have a budget each
    plan = plan_of(program)
    wanted = [b for b in plan.buckets(application) if b.name.partition(".")[0] == program.key]
    try:
        return [budgets.read(bucket) for bucket in wanted]
    except redis.RedisError:
        return None


def _queues(now: datetime) -> dict[str, Queue]:
    active = Q(paused_reason="")
    rows = AccountSchedule.objects.values("platform").annotate(
        waiting=Count("pk", filter=active & Q(due_at__lte=now) & ~Q(lease_until__gt=now)),
        running=Count("pk", filter=Q(lease_until__gt=now)),
        paused=Count("pk", filter=~active),
        total=Count("pk"),
        next_due=Min("due_at", filter=active & Q(due_at__gt=now)),
    )
    return {
        r["platform"]: Queue(r["waiting"], r["running"], r["paused"], r["total"], r["next_due"]) for r in rows
    }


def _outcomes(now: datetime) -> tuple[dict[str, list[ErrorLine]], dict[str, int]]:
    since = timezone.localdate(now) - timedelta(days=ERROR_DAYS)
    recent = OutcomeCount.objects.filter(day__gt=since)
    calls = {r["platform"]: r["n"] for r in recent.values("platform").annotate(n=Sum("count"))}
    grouped = (
        recent.exclude(outcome=Kind.OK.value)
        .values("platform", "outcome")
        .annotate(n=Sum("count"), at=Max("last_at"))
        .order_by("platform", "-n")
    )
    reasons = {
        (r.platform, r.outcome): r.last_reason
        for r in recent.exclude(outcome=Kind.OK.value).order_by("platform", "outcome", "last_at")
    }
    errors: dict[str, list[ErrorLine]] = {}
    for row in grouped:
        key = (row["platform"], row["outcome"])
        errors.setdefault(row["platform"], []).append(
            ErrorLine(row["outcome"], row["n"], reasons.get(key, ""), row["at"])
        )
    return errors, calls


def parked_calls() -> int:
    return InboundEvent.objects.filter(state="parked").count()


@transaction.atomic
def configure(key: str, *, by: Any, enabled: bool = True, **values: Any) -> Application:
    """Save a registration. Secrets left empty stay as they are; required ones must have been given once."""
    check(by, "connectors.change")
    program = PROGRAMS[key]
    known = Application.objects.filter(platform=key).first()
    own = Credential.objects.filter(platform=key, purpose=Purpose.AGENCY).first()
    problems = {}
    for setting in program.settings:
        value = values.get(setting.name)
        kept = own is not None if setting.name == "access_token" else bool(stored(known, setting))
        given = value not in (None, "")
        if setting.required and not given and not (setting.secret and kept):
            problems[setting.name] = _("Fill this in; the platform's developer page shows it.")
    if problems:
        raise ValidationError(problems)
    token = values.pop("access_token", "")
    chosen = {
        s.name: values.pop(s.name) for s in program.settings if s.option and values.get(s.name) is not None
    }
    if chosen:
        plain = {name: str(v) if isinstance(v, Decimal) else v for name, v in chosen.items()}
        values["options"] = {**(known.options if known else {}), **plain}
    application = credentials.save_application(key, by=by, enabled=enabled, **values)
    if token:
        Credential.objects.filter(platform=key, purpose=Purpose.AGENCY).exclude(
            external_account_id=application.own_account_id
        ).delete()
        credentials.save_credential(
            key, application.own_account_id, Tokens(token), by=by, purpose=Purpose.AGENCY
        )
    return application


def check_now(key: str, *, by: Any) -> str:
    """One cheap call with the stored keys. Returns what answered, or refuses with what is wrong."""
    check(by, "connectors.change")
    program = PROGRAMS[key]
    application = credentials.application(key)
    plan = plan_of(program)
    if application is None or not plan.ready(credentials.application(program.connector)):
        raise Conflict(_("%(name)s is not set up yet. Fill in its settings first.") % {"name": program.title})
    with http.Client(timeout=CHECK_SECONDS) as client:
        session = PlatformSession(plan, application, interactive=True, http=client)
        try:
            said = plan.health(session)
        except Failed as failed:
            raise Conflict(advice(program, failed)) from None
        finally:
            archive.keep(session.calls)
    return _("%(name)s answers: %(said)s") % {"name": program.title, "said": said}


def advice(program: Program, failed: Failed) -> str:
    outcome = failed.outcome
    sentences = {
        Kind.AUTH_EXPIRED: _("refused the key or token. Enter a new one."),
        Kind.AUTH_REVOKED: _("says consent is gone. Connect the account again."),
        Kind.SCOPE_MISSING: _(
            "did not give permission for this. Compare what was granted with what the settings name."
        ),
        Kind.RATE_LIMITED: _("says it was asked too often. KRM waits and goes on by itself."),
        Kind.QUOTA_SPENT: _("has no calls left today. KRM goes on by itself when there are new ones."),
        Kind.TRANSIENT: _("did not answer properly. Try again in a few minutes."),
    }
    sentence = sentences.get(outcome.kind, _("did not accept the request."))
    return f"{program.title} {sentence} ({outcome.reason[:160]})"


assert {s.name for p in PROGRAMS.values() for s in p.settings if s.secret} <= {*SECRETS, "access_token"}
