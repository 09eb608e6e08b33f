"""Fields that the agency adds to its creators; the values are in `Creator.custom`, by key."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .people import StaffOnly


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    BOOLEAN = "boolean", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    URL = "url", _("Address of a page")


CHOOSING = (FieldKind.CHOICE, FieldKind.CHOICES)


@pghistory.track()
class CustomField(ScopedModel):
    key = models.CharField(_("key"), max_length=40, unique=True)  # in API, import and export; never changes
    label = models.CharField(_("label"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=FieldKind.choices, default=FieldKind.TEXT)
    options = ArrayField(models.CharField(max_length=60), verbose_name=_("choices"), default=list, blank=True)
    help = models.CharField(_("help"), max_length=200, blank=True)
    required = models.BooleanField(_("required"), default=False)
    filterable = models.BooleanField(_("can be filtered by"), default=True)
    position = models.IntegerField(_("order"), default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="creators_customfield_key"
            ),
            models.CheckConstraint(condition=Q(kind__in=FieldKind.values), name="creators_customfield_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in CHOOSING], options__len__gte=1)
                | (~Q(kind__in=[str(kind) for kind in CHOOSING]) & Q(options__len=0)),
                name="creators_customfield_options",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def chooses(self) -> bool:
        return self.kind in CHOOSING
