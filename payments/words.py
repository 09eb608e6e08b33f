"""What happened and what changed, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EVENTS: dict[str, Any] = {
    "payments.invoice_drafted": gettext_lazy("Draft written"),
    "payments.invoice_changed": gettext_lazy("Changed"),
    "payments.invoice_submitted": gettext_lazy("Submitted"),
    "payments.invoice_matched": gettext_lazy("Matched"),
    "payments.invoice_mismatched": gettext_lazy("Does not match"),
    "payments.invoice_approved": gettext_lazy("Approved"),
    "payments.invoice_rejected": gettext_lazy("Rejected"),
    "payments.invoice_voided": gettext_lazy("Voided"),
    "payments.payment_scheduled": gettext_lazy("Payment planned"),
    "payments.invoice_part_paid": gettext_lazy("Paid in part"),
    "payments.invoice_paid": gettext_lazy("Paid"),
    "payments.payment_reversed": gettext_lazy("Payment came back"),
}


def event_said(name: str) -> str:
    return str(EVENTS.get(name, name.rpartition(".")[2].replace("_", " ")))


def change_said(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """One line a field: name, before, after; the values are masked already."""
    from payments.models import PayeeProfile

    lines = []
    for name in sorted(set(before) | set(after)):
        label = PayeeProfile._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        lines.append(f"{label}: {_shown(before.get(name))} → {_shown(after.get(name))}")
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) if value not in (None, "") else "–"
