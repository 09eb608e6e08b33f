"""Innovation and collaboration (innov-1.0): how varied, how quick with new formats, with whom, and how ads are taken."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from . import formats, weights
from .definition import Definition, Frames, Part, Peers, Result, bounds, share_of_weight, weighted
from .engagement_v2 import FORMATS, accounts_frame, interactions
from .groups import Groups, ratio

VERSION = "innov-1.0"
WEIGHTS = weights.load(VERSION)
NEW_DAYS = 180
ENOUGH_OLDER = 10  # posts before, so that a format can be called new
ENOUGH_POSTS = 6
ENOUGH_SPONSORED = 3
MANY_PARTNERS = 5.0  # so many distinct accounts mentioned are worth one half
MIX_FULL, MIX_NONE = 0.25, 0.75  # share of advertising
OFFERED = {"instagram": 3, "tiktok": 2, "youtube": 2, "x": 3, "facebook": 4}  # formats in common use
DAY = np.timedelta64(1, "D")


def mix_value(share: np.ndarray) -> np.ndarray:
    """1 up to a quarter of the posts, 0 from three quarters."""
    return np.clip((MIX_NONE - share) / (MIX_NONE - MIX_FULL), 0.0, 1.0)


def variety_value(effective: np.ndarray, offered: np.ndarray) -> np.ndarray:
    """0 for one format alone, 1 for an even use of all that are common on the platform."""
    return np.clip((effective - 1.0) / (offered - 1.0), 0.0, 1.0)


def partners(frames: Frames, now: datetime) -> pd.Series:
    """Distinct accounts mentioned in the posts we hold."""
    index = accounts_frame(frames).index
    tags = frames.tags
    if tags.empty:
        return pd.Series(0.0, index=index)
    given = tags[
        (tags["sign"] == "@") & (pd.to_datetime(tags["published_at"], utc=True) <= pd.Timestamp(now))
    ]
    distinct = given.drop_duplicates(["account_id", "tag"]).groupby("account_id").size()
    return distinct.reindex(index).fillna(0.0).astype(float)


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    posts = formats.of(frames, now)
    table = accounts_frame(frames)
    count, index = len(table), table.index
    by = Groups(posts.account, count)
    n = by.size()
    enough = n >= ENOUGH_POSTS
    width = len(FORMATS)
    used = Groups(posts.account * width + posts.form, count * width)
    counts = used.size().reshape(count, width)
    share = ratio(counts, np.maximum(n, 1.0)[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.where(share > 0, share * np.log(share), 0.0).sum(axis=1)
    effective = np.exp(entropy)
    offered = table["platform"].map(OFFERED).fillna(3).to_numpy(float)
    variety = np.where(enough, variety_value(effective, offered), np.nan)

    newest = np.full(count, np.datetime64("NaT"), "datetime64[ns]")
    newest[posts.account[posts.place == 0]] = posts.published[posts.place == 0]
    recent = (newest[posts.account] - posts.published) / DAY <= NEW_DAYS
    older = by.size(~recent)
    before = used.size(~recent).reshape(count, width)
    lately = used.size(recent).reshape(count, width)
    taken_up = (lately >= 2) & (before == 0)
    fresh = taken_up.sum(axis=1).astype(float)
    new_formats = np.where((older >= ENOUGH_OLDER), 1.0 - 0.5**fresh, np.nan)
    first_new = np.where(taken_up.any(axis=1), np.array(FORMATS, dtype=object)[taken_up.argmax(axis=1)], "")

    mentioned = partners(frames, now).to_numpy(float)
    partner_value = np.where(enough, mentioned / (mentioned + MANY_PARTNERS), np.nan)

    sponsored = posts.figure("is_sponsored")
    told = by.size(~np.isnan(sponsored))
    ads = by.size(sponsored == 1)
    ad_share = np.where(told >= ENOUGH_POSTS, ratio(ads, told), np.nan)
    answer = interactions(posts)
    with_ads = by.median(np.where(sponsored == 1, answer, np.nan))
    without = by.median(np.where(sponsored == 0, answer, np.nan))
    plenty = (by.size((sponsored == 1) & ~np.isnan(answer)) >= ENOUGH_SPONSORED) & (
        by.size((sponsored == 0) & ~np.isnan(answer)) >= ENOUGH_SPONSORED
    )
    lift = np.where(plenty, ratio(with_ads, without), np.nan)

    trust = n / (n + 6.0)
    known = {
        "variety": (variety, trust),
        "new_formats": (new_formats, ratio(older, older + 10.0)),
        "partners": (partner_value, trust),
        "sponsored_mix": (mix_value(ad_share), ratio(told, told + 6.0)),
        "sponsored_answer": (np.clip(lift, 0.0, 1.0), ratio(ads, ads + 4.0)),
    }
    mean, confidence, weight = weighted(known, WEIGHTS)
    low, high = (np.where(np.isnan(mean), np.nan, end) for end in bounds(known, WEIGHTS))
    scores = pd.DataFrame(
        {
            "value": 100.0 * mean, "low": 100.0 * low, "high": 100.0 * high, "confidence": confidence, "posts": n, "effective_formats": effective,
            "new_formats": np.where(older >= ENOUGH_OLDER, fresh, np.nan), "partners": mentioned, "sponsored_share": ad_share,
            "sponsored_answer": lift,
        },
        index=index,
    )  # fmt: skip
    facts: dict[str, dict[str, object]] = {
        "variety": {"formats": (counts > 0).sum(axis=1)},
        "new_formats": {"form": first_new, "fresh": fresh, "case": np.where(fresh > 0, "some", "none")},
        "partners": {"partners": mentioned, "case": np.where(mentioned > 0, "some", "none")},
        "sponsored_mix": {"share": ad_share, "ads": ads},
        "sponsored_answer": {"lift": lift, "ads": ads},
    }
    evidence = {"variety": n, "new_formats": n, "partners": n, "sponsored_mix": told, "sponsored_answer": ads}
    parts = [
        Part(name, value, share_of_weight(WEIGHTS[name], weight), np.nan, evidence[name], facts[name])
        for name, (value, _) in known.items()
    ]
    return Result(scores, parts)


SENTENCES = {
    "variety": (
        "Uses {formats:count} formats in {evidence:count} posts.",
        "Memakai {formats:count} format dalam {evidence:count} unggahan.",
    ),
    "new_formats.some": (
        "Took up {form:form} in the last 180 days.",
        "Mulai memakai {form:form} dalam 180 hari terakhir.",
    ),
    "new_formats.none": (
        "Took up no new format in the last 180 days.",
        "Tidak memakai format baru dalam 180 hari terakhir.",
    ),
    "partners.some": (
        "{partners:count} different accounts mentioned in {evidence:count} posts.",
        "{partners:count} akun berbeda disebut dalam {evidence:count} unggahan.",
    ),
    "partners.none": (
        "No other account mentioned in {evidence:count} posts.",
        "Tidak ada akun lain yang disebut dalam {evidence:count} unggahan.",
    ),
    "sponsored_mix": (
        "{ads:count} of {evidence:count} posts are disclosed advertising ({share:percent}).",
        "{ads:count} dari {evidence:count} unggahan adalah iklan yang diungkapkan ({share:percent}).",
    ),
    "sponsored_answer": (
        "Sponsored posts get {lift:percent} of the engagement of the other posts ({ads:count} sponsored).",
        "Unggahan bersponsor mendapat {lift:percent} dari engagement unggahan lain ({ads:count} bersponsor).",
    ),
}
DEFINITION = Definition(
    kind="innovation",
    version=VERSION,
    compute=compute,
    label=("Innovation and collaboration", "Inovasi dan kolaborasi"),
    unit="points",
    needs=frozenset({"accounts", "posts", "tags"}),
    names={
        "variety": ("Variety of formats", "Ragam format"),
        "new_formats": ("New formats", "Format baru"),
        "partners": ("Collaborations", "Kolaborasi"),
        "sponsored_mix": ("Share of advertising", "Porsi iklan"),
        "sponsored_answer": ("Answer to sponsored posts", "Respons unggahan bersponsor"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "100 × weighted mean of: variety (effective number of formats − 1) ÷ (formats common on the platform − 1); new formats"
            " 1 − 0.5ⁿ over 180 days; partners m ÷ (m + 5); share of advertising 1 up to 25%, 0 from 75%; engagement of sponsored"
            " posts ÷ that of the others, at most 1."
        ),
        (
            "100 × rata-rata tertimbang dari: ragam (jumlah format efektif − 1) ÷ (format lazim di platform − 1); format baru"
            " 1 − 0,5ⁿ dalam 180 hari; mitra m ÷ (m + 5); porsi iklan 1 sampai 25%, 0 mulai 75%; engagement unggahan bersponsor ÷"
            " unggahan lain, paling banyak 1."
        ),
    ),
    weights=WEIGHTS,
)
