"""Instagram has two doors: its own login, and Facebook Login for accounts that belong to a Page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from creators.consents.programs.base import Grant, Identity, Program, Scope, address, split, tokens_of
from creators.platforms.base import Session
from krm.connectors.credentials import Tokens
from krm.connectors.models import Application, Credential

PROFILE = _("Your profile: name, number of followers and posts")
INSIGHTS = _("Reach, views and saves of your posts, and age, gender and place of your audience")
COMMENTS = _("Comments under your posts, to see how people answer; we never write any")


class InstagramLogin(Program):
    key = "instagram_login"
    application = "instagram_login"
    platform = "instagram"
    flavour = "login"
    title = "Instagram"
    icon = "brand-instagram"
    hint = _("For creator and business accounts. You log in with Instagram; no Facebook Page is needed.")
    duration = _("60 days, renewed by itself as long as you do not withdraw it")
    leave = _("Instagram: Settings → Website permissions → Apps and websites")
    scopes = (
        Scope("instagram_business_basic", PROFILE),
        Scope("instagram_business_manage_insights", INSIGHTS),
        Scope("instagram_business_manage_comments", COMMENTS, required=False),
    )

    def authorize_url(
        self, application: Application, *, state: str, challenge: str, redirect_uri: str
    ) -> str:
        return address(
            settings.PLATFORM_URLS["instagram_authorize"] + "/oauth/authorize",
            {
                "client_id": application.client_id, "redirect_uri": redirect_uri, "response_type": "code",
                "scope": ",".join(s.name for s in self.scopes), "state": state,
            },
        )  # fmt: skip

    def exchange(self, session: Session, *, code: str, verifier: str, redirect_uri: str) -> Grant:
        application, login = session.application, settings.PLATFORM_URLS["instagram_login"]
        body: Any = self.call(
            session, "POST", settings.PLATFORM_URLS["instagram_oauth"] + "/oauth/access_token",
            data={
                "client_id": application.client_id, "client_secret": application.client_secret,
                "grant_type": "authorization_code", "redirect_uri": redirect_uri, "code": code.removesuffix("#_"),
            },
        )  # fmt: skip
        if isinstance(body.get("data"), list) and body["data"]:  # both shapes are documented
            body = body["data"][0]
        granted = split(body.get("permissions"))
        long = self.call(
            session, "GET", f"{login}/access_token",
            params={
                "grant_type": "ig_exchange_token", "client_secret": application.client_secret,
                "access_token": body["access_token"],
            },
        )  # fmt: skip
        tokens = tokens_of(long, session.now, scopes=granted)
        me = self.call(
            session, "GET", f"{login}/{settings.INSTAGRAM_VERSION}/me",
            params={"fields": "user_id,username,name", "access_token": tokens.access_token},
        )  # fmt: skip
        identity = Identity(
            str(me.get("user_id") or me.get("id")), me.get("username") or "", me.get("name") or ""
        )
        return Grant(tokens, [identity], granted, subject_id=str(body.get("user_id") or identity.external_id))


class ByFacebook(Program):
    """What Instagram through Facebook and a Facebook Page have in common: one dialog, and Pages behind it."""

    leave = _("Facebook: Settings → Business integrations")

    def authorize_url(
        self, application: Application, *, state: str, challenge: str, redirect_uri: str
    ) -> str:
        return address(
            f"{settings.PLATFORM_URLS['facebook_authorize']}/{settings.INSTAGRAM_VERSION}/dialog/oauth",
            {
                "client_id": application.client_id, "redirect_uri": redirect_uri, "response_type": "code",
                "scope": ",".join(s.name for s in self.scopes), "state": state,
            },
        )  # fmt: skip

    def exchange(self, session: Session, *, code: str, verifier: str, redirect_uri: str) -> Grant:
        application = session.application
        app = {"client_id": application.client_id, "client_secret": application.client_secret}
        graph = f"{settings.PLATFORM_URLS['instagram']}/{settings.INSTAGRAM_VERSION}"
        short = self.call(
            session, "GET", f"{graph}/oauth/access_token",
            params={**app, "redirect_uri": redirect_uri, "code": code},
        )  # fmt: skip
        long = self.call(
            session, "GET", f"{graph}/oauth/access_token",
            params={**app, "grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]},
        )  # fmt: skip
        tokens = tokens_of(long, session.now)
        who = {"access_token": tokens.access_token}
        me = self.call(session, "GET", f"{graph}/me", params={"fields": "id", **who})
        permissions = self.call(session, "GET", f"{graph}/me/permissions", params=who)
        granted = [p["permission"] for p in permissions.get("data", []) if p.get("status") == "granted"]
        pages = self.call(
            session, "GET", f"{graph}/me/accounts",
            params={"fields": "id,name,username,access_token,instagram_business_account{id,username,name}", **who},
        )  # fmt: skip
        found = [i for page in pages.get("data", []) if (i := self.identity(page, granted)) is not None]
        return Grant(tokens, found, granted, subject_id=str(me.get("id", "")))

    def identity(self, page: dict[str, Any], granted: list[str]) -> Identity | None:
        raise NotImplementedError

    def revoke(self, session: Session, credential: Credential) -> bool:
        """Permissions hang on the person: `DELETE /me/permissions` with their Page's token is refused, the Page's own
        id takes it. What Facebook answers, the tokens here are deleted."""
        graph = f"{settings.PLATFORM_URLS['instagram']}/{settings.INSTAGRAM_VERSION}"
        self.call(
            session, "DELETE", f"{graph}/me/permissions", params={"access_token": credential.access_token}
        )
        return True


class InstagramByFacebook(ByFacebook):
    key = "instagram"
    application = "instagram"
    platform = "instagram"
    title = "Instagram (Facebook)"
    icon = "brand-instagram"
    hint = _(
        "For Instagram accounts linked to a Facebook Page. You log in with Facebook and choose the Page."
    )
    duration = _("Until you withdraw it, change your password or leave the Page")
    scopes = (
        Scope("instagram_basic", PROFILE),
        Scope("instagram_manage_insights", INSIGHTS),
        Scope("pages_show_list", _("The list of your Pages, to find the linked Instagram account")),
        Scope("pages_read_engagement", _("Basic figures of the linked Page")),
    )

    def identity(self, page: dict[str, Any], granted: list[str]) -> Identity | None:
        linked = page.get("instagram_business_account")
        if not linked:
            return None
        return Identity(
            str(linked["id"]), linked.get("username") or "", linked.get("name") or page.get("name") or "",
            Tokens(page["access_token"], scopes=granted),
        )  # fmt: skip
