"""What is owed: invoices, tax, approvals, payouts, ledger."""
