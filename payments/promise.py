"""The payment promise: a date, the steps to it, whose turn it is, and how many days it is late."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import Invoice, MatchResult

KOL, MANAGER, FINANCE, BANK = "kol", "manager", "finance", "bank"
OWNERS: dict[str, Any] = {
    KOL: _("KOL"),
    MANAGER: _("Campaign manager"),
    FINANCE: _("Finance"),
    BANK: _("Bank"),
}
# Who mends a failed check.
FIXERS = {
    "agreement": MANAGER,
    "currency": KOL,
    "amount": KOL,
    "delivered": MANAGER,
    "post_live": KOL,
    "not_invoiced": KOL,
    "total": KOL,
    "payee": FINANCE,
    "document": KOL,
    "faktur": KOL,
}


@dataclass(frozen=True)
class Step:
    key: str
    label: Any
    state: str  # done | current | blocked | waiting
    owner: str
    at: datetime | date | None = None

    @property
    def owner_label(self) -> Any:
        return OWNERS[self.owner]


@dataclass(frozen=True)
class Promise:
    due_on: date | None
    planned_on: date | None
    paid_on: date | None
    days_late: int
    steps: list[Step] = field(default_factory=list)

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.state in ("current", "blocked")), None)

    @property
    def expected_on(self) -> date | None:
        return self.planned_on or self.due_on


def fixer_of(check: str, reason: str = "") -> str:
    if reason in ("payee_refused", "payee_missing"):
        return KOL
    return FIXERS.get(check, FINANCE)


def of(invoice: Invoice, *, today: date | None = None) -> Promise | None:
    """The promise of an invoice; none for a void one. Reads match results and payouts (prefetch both in lists)."""
    if invoice.state == "void":
        return None
    today = today or timezone.localdate()
    payouts = [payout for payout in invoice.payouts.all() if payout.state == "succeeded"]
    paid_on = _paid_on(invoice, payouts)
    days_late = 0
    if invoice.due_on is not None and invoice.state not in ("draft", "rejected"):
        days_late = max(((paid_on or today) - invoice.due_on).days, 0)
    return Promise(
        due_on=invoice.due_on if invoice.submitted_at else None,
        planned_on=invoice.scheduled_on if invoice.state == "scheduled" else None,
        paid_on=paid_on,
        days_late=days_late,
        steps=_steps(invoice, paid_on),
    )


def _paid_on(invoice: Invoice, payouts: list[Any]) -> date | None:
    if invoice.state != "paid":
        return None
    if not payouts and invoice.paid_at is not None:  # nothing was left to be paid
        return timezone.localtime(invoice.paid_at).date()
    return max((payout.paid_on for payout in payouts), default=None)


def _steps(invoice: Invoice, paid_on: date | None) -> list[Step]:
    reached = {
        "draft": 0, "rejected": 0, "submitted": 1, "mismatch": 1, "matched": 2, "approved": 3, "scheduled": 3, "paid": 4,
    }[invoice.state]  # fmt: skip
    check_owner = FINANCE
    if invoice.state == "mismatch":
        failed = [r for r in invoice.match_results.all() if r.run == invoice.match_run and not r.ok]
        check_owner = fixer_of(failed[0].check_name, failed[0].reason) if failed else FINANCE
    plan: list[tuple[str, Any, str, Any]] = [
        ("sent", _("Invoice sent"), KOL, invoice.submitted_at),
        ("checked", _("Checked against agreement and post"), check_owner, invoice.matched_at),
        ("approved", _("Approved by a second person"), FINANCE, invoice.approved_at),
        ("paid", _("Paid"), FINANCE, paid_on),
    ]
    steps = []
    for position, (key, label, owner, at) in enumerate(plan):
        if position < reached:
            state = "done"
        elif position == reached:
            state = "blocked" if invoice.state in ("mismatch", "rejected") else "current"
        else:
            state = "waiting"
        steps.append(Step(key, label, state, owner, at if state == "done" else None))
    return steps


def latest_results(invoice: Invoice) -> list[MatchResult]:
    """The last run, what failed first."""
    results = [result for result in invoice.match_results.all() if result.run == invoice.match_run]
    return sorted(results, key=lambda result: (result.ok, result.pk))
