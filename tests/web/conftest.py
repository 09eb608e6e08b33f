from __future__ import annotations

from tests.browser import *  # noqa: F403 - fixtures
