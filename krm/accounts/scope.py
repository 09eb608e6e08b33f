"""What a user may see: the one place that says it.

Every request starts at `Model.objects.visible_to(user)`. A model's queryset subclasses `ScopedQuerySet` and
says in `_scoped` what each kind of viewer sees; a model that says nothing shows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from krm.accounts.models import User

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Scope:
    """A viewer, reduced to what queries need. `kind` is staff, portal, client or none."""

    kind: str
    role: str
    user_id: int  # 0 for nobody
    all_teams: bool
    user: Any

    @classmethod
    def of(cls, user: User | AnonymousUser | None) -> Scope:
        if user is None or not user.is_authenticated or not user.is_active:
            return cls(kind="none", role="", user_id=0, all_teams=False, user=None)
        kind = (
            "staff"
            if user.is_staff_member
            else "portal"
            if user.is_portal
            else "client"
            if user.is_client
            else "none"
        )
        return cls(
            kind=kind,
            role=user.role,
            user_id=user.pk,
            all_teams=kind == "staff" and user.all_teams,
            user=user,
        )

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def is_portal(self) -> bool:
        return self.kind == "portal"

    @property
    def is_client(self) -> bool:
        return self.kind == "client"

    @cached_property
    def team_ids(self) -> tuple[int, ...]:
        """Teams of a staff member; asked once per request, for the user object keeps the answer."""
        if self.user is None:
            return ()
        known: tuple[int, ...] | None = getattr(self.user, "_scope_team_ids", None)
        if known is None:
            known = tuple(sorted(self.user.teams.values_list("pk", flat=True)))
            self.user._scope_team_ids = known
        return known


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that knows who may see its rows."""

    def visible_to(self, user: User | AnonymousUser | None) -> Self:
        scope = Scope.of(user)
        if scope.kind == "none":
            return self.none()
        return self._scoped(scope)

    def _scoped(self, scope: Scope) -> Self:
        return self.none()


class ScopedModel(models.Model):
    """Base of business nouns: when it came, when it last changed."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        abstract = True
