"""How often accounts are read."""

from __future__ import annotations

from tests.security.matrix import ADMINISTRATORS, STAFF, Route

ROUTES = {
    "creators:updates": Route(GET=STAFF, POST=ADMINISTRATORS, sees=STAFF),
    "api:updates-list": Route(GET=STAFF),
    "api:updates-policy": Route(POST=ADMINISTRATORS, sees=STAFF),
    "api:updates-cost": Route(POST=STAFF),
}
