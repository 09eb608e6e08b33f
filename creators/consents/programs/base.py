"""What a door of a platform is: where the owner is sent, what comes back, how it is ended."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from creators.platforms.base import Request, Session, Usage
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import OK, Failed, Kind, Outcome


@dataclass(frozen=True)
class Scope:
    name: str
    words: Any  # what it lets us read, as the owner reads it
    required: bool = True


@dataclass(frozen=True)
class Identity:
    """An account the owner consented for; `tokens` where it has its own (a Page)."""

    external_id: str
    handle: str
    name: str = ""
    tokens: Tokens | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Grant:
    tokens: Tokens = field(repr=False)
    identities: Sequence[Identity]
    scopes: Sequence[str]
    subject_id: str = ""


class Program:
    """One door. Also the dialect of its OAuth calls, so that they run through the one session."""

    key: ClassVar[str] = ""
    application: ClassVar[str] = ""
    platform: ClassVar[str] = ""
    flavour: ClassVar[str] = ""
    title: ClassVar[str] = ""
    icon: ClassVar[str] = ""
    hint: ClassVar[Any] = ""  # which kind of account it is for
    duration: ClassVar[Any] = ""  # how long the consent lives
    leave: ClassVar[Any] = ""  # where it is ended at the platform
    pkce: ClassVar[bool] = False
    scopes: ClassVar[tuple[Scope, ...]] = ()

    def authorize_url(
        self, application: Application, *, state: str, challenge: str, redirect_uri: str
    ) -> str:
        raise NotImplementedError

    def exchange(self, session: Session, *, code: str, verifier: str, redirect_uri: str) -> Grant:
        raise NotImplementedError

    def revoke(self, session: Session, credential: Credential) -> bool:
        """End it at the platform. False: the platform has no such call."""
        return False

    def missing(self, granted: Sequence[str]) -> list[str]:
        return [s.name for s in self.scopes if s.required and s.name not in granted]

    def words_for(self, names: Sequence[str]) -> list[Any]:
        return [s.words for s in self.scopes if s.name in names]

    # -- the dialect

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        """Every platform's OAuth answers: RFC 6749, Graph's, TikTok's two envelopes, Google's."""
        body = reply.json() if reply.body.strip() else {}
        if not isinstance(body, dict):
            return OK if reply.status < 300 else Outcome(Kind.BAD_REQUEST, f"HTTP {reply.status}")
        error = body.get("error")
        code: Any = body.get("code")
        if isinstance(error, dict):
            if error.get("code") in ("ok", 0):
                error = None
            else:
                code, error = error.get("code"), error.get("message") or error.get("status") or "error"
        elif isinstance(code, int) and "data" in body and code != 0:
            error = body.get("message") or "error"
        elif body.get("error_type"):
            error = body.get("error_message") or body["error_type"]
        text = f"{code or ''} {error or ''} {body.get('error_description', '')}".strip()[:300]
        if reply.status < 300 and not error:
            return OK
        if reply.status == 429 or error == "rate_limit_exceeded":
            return Outcome(Kind.RATE_LIMITED, text, now + timedelta(minutes=1))
        if reply.status >= 500:
            return Outcome(Kind.TRANSIENT, text or f"HTTP {reply.status}")
        if error == "invalid_grant":
            return Outcome(Kind.AUTH_REVOKED, text)
        return Outcome(Kind.BAD_REQUEST, text or f"HTTP {reply.status}")

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        return []

    def renew(self, session: Session, credential: Credential) -> Tokens:
        raise Failed(Outcome(Kind.BAD_REQUEST, "The platform's connector renews tokens."))

    # -- help for the doors

    def call(self, session: Session, method: str, url: str, **parts: Any) -> dict[str, Any]:
        """One call outside the rate budgets: there are two or three in a consent, and a person waits."""
        body: Any = session.call(lambda c: Request(f"oauth_{self.key}", method, url, "", **parts))
        return body if isinstance(body, dict) else {}


def challenge_of(verifier: str) -> str:
    """S256 of RFC 7636."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def address(base: str, query: Mapping[str, Any]) -> str:
    return f"{base}?{urlencode(query)}"


def split(text: Any) -> list[str]:
    """Scopes come with commas, with blanks, or as a list."""
    if isinstance(text, list):
        return [str(part) for part in text]
    return [part for part in str(text or "").replace(",", " ").split() if part]


def tokens_of(
    body: Mapping[str, Any], now: datetime, *, refresh_life: str = "", scopes: Sequence[str] | None = None
) -> Tokens:
    life, refresh = body.get("expires_in"), body.get(refresh_life) if refresh_life else None
    return Tokens(
        access_token=str(body["access_token"]),
        refresh_token=str(body.get("refresh_token") or ""),
        expires_at=now + timedelta(seconds=int(life)) if life else None,
        refresh_expires_at=now + timedelta(seconds=int(refresh)) if refresh else None,
        scopes=scopes,
    )
