"""Accounts, events, connectors, page furniture, REST furniture."""

from __future__ import annotations

from tests.security.matrix import ANYBODY, STAFF, Route, Side

# Django's admin and allauth have their own tests of who may; ours are in tests/security/test_login.py.
FOREIGN_PREFIXES = ("admin:", "account_", "mfa_", "socialaccount_", "usersessions_", "saml", "openid")

ROUTES = {
    "api:docs": Route(GET=ANYBODY),
    "api:schema": Route(GET=ANYBODY),
    "api:teams-list": Route(GET=STAFF),
    "api:teams-detail": Route(GET=STAFF, obj="team"),
}


def make_objects(side: Side) -> None:
    side["team"] = side.team
