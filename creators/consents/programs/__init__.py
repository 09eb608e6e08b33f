"""The doors at which an owner can consent, one line each; a door is open where its registration is filled in."""

from __future__ import annotations

from creators.consents.programs.base import Program
from creators.consents.programs.facebook import FacebookPage
from creators.consents.programs.instagram import InstagramByFacebook, InstagramLogin
from creators.consents.programs.tiktok import TikTokBusiness, TikTokDisplay
from creators.consents.programs.x import X
from creators.consents.programs.youtube import YouTube
from krm.connectors.models import Application

PROGRAMS: dict[str, Program] = {
    p.key: p
    for p in (
        InstagramLogin(),
        InstagramByFacebook(),
        TikTokDisplay(),
        TikTokBusiness(),
        YouTube(),
        X(),
        FacebookPage(),
    )
}


def open_programs() -> list[Program]:
    """The doors an administrator has set up."""
    rows = {a.platform: a for a in Application.objects.filter(enabled=True)}
    return [
        p
        for p in PROGRAMS.values()
        if p.application in rows and rows[p.application].client_id and rows[p.application].client_secret
    ]


def program_of(platform: str, flavour: str) -> Program | None:
    """The door a stored consent came through."""
    return next((p for p in PROGRAMS.values() if (p.platform, p.flavour) == (platform, flavour)), None)
