"""The one HTTP client. It keeps time and size limits and the egress rules, and never retries or follows by itself."""

from __future__ import annotations

import atexit
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urljoin

import httpcore
import httpx

from krm.connectors import egress
from krm.connectors.redaction import RedactionFilter, redact_url

log = logging.getLogger("krm.connectors.http")
for _name in ("httpx", "httpcore"):
    _logger = logging.getLogger(_name)
    _logger.setLevel(logging.WARNING)
    _logger.addFilter(RedactionFilter())

MAX_BYTES = 8 * 1024 * 1024
USER_AGENT = "KRM/1.0"


class TransportError(Exception):
    """No complete answer came: no connection, too slow, cut off, or too large."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str
    seconds: float = 0.0

    def json(self) -> Any:
        """The parsed body. A body that does not parse was cut off on the way: `TransportError`."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise TransportError(f"The answer of {self.url} is not whole JSON: {error}") from None


class _Transport(httpx.HTTPTransport):
    def __init__(self, limits: httpx.Limits) -> None:
        super().__init__(limits=limits, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=egress.PinnedBackend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        egress.check_url(str(request.url))
        return super().handle_request(request)


class Client:
    """Keeps connections open between calls; safe to share among threads."""

    def __init__(
        self, *, timeout: float = 20.0, max_bytes: int = MAX_BYTES, user_agent: str = USER_AGENT
    ) -> None:
        self.timeout = timeout
        self.max_bytes = max_bytes
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30)
        self._client = httpx.Client(
            transport=_Transport(limits),
            timeout=httpx.Timeout(timeout, connect=min(timeout, 5.0)),
            headers={"User-Agent": user_agent, "Accept": "application/json"},
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: Mapping[str, Any] | None = None,
        content: bytes | None = None,
        timeout: float | None = None,
        redirects: int = 0,
    ) -> Reply:
        """One call. `redirects` are followed for GET only, each checked anew, without our headers once the host changes."""
        started = time.monotonic()
        deadline = started + (timeout or self.timeout)
        sent_headers = dict(headers or {})
        while True:
            try:
                request = self._client.build_request(
                    method, url, params=params, headers=sent_headers, json=json, data=data, content=content
                )
                if timeout is not None:
                    request.extensions["timeout"] = httpx.Timeout(
                        timeout, connect=min(timeout, 5.0)
                    ).as_dict()
                response = self._client.send(request, stream=True)
                try:
                    body = self._read(response, deadline)
                finally:
                    response.close()
            except (
                httpx.HTTPError,
                httpcore.NetworkError,
                httpcore.TimeoutException,
                httpx.InvalidURL,
            ) as error:
                log.info("%s %s failed: %s", method, redact_url(url), type(error).__name__)
                raise TransportError(f"{type(error).__name__} at {redact_url(url)}") from error
            seconds = time.monotonic() - started
            log.debug("%s %s %s %.3fs", method, redact_url(str(request.url)), response.status_code, seconds)
            target = response.headers.get("location")
            if response.is_redirect and target and redirects > 0 and method == "GET":
                redirects -= 1
                moved = urljoin(str(request.url), target)
                if httpx.URL(moved).host != request.url.host or httpx.URL(moved).scheme != request.url.scheme:
                    sent_headers = {}
                url, params = moved, None
                continue
            lowered = {k.lower(): v for k, v in response.headers.items()}
            return Reply(response.status_code, lowered, body, redact_url(str(request.url)), seconds)

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes(65536):
            size += len(chunk)
            if size > self.max_bytes:
                raise TransportError(f"The answer is larger than {self.max_bytes} bytes")
            if time.monotonic() > deadline:
                raise TransportError("The answer took too long")
            chunks.append(chunk)
        return b"".join(chunks)


_shared: Client | None = None


def client() -> Client:
    """The process's shared client."""
    global _shared
    if _shared is None:
        _shared = Client()
        atexit.register(_shared.close)
    return _shared
