"""TikTok One: public creators, read with the agency's own account, without the creator's consent.

Everything here is from documents and other people's code; TikTok publishes neither a description nor a client.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from creators.ingest import AccountReading, PostReading
from creators.platforms import text
from creators.platforms.base import AccountRef, Pulled, Request, Session, averages, interactions
from creators.platforms.tiktok import schema
from krm.connectors import credentials
from krm.connectors.budgets import Bucket
from krm.connectors.models import Application, Credential, Purpose
from krm.connectors.outcomes import Failed, Kind, Outcome

CALLS = Bucket("tiktok_one.all", limit=60, seconds=60)  # TikTok publishes no number; a careful one
PATH = "/open_api/v1.3/tto"
SOURCE = "platform_public"
PER_PAGE = 20
AUTHORISED_FIELDS = ("audience_ages", "audience_genders", "audience_countries")


def account_of() -> tuple[Application, Credential] | None:
    """The agency's registration and account, where it has them."""
    application = credentials.application("tiktok_one")
    if application is None or not application.own_account_id:
        return None
    own = Credential.objects.filter(
        platform="tiktok_one", purpose=Purpose.AGENCY, status__in=("active", "expiring")
    ).first()
    return (application, own) if own is not None else None


def get(credential: Credential, path: str, endpoint: str, subject: str, query: Mapping[str, Any]) -> Request:
    return Request(
        endpoint=endpoint,
        method="GET",
        url=settings.PLATFORM_URLS["tiktok_one"] + PATH + path,
        subject=subject,
        params=dict(query),
        headers={"Access-Token": credential.access_token},
        bucket=CALLS,
    )


def pull(
    session: Session, ref: AccountRef, pulled: Pulled, application: Application, own: Credential
) -> None:
    """Profile and newest videos of a public creator; their number here is not the one a consent gives."""
    if not ref.handle:
        raise Failed(Outcome(Kind.SCOPE_MISSING, "TikTok One finds creators by handle; this one has none."))
    who = {"tto_tcm_account_id": application.own_account_id, "handle_name": ref.handle}
    try:
        body = session.call(lambda c: get(own, "/tcm/creator/public/", "one_creator", ref.name, who))
    except Failed as failed:
        if failed.outcome.kind is Kind.UNAVAILABLE:
            raise Failed(
                Outcome(
                    Kind.SCOPE_MISSING,
                    "TikTok One does not list this creator, who has not connected the account.",
                )
            ) from None
        raise
    data = body["data"]
    pulled.handle = str(data.get("handle_name") or ref.handle)
    pulled.account = account(data, ref.id, session.now, [])
    listing = {**who, "limit": PER_PAGE}
    body = session.call(
        lambda c: get(own, "/tcm/creator/public/video/list/", "one_videos", ref.name, listing)
    )
    pulled.posts = [
        video(node, ref.id, pulled.handle, session.now) for node in body["data"].get("videos", [])
    ]
    pulled.account = account(data, ref.id, session.now, pulled.posts)
    if ref.wants_audience and data.get("creator_id"):
        _audience(session, ref, pulled, application, own, str(data["creator_id"]))


def _audience(
    session: Session,
    ref: AccountRef,
    pulled: Pulled,
    application: Application,
    own: Credential,
    creator_id: str,
) -> None:
    """Who watches, of creators who joined TikTok One for us. Others are refused, and nothing is known of theirs."""
    query = {
        "tto_tcm_account_id": application.own_account_id,
        "creator_id": creator_id,
        "fields": json.dumps(AUTHORISED_FIELDS),
    }
    try:
        body = session.call(lambda c: get(own, "/creator/authorized/", "one_authorized", ref.name, query))
    except Failed:
        return
    pulled.audience = schema.audience(body["data"], ref.id, session.now)
    if pulled.audience is not None:
        pulled.audience.definition = "tiktok_one"


def health(session: Session) -> str:
    found = account_of()
    if found is None:
        raise Failed(Outcome(Kind.AUTH_REVOKED, "The agency's TikTok One account is not connected."))
    application, own = found
    body = session.call(lambda c: get(own, "/oauth2/tcm/", "health", application.own_account_id, {}))
    ids = [str(one) for one in body["data"].get("tto_tcm_account_ids", [])]
    if application.own_account_id not in ids:
        raise Failed(Outcome(Kind.SCOPE_MISSING, f"The token is for {', '.join(ids) or 'no account'}."))
    return application.own_account_id


def account(
    data: Mapping[str, Any], account_id: int, now: datetime, posts: list[PostReading]
) -> AccountReading:
    return AccountReading(
        account_id=account_id,
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        followers=data.get("followers_count"),
        following=data.get("following_count"),
        posts_count=data.get("videos_count"),
        engagement_avg=interactions(posts),
        definition="per_post_average" if posts else "",
        **averages(posts, "views", "likes", "comments", "shares"),
    )


def video(node: Mapping[str, Any], account_id: int, handle: str, now: datetime) -> PostReading:
    caption = node.get("caption") or ""
    return PostReading(
        account_id=account_id,
        platform="tiktok",
        external_id=str(node["item_id"]),
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        url=node.get("share_url") or f"https://www.tiktok.com/@{handle}/video/{node['item_id']}",
        caption=caption,
        kind="video",
        published_at=datetime.fromtimestamp(int(node["create_time"]), UTC)
        if node.get("create_time")
        else None,
        hashtags=text.hashtags(caption),
        mentions=text.mentions(caption),
        is_sponsored=text.disclosed(caption),
        views=node.get("video_views"),
        likes=node.get("likes"),
        comments=node.get("comments"),
        shares=node.get("shares"),
        definition="views",
    )
