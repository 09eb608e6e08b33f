"""Two sides that must not see each other, and the spies that tell whether a refused request did anything."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from krm.errors import Denied
from tests.conftest import browser_of
from tests.security import matrix
from tests.security.matrix import ROLES, Route, Side

ROOMS = ("ground", "creators", "campaigns", "briefs", "payments", "reporting")
# Written by every request that carries a session or key, whoever sends it.
NOT_COUNTED = frozenset(
    {"django_session", "usersessions_usersession", "accounts_apikey", "account_emailaddress"}
)


def modules() -> dict[str, Any]:
    """The matrix file of each room that has one; one that cannot be imported is kept as its error."""
    found: dict[str, Any] = {}
    names = [info.name for info in pkgutil.iter_modules(matrix.__path__)]
    for name in sorted(names, key=lambda n: ROOMS.index(n) if n in ROOMS else len(ROOMS)):
        try:
            found[name] = importlib.import_module(f"tests.security.matrix.{name}")
        except Exception:
            found[name] = traceback.format_exc()
    return found


def declared() -> dict[str, tuple[str, Route]]:
    """URL name -> (matrix file, entry)."""
    return {
        name: (room, route)
        for room, module in modules().items()
        for name, route in getattr(module, "ROUTES", {}).items()
    }


def url_names() -> list[str]:
    """Every URL name of the project, `namespace:name`; an unnamed pattern is listed by its regex."""
    found: set[str] = set()

    def walk(patterns: list[URLPattern | URLResolver], namespace: str, prefix: str) -> None:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                walk(entry.url_patterns, inner, prefix + str(entry.pattern))
            else:
                found.add(f"{namespace}{entry.name}" if entry.name else f"unnamed {prefix}{entry.pattern}")

    walk(get_resolver().url_patterns, "", "")
    return sorted(found)


@dataclass
class World:
    a: Side
    b: Side
    clients: dict[str, Client]
    errors: dict[str, str] = field(default_factory=dict)


def build() -> World:
    """Both sides with a user of every role, then the objects of each room, bottom up."""
    world = World(a=build_side("a"), b=build_side("b"), clients={})
    for room, module in modules().items():
        make = getattr(module, "make_objects", None)
        if make is None:
            continue
        try:
            with transaction.atomic():
                make(world.a)
                make(world.b)
        except Exception:
            world.errors[room] = traceback.format_exc()
    with (
        connection.cursor() as cursor
    ):  # a verb that checked at once must not make others check before their end
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for role in ROLES:
        world.clients[role] = browser_of(world.a.users[role], raise_request_exception=False)
    world.clients["anonymous"] = Client(raise_request_exception=False)
    return world


def build_side(name: str) -> Side:
    from campaigns.models import Brand, ClientMember
    from creators.models import Creator, CreatorAccess
    from krm.accounts.models import BrandTeam, User

    team = BrandTeam.objects.create(name=f"Team {name}")
    users = {}
    for role in ROLES:
        user = User.objects.create_user(
            f"{role}.{name}@krm.example", role=role, name=f"{role} {name}", all_teams=role == "administrator"
        )
        if user.is_staff_member:
            user.teams.add(team)
        users[role] = user
    side = Side(name=name, team=team, users=users)
    side["creator"] = Creator.objects.create(name=f"Creator {name}")
    for role, relation in (("creator", "self"), ("talent_manager", "manager")):
        CreatorAccess.objects.create(user=users[role], creator=side["creator"], relation=relation)
    side["brand"] = Brand.objects.create(team=team, name=f"Brand {name}")
    for role in ("client_viewer", "client_approver"):
        ClientMember.objects.create(user=users[role], brand=side["brand"])
    return side


def written() -> dict[str, int]:
    """Rows written per table in this transaction so far, rolled-back attempts included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return {name: count for name, count in cursor.fetchall() if name not in NOT_COUNTED}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def refusals() -> Iterator[list[str]]:
    """Every `Denied` that a verb raises meanwhile, also one that a view turns into a flash message."""
    seen: list[str] = []
    original = Denied.__init__

    def spy(self: Denied, reason: object) -> None:
        seen.append(str(reason))
        original(self, reason)

    Denied.__init__ = spy  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        Denied.__init__ = original  # type: ignore[method-assign]
