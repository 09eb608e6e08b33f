"""Invoices of payees: draft, submit, match, approve, reject, void.

Lock order everywhere: payee, then invoice, then milestones. The approver is never the one who created,
submitted or matched the invoice; the database holds that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Partnership
from krm import events
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict, Denied
from krm.events.models import Event
from krm.money.amounts import to_minor
from payments import duedates, ledger, matching, milestones, notices, policy, settling, withholding
from payments.files import checked
from payments.models import Invoice, InvoiceLine, LedgerTransaction, MatchResult, PayeeProfile
from payments.models.invoices import EDITABLE_STATES
from payments.tax import NeedsReview

SYSTEM_PREFIX = "KRM"


def lock(invoice: Invoice) -> Invoice:
    PayeeProfile.objects.select_for_update().get(pk=invoice.payee_id)
    return (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("partnership__campaign__brand", "partnership__creator", "payee")
        .get(pk=invoice.pk)
    )


def wrong_state(invoice: Invoice, can: str) -> Conflict:
    return Conflict(
        _("Invoice %(number)s is “%(state)s”. %(can)s")
        % {"number": invoice, "state": invoice.get_state_display(), "can": can}
    )


def _payee_of(partnership: Partnership) -> PayeeProfile:
    payee = PayeeProfile.objects.filter(creator_id=partnership.creator_id).first()
    if payee is None:
        raise ValidationError(
            _(
                "There is no payee profile for %(name)s yet. The KOL enters tax and bank data in the portal first."
            )
            % {"name": partnership.creator}
        )
    return payee


# Drafts


def save_draft(
    partnership: Partnership,
    *,
    by: User,
    lines: Sequence[dict[str, Any]],
    invoice: Invoice | None = None,
    number: str = "",
    issued_on: date | None = None,
    faktur_number: str = "",
    note: str = "",
    document: Any = None,
    origin: str = Invoice.Origin.PORTAL,
) -> Invoice:
    """Write a draft, or correct one that was rejected or does not match.

    `lines` are {"claim": "m12" | "d7", "amount": Decimal, "description": str}; amounts default to what was agreed.
    """
    check(by, "payments.submit_invoice", invoice or partnership)
    if by.is_portal:
        origin = Invoice.Origin.PORTAL
    payee = _payee_of(partnership)
    file = checked(document, "document") if document else None
    if issued_on and issued_on > timezone.localdate():
        raise ValidationError({"issued_on": _("The invoice date lies in the future.")})
    with transaction.atomic():
        PayeeProfile.objects.select_for_update().get(pk=payee.pk)
        known = {claim.key: claim for claim in milestones.claims(partnership)}
        if not known:
            raise ValidationError(_("There is no signed agreement to invoice."))
        if invoice is not None:
            invoice = lock(invoice)
            if invoice.partnership_id != partnership.pk:
                raise ValidationError({"partnership": _("An invoice stays with its partnership.")})
            if invoice.state not in EDITABLE_STATES:
                raise wrong_state(
                    invoice, _("Only a draft, a rejected or a mismatched invoice can be changed.")
                )
        wanted = _wanted(lines, known, invoice)
        if invoice is None:
            first = known[next(iter(wanted))]
            invoice = Invoice(
                partnership=partnership,
                payee=payee,
                origin=origin,
                currency=first.currency,
                terms_days=policy.current().terms_days,
                created_by=by,
                is_demo=partnership.campaign.is_demo,
            )
        invoice.number = number.strip()
        invoice.issued_on = issued_on
        invoice.faktur_number = faktur_number.strip()
        invoice.note = note.strip()
        invoice.gross = sum((row["amount"] for row in wanted.values()), Decimal(0))
        invoice.vat = invoice.withheld = Decimal(0)
        invoice.net = invoice.gross
        if file is not None:
            invoice.document.save(file.content.name or file.name, file.content, save=False)
            invoice.document_name, invoice.document_sha256 = file.name, file.sha256
        is_new = invoice.pk is None
        try:
            with transaction.atomic():
                invoice.save()
                invoice.lines.all().delete()
                InvoiceLine.objects.bulk_create(
                    InvoiceLine(
                        invoice=invoice,
                        milestone=known[key].milestone,
                        deliverable=known[key].deliverable,
                        description=row["description"],
                        amount=row["amount"],
                        order=order,
                    )
                    for order, (key, row) in enumerate(wanted.items())
                )
        except IntegrityError as error:
            raise _taken(error) from error
        events.record(
            "payments.invoice_drafted" if is_new else "payments.invoice_changed",
            invoice,
            actor=by,
            data={"partnership_id": partnership.pk},
        )
        return invoice


def _wanted(
    lines: Sequence[dict[str, Any]], known: dict[str, milestones.Claim], invoice: Invoice | None
) -> dict[str, dict[str, Any]]:
    if not lines:
        raise ValidationError({"lines": _("Choose at least one line.")})
    wanted: dict[str, dict[str, Any]] = {}
    for row in lines:
        claim = known.get(str(row.get("claim", "")))
        if claim is None:
            raise ValidationError(
                {"lines": _("This line is not part of the agreement. Choose from the list.")}
            )
        if claim.line is not None and (invoice is None or claim.line.invoice_id != invoice.pk):
            raise ValidationError(
                {
                    "lines": _("“%(line)s” is already on invoice %(number)s.")
                    % {"line": claim.name, "number": claim.line.invoice}
                }
            )
        if claim.key in wanted:
            raise ValidationError({"lines": _("“%(line)s” is chosen twice.") % {"line": claim.name}})
        amount = claim.amount if row.get("amount") in (None, "") else Decimal(row["amount"])
        try:
            if to_minor(amount, claim.currency) <= 0:
                raise ValidationError(
                    {"lines": _("The amount of “%(line)s” must be above zero.") % {"line": claim.name}}
                )
        except ValueError:
            raise ValidationError(
                {"lines": _("Write the amount of “%(line)s” without cents.") % {"line": claim.name}}
            ) from None
        if amount >= Decimal(10) ** 14:
            raise ValidationError(
                {"lines": _("The amount of “%(line)s” is too large.") % {"line": claim.name}}
            )
        wanted[claim.key] = {
            "amount": amount,
            "description": (str(row.get("description") or "").strip() or claim.name)[:300],
        }
    if len({known[key].currency for key in wanted}) > 1:
        raise ValidationError({"lines": _("Put lines of different currencies on different invoices.")})
    return wanted


def _taken(error: IntegrityError) -> Exception:
    text = str(error)
    if "invoice_number_once_per_payee" in text:
        return ValidationError(
            {"number": _("You already sent an invoice with this number. Use another number.")}
        )
    if "invoice_line_milestone_once" in text or "invoice_line_deliverable_once" in text:
        return Conflict(_("One of the lines was put on another invoice just now. Reload the page."))
    return error


def draft_from_deliverables(partnership: Partnership, *, by: User, note: str = "") -> Invoice:
    """The system drafts what is accepted and not yet invoiced; the KOL or the agency submits it."""
    check(by, "payments.draft_invoice", partnership)
    with transaction.atomic():
        payee = _payee_of(partnership)
        PayeeProfile.objects.select_for_update().get(pk=payee.pk)
        due = milestones.open_claims(partnership)
        if not due:
            raise Conflict(_("Nothing is due: no accepted work of this agreement is without an invoice."))
        invoice = save_draft(
            partnership,
            by=by,
            lines=[{"claim": claim.key} for claim in due],
            number=_next_number(partnership),
            issued_on=timezone.localdate(),
            note=note,
            origin=Invoice.Origin.SYSTEM,
        )
        notices.tell_portal(invoice, "payments.invoice_drafted")
        return invoice


def _next_number(partnership: Partnership) -> str:
    """Called with the payee locked, so that two drafts do not get the same number."""
    taken = Invoice.objects.filter(
        payee__creator_id=partnership.creator_id, origin=Invoice.Origin.SYSTEM
    ).count()
    return f"{SYSTEM_PREFIX}-{partnership.campaign.code}-{partnership.pk}-{taken + 1}"


# Submit and match


def send(partnership: Partnership, *, by: User, **values: Any) -> Invoice:
    """Write and submit in one: refused as a whole, or done as a whole. Takes what `save_draft` takes."""
    with transaction.atomic():
        return submit(save_draft(partnership, by=by, **values), by=by)


def submit(invoice: Invoice, *, by: User, number: str | None = None) -> Invoice:
    """Send it in; the match runs at once. The promised date is set here."""
    check(by, "payments.submit_invoice", invoice)
    try:
        with transaction.atomic():
            invoice = lock(invoice)
            if invoice.state not in EDITABLE_STATES:
                raise wrong_state(
                    invoice, _("Only a draft, a rejected or a mismatched invoice can be submitted.")
                )
            if number is not None:
                invoice.number = number.strip()
            if not invoice.number:
                raise ValidationError({"number": _("Write the number of your invoice.")})
            if not invoice.lines.exists():
                raise ValidationError({"lines": _("Choose at least one line.")})
            if invoice.origin == Invoice.Origin.PORTAL and not invoice.document:
                raise ValidationError({"document": _("Attach your invoice as a PDF or a photo.")})
            today = timezone.localdate()
            rules = policy.current()
            invoice.issued_on = invoice.issued_on or today
            invoice.submitted_by, invoice.submitted_at = by, timezone.now()
            invoice.matched_by, invoice.matched_at = None, None
            invoice.rejected_by, invoice.rejected_at = None, None
            invoice.due_on = duedates.due_date(today, invoice.terms_days, rules.country)
            invoice.to_submitted()
            invoice.save()
            milestones.mark(
                invoice.lines.exclude(milestone=None).values_list("milestone_id", flat=True), "invoiced"
            )
            events.record(
                "payments.invoice_submitted",
                invoice,
                actor=by,
                data={
                    "partnership_id": invoice.partnership_id,
                    "number": invoice.number,
                    "due_on": str(invoice.due_on),
                },
            )
            _run_match(invoice, None)
            notices.submitted(invoice)
            return invoice
    except IntegrityError as error:
        raise _taken(error) from error


def match(invoice: Invoice, *, by: User) -> Invoice:
    """Finance runs the match again, after something was mended. Who does it cannot approve this invoice."""
    check(by, "payments.match_invoice", invoice)
    with transaction.atomic():
        invoice = lock(invoice)
        if invoice.state not in ("submitted", "matched", "mismatch"):
            raise wrong_state(invoice, _("Only a submitted invoice is matched."))
        _run_match(invoice, by)
        return invoice


def rematch_by_system(invoice: Invoice) -> Invoice:
    """The world changed (work accepted, payee verified): look again, on nobody's behalf."""
    with transaction.atomic():
        invoice = lock(invoice)
        if invoice.state in ("submitted", "mismatch"):
            _run_match(invoice, None)
        return invoice


def _run_match(invoice: Invoice, by: User | None) -> bool:
    findings = matching.run(invoice)
    ok = matching.matches(findings)
    before = invoice.state
    invoice.match_run += 1
    invoice.matched_at = timezone.now()
    if by is not None:
        invoice.matched_by = by  # once a person matched it, that person stays out of the approval
    MatchResult.objects.bulk_create(
        MatchResult(
            invoice=invoice,
            line=finding.line,
            run=invoice.match_run,
            check_name=finding.check,
            ok=finding.ok,
            reason=finding.reason,
            data=finding.data,
        )
        for finding in findings
    )
    if ok and invoice.state in ("submitted", "mismatch"):
        invoice.to_matched()
    elif not ok and invoice.state in ("submitted", "matched"):
        invoice.to_mismatch()
    invoice.save(
        update_fields=["state", "match_run", "matched_at", "matched_by", "updated_at"],
    )
    if invoice.state != before:
        events.record(
            "payments.invoice_matched" if ok else "payments.invoice_mismatched",
            invoice,
            actor=by,
            data={"run": invoice.match_run, "failed": sorted({f.check for f in findings if not f.ok})},
        )
        if not ok:
            notices.mismatched(invoice)
    return ok


# Decide


def approve(
    invoice: Invoice,
    *,
    by: User,
    seen_run: int | None = None,
    manual_withheld: Decimal | None = None,
    manual_reason: str = "",
) -> Invoice:
    """A second person approves: the match is run once more, tax is withheld, the debt is posted to the books.

    `seen_run` is the match run the approver looked at. `manual_withheld` is only taken where no tax rule
    covers the case.
    """
    check(by, "payments.approve_invoice", invoice)
    with transaction.atomic():
        invoice = lock(invoice)
        if invoice.state != "matched":
            raise wrong_state(invoice, _("Only a matched invoice can be approved."))
        if not may_approve(invoice, by, written_by=writers(invoice)):
            raise Denied(_("You created, submitted or matched this invoice. Another person approves it."))
        if seen_run is not None and seen_run != invoice.match_run:
            raise Conflict(_("The invoice changed since you opened it. Look at it again, then approve."))
        findings = matching.run(invoice)
        still_ok = matching.matches(findings)
        if still_ok:
            _approve_locked(invoice, by, manual_withheld, manual_reason)
        else:
            _run_match(invoice, None)
    if not still_ok:
        raise Conflict(
            _("The invoice no longer matches: %(what)s") % {"what": notices.first_problem(invoice)}
        )
    return invoice


def _approve_locked(invoice: Invoice, by: User, manual_withheld: Decimal | None, manual_reason: str) -> None:
    today = timezone.localdate()
    try:
        tax = withholding.assess_invoice(invoice, today)
        if manual_withheld is not None:
            raise ValidationError(
                {"manual_withheld": _("A tax rule covers this invoice; leave the amount empty.")}
            )
        invoice.gross, invoice.vat, invoice.withheld = tax.gross, tax.vat, tax.withheld
        invoice.tax, invoice.tax_version = tax.as_json(), tax.version
    except NeedsReview as gap:
        if manual_withheld is None:
            raise Conflict(
                _("No tax rule covers this invoice (%(why)s). Enter the tax to withhold and why.")
                % {"why": gap.why}
            ) from None
        _manual_tax(invoice, manual_withheld, manual_reason)
    invoice.net = invoice.gross + invoice.vat - invoice.withheld
    policy.check_limit(by, invoice.gross + invoice.vat, invoice.currency)
    invoice.tax_month = today.replace(day=1)
    invoice.approved_by, invoice.approved_at = by, timezone.now()
    invoice.to_approved()
    invoice.save()
    _post_approval(invoice, today, by)
    events.record(
        "payments.invoice_approved",
        invoice,
        actor=by,
        data={
            "partnership_id": invoice.partnership_id,
            "due_on": str(invoice.due_on),
            "tax": invoice.tax.get("code", ""),
        },
    )
    notices.approved(invoice)
    if invoice.net == 0:
        _settle_without_payment(invoice, today, by)


def _settle_without_payment(invoice: Invoice, on: date, by: User) -> None:
    """All of it is withheld: no transfer will ever close it, so approval does."""
    settling.settle(invoice, on=on, key=f"invoice:{invoice.pk}:settled")
    events.record(
        "payments.invoice_paid",
        invoice,
        actor=by,
        data={"partnership_id": invoice.partnership_id, "paid_on": str(on)},
    )


def _manual_tax(invoice: Invoice, withheld: Decimal, reason: str) -> None:
    if len(reason.strip()) < 3:
        raise ValidationError({"manual_reason": _("Say how you came to this amount.")})
    try:
        minor = to_minor(withheld, invoice.currency)
    except ValueError:
        raise ValidationError({"manual_withheld": _("This currency has no such small units.")}) from None
    if not 0 <= minor <= to_minor(invoice.gross, invoice.currency):
        raise ValidationError({"manual_withheld": _("The tax lies between zero and the fee.")})
    net = invoice.gross - withheld
    invoice.vat, invoice.withheld = Decimal(0), withheld
    invoice.tax = {
        "code": "manual",
        "gross": str(invoice.gross),
        "vat": "0",
        "withheld": str(withheld),
        "net": str(net),
        "versions": {},
        "steps": [
            {"kind": "gross", "amount": str(invoice.gross)},
            {"kind": "manual", "why": reason.strip(), "tax": str(withheld)},
            {
                "kind": "net",
                "gross": str(invoice.gross),
                "vat": "0",
                "withheld": str(withheld),
                "net": str(net),
            },
        ],
    }
    invoice.tax_version = "manual"


def _post_approval(invoice: Invoice, on: date, by: User) -> LedgerTransaction:
    currency = invoice.currency
    legs = [ledger.debit(ledger.KOL_COST, invoice.gross, currency)]
    if invoice.vat:
        legs.append(ledger.debit(ledger.VAT_INPUT, invoice.vat, currency))
    if invoice.withheld:
        legs.append(ledger.credit(ledger.WITHHOLDING[invoice.tax["code"]], invoice.withheld, currency))
    if invoice.net:
        legs.append(ledger.credit(ledger.PAYABLE, invoice.net, currency, invoice.payee))
    return ledger.post(
        key=f"invoice:{invoice.pk}:approved",
        kind=LedgerTransaction.Kind.INVOICE_APPROVED,
        occurred_on=on,
        memo=f"{invoice.number} · {invoice.partnership.creator}",
        entries=legs,
        by=by,
        invoice=invoice,
        is_demo=invoice.is_demo,
    )


def reject(invoice: Invoice, *, by: User, reason: str) -> Invoice:
    """Send it back with the reason; the KOL corrects it or withdraws it."""
    check(by, "payments.reject_invoice", invoice)
    if len(reason.strip()) < 3:
        raise ValidationError({"reason": _("Say what must change.")})
    with transaction.atomic():
        invoice = lock(invoice)
        if invoice.state not in ("submitted", "matched", "mismatch"):
            raise wrong_state(invoice, _("Only an invoice that waits for approval can be rejected."))
        invoice.rejected_by, invoice.rejected_at, invoice.rejected_reason = by, timezone.now(), reason.strip()
        invoice.to_rejected()
        invoice.save(update_fields=["state", "rejected_by", "rejected_at", "rejected_reason", "updated_at"])
        events.record(
            "payments.invoice_rejected", invoice, actor=by, data={"partnership_id": invoice.partnership_id}
        )
        notices.rejected(invoice)
        return invoice


def void(invoice: Invoice, *, by: User, reason: str) -> Invoice:
    """Take an unpaid invoice out of the world. A posted debt is reversed; its work can be invoiced again."""
    check(by, "payments.void_invoice", invoice)
    if len(reason.strip()) < 3:
        raise ValidationError({"reason": _("Say why it is void.")})
    with transaction.atomic():
        invoice = lock(invoice)
        if by.is_portal and invoice.state not in EDITABLE_STATES:
            raise wrong_state(invoice, _("You can withdraw a draft, a rejected or a mismatched invoice."))
        if invoice.state == "void" or (invoice.state == "paid" and invoice.net != 0):
            raise wrong_state(invoice, _("Only an unpaid invoice can be voided."))
        if invoice.state == "paid":  # settled without a payment
            settling.unsettle(invoice, on=timezone.localdate(), key=f"invoice:{invoice.pk}:unsettled")
        if invoice.payouts.filter(state="succeeded").exists():
            raise Conflict(_("Part of this invoice is paid. Mark the payment as come back first."))
        if invoice.state in ("approved", "scheduled"):
            _require_last_of_month(invoice)
            posted = LedgerTransaction.objects.get(key=f"invoice:{invoice.pk}:approved")
            ledger.reverse(
                posted,
                key=f"invoice:{invoice.pk}:voided",
                kind=LedgerTransaction.Kind.INVOICE_VOIDED,
                occurred_on=timezone.localdate(),
                by=by,
            )
        milestones.mark(invoice.lines.exclude(milestone=None).values_list("milestone_id", flat=True), "ready")
        invoice.void_reason = reason.strip()
        invoice.to_void()
        invoice.save(update_fields=["state", "void_reason", "updated_at"])
        invoice.lines.update(active=False)
        events.record(
            "payments.invoice_voided", invoice, actor=by, data={"partnership_id": invoice.partnership_id}
        )
        if not by.is_portal:
            notices.tell_portal(invoice, "payments.invoice_voided")
        return invoice


def _require_last_of_month(invoice: Invoice) -> None:
    """Tax of a later invoice of the month was counted on top of this one: void that first."""
    later = (
        Invoice.objects.filter(
            payee=invoice.payee,
            tax_month=invoice.tax_month,
            state__in=("approved", "scheduled", "paid"),
            tax__code="pph21",
            approved_at__gt=invoice.approved_at,
        )
        .order_by("-approved_at")
        .first()
    )
    if invoice.tax.get("code") == "pph21" and later is not None:
        raise Conflict(
            _("The tax of invoice %(number)s was counted on top of this one. Void that one first.")
            % {"number": later}
        )


WRITTEN = ("payments.invoice_drafted", "payments.invoice_changed")


def writers(invoice: Invoice) -> set[int]:
    """Everybody who ever wrote or corrected it, by the audit trail; the columns know only the last of each."""
    trail = Event.objects.filter(subject_type="payments.invoice", subject_id=invoice.pk, name__in=WRITTEN)
    return {pk for pk in trail.values_list("actor_id", flat=True) if pk is not None}


def may_approve(invoice: Invoice, user: User, *, written_by: Iterable[int | None]) -> bool:
    """Whether this person is not one of its makers."""
    return user.pk not in {invoice.created_by_id, invoice.submitted_by_id, invoice.matched_by_id, *written_by}


def attach(invoice: Invoice, *, by: User, document: Any) -> Invoice:
    """Put the payee's own invoice file on a draft, or on one that is corrected."""
    check(by, "payments.submit_invoice", invoice)
    file = checked(document, "document")
    with transaction.atomic():
        invoice = lock(invoice)
        if invoice.state not in EDITABLE_STATES:
            raise wrong_state(invoice, _("Only a draft, a rejected or a mismatched invoice can be changed."))
        invoice.document.save(file.content.name or file.name, file.content, save=False)
        invoice.document_name, invoice.document_sha256 = file.name, file.sha256
        invoice.save(update_fields=["document", "document_name", "document_sha256", "updated_at"])
        events.record(
            "payments.invoice_changed", invoice, actor=by, data={"partnership_id": invoice.partnership_id}
        )
        return invoice
