"""Invoices of payees, their lines, and what the three-way match said about them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField
from payments.models.scoping import own_creators, sees_money, staff_q
from payments.models.triggers import refuse_delete_unless


class InvoiceState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    MATCHED = "matched", _("Matched")
    MISMATCH = "mismatch", _("Does not match")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    SCHEDULED = "scheduled", _("Payment planned")
    PAID = "paid", _("Paid")
    VOID = "void", _("Void")


INVOICE_MOVES = [
    ("draft", "submitted"),
    ("submitted", "matched"),
    ("submitted", "mismatch"),
    ("matched", "mismatch"),
    ("mismatch", "matched"),
    ("mismatch", "submitted"),
    ("rejected", "submitted"),
    ("matched", "approved"),
    ("submitted", "rejected"),
    ("matched", "rejected"),
    ("mismatch", "rejected"),
    ("approved", "scheduled"),
    ("scheduled", "approved"),
    ("approved", "paid"),
    ("scheduled", "paid"),
    ("paid", "approved"),
    ("draft", "void"),
    ("submitted", "void"),
    ("matched", "void"),
    ("mismatch", "void"),
    ("rejected", "void"),
    ("approved", "void"),
    ("scheduled", "void"),
]
OPEN_STATES = ("approved", "scheduled")
SETTLED_STATES = ("approved", "scheduled", "paid")
EDITABLE_STATES = ("draft", "mismatch", "rejected")
FROZEN_FIELDS = (
    "partnership_id",
    "payee_id",
    "number",
    "currency",
    "gross",
    "vat",
    "withheld",
    "net",
    "tax",
    "created_by_id",
    "submitted_by_id",
    "matched_by_id",
    "approved_by_id",
    "is_demo",
)


def _frozen_changed() -> pgtrigger.Q:
    changed = pgtrigger.Q()
    for name in FROZEN_FIELDS:
        changed |= pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")})
    return changed


class InvoiceQuerySet(ScopedQuerySet["Invoice"]):
    def _scoped(self, scope: Scope) -> InvoiceQuerySet:
        if sees_money(scope):
            return self.filter(staff_q(scope, "partnership__campaign__brand__"))
        if scope.is_portal:
            return self.filter(own_creators(scope, "partnership__creator_id"))
        return self.none()

    def for_list(self) -> InvoiceQuerySet:
        return self.select_related(
            "partnership__campaign__brand", "partnership__creator", "payee", "approved_by"
        )

    def open(self) -> InvoiceQuerySet:
        return self.filter(state__in=OPEN_STATES)


@pghistory.track()
class Invoice(FSMModelMixin, ScopedModel):
    """What a payee asks for one partnership. `net` = fee + PPN - withheld is what leaves the bank."""

    State = InvoiceState

    class Origin(models.TextChoices):
        PORTAL = "portal", _("Sent by the KOL")
        SYSTEM = "system", _("Drafted from accepted work")

    partnership = models.ForeignKey(
        "campaigns.Partnership", on_delete=models.CASCADE, related_name="invoices"
    )
    payee = models.ForeignKey("payments.PayeeProfile", on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(_("invoice number"), max_length=60, blank=True)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.PORTAL, editable=False)
    state = FSMField(_("state"), default="draft", choices=InvoiceState.choices, protected=True, db_index=True)
    currency = CurrencyField(_("currency"))
    gross = AmountField(_("fee"), default=Decimal(0))
    vat = AmountField(_("PPN"), default=Decimal(0))
    withheld = AmountField(_("tax withheld"), default=Decimal(0))
    net = AmountField(_("to be paid"), default=Decimal(0))
    tax = models.JSONField(default=dict, blank=True, editable=False)
    tax_version = models.CharField(max_length=300, blank=True, editable=False)
    tax_month = models.DateField(_("tax month"), null=True, blank=True, editable=False)
    issued_on = models.DateField(_("invoice date"), null=True, blank=True)
    terms_days = models.PositiveSmallIntegerField(_("payment terms (days)"), default=14)
    due_on = models.DateField(_("due on"), null=True, blank=True, db_index=True)
    scheduled_on = models.DateField(_("planned for"), null=True, blank=True)
    faktur_number = models.CharField(_("tax invoice number (faktur pajak)"), max_length=40, blank=True)
    document = models.FileField(_("invoice file"), upload_to="payments/invoices/%Y/%m/", blank=True)
    document_name = models.CharField(max_length=200, blank=True, editable=False)
    document_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    note = models.TextField(_("note"), blank=True)
    match_run = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    matched_at = models.DateTimeField(_("matched at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    rejected_at = models.DateTimeField(_("rejected at"), null=True, blank=True)
    rejected_reason = models.TextField(_("why it was rejected"), blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    void_reason = models.TextField(_("why it is void"), blank=True)
    is_demo = models.BooleanField(default=False, db_index=True, editable=False)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                F("payee"),
                Lower("number"),
                condition=~Q(number="") & ~Q(state="void"),
                name="invoice_number_once_per_payee",
            ),
            models.CheckConstraint(condition=Q(state__in=InvoiceState.values), name="invoice_state_known"),
            models.CheckConstraint(
                condition=Q(net=F("gross") + F("vat") - F("withheld")), name="invoice_net_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(gross__gte=0, vat__gte=0, withheld__gte=0, net__gte=0),
                name="invoice_amounts_positive",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "void"])
                | (Q(gross__gt=0, submitted_at__isnull=False, submitted_by__isnull=False) & ~Q(number="")),
                name="invoice_submitted_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SETTLED_STATES)
                | Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    tax_month__isnull=False,
                    due_on__isnull=False,
                ),
                name="invoice_approved_has_approver",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (
                    ~Q(approved_by=F("created_by"))
                    & (Q(submitted_by__isnull=True) | ~Q(approved_by=F("submitted_by")))
                    & (Q(matched_by__isnull=True) | ~Q(approved_by=F("matched_by")))
                ),
                name="invoice_approved_by_another_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(rejected_reason=""), name="invoice_rejected_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(scheduled_on__isnull=False),
                name="invoice_scheduled_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="invoice_state_due"),
            models.Index(fields=["payee", "tax_month"], name="invoice_payee_month"),
        ]
        triggers = [
            pgtrigger.FSM(name="invoice_moves", field="state", transitions=INVOICE_MOVES),
            pgtrigger.Protect(
                name="invoice_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=[*SETTLED_STATES, "void"]) & _frozen_changed(),
            ),
            refuse_delete_unless("invoice_kept", "OLD.is_demo OR OLD.state = 'draft'"),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft %(id)s") % {"id": self.pk})

    def get_absolute_url(self) -> str:
        return reverse("payments:invoice_detail", args=[self.pk])

    @property
    def campaign(self) -> Any:
        return self.partnership.campaign

    @property
    def creator(self) -> Any:
        return self.partnership.creator

    @transition(field=state, source=["draft", "mismatch", "rejected"], target="submitted")
    def to_submitted(self) -> None: ...

    @transition(field=state, source=["submitted", "mismatch"], target="matched")
    def to_matched(self) -> None: ...

    @transition(field=state, source=["submitted", "matched"], target="mismatch")
    def to_mismatch(self) -> None: ...

    @transition(field=state, source="matched", target="approved")
    def to_approved(self) -> None: ...

    @transition(field=state, source=["submitted", "matched", "mismatch"], target="rejected")
    def to_rejected(self) -> None: ...

    @transition(field=state, source="approved", target="scheduled")
    def to_scheduled(self) -> None: ...

    @transition(field=state, source=["approved", "scheduled"], target="paid")
    def to_paid(self) -> None: ...

    @transition(field=state, source=["paid", "scheduled"], target="approved")
    def back_to_approved(self) -> None: ...

    @transition(
        field=state,
        source=["draft", "submitted", "matched", "mismatch", "rejected", "approved", "scheduled"],
        target="void",
    )
    def to_void(self) -> None: ...


class InvoicePartQuerySet(ScopedQuerySet[Any]):
    def _scoped(self, scope: Scope) -> Any:
        if sees_money(scope):
            return self.filter(staff_q(scope, "invoice__partnership__campaign__brand__"))
        if scope.is_portal:
            return self.filter(own_creators(scope, "invoice__partnership__creator_id"))
        return self.none()


class InvoiceLine(ScopedModel):
    """One thing asked for: a milestone, or a deliverable where the agreement has no milestones."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    milestone = models.ForeignKey(
        "campaigns.Milestone", on_delete=models.RESTRICT, related_name="invoice_lines", null=True, blank=True
    )
    deliverable = models.ForeignKey(
        "campaigns.Deliverable",
        on_delete=models.RESTRICT,
        related_name="invoice_lines",
        null=True,
        blank=True,
    )
    description = models.CharField(_("description"), max_length=300)
    amount = AmountField(_("amount"))
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(
        default=True
    )  # False once the invoice is void: the work can be invoiced again

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_line_positive"),
            models.CheckConstraint(
                condition=Q(milestone__isnull=False) | Q(deliverable__isnull=False),
                name="invoice_line_has_source",
            ),
            models.UniqueConstraint(
                fields=["milestone"], condition=Q(active=True), name="invoice_line_milestone_once"
            ),
            models.UniqueConstraint(
                fields=["deliverable"],
                condition=Q(active=True, milestone__isnull=True),
                name="invoice_line_deliverable_once",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="invoice_line_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("parent", "RECORD")],
                func="""
                    SELECT state, is_demo INTO parent FROM payments_invoice
                    WHERE id = COALESCE(CASE WHEN TG_OP = 'INSERT' THEN NEW.invoice_id ELSE OLD.invoice_id END);
                    IF FOUND AND parent.state IN ('approved', 'scheduled', 'paid', 'void') THEN
                        IF TG_OP = 'DELETE' AND parent.is_demo THEN
                            RETURN OLD;
                        END IF;
                        IF TG_OP = 'UPDATE' AND parent.state = 'void'
                           AND (NEW.invoice_id, NEW.amount, NEW.milestone_id, NEW.deliverable_id, NEW.description)
                               IS NOT DISTINCT FROM
                               (OLD.invoice_id, OLD.amount, OLD.milestone_id, OLD.deliverable_id, OLD.description)
                        THEN
                            RETURN NEW;
                        END IF;
                        RAISE EXCEPTION 'payments: lines of a % invoice are frozen', parent.state;
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.description


class MatchResult(models.Model):
    """One check of one run of the three-way match, with its reason. Old runs are kept."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="match_results")
    line = models.ForeignKey(
        InvoiceLine, on_delete=models.CASCADE, related_name="match_results", null=True, blank=True
    )
    run = models.PositiveIntegerField()
    check_name = models.CharField(_("check"), max_length=40, db_column="check")
    ok = models.BooleanField()
    reason = models.CharField(max_length=60)  # code of the sentence
    data = models.JSONField(default=dict)  # what the sentence is filled with
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InvoicePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("match result")
        verbose_name_plural = _("match results")
        ordering = ["-run", "id"]
        indexes = [models.Index(fields=["invoice", "run"], name="match_result_run")]

    def __str__(self) -> str:
        return f"{self.check_name}: {'ok' if self.ok else self.reason}"

    @property
    def detail(self) -> str:
        from payments.reasons import sentence

        return sentence(self.reason, self.data)

    @property
    def label(self) -> str:
        from payments.reasons import check_label

        return check_label(self.check_name)
