from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.payments.factories import Cast


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def make_cast(db: None) -> Callable[..., Cast]:
    def make(*args: Any, **kwargs: Any) -> Cast:
        return Cast(*args, **kwargs)

    return make
