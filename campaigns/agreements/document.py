"""The agreement and its certificate as PDF."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.models import Agreement
from krm.web.format import day, moment, money
from krm.web.typeset import typeset

LANGUAGES = ("en", "id")


def agreement_pdf(agreement: Agreement) -> bytes:
    """One document, both languages side by side. Equal terms give equal bytes."""
    return typeset("campaigns/agreement.typ", data=agreement_data(agreement), fixed_date=True)


def fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def both(text: Any) -> dict[str, str]:
    """A translatable text in both languages."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = str(text() if callable(text) else text)
    return found


def agreement_data(agreement: Agreement) -> dict[str, Any]:
    partnership = agreement.partnership
    campaign, creator = partnership.campaign, partnership.creator
    currency = agreement.currency
    return {
        "number": agreement.number,
        "title": both(lambda: _("KOL cooperation agreement")),
        "labels": {
            key: both(text)
            for key, text in {
                "brand": lambda: _("Brand"),
                "campaign": lambda: _("Campaign"),
                "kol": lambda: _("KOL"),
                "period": lambda: _("Period"),
                "fee": lambda: _("Fee"),
                "deliverables": lambda: _("Deliverables"),
                "milestones": lambda: _("Payment milestones"),
                "publish": lambda: _("Publish on"),
                "amount": lambda: _("Amount"),
                "due": lambda: _("Due"),
                "account": lambda: _("Account"),
                "sign": lambda: _(
                    "Signed electronically: each side types its name. The certificate of signature names the "
                    "SHA-256 fingerprint of this document."
                ),
            }.items()
        },
        "brand": campaign.brand.name,
        "campaign": f"{campaign.name} ({campaign.code})",
        "kol": creator.name,
        "period": {
            language: f"{_in(language, day, campaign.starts_on)} – {_in(language, day, campaign.ends_on)}"
            for language in LANGUAGES
        },
        "fee": money(agreement.total, currency),
        "clauses": agreement.clauses,
        "deliverables": [
            {
                "what": {
                    language: _in(
                        language,
                        lambda piece: f"{piece.get_format_display()} · {piece.get_platform_display()}",
                        d,
                    )
                    for language in LANGUAGES
                },
                "title": d.title,
                "account": str(d.account) if d.account else "–",
                "publish": day(d.publish_on),
                "amount": money(d.amount, currency),
            }
            for d in agreement.deliverables.select_related("account").order_by("order", "id")
        ],
        "milestones": [
            {
                "name": m.name,
                "due": both(lambda m=m: _milestone_due(m)),
                "amount": money(m.amount, currency),
            }
            for m in agreement.milestones.select_related("deliverable").order_by("order", "id")
        ],
    }


def _in(language: str, function: Any, value: Any) -> str:
    with override(language):
        return str(function(value))


def _milestone_due(milestone: Any) -> str:
    if milestone.trigger == "on_date":
        return day(milestone.due_on)
    if milestone.trigger == "on_deliverable":
        return _("When accepted: %(title)s") % {"title": milestone.deliverable.title}
    return str(milestone.get_trigger_display())


def certificate_pdf(agreement: Agreement, checks: dict[str, Any]) -> bytes:
    """Who signed what and when, with the fingerprint of the document."""
    return typeset(
        "campaigns/certificate.typ",
        data={
            "number": agreement.number,
            "title": both(lambda: _("Certificate of signature")),
            "campaign": agreement.partnership.campaign.name,
            "brand": agreement.partnership.campaign.brand.name,
            "sha256": agreement.document_sha256,
            "labels": {
                key: both(text)
                for key, text in {
                    "fingerprint": lambda: _("SHA-256 fingerprint of the document"),
                    "signed": lambda: _("Signed on"),
                    "side": lambda: _("Side"),
                    "name": lambda: _("Name"),
                    "made": lambda: _("Made on"),
                    "check": lambda: _("Check any copy on the verification page of this agency's KRM."),
                }.items()
            },
            "signatures": [
                {
                    "side": both(signature.get_side_display),
                    "name": signature.name,
                    "at": f"{moment(signature.signed_at)} {timezone.localtime(signature.signed_at):%Z}",
                    "sha256": signature.sha256,
                }
                for signature in agreement.signatures.filter(sha256=agreement.document_sha256).order_by("id")
            ],
            "valid": bool(checks["valid"]),
            "made": moment(timezone.now()),
        },
    )
