"""Requests to Facebook's Graph API for Pages, and what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from creators.ingest import CommentReading, PostReading
from creators.platforms import comments, meta
from creators.platforms.base import POSTS_PER_PULL, AccountRef, Pulled, Request, Session, Usage
from creators.platforms.facebook import schema
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import Failed, Kind, Outcome

CALLS_PER_USER = 200  # an hour
PAGE_CALLS = 4_800  # a day for each Page that consented, at the least


def app_bucket(application: Application) -> Bucket:
    return Bucket("facebook.app", limit=CALLS_PER_USER * max(1, application.daily_users), seconds=3600)


def page_bucket() -> Bucket:
    return Bucket("facebook.page", limit=PAGE_CALLS, seconds=86400)


class Facebook:
    platform = "facebook"
    batch = 1
    cost_per_account = 2.0

    def ready(self, application: Application | None) -> bool:
        return (
            application is not None
            and application.enabled
            and bool(application.client_id)
            and bool(application.client_secret)
        )

    def buckets(self, application: Application) -> Sequence[Bucket]:
        return [app_bucket(application)]

    # -- pulling

    def pull(self, session: Session, refs: Sequence[AccountRef]) -> list[Pulled]:
        return [self._pull_one(session, ref) for ref in refs]

    def _pull_one(self, session: Session, ref: AccountRef) -> Pulled:
        pulled = Pulled(ref.id)
        try:
            self._pull(session, ref, pulled)
        except Failed as failed:
            pulled.outcome = failed.outcome
        return pulled

    def _pull(self, session: Session, ref: AccountRef, pulled: Pulled) -> None:
        own = ref.credential
        node_id = own.external_account_id if own is not None else ref.external_id or ref.handle
        source = "platform_public" if own is None else "platform_authorised"
        page = self._call(session, own, node_id, "page", ref, {"fields": ",".join(schema.PAGE)})
        pulled.external_id, pulled.handle = str(page["id"]), str(page.get("username") or ref.handle)
        pulled.account = schema.account(page, ref.id, source, session.now, [])
        fields = ",".join((*schema.POST, *schema.EDGES))
        if own is not None:
            fields += f",insights.metric({','.join(schema.POST_METRICS)})"
        query = {"fields": fields, "limit": POSTS_PER_PULL}
        listing = self._call(session, own, f"{pulled.external_id}/posts", "posts", ref, query)
        pulled.posts = [schema.post(node, ref.id, source, session.now) for node in listing.get("data", [])]
        pulled.account = schema.account(page, ref.id, source, session.now, pulled.posts)
        dates = [p.published_at for p in pulled.posts if p.published_at is not None]
        pulled.complete_since = min(dates) if dates else None
        if own is not None:
            self._insights(session, own, ref, pulled)

    def _insights(self, session: Session, own: Credential, ref: AccountRef, pulled: Pulled) -> None:
        until = session.now.replace(minute=0, second=0, microsecond=0)
        query = {
            "metric": ",".join(schema.PAGE_METRICS),
            "period": "day",
            "since": int((until - timedelta(days=28)).timestamp()),
            "until": int(until.timestamp()),
        }
        path = f"{pulled.external_id}/insights"
        assert pulled.account is not None
        schema.add_insights(pulled.account, self._call(session, own, path, "page_insights", ref, query))
        if ref.wants_audience:
            query = {"metric": ",".join(schema.AUDIENCE_METRICS), "period": "day"}
            body = self._call(session, own, path, "audience", ref, query)
            pulled.audience = schema.audience(body, ref.id, session.now)
        if ref.wants_comments:
            pulled.comments = comments.gather(
                pulled.posts, lambda post: self._comments(session, own, ref, post)
            )

    def _comments(
        self, session: Session, own: Credential, ref: AccountRef, post: PostReading
    ) -> list[CommentReading]:
        query = {"fields": ",".join(schema.COMMENT), "limit": comments.PER_POST, "filter": "stream"}
        body = self._call(session, own, f"{post.external_id}/comments", "comments", ref, query)
        return schema.comments(body, post, own.external_account_id, session.now)

    # -- requests

    def _call(
        self,
        session: Session,
        credential: Credential | None,
        path: str,
        endpoint: str,
        ref: AccountRef,
        query: Mapping[str, Any],
    ) -> Any:
        return session.call(lambda c: self._get(session, c, path, endpoint, ref.name, query), credential)

    def _get(
        self,
        session: Session,
        credential: Credential | None,
        path: str,
        endpoint: str,
        subject: str,
        query: Mapping[str, Any],
    ) -> Request:
        application = session.application
        if credential is None:  # the application speaks for itself: Page Public Content Access
            token = f"{application.client_id}|{application.client_secret}"
            own = False
        else:
            token, own = credential.access_token, True
        return Request(
            endpoint=endpoint,
            method="GET",
            url=f"{settings.PLATFORM_URLS['facebook']}/{settings.INSTAGRAM_VERSION}/{path}",
            subject=subject,
            params={
                **query,
                "access_token": token,
                "appsecret_proof": meta.proof(token, application.client_secret),
            },
            bucket=page_bucket() if own else app_bucket(application),
            bucket_key=str(credential.pk) if credential is not None else "app",
            private=endpoint == "comments",
        )

    def health(self, session: Session) -> str:
        own_id = session.application.client_id
        body = session.call(
            lambda c: self._get(session, None, own_id, "health", own_id, {"fields": "id,name"})
        )
        return str(body.get("name", own_id))

    def renew(self, session: Session, credential: Credential) -> Tokens:
        """A Page's token has no end of its own; where Meta ended it, only the owner can give another."""
        raise Failed(Outcome(Kind.AUTH_REVOKED, "Meta ended this Page's token."))

    # -- answers

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        return meta.classify(request, reply, now)

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        return meta.usage(request, reply)
