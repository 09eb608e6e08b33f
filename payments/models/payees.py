"""Who is paid: the legal person behind a KOL, their tax identity and their bank account."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.connectors.vault import EncryptedTextField
from payments.masking import last_four, masked
from payments.models.scoping import own_creators, sees_books


class PayeeState(models.TextChoices):
    UNVERIFIED = "unverified", _("To verify")
    VERIFIED = "verified", _("Verified")
    COOLING_OFF = "cooling_off", _("Cooling off")
    REFUSED = "refused", _("Refused")


PAYEE_MOVES = [
    ("unverified", "verified"),
    ("unverified", "refused"),
    ("cooling_off", "verified"),
    ("cooling_off", "refused"),
    ("verified", "cooling_off"),
    ("verified", "refused"),
    ("refused", "unverified"),
    ("refused", "cooling_off"),
]


class PayeeQuerySet(ScopedQuerySet["PayeeProfile"]):
    def _scoped(self, scope: Scope) -> PayeeQuerySet:
        if sees_books(scope):
            return self
        return self.filter(own_creators(scope, "creator_id")) if scope.is_portal else self.none()


@pghistory.track(
    exclude=["npwp", "nik", "account_number", "account_holder", "npwp_index", "nik_index", "account_index"]
)
class PayeeProfile(FSMModelMixin, ScopedModel):
    """Tax identity and bank account of a KOL. Entered by the KOL, verified by another person in finance."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("Individual")
        COMPANY = "company", _("Company")

    class TaxId(models.TextChoices):
        UNKNOWN = "unknown", _("Not checked yet")
        VALID = "valid", _("Valid at DJP")
        INVALID = "invalid", _("Not valid or missing")

    creator = models.OneToOneField("creators.Creator", on_delete=models.CASCADE, related_name="payee")
    kind = models.CharField(_("paid as"), max_length=10, choices=Kind.choices, default=Kind.INDIVIDUAL)
    legal_name = models.CharField(_("legal name"), max_length=200)
    tax_country = models.CharField(_("taxed in"), max_length=2, default="ID")
    npwp = EncryptedTextField(_("NPWP"), blank=True, index_field="npwp_index", index_purpose="tax_id")
    npwp_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    nik = EncryptedTextField(_("NIK"), blank=True, index_field="nik_index", index_purpose="tax_id")
    nik_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    is_pkp = models.BooleanField(
        _("taxable firm (PKP)"),
        default=False,
        help_text=_("Adds PPN to invoices and needs a tax invoice number."),
    )
    tax_id_status = models.CharField(
        _("tax number"), max_length=8, choices=TaxId.choices, default=TaxId.UNKNOWN, editable=False
    )
    tax_id_checked_on = models.DateField(_("tax number checked on"), null=True, blank=True, editable=False)
    bank_code = models.CharField(_("bank"), max_length=40)
    account_number = EncryptedTextField(
        _("account number"), index_field="account_index", index_purpose="bank_account"
    )
    account_index = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    account_last4 = models.CharField(max_length=4, blank=True, editable=False)
    account_holder = EncryptedTextField(_("account holder"))
    state = FSMField(
        _("state"), default=PayeeState.UNVERIFIED, choices=PayeeState.choices, protected=True, db_index=True
    )
    cooling_until = models.DateTimeField(_("cooling off until"), null=True, blank=True, editable=False)
    refused_reason = models.TextField(_("why it was refused"), blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True, editable=False)
    first_verified_at = models.DateTimeField(
        null=True, blank=True, editable=False
    )  # from then on changes cool off

    objects = PayeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        ordering = ["legal_name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("entered_by")),
                name="payee_verified_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="payee_verified_has_verifier",
            ),
            models.CheckConstraint(
                condition=~Q(state="cooling_off") | Q(cooling_until__isnull=False),
                name="payee_cooling_off_has_end",
            ),
            models.CheckConstraint(condition=Q(state__in=PayeeState.values), name="payee_state_known"),
        ]
        triggers = [pgtrigger.FSM(name="payee_moves", field="state", transitions=PAYEE_MOVES)]

    def __str__(self) -> str:
        return self.legal_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.account_last4 = last_four(self.account_number)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("payments:payee_detail", args=[self.pk])

    @property
    def bank_name(self) -> str:
        from payments.banks import bank_name

        return bank_name(self.bank_code)

    @property
    def account_masked(self) -> str:
        return f"•••• {self.account_last4}" if self.account_last4 else ""

    @property
    def npwp_masked(self) -> str:
        return masked(self.npwp)

    @property
    def nik_masked(self) -> str:
        return masked(self.nik)

    @property
    def has_tax_id(self) -> bool:
        return self.tax_id_status == self.TaxId.VALID and bool(self.npwp or self.nik)

    @transition(field=state, source=["unverified", "cooling_off"], target="verified")
    def to_verified(self) -> None: ...

    @transition(field=state, source=["unverified", "cooling_off", "verified"], target="refused")
    def to_refused(self) -> None: ...

    @transition(field=state, source=["verified", "refused", "cooling_off"], target="cooling_off")
    def to_cooling_off(self) -> None: ...

    @transition(field=state, source=["unverified", "refused"], target="unverified")
    def to_unverified(self) -> None: ...


class PayeeChangeQuerySet(ScopedQuerySet["PayeeChange"]):
    def _scoped(self, scope: Scope) -> PayeeChangeQuerySet:
        if sees_books(scope):
            return self
        return self.filter(own_creators(scope, "payee__creator_id")) if scope.is_portal else self.none()


class PayeeChange(models.Model):
    """One change of a profile, with masked values only: what a person may look back at."""

    payee = models.ForeignKey(PayeeProfile, on_delete=models.CASCADE, related_name="changes")
    changed_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    is_sensitive = models.BooleanField(default=False)  # bank or tax identity: starts the cooling-off
    noticed_email = models.EmailField(blank=True)  # the old contact that was told

    objects = PayeeChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("payee change")
        verbose_name_plural = _("payee changes")
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="payee_change_append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.payee_id} {self.changed_at:%Y-%m-%d}"

    @property
    def words(self) -> list[str]:
        from payments.words import change_said

        return change_said(self.before, self.after) if self.before else []
