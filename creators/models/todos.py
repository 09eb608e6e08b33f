"""What somebody has to do about a creator, until when."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .people import Creator, StaffOnly


class CreatorTaskQuerySet(StaffOnly):
    def open(self) -> CreatorTaskQuerySet:
        return self.filter(done_at=None)


@pghistory.track()
class CreatorTask(ScopedModel):
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="todos", verbose_name=_("creator"))
    title = models.CharField(_("what"), max_length=200)
    detail = models.TextField(_("details"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="creator_tasks",
        verbose_name=_("who"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CreatorTaskQuerySet.as_manager()

    class Meta:
        ordering = [models.F("done_at").asc(nulls_first=True), models.F("due_on").asc(nulls_last=True), "pk"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["assignee", "due_on"], condition=Q(done_at=None), name="creators_task_open"),
            models.Index(fields=["due_on"], condition=Q(done_at=None), name="creators_task_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="creators_task_has_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('creators:detail', args=[self.creator_id])}?tab=tasks"
