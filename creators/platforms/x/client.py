"""Requests to X's API and what their answers mean. Each user and post in an answer is paid for, once in a UTC day."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from creators.platforms.base import AccountRef, Pulled, Request, Session, Usage
from creators.platforms.x import schema
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import OK, Failed, Kind, Outcome
from krm.connectors.spending import Charge, Purse, next_month

USERS = Bucket("x.users", limit=300, seconds=900)
TIMELINES = Bucket("x.timelines", limit=10_000, seconds=900)
USAGE = Bucket("x.usage", limit=50, seconds=900)
USER_PRICE, POST_PRICE = Decimal("0.010"), Decimal("0.005")
PER_CALL = 100
POSTS = 10
NOT_FOUND, PROTECTED = "resource-not-found", "not-authorized-for-resource"


def purse(application: Application) -> Purse:
    return Purse("x", Decimal(str(application.options.get("monthly_usd") or 0)))


def chunks(items: Sequence[Any], size: int = PER_CALL) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


class X:
    platform = "x"
    batch = PER_CALL
    cost_per_account = 0.02  # ids and names in two calls
    price_per_account = USER_PRICE

    def ready(self, application: Application | None) -> bool:
        return (
            application is not None
            and application.enabled
            and bool(application.api_key)
            and purse(application).monthly > 0
        )

    def buckets(self, application: Application) -> Sequence[Bucket]:
        return [USERS, TIMELINES]

    def purse(self, application: Application) -> Purse:
        return purse(application)

    # -- pulling

    def pull(self, session: Session, refs: Sequence[AccountRef]) -> list[Pulled]:
        results = {ref.id: Pulled(ref.id) for ref in refs}
        self._users(session, "/2/users", "ids", {r.external_id: r for r in refs if r.external_id}, results)
        self._users(
            session,
            "/2/users/by",
            "usernames",
            {r.handle.lower(): r for r in refs if not r.external_id and r.handle},
            results,
        )
        for ref in refs:
            pulled = results[ref.id]
            if pulled.account is None and pulled.outcome.ok:
                pulled.outcome = Outcome(Kind.UNAVAILABLE, "X knows no such account.")
        for ref in refs:
            if ref.wants_posts and results[ref.id].outcome.ok:
                try:
                    self._posts(session, results[ref.id])
                except Failed as failed:
                    # An empty purse leaves the profile, which was paid for, as good as it is.
                    if failed.outcome.kind is not Kind.QUOTA_SPENT:
                        results[ref.id].outcome = failed.outcome
        return list(results.values())

    def _users(
        self,
        session: Session,
        path: str,
        parameter: str,
        refs: Mapping[str, AccountRef],
        results: Mapping[int, Pulled],
    ) -> None:
        for names in chunks(sorted(refs)):
            try:
                body = session.call(self._lookup(session, path, parameter, names))
            except Failed as failed:
                for name in names:
                    results[refs[name].id].outcome = failed.outcome
                continue
            for user in body.get("data") or []:
                key = str(user["id"]) if parameter == "ids" else str(user["username"]).lower()
                if key in refs:
                    self._take_user(results[refs[key].id], user, session.now)
            for error in body.get("errors") or []:
                key = str(error.get("value") or error.get("resource_id") or "")
                ref = refs.get(key) or refs.get(key.lower())
                if ref is not None and results[ref.id].account is None:
                    reason = f"{error.get('title', '')}: {error.get('detail', '')}"[:300]
                    results[ref.id].outcome = Outcome(Kind.UNAVAILABLE, reason)

    def _take_user(self, pulled: Pulled, user: Mapping[str, Any], now: datetime) -> None:
        pulled.external_id, pulled.handle = str(user["id"]), str(user.get("username", "")).lower()
        pulled.account = schema.account(user, pulled.account_id, now, [])
        pulled.extra = dict(user)
        if user.get("protected"):
            pulled.outcome = Outcome(Kind.UNAVAILABLE, "The owner shows posts to followers only.")

    def _posts(self, session: Session, pulled: Pulled) -> None:
        body = session.call(lambda c: self._timeline(session, pulled))
        errors = body.get("errors") or []
        if not body.get("data") and any(PROTECTED in str(e.get("type")) for e in errors):
            raise Failed(Outcome(Kind.UNAVAILABLE, "The owner shows posts to followers only."))
        pulled.posts = [
            schema.post(node, pulled.account_id, pulled.handle, session.now)
            for node in body.get("data") or []
        ]
        pulled.account = schema.account(pulled.extra, pulled.account_id, session.now, pulled.posts)
        dates = [p.published_at for p in pulled.posts if p.published_at is not None]
        pulled.complete_since = min(dates) if dates else None

    # -- requests

    def _get(self, session: Session, path: str, endpoint: str, subject: str, **more: Any) -> Request:
        return Request(
            endpoint=endpoint,
            method="GET",
            url=settings.PLATFORM_URLS["x"] + path,
            subject=subject,
            headers={"Authorization": f"Bearer {session.application.api_key}"},
            **more,
        )

    def _lookup(
        self, session: Session, path: str, parameter: str, names: Sequence[str]
    ) -> Callable[[Credential | None], Request]:
        request = self._get(
            session,
            path,
            "users",
            ",".join(names),
            params={parameter: ",".join(names), "user.fields": ",".join(schema.USER_FIELDS)},
            bucket=USERS,
            charge=Charge(
                purse(session.application),
                "user",
                USER_PRICE,
                len(names),
                tuple(names) if parameter == "ids" else (),
            ),
            charged=lambda body: [str(user["id"]) for user in body.get("data") or []],
        )
        return lambda _credential: request

    def _timeline(self, session: Session, pulled: Pulled) -> Request:
        options = session.application.options
        most = min(100, max(5, int(options.get("posts") or POSTS)))
        return self._get(
            session,
            f"/2/users/{pulled.external_id}/tweets",
            "timeline",
            pulled.handle,
            params={
                "max_results": most,
                "exclude": ",".join(schema.EXCLUDE),
                f"{options.get('names') or 'post'}.fields": ",".join(schema.POST_FIELDS),
            },
            bucket=TIMELINES,
            charge=Charge(purse(session.application), "post", POST_PRICE, most),
            charged=lambda body: [str(node["id"]) for node in body.get("data") or []],
        )

    def health(self, session: Session) -> str:
        """The usage page of the project: it costs nothing."""
        body = session.call(lambda c: self._get(session, "/2/usage/tweets", "health", "usage", bucket=USAGE))
        data = body.get("data") or {}
        return f"{data.get('project_usage', '?')} / {data.get('project_cap', '?')}"

    def renew(self, session: Session, credential: Credential) -> Tokens:
        """An owner's token lives two hours; each renewal brings the next refresh token. A bearer token has no end."""
        if not credential.refresh_token:
            raise Failed(Outcome(Kind.AUTH_REVOKED, "A bearer token has no end and cannot be renewed."))
        application = session.application
        pair = f"{application.client_id}:{application.client_secret}".encode()
        body = session.call(
            lambda c: Request(
                endpoint="oauth_refresh",
                method="POST",
                url=settings.PLATFORM_URLS["x"] + "/2/oauth2/token",
                subject=credential.external_account_id,
                headers={"Authorization": "Basic " + base64.b64encode(pair).decode()},
                data={
                    "grant_type": "refresh_token",
                    "refresh_token": credential.refresh_token,
                    "client_id": application.client_id,
                },
            )
        )
        return Tokens(
            body["access_token"],
            body.get("refresh_token", ""),
            session.now + timedelta(seconds=int(body["expires_in"])),
            scopes=str(body.get("scope", "")).split() or None,
        )

    # -- answers

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        body = reply.json()
        if reply.status == 200 and isinstance(body, dict):
            return OK  # partial misses stand in `errors` beside `data`
        problem = body if isinstance(body, dict) else {}
        if problem.get("error") == "invalid_grant":
            return Outcome(Kind.AUTH_REVOKED, str(problem.get("error_description", ""))[:300])
        kind = str(problem.get("type", "")).rpartition("/")[2]
        reason = f"{problem.get('title', '')}: {problem.get('detail', '') or problem.get('reason', '')}"[:300]
        bucket = request.bucket.name if request.bucket else ""
        if kind == "usage-capped":
            return Outcome(Kind.QUOTA_SPENT, reason, next_month(now.astimezone(UTC).date()), bucket)
        if reply.status == 429 or kind == "rate-limit-exceeded":
            return Outcome(Kind.RATE_LIMITED, reason, _reset(reply, now), bucket)
        if reply.status == 401:
            return Outcome(Kind.AUTH_EXPIRED, reason)
        if kind in (NOT_FOUND, PROTECTED) or reply.status == 404:
            return Outcome(Kind.UNAVAILABLE, reason)
        if reply.status >= 500:
            return Outcome(Kind.TRANSIENT, reason)
        return Outcome(
            Kind.BAD_REQUEST, reason
        )  # 403 client-forbidden too: the agency's app, not the account

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        limit, left = (
            reply.headers.get("x-rate-limit-limit", ""),
            reply.headers.get("x-rate-limit-remaining", ""),
        )
        if request.bucket is None or not (limit.isdigit() and left.isdigit()):
            return []
        return [
            Usage(request.bucket, request.bucket_key, used=max(0, int(limit) - int(left)), limit=int(limit))
        ]


def _reset(reply: Reply, now: datetime) -> datetime:
    """When X says its window ends; a quarter of an hour where it does not say."""
    stamp = reply.headers.get("x-rate-limit-reset", "")
    longest = now + timedelta(minutes=15)
    if not stamp.isdigit():
        return longest
    return min(max(datetime.fromtimestamp(int(stamp), UTC), now + timedelta(seconds=5)), longest)
