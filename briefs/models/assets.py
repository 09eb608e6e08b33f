"""Files: the asset library, uploads on their way in, and the clock of usage rights."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from briefs.models import scoping
from briefs.models.drafts import CLIENT_STATES, Draft
from campaigns.models import Partnership
from krm.accounts.scope import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from krm.accounts.scope import Scope


def asset_path(asset: Asset, filename: str) -> str:
    """Nothing of the sender's file name reaches storage; the suffix is the one we decided on."""
    suffix = filename.rsplit(".", 1)[-1]
    return f"assets/{asset.campaign_id}/{uuid.uuid4().hex}.{suffix}"


def preview_path(asset: Asset, filename: str) -> str:
    return f"previews/{asset.campaign_id}/{uuid.uuid4().hex}.jpg"


class AssetQuerySet(ScopedQuerySet["Asset"]):
    def _scoped(self, scope: Scope) -> AssetQuerySet:
        if scope.is_portal:
            mine = Partnership.objects.visible_to(scope.user).filter(state__in=scoping.BRIEFED).order_by()
            return self.filter(
                models.Q(partnership__in=mine.values("pk"))
                | models.Q(share_with_creators=True, campaign__in=mine.values("campaign_id"))
            )
        if scope.is_client:
            # A file becomes the client's to see with the draft that carries it.
            shown = Draft.objects.filter(asset=models.OuterRef("pk"), state__in=CLIENT_STATES)
            return self.filter(
                scoping.client(scope, "campaign"), models.Q(share_with_client=True) | models.Exists(shown)
            )
        return self.filter(scoping.staff(scope, "campaign"))


@pghistory.track()
class Asset(ScopedModel):
    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")
        VIDEO = "video", _("Video")
        DOCUMENT = "document", _("Document")

    class Purpose(models.TextChoices):
        DRAFT = "draft", _("Draft")
        REFERENCE = "reference", _("Reference")
        BRAND = "brand", _("Brand material")
        PROOF = "proof", _("Proof")

    class Scan(models.TextChoices):
        CLEANED = "cleaned", _("Re-encoded, metadata removed")
        NOT_SCANNED = "not_scanned", _("Stored as sent, not scanned for viruses")

    campaign = models.ForeignKey("campaigns.Campaign", models.CASCADE, related_name="assets")
    partnership = models.ForeignKey(
        "campaigns.Partnership", models.CASCADE, null=True, blank=True, related_name="assets"
    )
    deliverable = models.ForeignKey(
        "campaigns.Deliverable", models.SET_NULL, null=True, blank=True, related_name="assets"
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices)
    purpose = models.CharField(_("Purpose"), max_length=10, choices=Purpose.choices, default=Purpose.DRAFT)
    name = models.CharField(_("Name"), max_length=200)
    file = models.FileField(upload_to=asset_path, max_length=300)
    preview = models.FileField(upload_to=preview_path, max_length=300, blank=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("Size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    source_sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    seconds = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    meta = models.JSONField(default=dict, blank=True)
    scan = models.CharField(_("Safety"), max_length=12, choices=Scan.choices)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("Tags"))
    description = models.CharField(_("Description"), max_length=300, blank=True)
    share_with_creators = models.BooleanField(_("KOLs of the campaign may see it"), default=False)
    share_with_client = models.BooleanField(_("The client may see it"), default=False)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["campaign", "-id"], name="briefs_asset_campaign"),
            models.Index(Lower("name"), name="briefs_asset_name"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="briefs_asset_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("briefs:asset", args=[self.pk])


class UploadQuerySet(ScopedQuerySet["Upload"]):
    def _scoped(self, scope: Scope) -> UploadQuerySet:
        return self.filter(user_id=scope.user_id or 0)


class Upload(ScopedModel):
    """A file on its way in, chunk by chunk; it survives a lost connection and another web process."""

    class State(models.TextChoices):
        OPEN = "open", _("Receiving")
        ASSEMBLING = "assembling", _("Checking")
        DONE = "done", _("Done")
        FAILED = "failed", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    campaign = models.ForeignKey("campaigns.Campaign", models.CASCADE, related_name="+")
    partnership = models.ForeignKey("campaigns.Partnership", models.CASCADE, null=True, related_name="+")
    deliverable = models.ForeignKey("campaigns.Deliverable", models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=10, choices=Asset.Purpose.choices, default=Asset.Purpose.DRAFT)
    filename = models.CharField(max_length=200)
    declared_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    error = models.CharField(max_length=300, blank=True)
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, related_name="uploads")
    expires_at = models.DateTimeField(db_index=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="briefs_upload_not_empty"),
            models.CheckConstraint(
                condition=models.Q(offset__lte=models.F("size")), name="briefs_upload_offset_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} {self.offset}/{self.size}"


class UploadChunk(models.Model):
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="chunks")
    start = models.PositiveBigIntegerField()
    length = models.PositiveIntegerField()
    path = models.CharField(max_length=300)

    class Meta:
        verbose_name = _("upload chunk")
        verbose_name_plural = _("upload chunks")
        ordering = ["start"]
        constraints = [models.UniqueConstraint(fields=["upload", "start"], name="briefs_chunk_once")]

    def __str__(self) -> str:
        return f"{self.upload_id}@{self.start}"


class UsageRightQuerySet(ScopedQuerySet["UsageRight"]):
    def _scoped(self, scope: Scope) -> UsageRightQuerySet:
        return self.filter(asset__in=Asset.objects.visible_to(scope.user).order_by().values("pk"))


@pghistory.track()
class UsageRight(ScopedModel):
    class Kind(models.TextChoices):
        ORGANIC = "organic", _("Organic post")
        BRAND = "brand", _("Brand re-use")
        PAID = "paid", _("Paid from the KOL's account")

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="rights")
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind.choices, default=Kind.BRAND)
    channel = models.CharField(_("Channel"), max_length=60)
    territory = models.CharField(_("Territory"), max_length=60, blank=True)
    starts = models.DateField(_("From"))
    ends = models.DateField(_("Until"))
    edits_allowed = models.BooleanField(_("Edits allowed"), default=False)
    note = models.CharField(_("Note"), max_length=300, blank=True)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    ended_on = models.DateField(_("Ended early on"), null=True, blank=True)

    objects = UsageRightQuerySet.as_manager()

    class Meta:
        verbose_name = _("usage right")
        verbose_name_plural = _("usage rights")
        ordering = ["ends", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("starts")), name="briefs_right_in_order"
            ),
            models.UniqueConstraint(fields=["asset", "kind", "channel", "starts"], name="briefs_right_once"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} · {self.channel}"

    def get_absolute_url(self) -> str:
        return reverse("briefs:asset", args=[self.asset_id])

    @property
    def state(self) -> str:
        today = timezone.localdate()
        if self.ended_on or self.ends < today:
            return "ended"
        if self.starts > today:
            return "planned"
        return "ending" if (self.ends - today).days <= 14 else "running"


class RightNotice(models.Model):
    """Said once per right and moment, whatever the scheduler does."""

    right = models.ForeignKey(UsageRight, models.CASCADE, related_name="notices")
    days = models.SmallIntegerField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("usage right notice")
        verbose_name_plural = _("usage right notices")
        constraints = [models.UniqueConstraint(fields=["right", "days"], name="briefs_right_notice_once")]

    def __str__(self) -> str:
        return f"{self.right} {self.days}"
