"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from campaigns.models import Partnership
from krm.web.pages import verb_view
from payments import invoices as invoice_verbs
from payments import payees as payee_verbs
from payments import payouts as payout_verbs
from payments import periods, policy
from payments.models import ApprovalLimit, Invoice, LedgerPeriod, PayeeProfile
from payments.web import forms, invoices, ledger, payees, portal

app_name = "payments"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", invoices.Home.as_view(), name="home"),
    path("panel/", invoices.HomePanel.as_view(), name="home_panel"),
    path("campaign/<int:pk>/", invoices.CampaignTab.as_view(), name="campaign_tab"),
    path("creator/<int:pk>/", payees.CreatorTab.as_view(), name="creator_tab"),
    path(
        "partnership/<int:pk>/draft/",
        verb_view(
            Partnership,
            invoice_verbs.draft_from_deliverables,
            perm="payments.draft_invoice",
            success=_("Draft made. The KOL can send it, or you can."),
            success_url=lambda invoice: invoice.get_absolute_url(),
        ),
        name="invoice_draft",
    ),
    path("invoices/", invoices.InvoiceList.as_view(), name="invoices"),
    path("invoices/<int:pk>/", invoices.InvoiceDetail.as_view(), name="invoice_detail"),
    path("invoices/<int:pk>/file/", invoices.InvoiceFile.as_view(), name="invoice_file"),
    path(
        "invoices/<int:pk>/submit/",
        verb_view(
            Invoice, invoice_verbs.submit, perm="payments.submit_invoice", success=_("Submitted and matched.")
        ),
        name="invoice_submit",
    ),
    path(
        "invoices/<int:pk>/match/",
        verb_view(
            Invoice,
            invoice_verbs.match,
            perm="payments.match_invoice",
            success=lambda i: _("It matches.") if i.state == "matched" else _("It does not match yet."),
        ),
        name="invoice_match",
    ),
    path("invoices/<int:pk>/approve/", invoices.Approve.as_view(), name="invoice_approve"),
    path(
        "invoices/<int:pk>/reject/",
        verb_view(
            Invoice,
            invoice_verbs.reject,
            perm="payments.reject_invoice",
            form=forms.ReasonForm,
            success=_("Sent back to the KOL with your reason."),
            title=_("Reject the invoice"),
            submit_label=_("Reject"),
        ),
        name="invoice_reject",
    ),
    path(
        "invoices/<int:pk>/void/",
        verb_view(
            Invoice,
            invoice_verbs.void,
            perm="payments.void_invoice",
            form=forms.ReasonForm,
            success=_("Void. The work can be invoiced again."),
            title=_("Void the invoice"),
            submit_label=_("Void"),
        ),
        name="invoice_void",
    ),
    path(
        "invoices/<int:pk>/schedule/",
        verb_view(
            Invoice,
            payout_verbs.schedule,
            perm="payments.record_payment",
            form=forms.ScheduleForm,
            success=_("Planned. The KOL sees the day."),
            title=_("Plan the payment"),
            submit_label=_("Plan"),
        ),
        name="invoice_schedule",
    ),
    path("invoices/<int:pk>/pay/", invoices.Pay.as_view(), name="invoice_pay"),
    path("payouts/<int:pk>/proof/", invoices.ProofFile.as_view(), name="payout_proof"),
    path("payouts/<int:pk>/reverse/", invoices.ReversePayment.as_view(), name="payout_reverse"),
    path("payees/", payees.PayeeList.as_view(), name="payees"),
    path("payees/<int:pk>/", payees.PayeeDetail.as_view(), name="payee_detail"),
    path(
        "payees/<int:pk>/verify/",
        verb_view(
            PayeeProfile,
            payee_verbs.verify,
            perm="payments.verify_payee",
            form=forms.VerifyForm,
            success=_("Verified."),
            title=_("Verify the payee"),
            submit_label=_("Verify"),
        ),
        name="payee_verify",
    ),
    path(
        "payees/<int:pk>/refuse/",
        verb_view(
            PayeeProfile,
            payee_verbs.refuse,
            perm="payments.verify_payee",
            form=forms.ReasonForm,
            success=_("Refused. The KOL is asked to correct it."),
            title=_("Refuse the data"),
            submit_label=_("Refuse"),
        ),
        name="payee_refuse",
    ),
    path("payees/<int:pk>/reveal/", payees.Reveal.as_view(), name="payee_reveal"),
    path("ledger/", ledger.TrialBalance.as_view(), name="ledger"),
    path("ledger/transactions/", ledger.TransactionList.as_view(), name="transactions"),
    path("ledger/transactions/new/", ledger.NewTransaction.as_view(), name="transaction_new"),
    path("ledger/transactions/<int:pk>/", ledger.TransactionDetail.as_view(), name="transaction_detail"),
    path(
        "ledger/transactions/<int:pk>/reverse/",
        ledger.ReverseTransaction.as_view(),
        name="transaction_reverse",
    ),
    path("ledger/accounts/<int:pk>/", ledger.AccountDetail.as_view(), name="account_detail"),
    path("ledger/months/", ledger.Periods.as_view(), name="periods"),
    path("ledger/months/close/", ledger.ClosePeriod.as_view(), name="period_close"),
    path(
        "ledger/months/<int:pk>/reopen/",
        verb_view(
            LedgerPeriod,
            periods.reopen,
            perm="payments.reopen_period",
            form=forms.ReasonForm,
            success=_("Open again."),
            success_url="payments:periods",
            title=_("Reopen the month"),
            submit_label=_("Reopen"),
        ),
        name="period_reopen",
    ),
    path("rules/", ledger.PolicyPage.as_view(), name="policy"),
    path("rules/limits/new/", ledger.NewLimit.as_view(), name="limit_new"),
    path(
        "rules/limits/<int:pk>/remove/",
        verb_view(
            ApprovalLimit,
            policy.remove_limit,
            perm="payments.change_policy",
            success=_("Removed."),
            success_url="payments:policy",
        ),
        name="limit_remove",
    ),
]

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/", portal.PortalInvoices.as_view(), name="portal_invoices"),
    path("invoices/panel/", portal.PortalPanel.as_view(), name="portal_panel"),
    path("invoices/new/<int:pk>/", portal.NewInvoice.as_view(), name="portal_invoice_new"),
    path("invoices/<int:pk>/", portal.PortalInvoice.as_view(), name="portal_invoice_detail"),
    path("invoices/<int:pk>/edit/", portal.EditInvoice.as_view(), name="portal_invoice_edit"),
    path(
        "invoices/<int:pk>/submit/",
        verb_view(Invoice, invoice_verbs.submit, area="portal", success=_("Invoice sent.")),
        name="portal_invoice_submit",
    ),
    path("invoices/<int:pk>/withdraw/", portal.Withdraw.as_view(), name="portal_invoice_withdraw"),
    path("invoices/<int:pk>/file/", portal.InvoiceFile.as_view(), name="portal_invoice_file"),
    path("payouts/<int:pk>/proof/", portal.ProofFile.as_view(), name="portal_payout_proof"),
    path("payee/", portal.Payees.as_view(), name="portal_payees"),
    path("payee/<int:pk>/", portal.Payee.as_view(), name="portal_payee"),
]
