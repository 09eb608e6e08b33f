"""YouTube: Google's consent screen for the channel and its analytics."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from creators.consents.programs.base import Grant, Identity, Program, Scope, address, split, tokens_of
from creators.platforms.base import Session
from krm.connectors.models import Application, Credential

PREFIX = "https://www.googleapis.com/auth/"


class YouTube(Program):
    key = "youtube"
    application = "youtube"
    platform = "youtube"
    title = "YouTube"
    icon = "brand-youtube"
    hint = _("For the owner of the channel. You log in with Google and choose the channel.")
    duration = _("Until you withdraw it")
    leave = _("Google account: Data and privacy → Third-party apps and services")
    pkce = True
    scopes = (
        Scope(PREFIX + "youtube.readonly", _("Your channel and videos with their public figures")),
        Scope(
            PREFIX + "yt-analytics.readonly",
            _("Views and watch time, and age, gender and country of your audience; never your income"),
        ),
    )

    def authorize_url(
        self, application: Application, *, state: str, challenge: str, redirect_uri: str
    ) -> str:
        return address(
            settings.PLATFORM_URLS["google_authorize"] + "/o/oauth2/v2/auth",
            {
                "client_id": application.client_id, "redirect_uri": redirect_uri, "response_type": "code",
                "scope": " ".join(s.name for s in self.scopes), "access_type": "offline", "prompt": "consent",
                "include_granted_scopes": "true", "state": state, "code_challenge": challenge,
                "code_challenge_method": "S256",
            },
        )  # fmt: skip

    def exchange(self, session: Session, *, code: str, verifier: str, redirect_uri: str) -> Grant:
        application = session.application
        body = self.call(
            session, "POST", settings.PLATFORM_URLS["google_oauth"] + "/token",
            data={
                "client_id": application.client_id, "client_secret": application.client_secret, "code": code,
                "grant_type": "authorization_code", "redirect_uri": redirect_uri, "code_verifier": verifier,
            },
        )  # fmt: skip
        granted = split(body.get("scope"))
        tokens = tokens_of(body, session.now, scopes=granted)
        found: list[Identity] = []
        if PREFIX + "youtube.readonly" in granted:
            channels = self.call(
                session, "GET", settings.PLATFORM_URLS["youtube"] + "/youtube/v3/channels",
                params={"part": "id,snippet", "mine": "true"},
                headers={"Authorization": f"Bearer {tokens.access_token}"},
            )  # fmt: skip
            for item in channels.get("items", []):
                snippet = item.get("snippet", {})
                handle = str(snippet.get("customUrl", "")).lstrip("@")
                found.append(Identity(item["id"], handle, snippet.get("title", "")))
        return Grant(tokens, found, granted, subject_id=found[0].external_id if found else "")

    def revoke(self, session: Session, credential: Credential) -> bool:
        self.call(
            session, "POST", settings.PLATFORM_URLS["google_oauth"] + "/revoke",
            data={"token": credential.refresh_token or credential.access_token},
        )  # fmt: skip
        return True
