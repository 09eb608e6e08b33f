"""How outgoing webhooks leave the house: through the one client, under the egress rules."""

from __future__ import annotations

from krm.connectors import egress
from krm.connectors.http import client


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    return client().request("POST", url, content=body, headers=headers, timeout=15.0).status


def register() -> None:
    from krm.events.webhooks import send_with

    send_with(post, egress.check_url)
