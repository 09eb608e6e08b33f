"""Staff pages of invoices: home, list, detail, the decisions, files."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import F, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign, Partnership
from krm.accounts.permissions import allowed
from krm.events.models import Event
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.pages import DetailPage, ObjectFormPage, Page, TabPage
from payments import invoices, milestones, payouts, policy, promise, summaries, withholding, words
from payments.files import stored_bytes
from payments.models import Invoice, InvoiceState, LedgerTransaction, Payout
from payments.tax import NeedsReview
from payments.web import forms


class Home(Page):
    """What waits for finance, oldest promise first."""

    perm = "payments.view"
    title = gettext_lazy("Payments")
    template_name = "payments/home.html"
    actions: ClassVar[Any] = (
        (gettext_lazy("Invoices"), "payments:invoices", ""),
        (gettext_lazy("Payees"), "payments:payees", "", "payments.view_payees"),
        (gettext_lazy("Payment rules"), "payments:policy", "", "payments.view_ledger"),
    )

    def get_context(self) -> dict[str, Any]:
        user: Any = self.request.user
        return {
            "piles": summaries.home(user),
            "to_match": summaries.work(user, ("mismatch", "submitted")),
            "to_approve": summaries.work(user, ("matched",)),
            "to_pay": summaries.work(user, ("approved", "scheduled")),
            "today": timezone.localdate(),
        }


class HomePanel(Home):
    template_name = "payments/home_panel.html"
    actions = ()

    def get_context(self) -> dict[str, Any]:
        return {"piles": summaries.home(self.request.user)}  # type: ignore[arg-type]


class InvoiceFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=InvoiceState.choices)
    campaign = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Campaign"),
        field_name="partnership__campaign",
        queryset=lambda request: Campaign.objects.visible_to(request.user).order_by("name"),
    )
    due = django_filters.DateFromToRangeFilter(label=gettext_lazy("Due"), field_name="due_on")
    overdue = django_filters.BooleanFilter(label=gettext_lazy("Overdue"), method="only_overdue")

    class Meta:
        model = Invoice
        fields: list[str] = []

    def only_overdue(self, queryset: Any, name: str, value: bool) -> Any:
        late = {"due_on__lt": timezone.localdate(), "state__in": summaries.WAITING}
        return queryset.filter(**late) if value else queryset.exclude(**late)


def _approve_many(request: HttpRequest, chosen: Any) -> str:
    done, left = 0, []
    for invoice in chosen.filter(state="matched").order_by("pk")[:200]:
        try:
            invoices.approve(invoice, by=request.user, seen_run=invoice.match_run)  # type: ignore[arg-type]
            done += 1
        except Exception as refusal:
            from krm.web.forms import REFUSALS, refusal_text

            if not isinstance(refusal, REFUSALS):
                raise
            left.append(f"{invoice}: {refusal_text(refusal)}")
    text = _("%(done)s approved.") % {"done": done}
    return " ".join([text, *left[:3]])


class InvoiceList(ListPage):
    name = "payments.invoices"
    perm = "payments.view"
    title = gettext_lazy("Invoices")
    model = Invoice
    filterset_class = InvoiceFilter
    breadcrumbs = ((gettext_lazy("Payments"), "payments:home"),)
    search_fields = (
        "number",
        "payee__legal_name",
        "partnership__creator__name",
        "partnership__creator__display_name",
        "partnership__campaign__name",
    )
    columns = (
        Column(
            "number", gettext_lazy("Invoice"), value=str, link=lambda o: o.get_absolute_url(), sort="number"
        ),
        Column(
            "creator",
            gettext_lazy("KOL"),
            value=lambda o: str(o.partnership.creator),
            sub=lambda o: o.partnership.campaign.name,
            sort="partnership__creator__name",
        ),
        Column("brand", gettext_lazy("Brand"), value="partnership.campaign.brand.name", default=False),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("gross", gettext_lazy("Fee"), kind="money", currency="currency", sort="gross"),
        Column("vat", gettext_lazy("PPN"), kind="money", currency="currency", default=False),
        Column(
            "withheld",
            gettext_lazy("Withheld"),
            kind="money",
            currency="currency",
            value=lambda o: o.withheld if o.tax else None,
            sort="withheld",
        ),
        Column("net", gettext_lazy("To be paid"), kind="money", currency="currency", sort="net"),
        Column("due_on", gettext_lazy("Due"), kind="date", sort=F("due_on")),
        Column("submitted_at", gettext_lazy("Submitted"), kind="date", sort=F("submitted_at"), default=False),
        Column("paid_at", gettext_lazy("Paid"), kind="date", sort=F("paid_at"), default=False),
    )
    bulk_actions = (
        BulkAction(
            "approve",
            gettext_lazy("Approve"),
            run=_approve_many,
            perm="payments.approve_invoice",
            confirm=gettext_lazy("Approve the selected invoices?"),
        ),
    )
    empty = Empty(
        gettext_lazy("No invoices yet"),
        gettext_lazy(
            "KOLs send them from the portal once work is accepted. You can also draft one on a campaign's Payments tab."
        ),
    )

    def get_queryset(self) -> Any:
        return Invoice.objects.visible_to(self.request.user).for_list()


class InvoiceDetail(DetailPage):
    model = Invoice
    perm = "payments.view"
    template_name = "payments/invoice.html"
    tabset = "invoice"
    breadcrumbs = (
        (gettext_lazy("Payments"), "payments:home"),
        (gettext_lazy("Invoices"), "payments:invoices"),
    )

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related(
                "partnership__campaign__brand", "partnership__creator", "payee", "created_by", "submitted_by",
                "matched_by", "approved_by", "rejected_by",
            )
            .prefetch_related(
                Prefetch("match_results"), "lines__milestone", "lines__deliverable__post",
                "lines__milestone__deliverable__post", "payouts__recorded_by", "payouts__reversed_by",
            )
        )  # fmt: skip

    def get_context(self) -> dict[str, Any]:
        invoice, user = self.object, self.request.user
        results = promise.latest_results(invoice)
        for result in results:
            result.owner = promise.OWNERS[promise.fixer_of(result.check_name, result.reason)]  # type: ignore[attr-defined]
        agreement = milestones.agreement_of(invoice.partnership)
        books = allowed(user, "payments.view_ledger")
        tax = invoice.tax or self.expected_tax()
        timeline = self.timeline()
        return {
            "promise": promise.of(invoice),
            "results": results,
            "failed": [result for result in results if not result.ok],
            "agreement": agreement,
            "tax_steps": withholding.steps_in_words(tax, invoice.currency),
            "tax_doubts": withholding.doubts(tax),
            "tax_is_estimate": bool(tax) and not invoice.tax,
            "open_amount": payouts.open_amount(invoice),
            "transactions": (
                LedgerTransaction.objects.visible_to(user)
                .filter(invoice=invoice)
                .prefetch_related("entries__account")
                .order_by("pk")
                if books
                else []
            ),
            "timeline": timeline,
            "is_maker": not invoices.may_approve(
                invoice,
                user,  # type: ignore[arg-type]
                written_by=[event.actor_id for event in timeline if event.name in invoices.WRITTEN],
            ),
            "limit": policy.limit_of(user, invoice.currency),  # type: ignore[arg-type]
            "can": {
                name: allowed(user, f"payments.{name}", invoice)
                for name in (
                    "submit_invoice", "match_invoice", "approve_invoice", "reject_invoice", "void_invoice",
                    "record_payment", "reverse_payment",
                )
            },
            "see_payee": allowed(user, "payments.view_payees"),
        }  # fmt: skip

    def timeline(self) -> list[Event]:
        events = (
            Event.objects.filter(subject_type="payments.invoice", subject_id=self.object.pk)
            .select_related("actor")
            .order_by("-id")[:40]
        )
        for event in events:
            event.said = words.event_said(event.name)  # type: ignore[attr-defined]
        return list(events)

    def expected_tax(self) -> dict[str, Any]:
        invoice = self.object
        if invoice.state in ("void", "rejected"):
            return {}
        try:
            return withholding.assess_invoice(invoice, timezone.localdate()).as_json()
        except NeedsReview:
            return {}


class Approve(ObjectFormPage):
    model = Invoice
    perm = "payments.approve_invoice"
    submit_label = gettext_lazy("Approve")
    success_message = gettext_lazy("Approved. The debt is in the books.")
    form_class = forms.ApproveForm
    template_name = "web/form.html"

    def get_title(self) -> Any:
        return _("Approve invoice %(number)s") % {"number": self.object}

    def get_form(self) -> Any:
        kind = forms.ManualTaxForm if self.needs_review() else forms.ApproveForm
        return kind(**self.get_form_kwargs())

    def needs_review(self) -> bool:
        try:
            withholding.assess_invoice(self.object, timezone.localdate())
        except NeedsReview:
            return True
        return False

    def get_initial(self) -> dict[str, Any]:
        return {"seen_run": self.object.match_run}

    def save(self, form: Any) -> Invoice:
        return invoices.approve(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class Pay(ObjectFormPage):
    model = Invoice
    perm = "payments.record_payment"
    form_class = forms.PayForm
    template_name = "payments/pay.html"
    submit_label = gettext_lazy("Record payment")

    def get_title(self) -> Any:
        return _("Record payment of %(number)s") % {"number": self.object}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("payee", "partnership__creator", "partnership__campaign")

    def get_initial(self) -> dict[str, Any]:
        from krm.money.amounts import round_amount

        amount = round_amount(payouts.open_amount(self.object), self.object.currency)
        return {"amount": amount, "paid_on": timezone.localdate(), "bank_code": "014"}

    def get_context(self) -> dict[str, Any]:
        return {"invoice": self.object, "open_amount": payouts.open_amount(self.object)}

    def save(self, form: Any) -> Payout:
        return payouts.record_payment(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_message(self, obj: Payout) -> str:
        if obj.invoice.state == "paid":
            return _("Payment recorded. The invoice is paid.")
        return _("Payment recorded. A part is still open.")


class ReversePayment(ObjectFormPage):
    model = Payout
    perm = "payments.reverse_payment"
    form_class = forms.ReversePaymentForm
    template_name = "web/form.html"
    submit_label = gettext_lazy("It came back")
    success_message = gettext_lazy("Recorded. The invoice is open again and the books are reversed.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("invoice__partnership")

    def get_title(self) -> Any:
        return _("Payment %(reference)s came back") % {"reference": self.object.reference}

    def save(self, form: Any) -> Payout:
        return payouts.reverse_payment(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class CampaignTab(TabPage):
    model = Campaign
    tabset = "campaign"
    tab_key = "payments"
    perm = "payments.view"
    template_name = "payments/campaign_tab.html"

    def get_context(self) -> dict[str, Any]:
        user: Any = self.request.user
        campaign = self.object
        partnerships = list(
            Partnership.objects.visible_to(user)
            .filter(campaign=campaign, agreement__state="signed")
            .select_related("creator", "agreement")
            .prefetch_related(
                Prefetch(
                    "invoices",
                    queryset=Invoice.objects.visible_to(user)
                    .exclude(state="void")
                    .prefetch_related("payouts")
                    .order_by("pk"),
                )
            )
            .order_by("creator__name")
        )
        return {
            "money": summaries.campaign_money(campaign),
            "partnerships": partnerships,
            "may_draft": allowed(user, "payments.draft_invoice", campaign),
        }


def serve(file: Any, name: str) -> HttpResponse:
    """A stored file as a download: never shown inline, never guessed at by the browser."""
    data = stored_bytes(file)
    if data is None:
        raise Http404
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name or "file")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


class InvoiceFile(DetailPage):
    """The KOL's invoice, to those who may see it."""

    model = Invoice
    perm = "payments.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        invoice = self.get_object()
        return serve(invoice.document, invoice.document_name)


class ProofFile(DetailPage):
    """The bank's proof of a payment."""

    model = Payout
    perm = "payments.view"

    def get_object(self) -> Any:
        try:
            payout = (
                Payout.objects.visible_to(self.request.user)
                .select_related("invoice__partnership")
                .get(pk=self.kwargs["pk"])
            )
        except Payout.DoesNotExist as error:
            raise Http404 from error
        if not allowed(self.request.user, "payments.view", payout.invoice):
            raise Http404
        return payout

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        payout = self.get_object()
        return serve(payout.proof, payout.proof_name)
