"""The brief as a document, with its headings in English or Bahasa Indonesia."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from briefs.models import BriefVersion
from krm.web import format
from krm.web.typeset import typeset


def brief_pdf(version: BriefVersion, language: str) -> bytes:
    """Typeset one published version; the same version gives the same text for ever."""
    with override(language):
        return typeset("briefs/brief.typ", data=document(version, language))


def document(version: BriefVersion, language: str) -> dict[str, Any]:
    campaign = version.brief.campaign
    mandatory, guardrails = version.mandatory, version.guardrails
    disclosure = mandatory.get("disclosure", {})
    places = {
        "start": _("at the start of the caption"),
        "anywhere": _("anywhere in the caption"),
        "platform": _("by the platform's paid partnership label, or at the start of the caption"),
    }
    lists = [
        (_("Do"), guardrails.get("do", [])),
        (_("Do not"), guardrails.get("dont", [])),
        (_("Words not to use"), guardrails.get("banned_words", [])),
        (_("Claims not to make"), guardrails.get("banned_claims", [])),
    ]
    required = [
        (_("Hashtags"), mandatory.get("hashtags", [])),
        (_("Mentions"), mandatory.get("mentions", [])),
        (_("Disclosure"), disclosure.get("labels", [])),
        (_("Where the label stands"), [places[disclosure.get("place", "start")]]),
        (_("Calls to action"), mandatory.get("ctas", [])),
    ]
    return {
        "lang": language,
        "title": campaign.name,
        "subtitle": f"{campaign.brand} · {_('Creative brief')} · {_('Version')} {version.number} · {format.day(version.published_at)}",
        "footer": f"{campaign.code} · {_('Version')} {version.number} · {version.sha256[:12]}",
        "note": version.note,
        "note_label": _("What changed"),
        "parts": [
            {"title": _("Brand story core"), "text": version.story},
            {"title": _("Campaign narrative"), "text": version.narrative},
            {"title": _("Messaging pillars"), "pillars": version.pillars},
            {"title": _("Guardrails"), "lists": [{"title": t, "items": i} for t, i in lists if i]},
            {"title": _("Freedom framework"), "text": version.freedom},
            {"title": _("Mandatory elements"), "lists": [{"title": t, "items": i} for t, i in required if i]},
        ],
    }
