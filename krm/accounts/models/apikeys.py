"""Keys with which programs act as a user."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet


class ApiKeyQuerySet(ScopedQuerySet["ApiKey"]):
    def _scoped(self, scope: Scope) -> ApiKeyQuerySet:
        return self.filter(user_id=scope.user_id)

    def live(self) -> ApiKeyQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)


@pghistory.track(exclude=["digest", "last_used_at"])
class ApiKey(ScopedModel):
    """A hashed, scoped, expiring key; its secret is shown once. It can do what its user can, within its scopes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=60), verbose_name=_("scopes"))
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    def has_scope(self, wanted: str) -> bool:
        room = wanted.partition(":")[0]
        return bool({"*", wanted, f"{room}:*"} & set(self.scopes)) or (
            wanted.endswith(":read") and f"{room}:write" in self.scopes
        )
