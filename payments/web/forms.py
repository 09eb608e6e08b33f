"""Forms of the payments room; fields carry the names of the verbs' parameters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from krm.web.forms import KrmForm, MoneyField
from payments import banks
from payments.models import ApprovalLimit, Invoice, LedgerAccount, PayeeProfile, PaymentPolicy, Payout

ACCEPT = "application/pdf,image/jpeg,image/png"


def bank_field(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=lambda: [("", "—"), *banks.choices()])


class ReasonForm(KrmForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ApproveForm(KrmForm):
    seen_run = forms.IntegerField(widget=forms.HiddenInput)


class ManualTaxForm(ApproveForm):
    manual_withheld = MoneyField(
        label=_("Tax to withhold"),
        help_text=_("No tax rule covers this invoice. Ask your tax adviser; write 0 for none."),
    )  # fmt: skip
    manual_reason = forms.CharField(label=_("How you came to this amount"), max_length=300)


class ScheduleForm(KrmForm):
    on = forms.DateField(label=_("Pay on"), help_text=_("The KOL sees this day."))


class PayForm(KrmForm):
    amount = MoneyField(label=_("Amount"), min_value=Decimal("0.0001"))
    paid_on = forms.DateField(label=_("Paid on"))
    bank_code = bank_field(_("Paid from bank"))
    method = forms.ChoiceField(label=_("Method"), choices=Payout.Method.choices)
    reference = forms.CharField(
        label=_("Bank reference"), max_length=80, help_text=_("As on the bank's receipt.")
    )
    proof = forms.FileField(
        label=_("Proof"), required=False, widget=forms.FileInput(attrs={"accept": ACCEPT}), help_text=_("PDF, JPG or PNG, up to 10 MB.")
    )  # fmt: skip


class ReversePaymentForm(KrmForm):
    on = forms.DateField(label=_("Came back on"), initial=timezone.localdate)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("As the bank says, for example: account closed.")
    )


class VerifyForm(KrmForm):
    tax_id_valid = forms.TypedChoiceField(
        label=_("NPWP or NIK checked at DJP"),
        choices=[("yes", _("Valid at DJP")), ("no", _("Not valid, or there is none: the tax is higher"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class RevealForm(KrmForm):
    reason = forms.CharField(
        label=_("Why do you need the full numbers?"),
        max_length=200,
        help_text=_("It is kept with your name and the time."),
    )


class PayeeForm(KrmForm):
    """The KOL's own data. Stored numbers are never sent back to the browser: an empty field keeps what is stored."""

    kind = forms.ChoiceField(
        label=_("I am paid as"), choices=PayeeProfile.Kind.choices, widget=forms.RadioSelect
    )
    legal_name = forms.CharField(
        label=_("Full legal name"), max_length=200, help_text=_("As on the ID card or deed.")
    )
    tax_country = forms.CharField(label=_("Taxed in (country code)"), max_length=2, initial="ID")
    nik = forms.CharField(label="NIK", required=False, max_length=24)
    npwp = forms.CharField(label="NPWP", required=False, max_length=32)
    is_pkp = forms.BooleanField(
        label=_("I am a taxable firm (PKP)"),
        required=False,
        help_text=_("Then PPN is added, and each invoice needs a tax invoice number."),
    )
    bank_code = bank_field(_("Bank"))
    account_number = forms.CharField(label=_("Account number"), required=False, max_length=40)
    account_holder = forms.CharField(label=_("Account holder"), required=False, max_length=200)

    def __init__(self, *args: Any, payee: PayeeProfile | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payee = payee
        for name in ("nik", "npwp", "account_number", "account_holder"):
            self.fields[name].widget.attrs["data-private"] = ""  # never kept in the browser
        for name in ("nik", "npwp", "account_number"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if payee is not None:
            kept = _("Stored: %(shown)s. Leave empty to keep it.")
            for name, shown in (
                ("nik", payee.nik_masked),
                ("npwp", payee.npwp_masked),
                ("account_number", payee.account_masked),
                ("account_holder", "•••" if payee.account_holder else ""),
            ):
                if shown:
                    self.fields[name].help_text = kept % {"shown": shown}
            if payee.bank_code and payee.bank_code not in banks.BANKS:
                choices = list(self.fields["bank_code"].choices)  # type: ignore[attr-defined]
                self.fields["bank_code"].choices = [*choices, (payee.bank_code, payee.bank_code)]  # type: ignore[attr-defined]
        else:
            self.fields["account_number"].required = True
            self.fields["account_holder"].required = True

    def values(self) -> dict[str, Any]:
        """What the verb gets: empty secrets stand for the stored ones, except a NIK or NPWP of another kind."""
        found = dict(self.cleaned_data)
        if self.payee is not None:
            for name in ("nik", "npwp", "account_number", "account_holder"):
                if not found[name]:
                    found[name] = getattr(self.payee, name)
            if found["kind"] == "company":
                found["nik"] = ""
        return found


class InvoiceForm(KrmForm):
    """Header of an invoice; the lines stand beside it as `claim` checkboxes and amounts."""

    number = forms.CharField(label=_("Your invoice number"), max_length=60)
    issued_on = forms.DateField(label=_("Invoice date"), initial=timezone.localdate)
    faktur_number = forms.CharField(
        label=_("Tax invoice number (faktur pajak)"), max_length=40, required=False
    )
    document = forms.FileField(
        label=_("Your invoice as PDF or photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("PDF, JPG or PNG, up to 10 MB."),
    )
    note = forms.CharField(
        label=_("Note to the agency"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, is_pkp: bool = False, invoice: Invoice | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_pkp:
            del self.fields["faktur_number"]
        if invoice is not None and invoice.document_name:
            self.fields["document"].help_text = _("Attached: %(name)s. Choose a file only to replace it.") % {
                "name": invoice.document_name
            }


class PolicyForm(KrmForm):
    terms_days = forms.IntegerField(
        label=_("Payment terms (days)"), min_value=0, max_value=180,
        help_text=_("Days from a submitted invoice to the promised payment, moved to the next working day."),
    )  # fmt: skip
    cooling_days = forms.IntegerField(
        label=_("Cooling-off after changed bank data (days)"), min_value=0, max_value=60,
        help_text=_("Nothing is paid to changed bank data before this time is over and finance checked it again."),
    )  # fmt: skip
    tax_period = forms.ChoiceField(
        label=_("PPh 21 counted"),
        choices=PaymentPolicy.TaxPeriod.choices,
        widget=forms.RadioSelect,
        help_text=_("The law can be read both ways; ask your tax adviser."),
    )
    country = forms.CharField(
        label=_("Country of the agency"), max_length=2, min_length=2, help_text=_("For bank holidays.")
    )


class LimitForm(KrmForm):
    role = forms.ChoiceField(
        label=_("Role"), choices=list(ApprovalLimit._meta.get_field("role").choices or [])
    )  # type: ignore[arg-type]
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, initial="IDR")
    amount = MoneyField(label=_("Approves up to"), min_value=Decimal(1))


class MonthForm(KrmForm):
    month = forms.DateField(label=_("Month"), help_text=_("Any day of the month that is to be closed."))


class ManualPostingForm(KrmForm):
    """A bookkeeper's transaction of one debit and one credit: a tax deposit, a bank charge."""

    occurred_on = forms.DateField(label=_("Date"), initial=timezone.localdate)
    memo = forms.CharField(label=_("What for"), max_length=300)
    debit = forms.ModelChoiceField(
        label=_("Debit account"), queryset=LedgerAccount.objects.filter(is_active=True)
    )
    credit = forms.ModelChoiceField(
        label=_("Credit account"), queryset=LedgerAccount.objects.filter(is_active=True)
    )
    amount = MoneyField(label=_("Amount"), min_value=Decimal("0.0001"))
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, initial="IDR")
    token = forms.UUIDField(widget=forms.HiddenInput)  # makes a doubled click one posting


class ReverseTransactionForm(KrmForm):
    occurred_on = forms.DateField(label=_("Date"), initial=timezone.localdate)
    memo = forms.CharField(label=_("Why"), max_length=300)
