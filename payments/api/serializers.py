"""What the API takes and gives. Bank and tax numbers go in; only masked ones come out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.models import Partnership
from creators.models import Creator
from krm.money.amounts import from_minor
from payments import promise, withholding
from payments.models import (
    ApprovalLimit,
    Invoice,
    InvoiceLine,
    LedgerAccount,
    LedgerEntry,
    LedgerPeriod,
    LedgerTransaction,
    MatchResult,
    PayeeProfile,
    PaymentPolicy,
    Payout,
)


def amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=19, decimal_places=4, **kwargs)


class VisiblePartnership(serializers.PrimaryKeyRelatedField):
    def get_queryset(self) -> Any:
        request = self.context.get("request")
        found = Partnership.objects.visible_to(getattr(request, "user", None))
        return found.select_related("campaign__brand", "creator")


class VisibleCreator(serializers.PrimaryKeyRelatedField):
    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return Creator.objects.visible_to(getattr(request, "user", None))


class InvoiceLineSerializer(serializers.ModelSerializer[InvoiceLine]):
    class Meta:
        model = InvoiceLine
        fields = ("id", "milestone", "deliverable", "description", "amount")
        read_only_fields = fields


class MatchResultSerializer(serializers.ModelSerializer[MatchResult]):
    check_name = serializers.CharField(read_only=True)
    detail = serializers.CharField(read_only=True)

    class Meta:
        model = MatchResult
        fields = ("check_name", "ok", "reason", "detail", "line")
        read_only_fields = fields


class PayoutSerializer(serializers.ModelSerializer[Payout]):
    class Meta:
        model = Payout
        fields = (
            "id", "invoice", "amount", "currency", "method", "bank_code", "reference", "paid_on", "account_last4",
            "proof_name", "state", "reversed_on", "reversed_reason", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class StepSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=["done", "current", "blocked", "waiting"])
    owner = serializers.ChoiceField(choices=list(promise.OWNERS))


class PromiseSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField(allow_null=True)
    planned_on = serializers.DateField(allow_null=True)
    paid_on = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField()
    steps = StepSerializer(many=True)


class TaxStepSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    amount = serializers.CharField()


class InvoiceListSerializer(serializers.ModelSerializer[Invoice]):
    creator = serializers.IntegerField(source="partnership.creator_id", read_only=True)
    creator_name = serializers.CharField(source="partnership.creator.__str__", read_only=True)
    campaign = serializers.IntegerField(source="partnership.campaign_id", read_only=True)
    campaign_name = serializers.CharField(source="partnership.campaign.name", read_only=True)

    class Meta:
        model = Invoice
        fields = (
            "id", "number", "state", "origin", "partnership", "creator", "creator_name", "campaign", "campaign_name",
            "payee", "currency", "gross", "vat", "withheld", "net", "issued_on", "due_on", "scheduled_on",
            "submitted_at", "approved_at", "paid_at", "match_run", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class InvoiceSerializer(InvoiceListSerializer):
    lines = InvoiceLineSerializer(many=True, read_only=True)
    match = serializers.SerializerMethodField()
    payouts = PayoutSerializer(many=True, read_only=True)
    promise = serializers.SerializerMethodField()
    tax_steps = serializers.SerializerMethodField()
    tax_unverified = serializers.SerializerMethodField(
        help_text="Rules behind the tax that nobody verified wholly."
    )

    class Meta:
        model = Invoice
        fields = (
            *InvoiceListSerializer.Meta.fields, "faktur_number", "document_name", "note", "terms_days", "tax_month",
            "tax_version", "rejected_reason", "void_reason", "lines", "match", "payouts", "promise", "tax_steps",
            "tax_unverified",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MatchResultSerializer(many=True))
    def get_match(self, invoice: Invoice) -> Any:
        return MatchResultSerializer(promise.latest_results(invoice), many=True).data

    @extend_schema_field(PromiseSerializer(allow_null=True))
    def get_promise(self, invoice: Invoice) -> Any:
        told = promise.of(invoice)
        return PromiseSerializer(told).data if told else None

    @extend_schema_field(TaxStepSerializer(many=True))
    def get_tax_steps(self, invoice: Invoice) -> Any:
        steps = withholding.steps_in_words(invoice.tax, invoice.currency)
        return [{"text": text, "amount": shown} for text, shown, _result in steps]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_tax_unverified(self, invoice: Invoice) -> Any:
        return withholding.doubts(invoice.tax)


class LineIn(serializers.Serializer[Any]):
    claim = serializers.CharField(max_length=20, help_text="Key of a claim, see /invoices/claims.")
    amount = amount(required=False, allow_null=True, min_value=Decimal(0))
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)


class InvoiceIn(serializers.Serializer[Any]):
    partnership = VisiblePartnership(pk_field=serializers.IntegerField())
    lines = LineIn(many=True, allow_empty=False)
    number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    issued_on = serializers.DateField(required=False, allow_null=True, default=None)
    faktur_number = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class InvoiceDraftIn(serializers.Serializer[Any]):
    partnership = VisiblePartnership(pk_field=serializers.IntegerField())
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class ClaimSerializer(serializers.Serializer[Any]):
    claim = serializers.CharField(source="key")
    name = serializers.CharField()
    amount = amount()
    currency = serializers.CharField()
    due = serializers.BooleanField()
    open = serializers.BooleanField()
    reason = serializers.CharField()


class DocumentIn(serializers.Serializer[Any]):
    document = serializers.FileField()


class InvoiceSubmitIn(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=60, required=False)


class InvoiceApproveIn(serializers.Serializer[Any]):
    seen_run = serializers.IntegerField(required=False, min_value=0, max_value=2_000_000_000)
    manual_withheld = amount(required=False, min_value=Decimal(0))
    manual_reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class PaymentReasonIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=1000)


class ScheduleIn(serializers.Serializer[Any]):
    on = serializers.DateField()


class PaymentIn(serializers.Serializer[Any]):
    amount = amount()
    bank_code = serializers.CharField(max_length=40)
    reference = serializers.CharField(max_length=80)
    paid_on = serializers.DateField()
    method = serializers.ChoiceField(choices=Payout.Method.choices, default=Payout.Method.BI_FAST)
    proof = serializers.FileField()


class PaymentReversalIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)
    on = serializers.DateField(required=False)


class PayeeSerializer(serializers.ModelSerializer[PayeeProfile]):
    account = serializers.CharField(source="account_masked", read_only=True)
    npwp = serializers.CharField(source="npwp_masked", read_only=True)
    nik = serializers.CharField(source="nik_masked", read_only=True)

    class Meta:
        model = PayeeProfile
        fields = (
            "id", "creator", "kind", "legal_name", "tax_country", "npwp", "nik", "is_pkp", "tax_id_status",
            "bank_code", "account", "state", "cooling_until", "refused_reason", "verified_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class PayeeIn(serializers.Serializer[Any]):
    creator = VisibleCreator(pk_field=serializers.IntegerField())
    kind = serializers.ChoiceField(choices=PayeeProfile.Kind.choices)
    legal_name = serializers.CharField(max_length=200)
    tax_country = serializers.CharField(max_length=2, default="ID")
    npwp = serializers.CharField(max_length=32, required=False, allow_blank=True, default="")
    nik = serializers.CharField(max_length=24, required=False, allow_blank=True, default="")
    is_pkp = serializers.BooleanField(default=False)
    bank_code = serializers.CharField(max_length=40)
    account_number = serializers.CharField(max_length=40)
    account_holder = serializers.CharField(max_length=200)


class PayeePatch(serializers.Serializer[Any]):
    """Fields left out keep what is stored."""

    kind = serializers.ChoiceField(choices=PayeeProfile.Kind.choices, required=False)
    legal_name = serializers.CharField(max_length=200, required=False)
    tax_country = serializers.CharField(max_length=2, required=False)
    npwp = serializers.CharField(max_length=32, required=False, allow_blank=True)
    nik = serializers.CharField(max_length=24, required=False, allow_blank=True)
    is_pkp = serializers.BooleanField(required=False)
    bank_code = serializers.CharField(max_length=40, required=False)
    account_number = serializers.CharField(max_length=40, required=False)
    account_holder = serializers.CharField(max_length=200, required=False)


class PayeeVerifyIn(serializers.Serializer[Any]):
    tax_id_valid = serializers.BooleanField()


class PayeeNumbersSerializer(serializers.Serializer[Any]):
    account_number = serializers.CharField()
    account_holder = serializers.CharField()
    npwp = serializers.CharField()
    nik = serializers.CharField()


class LedgerAccountSerializer(serializers.ModelSerializer[LedgerAccount]):
    class Meta:
        model = LedgerAccount
        fields = ("id", "code", "name", "type", "currency", "is_active")
        read_only_fields = fields


class BalanceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="account.code")
    name = serializers.CharField(source="account.name")
    currency = serializers.CharField()
    debit = amount()
    credit = amount()
    balance = amount()


class LedgerEntrySerializer(serializers.ModelSerializer[LedgerEntry]):
    account = serializers.CharField(source="account.code", read_only=True)
    amount = serializers.SerializerMethodField()

    class Meta:
        model = LedgerEntry
        fields = ("id", "account", "amount_minor", "amount", "currency", "payee")
        read_only_fields = fields

    @extend_schema_field(serializers.DecimalField(max_digits=19, decimal_places=4))
    def get_amount(self, entry: LedgerEntry) -> str:
        return str(from_minor(entry.amount_minor, entry.currency))


class LedgerTransactionSerializer(serializers.ModelSerializer[LedgerTransaction]):
    entries = LedgerEntrySerializer(many=True, read_only=True)

    class Meta:
        model = LedgerTransaction
        fields = (
            "id", "kind", "key", "occurred_on", "memo", "invoice", "payout", "reverses", "posted_at", "entries",
        )  # fmt: skip
        read_only_fields = fields


class LegIn(serializers.Serializer[Any]):
    account = serializers.CharField(max_length=12)
    amount = amount(help_text="Debit above zero, credit below.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", default="IDR")


class LedgerTransactionIn(serializers.Serializer[Any]):
    key = serializers.CharField(
        max_length=100, help_text="Your own id of this posting: the same key posts once."
    )
    occurred_on = serializers.DateField()
    memo = serializers.CharField(max_length=300)
    entries = LegIn(many=True, min_length=2, max_length=50)  # type: ignore[call-arg]


class LedgerReversalIn(serializers.Serializer[Any]):
    occurred_on = serializers.DateField()
    memo = serializers.CharField(max_length=300)


class LedgerPeriodSerializer(serializers.ModelSerializer[LedgerPeriod]):
    class Meta:
        model = LedgerPeriod
        fields = ("id", "month", "is_closed", "closed_at", "reason")
        read_only_fields = fields


class LedgerPeriodIn(serializers.Serializer[Any]):
    month = serializers.DateField()


class PaymentPolicySerializer(serializers.ModelSerializer[PaymentPolicy]):
    class Meta:
        model = PaymentPolicy
        fields = ("id", "terms_days", "cooling_days", "tax_period", "country", "updated_at")
        read_only_fields = ("id", "updated_at")


class InvoiceLimitSerializer(serializers.ModelSerializer[ApprovalLimit]):
    class Meta:
        model = ApprovalLimit
        fields = ("id", "role", "currency", "amount")
        validators: list[Any] = []  # setting a limit again replaces it
