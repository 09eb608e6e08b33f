"""One pull's connection to a platform: budget, token, call, classification, archive. The connector sees only `call`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import redis
from django.utils import timezone

from creators.platforms.base import Dialect, Request
from krm.connectors import archive, budgets, credentials, egress, spending
from krm.connectors.http import Client, Reply, TransportError, client
from krm.connectors.models import Application, Credential, CredentialStatus, Purpose
from krm.connectors.outcomes import Failed, Kind, Outcome

log = logging.getLogger(__name__)


class PlatformSession:
    """Implements `base.Session` for one pull. `calls` is what happened, for the archive."""

    def __init__(
        self,
        connector: Dialect,
        application: Application,
        *,
        interactive: bool = False,
        http: Client | None = None,
        now: datetime | None = None,
    ) -> None:
        self.connector = connector
        self.application = application
        self.interactive = interactive
        self.http = http or client()
        self.now = now or timezone.now()
        self.calls: list[archive.Call] = []
        self._agency: Credential | None = None

    def agency(self) -> Credential | None:
        if self._agency is None:
            self._agency = Credential.objects.filter(
                platform=self.connector.platform,
                purpose=Purpose.AGENCY,
                status__in=(CredentialStatus.ACTIVE, CredentialStatus.EXPIRING),
            ).first()
        return self._agency

    def call(
        self, build: Callable[[Credential | None], Request], credential: Credential | None = None
    ) -> Any:
        try:
            return self._call(build, credential)
        except Failed as failed:
            ours = self._is_ours(credential, failed.outcome.kind)
            if failed.outcome.ours is ours:
                raise
            # also: renewing an owner's token is a call without one, and yet the owner's matter
            raise Failed(replace(failed.outcome, ours=ours)) from None

    def _is_ours(self, credential: Credential | None, kind: Kind) -> bool:
        """Whether the refusal is of the agency's own token or key, which is the same for every account."""
        if credential is None:
            return kind in (Kind.AUTH_EXPIRED, Kind.AUTH_REVOKED)
        refused = kind in (Kind.AUTH_EXPIRED, Kind.AUTH_REVOKED, Kind.SCOPE_MISSING)
        return refused and credential.purpose == Purpose.AGENCY

    def _call(self, build: Callable[[Credential | None], Request], credential: Credential | None) -> Any:
        current = credential
        if current is not None and self._is_old(current):
            current = self._renew(current)
        try:
            return self._once(build(current))
        except Failed as failed:
            if failed.outcome.kind is not Kind.AUTH_EXPIRED or current is None:
                raise
            return self._once_more(build, current, failed.outcome)

    def _is_old(self, credential: Credential) -> bool:
        return credentials.can_renew(credential, self.now) and credentials.needs_renewal(credential, self.now)

    def _once_more(
        self, build: Callable[[Credential | None], Request], credential: Credential, first: Outcome
    ) -> Any:
        """The token was refused: renew it and ask again; refused anew, the consent is gone."""
        renewed = self._renew(credential)
        try:
            return self._once(build(renewed))
        except Failed as failed:
            if failed.outcome.kind is not Kind.AUTH_EXPIRED:
                raise
            credentials.revoke(renewed, reason=first.reason)
            raise Failed(Outcome(Kind.AUTH_REVOKED, first.reason)) from None

    def _renew(self, credential: Credential) -> Credential:
        renewed = credentials.renew(credential, lambda fresh: self.connector.renew(self, fresh))
        for name in ("access_token", "refresh_token", "expires_at", "version", "status"):
            setattr(credential, name, getattr(renewed, name))
        return credential

    def _once(self, request: Request) -> Any:
        lease = self._reserve(request)
        hold = self._hold(request, lease)
        brought: list[str] = []
        try:
            body = self._ask(request, lease)
            if hold is not None and request.charged is not None:
                brought = list(request.charged(body))
            return body
        finally:
            if hold is not None:
                spending.settle(hold, brought)

    def _hold(self, request: Request, lease: budgets.Lease | None) -> spending.Hold | None:
        """Money for the call, or the call is not made."""
        if request.charge is None:
            return None
        try:
            return spending.reserve(request.charge, now=self.now, interactive=self.interactive)
        except spending.PurseEmpty as empty:
            if lease is not None:
                budgets.commit(lease, 0)
            raise Failed(
                Outcome(Kind.QUOTA_SPENT, str(empty), empty.until, request.charge.purse.name)
            ) from None
        except redis.RedisError as error:
            raise Failed(
                Outcome(Kind.TRANSIENT, f"The rate budget can't be reached: {type(error).__name__}")
            ) from None

    def _ask(self, request: Request, lease: budgets.Lease | None) -> Any:
        try:
            reply = self.http.request(
                request.method,
                request.url,
                params=request.params,
                headers=request.headers,
                json=request.json,
                data=request.data,
            )
        except TransportError as error:
            self._fail(request, Outcome(Kind.TRANSIENT, str(error)), None)
        except egress.Refused as error:
            if lease is not None:
                budgets.commit(lease, 0)
            self._fail(request, Outcome(Kind.BAD_REQUEST, str(error)), None)
        try:
            outcome = self.connector.classify(request, reply, self.now)
            body = reply.json()
        except TransportError as error:  # cut off on the way
            self._fail(request, Outcome(Kind.TRANSIENT, str(error)), reply)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._fail(
                request, Outcome(Kind.BAD_REQUEST, f"Unreadable answer: {type(error).__name__}"), reply
            )
        self._learn(request, reply, outcome)
        if not outcome.ok:
            self._fail(request, outcome, reply)
        self.calls.append(self._record(request, outcome, reply))
        return body

    def _reserve(self, request: Request) -> budgets.Lease | None:
        if request.bucket is None:
            return None
        try:
            return budgets.reserve(
                request.bucket, request.bucket_key, request.cost, interactive=self.interactive
            )
        except budgets.BudgetSpent as spent:
            kind = Kind.QUOTA_SPENT if request.bucket.kind == "day" else Kind.RATE_LIMITED
            raise Failed(Outcome(kind, str(spent), spent.until, request.bucket.name)) from None
        except redis.RedisError as error:
            # Without the shared purse nothing may be spent: wait for it.
            raise Failed(
                Outcome(Kind.TRANSIENT, f"The rate budget can't be reached: {type(error).__name__}")
            ) from None

    def _learn(self, request: Request, reply: Reply, outcome: Outcome) -> None:
        try:
            for usage in self.connector.usage(request, reply):
                budgets.observe(
                    usage.bucket, usage.key, used=usage.used, limit=usage.limit, percent=usage.percent
                )
            if outcome.kind in (Kind.RATE_LIMITED, Kind.QUOTA_SPENT) and request.bucket is not None:
                until = outcome.until or self.now + timedelta(minutes=15)
                budgets.block(request.bucket, request.bucket_key, until)
        except redis.RedisError:
            log.warning("rate budget of %s not corrected: Redis is not reachable", request.endpoint)

    def _fail(self, request: Request, outcome: Outcome, reply: Reply | None) -> Any:
        self.calls.append(self._record(request, outcome, reply))
        raise Failed(outcome)

    def _record(self, request: Request, outcome: Outcome, reply: Reply | None) -> archive.Call:
        return archive.Call(
            self.connector.platform,
            request.endpoint,
            request.subject,
            outcome,
            reply,
            self.now,
            request.private,
        )
