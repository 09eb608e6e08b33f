"""A dossier as PDF, in English or Bahasa Indonesia; equal dossiers give equal bytes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from creators.dossiers import content
from creators.dossiers.reading import document_of
from creators.models import Dossier, Verdict, VettingLayer
from krm.web import format
from krm.web.typeset import typeset


def render(dossier: Dossier, lang: str) -> bytes:
    with translation.override(lang):
        return typeset("creators/dossier.typ", data=_data(dossier, lang), fixed_date=True)


def _data(dossier: Dossier, lang: str) -> dict[str, Any]:
    document = document_of(dossier)
    body = document["body"]
    signed = {row["layer"]: row for row in document["layers"]}
    facts = [
        [_("Creator"), body["creator"]["name"]],
        [_("Number"), document["number"]],
        [_("For"), document["purpose"] or format.NONE],
        [_("Figures as of"), format.moment(_moment(document["as_of"]))],
        [_("Signed by"), document["signed_by"] or _("not signed: a draft")],
        [_("Valid until"), format.day(_day(document["valid_until"]))],
    ]
    layers = []
    for layer in VettingLayer.values:
        part, word = body["layers"][layer], signed.get(layer)
        layers.append(
            {
                "name": str(VettingLayer(layer).label),
                "verdict": str(Verdict(word["verdict"]).label) if word else _("not signed off yet"),
                "tone": word["verdict"] if word else "unknown",
                "remark": word["remark"] if word else "",
                "who": f"{word['reviewer']}, {format.moment(_moment(word['signed_at']))}" if word else "",
                "figures": [
                    [_label(figure, lang), content.in_words(figure["value"], figure["unit"]), _sure(figure), _from(figure)]
                    for figure in part["figures"]
                ],
                "reasons": [row["sentence"][lang] for row in part["reasons"] if row["sentence"][lang]],
                "evidence": [
                    [item["label"][lang], item["note"][lang], item["text"], item["day"] or "", item["url"] or ""]
                    for item in part["evidence"]
                ],
            }
        )  # fmt: skip
    return {
        "lang": lang, "title": _("Vetting dossier"), "subtitle": body["creator"]["name"],
        "footer": f"{document['number']} · SHA-256 {dossier.sha256 or _('draft')}", "facts": facts,
        "accounts": [[a["name"], format.count(a["followers"]), a["tier"] or format.NONE, a["url"]] for a in body["accounts"]],
        "account_header": [_("Account"), _("Followers"), _("Tier"), _("Address")],
        "figure_header": [_("Figure"), _("Value"), _("Confidence"), _("Source and day")],
        "evidence_header": [_("What"), _("Note"), _("Text"), _("Day"), _("Address")],
        "headings": {"accounts": _("Accounts"), "reasons": _("Why"), "evidence": _("Evidence"), "verdict": _("Verdict")},
        "layers": layers,
        "closing": _(
            "The fingerprint is the SHA-256 of this dossier's numbers, evidence and remarks. Whoever has it can check on the"
            " verification page of this agency's KRM that nothing was changed."
        ),
    }  # fmt: skip


def _label(figure: dict[str, Any], lang: str) -> str:
    account = figure.get("account")
    return f"{figure['label'][lang]} · {account}" if account else str(figure["label"][lang])


def _sure(figure: dict[str, Any]) -> str:
    if figure.get("confidence") is None:
        return f"n = {figure['evidence']}" if figure.get("evidence") else ""
    return format.percent(figure["confidence"], 0)


def _from(figure: dict[str, Any]) -> str:
    from creators.models import Source

    source = str(Source(figure["source"]).label) if figure.get("source") in Source.values else ""
    day = format.day(_day(figure.get("as_of"))) if figure.get("as_of") else ""
    return " · ".join(part for part in (source, day, figure.get("version") or "") if part)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
