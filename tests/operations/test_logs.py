"""What may stand in a log, and in which form."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from krm.events.context import set_request_id
from krm.operations.logs import ContextFilter, JsonFormatter, PlainFormatter, redact


@pytest.mark.parametrize(
    ("case", "text", "expected"),
    [
        ("e-mail", "sent to rina.s+kol@contoh.co.id now", "sent to *** now"),
        ("NIK", "nik 3174012345670001 refused", "nik *** refused"),
        ("NPWP with dots", "npwp 01.234.567.8-901.000 refused", "npwp *** refused"),
        ("Indonesian phone", "call 0812-3456-7890", "call ***"),
        ("phone with country", "call +62 812 3456 7890.", "call ***."),
        ("card", "card 4111 1111 1111 1111 used", "card *** used"),
        ("IBAN", "iban DE89370400440532013000", "iban ***"),
        ("bearer", "sent Bearer abc.DEF-123456 out", "sent Bearer *** out"),
        ("our API key", "key krm_live_abcdefghijklmnop", "key ***"),
        ("address with token", "GET /x?access_token=EAAB123&fields=id", "GET /x?access_token=***&fields=id"),
        ("password in URL", "postgres://krm:hunter2@db/krm", "postgres://***@db/krm"),
        ("JSON secret", '{"refresh_token": "abc123", "id": 5}', '{"refresh_token": "***", "id": 5}'),
        ("magic link", "GET /magic/AbCdEf0123456789xyz", "GET /magic/***"),
        ("PostgreSQL detail", "Key (email)=(a@b.id) already exists.", "Key (email)=(***) already exists."),
        ("PostgreSQL row", "Failing row contains (1, Rina, 0812).", "Failing row contains (***)."),
        # What must stay readable.
        (
            "UUID",
            "task 58acd412-4a94-4306-8f2e-112233445566 done",
            "task 58acd412-4a94-4306-8f2e-112233445566 done",
        ),
        ("duration", "took 0.012345678901s", "took 0.012345678901s"),
        ("date", "at 2026-11-22 01:13:49", "at 2026-11-22 01:13:49"),
        ("id", "creator 12345 merged", "creator 12345 merged"),
        ("amount", "Rp19.500.000 approved", "Rp19.500.000 approved"),
        ("port", "127.0.0.1:50203", "127.0.0.1:50203"),
    ],
)
def test_redaction(case: str, text: str, expected: str) -> None:
    assert redact(text) == expected, case


def record(message: str, *args: object, error: bool = False) -> logging.LogRecord:
    info = None
    if error:
        try:
            raise ValueError("row of rina@contoh.id is wrong")
        except ValueError:
            info = sys.exc_info()
    made = logging.LogRecord("krm.test", logging.WARNING, __file__, 1, message, args, info)
    made.fields = {"route": "/creators/<int:pk>/", "who": "rina@contoh.id", "ms": 1.5}
    ContextFilter().filter(made)
    return made


def test_json_has_the_request_and_no_person() -> None:
    set_request_id("req-1")
    try:
        text = JsonFormatter().format(record("mail to %s", "rina@contoh.id", error=True))
    finally:
        set_request_id("")
    entry = json.loads(text)
    assert entry["request_id"] == "req-1"
    assert entry["message"] == "mail to ***"
    assert (entry["level"], entry["logger"], entry["ms"], entry["who"]) == ("warning", "krm.test", 1.5, "***")
    assert "ValueError: row of *** is wrong" in entry["exception"]
    assert "rina" not in text


def test_the_terminal_hides_the_same() -> None:
    assert "rina" not in PlainFormatter().format(record("mail to %s", "rina@contoh.id", error=True))
