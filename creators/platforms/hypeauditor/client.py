"""Requests to HypeAuditor and what its answers mean. One address both asks for a report and reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from creators.platforms.base import Request, Session, Usage
from creators.platforms.hypeauditor import schema
from creators.vendors.base import Pending, Report, Subject
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import OK, Failed, Kind, Outcome

CALLS = Bucket("hypeauditor.calls", limit=99, seconds=60)  # fewer than 100 a minute
METHODS = {
    "instagram": ("auditor.report", "username"),
    "tiktok": ("auditor.tiktok", "channel"),
    "youtube": ("auditor.youtube", "channel"),
    "x": ("auditor.twitter", "channel"),
}
PAUSE = timedelta(minutes=5)
ABSENT = {"PRIVATE", "DELETED", "RESTRICTED", "LOW_VIEWS"}
ABSENT_CODES = {"CHANNEL_NOT_FOUND", "NO_VIDEOS", "NO_VIEWS"}


class HypeAuditor:
    platform = "hypeauditor"
    covers = frozenset(METHODS)

    def ready(self, application: Application | None) -> bool:
        return application is not None and application.enabled and bool(application.api_key)

    def buckets(self, application: Application) -> Sequence[Bucket]:
        return [CALLS]

    def request_report(self, session: Session, subject: Subject) -> Pending | Report:
        method, parameter = METHODS[subject.platform]
        name = (
            subject.external_id if subject.platform == "youtube" and subject.external_id else subject.handle
        )
        body = session.call(lambda c: self._get(session, method, name, {parameter: name}))
        result = body.get("result")
        if not isinstance(result, dict):
            raise Failed(Outcome(Kind.BAD_REQUEST, "HypeAuditor's answer holds no result."))
        state = str(result.get("report_state", ""))
        if state in ABSENT:
            raise Failed(Outcome(Kind.UNAVAILABLE, f"HypeAuditor: {state}"))
        if state == "NOT_READY" or not ("user" in result or "report" in result):
            return Pending(session.now + _hint(result), state)
        return schema.report(result, subject, session.now, method)

    def health(self, session: Session) -> str:
        """The taxonomy costs no credit."""
        body = session.call(lambda c: self._get(session, "auditor.taxonomy", "", {}))
        return str(len(body.get("result") or []))

    def renew(self, session: Session, credential: Credential) -> Tokens:
        raise Failed(Outcome(Kind.AUTH_REVOKED, "HypeAuditor's token is not renewed; enter a new one."))

    def _get(self, session: Session, method: str, subject: str, query: Mapping[str, Any]) -> Request:
        application = session.application
        return Request(
            endpoint=method,
            method="GET",
            url=f"{settings.PLATFORM_URLS['hypeauditor']}/api/method/{method}/",
            subject=subject,
            params={**query, "v": 2},
            headers={"X-Auth-Id": application.client_id, "X-Auth-Token": application.api_key},
            bucket=CALLS,
        )

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        body = reply.json()
        error = body.get("error") if isinstance(body, dict) else None
        if reply.status in (200, 202) and not error:
            return OK
        described = error if isinstance(error, dict) else {}
        code, text = str(described.get("code", "")), str(described.get("description", ""))
        reason = f"{reply.status} {code} {text}".strip()[:300]
        if reply.status == 402:
            return Outcome(Kind.QUOTA_SPENT, reason, now + timedelta(minutes=1), CALLS.name)
        if code in ABSENT_CODES or reply.status == 404:
            return Outcome(Kind.UNAVAILABLE, reason)
        if (
            reply.status == 403
        ):  # a wrong token and a private account both answer 403; the text tells them apart
            refused = "token" in text.lower() or "auth" in text.lower()
            return Outcome(Kind.AUTH_REVOKED if refused else Kind.UNAVAILABLE, reason)
        if reply.status == 401:
            return Outcome(Kind.AUTH_REVOKED, reason)
        if reply.status == 429:
            return Outcome(Kind.RATE_LIMITED, reason, now + timedelta(minutes=1), CALLS.name)
        if reply.status >= 500:
            return Outcome(Kind.TRANSIENT, reason)
        return Outcome(Kind.BAD_REQUEST, reason)

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        return []


def _hint(result: Mapping[str, Any]) -> timedelta:
    """How long HypeAuditor says to wait, in seconds, under whichever name; five minutes where it does not."""
    for name in ("retryTtl", "retry_ttl", "retry_after"):
        value = result.get(name)
        if isinstance(value, int | float) and value > 0:
            return timedelta(seconds=min(float(value), 6 * 3600))
    return PAUSE
