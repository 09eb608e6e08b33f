"""The sandbox's own addresses: health, accounts, posts that a creator publishes, faults on demand, withdrawn consent."""

from __future__ import annotations

import json
from typing import Any

from krm.local.sandbox import hub, tokens, world
from krm.local.sandbox.state import FAULTS, Fault
from krm.local.sandbox.wire import Request, Response


def handle(request: Request) -> Response:
    route = (request.method, request.path.rstrip("/"))
    function = _ROUTES.get(route)
    if function is None:
        return Response(404, {"error": f"no {route[0]} {route[1]}", "routes": [" ".join(r) for r in _ROUTES]})
    try:
        return function(request)
    except (ValueError, KeyError, TypeError) as error:
        return Response(400, {"error": f"{type(error).__name__}: {error}"})


def _health(request: Request) -> Response:
    state = request.state
    return Response(
        200,
        {
            "status": "ok",
            "world_time": state.clock.now().isoformat(),
            "speed": state.clock.speed,
            "demo_accounts": len(world.demo_accounts()),
            "replayed_accounts": len(state.replayed),
            "added_posts": len(state.posts),
            "faults": len(state.faults),
        },
    )


def _accounts(request: Request) -> Response:
    platform = request.query.get("platform", "")
    found = [a for a in world.demo_accounts() if platform in ("", a.platform)]
    body = [
        {
            "platform": a.platform,
            "handle": a.handle,
            "external_id": a.external_id,
            "story": a.story,
            "consent": a.consent,
        }
        for a in found
    ]
    return Response(200, {"accounts": body})


def _add_post(request: Request) -> Response:
    """`{"platform", "account": handle or id, "caption", "url"?, "kind"?, "minutes_ago"?, "quality"?, "sponsored"?}`."""
    body: dict[str, Any] = request.json()
    platform, name = body.pop("platform"), body.pop("account")
    account = world.by_handle(platform, name) or world.by_id(platform, name)
    if account is None:
        return Response(404, {"error": f"no demo account {name!r} on {platform}"})
    post = request.state.add_post(account, **body)
    if platform == "youtube":
        hub.tell(request.state, account, post)
    return Response(
        201,
        {
            "id": post.external_id,
            "url": post.url,
            "shortcode": post.shortcode,
            "published_at": request.state.clock.shown(post.published_at).isoformat(),
        },
    )


def _clear_posts(request: Request) -> Response:
    request.state.posts.clear()
    request.state.save()
    return Response(200, {"posts": []})


def _list_faults(request: Request) -> Response:
    return Response(200, {"faults": request.state.list_faults(), "kinds": list(FAULTS)})


def _set_fault(request: Request) -> Response:
    """`{"platform", "kind", "account"? (handle, id or *), "times"?, "seconds"?}`."""
    fault = Fault(**request.json())
    if fault.kind not in FAULTS:
        return Response(400, {"error": f"no fault {fault.kind!r}", "kinds": list(FAULTS)})
    with request.state.lock:
        request.state.faults.append(fault)
    return Response(201, {"faults": request.state.list_faults()})


def _clear_faults(request: Request) -> Response:
    with request.state.lock:
        request.state.faults.clear()
        request.state.shapes.clear()
        request.state.hashtags.clear()
        request.state.windows.clear()
        request.state.units.clear()
    return Response(200, {"faults": []})


def _clear_codes(request: Request) -> Response:
    """Codes of the consent screens run out."""
    with request.state.lock:
        request.state.codes.clear()
    return Response(200, {"codes": []})


def _clear_reports(request: Request) -> Response:
    """Vendors forget the reports they made."""
    with request.state.lock:
        request.state.asked.clear()
    return Response(200, {"reports": []})


def _set_shape(request: Request) -> Response:
    """`{"platform", "shape"}`: answers as an older contract has them ("old", "tweet"), or "deviating"; "" ends it."""
    body = request.json()
    with request.state.lock:
        request.state.shapes.pop(body["platform"], None)
        if body.get("shape"):
            request.state.shapes[body["platform"]] = str(body["shape"])
    return Response(200, {"shapes": request.state.shapes})


def _mention(request: Request) -> Response:
    """`{"by", "account"?, "caption"?, "in_comment"?}`: somebody names an account (the agency's, if none is given).

    Answers with the webhook as Meta would send it: its body as text, and the signature for the header.
    """
    body = request.json()
    author = world.by_handle("instagram", body["by"])
    named = world.by_handle("instagram", body["account"]) if body.get("account") else None
    if author is None or (body.get("account") and named is None):
        return Response(404, {"error": "no such demo account on Instagram"})
    handle = named.handle if named else "krm_agency"
    caption = body.get("caption", "Makasih") + ("" if body.get("in_comment") else f" @{handle}")
    post = request.state.add_post(author, caption=caption, sponsored=False)
    value = {"media_id": post.external_id}
    if body.get("in_comment"):
        value["comment_id"] = f"{post.external_id}_0001"
    entry = {
        "id": named.external_id if named else tokens.AGENCY_IG_ID,
        "time": int(request.state.clock.now().timestamp()),
        "changes": [{"field": "mentions", "value": value}],
    }
    text = json.dumps({"object": "instagram", "entry": [entry]})
    signature = tokens.appsecret_proof(text, tokens.APPS["instagram"][1])
    return Response(201, {"body": text, "signature": f"sha256={signature}", "url": post.url, **value})


def _revoke(request: Request) -> Response:
    """`{"platform", "account", "undo"?}`: the owner withdraws consent, or gives it again."""
    body = request.json()
    account = world.by_handle(body["platform"], body["account"]) or world.by_id(
        body["platform"], body["account"]
    )
    if account is None:
        return Response(404, {"error": f"no demo account {body['account']!r}"})
    with request.state.lock:
        if body.get("undo"):
            request.state.revoked.discard(account.external_id)
        else:
            request.state.revoked.add(account.external_id)
        request.state.save()
    return Response(200, {"revoked": sorted(request.state.revoked)})


_ROUTES = {
    ("GET", "/_sandbox"): _health,
    ("GET", "/_sandbox/health"): _health,
    ("GET", "/_sandbox/accounts"): _accounts,
    ("POST", "/_sandbox/posts"): _add_post,
    ("DELETE", "/_sandbox/posts"): _clear_posts,
    ("GET", "/_sandbox/faults"): _list_faults,
    ("POST", "/_sandbox/faults"): _set_fault,
    ("DELETE", "/_sandbox/faults"): _clear_faults,
    ("DELETE", "/_sandbox/codes"): _clear_codes,
    ("DELETE", "/_sandbox/reports"): _clear_reports,
    ("POST", "/_sandbox/mention"): _mention,
    ("POST", "/_sandbox/shape"): _set_shape,
    ("POST", "/_sandbox/revoke"): _revoke,
}
