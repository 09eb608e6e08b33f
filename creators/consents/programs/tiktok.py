"""TikTok's two doors: the Display API for everybody, Business Accounts with audience and reach."""

from __future__ import annotations

import json
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from creators.consents.programs.base import Grant, Identity, Program, Scope, address, split, tokens_of
from creators.platforms.base import Session
from krm.connectors.models import Application, Credential

BASIC = _("Your name and profile picture")
PROFILE = _("Your handle and bio")
STATS = _("Number of followers, likes and videos")
VIDEOS = _("Your public videos with their views, likes, comments and shares")


class TikTokDisplay(Program):
    key = "tiktok"
    application = "tiktok"
    platform = "tiktok"
    flavour = "display"
    title = "TikTok"
    icon = "brand-tiktok"
    hint = _("For every TikTok account.")
    duration = _("One year from today; we remind you before it ends")
    leave = _("TikTok: Settings and privacy → Security → Apps and services permissions")
    scopes: ClassVar[tuple[Scope, ...]] = (
        Scope("user.info.basic", BASIC),
        Scope("user.info.profile", PROFILE),
        Scope("user.info.stats", STATS),
        Scope("video.list", VIDEOS),
    )

    def authorize_url(
        self, application: Application, *, state: str, challenge: str, redirect_uri: str
    ) -> str:
        return address(
            settings.PLATFORM_URLS["tiktok_authorize"] + "/v2/auth/authorize/",
            {
                "client_key": application.client_id, "scope": ",".join(s.name for s in self.scopes),
                "response_type": "code", "redirect_uri": redirect_uri, "state": state,
            },
        )  # fmt: skip

    def exchange(self, session: Session, *, code: str, verifier: str, redirect_uri: str) -> Grant:
        application, base = session.application, settings.PLATFORM_URLS["tiktok"]
        body = self.call(
            session, "POST", f"{base}/v2/oauth/token/",
            data={
                "client_key": application.client_id, "client_secret": application.client_secret, "code": code,
                "grant_type": "authorization_code", "redirect_uri": redirect_uri,
            },
        )  # fmt: skip
        granted = split(body.get("scope"))
        tokens = tokens_of(body, session.now, refresh_life="refresh_expires_in", scopes=granted)
        fields = ["open_id", "display_name"]
        if "user.info.profile" in granted:
            fields.append("username")
        info = self.call(
            session, "GET", f"{base}/v2/user/info/", params={"fields": ",".join(fields)},
            headers={"Authorization": f"Bearer {tokens.access_token}"},
        )  # fmt: skip
        user = (info.get("data") or {}).get("user") or {}
        identity = Identity(
            str(body.get("open_id") or user.get("open_id")),
            user.get("username") or "",
            user.get("display_name") or "",
        )
        return Grant(tokens, [identity], granted, subject_id=identity.external_id)

    def revoke(self, session: Session, credential: Credential) -> bool:
        application = session.application
        self.call(
            session, "POST", settings.PLATFORM_URLS["tiktok"] + "/v2/oauth/revoke/",
            data={
                "client_key": application.client_id, "client_secret": application.client_secret,
                "token": credential.access_token,
            },
        )  # fmt: skip
        return True


class TikTokBusiness(TikTokDisplay):
    key = "tiktok_business"
    application = "tiktok_business"
    flavour = "business"
    title = "TikTok Business"
    hint = _("For TikTok Business accounts. It also gives reach and your audience.")
    scopes: ClassVar[tuple[Scope, ...]] = (
        Scope("user.info.basic", BASIC),
        Scope("user.info.profile", PROFILE),
        Scope("user.info.stats", STATS),
        Scope("user.insights", _("Daily figures, and age, gender and place of your audience")),
        Scope("video.list", VIDEOS),
        Scope("video.insights", _("Reach and watch time of your videos")),
        Scope("comment.list", _("Comments under your videos, to see how people answer; we never write any"), required=False),
    )  # fmt: skip

    def exchange(self, session: Session, *, code: str, verifier: str, redirect_uri: str) -> Grant:
        application = session.application
        base = settings.PLATFORM_URLS["tiktok_business"] + "/open_api/v1.3"
        body = self.call(
            session, "POST", f"{base}/tt_user/oauth2/token/",
            json={
                "client_id": application.client_id, "client_secret": application.client_secret,
                "grant_type": "authorization_code", "auth_code": code, "redirect_uri": redirect_uri,
            },
        )["data"]  # fmt: skip
        granted = split(body.get("scope"))
        tokens = tokens_of(body, session.now, refresh_life="refresh_token_expires_in", scopes=granted)
        open_id = str(body["open_id"])
        found = self.call(
            session, "GET", f"{base}/business/get/",
            params={"business_id": open_id, "fields": json.dumps(["username", "display_name"])},
            headers={"Access-Token": tokens.access_token},
        )["data"]  # fmt: skip
        identity = Identity(open_id, found.get("username") or "", found.get("display_name") or "")
        return Grant(tokens, [identity], granted, subject_id=open_id)

    def revoke(self, session: Session, credential: Credential) -> bool:
        application = session.application
        self.call(
            session, "POST", settings.PLATFORM_URLS["tiktok_business"] + "/open_api/v1.3/tt_user/oauth2/revoke/",
            json={
                "client_id": application.client_id, "client_secret": application.client_secret,
                "access_token": credential.access_token,
            },
        )  # fmt: skip
        return True
