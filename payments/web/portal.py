"""The KOL's side, made for a phone: invoices, their own data, and when the money comes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Partnership
from creators.models import Creator
from krm.accounts.stepup import require_recent_login
from krm.money.typed import read_amount
from krm.web.forms import amount_text
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, Page
from payments import invoices, milestones, payees, payouts, promise, withholding
from payments.models import Invoice, PayeeProfile, Payout
from payments.web import forms
from payments.web.invoices import serve


def my_invoices(user: Any) -> Any:
    return (
        Invoice.objects.visible_to(user)
        .select_related("partnership__campaign", "partnership__creator", "payee")
        .prefetch_related("payouts", "match_results")
        .order_by("-pk")
    )


def my_creators(user: Any) -> list[Creator]:
    return list(Creator.objects.visible_to(user).order_by("name"))


def ready_work(user: Any) -> list[dict[str, Any]]:
    """Partnerships with something due and not invoiced."""
    found = []
    signed = (
        Partnership.objects.visible_to(user)
        .filter(agreement__state="signed")
        .select_related("campaign", "creator", "agreement")
    )
    for partnership in signed:
        due = milestones.open_claims(partnership)
        if due:
            total = sum((claim.amount for claim in due), Decimal(0))
            found.append(
                {"partnership": partnership, "claims": due, "total": total, "currency": due[0].currency}
            )
    return found


def show_promise(invoice: Invoice) -> Invoice:
    invoice.promise = promise.of(invoice)  # type: ignore[attr-defined]
    return invoice


class PortalInvoices(Page):
    area = "portal"
    title = gettext_lazy("Invoices")
    template_name = "payments/portal/invoices.html"

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        creators = my_creators(user)
        have = set(PayeeProfile.objects.visible_to(user).values_list("creator_id", flat=True))
        return {
            "ready": ready_work(user),
            "invoices": [show_promise(invoice) for invoice in my_invoices(user)[:100]],
            "without_payee": [creator for creator in creators if creator.pk not in have],
            "many": len(creators) > 1,
        }


class PortalPanel(PortalInvoices):
    """'When does my money come' on the portal's first page."""

    template_name = "payments/portal/panel.html"

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        waiting = my_invoices(user).exclude(state__in=("paid", "void", "draft"))[:5]
        last = my_invoices(user).filter(state="paid").order_by("-paid_at").first()
        return {
            "waiting": [show_promise(invoice) for invoice in waiting],
            "ready": ready_work(user)[:3],
            "last": show_promise(last) if last else None,
        }


class PortalInvoice(DetailPage):
    area = "portal"
    model = Invoice
    template_name = "payments/portal/invoice.html"
    history = False
    breadcrumbs = ((gettext_lazy("Invoices"), "payments:portal_invoices"),)

    def get_queryset(self) -> Any:
        return my_invoices(self.request.user).prefetch_related("lines")

    def get_context(self) -> dict[str, Any]:
        invoice = self.object
        tax = invoice.tax
        if not tax and invoice.state not in ("void", "rejected"):
            estimate = withholding.preview(
                invoice.payee, invoice.gross, invoice.currency, timezone.localdate()
            )
            tax = estimate.as_json() if estimate else {}
        return {
            "promise": promise.of(invoice),
            "problems": [result for result in promise.latest_results(invoice) if not result.ok]
            if invoice.state == "mismatch"
            else [],
            "tax_steps": withholding.steps_in_words(tax, invoice.currency),
            "tax_doubts": withholding.doubts(tax),
            "tax_is_estimate": bool(tax) and not invoice.tax,
            "expected_net": Decimal(tax["net"]) if tax else invoice.net,
            "open_amount": payouts.open_amount(invoice),
            "editable": invoice.state in ("draft", "mismatch", "rejected"),
        }


def read_lines(data: Any, claims: list[milestones.Claim]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The chosen lines of a posted form, and what was typed, to be shown again."""
    chosen = set(data.getlist("claim"))
    typed: dict[str, Any] = {}
    lines: list[dict[str, Any]] = []
    for claim in claims:
        text = data.get(f"amount_{claim.key}", "").strip()
        typed[claim.key] = {"on": claim.key in chosen, "amount": text}
        if claim.key not in chosen:
            continue
        try:
            amount = read_amount(text) if text else None
        except ValueError:
            raise ValidationError(
                {
                    "lines": _("Write the amount of “%(line)s” in digits, for example 2500000.")
                    % {"line": claim.name}
                }
            ) from None
        lines.append({"claim": claim.key, "amount": amount})
    return lines, typed


class InvoiceFormPage(FormPage):
    """New invoice, and correction of one: what is due is ticked and filled in."""

    area = "portal"
    form_class = forms.InvoiceForm
    template_name = "payments/portal/invoice_form.html"
    breadcrumbs = ((gettext_lazy("Invoices"), "payments:portal_invoices"),)
    partnership: Partnership
    payee: PayeeProfile | None = None
    typed: dict[str, Any] | None = None

    def find(self) -> None:
        raise NotImplementedError

    def prepare(self) -> None:
        self.find()
        self.payee = (
            PayeeProfile.objects.visible_to(self.request.user)
            .filter(creator_id=self.partnership.creator_id)
            .first()
        )
        self.claims = [
            claim
            for claim in milestones.claims(self.partnership)
            if claim.line is None or (self.object is not None and claim.line.invoice_id == self.object.pk)
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        if self.payee is None:
            from django.contrib import messages
            from django.shortcuts import redirect

            messages.info(request, _("First enter your tax and bank data; then write the invoice."))
            return redirect(
                f"{reverse('payments:portal_payee', args=[self.partnership.creator_id])}?next={request.path}"
            )
        return self.form_response(self.get_form())

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "is_pkp": bool(self.payee and self.payee.is_pkp),
            "invoice": self.object,
        }

    def rows(self) -> list[dict[str, Any]]:
        own = {
            (f"m{line.milestone_id}" if line.milestone_id else f"d{line.deliverable_id}"): line
            for line in self.own_lines()
        }
        rows = []
        for claim in self.claims:
            line = own.get(claim.key)
            amount = line.amount if line else claim.amount
            row = {
                "claim": claim,
                "on": bool(line) or (claim.due and self.object is None),
                "amount": amount_text(amount),
            }
            if self.typed is not None:
                row.update(self.typed.get(claim.key, {"on": False}))
            rows.append(row)
        return rows

    def own_lines(self) -> Any:
        return self.object.lines.all() if self.object is not None else []

    def get_context(self) -> dict[str, Any]:
        return {
            "partnership": self.partnership,
            "rows": self.rows(),
            "payee": self.payee,
            "currency": self.claims[0].currency if self.claims else "IDR",
        }

    def save(self, form: Any) -> Invoice:
        if self.payee is None:
            raise ValidationError(_("First enter your tax and bank data; then write the invoice."))
        lines, self.typed = self.lines()
        data = form.cleaned_data
        user: Any = self.request.user
        as_draft = "draft" in self.request.POST
        self.success_message = _("Draft saved.") if as_draft else _("Invoice sent.")
        verb = invoices.save_draft if as_draft else invoices.send
        return verb(
            self.partnership,
            by=user,
            invoice=self.object,
            lines=lines,
            number=data["number"],
            issued_on=data["issued_on"],
            faktur_number=data.get("faktur_number", ""),
            note=data["note"],
            document=data["document"],
        )

    def lines(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        return read_lines(self.request.POST, self.claims)

    def is_valid(self, form: Any) -> bool:
        self.lines_as_typed()  # shown again, whatever is wrong
        return bool(form.is_valid())

    def lines_as_typed(self) -> None:
        data = self.request.POST
        self.typed = {
            claim.key: {
                "on": claim.key in data.getlist("claim"),
                "amount": data.get(f"amount_{claim.key}", ""),
            }
            for claim in self.claims
        }

    def get_success_url(self, obj: Any) -> str:
        return reverse("payments:portal_invoice_detail", args=[obj.pk])

    def get_cancel_url(self) -> str:
        return reverse("payments:portal_invoices")


class NewInvoice(InvoiceFormPage):
    title = gettext_lazy("New invoice")

    def find(self) -> None:
        self.partnership = _partnership(self.request, self.kwargs["pk"])


class EditInvoice(InvoiceFormPage):
    title = gettext_lazy("Correct the invoice")

    def find(self) -> None:
        self.object = my_invoices(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if self.object is None:
            raise Http404
        self.partnership = self.object.partnership

    def get_initial(self) -> dict[str, Any]:
        invoice = self.object
        return {
            "number": invoice.number,
            "issued_on": invoice.issued_on or timezone.localdate(),
            "faktur_number": invoice.faktur_number,
            "note": invoice.note,
        }


def _partnership(request: HttpRequest, pk: int) -> Partnership:
    found = (
        Partnership.objects.visible_to(request.user)
        .filter(pk=pk, agreement__state="signed")
        .select_related("campaign", "creator", "agreement")
        .first()
    )
    if found is None:
        raise Http404
    return found


class Withdraw(ObjectFormPage):
    area = "portal"
    model = Invoice
    form_class = forms.ReasonForm
    title = gettext_lazy("Withdraw the invoice")
    submit_label = gettext_lazy("Withdraw")
    success_message = gettext_lazy("Withdrawn. You can invoice this work again.")
    success_url = "payments:portal_invoices"
    cancel_url = "payments:portal_invoices"
    perm = None

    def save(self, form: Any) -> Invoice:
        return invoices.void(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class Payee(FormPage):
    """Tax and bank data of one creator; asks for a fresh proof of who is there first."""

    area = "portal"
    form_class = forms.PayeeForm
    template_name = "payments/portal/payee_form.html"
    title = gettext_lazy("Tax and bank data")
    success_message = gettext_lazy("Saved. Finance checks it; you get a message.")

    def prepare(self) -> None:
        creator = Creator.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if creator is None:
            raise Http404
        require_recent_login(self.request, repeat=False)
        self.creator = creator
        self.payee = PayeeProfile.objects.visible_to(self.request.user).filter(creator=creator).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "payee": self.payee}

    def get_initial(self) -> dict[str, Any]:
        if self.payee is None:
            return {"legal_name": self.creator.name, "kind": "individual", "tax_country": "ID"}
        names = ("kind", "legal_name", "tax_country", "is_pkp", "bank_code")
        return {name: getattr(self.payee, name) for name in names}

    def get_context(self) -> dict[str, Any]:
        return {"creator": self.creator, "payee": self.payee, "many": len(my_creators(self.request.user)) > 1}

    def save(self, form: Any) -> PayeeProfile:
        return payees.save_profile(self.creator, by=self.request.user, **form.values())  # type: ignore[arg-type]

    def get_success_url(self, obj: Any) -> str:
        from krm.web.pages import back

        if "next" in self.request.POST or "next" in self.request.GET:
            return back(self.request, reverse("payments:portal_payees"))
        return reverse("payments:portal_payees")

    def get_cancel_url(self) -> str:
        return reverse("payments:portal_payees")


class Payees(Page):
    """One's own data with masked numbers, its state and its history."""

    area = "portal"
    title = gettext_lazy("Tax and bank data")
    template_name = "payments/portal/payees.html"

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        profiles = {
            payee.creator_id: payee
            for payee in PayeeProfile.objects.visible_to(user).prefetch_related("changes__changed_by")
        }
        return {"rows": [(creator, profiles.get(creator.pk)) for creator in my_creators(user)]}


class InvoiceFile(DetailPage):
    area = "portal"
    model = Invoice

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        invoice = self.get_object()
        return serve(invoice.document, invoice.document_name)


class ProofFile(DetailPage):
    area = "portal"
    model = Payout

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        payout = self.get_object()
        return serve(payout.proof, payout.proof_name)
