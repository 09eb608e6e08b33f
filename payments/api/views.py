"""Endpoints of this room; each write calls the verb the page calls."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework.parsers import MultiPartParser

from campaigns.models import Partnership
from krm.accounts.permissions import check
from krm.accounts.stepup import require_recent_login
from krm.api.viewsets import ReadViewSet, WriteViewSet, action
from payments import invoices, ledger, milestones, payees, payouts, periods, policy
from payments.api import serializers as s
from payments.files import stored_bytes
from payments.models import (
    ApprovalLimit,
    Invoice,
    LedgerAccount,
    LedgerPeriod,
    LedgerTransaction,
    PayeeProfile,
    PaymentPolicy,
    Payout,
)

SCOPES = ("payments:read", "payments:write")


def download(file: Any, name: str) -> HttpResponse:
    data = stored_bytes(file)
    if data is None:
        raise Http404
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name or "file")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


FILE = {"responses": {(200, "application/octet-stream"): OpenApiTypes.BINARY}}


class InvoiceFilter(django_filters.FilterSet):
    campaign = django_filters.NumberFilter(field_name="partnership__campaign_id")
    creator = django_filters.NumberFilter(field_name="partnership__creator_id")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = Invoice
        fields = ("state", "partnership", "payee", "currency")


class InvoiceViewSet(WriteViewSet):
    """Invoices of payees: draft, submit, match, approve, pay. The approver is never one of the makers."""

    model = Invoice
    perms = {
        "create": "payments.submit_invoice",
        "partial_update": "payments.submit_invoice",
        "draft": "payments.draft_invoice",
        "document": "payments.submit_invoice",
        "submit": "payments.submit_invoice",
        "match": "payments.match_invoice",
        "approve": "payments.approve_invoice",
        "reject": "payments.reject_invoice",
        "void": "payments.void_invoice",
        "schedule": "payments.record_payment",
        "pay": "payments.record_payment",
    }
    scopes = SCOPES
    serializer_class = s.InvoiceSerializer
    write_serializer_class = s.InvoiceIn
    filterset_class = InvoiceFilter
    ordering_fields = ("due_on", "id")

    def get_serializer_class(self) -> Any:
        return s.InvoiceListSerializer if self.action == "list" else super().get_serializer_class()

    def get_queryset(self) -> Any:
        found = (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator", "payee")
        )
        return found if self.action == "list" else found.prefetch_related("lines", "match_results", "payouts")

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        origin = Invoice.Origin.PORTAL if self.request.user.is_portal else Invoice.Origin.SYSTEM  # type: ignore[union-attr]
        serializer.instance = invoices.save_draft(
            data.pop("partnership"), by=self.request.user, origin=origin, **data
        )  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        invoice, data = serializer.instance, dict(serializer.validated_data)
        partnership = data.pop("partnership", invoice.partnership)
        kept = {
            name: getattr(invoice, name)
            for name in ("number", "issued_on", "faktur_number", "note")
            if name not in data
        }
        if "lines" not in data:
            kept["lines"] = [
                {
                    "claim": f"m{line.milestone_id}" if line.milestone_id else f"d{line.deliverable_id}",
                    "amount": line.amount,
                    "description": line.description,
                }
                for line in invoice.lines.all()
            ]
        serializer.instance = invoices.save_draft(
            partnership, by=self.request.user, invoice=invoice, **kept, **data
        )  # type: ignore[arg-type]

    @action(
        detail=False,
        methods=["get"],
        response=s.ClaimSerializer,
        many=True,
        summary="What a partnership can be invoiced for",
        schema={"parameters": [OpenApiParameter("partnership", int, required=True)]},
        pagination_class=None,
        filterset_class=None,
    )
    def claims(self, request: Any) -> Any:
        wanted = request.query_params.get("partnership", "")
        if not wanted.isdecimal() or len(wanted) > 18:
            raise ValidationError({"partnership": _("Give the id of a partnership.")})
        found = Partnership.objects.visible_to(request.user).filter(pk=int(wanted)).first()
        if found is None:
            raise Http404
        check(request.user, "payments.view", found)
        return milestones.claims(found)

    @action(
        detail=False,
        methods=["post"],
        serializer_class=s.InvoiceDraftIn,
        status=201,
        summary="Draft an invoice from accepted work",
    )
    def draft(self, request: Any) -> Any:
        data = self.input()
        return invoices.draft_from_deliverables(data["partnership"], by=request.user, note=data["note"])

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.DocumentIn,
        parser_classes=[MultiPartParser],
        summary="Attach the payee's invoice file",
    )
    def document(self, request: Any, pk: str) -> Any:
        return invoices.attach(self.get_object(), by=request.user, **self.input())

    @action(detail=True, methods=["get"], summary="Download the payee's invoice file", schema=FILE)
    def file(self, request: Any, pk: str) -> Any:
        invoice = self.get_object()
        return download(invoice.document, invoice.document_name)

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.InvoiceSubmitIn,
        summary="Submit; the match runs at once",
    )
    def submit(self, request: Any, pk: str) -> Any:
        return invoices.submit(self.get_object(), by=request.user, **self.input())

    @action(detail=True, methods=["post"], summary="Run the three-way match again")
    def match(self, request: Any, pk: str) -> Any:
        return invoices.match(self.get_object(), by=request.user)

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.InvoiceApproveIn,
        summary="Approve: tax is withheld and the debt posted",
        schema={"examples": [OpenApiExample("what was looked at", value={"seen_run": 1}, request_only=True)]},
    )
    def approve(self, request: Any, pk: str) -> Any:
        return invoices.approve(self.get_object(), by=request.user, **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.PaymentReasonIn, summary="Reject with a reason")
    def reject(self, request: Any, pk: str) -> Any:
        return invoices.reject(self.get_object(), by=request.user, **self.input())

    @action(
        detail=True, methods=["post"], serializer_class=s.PaymentReasonIn, summary="Void an unpaid invoice"
    )
    def void(self, request: Any, pk: str) -> Any:
        return invoices.void(self.get_object(), by=request.user, **self.input())

    @action(
        detail=True, methods=["post"], serializer_class=s.ScheduleIn, summary="Plan the payment for a day"
    )
    def schedule(self, request: Any, pk: str) -> Any:
        return payouts.schedule(self.get_object(), by=request.user, **self.input())

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.PaymentIn,
        response=s.PayoutSerializer,
        status=201,
        parser_classes=[MultiPartParser],
        summary="Record a payment with its proof",
        schema={
            "description": "One payment a bank reference: the same payment sent again answers with the first one. "
            "Send an Idempotency-Key as well."
        },
    )
    def pay(self, request: Any, pk: str) -> Any:
        return payouts.record_payment(self.get_object(), by=request.user, **self.input())


class PayoutFilter(django_filters.FilterSet):
    class Meta:
        model = Payout
        fields = ("invoice", "state", "bank_code")


class PayoutViewSet(ReadViewSet):
    """Payments that left the bank; they are recorded on their invoice."""

    model = Payout
    perms = {
        "reverse": "payments.reverse_payment",
    }
    scopes = SCOPES
    serializer_class = s.PayoutSerializer
    filterset_class = PayoutFilter

    def permission_subject(self, instance: Any) -> Any:
        return instance.invoice

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("invoice__partnership")

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.PaymentReversalIn,
        summary="The bank returned the money",
    )
    def reverse(self, request: Any, pk: str) -> Any:
        return payouts.reverse_payment(self.get_object(), by=request.user, **self.input())

    @action(detail=True, methods=["get"], summary="Download the proof", schema=FILE)
    def proof(self, request: Any, pk: str) -> Any:
        payout = self.get_object()
        return download(payout.proof, payout.proof_name)


class PayeeFilter(django_filters.FilterSet):
    class Meta:
        model = PayeeProfile
        fields = ("creator", "state", "kind")


class PayeeViewSet(WriteViewSet):
    """Tax and bank data of KOLs. Numbers come out masked; `reveal` shows them to finance and is on record."""

    model = PayeeProfile
    perms = {
        "create": "payments.edit_payee",
        "partial_update": "payments.edit_payee",
        "verify": "payments.verify_payee",
        "refuse": "payments.verify_payee",
        "reveal": "payments.reveal_bank_data",
    }
    scopes = SCOPES
    serializer_class = s.PayeeSerializer
    write_serializer_class = s.PayeeIn
    filterset_class = PayeeFilter

    def get_serializer_class(self) -> Any:
        return s.PayeePatch if self.action == "partial_update" else super().get_serializer_class()

    def perform_create(self, serializer: Any) -> None:
        require_recent_login(self.request)
        data = dict(serializer.validated_data)
        serializer.instance = payees.save_profile(data.pop("creator"), by=self.request.user, **data)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        require_recent_login(self.request)
        payee = serializer.instance
        kept = {name: getattr(payee, name) for name in payees.FIELDS}
        serializer.instance = payees.save_profile(
            payee.creator,
            by=self.request.user,  # type: ignore[arg-type]
            **(kept | dict(serializer.validated_data)),
        )

    @action(
        detail=True, methods=["post"], serializer_class=s.PayeeVerifyIn, summary="Verify, as a second person"
    )
    def verify(self, request: Any, pk: str) -> Any:
        return payees.verify(self.get_object(), by=request.user, **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.PaymentReasonIn, summary="Refuse with a reason")
    def refuse(self, request: Any, pk: str) -> Any:
        return payees.refuse(self.get_object(), by=request.user, **self.input())

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.PaymentReasonIn,
        response=s.PayeeNumbersSerializer,
        summary="Full numbers, to finance, on record",
    )
    def reveal(self, request: Any, pk: str) -> Any:
        payee = self.get_object()
        require_recent_login(request)
        return payees.reveal(payee, by=request.user, **self.input())


class LedgerAccountViewSet(ReadViewSet):
    model = LedgerAccount
    perms = {
        "trial_balance": "payments.view_ledger",
    }
    scopes = SCOPES
    serializer_class = s.LedgerAccountSerializer
    ordering = "id"

    @action(
        detail=False,
        methods=["get"],
        response=s.BalanceSerializer,
        many=True,
        summary="Trial balance",
        schema={"parameters": [OpenApiParameter("until", OpenApiTypes.DATE)]},
        pagination_class=None,
    )
    def trial_balance(self, request: Any) -> Any:
        from django.utils.dateparse import parse_date

        text = request.query_params.get("until")
        try:
            until = parse_date(text) if text else None
        except ValueError:
            until = None
        if text and until is None:
            raise ValidationError({"until": _("Write the date as 2026-11-30.")})
        return ledger.trial_balance(until=until)


class LedgerTransactionFilter(django_filters.FilterSet):
    class Meta:
        model = LedgerTransaction
        fields = ("kind", "invoice", "payout", "occurred_on")


class LedgerTransactionViewSet(WriteViewSet):
    """Postings; never changed, only reversed."""

    model = LedgerTransaction
    perms = {
        "create": "payments.post_ledger",
        "reverse": "payments.post_ledger",
    }
    scopes = SCOPES
    serializer_class = s.LedgerTransactionSerializer
    write_serializer_class = s.LedgerTransactionIn
    filterset_class = LedgerTransactionFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("entries__account")

    def perform_create(self, serializer: Any) -> None:
        data = serializer.validated_data
        try:
            legs = [ledger.debit(leg["account"], leg["amount"], leg["currency"]) for leg in data["entries"]]
        except ValueError as error:
            raise ValidationError({"entries": _("This currency has no such small units.")}) from error
        serializer.instance = ledger.post_manual(
            by=self.request.user,  # type: ignore[arg-type]
            key=data["key"],
            occurred_on=data["occurred_on"],
            memo=data["memo"],
            entries=legs,
        )

    @action(
        detail=True, methods=["post"], serializer_class=s.LedgerReversalIn, summary="Reverse a manual posting"
    )
    def reverse(self, request: Any, pk: str) -> Any:
        return ledger.reverse_manual(self.get_object(), by=request.user, **self.input())


class LedgerPeriodViewSet(ReadViewSet):
    model = LedgerPeriod
    perms = {
        "close": "payments.close_period",
        "reopen": "payments.reopen_period",
    }
    scopes = SCOPES
    serializer_class = s.LedgerPeriodSerializer

    @action(detail=False, methods=["post"], serializer_class=s.LedgerPeriodIn, summary="Close a month")
    def close(self, request: Any) -> Any:
        return periods.close(self.input()["month"], by=request.user)

    @action(detail=True, methods=["post"], serializer_class=s.PaymentReasonIn, summary="Reopen a month")
    def reopen(self, request: Any, pk: str) -> Any:
        return periods.reopen(self.get_object(), by=request.user, **self.input())


class PaymentPolicyViewSet(WriteViewSet):
    """The one row of payment rules; its id is 1."""

    model = PaymentPolicy
    perms = {
        "partial_update": "payments.change_policy",
    }
    scopes = SCOPES
    serializer_class = s.PaymentPolicySerializer

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = policy.change(
            serializer.instance,
            by=self.request.user,  # type: ignore[arg-type]
            **serializer.validated_data,
        )


class InvoiceLimitViewSet(WriteViewSet):
    """How much a role approves; setting one again replaces it."""

    model = ApprovalLimit
    perms = {
        "create": "payments.change_policy",
        "destroy": "payments.change_policy",
    }
    scopes = SCOPES
    serializer_class = s.InvoiceLimitSerializer

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = policy.set_limit(by=self.request.user, **serializer.validated_data)  # type: ignore[arg-type]

    def perform_destroy(self, instance: ApprovalLimit) -> None:
        policy.remove_limit(instance, by=self.request.user)  # type: ignore[arg-type]
