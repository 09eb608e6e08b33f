from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from krm.local.sandbox import tokens, world
from tests.sandbox import Running, sandbox, sandbox_process  # noqa: F401


@pytest.fixture
def connected(db: None, sandbox: Running) -> Running:  # noqa: F811
    """An installation whose agency has set up every platform at the sandbox; no consents yet."""
    from krm.connectors import credentials
    from krm.connectors.credentials import Tokens

    for platform in ("instagram", "tiktok", "tiktok_business", "youtube"):
        client_id, secret = tokens.APPS[platform]
        credentials.save_application(
            platform,
            by=None,
            client_id=client_id,
            client_secret=secret,
            api_key=tokens.YOUTUBE_KEY if platform == "youtube" else "",
            own_account_id=tokens.AGENCY_IG_ID if platform == "instagram" else "",
            daily_users=50,
        )
    credentials.save_application("x", by=None, api_key=tokens.X_BEARER, options={"monthly_usd": "100"})
    client_id, secret = tokens.APPS["facebook"]
    credentials.save_application(
        "facebook", by=None, client_id=client_id, client_secret=secret, daily_users=50
    )
    credentials.save_credential(
        "instagram",
        tokens.AGENCY_IG_ID,
        Tokens(tokens.issue("act", "instagram", tokens.AGENCY_IG_ID)),
        by=None,
        purpose="agency",
    )
    return sandbox


@pytest.fixture
def consent(db: None) -> Callable[..., Any]:
    """`consent(account)`: the owner connects the account; `issued=` lets the token be old."""
    from krm.local import connect

    def give(account: world.DemoAccount, *, flavour: str = "", issued: float | None = None) -> Any:
        import time

        if account.platform == "tiktok" and not flavour:
            flavour = "display"
        credential = connect.consent(
            account.platform, account.external_id, account.handle, issued or time.time(), flavour=flavour
        )
        credential.save()
        return credential

    return give


@pytest.fixture
def account(db: None) -> Callable[..., Any]:
    """`account(demo, known=False)`: the row in KRM; not known means its platform id is still to be learned."""
    from creators.models import SocialAccount

    def make(source: world.DemoAccount, *, known: bool = True) -> Any:
        return SocialAccount.objects.create(
            platform=source.platform, handle=source.handle, external_id=source.external_id if known else None
        )

    return make


@pytest.fixture
def pull(db: None) -> Callable[..., Any]:
    """`pull(account, …)` leases the accounts and runs one pull of them; returns outcomes by account id."""
    from creators.models import AccountSchedule
    from creators.pulling import runner, schedule

    def run(*accounts: Any, interactive: bool = False) -> Any:
        import secrets
        from datetime import timedelta

        from django.utils import timezone

        schedule.ensure([a.pk for a in accounts])
        token = secrets.token_hex(12)
        AccountSchedule.objects.filter(pk__in=[a.pk for a in accounts]).update(
            lease_token=token, lease_until=timezone.now() + timedelta(minutes=5)
        )
        return runner.pull([a.pk for a in accounts], token, interactive=interactive)

    return run
