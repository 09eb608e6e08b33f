"""Rights on how KRM talks to the platforms, and the addresses at which platforms call us."""

from __future__ import annotations

from tests.security.matrix import ADMINISTRATORS, STAFF, Route

SIGNED = "Only a platform's signature lets in; without one nothing is read."
ONE = {"key": "youtube"}

ROUTES = {
    "connectors:hook_meta": Route(why=SIGNED),
    "connectors:hook_tiktok": Route(why=SIGNED),
    "creators:connectors": Route(GET=STAFF),
    "creators:connector": Route(
        GET=ADMINISTRATORS, POST=ADMINISTRATORS, kwargs=ONE, sees=STAFF, foreign=STAFF
    ),
    "creators:connector_check": Route(POST=ADMINISTRATORS, kwargs=ONE, sees=STAFF, foreign=STAFF),
    "api:connectors-list": Route(GET=STAFF),
    "api:connectors-detail": Route(GET=STAFF, kwargs=ONE, foreign=STAFF),
    "api:connectors-configure": Route(
        POST=ADMINISTRATORS, kwargs=ONE, sees=STAFF, foreign=STAFF, data={"api_key": "k"}
    ),
    "api:connectors-check-connection": Route(POST=ADMINISTRATORS, kwargs=ONE, sees=STAFF, foreign=STAFF),
    "creators:inbound_retry": Route(POST=ADMINISTRATORS, sees=STAFF),
}
