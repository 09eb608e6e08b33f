"""Connecting accounts: owners and their managers alone, each their own; staff look at consents and may end one."""

from __future__ import annotations

from typing import Any

from tests.security.matrix import ANYBODY, PORTAL, STAFF, Route, Side

SIGNED = "Only Meta's signed request lets in; without one nothing is read."


def make_objects(side: Side) -> None:
    from django.utils.timezone import now

    from creators.models import Consent, SocialAccount
    from krm.connectors.models import Credential, InboundEvent

    code = f"deletion{side.name}"
    InboundEvent.objects.create(vendor="meta_deletion", dedupe_key=code, body=b"{}")
    side["deletion"] = code
    account = SocialAccount.objects.filter(creator=side["creator"]).first()
    side["own_account"] = account
    side["credential"] = Credential.objects.create(
        platform="tiktok", external_account_id=f"matrix-{side.name}", flavour="display", access_token="t"
    )
    side["consent"] = {
        role: Consent.objects.create(
            creator=side["creator"], account=account, user=side.users[role], program="tiktok", state="denied",
            answered_at=now(), state_hash=f"{side.name}-{role}",
        )
        for role in PORTAL
    }  # fmt: skip


def door(side: Side) -> dict[str, Any]:
    return {"pk": side["creator"].pk, "program": "tiktok"}


ROUTES = {
    "creators:consents": Route(GET=STAFF),
    "api:consents-list": Route(GET=STAFF),
    "api:consents-detail": Route(GET=STAFF, obj="credential", foreign=STAFF),
    "creators:portal_connections": Route(GET=PORTAL, obj="creator", foreign=frozenset()),
    "creators:portal_connections_panel": Route(GET=PORTAL, obj="creator", foreign=frozenset()),
    "creators:portal_connect": Route(GET=PORTAL, kwargs=door, foreign=frozenset()),
    "creators:portal_connect_go": Route(GET=PORTAL, kwargs=door, foreign=frozenset()),
    "creators:portal_connect_answer": Route(
        GET=PORTAL,
        kwargs={"program": "tiktok"},
        foreign=PORTAL,
        why="Without a state of this login it does nothing.",
    ),
    "creators:portal_connect_choose": Route(GET=PORTAL, POST=PORTAL, obj="consent", foreign=frozenset()),
    "creators:portal_connect_discard": Route(POST=PORTAL, obj="consent", foreign=frozenset()),
    "creators:portal_connect_withdraw": Route(POST=PORTAL, obj="own_account", foreign=frozenset()),
    "creators:websub": Route(kwargs={"token": "x"}, why="Only YouTube's hub knows the address, and signs."),
    "connectors:hook_meta_deauthorise": Route(why=SIGNED),
    "connectors:hook_meta_deletion": Route(why=SIGNED),
    "connectors:deletion_status": Route(
        GET=ANYBODY, kwargs=lambda side: {"code": side["deletion"]}, why="The code is the key."
    ),
}
