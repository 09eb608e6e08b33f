"""The sandbox as an ASGI application: routes a request to a platform, makes faults happen, checks what goes out."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from typing import Any
from urllib.parse import parse_qs

from krm.local.sandbox import consent, control, facebook, hub, instagram, tiktok, vendors, x, youtube
from krm.local.sandbox.state import FaultHit, State
from krm.local.sandbox.validate import Validator
from krm.local.sandbox.wire import Request, Response

log = logging.getLogger("krm.sandbox")


class Sandbox:
    def __init__(self, state: State, *, strict: bool = False) -> None:
        self.state = state
        self.strict = strict
        self.validator = Validator.load() if strict else Validator.none()
        self.calls = 0

    def handle(self, request: Request) -> Response:
        path = request.path
        if path.startswith("/_sandbox"):
            return control.handle(request)
        if path == "/subscribe" and request.method == "POST":
            return hub.subscribe(request)
        screen = consent.screen_of(request)
        if screen is not None:
            return consent.authorize(request, screen)
        try:
            answered = consent.token_call(request)
        except FaultHit as hit:
            return consent.faulted(hit.fault)
        if answered is not None:
            return consent.faulted(request.fault) if request.fault is not None else answered
        if path.startswith("/youtube/") or path in ("/token", "/v2/reports"):
            module: Any = youtube
        elif path.startswith(("/v2/", "/open_api/")):
            module = tiktok
        elif path.startswith(("/api/method/", "/v1/")):
            module = vendors
        elif path.startswith("/2/"):
            module = x
        elif facebook.mine(request):
            module = facebook
        else:
            module = instagram
        try:
            response: Response = module.handle(request)
        except FaultHit as hit:
            response = module.faulted(hit.fault)
        if request.struck("server_error"):
            return module.faulted(request.fault)
        problems = self.validator.check(response.shape, response.body) if response.status == 200 else []
        if problems:
            log.error("%s breaks the contract: %s", path, problems[0])
            return Response(500, {"sandbox_contract_broken": problems[:5]})
        return response

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                kind = message["type"].removeprefix("lifespan.")
                await send({"type": f"lifespan.{kind}.complete"})
                if kind == "shutdown":
                    return
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query={
                k: v[0] for k, v in parse_qs(scope["query_string"].decode(), keep_blank_values=True).items()
            },
            headers={k.decode().lower(): v.decode() for k, v in scope["headers"]},
            body=body,
            state=self.state,
        )
        self.calls += 1
        try:
            response = self.handle(request)
        except Exception as error:
            log.exception("%s %s", request.method, request.path)
            response = Response(500, {"sandbox_error": f"{type(error).__name__}: {error}"})
        payload = response.body if isinstance(response.body, bytes) else json.dumps(response.body).encode()
        if request.struck("slow") and request.fault is not None:
            await asyncio.sleep(request.fault.seconds)
        headers = {"content-type": "application/json; charset=utf-8", **response.headers}
        sent = payload
        if request.struck("truncated"):
            sent = payload[
                : max(1, int(len(payload) * random.uniform(0.3, 0.8)))
            ]  # valid HTTP, half a document
        headers["content-length"] = str(len(sent))
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
            }
        )
        await send({"type": "http.response.body", "body": sent})
