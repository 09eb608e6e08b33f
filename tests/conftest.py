"""Fixtures that every room uses. A room's own factories stand in `tests/<room>/factories.py`."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

# Said here, because a fixture of pytest-django, which is loaded later, would win over the plugin's.
from krm.local.pytest_plugin import django_db_setup  # noqa: F401

# A shared machine is slow at times; an example that takes long is no fault.
hypothesis.settings.register_profile(
    "everywhere", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("everywhere")

BUDGETS = Path(__file__).parent / "query_budgets.json"
_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Unit tests queue into memory and count in their own corner of the cache; journeys say otherwise themselves."""
    from krm.celery import app

    app.conf.broker_url = os.environ.get("KRM_TEST_BROKER", "memory://localhost/")
    django_settings.CACHES["default"]["KEY_PREFIX"] = f"test-{os.getpid()}"
    Path(django_settings.STATIC_ROOT).mkdir(exist_ok=True)  # whitenoise warns where assets were not collected
    django_settings.API_REQUESTS_PER_MINUTE = 1_000_000
    django_settings.API_ANONYMOUS_PER_MINUTE = 1_000_000


@pytest.fixture(autouse=True)
def _clean_slate() -> None:
    """No language, time zone or count of failed logins of an earlier test."""
    from django.core.cache import cache
    from django.utils import translation

    translation.deactivate()
    timezone.deactivate()
    cache.key_prefix = f"test-{os.getpid()}-{next(_numbers)}"


# People -----------------------------------------------------------------------------------------------------


@pytest.fixture
def team(db: None) -> Any:
    """The brand team that `staff()` works in unless told otherwise."""
    from krm.accounts.models import BrandTeam

    return BrandTeam.objects.create(name=f"Team {next(_numbers)}")


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    from krm.accounts.models import User

    def make(role: str, **fields: Any) -> Any:
        number = next(_numbers)
        fields.setdefault("name", f"{role.replace('_', ' ').title()} {number}")
        fields.setdefault("email", f"{role}{number}@krm.example")
        return User.objects.create_user(fields.pop("email"), "correct horse battery", role=role, **fields)

    return make


@pytest.fixture
def staff(make_user: Callable[..., Any], team: Any) -> Callable[..., Any]:
    """`staff()`, `staff("finance")`, `staff(teams=[other])`, `staff(all_teams=True)`; the team is `team` by default."""

    def make(role: str = "campaign_manager", teams: list[Any] | None = None, **fields: Any) -> Any:
        user = make_user(role, **fields)
        user.teams.set([team] if teams is None else teams)
        return user

    return make


@pytest.fixture
def admin_user(make_user: Callable[..., Any]) -> Any:
    return make_user("administrator", all_teams=True)


@pytest.fixture
def portal_user(make_user: Callable[..., Any]) -> Callable[..., Any]:
    """`portal_user(creator)` is the creator's own login, `portal_user(creator, role="talent_manager")` a manager's."""

    def make(*creators: Any, role: str = "creator", **fields: Any) -> Any:
        fields.setdefault("language", "id")
        user = make_user(role, **fields)
        if creators:
            from creators.models import CreatorAccess

            for creator in creators:
                CreatorAccess.objects.create(
                    user=user, creator=creator, relation="self" if role == "creator" else "manager"
                )
        return user

    return make


@pytest.fixture
def client_user(make_user: Callable[..., Any]) -> Callable[..., Any]:
    """`client_user(brand)` may approve, `client_user(brand, role="client_viewer")` only look."""

    def make(*brands: Any, role: str = "client_approver", **fields: Any) -> Any:
        user = make_user(role, **fields)
        if brands:
            from campaigns.models import ClientMember

            for brand in brands:
                ClientMember.objects.create(user=user, brand=brand)
        return user

    return make


# Ways in ----------------------------------------------------------------------------------------------------


def browser_of(user: Any, *, confirmed: bool = True, **options: Any) -> Client:
    """A browser in which `user` is logged in; `confirmed`: nothing asks again who it is, all day long."""
    client = Client(**options)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if confirmed:
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": time.time() + 86400, "reauthenticated": True}
        ]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """`client_for(user)`, a browser in which `user` has just logged in; `confirmed=False`: a while ago."""
    return browser_of


@pytest.fixture
def api_client() -> Any:
    """A program that sends no key."""
    from rest_framework.test import APIClient

    return APIClient()


@pytest.fixture
def api_for(db: None) -> Callable[..., Any]:
    """A program with an API key of `user`; `scopes` narrows it."""
    from rest_framework.test import APIClient

    from krm.accounts import apikeys

    def make(user: Any, scopes: tuple[str, ...] = ("*",)) -> Any:
        key, secret = apikeys.create(
            user, by=user, name="test", scopes=scopes, expires_at=timezone.now() + timedelta(days=1)
        )
        type(key).objects.filter(pk=key.pk).update(
            last_used_at=timezone.now()
        )  # so that requests only read it
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        client.key = key
        return client

    return make


@pytest.fixture
def drain_events(db: None) -> Callable[[], None]:
    """Run relay and subscribers now, instead of a worker; a subscriber's error fails the test."""
    from krm.events import relay
    from krm.events.models import Delivery

    def drain() -> None:
        relay.run()
        failed = Delivery.objects.exclude(error="").exclude(state=Delivery.State.DONE).first()
        assert failed is None, f"{failed.subscriber}: {failed.error}"

    return drain


# Query budgets ----------------------------------------------------------------------------------------------


@pytest.fixture
def query_budget() -> Callable[[str], AbstractContextManager[None]]:
    """`with query_budget("creators.list"): client.get(…)` holds the page to the number in query_budgets.json.

    `UPDATE_QUERY_BUDGETS=1 pytest …` writes the numbers anew, so that a change is a visible diff.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextmanager
    def budget(name: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as captured:
            yield
        count = len(captured)
        budgets = json.loads(BUDGETS.read_text()) if BUDGETS.exists() else {}
        if os.environ.get("UPDATE_QUERY_BUDGETS"):
            budgets[name] = count
            BUDGETS.write_text(json.dumps(dict(sorted(budgets.items())), indent=2) + "\n")
            return
        queries = "\n".join(query["sql"][:200] for query in captured.captured_queries)
        assert name in budgets, (
            f"no budget for {name}: run with UPDATE_QUERY_BUDGETS=1 (it took {count})\n{queries}"
        )
        assert count == budgets[name], f"{name}: {count} queries, budget {budgets[name]}\n{queries}"

    return budget


@pytest.fixture
def constant_queries() -> Callable[[Callable[[], Any], Callable[[], Any]], None]:
    """`constant_queries(read, grow)`: reading costs as many queries after `grow()` has doubled the rows."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def check(read: Callable[[], Any], grow: Callable[[], Any]) -> None:
        read()  # first call fills per-process caches (content types, sites)
        with CaptureQueriesContext(connection) as before:
            read()
        grow()
        with CaptureQueriesContext(connection) as after:
            read()
        extra = "\n".join(query["sql"][:200] for query in after.captured_queries)
        assert len(after) == len(before), (
            f"{len(before)} queries became {len(after)} with twice the rows\n{extra}"
        )

    return check
