"""Forms of accounts."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from krm.accounts import apikeys, invitations
from krm.accounts.models import BrandTeam, Role, User
from krm.accounts.models.users import CLIENT_ROLES, PORTAL_ROLES, STAFF_ROLES
from krm.web.forms import KrmForm, KrmModelForm


def choices_of(roles: frozenset[Role]) -> list[tuple[str, Any]]:
    return [(role.value, role.label) for role in Role if role in roles]


class ProfileForm(KrmModelForm):
    timezone = forms.ChoiceField(label=_("Time zone"), required=False)

    class Meta:
        model = User
        fields = ("name", "phone", "language", "timezone", "theme")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(
            zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/")
        )
        own = (("", _("As the agency (%(zone)s)") % {"zone": settings.TIME_ZONE}),)
        self.fields["timezone"].choices = [*own, *((zone, zone.replace("_", " ")) for zone in zones)]  # type: ignore[attr-defined]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        self.dress()


class AccessForm(KrmForm):
    role = forms.ChoiceField(label=_("Role"))
    all_teams = forms.BooleanField(label=_("Sees every brand"), required=False)
    teams = forms.ModelMultipleChoiceField(
        BrandTeam.objects.all(), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        family = next(f for f in (STAFF_ROLES, PORTAL_ROLES, CLIENT_ROLES) if user.role in f)
        self.fields["role"].choices = choices_of(family)  # type: ignore[attr-defined]
        if family is not STAFF_ROLES:
            del self.fields["teams"], self.fields["all_teams"]


class TeamForm(KrmForm):
    name = forms.CharField(label=_("Name"), max_length=120)


class InviteStaffForm(KrmForm):
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=choices_of(STAFF_ROLES))
    all_teams = forms.BooleanField(label=_("Sees every brand"), required=False)
    teams = forms.ModelMultipleChoiceField(
        BrandTeam.objects.all(), label=_("Teams"), required=False, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class InviteGuestForm(KrmForm):
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=choices_of(PORTAL_ROLES | CLIENT_ROLES))
    attach = forms.ChoiceField(label=_("Gets access to"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="id")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: list[Any] = [("", "—")]
        for entry in invitations.attachments():
            options = [(f"{entry.kind}:{pk}", label) for pk, label in entry.choices(by)]
            groups.append((entry.label, options))
        self.fields["attach"].choices = groups  # type: ignore[attr-defined]

    def clean_attach(self) -> list[tuple[str, int]]:
        kind, _colon, pk = (self.cleaned_data.get("attach") or "").partition(":")
        return [(kind, int(pk))] if pk else []


class AcceptForm(KrmForm):
    name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, nothing common."),
    )

    def __init__(self, *args: Any, optional: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if optional:
            self.fields["password"].help_text = _(
                "You can leave this empty: we then send you a login link by mail each time."
            )
        else:
            self.fields["password"].required = True


class LinkForm(KrmForm):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )


class ApiKeyForm(KrmForm):
    TERMS = ((30, _("30 days")), (90, _("90 days")), (365, _("A year")))

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("The program that will use it."))
    scopes = forms.MultipleChoiceField(label=_("May do"), widget=forms.CheckboxSelectMultiple)
    days = forms.TypedChoiceField(label=_("Valid for"), choices=TERMS, coerce=int, initial=90)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope, _("Everything you may") if scope == "*" else scope) for scope in apikeys.known_scopes()
        ]

    def verb_values(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "name": values["name"],
            "scopes": values["scopes"],
            "expires_at": timezone.now() + timedelta(days=values["days"]),
        }
