"""What came of a call to another system, in nine classes. Connectors classify; the runner decides what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    OK = "ok"
    AUTH_EXPIRED = "auth_expired"  # refresh the token, then try again
    AUTH_REVOKED = "auth_revoked"  # a person must consent again
    SCOPE_MISSING = "scope_missing"  # consent was given, but not for this
    RATE_LIMITED = "rate_limited"  # try again at `until`
    QUOTA_SPENT = "quota_spent"  # the day's allowance is gone, back at `until`
    UNAVAILABLE = "unavailable"  # the account is private, personal or gone; they look the same
    TRANSIENT = "transient"  # their fault or the network's
    BAD_REQUEST = "bad_request"  # our fault: a person must look


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: Kind
    reason: str = ""
    until: datetime | None = None
    bucket: str = ""
    ours: bool = False  # the agency's own key or token is at fault; no owner can help

    @property
    def ok(self) -> bool:
        return self.kind is Kind.OK


OK = Outcome(Kind.OK)


class Failed(Exception):
    """Carries an outcome that is not ok out of a connector's call."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"{outcome.kind}: {outcome.reason}")
        self.outcome = outcome
