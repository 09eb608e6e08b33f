"""Format and platform strength (fmt-1.1): where does this account answer best, beside itself and beside its peers?"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from . import weights
from .definition import Definition, Frames, Part, Peers, Result, without_interval
from .engagement_v2 import (
    FORMAT_LABELS,
    FORMATS,
    accounts_frame,
    format_standing,
    judge,
    spread_out,
)
from .groups import Groups, ratio

VERSION = "fmt-1.1"
WEIGHTS = weights.load(VERSION)
ENOUGH = 3  # posts of a format
CLEAR = 1.15  # a format this much above (or below) the account's others over- or underperforms


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    table = accounts_frame(frames)
    count, index = len(table), table.index
    judged = judge(frames, now)
    standing = format_standing(frames, peers, now)
    enough = standing.n >= ENOUGH
    usable = enough & ~np.isnan(standing.percentile)
    by = Groups(standing.account, count)
    posts = by.size() * 0 + by.sum(np.where(usable, standing.n, 0.0))
    share = np.where(usable, standing.n / np.maximum(posts[standing.account], 1.0), 0.0)
    strength = np.where(posts > 0, by.sum(share * np.nan_to_num(standing.percentile)), np.nan)
    sure = by.sum(share * standing.n / (standing.n + 4.0))
    main = pd.Series(
        np.where(judged.main >= 0, np.array(FORMATS, dtype=object)[judged.main], ""), index, dtype=object
    )
    whole = peers.standing("rate", table, pd.Series(judged.raw, index), main)
    platform = np.where(judged.n >= ENOUGH, whole["percentile"].to_numpy(float), np.nan)
    has_formats, has_platform = ~np.isnan(strength), ~np.isnan(platform)
    weight = WEIGHTS["formats"] * has_formats + WEIGHTS["platform"] * has_platform
    value = ratio(
        WEIGHTS["formats"] * np.nan_to_num(strength) + WEIGHTS["platform"] * np.nan_to_num(platform), weight
    )
    value = np.where(has_formats, value, np.nan)
    confidence = np.where(
        has_formats,
        WEIGHTS["formats"] * sure
        + WEIGHTS["platform"] * np.where(has_platform, judged.n / (judged.n + 4.0), 0.0),
        0.0,
    )
    # What few posts leave open counts as worst and as best, and so does a missing standing on the platform.
    platform_trust = np.where(has_platform, judged.n / (judged.n + 4.0), 0.0)
    firm = by.sum(share * standing.n / (standing.n + 4.0) * np.nan_to_num(standing.percentile))
    low = WEIGHTS["formats"] * firm + WEIGHTS["platform"] * platform_trust * np.nan_to_num(platform)
    low = np.where(has_formats, low, np.nan)
    high = np.minimum(low + 1.0 - confidence, 1.0)
    # beside the account's other formats: the rate of this one by the mean of the others, each post counting once
    total_n = by.sum(np.where(enough, standing.n, 0.0))
    total = by.sum(np.where(enough, standing.n * standing.rate, 0.0))
    others_n = total_n[standing.account] - standing.n
    others = ratio(total[standing.account] - standing.n * standing.rate, others_n)
    versus = np.where(enough & (others_n > 0), ratio(standing.rate, others), np.nan)
    best = np.full(count, "", dtype=object)
    order = np.lexsort((standing.form, np.where(usable, -standing.percentile, 9.0), standing.account))
    first = order[np.concatenate(([True], np.diff(standing.account[order]) != 0))] if len(order) else order
    first = first[usable[first]]
    best[standing.account[first]] = np.array(FORMATS, dtype=object)[standing.form[first]]
    scores = pd.DataFrame(
        {"value": 100.0 * value, "low": 100.0 * low, "high": 100.0 * high, "confidence": np.clip(confidence, 0.0, 1.0),
         "verdict": best, "posts": posts}, index=index
    )  # fmt: skip
    parts = [
        Part(
            "platform", platform, ratio(WEIGHTS["platform"] * has_platform, weight), platform, judged.n,
            {"rate": judged.raw, "median": whole["median"], "peers": whole["peers"], "platform": table["platform"].to_numpy(object)},
            has_platform & has_formats,
        )
    ]  # fmt: skip
    for form, name in enumerate(FORMATS):
        percentile = spread_out(standing, form, count, np.where(enough, standing.percentile, np.nan))
        rate = spread_out(standing, form, count, np.where(enough, standing.rate, np.nan))
        if np.isnan(rate).all():
            continue
        beside = spread_out(standing, form, count, versus)
        own = spread_out(standing, form, count, share)
        scores[f"rate_{name}"] = rate
        scores[f"posts_{name}"] = spread_out(standing, form, count, standing.n)
        parts.append(
            Part(
                f"format:{name}", percentile, np.nan_to_num(ratio(WEIGHTS["formats"] * own, weight)), percentile,
                np.nan_to_num(spread_out(standing, form, count, standing.n)),
                {
                    "form": name, "rate": rate, "versus": beside - 1.0, "median": spread_out(standing, form, count, standing.median),
                    "peers": spread_out(standing, form, count, standing.peers),
                    "case": np.select(
                        [np.isnan(percentile), np.isnan(beside), beside >= CLEAR, beside <= 1 / CLEAR],
                        ["alone", "only", "over", "under"], "even",
                    ),
                },
                ~np.isnan(rate),
            )
        )  # fmt: skip
    return Result(scores, parts)


_PEERS = (
    " Above {percentile:percent} of the {peers:count} nearest accounts that post them.",
    " Di atas {percentile:percent} dari {peers:count} akun terdekat yang memakainya.",
)
_OWN = {
    "over": (
        "{form:form} are answered {versus:percent} more than this account's other formats ({rate:percent}).",
        "{form:form} mendapat {versus:percent} lebih banyak respons daripada format lain akun ini ({rate:percent}).",
    ),
    "under": (
        "{form:form} are answered less than this account's other formats ({versus:percent}, {rate:percent}).",
        "{form:form} mendapat lebih sedikit respons daripada format lain akun ini ({versus:percent}, {rate:percent}).",
    ),
    "even": (
        "{form:form} are answered like this account's other formats ({rate:percent}).",
        "{form:form} mendapat respons setara format lain akun ini ({rate:percent}).",
    ),
    "only": (
        "Nearly all posts are {form:form} ({rate:percent}).",
        "Hampir semua unggahan adalah {form:form} ({rate:percent}).",
    ),
}
SENTENCES = {
    "platform": (
        (
            "On this platform {rate:percent} engagement, above {percentile:percent} of the {peers:count} nearest accounts (usual:"
            " {median:percent})."
        ),
        (
            "Di platform ini engagement {rate:percent}, di atas {percentile:percent} dari {peers:count} akun terdekat (umumnya"
            " {median:percent})."
        ),
    ),
    **{f"format.{case}": (en + _PEERS[0], local + _PEERS[1]) for case, (en, local) in _OWN.items()},
    "format.alone": (
        "{rate:percent} over {evidence:count} {form:form}; too few accounts to compare with.",
        "{rate:percent} pada {evidence:count} {form:form}; terlalu sedikit akun untuk dibandingkan.",
    ),
}
DEFINITION = Definition(
    kind="formats",
    version=VERSION,
    compute=compute,
    label=("Format strength", "Kekuatan format"),
    unit="points",
    needs=frozenset({"accounts", "posts", "snapshots"}),
    names={
        "platform": ("On this platform", "Di platform ini"),
        **{f"format:{name}": pair for name, pair in FORMAT_LABELS.items()},
    },
    verdicts=FORMAT_LABELS,  # the format with the highest standing
    sentences=SENTENCES,
    formula=(
        (
            "100 × (70% mean of each format's percentile among the nearest 200 accounts of that platform and format, by its share"
            " of the posts; 30% percentile on the platform). Formats of under three posts are left out."
        ),
        (
            "100 × (70% rata-rata persentil tiap format di antara 200 akun terdekat pada platform dan format itu, menurut porsi"
            " unggahannya; 30% persentil di platform). Format dengan kurang dari tiga unggahan tidak dihitung."
        ),
    ),
    weights=WEIGHTS,
)

FIRST = without_interval(DEFINITION, "fmt-1.0")
