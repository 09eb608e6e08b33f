"""Takes secrets out of what is logged or archived."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MASK = "***"
SECRET_NAMES = frozenset(
    {
        "access_token",
        "access-token",
        "accesstoken",
        "refresh_token",
        "client_secret",
        "app_secret",
        "secret",
        "appsecret_proof",
        "key",
        "api_key",
        "apikey",
        "code",
        "auth_code",
        "authorization",
        "password",
        "token",
        "id_token",
        "fb_exchange_token",
        "input_token",
        "signature",
        "cookie",
        "set-cookie",
        "x-api-key",
        "x-auth-token",
        "x-hub-signature",
        "x-hub-signature-256",
        "tiktok-signature",
        "hub.verify_token",
    }
)
_PAIR = re.compile(
    r"(?i)([\"']?(?:access[_-]?token|refresh_token|client_secret|app_secret|appsecret_proof|api_?key|auth_code|"
    r"password|id_token|secret|\bkey)[\"']?\s*[=:]\s*[\"']?)([^\s\"'&,;}]+)"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+")


def redact_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "(not an address)"
    query = [
        (k, MASK if k.lower() in SECRET_NAMES else v)
        for k, v in parse_qsl(parts.query, keep_blank_values=True)
    ]
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query, safe="*{},()."), ""))


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {k: MASK if k.lower() in SECRET_NAMES else v for k, v in headers.items()}


def redact_text(text: str) -> str:
    return _BEARER.sub(rf"\1 {MASK}", _PAIR.sub(rf"\g<1>{MASK}", text))


class RedactionFilter(logging.Filter):
    """Put on the loggers of httpx and httpcore, which write whole addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact_text(record.getMessage())
        record.args = ()
        return True
