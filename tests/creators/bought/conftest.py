from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from creators.vendors import credits
from krm.local.sandbox import tokens
from tests.sandbox import Running, sandbox, sandbox_process  # noqa: F401


@pytest.fixture
def vendors(db: None, sandbox: Running, admin_user: Any) -> Running:  # noqa: F811
    """Both vendors set up at the sandbox, ten credits each; reports that were made are forgotten."""
    from krm.connectors import credentials as store

    sandbox.http.request("DELETE", "/_sandbox/reports")
    for vendor in ("hypeauditor", "modash"):
        client_id, token = tokens.APPS[vendor]
        store.save_application(vendor, by=None, client_id=client_id, api_key=token)
        credits.grant(vendor, Decimal(10), by=admin_user)
    return sandbox
