"""An uploaded list on its way in: the file, how its columns are read, and the rows waiting to be swapped in."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .choices import Platform, Source
from .people import StaffOnly


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("Uploaded")
    RUNNING = "running", _("Running")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")


class CreatorImport(ScopedModel):
    file = models.FileField(upload_to="creators/imports/%Y/%m/")
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(max_length=40, blank=True)
    columns = models.JSONField(default=list)  # headers as found
    sample = models.JSONField(default=list)  # first rows, for the mapping page
    row_count = models.IntegerField(null=True, blank=True)
    mapping = models.JSONField(default=dict)  # {"column header": "field"}
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices, blank=True)
    as_of = models.DateField(_("figures as of"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.VENDOR)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED)
    job_id = models.BigIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    result = models.JSONField(default=dict)

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="creators_import_state")
        ]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("creators:import_detail", args=[self.pk])


class ImportTemplate(ScopedModel):
    """A mapping that worked, remembered by the set of headers it was for."""

    signature = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)

    objects = StaffOnly.as_manager()

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):  # noqa: DJ008  staging, never shown
    """Staging; unlogged table, emptied when an import ends."""

    batch = models.ForeignKey(CreatorImport, models.CASCADE, related_name="rows", db_constraint=False)
    line = models.IntegerField()
    platform = models.CharField(max_length=12)
    handle = models.CharField(max_length=128, blank=True)
    external_id = models.CharField(max_length=128, null=True)
    url = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    languages = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    bio = models.TextField(blank=True)
    figures = models.JSONField(default=dict)
    custom = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    account_id = models.BigIntegerField(null=True)
    creator_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "line"], name="creators_importrow_line")]
