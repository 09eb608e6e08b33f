"""How a person of ours found working with a creator."""

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.negotiation import Partnership
from campaigns.models.scoping import staff_q
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet


class PartnershipRatingQuerySet(ScopedQuerySet):
    """Our opinion of a person: staff of the brand's team, nobody else ever."""

    def _scoped(self, scope: Scope) -> Any:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "partnership__campaign__brand__"))
        return self.none()


@pghistory.track()
class PartnershipRating(ScopedModel):
    """Professionalism from 1 (never again) to 5 (a pleasure), once a person and partnership; it may be changed."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="ratings")
    rated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    score = models.PositiveSmallIntegerField(_("professionalism (1–5)"))
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    objects = PartnershipRatingQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-id"]
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["partnership", "rated_by"], name="partnership_rating_once"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="partnership_rating_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.score}/5"
