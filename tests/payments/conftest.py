from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import override

from tests.payments.factories import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def make_cast(db: None) -> Callable[..., Cast]:
    def make(*args: Any, **kwargs: Any) -> Cast:
        return Cast(*args, **kwargs)

    return make


@pytest.fixture
def confirmed_for(client_for: Any) -> Callable[[Any], Any]:
    """A browser whose person proved a moment ago who they are."""

    def make(user: Any) -> Any:
        client = client_for(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session.save()
        return client

    return make


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Each test starts in English, whatever language the requests of the last one left behind."""
    with override("en"):
        yield
