"""A request and a response of the sandbox."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from krm.local.sandbox.state import Fault, FaultHit, State


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    state: State
    fault: Fault | None = None

    def form(self) -> dict[str, str]:
        return {k: v[0] for k, v in parse_qs(self.body.decode(), keep_blank_values=True).items()}

    def json(self) -> Any:
        return json.loads(self.body or b"{}")

    def meet(self, platform: str, *names: str) -> None:
        """Let a fault that was set for this platform or account happen."""
        if self.fault is not None:
            return
        fault = self.state.hit(platform, *names)
        if fault is None:
            return
        self.fault = fault
        if fault.kind not in ("slow", "truncated", "server_error", "empty_insights", "private"):
            raise FaultHit(fault)

    def struck(self, kind: str) -> bool:
        return self.fault is not None and self.fault.kind == kind


@dataclass
class Response:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    shape: str = ""  # what the body claims to be, for the validator
