"""What became of each time an owner was asked to connect an account: the proof of consent, and the way there."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel
from krm.connectors.vault import EncryptedTextField

from .accounts import SocialAccount
from .people import Creator, OpenToStaff


class ConsentState(models.TextChoices):
    STARTED = "started", _("Sent to the platform")
    DENIED = "denied", _("Declined")
    FAILED = "failed", _("Failed")
    CHOOSE = "choose", _("Waiting for a choice")
    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConsentQuerySet(OpenToStaff):
    creator_path = "creator_id"


class Consent(ScopedModel):
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="consents", verbose_name=_("creator"))
    account = models.ForeignKey(
        SocialAccount,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("account"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    program = models.CharField(_("program"), max_length=30)
    state = models.CharField(
        _("state"), max_length=10, choices=ConsentState.choices, default=ConsentState.STARTED
    )
    state_hash = models.CharField(max_length=64, unique=True)  # of the state that travels with the browser
    verifier = EncryptedTextField(blank=True, default="")  # PKCE; emptied when used
    held = EncryptedTextField(blank=True, default="")  # tokens while the owner chooses; emptied then
    found = models.JSONField(default=list, blank=True)  # the accounts the platform offered: id, handle, name
    subject_id = models.CharField(
        max_length=128, blank=True
    )  # the platform's id of the person, as its callbacks name it
    external_id = models.CharField(max_length=128, blank=True)
    scopes = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    missing = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    text_version = models.CharField(max_length=20, blank=True)  # of the words the owner read
    detail = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes = [
            models.Index(fields=["program", "subject_id"], name="creators_consent_subject"),
            models.Index(fields=["program", "external_id"], name="creators_consent_external"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ConsentState.values), name="creators_consent_state"),
            models.CheckConstraint(
                condition=~Q(state="given") | Q(answered_at__isnull=False) & ~Q(external_id=""),
                name="creators_consent_given_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="choose") | Q(held=""), name="creators_consent_holds_no_longer_than_needed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program} {self.get_state_display()}"
