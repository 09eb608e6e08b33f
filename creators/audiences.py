"""What the audience tab says of an account: types of followers, marked growth, comments. Judged anew from what is held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from creators import frames
from creators.models import FollowerSample, SocialAccount
from creators.scoring.audience import commenting, comments, growing, quality

SHOWN_COMMENTS = 6


def type_words() -> dict[str, Any]:
    return {
        "real": _("Real people"),
        "influencer": _("Influencers"),
        "mass": _("Follow more than 1,500"),
        "ghost": _("Ghosts"),
        "suspicious": _("Look fake"),
    }


def flag_words() -> dict[str, Any]:
    return {
        "link": _("a link"),
        "subscribe": _("asks to subscribe or follow"),
        "self_promotion": _("advertises the author's own channel"),
        "check_out": _("sends readers elsewhere"),
        "asks_for_likes": _("asks for likes"),
        "money": _("money or free things"),
        "pleads": _("pleads"),
        "names_platform": _("names another platform"),
        "greets_everybody": _("greets everybody"),
        "contact": _("a number or address"),
        "number_of_subscribers": _("counts subscribers"),
        "long": _("long"),
        "very_long": _("very long"),
        "shouting": _("exclamation marks"),
        "many_capitals": _("capitals"),
        "seen_before": _("the same text again"),
        "nearly_seen_before": _("nearly the same text again"),
        "repeats_itself": _("repeats itself"),
        "line_breaks": _("line breaks"),
        "emoji": _("emoji only"),
        "word": _("one common word"),
        "mention": _("mentions only"),
    }


def samples_of(accounts: Sequence[SocialAccount]) -> dict[int, FollowerSample]:
    """The newest sample of each account, without its columns."""
    rows = (
        FollowerSample.objects.filter(account__in=[a.pk for a in accounts])
        .defer("features")
        .select_related("uploaded_by")
        .order_by("account_id", "-as_of", "-pk")
        .distinct("account_id")
    )
    return {row.account_id: row for row in rows}


def judged(accounts: Sequence[SocialAccount]) -> dict[int, dict[str, Any]]:
    """Per account: `types` with shares, `share` of fakes with interval, `steps` of growth, `examples` of comments."""
    ids = [a.pk for a in accounts]
    if not ids:
        return {}
    held = frames.load(ids, {"accounts", "followers", "snapshots", "posts", "texts", "comments"})
    audience = quality.found(held)
    steps = growing.steps_of(held)
    said = commenting.judged(held)
    counted = commenting.found(held)
    out: dict[int, dict[str, Any]] = {
        pk: {"types": [], "steps": [], "examples": [], "comments": None} for pk in ids
    }
    words, flags = type_words(), flag_words()
    for row in audience.itertuples():
        mine = out[row.Index]
        mine["share"] = row
        if row.basis == "sample":
            rest = 1.0 - sum(getattr(row, kind) for kind in ("real", "influencer", "mass", "ghost"))
            shares = {
                **{kind: getattr(row, kind) for kind in ("real", "influencer", "mass", "ghost")},
                "suspicious": rest,
            }
            mine["types"] = [{"type": str(words[kind]), "share": max(shares[kind], 0.0)} for kind in words]
    for row in steps.itertuples(index=False):
        out[row.account_id]["steps"].append(row)
    for row in counted.itertuples():
        out[row.Index]["comments"] = row
    if len(said):
        bad = said[said["suspicious"]].sort_values(["account_id", "spam"], ascending=[True, False])
        for row in bad.groupby("account_id").head(SHOWN_COMMENTS).itertuples():
            why = (
                [flags[name] for name in str(row.reasons).split("; ") if name in flags]
                if row.spam >= comments.SPAM
                else []
            )
            if row.copied:
                why.append(_("several people wrote the same"))
            if row.hollow and row.bad_account == 1:
                why += [flags[row.hollow], _("the author's account looks fake")]
            out[row.account_id]["examples"].append(
                {
                    "text": comments.plain(row.text)[:300],
                    "why": ", ".join(str(word) for word in dict.fromkeys(why)),
                }
            )
    return out


def note(row: Any) -> str:
    """One marked interval as a sentence for people."""
    from creators.lists.growth import reason

    return reason(row)


def marked(steps: Sequence[Any]) -> list[Any]:
    """Intervals worth telling, newest first."""
    return sorted(
        (s for s in steps if s.anomaly or s.note in ("viral", "giveaway", "drop")),
        key=lambda s: s.at,
        reverse=True,
    )
