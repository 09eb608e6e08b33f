"""Our clients and their competitors, for discovery in the room below."""

from __future__ import annotations

from typing import Any

from campaigns.models import Brand
from creators.finding import clients


def of(user: Any) -> list[clients.Client]:
    rows = Brand.objects.visible_to(user).order_by("name").values_list("pk", "name", "competitors")
    return [clients.Client(pk, name, tuple(rivals)) for pk, name, rivals in rows]


def register() -> None:
    clients.register("campaigns", of)
