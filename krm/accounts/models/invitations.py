"""Ways in that arrive by mail: an invitation makes a login, a login link opens one."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from krm.accounts.models.users import CLIENT_ROLES, PORTAL_ROLES, Role
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    def _scoped(self, scope: Scope) -> InvitationQuerySet:
        if scope.role == Role.ADMINISTRATOR:
            return self
        if scope.is_staff:
            return self.filter(invited_by_id=scope.user_id)
        return self.none()

    def open(self) -> InvitationQuerySet:
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())


@pghistory.track(exclude=["digest"])
class Invitation(ScopedModel):
    """An offer of a login with a role. `attach` names what the person gets access to: [{"kind", "id"}]."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    language = models.CharField(_("language"), max_length=8, default="en")
    teams = models.ManyToManyField(
        "accounts.BrandTeam", verbose_name=_("teams"), blank=True, related_name="+"
    )
    all_teams = models.BooleanField(_("sees every brand"), default=False)
    attach = models.JSONField(default=list, blank=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open_per_email",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_accepted_or_withdrawn"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_for_guest(self) -> bool:
        return self.role in PORTAL_ROLES | CLIENT_ROLES

    @property
    def state(self) -> str:
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "withdrawn"
        if self.expires_at <= timezone.now():
            return "expired"
        return "sent" if self.sent_at else "waiting"

    def get_state_display(self) -> str:
        return str(
            {
                "accepted": _("Accepted"),
                "withdrawn": _("Withdrawn"),
                "expired": _("Expired"),
                "sent": _("Sent"),
                "waiting": _("Waiting for mail"),
            }[self.state]
        )


class LoginLink(models.Model):
    """A request for a login link. Unknown addresses get a row too: it limits the rate and levels the timing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    email_hash = models.CharField(max_length=64)
    ip_hash = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    next_url = models.CharField(max_length=300, blank=True)
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["email_hash", "-created_at"], name="login_link_email"),
            models.Index(fields=["ip_hash", "-created_at"], name="login_link_ip"),
            models.Index(
                fields=["created_at"],
                condition=Q(sent_at=None, user__isnull=False),
                name="login_link_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"login link {self.pk}"
