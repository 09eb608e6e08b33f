"""How consents stand: which live, which end soon, which ended, which lack a permission; and telling their owners."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext_lazy

from creators.consents.programs import PROGRAMS, program_of
from creators.models import CreatorAccess, SocialAccount
from creators.platforms.registry import CONNECTORS
from creators.pulling.session import PlatformSession
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.connectors import archive
from krm.connectors import credentials as store
from krm.connectors.models import Credential, CredentialStatus, Purpose
from krm.connectors.outcomes import Failed
from krm.errors import Conflict
from krm.events import notify, record
from krm.events.texts import Text

BEFORE = (30, 7, 1)  # days before the end
AFTER = (0, 7)  # days after it
RENEW_AT_ONCE = 200
# Why a consent is over, as `krm.connectors` keeps it in English; the pages translate it.
REASONS = (
    gettext_noop("The token ran out."),
    gettext_noop("The owner withdrew consent in the portal."),
    gettext_noop("The owner removed the authorisation."),
    gettext_noop("The owner removed the application."),
    gettext_noop("The account was deleted or banned."),
)
# `ends_at`, for the database to sort by: consents that renew themselves without end come last.
ENDS = Case(
    When(refresh_expires_at__isnull=False, then=F("refresh_expires_at")),
    When(platform__in=sorted(store.ENDLESS), then=Value(None)),
    default=F("expires_at"),
    output_field=DateTimeField(null=True),
)


def consents() -> QuerySet[Credential]:
    """Every owner's consent, its secrets left in the database."""
    return Credential.objects.filter(purpose=Purpose.ACCOUNT).defer("access_token", "refresh_token")


def missing(credential: Credential) -> list[str]:
    program = program_of(credential.platform, credential.flavour)
    if program is None or not credential.scopes:
        return []
    return program.missing(credential.scopes)


def ends_at(credential: Credential) -> datetime | None:
    """When the owner has to be asked again. None: it renews itself as long as it is used."""
    return store.consent_ends(credential)


def lacking() -> Q:
    """Consents that lack a permission their door asks for."""
    wanted = Q(pk__in=[])
    for program in PROGRAMS.values():
        required = [s.name for s in program.scopes if s.required]
        wanted |= Q(platform=program.platform, flavour=program.flavour) & ~Q(scopes__contains=required)
    return wanted & ~Q(scopes=[])


def owners_of(credential: Credential) -> tuple[SocialAccount | None, list[User]]:
    """The account and the people of the portal who act for it."""
    account = (
        SocialAccount.objects.filter(platform=credential.platform)
        .filter(
            Q(external_id=credential.external_account_id)
            | Q(external_id=None, handle__iexact=credential.handle or "-")
        )
        .select_related("creator__owner")
        .first()
    )
    if account is None or account.creator_id is None:
        return account, []
    granted = CreatorAccess.objects.filter(creator_id=account.creator_id, revoked_at=None).select_related(
        "user"
    )
    return account, [row.user for row in granted if row.user.is_active]


def remind(now: datetime | None = None) -> int:
    """Once a day: tell owners before their consent ends and after. Returns how many consents were told of."""
    now = now or timezone.now()
    told = 0
    soon = now + timedelta(days=max(BEFORE))
    recent = now - timedelta(days=max(AFTER) + 7)
    dying = (
        consents()
        .filter(status__in=(CredentialStatus.ACTIVE, CredentialStatus.EXPIRING))
        .filter(Q(refresh_expires_at__lte=soon) | Q(refresh_expires_at=None, expires_at__lte=soon))
    )
    for credential in dying.iterator(chunk_size=500):
        end = ends_at(credential)
        if end is None or end > soon or end < now:
            continue
        stage = min((d for d in BEFORE if end - now <= timedelta(days=d)), default=None)
        if stage is not None:
            told += _say_ending(credential, end, stage)
    ended = consents().filter(
        status__in=(CredentialStatus.EXPIRED, CredentialStatus.REVOKED), updated_at__gte=recent
    )
    for credential in ended.exclude(status_reason__contains="withdrew consent in the portal").iterator(
        chunk_size=500
    ):
        days = (now - credential.updated_at).days
        stage = max((d for d in AFTER if days >= d), default=0)
        told += _say_ended(credential, stage)
    return told


def _say_ending(credential: Credential, end: datetime, stage: int) -> int:
    account, people = owners_of(credential)
    if account is None or not people:
        return 0
    days = max(1, (end - timezone.now()).days)
    return bool(
        notify(
            "creators.consent_ending",
            people,
            account,
            title=gettext_lazy("Your connection ends soon"),
            text=Text(
                ngettext_lazy(
                    "%(account)s on %(platform)s: one day left. Connect it again so that your figures stay current.",
                    "%(account)s on %(platform)s: %(days)s days left. Connect it again so that your figures stay current.",
                    "days",
                ),
                account=account,
                platform=account.get_platform_display(),
                days=days,
            ),
            url=reverse("creators:portal_connections", args=[account.creator_id]),
            key=f"creators.consent_ending:{credential.pk}:{end:%Y%m%d}:{stage}",
        )
    )


def _say_ended(credential: Credential, stage: int) -> int:
    account, people = owners_of(credential)
    if account is None or account.creator is None:
        return 0
    key = f"creators.consent_ended:{credential.pk}:{credential.version}:{stage}"
    told = notify(
        "creators.consent_ended",
        people,
        account,
        title=gettext_lazy("Your account is no longer connected"),
        text=Text(
            gettext_lazy(
                "%(account)s on %(platform)s: the agency no longer sees your figures. Connect it again in one minute."
            ),
            account=account,
            platform=account.get_platform_display(),
        ),
        url=reverse("creators:portal_connections", args=[account.creator_id]),
        key=key,
    )
    if account.creator.owner is not None:
        notify(
            "creators.consent_ended",
            [account.creator.owner],
            account,
            title=gettext_lazy("A creator's account is no longer connected"),
            text=f"{account.creator}: {account} ({account.get_platform_display()})",
            url=account.creator.get_absolute_url(),
            key=f"{key}:owner",
        )
    return bool(told)


@transaction.atomic
def ask_again(credential_ids: Sequence[int], *, by: Any) -> int:
    """A person of the agency asks owners to connect again. At most once a day for each consent."""
    check(by, "creators.change")
    count = 0
    for credential in consents().filter(pk__in=list(credential_ids)):
        account, people = owners_of(credential)
        if account is None or not people:
            continue
        told = notify(
            "creators.consent_ended",
            people,
            account,
            title=gettext_lazy("Please connect your account again"),
            text=Text(
                gettext_lazy("The agency asks you to connect %(account)s on %(platform)s."),
                account=account,
                platform=account.get_platform_display(),
            ),
            url=reverse("creators:portal_connections", args=[account.creator_id]),
            key=f"creators.consent_asked:{credential.pk}:{timezone.localdate()}",
        )
        if told:
            count += 1
            record("creators.consent_asked", account, actor=by, data={"account_id": account.pk})
    if not count:
        raise Conflict(
            _(
                "None of these creators has a portal login, or all were asked today. Invite them to the portal."
            )
        )
    return count


def renew_dying(now: datetime | None = None) -> int:
    """Tokens that renew themselves but are not read often enough to do so in passing (Instagram's sixty days)."""
    now = now or timezone.now()
    done = 0
    rows = Credential.objects.filter(
        purpose=Purpose.ACCOUNT,
        status__in=(CredentialStatus.ACTIVE, CredentialStatus.EXPIRING),
        refresh_token="",
        expires_at__gt=now,
        expires_at__lte=now + timedelta(days=20),
    )
    for credential in _renewable(rows.order_by("expires_at"), now):
        plan = CONNECTORS.get(credential.platform)
        application = store.application(credential.platform)
        if plan is None or application is None:
            continue
        session = PlatformSession(plan, application, now=now)
        try:
            store.renew(credential, lambda fresh, p=plan, s=session: p.renew(s, fresh))  # type: ignore[misc]
            done += 1
        except Failed:
            pass  # classified and counted; the reminder tells the owner if it stays so
        finally:
            archive.keep(session.calls)
    return done


def _renewable(rows: QuerySet[Credential], now: datetime) -> Iterable[Credential]:
    return [c for c in rows[:RENEW_AT_ONCE] if store.can_renew(c, now) and store.needs_renewal(c, now)]
