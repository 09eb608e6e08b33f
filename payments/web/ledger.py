"""Staff pages of the books: accounts with the trial balance, transactions, periods, policy."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters
from django.db.models import F, Prefetch, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from krm.accounts.permissions import check
from krm.money.amounts import from_minor
from krm.web.lists import Column, Empty, ListPage
from krm.web.lists.export import csv_response, xlsx_response
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, Page
from payments import ledger, periods, policy, withholding
from payments.models import (
    ApprovalLimit,
    LedgerAccount,
    LedgerEntry,
    LedgerPeriod,
    LedgerTransaction,
    PaymentPolicy,
)
from payments.web import forms

LEDGER = (gettext_lazy("Ledger"), "payments:ledger")


class TrialBalance(Page):
    """Every account with debit, credit and balance; the sum of each currency is zero."""

    perm = "payments.view_ledger"
    title = gettext_lazy("Ledger")
    template_name = "payments/ledger.html"
    actions = (
        (gettext_lazy("Transactions"), "payments:transactions", ""),
        (gettext_lazy("Months"), "payments:periods", ""),
        (gettext_lazy("New transaction"), "payments:transaction_new", "", "payments.post_ledger"),
    )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        until = parse_date(request.GET.get("until", "")[:10]) if request.GET.get("until") else None
        rows = ledger.trial_balance(until=until)
        kind = request.GET.get("export")
        if kind in ("csv", "xlsx"):
            return self.export(kind, rows)
        totals: dict[str, list[Any]] = {}
        for row in rows:
            total = totals.setdefault(row.currency, [0, 0])
            total[0] += row.debit
            total[1] += row.credit
        return self.render(
            rows=rows,
            totals=[(currency, debit, credit) for currency, (debit, credit) in sorted(totals.items())],
            until=until,
            breaks=ledger.audit(),
            accounts=LedgerAccount.objects.all(),
        )

    def export(self, kind: str, rows: list[ledger.BalanceRow]) -> HttpResponse:
        headings = [_("Code"), _("Account"), _("Type"), _("Currency"), _("Debit"), _("Credit"), _("Balance")]
        table = (
            [
                r.account.code,
                r.account.name,
                str(r.account.get_type_display()),
                r.currency,
                r.debit,
                r.credit,
                r.balance,
            ]
            for r in rows
        )
        name = f"trial-balance-{timezone.localdate():%Y-%m-%d}"
        if kind == "csv":
            return csv_response(self.request, name, headings, table)
        return xlsx_response(name, _("Trial balance"), headings, table)


class TransactionFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(
        label=gettext_lazy("Kind"), choices=LedgerTransaction.Kind.choices
    )
    occurred = django_filters.DateFromToRangeFilter(label=gettext_lazy("Date"), field_name="occurred_on")

    class Meta:
        model = LedgerTransaction
        fields: list[str] = []


def debit_sum(transaction: LedgerTransaction) -> Any:
    """Debit side of a transaction in its first currency."""
    entries = list(transaction.entries.all())
    currency = entries[0].currency if entries else "IDR"
    return from_minor(
        sum(e.amount_minor for e in entries if e.amount_minor > 0 and e.currency == currency), currency
    )


class TransactionList(ListPage):
    name = "payments.transactions"
    perm = "payments.view_ledger"
    title = gettext_lazy("Ledger transactions")
    model = LedgerTransaction
    filterset_class = TransactionFilter
    breadcrumbs = (LEDGER,)
    search_fields = ("memo", "key", "invoice__number")
    columns = (
        Column("id", gettext_lazy("No."), link=lambda o: o.get_absolute_url(), sort="id", width="narrow"),
        Column("occurred_on", gettext_lazy("Date"), kind="date", sort="occurred_on"),
        Column("kind", gettext_lazy("Kind"), value=lambda o: o.get_kind_display()),
        Column("memo", gettext_lazy("Memo")),
        Column(
            "amount",
            gettext_lazy("Amount"),
            kind="money",
            value=debit_sum,
            currency=lambda o: next((e.currency for e in o.entries.all()), "IDR"),
        ),
        Column("posted_by", gettext_lazy("By"), value=lambda o: str(o.posted_by or "")),
        Column("posted_at", gettext_lazy("Posted at"), kind="datetime", sort="posted_at", default=False),
        Column("key", gettext_lazy("Key"), default=False),
    )
    empty = Empty(
        gettext_lazy("Nothing posted yet"), gettext_lazy("Approving an invoice makes the first posting.")
    )
    actions = ((gettext_lazy("New transaction"), "payments:transaction_new", "", "payments.post_ledger"),)

    def get_queryset(self) -> Any:
        return (
            LedgerTransaction.objects.visible_to(self.request.user)
            .select_related("posted_by")
            .prefetch_related(Prefetch("entries", queryset=LedgerEntry.objects.order_by("pk")))
        )


class TransactionDetail(DetailPage):
    model = LedgerTransaction
    perm = "payments.view_ledger"
    template_name = "payments/transaction.html"
    history = False  # nothing ever changes
    breadcrumbs = (LEDGER, (gettext_lazy("Transactions"), "payments:transactions"))

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("invoice", "payout", "reverses", "posted_by")
            .prefetch_related("entries__account", "entries__payee")
        )

    def get_context(self) -> dict[str, Any]:
        return {
            "transaction": self.object,
            "reversal": LedgerTransaction.objects.filter(reverses=self.object).first(),
            "legs": [
                (
                    entry,
                    from_minor(entry.amount_minor, entry.currency),
                    from_minor(abs(entry.amount_minor), entry.currency),
                )
                for entry in self.object.entries.all()
            ],
        }


class AccountDetail(ListPage):
    """The entries of one account."""

    name = "payments.account"
    perm = "payments.view_ledger"
    model = LedgerEntry
    breadcrumbs = (LEDGER,)
    search_fields = ("transaction__memo", "payee__legal_name")
    columns = (
        Column(
            "date",
            gettext_lazy("Date"),
            kind="date",
            value="transaction.occurred_on",
            sort="transaction__occurred_on",
        ),
        Column(
            "memo",
            gettext_lazy("Memo"),
            value="transaction.memo",
            link=lambda o: o.transaction.get_absolute_url(),
        ),
        Column("payee", gettext_lazy("Payee"), value=lambda o: str(o.payee or "")),
        Column(
            "debit",
            gettext_lazy("Debit"),
            kind="money",
            currency="currency",
            value=lambda o: from_minor(o.amount_minor, o.currency) if o.amount_minor > 0 else None,
        ),
        Column(
            "credit",
            gettext_lazy("Credit"),
            kind="money",
            currency="currency",
            value=lambda o: from_minor(-o.amount_minor, o.currency) if o.amount_minor < 0 else None,
        ),
    )
    empty = Empty(gettext_lazy("No entries on this account"))

    @property
    def account(self) -> LedgerAccount:
        from django.shortcuts import get_object_or_404

        if not hasattr(self, "_account"):
            self._account = get_object_or_404(
                LedgerAccount.objects.visible_to(self.request.user), pk=self.kwargs["pk"]
            )
        return self._account

    def get_title(self) -> Any:
        return str(self.account)

    def get_queryset(self) -> Any:
        return (
            LedgerEntry.objects.visible_to(self.request.user)
            .filter(account=self.account)
            .select_related("transaction", "payee")
        )


class NewTransaction(FormPage):
    perm = "payments.post_ledger"
    title = gettext_lazy("New transaction")
    form_class = forms.ManualPostingForm
    breadcrumbs = (LEDGER,)
    submit_label = gettext_lazy("Post")
    success_message = gettext_lazy("Posted.")
    cancel_url = "payments:ledger"

    def get_initial(self) -> dict[str, Any]:
        return {"token": uuid.uuid4(), "occurred_on": timezone.localdate(), "currency": "IDR"}

    def save(self, form: Any) -> LedgerTransaction:
        data = form.cleaned_data
        currency = data["currency"].upper()
        try:
            legs = [
                ledger.debit(data["debit"].code, data["amount"], currency),
                ledger.credit(data["credit"].code, data["amount"], currency),
            ]
        except ValueError as error:
            from django.core.exceptions import ValidationError

            raise ValidationError({"amount": _("This currency has no such small units.")}) from error
        return ledger.post_manual(
            by=self.request.user,  # type: ignore[arg-type]
            key=str(data["token"]),
            occurred_on=data["occurred_on"],
            memo=data["memo"],
            entries=legs,
        )


class ReverseTransaction(ObjectFormPage):
    model = LedgerTransaction
    perm = "payments.post_ledger"
    form_class = forms.ReverseTransactionForm
    submit_label = gettext_lazy("Reverse")
    success_message = gettext_lazy("Reversed.")

    def get_title(self) -> Any:
        return _("Reverse transaction %(id)s") % {"id": self.object.pk}

    def save(self, form: Any) -> LedgerTransaction:
        return ledger.reverse_manual(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class Periods(Page):
    perm = "payments.view_ledger"
    title = gettext_lazy("Months")
    template_name = "payments/periods.html"
    breadcrumbs = (LEDGER,)

    def get_context(self) -> dict[str, Any]:
        months = (
            LedgerTransaction.objects.visible_to(self.request.user)
            .values(year=F("occurred_on__year"), number=F("occurred_on__month"))
            .annotate(legs=Sum("leg_count"))
            .order_by("-year", "-number")[:36]
        )
        known = {(p.month.year, p.month.month): p for p in LedgerPeriod.objects.select_related("closed_by")}
        today = timezone.localdate()
        rows = [
            {
                "month": f"{row['year']}-{row['number']:02d}",
                "first": today.replace(year=row["year"], month=row["number"], day=1),
                "period": known.get((row["year"], row["number"])),
                "over": (row["year"], row["number"]) < (today.year, today.month),
            }
            for row in months
        ]
        return {"rows": rows}


class ClosePeriod(FormPage):
    perm = "payments.close_period"
    title = gettext_lazy("Close a month")
    form_class = forms.MonthForm
    breadcrumbs = (LEDGER, (gettext_lazy("Months"), "payments:periods"))
    submit_label = gettext_lazy("Close the month")
    success_message = gettext_lazy("Closed. Nothing is posted into this month any more.")
    success_url = "payments:periods"
    cancel_url = "payments:periods"

    def get_initial(self) -> dict[str, Any]:
        day = parse_date(self.request.GET.get("month", "")[:10] or "x")
        return {"month": day} if day else {}

    def save(self, form: Any) -> LedgerPeriod:
        return periods.close(form.cleaned_data["month"], by=self.request.user)  # type: ignore[arg-type]


class PolicyPage(FormPage):
    """The rules of paying; everybody in finance reads them, an administrator changes them."""

    guards = True
    perm = "payments.view_ledger"
    title = gettext_lazy("Payment rules")
    form_class = forms.PolicyForm
    template_name = "payments/policy.html"
    breadcrumbs = ((gettext_lazy("Payments"), "payments:home"),)
    success_message = gettext_lazy("Saved.")
    success_url = "payments:policy"
    cancel_url = "payments:home"

    def get_initial(self) -> dict[str, Any]:
        rules = policy.current()
        return {name: getattr(rules, name) for name in policy.POLICY_FIELDS}

    def get_context(self) -> dict[str, Any]:
        from payments.tax.book import all_rules

        rules = policy.current()
        return {
            "policy": rules,
            "limits": ApprovalLimit.objects.all(),
            "rules": [
                (rule, withholding.STATUS_WORDS[rule.status], withholding.open_parts(rule.open))
                for rule in sorted(all_rules(), key=lambda r: (r.code, r.effective_from))
            ],
            "today": timezone.localdate(),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check(request.user, "payments.change_policy")
        return super().post(request, *args, **kwargs)

    def save(self, form: Any) -> PaymentPolicy:
        return policy.change(policy.current(), by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class NewLimit(FormPage):
    perm = "payments.change_policy"
    title = gettext_lazy("Approval limit")
    form_class = forms.LimitForm
    breadcrumbs = ((gettext_lazy("Payment rules"), "payments:policy"),)
    success_message = gettext_lazy("Saved.")
    success_url = "payments:policy"
    cancel_url = "payments:policy"

    def save(self, form: Any) -> ApprovalLimit:
        data = form.cleaned_data | {"currency": form.cleaned_data["currency"].upper()}
        return policy.set_limit(by=self.request.user, **data)  # type: ignore[arg-type]
