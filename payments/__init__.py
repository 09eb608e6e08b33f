"""What is owed: payees, invoices, tax, approvals, payouts and the ledger.

May import briefs, campaigns, creators and the ground floor; `payments.tax` imports the standard library only.
Public verbs: `payees.{save_profile,verify,refuse,reveal}`, `invoices.{draft_from_deliverables,save_draft,submit,
match,approve,reject,void}`, `payouts.{schedule,record_payment,reverse_payment}`, `ledger.{post,reverse}`,
`periods.{close,reopen}`.
"""
