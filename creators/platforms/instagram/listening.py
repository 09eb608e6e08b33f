"""Hashtags and mentions at Instagram: what to ask, and the answers as finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from creators.listening.finds import Find
from creators.platforms.base import Request, Session
from creators.platforms.instagram.client import Instagram
from creators.platforms.instagram.schema import HASHTAG_MEDIA, MENTIONED_MEDIA, find
from krm.connectors.models import Credential
from krm.connectors.outcomes import Failed, Kind, Outcome

MENTIONED_COMMENT = ("id", "text", "timestamp", "like_count")
PER_PAGE = 50
PAGES = 4


def _agency(session: Session) -> Credential:
    agency = session.agency()
    if agency is None:
        raise Failed(Outcome(Kind.AUTH_REVOKED, "The agency's own Instagram account is not connected."))
    return agency


def hashtag_id(session: Session, term: str) -> str:
    client, own_id = Instagram(), session.application.own_account_id
    query = {"user_id": own_id, "q": term}
    body = session.call(
        lambda c: client._get(session, c, "ig_hashtag_search", "hashtag", f"#{term}", query), _agency(session)
    )
    rows = body.get("data") or []
    if not rows:
        raise Failed(Outcome(Kind.UNAVAILABLE, "Instagram knows no such hashtag."))
    return str(rows[0]["id"])


def recent_media(session: Session, external_id: str, term: str) -> list[Find]:
    """Posts of the last 24 hours, newest first; a few pages at most."""
    client, own_id = Instagram(), session.application.own_account_id
    found: list[Find] = []
    query: dict[str, Any] = {"user_id": own_id, "fields": ",".join(HASHTAG_MEDIA), "limit": PER_PAGE}
    for _page in range(PAGES):
        body = session.call(_page_of(client, session, external_id, term, dict(query)), _agency(session))
        found += [find(node) for node in body.get("data", [])]
        after = (body.get("paging") or {}).get("cursors", {}).get("after")
        if not after:
            break
        query["after"] = after
    return found


def _page_of(
    client: Instagram, session: Session, external_id: str, term: str, query: Mapping[str, Any]
) -> Callable[[Credential | None], Request]:
    return lambda c: client._get(session, c, f"{external_id}/recent_media", "hashtag", f"#{term}", query)


def mentioned(session: Session, consent: Credential, media_id: str, comment_id: str = "") -> Find:
    client, node_id = Instagram(), consent.external_account_id
    if comment_id:
        inner = ",".join((*MENTIONED_COMMENT, f"media{{{','.join(HASHTAG_MEDIA)}}}"))
        fields, name = f"mentioned_comment.comment_id({comment_id}){{{inner}}}", "mentioned_comment"
    else:
        fields, name = (
            f"mentioned_media.media_id({media_id}){{{','.join(MENTIONED_MEDIA)}}}",
            "mentioned_media",
        )
    body = session.call(
        lambda c: client._get(session, c, node_id, "mention", node_id, {"fields": fields}), consent
    )
    node = body.get(name)
    if not node:
        raise Failed(Outcome(Kind.UNAVAILABLE, "Instagram shows nothing of this mention."))
    if comment_id:
        media = node.get("media") or {"id": media_id}
        return find(media, comment_id=str(node.get("id") or comment_id), comment=node.get("text") or "")
    return find(node)
