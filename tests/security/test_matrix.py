"""The authorisation matrix: every route × method × role × own, foreign and anonymous. The data is in `matrix/`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from tests.security.matrix import METHODS, ROLES, Route, Side
from tests.security.matrix.ground import FOREIGN_PREFIXES
from tests.security.world import World, build, declared, modules, refusals, undone, url_names, written

ROUTES = declared()
CASES = [(name, method) for name in sorted(ROUTES) for method in METHODS]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once, rolled back at the end; each request is rolled back as well."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def test_every_matrix_file_can_be_read() -> None:
    broken = {name: module for name, module in modules().items() if isinstance(module, str)}
    assert not broken, "\n".join(broken.values())


def test_every_route_is_declared() -> None:
    missing = [n for n in url_names() if n not in ROUTES and not n.startswith(FOREIGN_PREFIXES)]
    assert not missing, f"say in tests/security/matrix/<room>.py who may do this: {missing}"


def test_every_declaration_has_a_route() -> None:
    gone = sorted(set(ROUTES) - set(url_names()))
    assert not gone, f"no such URL name any more: {gone}"


@pytest.mark.parametrize(("name", "method"), CASES, ids=[f"{name}-{method}" for name, method in CASES])
def test_matrix(world: World, name: str, method: str) -> None:
    room, route = ROUTES[name]
    assert room not in world.errors, world.errors.get(room)
    faults: list[str] = []
    for relation, side in (("own", world.a), ("foreign", world.b)):
        if relation == "foreign" and not route.is_about_an_object:
            continue
        # a method that is not offered is the same for everybody: who may most and who is nobody are asked
        asked = (*ROLES, "anonymous") if route.roles(method) is not None else ("administrator", "anonymous")
        for role in asked:
            fault = probe(world, name, route, method, role, relation, side)
            if fault:
                faults.append(f"{method} {name} as {role} on {relation}: {fault}")
    assert not faults, "\n".join(faults)


def probe(world: World, name: str, route: Route, method: str, role: str, relation: str, side: Side) -> str:
    try:
        url = reverse(name, kwargs=route.url_kwargs(side, role)) + route.query
    except NoReverseMatch as error:
        return f"cannot make the address: {error}"
    is_api = name.startswith("api:")
    with undone(), refusals() as denied:
        before = written()
        response = send(world.clients[role], method, url, route.body(side), is_api)
        status, target = response.status_code, response.headers.get("Location", "")
        for (
            close
        ) in response._resource_closers:  # not response.close(): that ends the database connection too
            close()
        changed = sorted(table for table, count in written().items() if count != before.get(table, 0))
    return judge(route, method, role, relation, is_api, status, target, denied, changed)


def send(client: Any, method: str, url: str, body: dict[str, Any], is_api: bool) -> Any:
    call = getattr(client, method.lower())
    if method == "GET":
        return call(url)
    if is_api:
        return call(url, json.dumps(body), content_type="application/json")
    return call(url, body) if method == "POST" else call(url)


def judge(
    route: Route,
    method: str,
    role: str,
    relation: str,
    is_api: bool,
    status: int,
    target: str,
    denied: list[str],
    changed: list[str],
) -> str:
    """Empty where the answer is as declared, else what is wrong with it."""
    allowed = route.roles(method)
    to_login = status in (301, 302) and "/login" in target
    if status >= 500 and status != 503:  # 503 is an answer: not ready, or no room for another stream
        return f"it broke with {status}"
    if allowed is None:
        if status in (401, 403, 404, 405) or to_login:
            return f"not offered, yet it wrote {changed}" if changed else ""
        return f"the method is not declared, yet the answer is {status}"
    open_to_all = "anonymous" in allowed
    if role in allowed and (relation == "own" or open_to_all or role in route.foreign):
        if status in (401, 403, 404, 405) or to_login:
            return f"should be let in, got {status} {target} {denied}"
        return f"should be let in, a verb refused: {denied}" if denied else ""
    if changed:
        return f"should be refused, wrote {changed} (status {status})"
    if role == "anonymous":
        wanted = status == 401 if is_api else to_login or status in (401, 403, 404)
        return "" if wanted else f"should be asked to log in, got {status} {target}"
    if status == 302 and not is_api and method == "POST" and denied and not to_login:
        return ""
    insider = role in (route.sees or ()) and (relation == "own" or role in route.foreign)
    if insider:
        return (
            "" if status == 403 else f"should be 403 (may know of it, may not do it), got {status} {target}"
        )
    if route.sees is None and relation != "foreign":
        return "" if status in (403, 404) else f"should be refused, got {status} {target}"
    return "" if status == 404 else f"should be 404, got {status} {target}"
