"""What payments follows: work accepted, posts gone, payees verified; and the kinds of messages it sends."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from krm import events
from krm.events.models import Event

for _name, _label in (
    ("payments.payee_to_verify", _("Payee to verify")),
    ("payments.payee_answered", _("Answer about bank and tax data")),
    ("payments.bank_data_changed", _("Bank or tax data changed")),
    ("payments.invoice_drafted", _("Invoice drafted for you")),
    ("payments.invoice_submitted", _("Invoice submitted")),
    ("payments.invoice_mismatched", _("Invoice does not match")),
    ("payments.invoice_approved", _("Invoice approved")),
    ("payments.invoice_rejected", _("Invoice rejected")),
    ("payments.invoice_voided", _("Invoice void")),
    ("payments.invoice_paid", _("Invoice paid")),
    ("payments.payment_reversed", _("Payment came back")),
    ("payments.invoice_overdue", _("Invoice overdue")),
    ("payments.books_break", _("The books do not agree with the documents")),
):
    events.register_kind(_name, _label)


@events.subscribe(
    "campaigns.deliverable_accepted", "campaigns.deliverable_published", name="payments.rematch_work"
)
def rematch_work(event: Event) -> None:
    """Work moved on: invoices of that partnership that did not match may match now."""
    from campaigns.models import Deliverable
    from payments.models import Invoice

    deliverable = Deliverable.objects.filter(pk=event.subject_id).first()
    if deliverable is not None:
        _rematch(Invoice.objects.filter(partnership_id=deliverable.partnership_id))


@events.subscribe("payments.payee_verified", name="payments.rematch_payee")
def rematch_payee(event: Event) -> None:
    from payments.models import Invoice

    _rematch(Invoice.objects.filter(payee_id=event.subject_id))


def _rematch(invoices: object) -> None:
    from payments import invoices as verbs

    for invoice in invoices.filter(state__in=("submitted", "mismatch")).order_by("pk"):  # type: ignore[attr-defined]
        verbs.rematch_by_system(invoice)


@events.subscribe(
    "payments.invoice_submitted", "payments.invoice_matched", "payments.invoice_mismatched",
    "payments.invoice_rejected", name="payments.score_creator",
)  # fmt: skip
def score_creator(event: Event) -> None:
    """Whether invoices are right the first time is part of a creator's reliability, which Find shows."""
    from creators.models import SocialAccount

    found = SocialAccount.objects.filter(creator__partnerships__invoices=event.subject_id).order_by("pk")
    if ids := list(found.values_list("pk", flat=True).distinct()):
        events.enqueue("creators.score_accounts", ids)
