"""Tokens of the sandbox: who they are for and when they were given is in them, signed, so that nothing is stored."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass

KEY = b"krm-sandbox"  # not a secret: it opens nothing but the sandbox
APPS = {
    "hypeauditor": ("sandbox-hypeauditor-id", "sandbox-hypeauditor-token"),
    "instagram": ("sandbox-instagram-app", "sandbox-instagram-secret"),
    "instagram_login": ("sandbox-instagram-login-app", "sandbox-instagram-login-secret"),
    "modash": ("", "sandbox-modash-token"),
    "tiktok": ("sandbox-tiktok-key", "sandbox-tiktok-secret"),
    "tiktok_business": ("sandbox-tiktok-business", "sandbox-tiktok-business-secret"),
    "tiktok_one": ("sandbox-tiktok-one", "sandbox-tiktok-one-secret"),
    "facebook": ("sandbox-facebook-app", "sandbox-facebook-secret"),
    "x": ("sandbox-x-client", "sandbox-x-secret"),
    "youtube": ("sandbox-google-client", "sandbox-google-secret"),
}
YOUTUBE_KEY = "sandbox-youtube-key"
X_BEARER = "sandbox-x-bearer"
WEBHOOK_TOKEN = "sandbox-verify-token"  # noqa: S105
AGENCY_IG_ID = "17841400000000001"
ONE_ACCOUNT = "7300000000000000001"
LIFE = {
    "instagram": 60 * 86400,
    "facebook": 10 * 365 * 86400,
    "tiktok": 86400,
    "tiktok_business": 86400,
    "x": 7200,
    "youtube": 3600,
}
REFRESH_LIFE = 365 * 86400


@dataclass(frozen=True)
class Token:
    kind: str  # act, rft
    platform: str
    account: str
    issued: int
    serial: str


def _sign(text: str) -> str:
    return hmac.new(KEY, text.encode(), hashlib.sha256).hexdigest()[:20]


def issue(kind: str, platform: str, account: str, *, issued: float | None = None, serial: str = "0") -> str:
    text = f"{kind}.{platform}.{account}.{int(time.time() if issued is None else issued)}.{serial}"
    return f"{text}.{_sign(text)}"


def read(token: str) -> Token | None:
    text, _, signature = token.rpartition(".")
    if not text or not hmac.compare_digest(_sign(text), signature):
        return None
    parts = text.split(".")
    if len(parts) != 5:
        return None
    kind, platform, account, issued, serial = parts
    return Token(kind, platform, account, int(issued), serial)


def expired(token: Token, *, now: float | None = None) -> bool:
    if token.account in (AGENCY_IG_ID, ONE_ACCOUNT):
        return False  # these have no end
    life = REFRESH_LIFE if token.kind == "rft" else LIFE[token.platform]
    return (time.time() if now is None else now) > token.issued + life


def appsecret_proof(token: str, secret: str) -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
