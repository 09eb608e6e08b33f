"""Addresses of this room's endpoints."""

from krm.api.router import register
from payments.api import views

register("invoices", views.InvoiceViewSet)
register("payouts", views.PayoutViewSet)
register("payees", views.PayeeViewSet)
register("ledger-accounts", views.LedgerAccountViewSet)
register("ledger-transactions", views.LedgerTransactionViewSet)
register("ledger-periods", views.LedgerPeriodViewSet)
register("payment-policy", views.PaymentPolicyViewSet)
register("invoice-limits", views.InvoiceLimitViewSet)
