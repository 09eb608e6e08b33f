"""Requests to Instagram's Graph API and what their answers mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from creators.ingest import CommentReading, PostReading
from creators.platforms import comments, meta
from creators.platforms.base import POSTS_PER_PULL, AccountRef, Pulled, Request, Session, Usage
from creators.platforms.instagram import schema
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import Failed, Kind, Outcome

CALLS_PER_USER = 200  # an hour, for each person who used the application in the day
PUBLIC = ("discovery", "health", "hashtag")  # counted by the application, not by the account
OWN_CALLS = 4_800  # a day for each account that consented, at the least
SOONEST = timedelta(minutes=40)  # a story that ends sooner has just been read for the last time
LOGIN = "login"  # flavour of consents given through Instagram's own login


def app_bucket(application: Application) -> Bucket:
    return Bucket("instagram.app", limit=CALLS_PER_USER * max(1, application.daily_users), seconds=3600)


def hashtag_bucket(application: Application) -> Bucket:
    """The same allowance, in a purse of its own: a refusal for too many hashtags must not stop the profiles."""
    return Bucket("instagram.hashtags", limit=CALLS_PER_USER * max(1, application.daily_users), seconds=3600)


def own_bucket() -> Bucket:
    return Bucket("instagram.account", limit=OWN_CALLS, seconds=86400)


class Instagram:
    platform = "instagram"
    batch = 1
    cost_per_account = 1.0

    def ready(self, application: Application | None) -> bool:
        return application is not None and application.enabled and bool(application.own_account_id)

    def buckets(self, application: Application) -> Sequence[Bucket]:
        return [app_bucket(application)]

    # -- pulling

    def pull(self, session: Session, refs: Sequence[AccountRef]) -> list[Pulled]:
        return [self._pull_one(session, ref) for ref in refs]

    def _pull_one(self, session: Session, ref: AccountRef) -> Pulled:
        pulled = Pulled(ref.id)
        try:
            if ref.credential is not None:
                self._pull_own(session, ref, pulled)
            else:
                self._pull_public(session, ref, pulled)
        except Failed as failed:
            pulled.outcome = failed.outcome
        return pulled

    def _pull_public(self, session: Session, ref: AccountRef, pulled: Pulled) -> None:
        agency = session.agency()
        if agency is None:
            reason = "The agency's own Instagram account is not connected."
            raise Failed(Outcome(Kind.AUTH_REVOKED, reason, ours=True))
        if not ref.handle:
            raise Failed(
                Outcome(Kind.BAD_REQUEST, "Instagram finds public accounts by handle; this one has none.")
            )
        media = ",".join(schema.MEDIA)
        fields = (
            f"business_discovery.username({ref.handle}){{{','.join(schema.PUBLIC_PROFILE)},"
            f"media.limit({POSTS_PER_PULL}){{{media}}}}}"
        )
        own_id = session.application.own_account_id
        body = session.call(
            lambda c: self._get(session, c, own_id, "discovery", ref.name, {"fields": fields}),
            agency,
        )
        node = body.get("business_discovery")
        if node is None:
            raise Failed(
                Outcome(Kind.UNAVAILABLE, "Instagram shows nothing of this account (its age limit, perhaps).")
            )
        self._fill(pulled, node, node.get("media") or {}, "platform_public", session.now)

    def _pull_own(self, session: Session, ref: AccountRef, pulled: Pulled) -> None:
        credential = ref.credential
        assert credential is not None
        node_id = credential.external_account_id
        node = session.call(
            lambda c: self._get(
                session, c, node_id, "profile", ref.name, {"fields": ",".join(schema.PUBLIC_PROFILE)}
            ),
            credential,
        )
        metrics = ",".join(schema.MEDIA_METRICS)
        fields = f"{','.join(schema.OWN_MEDIA)},insights.metric({metrics})"
        media = session.call(
            lambda c: self._get(
                session, c, f"{node_id}/media", "media", ref.name, {"fields": fields, "limit": POSTS_PER_PULL}
            ),
            credential,
        )
        self._fill(pulled, node, media, "platform_authorised", session.now)
        until = session.now.replace(minute=0, second=0, microsecond=0)
        query = {
            "metric": ",".join(schema.ACCOUNT_METRICS),
            "period": "day",
            "metric_type": "total_value",
            "since": int((until - timedelta(days=28)).timestamp()),
            "until": int(until.timestamp()),
        }
        insights = session.call(
            lambda c: self._get(session, c, f"{node_id}/insights", "account_insights", ref.name, query),
            credential,
        )
        assert pulled.account is not None
        schema.add_insights(pulled.account, insights)
        if ref.wants_audience:
            bodies = {
                b: self._demographics(session, credential, ref, schema.DEMOGRAPHICS, b)
                for b in schema.BREAKDOWNS
            }
            pulled.audience = schema.audience(bodies, ref.id, session.now)
        self._pull_more(session, ref, pulled, credential, query)
        if ref.wants_comments:
            pulled.comments = comments.gather(
                pulled.posts, lambda post: self._comments(session, credential, ref, post)
            )

    def _pull_more(
        self,
        session: Session,
        ref: AccountRef,
        pulled: Pulled,
        credential: Credential,
        weeks: Mapping[str, Any],
    ) -> None:
        """What some accounts and permissions do not give. A refusal here never spoils the pull."""
        steps: list[Callable[[], None]] = [lambda: self._follows(session, ref, pulled, credential, weeks)]
        if ref.wants_audience:
            steps += [
                lambda people=people: self._active(session, ref, pulled, credential, people)  # type: ignore[misc]
                for people in schema.ACTIVE
            ]
        if ref.wants_stories:
            steps.append(lambda: self._stories(session, ref, pulled, credential))
            if credential.flavour != LOGIN:  # Instagram's own login has no tags
                steps.append(lambda: self._tags(session, ref, pulled, credential))
        for step in steps:
            try:
                step()
            except Failed as failed:
                if failed.outcome.kind in comments.HOPELESS - {Kind.SCOPE_MISSING}:
                    return

    def _follows(
        self,
        session: Session,
        ref: AccountRef,
        pulled: Pulled,
        credential: Credential,
        weeks: Mapping[str, Any],
    ) -> None:
        query = {**weeks, "metric": schema.FOLLOWS, "breakdown": "follow_type"}
        path = f"{credential.external_account_id}/insights"
        body = session.call(lambda c: self._get(session, c, path, "follows", ref.name, query), credential)
        assert pulled.account is not None
        schema.add_follows(pulled.account, body)

    def _active(
        self, session: Session, ref: AccountRef, pulled: Pulled, credential: Credential, people: str
    ) -> None:
        bodies = {
            b: self._demographics(session, credential, ref, schema.ACTIVE[people], b)
            for b in schema.BREAKDOWNS
        }
        found = schema.active_audience(people, bodies, ref.id, session.now)
        if found is not None:
            pulled.active.append(found)

    def _stories(self, session: Session, ref: AccountRef, pulled: Pulled, credential: Credential) -> None:
        """The stories of the last 24 hours, each with its figures so far; one that few have seen has none."""
        query = {"fields": ",".join(schema.STORY_MEDIA), "limit": POSTS_PER_PULL}
        path = f"{credential.external_account_id}/stories"
        body = session.call(lambda c: self._get(session, c, path, "stories", ref.name, query), credential)
        wanted = {"metric": ",".join(schema.STORY_METRICS)}
        ends = []
        for node in body.get("data", []):
            figures = None
            try:
                figures = session.call(
                    lambda c, n=node: self._get(  # type: ignore[misc]
                        session, c, f"{n['id']}/insights", "story_insights", ref.name, wanted
                    ),
                    credential,
                )
            except Failed as failed:
                if failed.outcome.kind in comments.HOPELESS:
                    raise
            story = schema.story(node, figures, ref.id, session.now)
            pulled.posts.append(story)
            if story.published_at is not None:
                ends.append(story.published_at + schema.STORY_LIFE)
        later = [end for end in ends if end > session.now + SOONEST]
        pulled.again_before = min(later) if later else None

    def _tags(self, session: Session, ref: AccountRef, pulled: Pulled, credential: Credential) -> None:
        """Posts of others in which the account is tagged, the newest page."""
        query = {"fields": ",".join(schema.TAGGED_MEDIA), "limit": POSTS_PER_PULL}
        path = f"{credential.external_account_id}/tags"
        body = session.call(lambda c: self._get(session, c, path, "tags", ref.name, query), credential)
        pulled.tags = [schema.find(node) for node in body.get("data", [])]

    def _comments(
        self, session: Session, credential: Credential, ref: AccountRef, post: PostReading
    ) -> list[CommentReading]:
        query = {"fields": schema.comment_fields(), "limit": comments.PER_POST}
        body = session.call(
            lambda c: self._get(session, c, f"{post.external_id}/comments", "comments", ref.name, query),
            credential,
        )
        return schema.comments(body, post, credential.external_account_id, session.now)

    def _demographics(
        self, session: Session, credential: Credential, ref: AccountRef, metric: str, breakdown: str
    ) -> Any:
        query = {
            "metric": metric,
            "period": "lifetime",
            "metric_type": "total_value",
            "timeframe": schema.TIMEFRAME,
            "breakdown": breakdown,
        }
        path = f"{credential.external_account_id}/insights"
        endpoint = "demographics" if metric == schema.DEMOGRAPHICS else "active_audience"
        return session.call(lambda c: self._get(session, c, path, endpoint, ref.name, query), credential)

    def _fill(
        self, pulled: Pulled, node: Mapping[str, Any], media: Mapping[str, Any], source: str, now: datetime
    ) -> None:
        pulled.external_id = str(node["id"])
        pulled.handle = node.get("username") or ""
        pulled.posts = [schema.post(item, pulled.account_id, source, now) for item in media.get("data", [])]
        pulled.account = schema.account(node, pulled.account_id, source, now, pulled.posts)
        dates = [p.published_at for p in pulled.posts if p.published_at is not None]
        pulled.complete_since = min(dates) if dates else None

    # -- requests

    def _get(
        self,
        session: Session,
        credential: Credential | None,
        path: str,
        endpoint: str,
        subject: str,
        query: Mapping[str, Any],
    ) -> Request:
        assert credential is not None
        params = {**query, "access_token": credential.access_token}
        login = credential.flavour == LOGIN  # Instagram's own login has its own host and its own secret
        if session.application.client_secret and not login:
            params["appsecret_proof"] = meta.proof(credential.access_token, session.application.client_secret)
        public = endpoint in PUBLIC
        return Request(
            endpoint=endpoint,
            method="GET",
            url=f"{settings.PLATFORM_URLS['instagram_login' if login else 'instagram']}"
            f"/{settings.INSTAGRAM_VERSION}/{path}",
            subject=subject,
            params=params,
            bucket=hashtag_bucket(session.application)
            if endpoint == "hashtag"
            else app_bucket(session.application)
            if public
            else own_bucket(),
            bucket_key="app" if public else str(credential.pk),
            private=endpoint in ("comments", "mention", "tags"),
        )

    def health(self, session: Session) -> str:
        own_id = session.application.own_account_id
        body = session.call(
            lambda c: self._get(session, c, own_id, "health", own_id, {"fields": "id,username"}),
            session.agency(),
        )
        return f"@{body.get('username', own_id)}"

    def renew(self, session: Session, credential: Credential) -> Tokens:
        """A long-lived token is renewed with itself while it is alive; a lapsed one cannot be."""
        body = session.call(
            lambda c: Request(
                endpoint="oauth_refresh",
                method="GET",
                url=f"{settings.PLATFORM_URLS['instagram_login']}/refresh_access_token",
                subject=credential.external_account_id,
                params={"grant_type": "ig_refresh_token", "access_token": credential.access_token},
            )
        )
        return Tokens(
            access_token=body["access_token"],
            expires_at=session.now + timedelta(seconds=int(body["expires_in"])),
        )

    # -- answers

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        return meta.classify(request, reply, now)

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        return meta.usage(request, reply)


def deauthorised(payload: Mapping[str, Any]) -> list[str]:
    """Account ids in a webhook of Meta whose owner removed the application."""
    return [
        str(entry.get("id", ""))
        for entry in payload.get("entry", [])
        if any(change.get("field") == "deauthorize" for change in entry.get("changes", []))
    ]
