"""Everybody looks after their own account: profile, security, sessions, keys."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from krm.accounts import apikeys, people, sessions
from krm.accounts.models import ApiKey, User
from krm.accounts.stepup import StepUp
from krm.accounts.web.forms import ApiKeyForm, ProfileForm
from krm.web.access import AccessMixin
from krm.web.pages import FormPage, Page, redirect, verb_view


class Profile(FormPage):
    area = "any"
    title = _("Profile")
    template_name = "accounts/profile.html"
    form_class = ProfileForm
    success_message = _("Saved.")
    success_url = "accounts:profile"

    def prepare(self) -> None:
        self.object = User.objects.get(pk=self.request.user.pk)

    def save(self, form: Any) -> User:
        user: Any = self.request.user
        return people.update_profile(user, by=user, **form.cleaned_data)


class Security(Page):
    area = "any"
    title = _("Security")
    template_name = "accounts/security.html"

    def get_context(self) -> dict[str, Any]:
        user: Any = self.request.user
        types = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        shown = [
            {
                "pk": session.pk,
                "name": sessions.describe(session),
                "ip": session.ip,
                "seen": session.last_seen_at,
                "began": session.created_at,
                "current": session.session_key == self.request.session.session_key,
            }
            for session in sessions.sessions_of(user)
        ]
        return {
            "has_password": user.has_usable_password(),
            "has_totp": Authenticator.Type.TOTP in types,
            "has_codes": Authenticator.Type.RECOVERY_CODES in types,
            "passkeys": types.count(Authenticator.Type.WEBAUTHN),
            "sessions": shown,
        }


class EndSession(AccessMixin, View):
    area = "any"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = UserSession.objects.filter(pk=pk, user=request.user).first()
        if session is None:
            raise Http404
        sessions.end(session, by=request.user)  # type: ignore[arg-type]
        messages.success(request, gettext("That session has ended."))
        return redirect(request, reverse("accounts:security"))


class EndOtherSessions(AccessMixin, View):
    area = "any"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        sessions.end_others(user, by=user, keep=request.session.session_key or "")
        messages.success(request, gettext("You are logged out everywhere else."))
        return redirect(request, reverse("accounts:security"))


class ApiKeys(Page):
    area = "any"
    title = _("API keys")
    template_name = "accounts/api_keys.html"
    actions = ((_("New key"), "accounts:api_key_create", "primary"),)

    def get_context(self) -> dict[str, Any]:
        keys: QuerySet[ApiKey] = ApiKey.objects.visible_to(self.request.user)  # type: ignore[arg-type]
        return {"keys": keys[:200]}


class ApiKeyCreate(StepUp, FormPage):
    area = "any"
    step_up_always = True
    title = _("New API key")
    form_class = ApiKeyForm
    submit_label = _("Make key")
    cancel_url = "accounts:api_keys"

    def save(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        key, secret = apikeys.create(user, by=user, **form.verb_values())
        response = self.render("accounts/api_key_made.html", key=key, secret=secret)
        response.headers["Cache-Control"] = "no-store"
        return response


api_key_revoke = verb_view(
    ApiKey, apikeys.revoke, area="any", success=_("Key revoked."), success_url="accounts:api_keys"
)
