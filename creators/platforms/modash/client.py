"""Requests to Modash and what its answers mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings

from creators.platforms.base import Request, Session, Usage
from creators.platforms.modash import schema
from creators.vendors.base import Pending, Report, Subject
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import OK, Failed, Kind, Outcome

REPORTS = Bucket("modash.reports", limit=2, seconds=1)  # about two a second
PAUSE = timedelta(minutes=5)
NOT_THERE = {"account_not_found", "not_found", "profile_not_found", "private_account", "account_removed"}
NO_CREDITS = {"not_enough_credits", "insufficient_credits", "no_credits"}
BAD_TOKEN = {"api_token_invalid", "api_token_missing", "developer_token_invalid"}


class Modash:
    platform = "modash"
    covers = frozenset({"instagram", "tiktok", "youtube"})

    def ready(self, application: Application | None) -> bool:
        return application is not None and application.enabled and bool(application.api_key)

    def buckets(self, application: Application) -> Sequence[Bucket]:
        return [REPORTS]

    def request_report(self, session: Session, subject: Subject) -> Pending | Report:
        name = (
            subject.external_id if subject.platform == "youtube" and subject.external_id else subject.handle
        )
        path = f"/v1/{subject.platform}/profile/{quote(name, safe='')}/report"
        body = session.call(lambda c: self._get(session, path, "report", name))
        if body.get("code") == "retry_later":
            return Pending(session.now + PAUSE, str(body.get("message", "")))
        profile = body.get("profile")
        if not isinstance(profile, dict):
            raise Failed(Outcome(Kind.BAD_REQUEST, "Modash's answer holds no profile."))
        return schema.report(body, subject, session.now)

    def health(self, session: Session) -> str:
        """What is left of the contract's credits; asking costs none."""
        body = session.call(lambda c: self._get(session, "/v1/user/info", "user_info", ""))
        billing = body.get("billing") or {}
        return f"{billing.get('credits', '?')} credits"

    def renew(self, session: Session, credential: Credential) -> Tokens:
        raise Failed(Outcome(Kind.AUTH_REVOKED, "Modash's token is not renewed; enter a new one."))

    def _get(self, session: Session, path: str, endpoint: str, subject: str) -> Request:
        return Request(
            endpoint=endpoint,
            method="GET",
            url=settings.PLATFORM_URLS["modash"] + path,
            subject=subject,
            headers={"Authorization": f"Bearer {session.application.api_key}"},
            bucket=REPORTS,
        )

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        body: Any = reply.json()
        failed = isinstance(body, dict) and body.get("error") is True
        if reply.status == 200 and not failed:
            return OK
        code = str(body.get("code", "")) if isinstance(body, dict) else ""
        reason = f"{reply.status} {code} {body.get('message', '') if isinstance(body, dict) else ''}".strip()[
            :300
        ]
        if code == "retry_later":
            return OK  # being generated: the report is read later
        if code in BAD_TOKEN or reply.status == 401:
            return Outcome(Kind.AUTH_REVOKED, reason)
        if code in NO_CREDITS or reply.status == 402:
            return Outcome(Kind.QUOTA_SPENT, reason, now + timedelta(seconds=1), REPORTS.name)
        if code in NOT_THERE or reply.status == 404:
            return Outcome(Kind.UNAVAILABLE, reason)
        if reply.status == 403:
            return Outcome(Kind.SCOPE_MISSING, reason)
        if reply.status == 429:
            return Outcome(Kind.RATE_LIMITED, reason, now + timedelta(minutes=1), REPORTS.name)
        if reply.status >= 500:
            return Outcome(Kind.TRANSIENT, reason)
        return Outcome(Kind.BAD_REQUEST, reason)

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        return []
