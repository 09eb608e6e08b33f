"""The forecast as a score: what the next post of the account's main format will reach, and how sure that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ..definition import Definition, Frames, Part, Peers, Result
from ..figures import PARTS
from . import model

VERSION = model.VERSION
METRICS = ("views", "likes", "engagement")
LEAST_POSTS = 5
SETTLED = timedelta(hours=48)
TRUST = 6.0  # settled posts after which confidence is a half, before its own accuracy is looked at


def settled(posts: pd.DataFrame, accounts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Posts old enough to be judged, with `engagement` as the platform counts it and `guest` where others are named."""
    if posts.empty:
        return posts.assign(engagement=np.nan, guest=0.0)
    at = pd.to_datetime(posts["published_at"], utc=True)
    ripe = posts[~posts["is_deleted"].astype(bool) & (at <= pd.Timestamp(now) - SETTLED)].copy()
    platform = ripe["account_id"].map(accounts.set_index("account_id")["platform"])
    ripe["engagement"] = np.nan
    for name, parts in PARTS.items():
        mine = (platform == name).to_numpy()
        if mine.any():
            given = ripe.loc[mine, list(parts)].astype(float)
            ripe.loc[mine, "engagement"] = given.sum(axis=1).where(given["likes"].notna())
    named = ripe["mentions"].fillna(0) > 0 if "mentions" in ripe else pd.Series(False, ripe.index)
    paid = ripe["is_sponsored"] == 1 if "is_sponsored" in ripe else pd.Series(False, ripe.index)
    ripe["guest"] = (named & ~paid).astype(float)
    return ripe


def forecasts(
    posts: pd.DataFrame, accounts: pd.DataFrame, now: datetime, version: str = VERSION
) -> pd.DataFrame:
    """A row an account, format and metric: low, mid, high (counts), posts, spread, past_error, past, trend."""
    ripe = settled(posts, accounts, now)
    found = []
    for metric in METRICS:
        prepared = model.prepare(ripe, metric) if len(ripe) else pd.DataFrame()
        if prepared.empty:
            continue
        rows = model.table(prepared).rows
        said = model.forecast(rows, model.params(metric, version))
        was = rows["is_next"].to_numpy(bool)
        off = np.expm1(np.abs(rows["y"] - said["mid"])).clip(upper=9.0)[~was & (rows["n"] >= LEAST_POSTS)]
        keys = [rows.loc[off.index, "account_id"], rows.loc[off.index, "form"]]
        past = (
            off.groupby(keys).agg(["median", "count"])
            if len(off)
            else pd.DataFrame(columns=["median", "count"])
        )
        coming = pd.concat([rows[was], said[was].add_prefix("log_")], axis=1)
        coming = coming[coming["n"] >= LEAST_POSTS]
        if coming.empty:
            continue
        index = pd.MultiIndex.from_arrays([coming["account_id"], coming["form"]])
        known = past.reindex(index)
        found.append(
            pd.DataFrame(
                {
                    "account_id": coming["account_id"].to_numpy(),
                    "form": coming["form"].to_numpy(),
                    "metric": metric,
                    **{
                        name: np.round(np.expm1(coming[f"log_{name}"].to_numpy(float)).clip(0))
                        for name in ("low", "mid", "high")
                    },
                    "posts": coming["n"].to_numpy(int),
                    "spread": coming["log_spread"].to_numpy(float),
                    "trend": coming["drift"].to_numpy(float),
                    "past_error": known["median"].to_numpy(float),
                    "past": known["count"].fillna(0).to_numpy(float),
                }
            )
        )
    columns = [
        "account_id",
        "form",
        "metric",
        "low",
        "mid",
        "high",
        "posts",
        "spread",
        "trend",
        "past_error",
        "past",
    ]
    if not found:
        return pd.DataFrame(columns=columns)
    out = pd.concat(found, ignore_index=True)
    return out.sort_values(["account_id", "form", "metric"], kind="stable").reset_index(drop=True)


def main_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The row each account is judged by: the format it posts most, views where the platform shows them."""
    if table.empty:
        return table.set_index("account_id")
    order = table.assign(
        rank=table["metric"].map({"views": 0, "engagement": 1, "likes": 2}), least=-table["posts"]
    )
    return (
        order.sort_values(["account_id", "least", "rank", "form"])
        .groupby("account_id")
        .head(1)
        .set_index("account_id")
    )


def compute(frames: Frames, peers: Peers, now: datetime, version: str = VERSION) -> Result:
    posting = frames.accounts["account_id"].isin(frames.posts["account_id"])
    accounts = frames.accounts[posting].sort_values("account_id")
    table = forecasts(frames.posts, accounts, now, version)
    index = pd.Index(accounts["account_id"], name="account_id")
    main = main_rows(table).reindex(index)
    by_account: dict[Any, dict[str, dict[str, list[float]]]] = {}
    for row in table.itertuples():
        by_account.setdefault(row.account_id, {}).setdefault(row.form, {})[row.metric] = [
            float(row.low), float(row.mid), float(row.high), int(row.posts)
        ]  # fmt: skip
    posts = main["posts"].fillna(0).to_numpy(float)
    error = main["past_error"].to_numpy(float)
    past = main["past"].fillna(0).to_numpy(float)
    spread = main["spread"].to_numpy(float)
    accuracy = 1.0 - np.clip(error, 0.0, 1.0)
    steady = np.exp(-np.nan_to_num(spread, nan=9.0))
    confidence = posts / (posts + TRUST) * (0.4 + 0.6 * steady)
    scores = pd.DataFrame(
        {
            "value": main["mid"], "low": main["low"], "high": main["high"],
            "confidence": np.where(posts > 0, confidence, 0.0),
            "inputs": [
                {"form": None if pd.isna(form) else form, "metric": None if pd.isna(metric) else metric,
                 "forecasts": by_account.get(pk, {})}
                for pk, form, metric in zip(index, main["form"], main["metric"], strict=True)
            ],
        },
        index=index,
    )  # fmt: skip
    trend = main["trend"].to_numpy(float)
    case = np.where(
        np.isnan(trend), "", np.where(trend > 0.05, "up", np.where(trend < -0.05, "down", "flat"))
    )
    parts = [
        Part("steadiness", value=np.where(posts > 0, steady, np.nan), weight=0.4, evidence=posts,
             facts={"posts": posts, "off": np.expm1(spread)}),
        Part("past_accuracy", value=np.where(past > 0, accuracy, np.nan), weight=0.4, evidence=past,
             facts={"past": past, "error": error}),
        Part("direction", value=np.where(posts > 0, 0.5 + np.clip(trend, -0.5, 0.5), np.nan), weight=0.2, evidence=posts,
             facts={"change": np.expm1(np.abs(trend)), "case": case}),
    ]  # fmt: skip
    return Result(scores, parts)


SENTENCES = {
    "steadiness": (
        "From {posts:count} posts; one post is usually {off:percent} away from the forecast.",
        "Dari {posts:count} unggahan; satu unggahan biasanya meleset {off:percent} dari perkiraan.",
    ),
    "past_accuracy": (
        "Half of the {past:count} posts before were forecast within {error:percent}.",
        "Separuh dari {past:count} unggahan sebelumnya diperkirakan dengan selisih paling besar {error:percent}.",
    ),
    "direction.up": (
        "Its newest posts came out {change:percent} above what the ones before led to expect.",
        "Unggahan terbarunya {change:percent} di atas perkiraan dari unggahan sebelumnya.",
    ),
    "direction.down": (
        "Its newest posts came out {change:percent} below what the ones before led to expect.",
        "Unggahan terbarunya {change:percent} di bawah perkiraan dari unggahan sebelumnya.",
    ),
    "direction.flat": (
        "Its newest posts came out as expected.",
        "Unggahan terbarunya sesuai perkiraan.",
    ),
}

DEFINITION = Definition(
    kind="prediction",
    version=VERSION,
    compute=compute,
    label=("Next post", "Unggahan berikutnya"),
    unit="count",
    needs=frozenset({"accounts", "posts"}),
    names={
        "steadiness": ("Steadiness", "Kestabilan"),
        "past_accuracy": ("Forecasts so far", "Perkiraan selama ini"),
        "direction": ("Direction", "Arah"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "In logarithms: fading means, median of ten, mean of five and highest of twenty of the creator's own posts of"
            " the format, mixed by how well each did on this account, plus small effects of format and news. Four posts of"
            " five fall inside the interval, whose ends move out where this account was missed more often. No forecast"
            " with fewer than five posts of a format."
        ),
        (
            "Dalam logaritma: rata-rata memudar, median sepuluh, rata-rata lima, dan tertinggi dari dua puluh unggahan"
            " kreator itu sendiri pada format yang sama, dicampur menurut ketepatannya pada akun ini, ditambah pengaruh"
            " kecil dari format. Empat dari lima unggahan jatuh di dalam rentang, yang melebar bila akun ini lebih sering"
            " meleset. Tanpa perkiraan bila unggahan format itu kurang dari lima."
        ),
    ),
    weights={"steadiness": 0.4, "past_accuracy": 0.4, "direction": 0.2},
    card="models/prediction.md",
)

# 1.0: one interval a format, fitted on the newest posts of the same creators; it did not move with the account.
FIRST = replace(DEFINITION, version="forecast-1.0", compute=partial(compute, version="forecast-1.0"))
