"""Addresses of accounts. Login, password, second factor and passkeys are allauth's, under /account/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from krm.accounts.web import entrance, own, people

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("settings/profile/", own.Profile.as_view(), name="profile"),
    path("settings/security/", own.Security.as_view(), name="security"),
    path("settings/sessions/<int:pk>/end/", own.EndSession.as_view(), name="session_end"),
    path("settings/sessions/end-others/", own.EndOtherSessions.as_view(), name="sessions_end_others"),
    path("settings/api-keys/", own.ApiKeys.as_view(), name="api_keys"),
    path("settings/api-keys/new/", own.ApiKeyCreate.as_view(), name="api_key_create"),
    path("settings/api-keys/<int:pk>/revoke/", own.api_key_revoke, name="api_key_revoke"),
    path("people/", people.People.as_view(), name="people"),
    path("people/invite/", people.InviteStaff.as_view(), name="invite"),
    path("people/invite-guest/", people.InviteGuest.as_view(), name="invite_guest"),
    path("people/invitations/", people.Invitations.as_view(), name="invitations"),
    path("people/invitations/<int:pk>/", people.InvitationPage.as_view(), name="invitation"),
    path("people/invitations/<int:pk>/send-again/", people.send_again, name="invitation_send_again"),
    path("people/invitations/<int:pk>/withdraw/", people.withdraw, name="invitation_withdraw"),
    path("people/teams/", people.Teams.as_view(), name="teams"),
    path("people/teams/new/", people.TeamCreate.as_view(), name="team_create"),
    path("people/teams/<int:pk>/", people.TeamEdit.as_view(), name="team"),
    path("people/teams/<int:pk>/delete/", people.team_delete, name="team_delete"),
    path("people/<int:pk>/", people.Person.as_view(), name="person"),
    path("people/<int:pk>/access/", people.Access.as_view(), name="access"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("invitation/<str:token>/", entrance.Accept.as_view(), name="accept"),
    path("login-link/", entrance.RequestLink.as_view(), name="link_request"),
    path("login-link/sent/", entrance.link_sent, name="link_sent"),
    path("login-link/<str:token>/", entrance.OpenLink.as_view(), name="link_open"),
    path("confirm/", entrance.Confirm.as_view(), name="confirm"),
    path("confirm/by-mail/", entrance.ConfirmByMail.as_view(), name="confirm_by_mail"),
]
