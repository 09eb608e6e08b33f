"""The end of a consent: at the platform, and of the tokens here. And, where asked for, of what it gave us."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from creators.consents.programs import PROGRAMS, program_of
from creators.models import (
    ActiveAudience,
    AudienceSnapshot,
    Consent,
    ConsentState,
    Post,
    PostKind,
    SocialAccount,
    Source,
)
from creators.pulling.session import PlatformSession
from krm.accounts.permissions import check
from krm.connectors import archive, http
from krm.connectors import credentials as store
from krm.connectors.models import Credential, RawResponse
from krm.connectors.outcomes import Failed
from krm.errors import Conflict
from krm.events import record

log = logging.getLogger(__name__)
WITHDRAWN = "The owner withdrew consent in the portal."


def withdraw(account: SocialAccount, *, by: Any) -> bool:
    """End every consent of this account. True: the platform confirmed it too; the tokens here are gone either way."""
    check(by, "creators.withdraw_consent", account.creator)
    rows = list(
        Credential.objects.filter(
            platform=account.platform, external_account_id=account.external_id or "", purpose="account"
        ).exclude(access_token="")
    )
    if not rows:
        raise Conflict(_("This account is not connected, so there is nothing to withdraw."))
    confirmed = [_tell_platform(row) for row in rows]
    with transaction.atomic():
        for row in rows:
            end(row, reason=WITHDRAWN)
        record(
            "creators.consent_withdrawn",
            account,
            actor=by,
            data={"account_id": account.pk, "creator_id": account.creator_id},
        )
    return all(confirmed)


def _tell_platform(credential: Credential) -> bool:
    program = program_of(credential.platform, credential.flavour)
    application = store.application(program.application) if program else None
    if program is None or application is None:
        return False
    with http.Client(timeout=8.0) as client:
        dialect: Any = program
        session = PlatformSession(dialect, application, interactive=True, http=client)
        try:
            return program.revoke(session, credential)
        except Failed as failed:
            log.info("%s did not confirm the end of a consent: %s", program.key, failed.outcome.kind)
            return False
        finally:
            archive.keep(session.calls)


@transaction.atomic
def end(credential: Credential, *, reason: str) -> None:
    """Revoke, empty the tokens, and note it on the consents."""
    store.revoke(credential, reason=reason)
    Credential.objects.filter(pk=credential.pk).update(
        access_token="", refresh_token="", version=credential.version + 1, status_reason=reason[:200]
    )
    keys = [
        p.key
        for p in PROGRAMS.values()
        if (p.platform, p.flavour) == (credential.platform, credential.flavour)
    ]
    Consent.objects.filter(
        program__in=keys, external_id=credential.external_account_id, state=ConsentState.GIVEN
    ).update(state=ConsentState.WITHDRAWN, withdrawn_at=timezone.now())


def credentials_of_subject(programs: Sequence[str], subject_id: str) -> list[Credential]:
    """What a person, as the platform's callbacks name them, consented to."""
    external = set(
        Consent.objects.filter(program__in=programs, subject_id=subject_id)
        .exclude(external_id="")
        .values_list("external_id", flat=True)
    ) | {subject_id}
    pairs = {(PROGRAMS[key].platform, PROGRAMS[key].flavour) for key in programs}
    rows = Credential.objects.filter(external_account_id__in=external, purpose="account")
    return [row for row in rows if (row.platform, row.flavour) in pairs]


@transaction.atomic
def erase(accounts: Iterable[SocialAccount]) -> dict[str, int]:
    """Delete what only the owner's consent gave: authorised figures, audience, answers as they came.

    Public figures stay; they were read without consent.
    """
    rows = list(accounts)
    ids = [account.pk for account in rows]
    counts = {
        "audience": AudienceSnapshot.objects.filter(account_id__in=ids, source=Source.AUTHORISED).delete()[0]
        + ActiveAudience.objects.filter(account_id__in=ids).delete()[0],
    }
    with connection.cursor() as cursor:
        for name in ("accountsnapshot", "postsnapshot"):
            cursor.execute(
                f"DELETE FROM creators_{name} WHERE account_id = ANY(%s) AND source = %s",  # noqa: S608  two fixed names
                [ids, Source.AUTHORISED],
            )
            counts[name] = cursor.rowcount
    counts["posts"] = Post.objects.filter(account_id__in=ids, source=Source.AUTHORISED).update(
        reach=None, impressions=None, saves=None, shares=None, views=None, replies=None
    )
    # a story was shown for a day; what it said goes with the consent
    counts["stories"] = Post.objects.filter(account_id__in=ids, kind=PostKind.STORY).update(
        caption="", url="", thumbnail_url="", hashtags=[], mentions=[], likes=None
    )
    subjects = {name for account in rows for name in (account.handle, account.external_id) if name}
    counts["answers"] = RawResponse.objects.filter(
        platform__in={account.platform for account in rows}, subject__in=subjects
    ).delete()[0]
    return counts
