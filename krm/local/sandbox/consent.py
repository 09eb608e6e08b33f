"""The platforms' consent screens: who am I, what may be read, allow or decline; then the code for tokens.

One page plays all of them. Who is logged in at the 'platform' is chosen on it; a box that is unticked is a permission
not given. Codes live ten minutes (X: half a minute), work once, and only with the address and verifier they were made
for.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from krm.local.sandbox import tokens, world
from krm.local.sandbox.state import Fault
from krm.local.sandbox.wire import Request, Response


@dataclass(frozen=True)
class Screen:
    key: str  # of the registration, in tokens.APPS
    platform: str
    title: str
    client: str = "client_id"  # the parameter's name
    pkce: bool = False
    life: float = 600.0


@dataclass(frozen=True)
class Code:
    screen: Screen
    account: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    made: float


SCREENS = {
    "/oauth/authorize": Screen("instagram_login", "instagram", "Instagram"),
    "/dialog/oauth": Screen("instagram", "instagram", "Facebook"),
    "/v2/auth/authorize": Screen("tiktok", "tiktok", "TikTok", client="client_key"),
    "/o/oauth2/v2/auth": Screen("youtube", "youtube", "Google", pkce=True),
    "/i/oauth2/authorize": Screen("x", "x", "X", pkce=True, life=30.0),
}
BUSINESS = Screen("tiktok_business", "tiktok", "TikTok Business", client="client_key")
FACEBOOK = Screen("facebook", "facebook", "Facebook")
USER = "900"  # serial of a person's token, not a Page's
_VERSION = re.compile(r"^/v\d+\.\d+(?=/)")


def page_path(path: str) -> str | None:
    """The screen a path is of; Graph's version is left out."""
    bare = _VERSION.sub("", "/" + path.strip("/"))
    return bare if bare in SCREENS else None


def screen_of(request: Request) -> Screen | None:
    path = page_path(request.path)
    if path is None:
        return None
    screen = SCREENS[path]
    client = request.query.get(screen.client) or request.form().get(screen.client, "")
    for other in (BUSINESS, FACEBOOK):
        if client and client == tokens.APPS.get(other.key, ("",))[0]:
            return other
    return screen


def faulted(fault: Fault) -> Response:
    if fault.kind in ("server_error", "rate_limited", "quota"):
        return Response(503 if fault.kind == "server_error" else 429, {"error": "temporarily_unavailable"})
    return Response(400, {"error": "invalid_client", "error_description": "The registration was refused."})


def authorize(request: Request, screen: Screen) -> Response:
    given = request.query if request.method == "GET" else request.form()
    if given.get(screen.client) != tokens.APPS.get(screen.key, ("?",))[0]:
        return _error("This app is not registered.")
    target = given.get("redirect_uri", "")
    if not target.startswith(("http://", "https://")) or given.get("response_type") != "code":
        return _error("redirect_uri or response_type is wrong.")
    if screen.pkce and (
        given.get("code_challenge_method") != "S256" or len(given.get("code_challenge", "")) < 43
    ):
        return _error("code_challenge is missing.")
    if request.method == "GET":
        return _page(request, screen, given)
    state = given.get("state", "")
    if "deny" in given:
        return _back(
            target, {"error": "access_denied", "error_description": "The user denied.", "state": state}
        )
    account = request.state.by_handle(screen.platform, given.get("account", "")) or request.state.by_handle(
        "instagram", given.get("account", "")
    )
    if account is None:
        return _error("There is no such account in the sandbox.")
    asked = given.get("scope", "").replace(",", " ").split()
    scopes = tuple(name for name in asked if f"scope:{name}" in given)
    code = "code-" + secrets.token_hex(16)
    with request.state.lock:
        request.state.codes[code] = Code(
            screen, account.external_id, scopes, target, given.get("code_challenge", ""), time.time()
        )
        request.state.revoked.discard(account.external_id)
    return _back(target, {"code": code, "state": state})


def use(request: Request, screen_key: str, code: str, redirect_uri: str, verifier: str = "") -> Code | None:
    """A code for tokens: once, in time, for its own address and verifier."""
    with request.state.lock:
        found: Code | None = request.state.codes.pop(code, None)
    if found is None or found.screen.key != screen_key or time.time() - found.made > found.screen.life:
        return None
    if found.redirect_uri != redirect_uri:
        return None
    if found.screen.pkce:
        digest = hashlib.sha256(verifier.encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != found.challenge:
            return None
    return found


def token_call(request: Request) -> Response | None:
    """Token, identity and revoke addresses that only the consent journey uses. None: not one of them."""
    path = "/" + request.path.strip("/")
    graph = _VERSION.match(path) is not None
    path = _VERSION.sub("", path)
    form, query = request.form() if request.method == "POST" and not _is_json(request) else {}, request.query
    if path == "/oauth/access_token" and not graph and request.method == "POST":
        return _instagram(request, form)
    if graph and path == "/oauth/access_token" and query.get("code"):
        return _facebook(request, query)
    if graph and path == "/oauth/access_token" and query.get("grant_type") == "fb_exchange_token":
        token = tokens.read(query.get("fb_exchange_token", ""))
        return (
            Response(
                200,
                {"access_token": query["fb_exchange_token"], "token_type": "bearer", "expires_in": 5184000},
            )
            if token
            else None
        )
    if graph and path in ("/me", "/me/permissions", "/me/accounts"):
        return _me(request, path)
    if path == "/revoke":
        return _end(request, form.get("token", ""))
    if path == "/v2/oauth/revoke":
        return _end(request, form.get("token", ""))
    if path == "/open_api/v1.3/tt_user/oauth2/revoke":
        _end(request, request.json().get("access_token", ""))
        return Response(200, {"code": 0, "message": "OK", "request_id": "sandbox", "data": {}})
    if path == "/2/oauth2/revoke":
        return _end(request, form.get("token", ""))
    if path == "/2/oauth2/token" and form.get("grant_type") == "authorization_code":
        return _x(request, form)
    if path == "/2/users/me":
        return _x_me(request)
    return None


def _is_json(request: Request) -> bool:
    return "json" in request.headers.get("content-type", "")


def _instagram(request: Request, form: Mapping[str, str]) -> Response:
    if (form.get("client_id"), form.get("client_secret")) != tokens.APPS["instagram_login"]:
        return Response(
            400, {"error_type": "OAuthException", "code": 400, "error_message": "Invalid platform app"}
        )
    request.meet("instagram_login")
    code = use(request, "instagram_login", form.get("code", ""), form.get("redirect_uri", ""))
    if code is None:
        return Response(
            400,
            {
                "error_type": "OAuthException",
                "code": 400,
                "error_message": "This authorization code has been used",
            },
        )
    access = tokens.issue("act", "instagram", code.account, serial="1")
    body = {"access_token": access, "user_id": code.account, "permissions": ",".join(code.scopes)}
    return Response(200, {"data": [body]})


def _facebook(request: Request, query: Mapping[str, str]) -> Response:
    key = next(
        (
            k
            for k in ("instagram", "facebook")
            if (query.get("client_id"), query.get("client_secret")) == tokens.APPS.get(k)
        ),
        None,
    )
    code = use(request, key, query.get("code", ""), query.get("redirect_uri", "")) if key else None
    if code is None:
        error = {
            "message": "This authorization code has been used.",
            "type": "OAuthException",
            "code": 100,
            "error_subcode": 36009,
            "fbtrace_id": "A",
        }
        return Response(400, {"error": error})
    access = tokens.issue("act", code.screen.platform, code.account, serial=USER)
    with request.state.lock:
        request.state.granted[access] = code.scopes
    return Response(200, {"access_token": access, "token_type": "bearer", "expires_in": 3600})


def _me(request: Request, path: str) -> Response | None:
    raw = request.query.get("access_token", "")
    token = tokens.read(raw)
    if token is None or token.account == tokens.AGENCY_IG_ID:
        return None
    account = request.state.by_id(token.platform, token.account)
    if account is None:
        return None
    person = "1" + world.digits(14, "person", account.external_id)
    if request.method == "DELETE":
        return _end(request, raw, {"success": True})
    if path == "/me":
        if token.serial == USER:
            return Response(200, {"id": person})
        if "user_id" not in request.query.get("fields", ""):
            return None
        return Response(
            200,
            {
                "id": world.digits(17, "scoped", account.external_id),
                "user_id": account.external_id,
                "username": account.handle,
                "name": account.name,
            },
        )
    scopes = request.state.granted.get(raw, ())
    if path == "/me/permissions":
        return Response(200, {"data": [{"permission": name, "status": "granted"} for name in scopes]})
    if token.platform == "facebook":
        own = tokens.issue("act", "facebook", account.external_id, serial="901")
        only = {
            "id": account.external_id,
            "name": account.name,
            "username": account.handle,
            "access_token": own,
        }
        return Response(200, {"data": [only]})
    page: dict[str, Any] = {
        "id": world.digits(15, "page", account.external_id),
        "name": account.name,
        "username": account.handle,
        "access_token": tokens.issue("act", "instagram", account.external_id, serial="901"),
        "instagram_business_account": {
            "id": account.external_id,
            "username": account.handle,
            "name": account.name,
        },
    }
    return Response(200, {"data": [page]})


def _x(request: Request, form: Mapping[str, str]) -> Response:
    code = use(
        request, "x", form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", "")
    )
    if code is None:
        return Response(
            400, {"error": "invalid_grant", "error_description": "Value passed for the code was invalid."}
        )
    body = {
        "token_type": "bearer",
        "expires_in": 7200,
        "access_token": tokens.issue("act", "x", code.account),
        "scope": " ".join(code.scopes),
        "refresh_token": tokens.issue("rft", "x", code.account),
    }
    return Response(200, body)


def _x_me(request: Request) -> Response | None:
    token = tokens.read(request.headers.get("authorization", "").removeprefix("Bearer "))
    account = request.state.by_id("x", token.account) if token else None
    if token is None or account is None:
        return None
    return Response(
        200, {"data": {"id": account.external_id, "name": account.name, "username": account.handle}}
    )


def _end(request: Request, raw: str, body: Any = None) -> Response:
    token = tokens.read(raw)
    if token is not None:
        with request.state.lock:
            request.state.revoked.add(token.account)
            request.state.save()
    return Response(200, body if body is not None else {})


def _error(words: str) -> Response:
    return Response(
        400,
        f"<!doctype html><title>Error</title><p>{html.escape(words)}".encode(),
        {"content-type": "text/html"},
    )


def _back(target: str, query: Mapping[str, str]) -> Response:
    joint = "&" if urlsplit(target).query else "?"
    return Response(302, b"", {"location": target + joint + urlencode(query), "content-type": "text/html"})


def _page(request: Request, screen: Screen, given: Mapping[str, str]) -> Response:
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(k)}" value="{html.escape(v)}">' for k, v in given.items()
    )
    names = given.get("scope", "").replace(",", " ").split()
    boxes = "".join(
        f'<p><label><input type="checkbox" name="scope:{html.escape(n)}" checked> {html.escape(n)}</label></p>'
        for n in names
    )
    first = next((a.handle for a in world.demo_accounts() if a.platform == screen.platform), "")
    body = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{screen.title} (sandbox)</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{{font:16px/1.5 system-ui;max-width:26rem;
margin:2rem auto;padding:0 1rem}}button,input[type=text]{{font:inherit;padding:.6rem 1rem;min-height:44px}}</style></head>
<body><main><h1>{screen.title} <small>sandbox</small></h1><p>KRM would like to read your account.</p>
<form method="post">{hidden}<p><label>Logged in as <input type="text" name="account" value="{html.escape(first)}"></label></p>
{boxes}<p><button name="allow" value="1">Allow</button> <button name="deny" value="1">Decline</button></p></form></main></body></html>"""
    return Response(200, body.encode(), {"content-type": "text/html; charset=utf-8"})
