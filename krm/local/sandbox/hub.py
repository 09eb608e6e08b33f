"""YouTube's WebSub hub: takes subscriptions, asks the subscriber whether it meant it, tells it of uploads, signed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from krm.local.sandbox.wire import Request, Response

TOPIC = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="


@dataclass
class Subscription:
    callback: str
    topic: str
    secret: str
    lease: int
    confirmed: bool = False


def subscribe(request: Request) -> Response:
    form = request.form()
    callback, topic = form.get("hub.callback", ""), form.get("hub.topic", "")
    request.meet("websub", topic.removeprefix(TOPIC))
    if request.fault is not None:
        return Response(503, b"", {"content-type": "text/plain"})
    if form.get("hub.mode") != "subscribe" or not topic.startswith(TOPIC) or not callback.startswith("http"):
        return Response(400, b"Invalid parameters", {"content-type": "text/plain"})
    lease = min(int(form.get("hub.lease_seconds") or 432000), 864000)
    found = Subscription(callback, topic, form.get("hub.secret", ""), lease)
    with request.state.lock:
        request.state.feeds[callback] = found
    if "async" not in request.query:  # tests play the hub's questions themselves
        threading.Thread(target=_verify, args=(found,), daemon=True).start()
    return Response(202, b"", {"content-type": "text/plain"})


def _verify(found: Subscription) -> None:
    challenge = secrets.token_urlsafe(16)
    query = {
        "hub.mode": "subscribe",
        "hub.topic": found.topic,
        "hub.challenge": challenge,
        "hub.lease_seconds": found.lease,
    }
    try:
        with urllib.request.urlopen(f"{found.callback}?{urllib.parse.urlencode(query)}", timeout=5) as answer:
            found.confirmed = answer.read().decode() == challenge
    except OSError:
        found.confirmed = False


def notice(account: Any, post: Any, at: str) -> bytes:
    """The Atom document YouTube sends."""
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
<link rel="hub" href="https://pubsubhubbub.appspot.com"/><link rel="self" href="{escape(TOPIC + account.external_id)}"/>
<title>YouTube video feed</title><updated>{at}</updated><entry><id>yt:video:{post.external_id}</id>
<yt:videoId>{post.external_id}</yt:videoId><yt:channelId>{account.external_id}</yt:channelId>
<title>{escape(post.caption[:100])}</title><link rel="alternate" href="{escape(post.url)}"/>
<author><name>{escape(account.name)}</name></author><published>{at}</published><updated>{at}</updated></entry></feed>""".encode()


def tell(state: Any, account: Any, post: Any) -> None:
    """Every confirmed subscriber of the channel hears of it."""
    body = notice(account, post, state.clock.shown(post.published_at).isoformat())
    for found in list(state.feeds.values()):
        if found.confirmed and found.topic == TOPIC + account.external_id:
            threading.Thread(target=_post, args=(found, body), daemon=True).start()


def _post(found: Subscription, body: bytes) -> None:
    mark = hmac.new(found.secret.encode(), body, hashlib.sha1).hexdigest()
    sent = urllib.request.Request(
        found.callback, body, {"Content-Type": "application/atom+xml", "X-Hub-Signature": f"sha1={mark}"}
    )
    try:
        urllib.request.urlopen(sent, timeout=5).close()
    except OSError:
        pass
