"""HypeAuditor and Modash. There is no machine description of either: written from their documents.

The first time an account is asked for, its report is being made; asked again it is ready. Figures are the truth of the
invented world with a vendor's haze; replayed accounts have no audience, so a vendor knows nothing of them.
"""

from __future__ import annotations

from typing import Any

from krm.local.sandbox import tokens, world
from krm.local.sandbox.state import Account, Fault
from krm.local.sandbox.wire import Request, Response

METHODS = {
    "auditor.report": ("instagram", "username"),
    "auditor.tiktok": ("tiktok", "channel"),
    "auditor.youtube": ("youtube", "channel"),
}


class _Hype(Exception):
    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.response = Response(status, {"error": {"code": code, "description": description}})


class _Modash(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = Response(status, {"error": True, "code": code, "message": message})


def faulted(fault: Fault) -> Response:
    hype: dict[str, Exception] = {
        "expired_token": _Hype(403, "FORBIDDEN", "Wrong auth token"),
        "revoked": _Hype(403, "FORBIDDEN", "Wrong auth token"),
        "scope": _Hype(403, "FORBIDDEN", "Auth: no access to this method"),
        "rate_limited": _Hype(429, "TOO_MANY_REQUESTS", "Too many requests"),
        "quota": _Hype(402, "PAYMENT_REQUIRED", "No credits left"),
        "private": _Hype(403, "FORBIDDEN", "Account is private"),
        "server_error": _Hype(500, "INTERNAL", "Internal error"),
        "bad_request": _Hype(400, "BAD_REQUEST", "Wrong parameter"),
    }
    modash: dict[str, Exception] = {
        "expired_token": _Modash(401, "api_token_invalid", "The token is not valid"),
        "revoked": _Modash(401, "api_token_invalid", "The token is not valid"),
        "scope": _Modash(403, "forbidden", "Your plan has no access to reports"),
        "rate_limited": _Modash(429, "too_many_requests", "Too many requests"),
        "quota": _Modash(402, "not_enough_credits", "Not enough credits"),
        "private": _Modash(404, "account_not_found", "There is no such account"),
        "server_error": _Modash(500, "internal_error", "Internal error"),
        "bad_request": _Modash(400, "bad_request", "Wrong parameter"),
    }
    error: Any = (modash if fault.platform == "modash" else hype)[fault.kind]
    answer: Response = error.response
    return answer


def handle(request: Request) -> Response:
    try:
        return _hype(request) if request.path.startswith("/api/method/") else _modash(request)
    except (_Hype, _Modash) as error:
        return error.response


def _first_time(request: Request, vendor: str, account: Account) -> bool:
    """A report is made when it is first asked for, and stays made."""
    key = f"{vendor}:{account.platform}:{account.external_id}"
    with request.state.lock:
        if key in request.state.asked:
            return False
        request.state.asked.add(key)
        return True


def _types(account: world.DemoAccount, at: Any, vendor: str) -> dict[str, float]:
    followers = max(account.followers_at(at), 1)
    r = world.rng(account.external_id, vendor)
    bots = min(0.95, account.bought_by(at) / followers + r.uniform(0.02, 0.08))
    rest = 1 - bots
    return {"bots": bots, "real": rest * 0.78, "mass": rest * 0.16, "infs": rest * 0.06}


# -- HypeAuditor


def _hype(request: Request) -> Response:
    if request.headers.get("x-auth-id") != tokens.APPS["hypeauditor"][0] or (
        request.headers.get("x-auth-token") != tokens.APPS["hypeauditor"][1]
    ):
        raise _Hype(403, "FORBIDDEN", "Wrong auth token")
    if request.query.get("v") != "2":
        raise _Hype(400, "BAD_REQUEST", "Unknown version")
    method = request.path.removeprefix("/api/method/").strip("/")
    if method == "auditor.taxonomy":
        request.meet("hypeauditor")
        return Response(
            200, {"result": [{"id": n, "name": name} for n, name in enumerate(("Beauty", "Food"))]}
        )
    if method not in METHODS:
        raise _Hype(404, "NOT_FOUND", "Unknown method")
    platform, parameter = METHODS[method]
    name = request.query.get(parameter, "")
    account = request.state.by_handle(platform, name) or request.state.by_id(platform, name)
    if not isinstance(account, world.DemoAccount):
        raise _Hype(404, "CHANNEL_NOT_FOUND", "There is no such account")
    request.meet("hypeauditor", account.handle, account.external_id)
    if request.struck("private"):
        raise _Hype(403, "FORBIDDEN", "Account is private")
    if _first_time(request, "hypeauditor", account):
        return Response(202, {"result": {"report_state": "NOT_READY", "retryTtl": 30}})
    at = request.state.clock.now()
    types = _types(account, at, "hypeauditor")
    value = round(100 * (1 - types["bots"]) ** 1.3)
    age, gender = account.audience["age"], account.audience["gender"]
    female = gender["female"] / (gender["female"] + gender["male"])
    features = {
        "aqs": {"data": {"value": value, "mark": "good" if value > 60 else "poor", "description": "Audience quality"}},
        "audience_by_type": {"data": {name: round(part * 100, 2) for name, part in types.items()}},
        "audience_age_gender": {
            "data": {
                group: {"female": round(part * female * 100, 2), "male": round(part * (1 - female) * 100, 2)}
                for group, part in age.items()
            }
        },
        "audience_geo": {"data": [{"code": c.lower(), "prc": round(p * 100, 2)} for c, p in account.audience["countries"].items()]},
        "audience_languages": {"data": [{"code": c, "prc": round(p * 100, 2)} for c, p in account.audience["languages"].items()]},
    }  # fmt: skip
    followers = account.followers_at(at)
    metrics = {"er": {"value": 2.4}, "subscribers_count": {"value": followers}, "views_avg": {"value": None}}
    if account.platform == "instagram":
        user = {"username": account.handle, "aqs": value, "aqs_name": "aqs", "er": {"value": 2.4},
                "followers_count": followers, "features": features, "metrics": metrics}  # fmt: skip
        return Response(200, {"result": {"report_state": "READY", "user": user}})
    basic = {"id": account.external_id, "title": account.name}
    report = {"basic": basic, "metrics": metrics, "features": features}
    return Response(200, {"result": {"report_state": "READY", "report_quality": "FULL", "report": report}})


# -- Modash


def _modash(request: Request) -> Response:
    if request.headers.get("authorization") != f"Bearer {tokens.APPS['modash'][1]}":
        raise _Modash(401, "api_token_invalid", "The token is not valid")
    parts = request.path.strip("/").split("/")
    if parts == ["v1", "user", "info"]:
        request.meet("modash")
        return Response(
            200, {"error": False, "billing": {"credits": 250, "rawRequests": 1000}, "rateLimits": {}}
        )
    if len(parts) != 5 or parts[2] != "profile" or parts[4] != "report":
        raise _Modash(404, "not_found", "Unknown path")
    account = request.state.by_handle(parts[1], parts[3]) or request.state.by_id(parts[1], parts[3])
    if not isinstance(account, world.DemoAccount):
        raise _Modash(404, "account_not_found", "There is no such account")
    request.meet("modash", account.handle, account.external_id)
    if request.struck("private"):
        raise _Modash(404, "account_not_found", "There is no such account")
    if _first_time(request, "modash", account):
        raise _Modash(503, "retry_later", "The report is being generated")
    at = request.state.clock.now()
    types = _types(account, at, "modash")
    audience = account.audience
    body = {
        "error": False,
        "profile": {
            "userId": account.external_id,
            "profile": {
                "username": account.handle, "fullname": account.name, "followers": account.followers_at(at),
                "engagements": round(account.followers_at(at) * 0.024), "engagementRate": 0.024,
                "picture": "", "url": "",
            },
            "isVerified": False,
            "audience": {
                "credibility": round(1 - types["bots"], 4),
                "notable": round(types["infs"], 4),
                "genders": [{"code": c.upper(), "weight": w} for c, w in audience["gender"].items() if c != "unknown"],
                "ages": [{"code": c, "weight": w} for c, w in audience["age"].items()],
                "geoCountries": [{"code": c, "name": c, "weight": w} for c, w in audience["countries"].items()],
                "geoCities": [{"name": c, "weight": w} for c, w in audience["cities"].items()],
                "languages": [{"code": c, "name": c, "weight": w} for c, w in audience["languages"].items()],
            },
        },
    }  # fmt: skip
    return Response(200, body)
