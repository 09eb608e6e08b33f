"""Logs as one JSON object a line, with the id of the request or task, and without personal data."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from krm.events.context import current_request_id

MASK = "***"
# What a log line may never hold, whoever wrote it. Rules are tried in order.
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # PostgreSQL repeats the refused row: Key (email)=(a@b.c) already exists, Failing row contains (…).
    (re.compile(r"(Key \([^)]*\))=\([^)]*\)"), rf"\1=({MASK})"),
    (re.compile(r"(Failing row contains) \(.*\)"), rf"\1 ({MASK})"),
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {MASK}"),
    (
        re.compile(
            r"(?i)([\"']?[\w-]*(?:access[_-]?token|refresh_token|secret|appsecret_proof|api_?key|password|passwd|"
            r"id_token|authorization|cookie|signature|csrfmiddlewaretoken)[\"']?\s*[=:]\s*[\"']?)([^\s\"'&,;})]+)"
        ),
        rf"\g<1>{MASK}",
    ),
    (re.compile(r"(?i)([?&](?:token|key|code|state|sig|signature)=)[^\s&\"']+"), rf"\g<1>{MASK}"),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/@]*@"), rf"\1{MASK}@"),
    # Links that let their bearer in: /magic/…, /invitation/…, /share/….
    (
        re.compile(
            r"(/(?:magic|invitations?|join|share|shared|reset|confirm-email|sign|calendar)/)[\w:=-]{12,}"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"\bkrm_[A-Za-z0-9_-]{12,}"), MASK),  # our own API keys
    (re.compile(r"[\w.+%-]+@[\w-]+\.[\w.-]+"), MASK),  # e-mail addresses
    (re.compile(r"\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b"), MASK),  # IBAN
    # Card, NPWP, phone; then any long number: NIK, account numbers. Not the digits of a UUID, a float or a date.
    (re.compile(r"(?<![\w.-])\d{4}(?:[ -]\d{4}){3}\b"), MASK),
    (re.compile(r"\b\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}\b"), MASK),
    (re.compile(r"(?<![\w.-])(?:\+\d|0\d|62)(?:[ -]?\d){8,14}\b"), MASK),
    (re.compile(r"(?<![\w.-])\d{10,19}\b"), MASK),
)


def redact(text: str) -> str:
    """The text without credentials, addresses and numbers of persons."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text


class ContextFilter(logging.Filter):
    """Puts the id of the running request or task on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True


class Redacting(logging.Formatter):
    """Every text passes `redact`, tracebacks too."""

    def formatException(self, ei: object) -> str:
        return redact(super().formatException(ei))  # type: ignore[arg-type]

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class PlainFormatter(Redacting):
    """For a developer's terminal."""

    def __init__(self) -> None:
        super().__init__("%(levelname)-7s %(name)s: %(message)s")


class JsonFormatter(Redacting):
    """For a log store: one object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request_id := getattr(record, "request_id", ""):
            entry["request_id"] = request_id
        for name, value in getattr(record, "fields", {}).items():
            entry[name] = redact(value) if isinstance(value, str) else value
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def configuration(*, as_json: bool, level: str) -> dict[str, object]:
    """The LOGGING setting."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "krm.operations.logs.ContextFilter"}},
        "formatters": {
            "krm": {"()": f"krm.operations.logs.{'JsonFormatter' if as_json else 'PlainFormatter'}"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "krm", "filters": ["context"]},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {
                "handlers": [],
                "level": "ERROR",
                "propagate": True,
            },  # 404s are in krm.requests
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # One line a task, and only where it tells something, comes from krm.tasks.
            "celery": {"handlers": [], "level": "WARNING", "propagate": True},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "uvicorn": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }
