"""What a person keeps of a list: named filters and the columns they want to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from krm.accounts.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def offered_to(self, user: User, page: str) -> SavedViewQuerySet:
        """Own views of this list, and those that colleagues shared (staff only: guests never see each other)."""
        mine = Q(user=user)
        if getattr(user, "is_staff_member", False):
            mine |= Q(shared=True)
        return self.filter(mine, page=page)


class SavedView(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    title = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    columns = models.JSONField(default=list, blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "page", "title"], name="web_savedview_title_once")
        ]
        indexes = [models.Index(fields=["page", "shared"], name="web_savedview_page")]

    def __str__(self) -> str:
        return self.title


class ColumnChoice(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=80)
    columns = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="web_columnchoice_once")]

    def __str__(self) -> str:
        return self.page
