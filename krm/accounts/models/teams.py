"""Brand teams divide one agency's staff."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet


class BrandTeamQuerySet(ScopedQuerySet["BrandTeam"]):
    def _scoped(self, scope: Scope) -> BrandTeamQuerySet:
        if not scope.is_staff:
            return self.none()
        return self if scope.all_teams else self.filter(pk__in=scope.team_ids)


@pghistory.track()
class BrandTeam(ScopedModel):
    """Staff who work on the same brands."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_demo = models.BooleanField(default=False, db_index=True)

    objects = BrandTeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("brand team")
        verbose_name_plural = _("brand teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
