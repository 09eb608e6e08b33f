from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from campaigns.models.brands import Brand
from campaigns.models.guards import ChangedWhile
from campaigns.models.negotiation import Offer, Partnership, Side
from campaigns.models.plans import Campaign, CampaignPartQuerySet
from campaigns.models.scoping import portal_q, staff_q
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField


class AgreementState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Waiting for signatures")
    SIGNED = "signed", _("Signed")
    CANCELLED = "cancelled", _("Cancelled")


AGREEMENT_MOVES = [
    ("draft", "sent"),
    ("sent", "draft"),
    ("sent", "signed"),
    ("draft", "cancelled"),
    ("sent", "cancelled"),
    ("signed", "cancelled"),
]

# What the signed document says; after signing the database refuses to change any of it.
SIGNED_FIELDS = (
    "partnership",
    "offer",
    "number",
    "currency",
    "total",
    "clauses",
    "usage_rights",
    "usage_channels",
    "usage_until",
    "exclusivity_category",
    "exclusivity_from",
    "exclusivity_until",
    "rounds",
    "document",
    "document_sha256",
    "signed_at",
)


class AgreementQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> AgreementQuerySet:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "partnership__campaign__brand__"))
        if scope.kind == "portal":
            return (
                self.filter(portal_q(scope, "partnership__"))
                .exclude(document_sha256="")
                .exclude(state="draft")
                .exclude(partnership__campaign__state="draft")
            )
        return self.none()


@pghistory.track()
class Agreement(FSMModelMixin, ScopedModel):
    """The contract with a KOL: one document in two languages, its hash, and both signatures on that hash."""

    State = AgreementState

    partnership = models.OneToOneField(Partnership, on_delete=models.PROTECT, related_name="agreement")
    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="agreements"
    )
    number = models.CharField(_("number"), max_length=40, unique=True)
    state = FSMField(
        _("state"), default="draft", choices=AgreementState.choices, protected=True, db_index=True
    )
    currency = CurrencyField(_("currency"))
    total = AmountField(_("total"))
    clauses = models.JSONField(_("clauses"), default=list, blank=True)
    usage_rights = models.TextField(_("usage rights"), blank=True)
    usage_channels = ArrayField(
        models.CharField(max_length=40), verbose_name=_("usage channels"), default=list, blank=True
    )
    usage_until = models.DateField(_("usage until"), null=True, blank=True)
    exclusivity_category = models.CharField(_("exclusive category"), max_length=60, blank=True)
    exclusivity_from = models.DateField(_("exclusive from"), null=True, blank=True)
    exclusivity_until = models.DateField(_("exclusive until"), null=True, blank=True)
    rounds = models.PositiveSmallIntegerField(_("revision rounds included"), default=2)
    document = models.FileField(_("document"), upload_to="agreements/%Y/%m/", max_length=200, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    cancelled_reason = models.CharField(max_length=240, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(condition=Q(total__gte=0), name="agreement_total_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=AgreementState.values), name="agreement_state_known"
            ),
            models.CheckConstraint(
                condition=Q(exclusivity_from__isnull=True, exclusivity_until__isnull=True)
                | (
                    Q(exclusivity_from__isnull=False, exclusivity_until__gte=models.F("exclusivity_from"))
                    & ~Q(exclusivity_category="")
                ),
                name="agreement_exclusivity_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | (Q(signed_at__isnull=False) & ~Q(document_sha256="")),
                name="agreement_signed_has_document",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="agreement_moves", field="state", transitions=AGREEMENT_MOVES),
            pgtrigger.Protect(
                name="agreement_signed_fixed",
                operation=pgtrigger.Update,
                condition=ChangedWhile("OLD.signed_at IS NOT NULL", *SIGNED_FIELDS),
            ),
            pgtrigger.Protect(
                name="agreement_signed_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("campaigns:agreement_detail", args=[self.pk])

    @transition(field=state, source="draft", target="sent")
    def send(self) -> None: ...

    @transition(field=state, source="sent", target="draft")
    def take_back(self) -> None: ...

    @transition(field=state, source="sent", target="signed")
    def sign(self) -> None: ...

    @transition(field=state, source=["draft", "sent", "signed"], target="cancelled")
    def cancel(self) -> None: ...


class AgreementPartQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Any:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "agreement__partnership__campaign__brand__"))
        if scope.kind == "portal":
            return self.filter(portal_q(scope, "agreement__partnership__")).exclude(agreement__state="draft")
        return self.none()


class AgreementSignature(ScopedModel):
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    side = models.CharField(_("side"), max_length=8, choices=Side.choices)
    name = models.CharField(_("typed name"), max_length=160)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64, blank=True)
    # HMAC over all of the above with the server's key: a row edited behind our back no longer verifies.
    seal = models.CharField(max_length=64)

    objects = AgreementPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "side", "sha256"], name="signature_once_per_side"),
            models.CheckConstraint(condition=~Q(name=""), name="signature_named"),
        ]
        triggers = [
            pgtrigger.Protect(name="signature_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_side_display()})"


class Trigger(models.TextChoices):
    ON_SIGNING = "on_signing", _("On signing")
    ON_DELIVERABLE = "on_deliverable", _("When a deliverable is accepted")
    ON_DATE = "on_date", _("On a date")
    ON_COMPLETION = "on_completion", _("When everything is accepted")


class MilestoneState(models.TextChoices):
    PENDING = "pending", _("Not due yet")
    READY = "ready", _("Ready to invoice")
    INVOICED = "invoiced", _("Invoiced")
    PAID = "paid", _("Paid")


MILESTONE_MOVES = [
    ("pending", "ready"),
    ("ready", "invoiced"),
    ("invoiced", "ready"),
    ("invoiced", "paid"),
    ("paid", "invoiced"),
]


@pghistory.track()
class Milestone(FSMModelMixin, ScopedModel):
    """A part of the fee and what makes it due."""

    State = MilestoneState

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="milestones")
    deliverable = models.ForeignKey(
        "campaigns.Deliverable", on_delete=models.PROTECT, null=True, blank=True, related_name="milestones"
    )
    name = models.CharField(_("name"), max_length=120)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    trigger = models.CharField(_("due"), max_length=16, choices=Trigger.choices)
    due_on = models.DateField(_("date"), null=True, blank=True)
    state = FSMField(_("state"), default="pending", choices=MilestoneState.choices, protected=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = AgreementPartQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="milestone_not_negative"),
            models.CheckConstraint(
                condition=(Q(trigger="on_deliverable") & Q(deliverable__isnull=False))
                | (~Q(trigger="on_deliverable") & Q(deliverable__isnull=True)),
                name="milestone_deliverable_fits",
            ),
            models.CheckConstraint(
                condition=~Q(trigger="on_date") | Q(due_on__isnull=False), name="milestone_date_given"
            ),
            models.CheckConstraint(
                condition=Q(state__in=MilestoneState.values), name="milestone_state_known"
            ),
        ]
        triggers = [pgtrigger.FSM(name="milestone_moves", field="state", transitions=MILESTONE_MOVES)]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source="pending", target="ready")
    def make_ready(self) -> None: ...

    @transition(field=state, source="ready", target="invoiced")
    def invoice(self) -> None: ...

    @transition(field=state, source="invoiced", target="ready")
    def uninvoice(self) -> None: ...

    @transition(field=state, source="invoiced", target="paid")
    def pay(self) -> None: ...

    @transition(field=state, source="paid", target="invoiced")
    def unpay(self) -> None: ...


class ExclusivityQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Any:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "brand__"))
        if scope.kind == "portal":
            return self.filter(portal_q(scope, ""))
        return self.none()


@pghistory.track()
class ExclusivityWindow(ScopedModel):
    """A creator works for one brand only in a category for a while. The database refuses overlaps."""

    creator = models.ForeignKey("creators.Creator", on_delete=models.PROTECT, related_name="exclusivities")
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="exclusivities")
    category = models.CharField(_("category"), max_length=60)
    during = DateRangeField(_("during"))
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="exclusivities"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = ExclusivityQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("exclusivity window")
        verbose_name_plural = _("exclusivity windows")
        constraints = [
            ExclusionConstraint(
                name="exclusivity_no_overlap",
                expressions=[
                    ("creator", RangeOperators.EQUAL),
                    ("category", RangeOperators.EQUAL),
                    ("brand", RangeOperators.NOT_EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at__isnull=True),
            ),
            models.CheckConstraint(condition=~Q(category=""), name="exclusivity_category_given"),
        ]

    def __str__(self) -> str:
        return f"{self.creator} · {self.brand} · {self.category}"


@pghistory.track()
class ExclusivityWaiver(ScopedModel):
    """An administrator lets one campaign pass one window, with the reason."""

    window = models.ForeignKey(ExclusivityWindow, on_delete=models.CASCADE, related_name="waivers")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="exclusivity_waivers")
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CampaignPartQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("exclusivity waiver")
        verbose_name_plural = _("exclusivity waivers")
        constraints = [
            models.UniqueConstraint(fields=["window", "campaign"], name="exclusivity_waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="exclusivity_waiver_reasoned"),
        ]

    def __str__(self) -> str:
        return self.reason
