"""What a vendor of audience reports is. Like a platform's connector it never sleeps, retries or stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from creators.ingest import AudienceReading
from creators.platforms.base import Dialect, Session
from krm.connectors.budgets import Bucket
from krm.connectors.models import Application


@dataclass(frozen=True)
class Subject:
    """The account a report is about."""

    account_id: int
    platform: str
    handle: str
    external_id: str


@dataclass(frozen=True)
class Pending:
    """The vendor is at it; ask again then."""

    retry_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Report:
    as_of: date
    quality: dict[str, Any]
    audience: AudienceReading | None = None
    endpoint: str = ""  # where the archive keeps the answer
    notes: list[str] = field(default_factory=list)


class Vendor(Dialect, Protocol):
    covers: frozenset[str]  # the platforms it reports on

    def ready(self, application: Application | None) -> bool: ...

    def buckets(self, application: Application) -> Sequence[Bucket]: ...

    def request_report(self, session: Session, subject: Subject) -> Pending | Report:
        """Ask for the report, or for how far it is: both are the same call. Raises `Failed`."""

    def health(self, session: Session) -> str: ...
