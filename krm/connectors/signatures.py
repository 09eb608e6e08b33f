"""Signatures of inbound calls, checked over the raw body in constant time."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from typing import Any

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


def signed_request(text: str, app_secret: str) -> dict[str, Any] | None:
    """Meta's `signed_request`: base64url signature, a dot, base64url JSON; HMAC-SHA256 over the second part as sent."""
    given, _, payload = text.partition(".")
    if not payload or not app_secret:
        return None
    expected = hmac.new(app_secret.encode(), payload.encode(), hashlib.sha256).digest()
    try:
        if not hmac.compare_digest(expected, _unpadded(given)):
            return None
        body = json.loads(_unpadded(payload))
    except (ValueError, binascii.Error):
        return None
    if not isinstance(body, dict) or str(body.get("algorithm", "")).upper() != "HMAC-SHA256":
        return None
    return body


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def websub(body: bytes, header: str, secret: str) -> bool:
    """`X-Hub-Signature: sha1=<hex>` (or sha256 and longer) of a WebSub hub over the raw body."""
    scheme, _, given = header.strip().partition("=")
    digest = {
        "sha1": hashlib.sha1,
        "sha256": hashlib.sha256,
        "sha384": hashlib.sha384,
        "sha512": hashlib.sha512,
    }.get(scheme.lower())
    if digest is None or not secret:
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, digest).hexdigest(), given.lower())
