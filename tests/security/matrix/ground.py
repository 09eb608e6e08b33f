"""Accounts, events, connectors, page furniture, REST furniture."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.security.matrix import (
    ADMINISTRATORS,
    ANYBODY,
    EVERYONE,
    MANAGERS,
    NOBODY,
    ROLES,
    STAFF,
    Route,
    Side,
)

# Django's admin and allauth guard themselves; tests/security/test_foreign.py holds what we rely on.
FOREIGN_PREFIXES = (
    "admin:", "account_", "mfa_", "socialaccount_", "usersessions_", "saml", "openid", "unnamed account/", "unnamed admin/",
)  # fmt: skip
TOKEN = {"token": "no-such-token"}
INVALID = "The token decides, not the role; an unknown one is 404 for everybody."
OWN = "Everybody's own; nobody else's, administrators included."

ROUTES = {
    "api:docs": Route(GET=ANYBODY),
    "api:schema": Route(GET=ANYBODY),
    "api:me": Route(GET=EVERYONE, PATCH=EVERYONE),
    "api:history": Route(
        GET=STAFF,
        kwargs=lambda side: {"app": "accounts", "model": "brandteam", "id": side.team.pk},
        sees=STAFF,
    ),
    "api:teams-list": Route(GET=STAFF, POST=ADMINISTRATORS, sees=STAFF, data={"name": "New"}),
    "api:teams-detail": Route(
        GET=STAFF,
        PATCH=ADMINISTRATORS,
        DELETE=ADMINISTRATORS,
        obj="spare",
        sees=STAFF,
        data={"name": "Other"},
    ),
    "api:users-list": Route(GET=STAFF),
    "api:users-detail": Route(GET=STAFF, obj="person", foreign=STAFF),
    "api:users-access": Route(
        POST=ADMINISTRATORS,
        obj="person",
        sees=STAFF,
        foreign=STAFF,
        data=lambda side: {"role": "viewer", "team_ids": [side.team.pk]},
    ),
    "api:users-deactivate": Route(POST=ADMINISTRATORS, obj="person", sees=STAFF, foreign=STAFF),
    "api:users-reactivate": Route(POST=ADMINISTRATORS, obj="person", sees=STAFF, foreign=STAFF),
    "api:invitations-list": Route(
        GET=STAFF,
        POST=ADMINISTRATORS,
        sees=STAFF,
        data=lambda side: {"email": "new@krm.example", "role": "viewer", "team_ids": [side.team.pk]},
    ),
    "api:invitations-detail": Route(GET=MANAGERS, obj="invitation", foreign=ADMINISTRATORS),
    "api:invitations-send-again": Route(POST=MANAGERS, obj="invitation", foreign=ADMINISTRATORS),
    "api:invitations-withdraw": Route(POST=MANAGERS, obj="invitation", foreign=ADMINISTRATORS),
    "api:api-keys-list": Route(GET=EVERYONE),
    "api:api-keys-detail": Route(GET=EVERYONE, obj="key", foreign=NOBODY, why=OWN),
    "api:api-keys-revoke": Route(POST=EVERYONE, obj="key", foreign=NOBODY, why=OWN),
    "api:events-list": Route(GET=STAFF),
    "api:events-detail": Route(GET=ADMINISTRATORS, obj="event"),
    "api:notifications-list": Route(GET=EVERYONE),
    "api:notifications-detail": Route(GET=EVERYONE, obj="notification", foreign=NOBODY, why=OWN),
    "api:notifications-read": Route(POST=EVERYONE, obj="notification", foreign=NOBODY, why=OWN),
    "api:notifications-read-all": Route(POST=EVERYONE),
    "api:notifications-preferences": Route(GET=EVERYONE),
    "api:notifications-choose": Route(POST=EVERYONE),
    "api:webhooks-list": Route(
        GET=STAFF,
        POST=MANAGERS,
        sees=STAFF,
        data={"name": "x", "url": "https://1.1.1.1/x", "patterns": ["*"]},
    ),
    "api:webhooks-detail": Route(GET=MANAGERS, PATCH=MANAGERS, DELETE=MANAGERS, obj="webhook"),
    "api:webhooks-rotate-secret": Route(POST=MANAGERS, obj="webhook"),
    "api:webhooks-test": Route(POST=MANAGERS, obj="webhook"),
    "api:webhook-deliveries-list": Route(GET=STAFF),
    "api:webhook-deliveries-detail": Route(GET=MANAGERS, obj="webhook_delivery"),
    "api:webhook-deliveries-retry": Route(POST=MANAGERS, obj="webhook_delivery"),
    "api:jobs-list": Route(GET=EVERYONE),
    "api:jobs-detail": Route(GET=EVERYONE, obj="job"),
    "api:jobs-cancel": Route(POST=EVERYONE, obj="job"),
    # accounts
    "accounts:accept": Route(kwargs=TOKEN, why=INVALID),
    "accounts:link_open": Route(kwargs=TOKEN, why=INVALID),
    "accounts:link_request": Route(GET=ANYBODY, POST=ANYBODY),
    "accounts:link_sent": Route(GET=ANYBODY),
    "accounts:confirm": Route(GET=EVERYONE),
    "accounts:confirm_by_mail": Route(GET=EVERYONE, POST=EVERYONE),
    "accounts:profile": Route(GET=EVERYONE, POST=EVERYONE),
    "accounts:security": Route(GET=EVERYONE),
    "accounts:session_end": Route(POST=EVERYONE, obj="session", foreign=NOBODY, why=OWN),
    "accounts:sessions_end_others": Route(POST=EVERYONE),
    "accounts:api_keys": Route(GET=EVERYONE),
    "accounts:api_key_create": Route(GET=EVERYONE, POST=EVERYONE),
    "accounts:api_key_revoke": Route(POST=EVERYONE, obj="key", foreign=NOBODY, why=OWN),
    "accounts:people": Route(GET=ADMINISTRATORS, sees=STAFF),
    "accounts:person": Route(GET=ADMINISTRATORS, obj="person", sees=STAFF, foreign=STAFF),
    "accounts:access": Route(
        GET=ADMINISTRATORS, POST=ADMINISTRATORS, obj="person", sees=STAFF, foreign=STAFF
    ),
    "accounts:deactivate": Route(POST=ADMINISTRATORS, obj="person", sees=STAFF, foreign=STAFF),
    "accounts:reactivate": Route(POST=ADMINISTRATORS, obj="person", sees=STAFF, foreign=STAFF),
    "accounts:invite": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF),
    "accounts:invite_guest": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "accounts:invitations": Route(GET=MANAGERS, sees=STAFF),
    "accounts:invitation": Route(GET=MANAGERS, obj="invitation"),
    "accounts:invitation_send_again": Route(POST=MANAGERS, obj="invitation"),
    "accounts:invitation_withdraw": Route(POST=MANAGERS, obj="invitation"),
    "accounts:teams": Route(GET=ADMINISTRATORS, sees=STAFF),
    "accounts:team_create": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF),
    "accounts:team": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, obj="spare", sees=STAFF),
    "accounts:team_delete": Route(POST=ADMINISTRATORS, obj="spare", sees=STAFF),
    # events
    "events:stream": Route(GET=EVERYONE),
    "events:notifications": Route(GET=EVERYONE),
    "events:notification_open": Route(
        POST=EVERYONE, obj="notification", foreign=EVERYONE, why="A note of others: back to the list."
    ),
    "events:read_all": Route(POST=EVERYONE),
    "events:bell": Route(GET=EVERYONE),
    "events:preferences": Route(GET=EVERYONE, POST=EVERYONE),
    "events:parked": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF, data={"_bulk": "retry"}),
    "events:parked_retry": Route(POST=ADMINISTRATORS, obj="parked"),
    "events:webhooks": Route(GET=MANAGERS, sees=STAFF),
    "events:webhook_create": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "events:webhook": Route(GET=MANAGERS, obj="webhook"),
    "events:webhook_edit": Route(GET=MANAGERS, POST=MANAGERS, obj="webhook"),
    "events:webhook_rotate": Route(GET=MANAGERS, POST=MANAGERS, obj="webhook"),
    "events:webhook_test": Route(POST=MANAGERS, obj="webhook"),
    "events:webhook_delete": Route(POST=MANAGERS, obj="webhook"),
    "events:webhook_retry": Route(POST=MANAGERS, obj="webhook_delivery"),
    # page furniture
    "web:home": Route(GET=EVERYONE),
    "web:portal_root": Route(GET=ANYBODY),
    "web:room_root": Route(GET=ANYBODY),
    "web:history": Route(
        GET=STAFF, kwargs=lambda side: {"app": "accounts", "model": "brandteam", "pk": side.team.pk}
    ),
    "web:jobs": Route(GET=STAFF),
    "web:job": Route(GET=EVERYONE, obj="job"),
    "web:job_cancel": Route(POST=EVERYONE, obj="job"),
    "web:job_errors": Route(GET=EVERYONE, obj="job"),
    "web:palette": Route(GET=EVERYONE),
    "web:theme": Route(POST=ANYBODY),
    "web:language": Route(POST=ANYBODY),
    "web:style": Route(GET=STAFF),
    "web:style_board": Route(POST=STAFF),
    "web:style_calendar": Route(GET=STAFF),
    "web:style_calendar_move": Route(POST=STAFF),
    "web:style_dialog": Route(GET=STAFF, POST=STAFF),
    "web:style_panel": Route(GET=STAFF, kwargs={"kind": "ok"}, foreign=STAFF),
    # one machine only: the development mail page (KRM_LOCAL=False takes it away)
    "local:mail": Route(GET=ANYBODY),
    "local:letter": Route(
        kwargs={"name": "no-such-letter"}, why="Open on one machine; this letter does not exist."
    ),
    # operations
    "operations:healthz": Route(GET=ANYBODY),
    "operations:readyz": Route(GET=ANYBODY),
    "operations:metrics": Route(GET=ANYBODY, why="Open on one machine; a server asks for KRM_METRICS_TOKEN."),
}


def make_objects(side: Side) -> None:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.backends.db import SessionStore

    from krm.accounts.models import ApiKey, BrandTeam, Invitation, User
    from krm.events.models import Delivery, Event, Notification, WebhookDelivery, WebhookEndpoint
    from krm.web.models import Job

    side["team"] = side.team
    side["spare"] = BrandTeam.objects.create(name=f"Spare {side.name}")
    for role in ("campaign_manager", "reviewer", "finance", "viewer"):
        side.users[role].teams.add(side["spare"])
    side["person"] = User.objects.create_user(f"person.{side.name}@krm.example", role="viewer", name="Person")
    side["person"].teams.add(side.team)
    side["invitation"] = Invitation.objects.create(
        email=f"guest.{side.name}@krm.example",
        role="viewer",
        invited_by=side.users["campaign_manager"],
        expires_at=timezone.now() + timedelta(days=1),
    )
    side["event"] = Event.objects.create(
        name="test.seen", subject_type="accounts.brandteam", subject_id=side.team.pk
    )
    side["parked"] = Delivery.objects.create(event=side["event"], subscriber="test", state="parked")
    side["webhook"] = WebhookEndpoint.objects.create(
        owner=side.users["campaign_manager"], name="ERP", url="https://1.1.1.1/hook", patterns=["*"]
    )
    side["webhook_delivery"] = WebhookDelivery.objects.create(
        endpoint=side["webhook"], event=side["event"], state="parked"
    )
    side["key"], side["notification"], side["job"], side["session"] = {}, {}, {}, {}
    for role in ROLES:
        user = side.users[role]
        side["key"][role] = ApiKey.objects.create(
            user=user,
            name="BI",
            prefix="krm_x",
            digest=f"{side.name}:{role}",
            scopes=["*"],
            expires_at=timezone.now() + timedelta(days=1),
        )
        side["notification"][role] = Notification.objects.create(
            user=user, kind="test", title="News", key="k"
        )
        side["job"][role] = Job.objects.create(kind="test", by=user, title="Import")
        store = SessionStore()
        store.create()
        side["session"][role] = UserSession.objects.create(
            user=user, ip="127.0.0.1", session_key=store.session_key, user_agent="test"
        )
