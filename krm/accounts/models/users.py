"""The people who log in."""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedQuerySet


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    CAMPAIGN_MANAGER = "campaign_manager", _("Campaign manager")
    REVIEWER = "reviewer", _("Reviewer")
    FINANCE = "finance", _("Finance")
    VIEWER = "viewer", _("Viewer")
    CREATOR = "creator", _("Creator")
    TALENT_MANAGER = "talent_manager", _("Talent manager")
    CLIENT_VIEWER = "client_viewer", _("Client viewer")
    CLIENT_APPROVER = "client_approver", _("Client approver")


STAFF_ROLES = frozenset({Role.ADMINISTRATOR, Role.CAMPAIGN_MANAGER, Role.REVIEWER, Role.FINANCE, Role.VIEWER})
PORTAL_ROLES = frozenset({Role.CREATOR, Role.TALENT_MANAGER})
CLIENT_ROLES = frozenset({Role.CLIENT_VIEWER, Role.CLIENT_APPROVER})


class UserQuerySet(ScopedQuerySet["User"]):
    def _scoped(self, scope: Scope) -> UserQuerySet:
        """Staff see everybody who logs in here; guests see themselves."""
        return self if scope.is_staff else self.filter(pk=scope.user_id)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(
            email, password, role=Role.ADMINISTRATOR, all_teams=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


@pghistory.track(exclude=["password", "last_login"])
class User(AbstractBaseUser, PermissionsMixin):
    """One person with one role. Staff see the brands of their teams, or of all teams with `all_teams`."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    teams = models.ManyToManyField("accounts.BrandTeam", blank=True, related_name="members")
    all_teams = models.BooleanField(_("sees every brand"), default=False)
    language = models.CharField(_("language"), max_length=8, default="en")
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.AUTO)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, db_index=True)
    date_joined = models.DateTimeField(default=now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_case_insensitive"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=Q(all_teams=False) | Q(role__in=[str(r) for r in sorted(STAFF_ROLES)]),
                name="user_all_teams_is_for_staff",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff_member(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def is_portal(self) -> bool:
        return self.role in PORTAL_ROLES

    @property
    def is_client(self) -> bool:
        return self.role in CLIENT_ROLES

    @property
    def is_staff(self) -> bool:
        """Django's admin is for administrators."""
        return self.role == Role.ADMINISTRATOR

    def get_absolute_url(self) -> str:
        return reverse("accounts:person", args=[self.pk])

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email
