"""What follows when an owner gives or withdraws consent."""

from __future__ import annotations

import json
import logging

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from creators.listening import mentions
from creators.models import AccountSchedule, AccountState, SocialAccount
from creators.platforms.registry import PROGRAMS
from creators.pulling import schedule
from creators.pulling.runner import REASONS
from krm.accounts.models import Role, User
from krm.connectors import credentials
from krm.connectors.models import Credential, InboundEvent, Purpose
from krm.connectors.outcomes import Kind
from krm.events import notify
from krm.events.models import Event
from krm.events.texts import Text

log = logging.getLogger(__name__)
GONE_REASONS = {2, 4}  # TikTok: the account was deleted, or banned


def _accounts(platform: str, external_id: str, handle: str) -> list[int]:
    wanted = Q(external_id=external_id)
    if handle:
        wanted |= Q(external_id=None, handle__iexact=handle)
    return list(SocialAccount.objects.filter(wanted, platform=platform).values_list("pk", flat=True))


def given(event: Event) -> None:
    """`connectors.credential_saved`: pull again what waited for it."""
    credential = Credential.objects.filter(pk=event.subject_id).first()
    if credential is not None and credential.purpose == Purpose.AGENCY:
        schedule.agency_again("tiktok" if credential.platform == "tiktok_one" else credential.platform)
    elif credential is not None:
        found = _accounts(credential.platform, credential.external_account_id, credential.handle)
        schedule.ensure(found)
        schedule.resume(found)


def withdrawn(event: Event) -> None:
    """`connectors.credential_revoked`: ask no more, and show it."""
    credential = Credential.objects.filter(pk=event.subject_id).first()
    if credential is None or credential.status != "revoked":
        return
    if credential.purpose == Purpose.AGENCY:
        _tell_administrators(credential, event)
        return
    found = _accounts(credential.platform, credential.external_account_id, credential.handle)
    others = Credential.objects.filter(
        platform=credential.platform, external_account_id=credential.external_account_id
    ).exclude(status="revoked")
    if not found or others.exists():
        return
    SocialAccount.objects.filter(pk__in=found).update(
        state=AccountState.NEEDS_CONSENT, state_reason=REASONS[Kind.AUTH_REVOKED]
    )
    AccountSchedule.objects.filter(pk__in=found).update(paused_reason=Kind.AUTH_REVOKED.value)


def _tell_administrators(credential: Credential, event: Event) -> None:
    """The agency's own token is refused: nothing public is read until somebody enters a new one."""
    name = PROGRAMS[credential.platform].title if credential.platform in PROGRAMS else credential.platform
    notify(
        "creators.agency_token_lost", User.objects.filter(role=Role.ADMINISTRATOR, is_active=True), credential,
        title=Text(gettext_lazy("%(platform)s refuses the agency's token"), platform=name),
        text=gettext_lazy("Public accounts are not read until a new one is entered under Connectors. Creators need not do anything."),
        url=f"{reverse('creators:connectors')}#{credential.platform}",
        key=f"agency-token:{event.pk}",
    )  # fmt: skip


def from_tiktok(event: InboundEvent) -> None:
    """TikTok's `authorization.removed`. Other events carry nothing we keep."""
    body = json.loads(bytes(event.body))
    if body.get("event") != "authorization.removed":
        return
    reason = json.loads(body.get("content") or "{}").get("reason", 0)
    text = (
        "The account was deleted or banned."
        if reason in GONE_REASONS
        else "The owner removed the authorisation."
    )
    for credential in Credential.objects.filter(
        platform="tiktok", external_account_id=body.get("user_openid", "")
    ):
        credentials.revoke(credential, reason=text)


def from_meta(event: InboundEvent) -> None:
    """Meta's deauthorisation; mentions and insights are hints to pull the account sooner."""
    body = json.loads(bytes(event.body))
    for entry in body.get("entry", []):
        external_id = str(entry.get("id", ""))
        fields = {change.get("field") for change in entry.get("changes", [])}
        if "deauthorize" in fields:
            for credential in Credential.objects.filter(
                platform="instagram", external_account_id=external_id
            ):
                credentials.revoke(credential, reason="The owner removed the application.")
        elif fields & {"mentions", "story_insights", "media"}:
            ids = _accounts("instagram", external_id, "")
            schedule.hurry(ids)
    mentions.told(event)
