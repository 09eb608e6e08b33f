"""The connectors there are, and the registrations they need."""

from __future__ import annotations

from creators.platforms.base import Connector
from creators.platforms.config import Program
from creators.platforms.facebook import config as facebook
from creators.platforms.facebook.client import Facebook
from creators.platforms.hypeauditor import config as hypeauditor
from creators.platforms.hypeauditor.client import HypeAuditor
from creators.platforms.instagram import config as instagram
from creators.platforms.instagram.client import Instagram
from creators.platforms.modash import config as modash
from creators.platforms.modash.client import Modash
from creators.platforms.tiktok import config as tiktok
from creators.platforms.tiktok.client import TikTok
from creators.platforms.x import config as x
from creators.platforms.x.client import X
from creators.platforms.youtube import config as youtube
from creators.platforms.youtube.client import YouTube
from creators.vendors.base import Vendor

CONNECTORS: dict[str, Connector] = {
    c.platform: c for c in (Instagram(), TikTok(), YouTube(), X(), Facebook())
}
PROGRAMS: dict[str, Program] = {
    p.key: p
    for p in (
        instagram.PROGRAM,
        tiktok.PROGRAM,
        tiktok.BUSINESS,
        tiktok.ONE,
        youtube.PROGRAM,
        x.PROGRAM,
        facebook.PROGRAM,
    )
}

# Vendors of audience reports: asked on request, never by the schedule.
VENDORS: dict[str, Vendor] = {v.platform: v for v in (HypeAuditor(), Modash())}
PROGRAMS.update({p.key: p for p in (instagram.LOGIN, hypeauditor.PROGRAM, modash.PROGRAM)})


def plan_of(program: Program) -> Connector | Vendor:
    """Who speaks for a registration."""
    return VENDORS.get(program.connector) or CONNECTORS[program.connector]


def connector(platform: str) -> Connector | None:
    return CONNECTORS.get(platform)
