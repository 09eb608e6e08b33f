"""The sentence of each reason, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from creators.models import Severity
from creators.models.forecasts import FORMS
from krm.web.format import count, number

SENTENCES: dict[str, Any] = {
    "authenticity_missing": gettext_lazy("Not enough data: this account has no authenticity score yet."),
    "authenticity_score": gettext_lazy("The authenticity score of the account is %(score)s of 100."),
    "authenticity_confidence": gettext_lazy("Confidence %(percent)s %%."),
    "audience_share": gettext_lazy("%(percent)s %% of the audience is in the target (%(group)s)."),
    "engagement_vs_peers": gettext_lazy(
        "Engagement %(rate)s %%, the median of peers (%(group)s) is %(peers)s %%."
    ),
    "forecast_views": gettext_lazy(
        "Expected views of one post: %(mid)s (between %(low)s and %(high)s), from the last %(posts)s posts."
    ),
    "audience_match": gettext_lazy("%(percent)s %% of the audience matches the target."),
    "forecast_next": gettext_lazy(
        "Next %(format)s: %(mid)s views expected (between %(low)s and %(high)s), from %(posts)s posts."
    ),
    "safety_findings": gettext_lazy("%(findings)s open safety findings, the worst: %(severity)s."),
    "topic_terms": gettext_lazy("Writes about the brand’s words: %(terms)s."),
    "topic_none": gettext_lazy("None of the brand’s words stand out in its posts and bio."),
    "reliability": gettext_lazy(
        "Reliability %(score)s of 100 from our own work together (confidence %(percent)s %%)."
    ),
    "performance_missing": gettext_lazy("Not enough data: neither engagement nor audience can be compared."),
    "no_posts": gettext_lazy("Not enough data: no posts were pulled for this account yet."),
    "banned_word": gettext_lazy("“%(word)s” stands in %(posts)s posts."),
    "safety_score": gettext_lazy("The brand safety score of the account is %(score)s of 100."),
    "competitor_paid": gettext_lazy("%(posts)s paid posts name the competitor %(name)s."),
    "competitor_named": gettext_lazy("The competitor %(name)s is named in %(posts)s posts."),
    "competitor_work": gettext_lazy("Worked for the competitor %(name)s with us in the last 180 days."),
    "exclusive_to": gettext_lazy("Exclusive to %(name)s in this campaign’s time."),
    "nothing_found": gettext_lazy("Nothing found in %(posts)s posts."),
    "category_match": gettext_lazy("Posts about the brand’s category (%(category)s)."),
    "category_other": gettext_lazy("Does not list the brand’s category (%(category)s)."),
    "posting_rate": gettext_lazy("%(posts)s posts in the last 90 days."),
    "main_format": gettext_lazy("Strongest format: %(format)s (%(percent)s %% of posts)."),
    "never_worked": gettext_lazy("Not enough data: we have not worked together yet."),
    "on_time": gettext_lazy("%(percent)s %% of %(pieces)s pieces were published on time."),
    "revisions": gettext_lazy("%(rounds)s revision rounds a piece."),
    "cancelled": gettext_lazy("%(count)s partnerships were cancelled."),
    "answer_time": gettext_lazy("Answers an offer in %(hours)s hours."),
}

GROUPS = {
    "countries": gettext_lazy("country"),
    "gender": gettext_lazy("gender"),
    "age": gettext_lazy("age"),
    "cities": gettext_lazy("city"),
    "interests": gettext_lazy("interests"),
}


def explain(reasons: list[dict[str, Any]]) -> list[str]:
    """Stored reasons as sentences; an unknown code (from a newer formula) is left out."""
    found = []
    for reason in reasons:
        template = SENTENCES.get(reason.get("code", ""))
        if template is not None:
            found.append(str(template) % _shown(reason["code"], reason.get("params", {})))
    return found


def _shown(code: str, params: dict[str, Any]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, value in params.items():
        if code in ("forecast_views", "forecast_next") and name in ("low", "mid", "high"):
            shown[name] = count(value)
        elif code == "audience_share" and name == "group":
            shown[name] = str(GROUPS.get(value, value))
        elif code in ("main_format", "forecast_next") and name == "format":
            shown[name] = str(dict(FORMS).get(value, value))
        elif code == "safety_findings" and name == "severity":
            shown[name] = str(dict(Severity.choices).get(value, value)).lower()
        elif isinstance(value, int | float):
            shown[name] = number(value)
        else:
            shown[name] = str(value)
    return shown
