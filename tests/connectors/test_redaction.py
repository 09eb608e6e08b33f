from __future__ import annotations

import logging

import pytest

from krm.connectors import redaction


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("GET https://x/?access_token=geheim&a=1", "geheim"),
        ('{"client_secret": "geheim", "a": 1}', "geheim"),
        ("Authorization: Bearer geheim", "geheim"),
        ("refresh_token=geheim", "geheim"),
        ("https://y/?key=geheim", "geheim"),
        ("{'Access-Token': 'geheim'}", "geheim"),
    ],
)
def test_secrets_leave_the_log(text: str, secret: str) -> None:
    record = logging.LogRecord("httpx", logging.INFO, "", 0, "%s", (text,), None)
    assert redaction.RedactionFilter().filter(record)
    assert secret not in record.getMessage()


def test_addresses_keep_what_is_not_secret() -> None:
    url = "https://user:pw@graph.example/v26.0/1?fields=id,media.limit(2){id}&access_token=abc#f"
    assert (
        redaction.redact_url(url)
        == "https://graph.example/v26.0/1?fields=id,media.limit(2){id}&access_token=***"
    )


def test_headers() -> None:
    shown = redaction.redact_headers({"Access-Token": "a", "X-App-Usage": "b"})
    assert shown == {"Access-Token": "***", "X-App-Usage": "b"}
