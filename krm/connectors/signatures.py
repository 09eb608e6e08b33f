"""Signatures of inbound calls, checked over the raw body in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
import time

TOLERANCE_SECONDS = 300
_TIKTOK = re.compile(r"t=(\d{1,12}),\s*s=([0-9a-fA-F]{64})\Z")


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def meta(body: bytes, header: str, app_secret: str) -> bool:
    """`X-Hub-Signature-256: sha256=<hex>`."""
    scheme, _, given = header.partition("=")
    return (
        scheme == "sha256" and bool(app_secret) and hmac.compare_digest(_hex(app_secret, body), given.lower())
    )


def tiktok(body: bytes, header: str, client_secret: str, *, now: float | None = None) -> bool:
    """`TikTok-Signature: t=<unix>,s=<hex>` over `<t>.<body>`, not older than five minutes."""
    match = _TIKTOK.match(header.strip())
    if match is None or not client_secret:
        return False
    stamp, given = match.groups()
    if abs((time.time() if now is None else now) - int(stamp)) > TOLERANCE_SECONDS:
        return False
    return hmac.compare_digest(_hex(client_secret, stamp.encode() + b"." + body), given.lower())
