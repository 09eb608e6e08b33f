"""The sandbox network as tests use it: one strict process for the run, reached over HTTP like the real platforms."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from krm.connectors import budgets
from krm.local.sandbox import world

budgets.PREFIX = f"krm:test:{os.getpid()}:"  # parallel workers may share one Redis


@dataclass
class Running:
    url: str
    http: httpx.Client

    def fault(self, platform: str, kind: str, account: str = "*", **more: Any) -> None:
        answer = self.http.post(
            "/_sandbox/faults", json={"platform": platform, "kind": kind, "account": account, **more}
        )
        assert answer.status_code == 201, answer.text

    def clear(self) -> None:
        self.http.request("DELETE", "/_sandbox/faults")
        self.http.request("DELETE", "/_sandbox/posts")

    def publish(self, account: world.DemoAccount, caption: str, **more: Any) -> dict[str, Any]:
        body = {"platform": account.platform, "account": account.handle, "caption": caption, **more}
        answer = self.http.post("/_sandbox/posts", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def revoke(self, account: world.DemoAccount, *, undo: bool = False) -> None:
        self.http.post(
            "/_sandbox/revoke", json={"platform": account.platform, "account": account.handle, "undo": undo}
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Running]:
    port = free_port()
    command = [sys.executable, "-m", "krm.local.sandbox", "--port", str(port), "--state", "", "--strict"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, trust_env=False, timeout=10) as http:
            for _attempt in range(200):
                try:
                    http.get("/_sandbox/health")
                    break
                except httpx.TransportError:
                    assert process.poll() is None, "the sandbox did not start"
                    time.sleep(0.05)
            yield Running(url, http)
    finally:
        process.kill()
        process.wait(timeout=10)


@pytest.fixture
def sandbox(sandbox_process: Running, settings: Any) -> Iterator[Running]:
    """The platforms' addresses point at the sandbox; budgets and faults start empty."""
    settings.SANDBOX_URL = sandbox_process.url
    settings.PLATFORM_URLS = dict.fromkeys(settings.PLATFORM_URLS, sandbox_process.url)
    settings.KRM_EGRESS_ALLOW = [sandbox_process.url.removeprefix("http://")]
    settings.KRM_PULL_SECONDS = {}
    sandbox_process.clear()
    forget_budgets()
    yield sandbox_process
    sandbox_process.clear()
    forget_budgets()


def forget_budgets() -> None:
    connection = budgets._redis()
    keys = list(connection.scan_iter(f"{budgets.PREFIX}*"))
    if keys:
        connection.delete(*keys)


def demo(
    platform: str, *, story: str = "organic", consent: str | None = None, nth: int = 0
) -> world.DemoAccount:
    """A demo account of a kind."""
    found = [
        a
        for a in world.demo_accounts()
        if a.platform == platform and a.story == story and (consent is None or a.consent == consent)
    ]
    return found[nth]
