from __future__ import annotations

from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from campaigns.models.guards import ChangedWhile
from campaigns.models.plans import Campaign
from campaigns.models.scoping import client_q, portal_q, staff_q
from creators.models.choices import Platform, RateFormat
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField


class PartnershipState(models.TextChoices):
    INVITED = "invited", _("Invited")
    NEGOTIATING = "negotiating", _("Negotiating")
    AGREED = "agreed", _("Agreed")
    BRIEFED = "briefed", _("Briefed")
    IN_PRODUCTION = "in_production", _("In production")
    LIVE = "live", _("Live")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    DECLINED = "declined", _("Declined")


PARTNERSHIP_MOVES = [
    ("invited", "negotiating"),
    ("invited", "declined"),
    ("negotiating", "declined"),
    ("declined", "negotiating"),
    ("negotiating", "agreed"),
    ("agreed", "briefed"),
    ("agreed", "in_production"),
    ("briefed", "in_production"),
    ("agreed", "live"),
    ("briefed", "live"),
    ("in_production", "live"),
    ("live", "completed"),
    ("invited", "cancelled"),
    ("negotiating", "cancelled"),
    ("agreed", "cancelled"),
    ("briefed", "cancelled"),
    ("in_production", "cancelled"),
    ("live", "cancelled"),
]

CLIENT_STATES = ["agreed", "briefed", "in_production", "live", "completed"]


class PartnershipQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> PartnershipQuerySet:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "campaign__brand__"))
        if scope.kind == "portal":
            return self.filter(portal_q(scope, "")).exclude(campaign__state="draft")
        if scope.kind == "client":
            return self.filter(client_q(scope, "campaign__brand__"), state__in=CLIENT_STATES)
        return self.none()


@pghistory.track()
class Partnership(FSMModelMixin, ScopedModel):
    """One creator in one campaign, from the invitation to the end."""

    State = PartnershipState

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="partnerships")
    creator = models.ForeignKey("creators.Creator", on_delete=models.PROTECT, related_name="partnerships")
    account = models.ForeignKey(
        "creators.SocialAccount", on_delete=models.PROTECT, null=True, blank=True, related_name="partnerships"
    )
    candidate = models.ForeignKey(
        "campaigns.Candidate", on_delete=models.SET_NULL, null=True, blank=True, related_name="partnerships"
    )
    state = FSMField(
        _("state"), default="invited", choices=PartnershipState.choices, protected=True, db_index=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_partnerships",
        verbose_name=_("owner"),
    )
    sell_total = AmountField(_("price to the client"), null=True, blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    closed_reason = models.CharField(_("reason"), max_length=240, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "creator"], name="partnership_once_per_campaign"),
            models.CheckConstraint(
                condition=Q(state__in=PartnershipState.values), name="partnership_state_known"
            ),
        ]
        indexes = [models.Index(fields=["creator", "state"], name="partnership_creator_state")]
        triggers = [pgtrigger.FSM(name="partnership_moves", field="state", transitions=PARTNERSHIP_MOVES)]

    def __str__(self) -> str:
        return f"{self.creator} · {self.campaign}"

    def get_absolute_url(self) -> str:
        return reverse("campaigns:partnership_detail", args=[self.pk])

    @transition(field=state, source=["invited", "declined"], target="negotiating")
    def negotiate(self) -> None: ...

    @transition(field=state, source=["invited", "negotiating"], target="declined")
    def decline(self) -> None: ...

    @transition(field=state, source="negotiating", target="agreed")
    def agree(self) -> None: ...

    @transition(field=state, source="agreed", target="briefed")
    def brief(self) -> None: ...

    @transition(field=state, source=["agreed", "briefed"], target="in_production")
    def produce(self) -> None: ...

    @transition(field=state, source=["agreed", "briefed", "in_production"], target="live")
    def go_live(self) -> None: ...

    @transition(field=state, source="live", target="completed")
    def complete(self) -> None: ...

    @transition(
        field=state,
        source=["invited", "negotiating", "agreed", "briefed", "in_production", "live"],
        target="cancelled",
    )
    def cancel(self) -> None: ...


class Side(models.TextChoices):
    AGENCY = "agency", _("Agency")
    CREATOR = "creator", _("KOL")


class OfferState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent")
    COUNTERED = "countered", _("Countered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OFFER_MOVES = [
    ("draft", "sent"),
    ("draft", "withdrawn"),
    ("sent", "countered"),
    ("sent", "accepted"),
    ("sent", "declined"),
    ("sent", "expired"),
    ("sent", "withdrawn"),
]


class OfferQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> OfferQuerySet:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "partnership__campaign__brand__"))
        if scope.kind == "portal":
            return (
                self.filter(portal_q(scope, "partnership__"))
                .exclude(state="draft")
                .exclude(sent_at__isnull=True)
                .exclude(partnership__campaign__state="draft")
            )
        return self.none()


@pghistory.track()
class Offer(FSMModelMixin, ScopedModel):
    """A version of the terms, by one side. A counter-offer is the next number by the other side."""

    State = OfferState

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="offers")
    number = models.PositiveIntegerField(_("version"))
    side = models.CharField(_("from"), max_length=8, choices=Side.choices)
    state = FSMField(_("state"), default="draft", choices=OfferState.choices, protected=True, db_index=True)
    currency = CurrencyField(_("currency"))
    total = AmountField(_("total"), default=Decimal(0))
    message = models.TextField(_("message"), blank=True)
    usage_rights = models.CharField(_("usage rights"), max_length=240, blank=True)
    exclusivity_days = models.PositiveIntegerField(_("exclusivity after the campaign (days)"), default=0)
    rounds = models.PositiveSmallIntegerField(_("revision rounds included"), default=2)
    expires_at = models.DateTimeField(_("valid until"), db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(_("answer"), max_length=240, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.UniqueConstraint(fields=["partnership", "number"], name="offer_number_once"),
            # Only one offer is on the table, and only one can have been accepted.
            models.UniqueConstraint(
                fields=["partnership"], condition=Q(state__in=["draft", "sent"]), name="offer_one_open"
            ),
            models.UniqueConstraint(
                fields=["partnership"], condition=Q(state="accepted"), name="offer_one_accepted"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="offer_total_not_negative"),
            models.CheckConstraint(condition=Q(state__in=OfferState.values), name="offer_state_known"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="sent"), name="offer_due_to_expire"),
        ]
        triggers = [
            pgtrigger.FSM(name="offer_moves", field="state", transitions=OFFER_MOVES),
            pgtrigger.Protect(
                name="offer_terms_fixed",
                operation=pgtrigger.Update,
                condition=ChangedWhile(
                    "OLD.state <> 'draft'",
                    "partnership",
                    "number",
                    "side",
                    "currency",
                    "total",
                    "usage_rights",
                    "exclusivity_days",
                    "rounds",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.get_side_display()}"

    @transition(field=state, source="draft", target="sent")
    def send(self) -> None: ...

    @transition(field=state, source="sent", target="countered")
    def mark_countered(self) -> None: ...

    @transition(field=state, source="sent", target="accepted")
    def accept(self) -> None: ...

    @transition(field=state, source="sent", target="declined")
    def decline(self) -> None: ...

    @transition(field=state, source="sent", target="expired")
    def expire(self) -> None: ...

    @transition(field=state, source=["draft", "sent"], target="withdrawn")
    def withdraw(self) -> None: ...


class OfferLineQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Any:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "offer__partnership__campaign__brand__"))
        if scope.kind == "portal":
            return self.filter(portal_q(scope, "offer__partnership__")).exclude(offer__sent_at__isnull=True)
        return self.none()


@pghistory.track()
class OfferLine(ScopedModel):
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="lines")
    account = models.ForeignKey(
        "creators.SocialAccount", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    format = models.CharField(_("format"), max_length=12, choices=RateFormat.choices)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    unit_price = AmountField(_("price each"))
    due_on = models.DateField(_("publish by"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = OfferLineQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("offer line")
        verbose_name_plural = _("offer lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=100), name="offer_line_quantity"
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="offer_line_price_not_negative"),
        ]
        # A draft's lines are replaced, never edited; what was sent is what was sent.
        triggers = [pgtrigger.Protect(name="offer_line_never_edited", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.get_format_display()} {self.get_platform_display()}"

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price


@pghistory.track()
class ApprovalLimit(ScopedModel):
    """Up to which total a role may send or accept terms alone; above it an administrator does."""

    role = models.CharField(_("role"), max_length=24, default="campaign_manager")
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("limit"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["role", "currency"]
        verbose_name = _("approval limit")
        verbose_name_plural = _("approval limits")
        constraints = [
            models.UniqueConstraint(fields=["role", "currency"], name="approval_limit_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="approval_limit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.currency} {self.amount}"
