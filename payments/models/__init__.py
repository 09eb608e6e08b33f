from payments.models.invoices import Invoice, InvoiceLine, InvoiceState, MatchResult
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerPeriod, LedgerTransaction
from payments.models.payees import PayeeChange, PayeeProfile, PayeeState
from payments.models.payouts import Payout
from payments.models.policy import ApprovalLimit, PaymentPolicy

__all__ = [
    "ApprovalLimit",
    "Invoice",
    "InvoiceLine",
    "InvoiceState",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerPeriod",
    "LedgerTransaction",
    "MatchResult",
    "PayeeChange",
    "PayeeProfile",
    "PayeeState",
    "PaymentPolicy",
    "Payout",
]
