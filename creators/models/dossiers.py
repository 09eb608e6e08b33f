"""The vetting dossier: what was known of a creator on a day, in five layers, each signed off by a person."""

from __future__ import annotations

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from krm.accounts.scope import ScopedModel

from .people import Creator, StaffOnly


class VettingLayer(models.TextChoices):
    AUTHENTICITY = "authenticity", _("Authenticity")
    PERFORMANCE = "performance", _("Performance")
    BRAND_SAFETY = "brand_safety", _("Brand safety")
    CREATIVE = "creative", _("Creative compatibility")
    RELATIONSHIP = "relationship", _("Business relationship")


class Verdict(models.TextChoices):
    PASS = "pass", _("Passed")
    CAUTION = "caution", _("With caution")
    FAIL = "fail", _("Not passed")
    UNKNOWN = "unknown", _("Too little known")


class DossierState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")
    SIGNED = "signed", _("Signed")
    EXPIRED = "expired", _("Expired")


MOVES = [("draft", "reviewed"), ("reviewed", "draft"), ("reviewed", "signed"), ("signed", "expired")]


FIXED = (
    "number", "purpose", "body", "as_of", "document", "sha256", "signed_by_id", "signed_at", "valid_until",
)  # fmt: skip


class DossierQuerySet(StaffOnly):
    def standing(self) -> Self:
        """Signed, and still valid today."""
        return self.filter(state=DossierState.SIGNED, valid_until__gte=localdate())


@pghistory.track(exclude=["body", "document", "changes"])
class Dossier(FSMModelMixin, ScopedModel):
    creator = models.ForeignKey(Creator, models.PROTECT, related_name="dossiers", verbose_name=_("creator"))
    number = models.CharField(_("number"), max_length=30, unique=True)
    purpose = models.CharField(_("for"), max_length=160, blank=True)
    state = FSMField(_("state"), default=DossierState.DRAFT, choices=DossierState.choices, protected=True)
    body = models.JSONField(default=dict)  # figures and evidence by layer, as they were on `as_of`
    as_of = models.DateTimeField(_("figures as of"))
    document = models.JSONField(default=dict, blank=True)  # what was signed: body, sign-offs, validity
    sha256 = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    rescanned_at = models.DateTimeField(_("looked at again"), null=True, blank=True)
    changes = models.JSONField(default=list)  # what differs from `body` since, newest look

    objects = DossierQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("vetting dossier")
        verbose_name_plural = _("vetting dossiers")
        indexes = [
            models.Index(fields=["state", "valid_until"], name="creators_dossier_standing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "reviewed"])
                | (
                    Q(signed_at__isnull=False, signed_by__isnull=False, valid_until__isnull=False)
                    & ~Q(sha256="")
                ),
                name="creators_dossier_signed_whole",
            ),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(sha256=""), name="creators_dossier_hash_once"
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="dossier_moves", field="state", transitions=MOVES),
            pgtrigger.Protect(
                name="dossier_signed_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.signed_at IS NOT NULL AND ("
                    + " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in FIXED)
                    + ")"
                ),
            ),
            pgtrigger.Protect(
                name="dossier_signed_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("creators:dossier", args=[self.pk])

    @transition(field=state, source=DossierState.DRAFT, target=DossierState.REVIEWED)
    def review(self) -> None:
        """Every layer has been signed off."""

    @transition(field=state, source=DossierState.REVIEWED, target=DossierState.DRAFT)
    def reopen(self) -> None:
        """The figures were read anew, or a sign-off was taken back."""

    @transition(field=state, source=DossierState.REVIEWED, target=DossierState.SIGNED)
    def sign(self) -> None:
        """From here on numbers and remarks are fixed."""

    @transition(field=state, source=DossierState.SIGNED, target=DossierState.EXPIRED)
    def expire(self) -> None:
        """Its last day is over."""


@pghistory.track()
class DossierLayer(ScopedModel):
    """A person's word on one layer."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="layers")
    layer = models.CharField(_("layer"), max_length=14, choices=VettingLayer.choices)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    remark = models.TextField(_("remark"))
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(_("signed off"))

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("layer of a dossier")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "layer"], name="creators_dossierlayer_once"),
            models.CheckConstraint(
                condition=Q(layer__in=VettingLayer.values), name="creators_dossierlayer_layer"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="creators_dossierlayer_verdict"
            ),
            models.CheckConstraint(condition=~Q(remark=""), name="creators_dossierlayer_has_remark"),
        ]

    def __str__(self) -> str:
        return f"{self.layer}: {self.verdict}"
