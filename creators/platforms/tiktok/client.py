"""Requests to TikTok and what their answers mean. What is not read by TikTok One needs the owner's own consent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from creators.ingest import CommentReading, PostReading
from creators.platforms import comments
from creators.platforms.base import AccountRef, Pulled, Request, Session, Usage
from creators.platforms.tiktok import one, schema
from krm.connectors import credentials
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import OK, Failed, Kind, Outcome

USER_INFO = Bucket("tiktok.user_info", limit=600, seconds=60)
VIDEO_LIST = Bucket("tiktok.video_list", limit=600, seconds=60)
BUSINESS = Bucket("tiktok_business.all", limit=300, seconds=60)  # TikTok publishes no number; a careful one
BUSINESS_PATH = "/open_api/v1.3"
PER_PAGE = 20


class TikTok:
    platform = "tiktok"
    batch = 1
    cost_per_account = 1.0

    def ready(self, application: Application | None) -> bool:
        return application is not None and application.enabled and bool(application.client_id)

    def buckets(self, application: Application) -> Sequence[Bucket]:
        return [USER_INFO, VIDEO_LIST, BUSINESS, one.CALLS]

    # -- pulling

    def pull(self, session: Session, refs: Sequence[AccountRef]) -> list[Pulled]:
        return [self._pull_one(session, ref) for ref in refs]

    def _pull_one(self, session: Session, ref: AccountRef) -> Pulled:
        pulled = Pulled(ref.id)
        try:
            listed = one.account_of() if ref.credential is None else None
            if listed is not None:
                one.pull(session, ref, pulled, *listed)
            elif ref.credential is None:
                raise Failed(
                    Outcome(Kind.SCOPE_MISSING, "The creator has not connected this TikTok account yet.")
                )
            elif ref.credential.flavour == "business":
                self._pull_business(session, ref, pulled, ref.credential)
            else:
                self._pull_display(session, ref, pulled, ref.credential)
        except Failed as failed:
            pulled.outcome = failed.outcome
        dates = [p.published_at for p in pulled.posts if p.published_at is not None]
        pulled.complete_since = min(dates) if dates else None
        return pulled

    def _pull_display(
        self, session: Session, ref: AccountRef, pulled: Pulled, credential: Credential
    ) -> None:
        body = session.call(
            lambda c: self._display(
                c, "GET", "/v2/user/info/", "user_info", ref.name, USER_INFO, schema.USER_FIELDS
            ),
            credential,
        )
        user = body["data"]["user"]
        pulled.external_id, pulled.handle = user.get("open_id", ""), user.get("username", "")
        pulled.account = schema.account(user, ref.id, session.now, [])
        body = session.call(
            lambda c: self._display(
                c, "POST", "/v2/video/list/", "video_list", ref.name, VIDEO_LIST, schema.VIDEO_FIELDS,
                {"max_count": PER_PAGE},
            ),
            credential,
        )  # fmt: skip
        pulled.posts = [schema.video(node, ref.id, session.now) for node in body["data"].get("videos", [])]
        pulled.account = schema.account(user, ref.id, session.now, pulled.posts)

    def _pull_business(
        self, session: Session, ref: AccountRef, pulled: Pulled, credential: Credential
    ) -> None:
        end = (session.now - timedelta(days=1)).date()
        fields = schema.BUSINESS_FIELDS + (schema.AUDIENCE_FIELDS if ref.wants_audience else ())
        query = {
            "start_date": (end - timedelta(days=27)).isoformat(),
            "end_date": end.isoformat(),
            "fields": json.dumps(fields),
        }
        body = session.call(
            lambda c: self._business(c, "/business/get/", "business_get", ref.name, query), credential
        )
        data = body["data"]
        pulled.external_id, pulled.handle = credential.external_account_id, data.get("username") or ""
        pulled.account = schema.business_account(data, ref.id, session.now, [])
        if ref.wants_audience:
            pulled.audience = schema.audience(data, ref.id, session.now)
        listing = {"fields": json.dumps(schema.BUSINESS_VIDEO_FIELDS), "max_count": PER_PAGE}
        body = session.call(
            lambda c: self._business(c, "/business/video/list/", "business_videos", ref.name, listing),
            credential,
        )
        pulled.posts = [
            schema.business_video(node, ref.id, session.now) for node in body["data"].get("videos", [])
        ]
        pulled.account = schema.business_account(data, ref.id, session.now, pulled.posts)
        if ref.wants_comments and "comment.list" in (credential.scopes or ["comment.list"]):
            pulled.comments = comments.gather(
                pulled.posts, lambda post: self._comments(session, credential, ref, post)
            )

    def _comments(
        self, session: Session, credential: Credential, ref: AccountRef, post: PostReading
    ) -> list[CommentReading]:
        query = {"video_id": post.external_id, "max_count": schema.COMMENTS_PER_PAGE}
        body = session.call(
            lambda c: self._business(c, "/business/comment/list/", "comments", ref.name, query), credential
        )
        return schema.comments(body["data"], post, session.now)

    # -- requests

    def _display(
        self, credential: Credential | None, method: str, path: str, endpoint: str, subject: str, bucket: Bucket,
        fields: Sequence[str], body: Mapping[str, Any] | None = None,
    ) -> Request:  # fmt: skip
        assert credential is not None
        return Request(
            endpoint=endpoint,
            method=method,
            url=settings.PLATFORM_URLS["tiktok"] + path,
            subject=subject,
            params={"fields": ",".join(fields)},
            headers={"Authorization": f"Bearer {credential.access_token}"},
            json=body,
            bucket=bucket,
        )

    def _business(
        self, credential: Credential | None, path: str, endpoint: str, subject: str, query: Mapping[str, Any]
    ) -> Request:
        assert credential is not None
        return Request(
            endpoint=endpoint,
            method="GET",
            url=settings.PLATFORM_URLS["tiktok_business"] + BUSINESS_PATH + path,
            subject=subject,
            params={"business_id": credential.external_account_id, **query},
            headers={"Access-Token": credential.access_token},
            bucket=BUSINESS,
            private=endpoint == "comments",
        )

    def health(self, session: Session) -> str:
        """TikTok has nothing to ask without an owner's consent, so the newest consent is tried."""
        if session.application.platform == "tiktok_one":
            return one.health(session)
        credential = (
            Credential.objects.filter(platform="tiktok", status__in=("active", "expiring"), flavour="display")
            .order_by("-updated_at")
            .first()
        )
        if credential is None:
            raise Failed(Outcome(Kind.SCOPE_MISSING, "No creator has connected a TikTok account yet."))
        body = session.call(
            lambda c: self._display(
                c,
                "GET",
                "/v2/user/info/",
                "health",
                credential.external_account_id,
                USER_INFO,
                ("open_id", "username"),
            ),
            credential,
        )
        return f"@{body['data']['user'].get('username', '')}"

    def renew(self, session: Session, credential: Credential) -> Tokens:
        """Access lives a day. Each renewal brings the next refresh token, which must be kept."""
        if credential.flavour == "business":
            return self._renew_business(session, credential)
        application = session.application
        body = session.call(
            lambda c: Request(
                endpoint="oauth_refresh",
                method="POST",
                url=settings.PLATFORM_URLS["tiktok"] + "/v2/oauth/token/",
                subject=credential.external_account_id,
                data={
                    "client_key": application.client_id,
                    "client_secret": application.client_secret,
                    "grant_type": "refresh_token",
                    "refresh_token": credential.refresh_token,
                },
            )
        )
        return _tokens(body, session.now, "refresh_expires_in")

    def _renew_business(self, session: Session, credential: Credential) -> Tokens:
        application = credentials.application("tiktok_business")
        if application is None:
            raise Failed(Outcome(Kind.BAD_REQUEST, "The TikTok Business application is not set up."))
        body = session.call(
            lambda c: Request(
                endpoint="oauth_refresh",
                method="POST",
                url=settings.PLATFORM_URLS["tiktok_business"]
                + BUSINESS_PATH
                + "/tt_user/oauth2/refresh_token/",
                subject=credential.external_account_id,
                json={
                    "client_id": application.client_id,
                    "client_secret": application.client_secret,
                    "grant_type": "refresh_token",
                    "refresh_token": credential.refresh_token,
                },
            )
        )
        return _tokens(body["data"], session.now, "refresh_token_expires_in")

    # -- answers

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        body = reply.json()
        if not isinstance(body, dict):
            return Outcome(Kind.TRANSIENT, f"HTTP {reply.status}")
        bucket = request.bucket.name if request.bucket else ""
        if "code" in body and "data" in body and isinstance(body["code"], int):
            return _business_outcome(body, now, bucket)
        error = body.get("error")
        if isinstance(error, str):  # the OAuth endpoint's own shape
            reason = f"{error} {body.get('error_description', '')}"[:300]
            return Outcome(Kind.AUTH_REVOKED if error == "invalid_grant" else Kind.BAD_REQUEST, reason)
        code = error.get("code", "ok") if isinstance(error, dict) else "ok"
        if code == "ok" and reply.status == 200:
            return OK
        reason = f"{code} {error.get('message', '') if isinstance(error, dict) else ''}"[:300]
        if code == "access_token_invalid":
            return Outcome(Kind.AUTH_EXPIRED, reason)
        if code in ("scope_not_authorized", "scope_permission_missed"):
            return Outcome(Kind.SCOPE_MISSING, reason)
        if code == "rate_limit_exceeded" or reply.status == 429:
            return Outcome(Kind.RATE_LIMITED, reason, now + _retry_after(reply), bucket)
        if code in ("user_not_found", "user_banned"):
            return Outcome(Kind.UNAVAILABLE, reason)
        if code == "internal_error" or reply.status >= 500:
            return Outcome(Kind.TRANSIENT, reason)
        return Outcome(Kind.BAD_REQUEST, reason)

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        return []  # TikTok sends no quota headers


def _business_outcome(body: Mapping[str, Any], now: datetime, bucket: str) -> Outcome:
    code = body["code"]
    reason = f"{code} {body.get('message', '')}"[:300]
    if code == 0:
        return OK
    if code in (40100, 40133):
        return Outcome(Kind.RATE_LIMITED, reason, now + timedelta(minutes=1), bucket)
    if code in (40102, 40104, 40105):
        return Outcome(Kind.AUTH_EXPIRED, reason)
    if code == 40001:
        return Outcome(Kind.SCOPE_MISSING, reason)
    if code == 40002 and "not available" in str(body.get("message", "")):
        return Outcome(Kind.UNAVAILABLE, reason)
    if code >= 50000:
        return Outcome(Kind.TRANSIENT, reason)
    return Outcome(Kind.BAD_REQUEST, reason)


def _retry_after(reply: Reply) -> timedelta:
    value = reply.headers.get("retry-after", "")
    return timedelta(seconds=min(int(value), 3600)) if value.isdigit() else timedelta(minutes=1)


def _tokens(body: Mapping[str, Any], now: datetime, refresh_life: str) -> Tokens:
    return Tokens(
        access_token=body["access_token"],
        refresh_token=body.get("refresh_token", ""),
        expires_at=now + timedelta(seconds=int(body["expires_in"])),
        refresh_expires_at=now + timedelta(seconds=int(body[refresh_life]))
        if body.get(refresh_life)
        else None,
        scopes=[s for s in str(body.get("scope", "")).split(",") if s] or None,
    )
