"""Mail of a developer's machine: each message a file in .local/mail, read on the page /dev/mail/."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

KEPT = 500
NAME = re.compile(r"\d{13,20}-[0-9a-f]{8}")
LINK = re.compile(r"https?://[^\s<>\"')]+")


class FolderBackend(BaseEmailBackend):
    """Writes messages instead of sending them; keeps the newest ones."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.LOCAL_MAIL_FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            path = folder / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.eml"
            path.write_bytes(message.message().as_bytes())
        for old in sorted(folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return len(email_messages)


@dataclass(frozen=True)
class Letter:
    """One message as the page shows it."""

    name: str
    sent: datetime
    to: str
    subject: str
    text: str

    @property
    def links(self) -> list[str]:
        return [link.rstrip(".,;") for link in LINK.findall(self.text)]


def read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain", "html"))
    return Letter(
        name=path.stem,
        sent=datetime.fromtimestamp(int(path.stem.partition("-")[0]) / 1e9, UTC),
        to=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        text=str(body.get_content()) if body is not None else "",
    )


def letters(limit: int = 100) -> list[Letter]:
    """The newest messages first."""
    paths = sorted(Path(settings.LOCAL_MAIL_FOLDER).glob("*.eml"), reverse=True)[:limit]
    return [read(path) for path in paths if NAME.fullmatch(path.stem)]


def find(name: str) -> Letter | None:
    path = Path(settings.LOCAL_MAIL_FOLDER) / f"{name}.eml"
    return read(path) if NAME.fullmatch(name) and path.exists() else None
