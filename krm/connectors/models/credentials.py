"""What lets us in: the agency's application at a platform, and the consent of each account. Secrets lie encrypted."""

from __future__ import annotations

from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.connectors.vault import EncryptedTextField


class AdministratorsOnly(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Self:
        return self if scope.role == "administrator" else self.none()


@pghistory.track(exclude=["client_secret", "api_key", "webhook_secret", "updated_at"])
class Application(ScopedModel):
    """The agency's own registration at a platform: one row a platform."""

    platform = models.CharField(_("platform"), max_length=30, unique=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    client_id = models.CharField(_("client id"), max_length=200, blank=True)
    client_secret = EncryptedTextField(_("client secret"), blank=True, default="")
    api_key = EncryptedTextField(_("API key"), blank=True, default="")
    webhook_secret = EncryptedTextField(_("webhook verify token"), blank=True, default="")
    own_account_id = models.CharField(_("own account id"), max_length=64, blank=True)
    daily_users = models.PositiveIntegerField(_("people who use the application in a day"), default=5)
    options = models.JSONField(default=dict, blank=True)

    objects = AdministratorsOnly.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return self.platform


class Purpose(models.TextChoices):
    AGENCY = "agency", _("The agency's own account, to read public profiles")
    ACCOUNT = "account", _("A creator's account, with their consent")


class CredentialStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    EXPIRING = "expiring", _("Expires soon")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Consent withdrawn")


@pghistory.track(exclude=["access_token", "refresh_token", "updated_at", "last_refresh_at", "version"])
class Credential(ScopedModel):
    """A consent: the tokens of one account at one platform."""

    platform = models.CharField(_("platform"), max_length=30)
    external_account_id = models.CharField(_("account id"), max_length=128)
    handle = models.CharField(_("handle"), max_length=128, blank=True)  # to find an account not read before
    purpose = models.CharField(_("for"), max_length=10, choices=Purpose.choices, default=Purpose.ACCOUNT)
    flavour = models.CharField(max_length=30, blank=True)  # which of a platform's programs: display, business
    scopes = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    access_token = EncryptedTextField(blank=True, default="")
    refresh_token = EncryptedTextField(blank=True, default="")
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    refresh_expires_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=CredentialStatus.choices, default=CredentialStatus.ACTIVE
    )
    status_reason = models.CharField(max_length=200, blank=True)
    last_refresh_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(
        default=0
    )  # compare-and-swap: a lost refresh token means new consent

    objects = AdministratorsOnly.as_manager()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "external_account_id", "flavour"], name="connectors_credential_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=CredentialStatus.values), name="connectors_credential_status"
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | ~Q(access_token=""),
                name="connectors_credential_active_has_token",
            ),
        ]
        indexes = [
            models.Index(fields=["platform", "status", "expires_at"], name="connectors_credential_due"),
            models.Index("platform", Lower("handle"), name="connectors_credential_handle"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.external_account_id}"
