"""Two records of one person: the suspicion, and the merge with everything needed to take it back exactly."""

from __future__ import annotations

from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .people import Creator, StaffOnly


class PairState(models.TextChoices):
    OPEN = "open", _("Open")
    DISMISSED = "dismissed", _("Not the same")
    MERGED = "merged", _("Merged")


class DuplicatePairQuerySet(StaffOnly):
    def open(self) -> Self:
        return self.filter(state=PairState.OPEN, first__merged_into=None, second__merged_into=None)


class DuplicatePair(ScopedModel):
    """Two creators that may be one; `reasons` are [{"kind", "value", "weight"}]."""

    first = models.ForeignKey(Creator, models.CASCADE, related_name="+")
    second = models.ForeignKey(Creator, models.CASCADE, related_name="+")
    confidence = models.FloatField(_("confidence"))
    reasons = models.JSONField(_("reasons"), default=list)
    state = models.CharField(_("state"), max_length=10, choices=PairState.choices, default=PairState.OPEN)
    found_at = models.DateTimeField(_("found"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        ordering = ["-confidence", "pk"]
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        indexes = [
            models.Index(
                F("confidence").desc(), F("id"), condition=Q(state="open"), name="creators_duplicate_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="creators_duplicate_once"),
            models.CheckConstraint(
                condition=Q(first_id__lt=F("second_id")), name="creators_duplicate_in_order"
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="creators_duplicate_confidence"
            ),
            models.CheckConstraint(condition=Q(state__in=PairState.values), name="creators_duplicate_state"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id}"

    def get_absolute_url(self) -> str:
        return f"{reverse('creators:merge', args=[self.first_id])}?other={self.second_id}"


@pghistory.track(exclude=["moved"])
class MergeRecord(ScopedModel):
    """One merge. `moved` names every row that changed hands, `before` and `after` the kept creator's own fields."""

    kept = models.ForeignKey(Creator, models.PROTECT, related_name="+", verbose_name=_("kept"))
    gone = models.ForeignKey(Creator, models.PROTECT, related_name="+", verbose_name=_("merged"))
    choices = models.JSONField(default=dict)  # {field: "kept" | "gone" | "both"}
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=list)  # [{"model", "field", "pks"}]
    stayed = models.JSONField(default=list)  # [{"model", "pk", "label", "reason"}]
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(_("merged at"))
    undo_until = models.DateTimeField(_("can be undone until"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="creators_merge_of_two"),
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at=None), name="creators_merge_gone_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="creators_merge_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"

    def get_absolute_url(self) -> str:
        return reverse("creators:merge_record", args=[self.pk])
