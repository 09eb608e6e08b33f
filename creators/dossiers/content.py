"""The five layers of a dossier, read from scores, flags and records; and what has changed since a dossier was made.

Everything is plain JSON: labels and sentences in both languages, numbers with source, day, confidence and version.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from creators import profiles, records
from creators.models import (
    Creator,
    FlagState,
    Post,
    PostKind,
    SafetyCategory,
    SafetyFlag,
    Score,
    ScoreKind,
    Severity,
    SocialAccount,
    VettingLayer,
)
from creators.scoring import registry
from krm.web import format

LAYER_KINDS: dict[str, tuple[str, ...]] = {
    VettingLayer.AUTHENTICITY: ("authenticity", "audience_quality", "growth", "comment_quality", "pods"),
    VettingLayer.PERFORMANCE: ("engagement", "consistency", "prediction"),
    VettingLayer.BRAND_SAFETY: ("safety",),
    VettingLayer.CREATIVE: ("formats", "innovation"),
    VettingLayer.RELATIONSHIP: ("reliability",),
}
LEADING: dict[str, str] = {  # the figure that proposes a verdict
    VettingLayer.AUTHENTICITY: "authenticity", VettingLayer.BRAND_SAFETY: "safety", VettingLayer.CREATIVE: "formats",
    VettingLayer.RELATIONSHIP: "reliability",
}  # fmt: skip
FLAGS_SHOWN, PARTS_SHOWN, POSTS_READ = 12, 6, 200
STANDING = (FlagState.OPEN, FlagState.ESCALATED, FlagState.CONFIRMED)
# What counts as another figure: points of 100, or a part of the former value.
MOVED = {"points": 5.0, "share": 0.05, "rate": 0.2, "count": 0.1, "number": 0.0}


def both(text: Any) -> dict[str, str]:
    """A text in both languages."""
    out = {}
    for lang in ("en", "id"):
        with translation.override(lang):
            out[lang] = str(text)
    return out


def _figure(key: str, label: Any, value: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "label": both(label) if not isinstance(label, dict) else label,
        "value": value,
        "unit": unit,
        **more,
    }


def collect(creator: Creator) -> dict[str, Any]:
    """Everything a dossier holds, as it is now; a fixed number of queries."""
    accounts = profiles.accounts_of(creator)
    scores = list(
        Score.objects.filter(account_id__in=[a.pk for a in accounts]).current().select_related("account")
    )
    flags = list(
        SafetyFlag.objects.filter(
            account_id__in=[a.pk for a in accounts], is_current=True, state__in=STANDING
        )
        .select_related("post", "account")
        .order_by("-published_at", "-pk")[:500]
    )
    layers: dict[str, dict[str, Any]] = {
        layer: {"figures": [], "reasons": [], "evidence": []} for layer in VettingLayer.values
    }
    for account in accounts:
        layers[VettingLayer.PERFORMANCE]["figures"] += _account_figures(account)
    for layer, kinds in LAYER_KINDS.items():
        for score in scores:
            if score.kind in kinds:
                layers[layer]["figures"].append(_score_figure(score))
                layers[layer]["reasons"] += _reasons(score)
    _safety(layers[VettingLayer.BRAND_SAFETY], flags)
    _creative(layers[VettingLayer.CREATIVE], accounts)
    _relationship(layers[VettingLayer.RELATIONSHIP], creator)
    _best(layers[VettingLayer.PERFORMANCE], accounts)
    return {
        "creator": {
            "id": creator.pk, "name": creator.name, "display_name": creator.display_name, "city": creator.city,
            "country": creator.country, "categories": list(creator.categories),
        },
        "accounts": [_account(account) for account in accounts],
        "layers": layers,
    }  # fmt: skip


def _account(account: SocialAccount) -> dict[str, Any]:
    return {
        "id": account.pk, "platform": account.platform, "name": f"{account.get_platform_display()} {account}",
        "url": account.profile_url, "state": account.state, "followers": account.followers,
        "tier": account.tier.name if account.tier else "", "source": account.figures_source,
        "as_of": account.figures_as_of.isoformat() if account.figures_as_of else None,
    }  # fmt: skip


def _name(account: SocialAccount) -> str:
    return f"{account.get_platform_display()} {account}"


def _account_figures(account: SocialAccount) -> list[dict[str, Any]]:
    given = {
        "account": _name(account), "source": account.figures_source,
        "as_of": account.figures_as_of.isoformat() if account.figures_as_of else None,
    }  # fmt: skip
    return [
        _figure(f"followers:{account.pk}", _("Followers"), account.followers, "count", **given),
        _figure(f"growth_30d:{account.pk}", _("Growth in 30 days"), account.growth_30d, "share", **given),
    ]


def _score_figure(score: Score) -> dict[str, Any]:
    definition = registry.find(score.kind, score.formula_version)
    return _figure(
        f"{score.kind}:{score.account_id}", ScoreKind(score.kind).label, score.value,
        definition.unit if definition else "points", account=_name(score.account), low=score.low, high=score.high,
        confidence=score.confidence, version=score.formula_version, source=score.source,
        as_of=(score.as_of or score.computed_at.date()).isoformat(),
    )  # fmt: skip


def _reasons(score: Score) -> list[dict[str, Any]]:
    """The heaviest components, with the sentence a person reads."""
    english, local = profiles.parts_of(score, "en"), profiles.parts_of(score, "id")
    rows = [
        {
            "key": f"{score.kind}:{score.account_id}:{one.name}", "account": _name(score.account),
            "label": {"en": one.label, "id": two.label}, "value": one.value, "weight": one.weight,
            "evidence": one.evidence, "sentence": {"en": one.sentence, "id": two.sentence},
        }
        for one, two in zip(english, local, strict=True)
        if one.value is not None
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -float(str(row["weight"])))[:PARTS_SHOWN]


def _safety(layer: dict[str, Any], flags: Sequence[SafetyFlag]) -> None:
    by_severity = dict.fromkeys(Severity.values, 0)
    for flag in flags:
        by_severity[flag.severity] += 1
    for severity, number in by_severity.items():
        label = {
            lang: text % {"severity": both(Severity(severity).label)[lang].lower()}
            for lang, text in both(_("Flags, severity %(severity)s")).items()
        }
        layer["figures"].append(_figure(f"flags:{severity}", label, number, "number", account=""))
    order = list(Severity.values)
    for flag in sorted(flags, key=lambda f: order.index(f.severity))[:FLAGS_SHOWN]:
        layer["evidence"].append(
            {
                "key": f"flag:{flag.pk}", "label": both(SafetyCategory(flag.category).label),
                "note": both(Severity(flag.severity).label), "state": both(FlagState(flag.state).label),
                "text": str(flag.evidence.get("excerpt", ""))[:240], "url": flag.post.url,
                "day": flag.published_at.date().isoformat() if flag.published_at else None,
            }
        )  # fmt: skip


def _creative(layer: dict[str, Any], accounts: Sequence[SocialAccount]) -> None:
    rows = (
        Post.objects.filter(account_id__in=[a.pk for a in accounts], is_deleted=False)
        .values("kind")
        .annotate(n=Count("pk"))
    )
    counts = {row["kind"]: row["n"] for row in rows if row["kind"]}
    whole = sum(counts.values())
    for kind, number in sorted(counts.items(), key=lambda pair: -pair[1]):
        label = {
            lang: text % {"kind": both(PostKind(kind).label)[lang].lower()}
            for lang, text in both(_("Share of posts: %(kind)s")).items()
        }
        layer["figures"].append(
            _figure(f"posts:{kind}", label, number / whole, "share", account="", evidence=whole)
        )


def _relationship(layer: dict[str, Any], creator: Creator) -> None:
    """Only counts and shares: what was paid stays inside."""
    made = records.record("deliveries", [creator.pk])
    offers = records.record("offers", [creator.pk])
    ratings = records.record("ratings", [creator.pk])
    standing = records.record("standing", [creator.pk])

    def add(key: str, label: Any, value: Any, unit: str, **more: Any) -> None:
        layer["figures"].append(_figure(key, label, value, unit, account="", **more))

    add("deliveries", _("Pieces of content delivered"), len(made), "number")
    judged = made[made["on_time"].notna()]
    if len(judged):
        add(
            "on_time",
            _("On time"),
            float(judged["on_time"].astype(float).mean()),
            "share",
            evidence=len(judged),
        )
    if len(offers):
        add("offers", _("Offers sent"), len(offers), "number")
        answered = pd.to_numeric(offers["hours"], errors="coerce").dropna()
        if len(answered):
            add(
                "hours",
                _("Hours until an answer, median"),
                float(answered.median()),
                "number",
                evidence=len(answered),
            )
    if len(ratings):
        scores = pd.to_numeric(ratings["score"], errors="coerce").dropna()
        add(
            "rating",
            _("Our rating after working together, of 5"),
            float(scores.mean()),
            "number",
            evidence=len(scores),
        )
    if len(standing):
        add("completed", _("Partnerships completed"), int(standing["completed"].fillna(0).sum()), "number")
        add("cancelled", _("Partnerships cancelled"), int(standing["cancelled"].fillna(0).sum()), "number")


def _best(layer: dict[str, Any], accounts: Sequence[SocialAccount]) -> None:
    for post in profiles.best_posts(accounts, limit=5):
        layer["evidence"].append(
            {
                "key": f"post:{post.pk}", "label": both(PostKind(post.kind).label) if post.kind else both(_("Post")),
                "note": {
                    lang: text % {"n": profiles.interactions(post) or 0} for lang, text in both(_("%(n)s interactions")).items()
                },
                "state": {"en": "", "id": ""}, "text": (post.caption or "")[:160], "url": post.url,
                "day": post.published_at.date().isoformat() if post.published_at else None,
            }
        )  # fmt: skip


def proposal(body: dict[str, Any], layer: str) -> str:
    """What the leading figure of a layer suggests; a person decides."""
    kind = LEADING.get(layer, "")
    rows = [
        figure["value"]
        for figure in body["layers"][layer]["figures"]
        if kind and figure["key"].startswith(f"{kind}:") and figure["value"] is not None
    ]
    if not rows:
        return "unknown"
    lowest = min(rows)
    return "pass" if lowest >= 70 else "caution" if lowest >= 40 else "fail"


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """What differs enough to matter, layer by layer; empty where the ground is the same."""
    out: list[dict[str, Any]] = []
    known = {account["id"]: account for account in before["accounts"]}
    for account in after["accounts"]:
        old = known.pop(account["id"], None)
        if old is None:
            out.append(_change("", both(_("New account")), None, account["name"], "text"))
        elif old["state"] != account["state"]:
            out.append(
                _change(
                    "", dict.fromkeys(("en", "id"), account["name"]), old["state"], account["state"], "text"
                )
            )
    out += [_change("", both(_("Account gone")), old["name"], None, "text") for old in known.values()]
    for layer in VettingLayer.values:
        old_figures = {figure["key"]: figure for figure in before["layers"][layer]["figures"]}
        for figure in after["layers"][layer]["figures"]:
            old = old_figures.pop(figure["key"], None)
            was = old["value"] if old else None
            if moved(was, figure["value"], figure["unit"]) and not (
                old is None and figure["value"] in (None, 0)
            ):
                out.append(
                    _change(
                        layer,
                        figure["label"],
                        was,
                        figure["value"],
                        figure["unit"],
                        figure.get("account", ""),
                    )
                )
        for old in old_figures.values():
            if old["value"] not in (None, 0):
                out.append(
                    _change(layer, old["label"], old["value"], None, old["unit"], old.get("account", ""))
                )
        held = {item["key"] for item in before["layers"][layer]["evidence"]}
        for item in after["layers"][layer]["evidence"]:
            if item["key"].startswith("flag:") and item["key"] not in held:
                out.append(_change(layer, item["label"], None, item["text"] or item["url"], "text"))
    return out


def _change(
    layer: str, label: dict[str, str], before: Any, after: Any, unit: str, account: str = ""
) -> dict[str, Any]:
    return {
        "layer": layer,
        "label": label,
        "before": before,
        "after": after,
        "unit": unit,
        "account": account,
    }


def moved(before: float | None, after: float | None, unit: str) -> bool:
    """Whether a figure is another one: a point here or there is not."""
    if before is None or after is None:
        return before is not after
    gap = abs(after - before)
    limit = MOVED.get(unit, 0.0)
    if unit in ("rate", "count"):
        return gap > limit * max(abs(before), 1e-12)
    return gap > limit


def in_words(value: Any, unit: str) -> str:
    """A figure in the reader's language."""
    if value is None or value == "":
        return format.NONE
    match unit:
        case "points":
            return f"{format.number(value, 0)}/100"
        case "rate" | "share":
            return format.percent(value)
        case "count":
            return format.count(value)
        case "number":
            return format.number(value)
    return str(value)
