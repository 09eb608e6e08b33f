"""The connectors page: each platform's state, budgets, queue and errors; its settings; a check at the press of a button."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from creators import connections
from creators.platforms.config import Program, Setting, stored
from creators.platforms.registry import CONNECTORS, PROGRAMS
from krm.accounts.permissions import allowed, check
from krm.connectors import inbox
from krm.connectors.models import Application, Credential, Purpose
from krm.connectors.outcomes import Kind
from krm.errors import Refusal
from krm.web.access import AccessMixin
from krm.web.forms import KrmForm, MoneyField
from krm.web.pages import FormPage, Page, redirect

KINDS = {
    Kind.AUTH_EXPIRED: _("Token expired"),
    Kind.AUTH_REVOKED: _("Consent withdrawn"),
    Kind.SCOPE_MISSING: _("Permission missing"),
    Kind.RATE_LIMITED: _("Asked too often"),
    Kind.QUOTA_SPENT: _("Day's quota spent"),
    Kind.UNAVAILABLE: _("Account not available"),
    Kind.TRANSIENT: _("Failed for now"),
    Kind.BAD_REQUEST: _("Request refused"),
}
BUCKETS = {
    "hypeauditor.calls": _("Calls in a minute"),
    "instagram.app": _("Calls in an hour"),
    "modash.reports": _("Calls in a second"),
    "tiktok.user_info": _("Profiles in a minute"),
    "tiktok.video_list": _("Video lists in a minute"),
    "tiktok_business.all": _("Calls in a minute"),
    "facebook.app": _("Calls in an hour"),
    "tiktok_one.all": _("Calls in a minute"),
    "x.users": _("User look-ups in 15 minutes"),
    "x.timelines": _("Post lists in 15 minutes"),
    "youtube_analytics.calls": _("Analytics calls in a minute"),
    "youtube.units": _("Units today (Pacific time)"),
}


class ConnectorsPage(Page):
    title = _("Connectors")
    subtitle = _("How KRM reads the platforms: keys, budgets, queue and errors of the last seven days.")
    perm = "connectors.view"
    actions = ((_("Consents"), "creators:consents", ""),)
    template_name = "creators/connectors.html"

    def get_context(self) -> dict[str, Any]:
        cards = []
        for shown in connections.overview():
            budgets = None
            if shown.budgets is not None:
                budgets = [
                    {
                        "label": BUCKETS.get(r.bucket.name, r.bucket.name),
                        "reading": r,
                        "share": r.bucket.interactive_share,
                    }
                    for r in shown.budgets
                ]
            errors = [{"label": KINDS[Kind(e.kind)], "line": e} for e in shown.errors]
            reads = shown.money.reads if shown.money is not None else {}
            cards.append(
                {
                    "shown": shown,
                    "budgets": budgets,
                    "errors": errors,
                    "probe": shown.program.connector in CONNECTORS,
                    "users": reads.get("user", 0),
                    "posts": reads.get("post", 0),
                }
            )
        return {
            "cards": cards,
            "may": allowed(self.request.user, "connectors.change"),
            "parked": connections.parked_calls(),
        }


def program_or_404(key: str) -> Program:
    if key not in PROGRAMS:
        raise Http404
    return PROGRAMS[key]


def form_for(program: Program, application: Application | None) -> type[KrmForm]:
    """The settings form of a registration. Secrets are written, never shown."""
    fields: dict[str, forms.Field] = {
        "enabled": forms.BooleanField(label=_("Read this platform"), required=False, initial=True)
    }
    for setting in program.settings:
        help_text = setting.help
        if setting.choices:
            fields[setting.name] = forms.ChoiceField(
                label=setting.label, help_text=help_text, choices=setting.choices, required=False
            )
        elif setting.money:
            fields[setting.name] = MoneyField(
                label=setting.label,
                help_text=help_text,
                max_value=1_000_000,
                max_digits=9,
                decimal_places=2,
                required=False,
            )
        elif setting.number:
            fields[setting.name] = forms.IntegerField(
                label=setting.label, help_text=help_text, min_value=1, max_value=1_000_000, required=False
            )
        elif setting.secret:
            if application is not None and not help_text:
                help_text = _("Stored encrypted and never shown. Leave empty to keep it.")
            fields[setting.name] = forms.CharField(
                label=setting.label,
                help_text=help_text,
                required=False,
                max_length=4000,
                widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            )
        else:
            fields[setting.name] = forms.CharField(
                label=setting.label, help_text=help_text, required=False, max_length=200
            )
        if setting.required and not (setting.secret and held(program, setting, application)):
            fields[setting.name].required = True
            fields[setting.name].error_messages["required"] = _(
                "Fill this in; the platform's developer page shows it."
            )
    return type("ConnectorForm", (KrmForm,), fields)


def held(program: Program, setting: Setting, application: Application | None) -> bool:
    """Whether a secret was given once, so that an empty field keeps it."""
    if setting.name == "access_token":
        return Credential.objects.filter(platform=program.key, purpose=Purpose.AGENCY).exists()
    return bool(stored(application, setting))


class ConnectorSettings(FormPage):
    perm = "connectors.change"
    template_name = "creators/connector_settings.html"
    form_class = KrmForm  # made anew for each registration in get_form
    success_message = _("Saved. Check the connection to see that the platform accepts it.")
    success_url = "creators:connectors"
    cancel_url = "creators:connectors"
    breadcrumbs = ((_("Connectors"), "creators:connectors"),)

    def prepare(self) -> None:
        check(self.request.user, "connectors.change")
        self.program = program_or_404(self.kwargs["key"])
        self.application = Application.objects.filter(platform=self.program.key).first()

    def get_title(self) -> Any:
        return self.program.title

    def get_form(self) -> Any:
        return form_for(self.program, self.application)(**self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        if self.application is None:
            return {}
        plain = {s.name: stored(self.application, s) for s in self.program.settings if not s.secret}
        return {"enabled": self.application.enabled, **plain}

    def get_context(self) -> dict[str, Any]:
        return {"program": self.program, "application": self.application}

    def save(self, form: Any) -> Any:
        values = {k: v for k, v in form.cleaned_data.items() if v not in (None, "")}
        values.setdefault("enabled", False)
        connections.configure(self.program.key, by=self.request.user, **values)
        return None


class ConnectorCheck(AccessMixin, View):
    """POST: one cheap call to the platform with the stored keys."""

    perm = "connectors.change"

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        check(request.user, "connectors.change")
        program_or_404(key)
        try:
            messages.success(request, connections.check_now(key, by=request.user))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect(request, reverse("creators:connectors"))


class InboundRetry(AccessMixin, View):
    """POST: try parked calls of other systems again."""

    perm = "connectors.change"

    def post(self, request: HttpRequest) -> HttpResponse:
        check(request.user, "connectors.change")
        number = inbox.retry_parked()
        text = ngettext(
            "%(number)s parked call is tried again.", "%(number)s parked calls are tried again.", number
        )
        messages.success(request, text % {"number": number})
        return redirect(request, reverse("creators:connectors"))
