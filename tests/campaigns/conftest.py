from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page opened for an Indonesian reader leaves the thread in Indonesian; the next test starts in English."""
    with translation.override("en"):
        yield
