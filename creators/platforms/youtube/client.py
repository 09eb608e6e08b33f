"""Requests to the YouTube Data API and what their answers mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from creators.ingest import CommentReading, PostReading
from creators.platforms import comments
from creators.platforms.base import POSTS_PER_PULL, AccountRef, Pulled, Request, Session, Usage
from creators.platforms.youtube import analytics, schema
from krm.connectors.budgets import Bucket
from krm.connectors.credentials import Tokens
from krm.connectors.http import Reply
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import OK, Failed, Kind, Outcome

PACIFIC = ZoneInfo("America/Los_Angeles")
DAILY_UNITS = 10_000
PER_CALL = 50
COMMENTED_VIDEOS = 2  # a unit each
TOKEN_REASONS = {"authError", "invalidCredentials", "expired"}
QUOTA_REASONS = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
RATE_REASONS = {"rateLimitExceeded", "userRateLimitExceeded", "uploadRateLimitExceeded"}
GONE_REASONS = {"channelNotFound", "playlistNotFound", "videoNotFound", "channelClosed", "channelSuspended",
                "commentsDisabled"}  # fmt: skip
SCOPE_REASONS = {"insufficientPermissions", "forbidden", "accessNotConfigured", "SERVICE_DISABLED"}


def bucket(application: Application) -> Bucket:
    limit = int(application.options.get("daily_units") or DAILY_UNITS)
    return Bucket("youtube.units", limit=limit, kind="day", zone="America/Los_Angeles")


def pacific_midnight(now: datetime) -> datetime:
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, PACIFIC)


def chunks(items: Sequence[str], size: int = PER_CALL) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


class YouTube:
    platform = "youtube"
    batch = PER_CALL
    cost_per_account = (
        1.7  # a fiftieth of a channel call, its playlist, half a video call, now and then its Shorts
    )

    def ready(self, application: Application | None) -> bool:
        return application is not None and application.enabled and bool(application.api_key)

    def buckets(self, application: Application) -> Sequence[Bucket]:
        return [bucket(application), analytics.CALLS]

    # -- pulling

    def pull(self, session: Session, refs: Sequence[AccountRef]) -> list[Pulled]:
        results = {ref.id: Pulled(ref.id) for ref in refs}
        try:
            channels = self._channels(session, refs, results)
        except Failed as failed:
            for pulled in results.values():
                if pulled.outcome.ok:
                    pulled.outcome = failed.outcome
            return list(results.values())
        wanted: dict[int, list[str]] = {}
        for ref in refs:
            channel = channels.get(ref.id)
            pulled = results[ref.id]
            if channel is None:
                if pulled.outcome.ok:
                    pulled.outcome = Outcome(Kind.UNAVAILABLE, "YouTube knows no such channel.")
                continue
            pulled.external_id, pulled.handle = channel["id"], schema.handle(channel)
            pulled.account = schema.account(channel, ref.id, session.now, [])
            try:
                wanted[ref.id] = self._video_ids(session, ref, channel)
            except Failed as failed:
                pulled.outcome = failed.outcome
        self._fill_videos(session, wanted, results, channels)
        for ref in refs:
            pulled = results[ref.id]
            if pulled.outcome.ok and pulled.account is not None:
                self._tell_shorts(session, ref, pulled)
                if analytics.readable(ref.credential):
                    try:
                        analytics.pull(session, ref, pulled)
                    except Failed:
                        pass  # counted with its class; the public figures stand
        for ref in refs:
            if ref.wants_comments and results[ref.id].outcome.ok:
                results[ref.id].comments = comments.gather(
                    results[ref.id].posts,
                    lambda post: self._comments(session, post, channels),
                    limit=COMMENTED_VIDEOS,
                )
        return list(results.values())

    def _channels(
        self, session: Session, refs: Sequence[AccountRef], results: Mapping[int, Pulled]
    ) -> dict[int, Mapping[str, Any]]:
        found: dict[int, Mapping[str, Any]] = {}
        by_id = {ref.external_id: ref.id for ref in refs if ref.external_id}
        for ids in chunks(sorted(by_id)):
            body = self._get(session, "channels", ",".join(ids), schema.CHANNEL_PARTS, id=",".join(ids))
            for channel in body.get("items", []):
                found[by_id[channel["id"]]] = channel
        for ref in refs:  # a handle is asked for alone, once: the channel's id is kept
            if not ref.external_id:
                try:
                    body = self._get(
                        session, "channels", ref.name, schema.CHANNEL_PARTS, forHandle=f"@{ref.handle}"
                    )
                except Failed as failed:
                    results[ref.id].outcome = failed.outcome
                    continue
                for channel in body.get("items", []):
                    found[ref.id] = channel
        return found

    def _video_ids(self, session: Session, ref: AccountRef, channel: Mapping[str, Any]) -> list[str]:
        """The newest videos; where the channel counts as many as last time, the ones we know save a call."""
        count = schema.number(channel.get("statistics", {}).get("videoCount"))
        if ref.known_posts and count is not None and count == ref.posts_count:
            return list(ref.known_posts)
        playlist = schema.uploads(channel)
        if not playlist or count == 0:
            return []
        try:
            body = self._get(
                session,
                "playlistItems",
                ref.name,
                ("contentDetails",),
                playlistId=playlist,
                maxResults=POSTS_PER_PULL,
            )
        except Failed as failed:
            if failed.outcome.kind is Kind.UNAVAILABLE:
                return []  # a channel without uploads has no such list
            raise
        return [item["contentDetails"]["videoId"] for item in body.get("items", [])]

    def _fill_videos(
        self,
        session: Session,
        wanted: Mapping[int, Sequence[str]],
        results: Mapping[int, Pulled],
        channels: Mapping[int, Mapping[str, Any]],
    ) -> None:
        owner = {video: account_id for account_id, ids in wanted.items() for video in ids}
        for ids in chunks(list(owner)):
            try:
                body = self._get(session, "videos", ",".join(ids), schema.VIDEO_PARTS, id=",".join(ids))
            except Failed as failed:
                for video in ids:
                    results[owner[video]].outcome = failed.outcome
                continue
            there = {node["id"]: node for node in body.get("items", [])}
            for video in ids:
                pulled = results[owner[video]]
                if video in there:
                    pulled.posts.append(schema.video(there[video], pulled.account_id, session.now))
                else:
                    pulled.gone_posts.append(video)
        for account_id, ids in wanted.items():
            pulled = results[account_id]
            pulled.posts.sort(key=lambda p: p.published_at or session.now, reverse=True)
            pulled.account = schema.account(channels[account_id], account_id, session.now, pulled.posts)
            dates = [p.published_at for p in pulled.posts if p.published_at is not None]
            if dates and len(pulled.posts) + len(pulled.gone_posts) == len(ids) and pulled.outcome.ok:
                pulled.complete_since = min(dates)

    def _tell_shorts(self, session: Session, ref: AccountRef, pulled: Pulled) -> None:
        """What we knew stays what it was; for new short videos YouTube's list of Shorts is asked, a unit a channel."""
        known = set(ref.known_posts)
        fresh = []
        for post in pulled.posts:
            if post.external_id in known:
                schema.mark(post, short=post.external_id in ref.known_shorts)
            elif 0 < (post.duration_seconds or 0) <= schema.SHORT_AT_MOST:
                fresh.append(post)
        if not fresh:
            return
        try:
            body = self._get(
                session, "playlistItems", ref.name, ("contentDetails",),
                playlistId=schema.shorts_list(pulled.external_id), maxResults=PER_CALL,
            )  # fmt: skip
        except Failed:
            return  # by length, then
        listed = {item["contentDetails"]["videoId"] for item in body.get("items", [])}
        for post in fresh:
            schema.mark(post, short=post.external_id in listed)

    def _comments(
        self, session: Session, post: PostReading, channels: Mapping[int, Mapping[str, Any]]
    ) -> list[CommentReading]:
        body = self._get(
            session,
            "commentThreads",
            post.external_id,
            schema.COMMENT_PARTS,
            videoId=post.external_id,
            maxResults=comments.PER_POST,
            textFormat="plainText",
        )
        return schema.comments(body, post, channels[post.account_id]["id"], session.now)

    # -- requests

    def _get(self, session: Session, resource: str, subject: str, parts: Sequence[str], **query: Any) -> Any:
        application = session.application
        return session.call(
            lambda c: Request(
                endpoint=resource,
                method="GET",
                url=f"{settings.PLATFORM_URLS['youtube']}/youtube/v3/{resource}",
                subject=subject,
                params={"part": ",".join(parts), **query, "key": application.api_key},
                bucket=bucket(application),
                private=resource == "commentThreads",
            )
        )

    def health(self, session: Session) -> str:
        body = self._get(session, "channels", "@youtube", ("id",), forHandle="@youtube")
        return f"{body.get('pageInfo', {}).get('totalResults', 0)}"

    def renew(self, session: Session, credential: Credential) -> Tokens:
        application = session.application
        body = session.call(
            lambda c: Request(
                endpoint="oauth_refresh",
                method="POST",
                url=settings.PLATFORM_URLS["google_oauth"] + "/token",
                subject=credential.external_account_id,
                data={
                    "client_id": application.client_id,
                    "client_secret": application.client_secret,
                    "grant_type": "refresh_token",
                    "refresh_token": credential.refresh_token,
                },
            )
        )
        return Tokens(
            body["access_token"], expires_at=session.now + timedelta(seconds=int(body["expires_in"]))
        )

    # -- answers

    def classify(self, request: Request, reply: Reply, now: datetime) -> Outcome:
        body = reply.json()
        error = body.get("error") if isinstance(body, dict) else None
        if reply.status == 200 and not error:
            return OK
        if isinstance(error, str):  # Google's token endpoint
            reason = f"{error} {body.get('error_description', '')}"[:300]
            return Outcome(Kind.AUTH_REVOKED if error == "invalid_grant" else Kind.BAD_REQUEST, reason)
        if not isinstance(error, dict):
            return Outcome(
                Kind.TRANSIENT if reply.status >= 500 else Kind.BAD_REQUEST, f"HTTP {reply.status}"
            )
        first = (error.get("errors") or [{}])[0]
        cause = first.get("reason", "")
        text = f"{cause} {error.get('message', '')}"[:300]
        name = request.bucket.name if request.bucket else ""
        if cause in QUOTA_REASONS:
            return Outcome(Kind.QUOTA_SPENT, text, pacific_midnight(now), name)
        if cause in RATE_REASONS or reply.status == 429:
            return Outcome(Kind.RATE_LIMITED, text, now + timedelta(minutes=1), name)
        if cause in GONE_REASONS or (reply.status == 404 and cause == "notFound"):
            return Outcome(Kind.UNAVAILABLE, text)
        if reply.status == 401 or cause in TOKEN_REASONS:
            return Outcome(Kind.AUTH_EXPIRED, text)
        if cause in SCOPE_REASONS:
            return Outcome(Kind.SCOPE_MISSING, text)
        if reply.status >= 500:
            return Outcome(Kind.TRANSIENT, text)
        return Outcome(Kind.BAD_REQUEST, text)

    def usage(self, request: Request, reply: Reply) -> Sequence[Usage]:
        return []  # YouTube sends no quota headers; the count is ours
