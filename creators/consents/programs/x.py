"""X: OAuth 2 with PKCE. The code lives half a minute, access two hours; only `offline.access` renews it."""

from __future__ import annotations

import base64

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from creators.consents.programs.base import Grant, Identity, Program, Scope, address, split, tokens_of
from creators.platforms.base import Session
from krm.connectors.models import Application, Credential


class X(Program):
    key = "x"
    application = "x"
    platform = "x"
    title = "X"
    icon = "brand-x"
    hint = _("For every X account.")
    duration = _("Until you withdraw it")
    leave = _("X: Settings → Security and account access → Apps and sessions")
    pkce = True
    scopes = (
        Scope("users.read", _("Your profile: name, handle, number of followers")),
        Scope("tweet.read", _("Your posts with their figures")),
        Scope("offline.access", _("Read without asking you again every two hours")),
    )

    def authorize_url(
        self, application: Application, *, state: str, challenge: str, redirect_uri: str
    ) -> str:
        return address(
            settings.PLATFORM_URLS["x_authorize"] + "/i/oauth2/authorize",
            {
                "response_type": "code", "client_id": application.client_id, "redirect_uri": redirect_uri,
                "scope": " ".join(s.name for s in self.scopes), "state": state, "code_challenge": challenge,
                "code_challenge_method": "S256",
            },
        )  # fmt: skip

    def exchange(self, session: Session, *, code: str, verifier: str, redirect_uri: str) -> Grant:
        base = settings.PLATFORM_URLS["x"]
        body = self.call(
            session, "POST", f"{base}/2/oauth2/token", headers=_basic(session.application),
            data={
                "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
                "code_verifier": verifier, "client_id": session.application.client_id,
            },
        )  # fmt: skip
        granted = split(body.get("scope"))
        tokens = tokens_of(body, session.now, scopes=granted)
        me = self.call(
            session, "GET", f"{base}/2/users/me", headers={"Authorization": f"Bearer {tokens.access_token}"}
        ).get("data", {})
        identity = Identity(str(me["id"]), me.get("username") or "", me.get("name") or "")
        return Grant(tokens, [identity], granted, subject_id=identity.external_id)

    def revoke(self, session: Session, credential: Credential) -> bool:
        self.call(
            session, "POST", settings.PLATFORM_URLS["x"] + "/2/oauth2/revoke", headers=_basic(session.application),
            data={"token": credential.refresh_token or credential.access_token, "client_id": session.application.client_id},
        )  # fmt: skip
        return True


def _basic(application: Application) -> dict[str, str]:
    pair = f"{application.client_id}:{application.client_secret}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
