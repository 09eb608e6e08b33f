"""Connects an installation to the sandbox network: application keys, the agency's account, the demo creators' consents."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from krm.connectors import credentials
from krm.connectors.models import Credential, CredentialStatus, Purpose
from krm.local.demo.consents import consent, standings
from krm.local.demo.consents import rows as consent_rows
from krm.local.sandbox import replay, tokens

REPLAY = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "top1000_2022"
AGENCY_USERS = 50


@dataclass(frozen=True)
class Connected:
    applications: int
    consents: int


def is_connected() -> bool:
    """The agency's account is connected, and consents that cannot renew themselves have time left."""
    fresh = timezone.now() - timedelta(days=30)
    return Credential.objects.filter(external_account_id=tokens.AGENCY_IG_ID, updated_at__gt=fresh).exists()


def connect_sandbox(*, replayed: bool = True) -> Connected:
    """Safe to run again: keys are written anew, consents renewed."""
    ig_id, ig_secret = tokens.APPS["instagram"]
    credentials.save_application(
        "instagram",
        by=None,
        enabled=True,
        client_id=ig_id,
        client_secret=ig_secret,
        webhook_secret=tokens.WEBHOOK_TOKEN,
        own_account_id=tokens.AGENCY_IG_ID,
        daily_users=AGENCY_USERS,
    )
    for platform in ("instagram_login", "tiktok", "tiktok_business", "youtube"):
        client_id, client_secret = tokens.APPS[platform]
        credentials.save_application(
            platform,
            by=None,
            enabled=True,
            client_id=client_id,
            client_secret=client_secret,
            api_key=tokens.YOUTUBE_KEY if platform == "youtube" else "",
        )
    for vendor in ("hypeauditor", "modash"):
        client_id, token = tokens.APPS[vendor]
        credentials.save_application(vendor, by=None, enabled=True, client_id=client_id, api_key=token)
    credentials.save_application(
        "x",
        by=None,
        enabled=True,
        api_key=tokens.X_BEARER,
        client_id=tokens.APPS["x"][0],
        client_secret=tokens.APPS["x"][1],
        options={"monthly_usd": "150", "posts": 10},
    )
    fb_id, fb_secret = tokens.APPS["facebook"]
    credentials.save_application(
        "facebook",
        by=None,
        enabled=True,
        client_id=fb_id,
        client_secret=fb_secret,
        daily_users=AGENCY_USERS,
    )
    one_id, one_secret = tokens.APPS["tiktok_one"]
    credentials.save_application(
        "tiktok_one",
        by=None,
        enabled=True,
        client_id=one_id,
        client_secret=one_secret,
        own_account_id=tokens.ONE_ACCOUNT,
    )
    now = time.time()
    rows = [
        Credential(
            platform="instagram",
            external_account_id=tokens.AGENCY_IG_ID,
            handle="krm_agency",
            purpose=Purpose.AGENCY,
            access_token=tokens.issue("act", "instagram", tokens.AGENCY_IG_ID, issued=now),
            scopes=[
                "instagram_basic",
                "instagram_manage_insights",
                "pages_read_engagement",
                "pages_show_list",
            ],
            status=CredentialStatus.ACTIVE,
        ),
        Credential(
            platform="tiktok_one",
            external_account_id=tokens.ONE_ACCOUNT,
            handle="krm_agency",
            purpose=Purpose.AGENCY,
            access_token=tokens.issue("act", "tiktok_one", tokens.ONE_ACCOUNT, issued=now),
            status=CredentialStatus.ACTIVE,
        ),
    ]
    rows += consent_rows(now, standings())
    folder = Path(os.environ.get("KRM_REPLAY", str(REPLAY)))
    if replayed and folder.is_dir():
        for real in replay.load(folder).values():
            if real.platform == "tiktok":
                rows.append(consent("tiktok", real.external_id, real.handle, now, flavour="display"))
    Credential.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["platform", "external_account_id", "flavour"],
        update_fields=[
            "handle", "purpose", "scopes", "access_token", "refresh_token", "expires_at", "refresh_expires_at", "status",
            "status_reason", "updated_at",
        ],
    )  # fmt: skip
    return Connected(applications=8, consents=len(rows) - 2)
