"""The connectors there are, and the registrations they need."""

from __future__ import annotations

from creators.platforms.base import Connector
from creators.platforms.config import Program
from creators.platforms.instagram import config as instagram
from creators.platforms.instagram.client import Instagram
from creators.platforms.tiktok import config as tiktok
from creators.platforms.tiktok.client import TikTok
from creators.platforms.youtube import config as youtube
from creators.platforms.youtube.client import YouTube
from creators.vendors.base import Vendor

CONNECTORS: dict[str, Connector] = {c.platform: c for c in (Instagram(), TikTok(), YouTube())}
PROGRAMS: dict[str, Program] = {
    p.key: p for p in (instagram.PROGRAM, tiktok.PROGRAM, tiktok.BUSINESS, youtube.PROGRAM)
}

# Vendors of audience reports: asked on request, never by the schedule.
VENDORS: dict[str, Vendor] = {}


def connector(platform: str) -> Connector | None:
    return CONNECTORS.get(platform)
