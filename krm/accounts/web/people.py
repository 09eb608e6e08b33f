"""Administrators look after people and teams."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from krm.accounts import invitations, people, teams
from krm.accounts.models import BrandTeam, Invitation, Role, User
from krm.accounts.permissions import allowed
from krm.accounts.stepup import StepUp
from krm.accounts.web.forms import AccessForm, InviteGuestForm, InviteStaffForm, TeamForm
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, verb_view


class PersonFilter(django_filters.FilterSet):
    role = django_filters.MultipleChoiceFilter(label=_("Role"), choices=Role.choices)
    team = django_filters.ModelChoiceFilter(
        label=_("Team"), field_name="teams", queryset=BrandTeam.objects.all()
    )
    active = django_filters.BooleanFilter(label=_("Active"), field_name="is_active")

    class Meta:
        model = User
        fields = ("role", "team", "active")


class People(ListPage):
    name = "accounts.people"
    title = _("People")
    perm = "accounts.manage_people"
    model = User
    filterset_class = PersonFilter
    search_fields = ("name", "email")
    default_sort = "name"
    columns = (
        Column("name", _("Name"), link=lambda u: u.get_absolute_url(), sort="name", sub="email"),
        Column("role", _("Role"), value=lambda u: u.get_role_display(), sort="role"),
        Column(
            "teams",
            _("Teams"),
            value=lambda u: (
                gettext("every brand") if u.all_teams else ", ".join(t.name for t in u.teams.all())
            ),
        ),
        Column("is_active", _("Active"), kind="bool", sort="is_active"),
        Column("last_login", _("Last login"), kind="ago", sort="last_login"),
        Column("email", _("E-mail"), sort="email", default=False),
    )
    empty = Empty(
        _("Nobody here yet"), _("Invite your colleagues."), action=(_("Invite staff"), "accounts:invite")
    )
    actions = (
        (_("Invitations"), "accounts:invitations"),
        (_("Teams"), "accounts:teams"),
        (_("Invite staff"), "accounts:invite", "primary"),
    )

    def get_queryset(self) -> QuerySet[User]:
        return User.objects.visible_to(self.request.user).prefetch_related("teams")  # type: ignore[no-any-return]


class Person(DetailPage):
    model = User
    perm = "accounts.manage_people"
    template_name = "accounts/person.html"
    breadcrumbs = ((_("People"), "accounts:people"),)

    def get_actions(self) -> list[dict[str, Any]]:
        return [
            {
                "label": gettext("Change access"),
                "url": reverse("accounts:access", args=[self.object.pk]),
                "style": "",
            }
        ]

    def get_context(self) -> dict[str, Any]:
        return {"person": self.object}


class Access(StepUp, ObjectFormPage):
    guards = True
    model = User
    perm = "accounts.manage_people"
    form_class = AccessForm
    success_message = _("Access changed. The person logs in again with it.")
    breadcrumbs = ((_("People"), "accounts:people"),)

    def get_title(self) -> str:
        return gettext("Access of %(name)s") % {"name": self.object}

    def get_initial(self) -> dict[str, Any]:
        user = self.object
        return {"role": user.role, "all_teams": user.all_teams, "teams": user.teams.all()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.object}

    def save(self, form: Any) -> User:
        return people.change_access(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


deactivate = verb_view(
    User, people.deactivate, perm="accounts.manage_people", success=_("Deactivated. All sessions have ended.")
)
reactivate = verb_view(User, people.reactivate, perm="accounts.manage_people", success=_("Active again."))


class Teams(ListPage):
    name = "accounts.teams"
    title = _("Brand teams")
    perm = "accounts.manage_people"
    model = BrandTeam
    search_fields = ("name",)
    default_sort = "name"
    columns = (
        Column("name", _("Name"), link=lambda t: reverse("accounts:team", args=[t.pk]), sort="name"),
        Column("people", _("People"), kind="number", value="people", sort="people"),
    )
    empty = Empty(
        _("No teams yet"),
        _("Teams divide brands among your staff."),
        action=(_("New team"), "accounts:team_create"),
    )
    breadcrumbs = ((_("People"), "accounts:people"),)
    actions = ((_("New team"), "accounts:team_create", "primary"),)

    def get_queryset(self) -> QuerySet[BrandTeam]:
        return BrandTeam.objects.visible_to(self.request.user).annotate(people=Count("members"))  # type: ignore[arg-type]


class TeamCreate(FormPage):
    title = _("New team")
    perm = "accounts.manage_people"
    form_class = TeamForm
    success_message = _("Team made.")
    success_url = "accounts:teams"
    cancel_url = "accounts:teams"

    def save(self, form: Any) -> BrandTeam:
        return teams.create_team(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class TeamEdit(ObjectFormPage):
    guards = True
    model = BrandTeam
    perm = "accounts.manage_people"
    form_class = TeamForm
    template_name = "accounts/team.html"
    success_message = _("Team renamed.")
    success_url = "accounts:teams"
    cancel_url = "accounts:teams"
    breadcrumbs = ((_("People"), "accounts:people"), (_("Brand teams"), "accounts:teams"))

    def get_title(self) -> str:
        return str(self.object)

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name}

    def save(self, form: Any) -> BrandTeam:
        return teams.rename_team(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_context(self) -> dict[str, Any]:
        return {"members": self.object.members.order_by("name")}


team_delete = verb_view(
    BrandTeam,
    teams.delete_team,
    perm="accounts.manage_people",
    success=_("Team deleted."),
    success_url="accounts:teams",
)


class Invitations(ListPage):
    name = "accounts.invitations"
    title = _("Invitations")
    perm = "accounts.invite_guest"
    model = Invitation
    search_fields = ("name", "email")
    columns = (
        Column(
            "email",
            _("E-mail"),
            sort="email",
            sub="name",
            link=lambda i: reverse("accounts:invitation", args=[i.pk]),
        ),
        Column("role", _("Role"), value=lambda i: i.get_role_display(), sort="role"),
        Column("state", _("State"), kind="state"),
        Column("invited_by", _("Invited by"), value="invited_by.name"),
        Column("sent_at", _("Sent"), kind="ago", sort="sent_at"),
        Column("expires_at", _("Expires"), kind="datetime", sort="expires_at"),
    )
    empty = Empty(_("No invitations"), _("People get a login by invitation."))

    def get_actions(self) -> list[dict[str, Any]]:
        shown = [{"label": gettext("Invite a guest"), "url": reverse("accounts:invite_guest"), "style": ""}]
        if allowed(self.request.user, "accounts.invite_staff"):
            shown.append(
                {"label": gettext("Invite staff"), "url": reverse("accounts:invite"), "style": "primary"}
            )
        return shown

    def get_queryset(self) -> QuerySet[Invitation]:
        return Invitation.objects.visible_to(self.request.user).select_related("invited_by")  # type: ignore[arg-type]


class InvitationPage(DetailPage):
    model = Invitation
    perm = "accounts.invite_guest"
    template_name = "accounts/invitation.html"
    breadcrumbs = ((_("Invitations"), "accounts:invitations"),)

    def get_context(self) -> dict[str, Any]:
        return {"invitation": self.object, "is_open": self.object.state in ("sent", "waiting", "expired")}


class InviteStaff(StepUp, FormPage):
    title = _("Invite staff")
    perm = "accounts.invite_staff"
    form_class = InviteStaffForm
    success_message = _("Invited. The mail is on its way.")
    success_url = "accounts:invitations"
    cancel_url = "accounts:people"
    submit_label = _("Send invitation")

    def save(self, form: Any) -> Invitation:
        return invitations.invite(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class InviteGuest(FormPage):
    title = _("Invite a guest")
    subtitle = _("KOLs and talent managers get the portal, brand people the client room.")
    perm = "accounts.invite_guest"
    form_class = InviteGuestForm
    success_message = _("Invited. The mail is on its way.")
    success_url = "accounts:invitations"
    cancel_url = "accounts:invitations"
    submit_label = _("Send invitation")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"attach": self.request.GET.get("attach", ""), "email": self.request.GET.get("email", "")}

    def save(self, form: Any) -> Invitation:
        return invitations.invite(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


def _home(_result: Any = None) -> str:
    return reverse("accounts:invitations")


send_again = verb_view(
    Invitation,
    invitations.send_again,
    perm="accounts.invite_guest",
    success=_("A new link is on its way; the old one is void."),
    success_url=_home,
)
withdraw = verb_view(
    Invitation, invitations.withdraw, perm="accounts.invite_guest", success=_("Withdrawn."), success_url=_home
)
