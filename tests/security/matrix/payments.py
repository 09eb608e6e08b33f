"""Rights on payees, invoices, payments and the books."""

from __future__ import annotations

from tests.security.matrix import ADMINISTRATORS, EVERYONE, FINANCE, MANAGERS, PORTAL, STAFF, Route, Side

MONEY = FINANCE | MANAGERS | {"viewer"}  # a reviewer works without prices
DRAFTERS = FINANCE | MANAGERS
SENDERS = DRAFTERS | PORTAL
SEEN = MONEY | PORTAL
BOOKKEEPERS = FINANCE
COLUMNS = {"_columns": "reset"}  # a list takes only its own forms
REVEALERS = frozenset({"finance"})

ROUTES = {
    "payments:home": Route(GET=MONEY, sees=STAFF),
    "payments:home_panel": Route(GET=MONEY, sees=STAFF),
    "payments:campaign_tab": Route(GET=MONEY, obj="pay_campaign", sees=STAFF),
    "payments:creator_tab": Route(GET=FINANCE, obj="creator", sees=STAFF, foreign=STAFF),
    "payments:invoice_draft": Route(POST=DRAFTERS, obj="pay_partnership", sees=STAFF),
    "payments:invoices": Route(GET=MONEY, POST=MONEY, sees=STAFF, data=COLUMNS),
    "payments:invoice_detail": Route(GET=MONEY, obj="invoice", sees=MONEY),
    "payments:invoice_file": Route(GET=MONEY, obj="invoice", sees=MONEY),
    "payments:invoice_submit": Route(POST=DRAFTERS, obj="invoice", sees=MONEY),
    "payments:invoice_match": Route(POST=FINANCE, obj="invoice", sees=MONEY),
    "payments:invoice_approve": Route(GET=FINANCE, POST=FINANCE, obj="invoice", sees=MONEY),
    "payments:invoice_reject": Route(GET=FINANCE, POST=FINANCE, obj="invoice", sees=MONEY),
    "payments:invoice_void": Route(GET=FINANCE, POST=FINANCE, obj="invoice", sees=MONEY),
    "payments:invoice_schedule": Route(GET=FINANCE, POST=FINANCE, obj="invoice", sees=MONEY),
    "payments:invoice_pay": Route(GET=FINANCE, POST=FINANCE, obj="invoice", sees=MONEY),
    "payments:payout_proof": Route(GET=MONEY, obj="payout", sees=MONEY),
    "payments:payout_reverse": Route(GET=FINANCE, POST=FINANCE, obj="payout", sees=MONEY),
    "payments:payees": Route(GET=FINANCE, POST=FINANCE, sees=STAFF, data=COLUMNS),
    "payments:payee_detail": Route(GET=FINANCE, obj="payee", sees=FINANCE, foreign=FINANCE),
    "payments:payee_verify": Route(GET=FINANCE, POST=FINANCE, obj="payee", sees=FINANCE, foreign=FINANCE),
    "payments:payee_refuse": Route(GET=FINANCE, POST=FINANCE, obj="payee", sees=FINANCE, foreign=FINANCE),
    "payments:payee_reveal": Route(GET=REVEALERS, POST=REVEALERS, obj="payee", sees=FINANCE, foreign=FINANCE),
    "payments:ledger": Route(GET=BOOKKEEPERS, sees=STAFF),
    "payments:transactions": Route(GET=BOOKKEEPERS, POST=BOOKKEEPERS, sees=STAFF, data=COLUMNS),
    "payments:transaction_new": Route(GET=BOOKKEEPERS, POST=BOOKKEEPERS, sees=STAFF),
    "payments:transaction_detail": Route(GET=BOOKKEEPERS, obj="posting", sees=BOOKKEEPERS),
    "payments:transaction_reverse": Route(GET=BOOKKEEPERS, POST=BOOKKEEPERS, obj="posting", sees=BOOKKEEPERS),
    "payments:account_detail": Route(
        GET=BOOKKEEPERS, POST=BOOKKEEPERS, obj="account_2100", sees=STAFF, foreign=STAFF, data=COLUMNS
    ),
    "payments:periods": Route(GET=BOOKKEEPERS, sees=STAFF),
    "payments:period_close": Route(GET=BOOKKEEPERS, POST=BOOKKEEPERS, sees=STAFF),
    "payments:period_reopen": Route(
        GET=ADMINISTRATORS, POST=ADMINISTRATORS, obj="ledger_period", sees=BOOKKEEPERS, foreign=BOOKKEEPERS
    ),
    "payments:policy": Route(GET=BOOKKEEPERS, POST=ADMINISTRATORS, sees=STAFF),
    "payments:limit_new": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF),
    "payments:limit_remove": Route(POST=ADMINISTRATORS, obj="invoice_limit", sees=MONEY, foreign=MONEY),
    # portal
    "payments:portal_invoices": Route(GET=PORTAL),
    "payments:portal_panel": Route(GET=PORTAL),
    "payments:portal_invoice_new": Route(GET=PORTAL, POST=PORTAL, obj="pay_partnership"),
    "payments:portal_invoice_detail": Route(GET=PORTAL, obj="invoice"),
    "payments:portal_invoice_edit": Route(GET=PORTAL, POST=PORTAL, obj="invoice"),
    "payments:portal_invoice_submit": Route(POST=PORTAL, obj="invoice"),
    "payments:portal_invoice_withdraw": Route(GET=PORTAL, POST=PORTAL, obj="invoice"),
    "payments:portal_invoice_file": Route(GET=PORTAL, obj="invoice"),
    "payments:portal_payout_proof": Route(GET=PORTAL, obj="payout"),
    "payments:portal_payees": Route(GET=PORTAL),
    "payments:portal_payee": Route(GET=PORTAL, POST=PORTAL, obj="creator"),
    # REST
    "api:invoices-list": Route(GET=EVERYONE, POST=SENDERS, sees=EVERYONE),
    "api:invoices-detail": Route(GET=SEEN, PATCH=SENDERS, obj="invoice", sees=SEEN),
    "api:invoices-claims": Route(GET=EVERYONE, why="without a partnership it is a bad request for everybody"),
    "api:invoices-draft": Route(POST=DRAFTERS, sees=EVERYONE),
    "api:invoices-document": Route(POST=SENDERS, obj="invoice", sees=SEEN),
    "api:invoices-file": Route(GET=SEEN, obj="invoice", sees=SEEN),
    "api:invoices-submit": Route(POST=SENDERS, obj="invoice", sees=SEEN),
    "api:invoices-match": Route(POST=FINANCE, obj="invoice", sees=SEEN),
    "api:invoices-approve": Route(POST=FINANCE, obj="invoice", sees=SEEN),
    "api:invoices-reject": Route(POST=FINANCE, obj="invoice", sees=SEEN),
    "api:invoices-void": Route(POST=FINANCE | PORTAL, obj="invoice", sees=SEEN),
    "api:invoices-schedule": Route(POST=FINANCE, obj="invoice", sees=SEEN),
    "api:invoices-pay": Route(POST=FINANCE, obj="invoice", sees=SEEN),
    "api:payouts-list": Route(GET=EVERYONE),
    "api:payouts-detail": Route(GET=SEEN, obj="payout", sees=SEEN),
    "api:payouts-reverse": Route(POST=FINANCE, obj="payout", sees=SEEN),
    "api:payouts-proof": Route(GET=SEEN, obj="payout", sees=SEEN),
    "api:payees-list": Route(GET=EVERYONE, POST=PORTAL, sees=EVERYONE),
    "api:payees-detail": Route(
        GET=FINANCE | PORTAL, PATCH=PORTAL, obj="payee", sees=FINANCE | PORTAL, foreign=FINANCE
    ),
    "api:payees-verify": Route(POST=FINANCE, obj="payee", sees=FINANCE | PORTAL, foreign=FINANCE),
    "api:payees-refuse": Route(POST=FINANCE, obj="payee", sees=FINANCE | PORTAL, foreign=FINANCE),
    "api:payees-reveal": Route(POST=REVEALERS, obj="payee", sees=FINANCE | PORTAL, foreign=FINANCE),
    "api:ledger-accounts-list": Route(GET=EVERYONE),
    "api:ledger-accounts-detail": Route(
        GET=BOOKKEEPERS, obj="account_2100", sees=BOOKKEEPERS, foreign=BOOKKEEPERS
    ),
    "api:ledger-accounts-trial-balance": Route(GET=BOOKKEEPERS, sees=EVERYONE),
    "api:ledger-transactions-list": Route(GET=EVERYONE, POST=BOOKKEEPERS, sees=EVERYONE),
    "api:ledger-transactions-detail": Route(GET=BOOKKEEPERS, obj="posting", sees=BOOKKEEPERS),
    "api:ledger-transactions-reverse": Route(POST=BOOKKEEPERS, obj="posting", sees=BOOKKEEPERS),
    "api:ledger-periods-list": Route(GET=EVERYONE),
    "api:ledger-periods-detail": Route(
        GET=BOOKKEEPERS, obj="ledger_period", sees=BOOKKEEPERS, foreign=BOOKKEEPERS
    ),
    "api:ledger-periods-close": Route(POST=BOOKKEEPERS, sees=EVERYONE),
    "api:ledger-periods-reopen": Route(
        POST=ADMINISTRATORS, obj="ledger_period", sees=BOOKKEEPERS, foreign=BOOKKEEPERS
    ),
    "api:payment-policy-list": Route(GET=EVERYONE),
    "api:payment-policy-detail": Route(
        GET=MONEY, PATCH=ADMINISTRATORS, obj="payment_policy", sees=MONEY, foreign=MONEY
    ),
    "api:invoice-limits-list": Route(GET=EVERYONE, POST=ADMINISTRATORS, sees=EVERYONE),
    "api:invoice-limits-detail": Route(
        GET=MONEY, DELETE=ADMINISTRATORS, obj="invoice_limit", sees=MONEY, foreign=MONEY
    ),
}


def make_objects(side: Side) -> None:
    """A campaign of the side's brand with its creator: one invoice to approve, one paid, and its posting."""
    from datetime import date

    from payments import invoices, policy
    from payments.models import ApprovalLimit, LedgerAccount, LedgerPeriod, LedgerTransaction
    from tests.payments import factories as f

    creator, kol = side["creator"], side.users["creator"]
    side["payee"] = f.payee(creator, kol, verified_by=side.users["administrator"])
    campaign = f.campaign(side.team, side.users["campaign_manager"], brand=side["brand"])
    side["pay_campaign"] = campaign
    side["pay_partnership"] = partnership = f.partnership(campaign, creator)
    f.agreement(partnership, [4_000_000, 6_000_000, 8_000_000])
    approver = f.user("administrator", all_teams=True)

    def sent(number: str, index: int) -> invoices.Invoice:
        from payments import milestones

        claim = milestones.claims(partnership)[index]
        draft = invoices.save_draft(
            partnership, by=kol, lines=[{"claim": claim.key}], number=number, document=f.pdf()
        )
        return invoices.submit(draft, by=kol)

    side["invoice"] = sent("M-1", 0)
    paid = invoices.approve(sent("M-2", 1), by=approver)
    from django.utils import timezone

    from payments import payouts

    side["payout"] = payouts.record_payment(
        paid, by=approver, amount=paid.net, bank_code="014", reference=f"MATRIX-{paid.pk}",
        paid_on=timezone.localdate(), proof=f.png(),
    )  # fmt: skip
    side["posting"] = LedgerTransaction.objects.get(key=f"invoice:{paid.pk}:approved")
    side["account_2100"] = LedgerAccount.objects.get(code="2100")
    side["ledger_period"] = LedgerPeriod.objects.get_or_create(month=date(2020, 1, 1))[0]
    side["payment_policy"] = policy.current()
    side["invoice_limit"] = ApprovalLimit.objects.get(role="finance", currency="IDR")
