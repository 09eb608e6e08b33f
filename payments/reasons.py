"""The sentences behind the codes of the three-way match: stored as code and data, said in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from krm.money.amounts import round_amount

CHECKS: dict[str, Any] = {
    "agreement": gettext_lazy("Agreement signed"),
    "currency": gettext_lazy("Currency"),
    "amount": gettext_lazy("Amount as agreed"),
    "delivered": gettext_lazy("Work accepted"),
    "post_live": gettext_lazy("Post is live"),
    "not_invoiced": gettext_lazy("Not invoiced before"),
    "total": gettext_lazy("Within the agreement"),
    "payee": gettext_lazy("Payee verified"),
    "document": gettext_lazy("Invoice file"),
    "faktur": gettext_lazy("Tax invoice"),
}

SENTENCES: dict[str, str] = {
    "agreement_signed": gettext_noop("Agreement %(number)s was signed on %(date)s."),
    "agreement_missing": gettext_noop("There is no signed agreement. Have the agreement signed first."),
    "agreement_cancelled": gettext_noop("Agreement %(number)s was cancelled. Agree anew before invoicing."),
    "currency_same": gettext_noop("Invoice and agreement are both in %(currency)s."),
    "currency_differs": gettext_noop(
        "The agreement is in %(agreed)s, the invoice in %(invoiced)s. Invoice in %(agreed)s."
    ),
    "amount_same": gettext_noop("“%(line)s”: %(invoiced)s, as agreed."),
    "amount_over": gettext_noop(
        "“%(line)s” asks for %(invoiced)s, %(agreed)s was agreed. Lower the line by %(difference)s."
    ),
    "amount_under": gettext_noop(
        "“%(line)s” asks for %(invoiced)s, %(agreed)s was agreed. Raise the line by %(difference)s."
    ),
    "other_partnership": gettext_noop("“%(line)s” belongs to another agreement. Remove the line."),
    "delivered_ok": gettext_noop("“%(line)s” is accepted."),
    "on_signing_ok": gettext_noop("“%(line)s” is due on signing."),
    "on_date_ok": gettext_noop("“%(line)s” is due since %(date)s."),
    "not_delivered": gettext_noop(
        "“%(deliverable)s” is not accepted yet (state: %(state)s). Finish and accept the work first."
    ),
    "not_completed": gettext_noop(
        "%(open)s of %(all)s deliverables are not accepted yet. This line is due when all are."
    ),
    "date_not_reached": gettext_noop("“%(line)s” is due on %(date)s. Invoice it then."),
    "post_live_ok": gettext_noop("“%(deliverable)s” is live."),
    "post_not_needed": gettext_noop("“%(line)s” needs no post."),
    "post_missing": gettext_noop(
        "“%(deliverable)s” has no post. Link the published post to the deliverable."
    ),
    "post_deleted": gettext_noop(
        "The post of “%(deliverable)s” was deleted. Ask the KOL to put it back, or agree what it is worth."
    ),
    "first_time": gettext_noop("“%(line)s” was not invoiced before."),
    "already_invoiced": gettext_noop("“%(line)s” is already on invoice %(number)s. Remove the line."),
    "total_within": gettext_noop("With this invoice %(sum)s of %(total)s is invoiced."),
    "total_over": gettext_noop(
        "With this invoice %(sum)s would be invoiced, %(total)s was agreed. Lower the invoice by %(difference)s."
    ),
    "payee_verified": gettext_noop("%(name)s was verified on %(date)s."),
    "payee_unverified": gettext_noop(
        "The payee’s tax and bank data is not verified. Finance verifies it on the payee’s page."
    ),
    "payee_cooling_off": gettext_noop(
        "The bank data was changed. It cools off until %(date)s, then finance verifies it again."
    ),
    "payee_refused": gettext_noop(
        "Finance refused the payee’s data: %(why)s. The KOL corrects it in the portal."
    ),
    "document_attached": gettext_noop("The KOL’s invoice file is attached."),
    "document_not_needed": gettext_noop("Drafted by the agency from accepted work; no file is needed."),
    "document_missing": gettext_noop("The invoice file is missing. The KOL attaches it in the portal."),
    "faktur_given": gettext_noop("Tax invoice %(number)s."),
    "faktur_not_needed": gettext_noop("The payee is not a taxable firm; no PPN is added."),
    "faktur_missing": gettext_noop(
        "The payee is a taxable firm (PKP), but the tax invoice number is missing. The KOL adds it."
    ),
}

MONEY = {"invoiced", "agreed", "difference", "sum", "total"}


def check_label(name: str) -> str:
    return str(CHECKS.get(name, name))


def sentence(code: str, data: dict[str, Any]) -> str:
    """The sentence of a stored result, with amounts and dates in the reader's way."""
    from krm.web.format import day, money  # the one way amounts and dates are written

    filled: dict[str, Any] = {}
    for name, value in data.items():
        if name in MONEY and data.get("currency") and _is_number(value):
            filled[name] = money(round_amount(Decimal(value), data["currency"]), data["currency"])
        elif name == "date" and isinstance(value, str):
            filled[name] = day(date.fromisoformat(value))
        elif name == "state":
            filled[name] = _state(str(value))
        else:
            filled[name] = value
    template = SENTENCES.get(code)
    return _(template) % filled if template else code


def _state(value: str) -> str:
    from campaigns.models.deliverables import DeliverableState

    return str(DeliverableState(value).label) if value in DeliverableState.values else value


def _is_number(value: Any) -> bool:
    try:
        Decimal(str(value))
    except InvalidOperation:
        return False
    return True
