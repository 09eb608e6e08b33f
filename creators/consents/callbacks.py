"""What Meta tells us of consents: that a person removed the application, or wants their data deleted."""

from __future__ import annotations

import json

from creators.consents import withdraw
from creators.models import SocialAccount
from krm.connectors import credentials as store
from krm.connectors import signatures
from krm.connectors.models import InboundEvent
from krm.events import record

BY_APPLICATION = {
    "instagram": ("instagram", "facebook"),
    "facebook": ("instagram", "facebook"),
    "instagram_login": ("instagram_login",),
}
REMOVED = "The owner removed the application."
DELETED = "The owner asked for the deletion of their data."


def _payload(event: InboundEvent) -> tuple[list[str], str]:
    """The signature was checked on arrival; it is checked again, so that nothing else stored is believed."""
    body = json.loads(bytes(event.body))
    application = store.application(body["application"])
    payload = signatures.signed_request(
        body["signed_request"], application.client_secret if application else ""
    )
    if payload is None:
        raise ValueError("the signed request does not verify")
    return list(BY_APPLICATION[body["application"]]), str(payload.get("user_id", ""))


def deauthorised(event: InboundEvent) -> None:
    programs, subject = _payload(event)
    for credential in withdraw.credentials_of_subject(programs, subject):
        withdraw.end(credential, reason=REMOVED)


def deletion(event: InboundEvent) -> None:
    programs, subject = _payload(event)
    rows = withdraw.credentials_of_subject(programs, subject)
    accounts = SocialAccount.objects.filter(
        platform__in={row.platform for row in rows}, external_id__in=[row.external_account_id for row in rows]
    )
    for credential in rows:
        withdraw.end(credential, reason=DELETED)
    counts = withdraw.erase(accounts)
    for account in accounts:
        record("creators.data_deleted", account, data={"account_id": account.pk, **counts})
