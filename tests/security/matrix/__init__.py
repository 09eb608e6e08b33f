"""Who may do what, as data: one entry a URL name, per room one file `tests/security/matrix/<room>.py`.

`test_matrix.py` reads the URL configuration, so a URL name that has no entry here fails. For each entry it sends
every method as every role, to an object of the viewer's own side and to one of the other side, and as nobody.

Format. A room's file has `ROUTES` and, where its routes need objects, `make_objects(side)`:

    from tests.security.matrix import CLIENTS, EVERYONE, MANAGERS, PORTAL, STAFF, Route, Side

    ROUTES = {
        # a page without object: staff are let in, guests get 404
        "campaigns:list": Route(GET=STAFF),
        # a form: same people look at it and send it
        "campaigns:create": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
        # about an object: kwargs {"pk": side["campaign"].pk}. `sees` are those who may know of it and so get 403
        # when refused; everybody else must get 404
        "campaigns:detail": Route(GET=STAFF, obj="campaign"),
        "campaigns:close": Route(POST=MANAGERS, obj="campaign", sees=STAFF),
        # objects that all staff share: say who is let in on the other side too (default: administrators only)
        "creators:detail": Route(GET=STAFF, obj="creator", foreign=STAFF),
        # other keyword arguments, a body, a query string
        "briefs:draft_file": Route(GET=STAFF | CLIENTS, kwargs=lambda side: {"uuid": side["asset"].uuid}),
        "campaigns:send_offer": Route(POST=MANAGERS, obj="offer", sees=STAFF, data=lambda side: {"note": "hi"}),
        # no login at all
        "reporting:go": Route(GET=ANYBODY, kwargs=lambda side: {"code": side["link"].code}),
        # REST: names are `api:<basename>-list`, `-detail`, `-<action>`; object routes answer 404 or 403 likewise.
        # A list shows each role its own rows, so it is open to all who have a scope: EVERYONE
        "api:campaigns-list": Route(GET=EVERYONE, POST=MANAGERS),
        "api:campaigns-detail": Route(GET=STAFF | CLIENTS, PATCH=MANAGERS, obj="campaign", sees=STAFF | CLIENTS),
    }

    def make_objects(side: Side) -> None:
        side["campaign"] = CampaignFactory(brand=side["brand"])   # rooms run bottom up: lower objects are there

Something personal (a notification, an API key) is a dict by role: `side["note"] = {role: …}`; 'own' is then the
viewer's, 'foreign' that of the same role on the other side, and `foreign=NOBODY` says that nobody else gets in.

`side` holds what the ground gives: `side.team`, `side.users[role]`, `side["creator"]` (the portal users of the side
have access to it), `side["brand"]` (of the team; the client users of the side are its members), and everything that
lower rooms put in. `make_objects` runs for both sides, so nothing in it may be unique across sides.

Expectations, per method and role:
    let in      not 401, 403, 404, 405 or 5xx, no redirect to the login, and no verb raised Denied on the way.
                (400 for an empty body, 302 after a form, 409 for a state are all 'let in': this is about rights.)
    refused     404; 403 for roles in `sees`; a page's POST may also redirect back if a verb raised Denied.
                In every case not one row of any table was written (sessions aside).
    anonymous   login redirect (page) or 401 (API), unless the route is for ANYBODY.
    other methods than the declared: 405 (or refused as above).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

ADMINISTRATORS = frozenset({"administrator"})
MANAGERS = ADMINISTRATORS | {"campaign_manager"}
REVIEWERS = MANAGERS | {"reviewer"}
FINANCE = ADMINISTRATORS | {"finance"}
STAFF = frozenset({"administrator", "campaign_manager", "reviewer", "finance", "viewer"})
PORTAL = frozenset({"creator", "talent_manager"})
CLIENTS = frozenset({"client_viewer", "client_approver"})
APPROVERS = frozenset({"client_approver"})
EVERYONE = STAFF | PORTAL | CLIENTS
ANYBODY = EVERYONE | {"anonymous"}
NOBODY: frozenset[str] = frozenset()
ROLES = tuple(sorted(EVERYONE))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Roles = frozenset[str]


@dataclass
class Side:
    """One half of the world: a team, its people, and the objects that belong to them."""

    name: str
    team: Any
    users: dict[str, Any]
    objects: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        return self.objects[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.objects[key] = value

    def __contains__(self, key: str) -> bool:
        return key in self.objects


Value = dict[str, Any] | Callable[[Side], dict[str, Any]]


@dataclass(frozen=True)
class Route:
    GET: Roles | None = None
    POST: Roles | None = None
    PUT: Roles | None = None
    PATCH: Roles | None = None
    DELETE: Roles | None = None
    obj: str = ""
    kwargs: Value | None = None
    data: Value | None = None
    query: str = ""
    sees: Roles | None = None
    foreign: Roles = ADMINISTRATORS
    why: str = ""  # for a surprising entry

    def roles(self, method: str) -> Roles | None:
        found: Roles | None = getattr(self, method)
        return found

    def url_kwargs(self, side: Side, role: str = "") -> dict[str, Any]:
        if self.kwargs is not None:
            return self.kwargs(side) if callable(self.kwargs) else dict(self.kwargs)
        if not self.obj:
            return {}
        found = side[self.obj]
        if isinstance(found, dict):
            found = found.get(role) or next(iter(found.values()))
        return {"pk": found.pk}

    def body(self, side: Side) -> dict[str, Any]:
        if self.data is None:
            return {}
        return self.data(side) if callable(self.data) else dict(self.data)

    @property
    def is_about_an_object(self) -> bool:
        return bool(self.obj or self.kwargs)
