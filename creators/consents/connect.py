"""The way of an owner to the platform's consent screen and back.

`start` remembers who went where; `answer` takes what the browser brings back, once, within a quarter of an hour, from
the same login. Where the owner consented for another account than the one that was meant, the tokens wait, encrypted,
for their choice.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from creators.consents.programs import PROGRAMS, open_programs
from creators.consents.programs.base import Grant, Identity, Program, challenge_of
from creators.models import Consent, ConsentState, Creator, SocialAccount
from creators.pulling.session import PlatformSession
from krm.accounts.permissions import check
from krm.connectors import archive, http
from krm.connectors import credentials as store
from krm.connectors.credentials import Tokens
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import Failed, Kind
from krm.errors import Conflict
from krm.events import record

log = logging.getLogger(__name__)
TEXT_VERSION = "2026-11"  # of the words on the consent page; change it with them
LIFE = timedelta(minutes=15)
CALL_SECONDS = 8.0
SAID = {
    ConsentState.DENIED: gettext_noop("You declined on the platform's page. Nothing was connected."),
    "busy": gettext_noop(
        "The platform did not answer properly. Nothing was connected; try again in a few minutes."
    ),
    "code": gettext_noop(
        "The platform no longer accepts this answer. Start again; it has to be finished within minutes."
    ),
    "set_up": gettext_noop(
        "The platform refused the agency's registration. Tell the agency; it is not your fault."
    ),
    "nothing": gettext_noop(
        "The platform showed no account we could read. Choose your account or Page on its page, and leave the boxes ticked."
    ),
}


def door(program_key: str) -> Program:
    """The program, if it exists and is set up."""
    for program in open_programs():
        if program.key == program_key:
            return program
    known = PROGRAMS.get(program_key)
    raise Conflict(
        _("%(platform)s can't be connected yet: the agency has not set it up.")
        % {"platform": known.title if known else program_key}
    )


def redirect_uri(program: Program) -> str:
    """The one address of ours the platform knows for this door."""
    return str(settings.SITE_URL).rstrip("/") + reverse("creators:portal_connect_answer", args=[program.key])


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


@transaction.atomic
def start(
    creator: Creator, program_key: str, *, by: Any, account: SocialAccount | None = None
) -> tuple[Consent, str]:
    """Remember where the owner is sent, and say the address."""
    check(by, "creators.connect_account", creator)
    program = door(program_key)
    if account is not None and (account.creator_id != creator.pk or account.platform != program.platform):
        raise Conflict(_("This account can't be connected here."))
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    consent = Consent.objects.create(
        creator=creator,
        account=account,
        user=by,
        program=program.key,
        state_hash=_hash(state),
        verifier=verifier if program.pkce else "",
        text_version=TEXT_VERSION,
    )
    application = store.application(program.application)
    assert application is not None
    url = program.authorize_url(
        application, state=state, challenge=challenge_of(verifier), redirect_uri=redirect_uri(program)
    )
    return consent, url


def answer(program_key: str, *, by: Any, state: str, code: str = "", error: str = "") -> Consent:
    """What the browser brought back. Once; a second time, or late, or from another login, it is refused."""
    program = door(program_key)
    now = timezone.now()
    with transaction.atomic():
        consent = (
            Consent.objects.select_for_update(of=("self",))
            .select_related("creator", "account")
            .filter(state_hash=_hash(state), program=program.key, user=by)
            .first()
            if state
            else None
        )
        fresh = (
            consent is not None
            and consent.state == ConsentState.STARTED
            and consent.answered_at is None
            and now - consent.created_at <= LIFE
        )
        if consent is None or not fresh:
            raise Conflict(_("This answer was used already or is too old. Start again from your accounts."))
        check(by, "creators.connect_account", consent.creator)
        verifier, consent.verifier, consent.answered_at = consent.verifier, "", now
        if error or not code:
            consent.state = ConsentState.DENIED if error in ("access_denied", "") else ConsentState.FAILED
            consent.detail = SAID[ConsentState.DENIED] if error in ("access_denied", "") else SAID["busy"]
        consent.save(update_fields=["verifier", "answered_at", "state", "detail", "updated_at"])
        if consent.state != ConsentState.STARTED:
            record("creators.consent_declined", consent.creator, actor=by, data={"program": program.key})
    if consent.state != ConsentState.STARTED:
        return consent
    try:
        grant = _exchange(program, code, verifier)
    except Failed as failed:
        log.info("consent %s failed: %s", consent.pk, failed.outcome.kind)
        kind = {Kind.AUTH_REVOKED: "code", Kind.BAD_REQUEST: "set_up"}.get(failed.outcome.kind, "busy")
        return _fail(consent, SAID[kind])
    except (KeyError, TypeError, ValueError, IndexError):
        log.exception("consent %s: unreadable answer", consent.pk)
        return _fail(consent, SAID["busy"])
    return _arrived(consent, program, grant, by)


def _exchange(program: Program, code: str, verifier: str) -> Grant:
    application = store.application(program.application)
    assert application is not None
    with http.Client(timeout=CALL_SECONDS) as client:
        session = PlatformSession(_as_dialect(program), application, interactive=True, http=client)
        try:
            return program.exchange(session, code=code, verifier=verifier, redirect_uri=redirect_uri(program))
        finally:
            archive.keep(session.calls)


def _as_dialect(program: Program) -> Any:
    return program


def _fail(consent: Consent, detail: str) -> Consent:
    consent.state, consent.detail = ConsentState.FAILED, detail
    consent.save(update_fields=["state", "detail", "updated_at"])
    return consent


def _matches(identity: Identity, account: SocialAccount) -> bool:
    if account.external_id and account.external_id == identity.external_id:
        return True
    return bool(account.handle) and account.handle.casefold() == identity.handle.casefold()


def _arrived(consent: Consent, program: Program, grant: Grant, by: Any) -> Consent:
    consent.scopes, consent.missing = list(grant.scopes), program.missing(grant.scopes)
    consent.subject_id = grant.subject_id
    consent.found = [{"id": i.external_id, "handle": i.handle, "name": i.name} for i in grant.identities]
    if not grant.identities:
        return _fail(consent, SAID["nothing"])
    wanted = (
        [consent.account]
        if consent.account is not None
        else list(SocialAccount.objects.filter(creator=consent.creator, platform=program.platform))
    )
    meant = [i for i in grant.identities if any(_matches(i, account) for account in wanted)]
    if len(meant) == 1:
        return _give(consent, program, meant[0], grant.tokens, by)
    if consent.account is None and len(grant.identities) == 1:
        return _give(consent, program, grant.identities[0], grant.tokens, by)
    consent.state = ConsentState.CHOOSE
    consent.held = json.dumps(
        [
            _packed(identity.tokens or grant.tokens) | {"id": identity.external_id}
            for identity in grant.identities
        ]
    )
    consent.save()
    return consent


def _packed(tokens: Tokens) -> dict[str, Any]:
    def text(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "access": tokens.access_token,
        "refresh": tokens.refresh_token,
        "expires": text(tokens.expires_at),
        "refresh_expires": text(tokens.refresh_expires_at),
        "scopes": list(tokens.scopes or []),
    }


def _unpacked(row: dict[str, Any]) -> Tokens:
    def moment(value: str | None) -> datetime | None:
        return datetime.fromisoformat(value) if value else None

    return Tokens(
        row["access"], row["refresh"], moment(row["expires"]), moment(row["refresh_expires"]), row["scopes"]
    )


def _give(consent: Consent, program: Program, identity: Identity, tokens: Tokens, by: Any) -> Consent:
    """Account, tokens, consent and event stand or fall together."""
    try:
        with transaction.atomic():
            account = _account_of(consent, program, identity)
            own = identity.tokens or tokens
            store.save_credential(
                program.platform,
                identity.external_id,
                Tokens(
                    own.access_token,
                    own.refresh_token,
                    own.expires_at,
                    own.refresh_expires_at,
                    consent.scopes,
                ),
                by=None,
                flavour=program.flavour,
                handle=identity.handle,
            )
            consent.account, consent.external_id = account, identity.external_id
            consent.state, consent.held, consent.detail = ConsentState.GIVEN, "", ""
            consent.save()
            record(
                "creators.account_connected",
                account,
                actor=by,
                data={
                    "account_id": account.pk,
                    "creator_id": consent.creator_id,
                    "program": program.key,
                    "missing": consent.missing,
                },
            )
    except Conflict as refusal:
        consent.held = ""
        return _fail(consent, str(refusal)[:300])
    return consent


def _account_of(consent: Consent, program: Program, identity: Identity) -> SocialAccount:
    """The account in KRM this is: by platform id, then by handle; a new one where there is none."""
    known = SocialAccount.objects.select_for_update().filter(platform=program.platform)
    found: SocialAccount | None = known.filter(external_id=identity.external_id).first()
    if found is None and identity.handle:
        same = Q(handle__iexact=identity.handle)
        found = (
            known.filter(same, creator=consent.creator).first() or known.filter(same, creator=None).first()
        )
    if found is None and identity.handle and known.filter(handle__iexact=identity.handle).exists():
        found = known.filter(handle__iexact=identity.handle).first()
    if found is not None and found.creator_id not in (None, consent.creator_id):
        raise Conflict(
            _(
                "%(account)s belongs to another creator in KRM. Nothing was connected; ask the agency to sort it out."
            )
            % {"account": found}
        )
    if found is None:
        return SocialAccount.objects.create(
            creator=consent.creator,
            platform=program.platform,
            handle=identity.handle,
            external_id=identity.external_id,
            is_demo=consent.creator.is_demo,
        )
    changed = []
    if found.creator_id is None:
        found.creator = consent.creator
        changed.append("creator")
    if found.external_id is None:
        found.external_id = identity.external_id
        changed.append("external_id")
    if changed:
        found.save(update_fields=[*changed, "updated_at"])
    return found


def choose(consent: Consent, *, by: Any, external_id: str) -> Consent:
    """Connect one of the accounts the platform offered, though another was meant."""
    check(by, "creators.connect_account", consent.creator)
    with transaction.atomic():
        held = Consent.objects.select_for_update(of=("self",)).select_related("creator").get(pk=consent.pk)
        if held.state != ConsentState.CHOOSE or not held.held:
            raise Conflict(_("This choice was made already. Look at your accounts."))
        if held.answered_at is None or timezone.now() - held.answered_at > LIFE:
            held.held = ""
            return _fail(held, SAID["code"])
        rows = {row["id"]: row for row in json.loads(held.held)}
        offered = {row["id"]: row for row in held.found}
        if external_id not in rows:
            raise Conflict(_("Choose one of the accounts in the list."))
        tokens, one = _unpacked(rows[external_id]), offered[external_id]
        identity = Identity(external_id, one["handle"], one["name"])
        return _give(held, PROGRAMS[held.program], identity, tokens, by)


@transaction.atomic
def discard(consent: Consent, *, by: Any) -> Consent:
    """It was the wrong account: forget the tokens. The owner can start again, logged in as the right one."""
    check(by, "creators.connect_account", consent.creator)
    held = Consent.objects.select_for_update(of=("self",)).select_related("creator").get(pk=consent.pk)
    if held.state != ConsentState.CHOOSE:
        raise Conflict(_("This choice was made already. Look at your accounts."))
    held.state, held.held, held.detail = ConsentState.DENIED, "", gettext_noop("It was the wrong account.")
    held.save(update_fields=["state", "held", "detail", "updated_at"])
    return held


def forget_unfinished(now: datetime | None = None) -> int:
    """Tokens nobody chose are emptied when their quarter of an hour is over."""
    before = (now or timezone.now()) - LIFE
    return Consent.objects.filter(state=ConsentState.CHOOSE, answered_at__lt=before).update(
        state=ConsentState.FAILED, held="", detail=SAID["code"]
    )


def applications() -> Sequence[Application]:
    return list(Application.objects.filter(enabled=True))


def credentials_of(accounts: Sequence[SocialAccount]) -> dict[int, list[Credential]]:
    """The stored consents of each account, tokens left where they are."""
    by_key: dict[tuple[str, str], list[int]] = {}
    for account in accounts:
        if account.external_id:
            by_key.setdefault((account.platform, account.external_id), []).append(account.pk)
    found: dict[int, list[Credential]] = {}
    rows = Credential.objects.filter(
        purpose="account", external_account_id__in=[key[1] for key in by_key]
    ).defer("access_token", "refresh_token")
    for row in rows.order_by("-updated_at"):
        for pk in by_key.get((row.platform, row.external_account_id), []):
            found.setdefault(pk, []).append(row)
    return found
