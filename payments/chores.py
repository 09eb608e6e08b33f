"""What happens by itself: the notice to an old contact, overdue invoices, the daily look at the books."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.core.mail import send_mail
from django.db.models import CharField, F
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from krm import events
from krm.events.leases import run_once
from krm.events.models import Lease
from krm.web.format import moment
from payments import ledger, notices, people
from payments.models import Invoice, LedgerAccount, PayeeChange

logger = logging.getLogger(__name__)
BANK_CHANGE = "payments.mail_bank_change"
MAIL_WITHIN = timedelta(days=3)


def mail_bank_change(change_id: int) -> None:
    """Mail to the address we had when the data was changed. Sent once: the lease is the memory, kept once it is sent."""
    change = PayeeChange.objects.select_related("payee__creator").filter(pk=change_id).first()
    if change is not None and change.noticed_email:
        run_once(BANK_CHANGE, str(change_id), lambda: _mail_bank_change(change))


def mail_bank_changes() -> None:
    """Notices of the last days that have not gone out: the mail server or the worker was down."""
    waiting = (
        PayeeChange.objects.filter(
            changed_at__gt=timezone.now() - MAIL_WITHIN, payee__first_verified_at__lt=F("changed_at")
        )
        .exclude(noticed_email="")
        .annotate(period=Cast("pk", CharField()))
        .exclude(period__in=Lease.objects.filter(name=BANK_CHANGE).values("period"))
    )
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:100]:
        try:
            mail_bank_change(pk)
        except OSError:  # still down: the next run tries again
            logger.warning("notices of bank changes wait: mail cannot be sent", exc_info=True)
            return


def _mail_bank_change(change: PayeeChange) -> None:
    with override("id"):
        send_mail(
            _("Your bank or tax data was changed"),
            _(
                "Hello %(name)s,\n\nthe bank or tax data we pay you with was changed on %(time)s. "
                "If this was not you, tell the agency at once. Nothing is paid to the new data for now.\n"
            )
            % {
                "name": change.payee.creator,
                "time": moment(change.changed_at),
            },
            None,
            [change.noticed_email],
        )


def tell_overdue() -> int:
    """One message a day and invoice to finance."""
    today = timezone.localdate()
    late = (
        Invoice.objects.filter(
            due_on__lt=today, state__in=("submitted", "matched", "mismatch", "approved", "scheduled")
        )
        .select_related("partnership__campaign__brand", "partnership__creator")
        .order_by("pk")
    )
    for invoice in late:
        notices.overdue(invoice, today.isoformat())
    return len(late)


def audit_books() -> list[ledger.Break]:
    """Recompute the books from the documents; a difference is told to finance at once."""
    breaks = ledger.audit()
    if breaks:
        logger.error("books disagree", extra={"breaks": [f"{b.rule}: {b.detail}" for b in breaks[:20]]})
        account = LedgerAccount.objects.get(code=ledger.PAYABLE)
        events.notify(
            "payments.books_break",
            people.finance_users(),
            account,
            title=gettext_lazy("The books do not agree with the documents"),
            text="; ".join(f"{b.rule}: {b.detail}" for b in breaks[:5]),
            url="/payments/ledger/",
            key=f"books_break:{timezone.localdate()}",
        )
    return breaks
