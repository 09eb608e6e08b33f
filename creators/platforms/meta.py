"""What Instagram and Facebook share: Meta's error codes, its usage headers, the proof that a token is ours."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from creators.platforms.base import Request, Usage
from krm.connectors.http import Reply
from krm.connectors.outcomes import OK, Kind, Outcome

REVOKED = {458, 459, 460, 464}  # removed, checkpoint, password changed, unconfirmed: the owner must act
THROTTLED = {4, 17, 32, 341, 613, 80001, 80002}  # the last two: of a Page, of an Instagram account
PRIVATE = 2207013
NO_SUCH_NAME = 803
UNKNOWN_HASHTAG = 2207024
TOO_MANY_HASHTAGS = 18


def proof(token: str, secret: str) -> str:
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def classify(request: Request, reply: Reply, now: datetime) -> Outcome:
    body = reply.json()
    error = body.get("error") if isinstance(body, dict) else None
    if reply.status == 200 and not error:
        return OK
    if not isinstance(error, dict):
        return Outcome(Kind.TRANSIENT if reply.status >= 500 else Kind.BAD_REQUEST, f"HTTP {reply.status}")
    code, subcode = error.get("code"), error.get("error_subcode")
    reason = f"{code}{f'/{subcode}' if subcode else ''} {error.get('message', '')}"[:300]
    bucket = request.bucket.name if request.bucket else ""
    if subcode in (PRIVATE, UNKNOWN_HASHTAG) or (code == 100 and subcode == 33) or code == NO_SUCH_NAME:
        return Outcome(Kind.UNAVAILABLE, reason)
    if code == 10 and request.endpoint == "story_insights" and "viewers" in str(error.get("message", "")):
        return Outcome(Kind.UNAVAILABLE, reason)  # fewer than five people saw the story
    if code in (190, 102):
        if subcode in REVOKED or request.endpoint.startswith("oauth"):
            return Outcome(Kind.AUTH_REVOKED, reason)
        return Outcome(Kind.AUTH_EXPIRED, reason)
    if code == TOO_MANY_HASHTAGS:  # thirty different ones in seven days
        return Outcome(Kind.QUOTA_SPENT, reason, now + timedelta(days=1), bucket)
    if code in THROTTLED:
        return Outcome(Kind.RATE_LIMITED, reason, now + _pause(reply), bucket)
    if code == 10 or code == 3 or (isinstance(code, int) and 200 <= code <= 299):
        return Outcome(Kind.SCOPE_MISSING, reason)
    if code == 368:
        return Outcome(Kind.RATE_LIMITED, reason, now + timedelta(hours=24), bucket)
    if code in (1, 2) or error.get("is_transient") or reply.status >= 500:
        return Outcome(Kind.TRANSIENT, reason)
    return Outcome(Kind.BAD_REQUEST, reason)


def usage(request: Request, reply: Reply) -> Sequence[Usage]:
    if request.bucket is None:
        return []
    percent = max(_percents(reply), default=None)
    return [Usage(request.bucket, request.bucket_key, percent=percent)] if percent is not None else []


def _percents(reply: Reply) -> list[float]:
    app = _json_header(reply, "x-app-usage")
    if not isinstance(app, Mapping):
        return []
    return [float(v) for k, v in app.items() if k in ("call_count", "total_time", "total_cputime")]


def _pause(reply: Reply) -> timedelta:
    """How long Meta says to wait; an hour where it does not say."""
    minutes = 0
    cases = _json_header(reply, "x-business-use-case-usage")
    if isinstance(cases, Mapping):
        for entries in cases.values():
            for entry in entries:
                minutes = max(minutes, int(entry.get("estimated_time_to_regain_access") or 0))
    return timedelta(minutes=minutes or 60)


def _json_header(reply: Reply, name: str) -> Any:
    try:
        return json.loads(reply.headers.get(name, ""))
    except ValueError:
        return None
