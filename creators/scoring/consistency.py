"""Content consistency (cons-1.0): does the account post often, evenly, without long silences, and on its own topics?"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from . import formats, weights
from .definition import Definition, Frames, Part, Peers, Result, bounds, share_of_weight, weighted
from .engagement_v2 import accounts_frame
from .groups import Groups, ratio

VERSION = "cons-1.0"
WEIGHTS = weights.load(VERSION)
WINDOW_DAYS = 90
ENOUGH_GAPS = 5
SILENCE_DAYS = 21  # a pause this long is worth one half
ENOUGH_TAGGED = 3  # posts with hashtags in each half
DAY = np.timedelta64(1, "D")


def cadence_value(per_week: np.ndarray) -> np.ndarray:
    """One post a week is one half, three are three quarters."""
    return per_week / (per_week + 1.0)


def regularity_value(variation: np.ndarray) -> np.ndarray:
    """1 for an even rhythm, one half where gaps vary as at random."""
    return 1.0 / (1.0 + variation**2)


def silence_value(days: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + (days / SILENCE_DAYS) ** 2)


def seen_until(frames: Frames, now: datetime) -> np.ndarray:
    """The last moment we know of: today, or the day of the account's newest figures."""
    table = accounts_frame(frames)
    today = np.datetime64(pd.Timestamp(now).tz_convert("UTC").tz_localize(None), "ns")
    if "figures_as_of" not in table:
        return np.full(len(table), today)
    days = pd.to_datetime(table["figures_as_of"]).to_numpy("datetime64[ns]") + DAY
    return np.where(np.isnat(days) | (days > today), today, days)


def habits(frames: Frames, now: datetime) -> pd.DataFrame:
    made: pd.DataFrame = frames.once("consistency.habits", lambda: _habits(frames, now))
    return made


def _habits(frames: Frames, now: datetime) -> pd.DataFrame:
    """posts (in the window), per_week, gaps, variation, silence: of each account; NaN where it cannot be told."""
    posts = formats.of(frames, now)
    table = accounts_frame(frames)
    count = len(table)
    until = seen_until(frames, now)
    newest = posts.place == 0
    last = np.full(count, np.datetime64("NaT"), "datetime64[ns]")
    last[posts.account[newest]] = posts.published[newest]
    # the window ends with what we know, and never before the newest post
    until = np.where(np.isnat(last) | (last < until), until, last)
    age = (until[posts.account] - posts.published) / DAY
    inside = (age >= 0) & (age <= WINDOW_DAYS)
    by = Groups(posts.account, count)
    in_window = by.size(inside)
    held = by.size()
    oldest = np.nan_to_num(by.highest(age), nan=0.0)
    # posts we hold may reach back less than the window
    days = np.where(held >= 60, np.clip(oldest, 1.0, WINDOW_DAYS), WINDOW_DAYS)
    per_week = np.where(held > 0, in_window * 7.0 / days, np.nan)
    follows = (
        np.concatenate((posts.account[1:] == posts.account[:-1], [False])) if len(posts.account) else newest
    )
    following = (
        np.concatenate((posts.published[1:], posts.published[:1])) if len(posts.account) else posts.published
    )
    gap = np.where(follows & (posts.place < 30), (posts.published - following) / DAY, np.nan)
    gaps = by.size(~np.isnan(gap))
    mean = ratio(by.sum(gap), gaps)
    squares = by.sum((gap - mean[posts.account]) ** 2)
    variation = ratio(np.sqrt(ratio(squares, gaps)), mean)
    recent_gap = np.where(inside, gap, np.nan)
    silence = np.fmax((until - last) / DAY, by.highest(recent_gap))
    return pd.DataFrame(
        {
            "posts": in_window, "held": held, "per_week": per_week, "gaps": gaps,
            "variation": np.where(gaps >= ENOUGH_GAPS, variation, np.nan),
            "silence": np.where(held > 0, silence, np.nan),
        },
        index=table.index,
    )  # fmt: skip


def topics(frames: Frames, now: datetime) -> pd.DataFrame:
    """Cosine of the hashtags of the newer and the older half of the tagged posts, and how many posts had some."""
    index = accounts_frame(frames).index
    blank = pd.DataFrame({"topic": np.nan, "tagged": 0.0}, index=index)
    tags = frames.tags
    if tags.empty:
        return blank
    tags = tags[(tags["sign"] == "#") & tags["account_id"].isin(index)]
    tags = tags[pd.to_datetime(tags["published_at"], utc=True) <= pd.Timestamp(now)]
    if tags.empty:
        return blank
    tags = tags.drop_duplicates(["post_id", "tag"])
    posts = (
        tags[["account_id", "post_id", "published_at"]]
        .drop_duplicates("post_id")
        .sort_values(["account_id", "published_at", "post_id"])
    )
    place = posts.groupby("account_id").cumcount()
    size = posts.groupby("account_id")["post_id"].transform("size")
    posts = posts.assign(newer=place >= size / 2, tagged=size)
    newer = tags["post_id"].map(posts.set_index("post_id")["newer"]).to_numpy(bool)
    counted = (
        tags.assign(newer=newer).groupby(["account_id", "tag", "newer"]).size().unstack("newer", fill_value=0)
    ).reindex(columns=[False, True], fill_value=0)
    old, new = counted[False].to_numpy(float), counted[True].to_numpy(float)
    sums = (
        pd.DataFrame({"dot": old * new, "old": old**2, "new": new**2}, index=counted.index)
        .groupby(level="account_id")
        .sum()
    )
    cosine = pd.Series(
        ratio(sums["dot"].to_numpy(), np.sqrt(sums["old"] * sums["new"]).to_numpy()), sums.index
    )
    tagged = posts.groupby("account_id")["tagged"].first().astype(float)
    enough = tagged // 2 >= ENOUGH_TAGGED
    out = blank.copy()
    out["tagged"] = tagged.reindex(index).fillna(0.0)
    out["topic"] = cosine.where(enough.reindex(cosine.index)).reindex(index).clip(0.0, 1.0)
    return out


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    found = habits(frames, now)
    tagged = topics(frames, now)
    table = accounts_frame(frames)
    per_week = found["per_week"].to_numpy(float)
    held = found["held"].to_numpy(float)
    standing = peers.standing("posts_per_week", table, found["per_week"])
    gaps, tagged_posts = found["gaps"].to_numpy(float), tagged["tagged"].to_numpy(float)
    steady = held / (held + 4.0)
    known = {
        "cadence": (cadence_value(per_week), steady),
        "regularity": (regularity_value(found["variation"].to_numpy(float)), gaps / (gaps + 6.0)),
        "silence": (silence_value(found["silence"].to_numpy(float)), steady),
        "topic": (tagged["topic"].to_numpy(float), tagged_posts / (tagged_posts + 6.0)),
    }
    mean, confidence, weight = weighted(known, WEIGHTS)
    low, high = (np.where(np.isnan(mean), np.nan, end) for end in bounds(known, WEIGHTS))
    scores = pd.DataFrame(
        {
            "value": 100.0 * mean, "low": 100.0 * low, "high": 100.0 * high, "confidence": confidence,
            "posts_90_days": found["posts"], "per_week": per_week,
            "gap_variation": found["variation"], "longest_silence": np.floor(found["silence"]),
            "topic_match": tagged["topic"], "tagged_posts": tagged["tagged"],
        },
        index=found.index,
    )  # fmt: skip
    parts = [
        Part("cadence", known["cadence"][0], share_of_weight(WEIGHTS["cadence"], weight), standing["percentile"],
             found["posts"], {"per_week": per_week, "peers": standing["peers"],
                              "case": np.where(standing["percentile"].isna(), "alone", "")}),
        Part("regularity", known["regularity"][0], share_of_weight(WEIGHTS["regularity"], weight), np.nan,
             found["gaps"], {"case": np.select([found["variation"] < 0.7, found["variation"] < 1.2], ["even", "mixed"], "bursts")}),
        Part("silence", known["silence"][0], share_of_weight(WEIGHTS["silence"], weight), np.nan,
             found["posts"], {"days": np.floor(found["silence"].to_numpy(float))}),
        Part("topic", known["topic"][0], share_of_weight(WEIGHTS["topic"], weight), np.nan, tagged["tagged"], {}),
    ]  # fmt: skip
    return Result(scores, parts)


def peer_figures(frames: Frames, now: datetime) -> pd.DataFrame:
    return habits(frames, now)[["per_week"]].rename(columns={"per_week": "posts_per_week"})


SENTENCES = {
    "cadence": (
        "{per_week:number} posts a week over 90 days, more than {percentile:percent} of the {peers:count} nearest accounts.",
        (
            "{per_week:number} unggahan per minggu selama 90 hari, lebih sering dari {percentile:percent} dari {peers:count} akun"
            " terdekat."
        ),
    ),
    "cadence.alone": (
        "{per_week:number} posts a week over 90 days.",
        "{per_week:number} unggahan per minggu selama 90 hari.",
    ),
    "regularity.even": (
        "The {evidence:count} gaps between posts are even.",
        "{evidence:count} jeda antarunggahan merata.",
    ),
    "regularity.mixed": (
        "The {evidence:count} gaps between posts vary as at random.",
        "{evidence:count} jeda antarunggahan bervariasi seperti acak.",
    ),
    "regularity.bursts": (
        "Posts come in bursts with pauses between ({evidence:count} gaps).",
        "Unggahan datang beruntun lalu berhenti ({evidence:count} jeda).",
    ),
    "silence": (
        "The longest silence of the last 90 days was {days:count} days.",
        "Jeda terpanjang dalam 90 hari terakhir {days:count} hari.",
    ),
    "topic": (
        "Hashtags of newer and older posts match by {value:percent} ({evidence:count} posts with hashtags).",
        "Tagar unggahan baru dan lama cocok {value:percent} ({evidence:count} unggahan bertagar).",
    ),
}
DEFINITION = Definition(
    kind="consistency",
    version=VERSION,
    compute=compute,
    label=("Content consistency", "Konsistensi konten"),
    unit="points",
    needs=frozenset({"accounts", "posts", "tags"}),
    names={
        "cadence": ("Posts a week", "Unggahan per minggu"),
        "regularity": ("Rhythm", "Ritme"),
        "silence": ("Longest silence", "Jeda terpanjang"),
        "topic": ("Same topics", "Topik yang sama"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "100 × weighted mean of: cadence w ÷ (w + 1) with w posts a week; rhythm 1 ÷ (1 + v²) with v the variation of the"
            " last 30 gaps; silence 1 ÷ (1 + (days ÷ 21)²); cosine of the hashtags of the newer and older half of the posts."
        ),
        (
            "100 × rata-rata tertimbang dari: frekuensi w ÷ (w + 1) dengan w unggahan per minggu; ritme 1 ÷ (1 + v²) dengan v"
            " variasi 30 jeda terakhir; jeda 1 ÷ (1 + (hari ÷ 21)²); kosinus tagar paruh baru dan paruh lama unggahan."
        ),
    ),
    weights=WEIGHTS,
    peer_figures=peer_figures,
)
