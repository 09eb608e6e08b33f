"""The connectors there are."""

from __future__ import annotations

from creators.platforms.base import Connector
from creators.platforms.instagram.client import Instagram
from creators.platforms.tiktok.client import TikTok
from creators.platforms.youtube.client import YouTube

CONNECTORS: dict[str, Connector] = {c.platform: c for c in (Instagram(), TikTok(), YouTube())}


def connector(platform: str) -> Connector | None:
    return CONNECTORS.get(platform)
