"""Findings of `briefs.checks` as sentences, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# (code, status) → sentence; a code alone serves every status.
TEXTS: dict[tuple[str, str], Any] = {
    ("hashtag", "pass"): _("Hashtag {item} is there"),
    ("hashtag", "fail"): _("Hashtag {item} is missing: add it to the caption"),
    ("hashtag", "warn"): _("Hashtag {item} is not in the caption: make sure it is seen in the picture"),
    ("mention", "pass"): _("Mention {item} is there"),
    ("mention", "fail"): _("Mention {item} is missing: add it to the caption"),
    ("mention", "warn"): _("Mention {item} is not in the caption: make sure it is seen in the picture"),
    ("disclosure", "pass"): _("The disclosure label is there"),
    ("disclosure", "fail"): _("The disclosure label is missing: write one of {labels}"),
    ("disclosure", "warn"): _(
        "No disclosure label in the caption: make sure {labels} is seen in the picture"
    ),
    ("disclosure_platform", "pass"): _("The platform's paid partnership label will be on"),
    ("disclosure_place", "pass"): _("The disclosure label stands at the start"),
    ("disclosure_place", "fail"): _(
        "The disclosure label comes too late (character {position}): move it into the first {limit}"
    ),
    ("disclosure_block", "fail"): _(
        "The disclosure label hides behind {limit} or more hashtags: move it before them"
    ),
    ("banned_word", "fail"): _("“{item}” must not be used: take it out"),
    ("banned_claim", "fail"): _("The claim “{item}” must not be made: take it out"),
    ("banned_none", "pass"): _("None of the {count} banned words and claims is used"),
    ("risky_claim", "warn"): _(
        "“{item}” is a claim that needs proof: soften it, or tell the agency the proof"
    ),
    ("cta", "pass"): _("Call to action “{item}” is there"),
    ("cta", "warn"): _("Call to action “{item}” is not in the caption"),
    ("caption_length", "pass"): _("Caption length is fine ({length} of {limit})"),
    ("caption_length", "fail"): _("The caption is too long ({length} of {limit}): shorten it"),
    ("caption_length", "warn"): _("The caption is longer than a normal post ({length} of {limit})"),
    ("hashtag_count", "fail"): _("{count} hashtags are too many: the platform takes {limit}"),
    ("caption_missing", "warn"): _("There is no caption yet"),
    ("orientation", "warn"): _("The video is wide ({width} × {height}): this format is usually upright"),
    ("too_long", "warn"): _("The video is {seconds} seconds long; this format takes {limit}"),
}
MEDIA_TEXTS = {
    "video": _("This format is a video, the file is a picture"),
    "image": _("This format is a picture, the file is a video"),
}
STATUS_ICONS = {"pass": "circle-check", "warn": "alert-triangle", "fail": "circle-x"}


def sentence(code: str, status: str, item: str = "", params: dict[str, Any] | None = None) -> str:
    if code == "media_kind":
        return str(MEDIA_TEXTS[item])
    text = TEXTS.get((code, status))
    return str(text).format(item=item, **(params or {})) if text is not None else code


def as_rows(findings: Any) -> list[dict[str, Any]]:
    """Findings or stored results, ready for a page or the API: worst first."""
    order = {"fail": 0, "warn": 1, "pass": 2}
    rows = [
        {
            "code": f.code,
            "item": f.item,
            "status": f.status,
            "text": sentence(f.code, f.status, f.item, f.params),
            "icon": STATUS_ICONS[f.status],
        }
        for f in findings
    ]
    return sorted(rows, key=lambda row: order[row["status"]])
