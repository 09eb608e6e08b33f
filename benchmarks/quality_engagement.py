"""Engagement on public monthly lists: how steady is the rate from one month to the next?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from benchmarks.quality import DATA, Row
from creators.scoring import engagement_v2, figures
from creators.scoring.definition import Frames, Peers

COLUMNS = {
    "Subscribers": "followers", "EngagementAverage": "engagement_avg", "AuthenticEngagement": "authentic_engagement",
    "Views": "views", "Likes": "likes", "Comments": "comments", "Shares": "shares",
}  # fmt: skip
SCALE = {"K": 1e3, "M": 1e6, "B": 1e9}


def count(text: str) -> float:
    """`409.8M` -> 409,800,000."""
    text = str(text).strip()
    if not text or text == "nan":
        return np.nan
    return float(text[:-1]) * SCALE[text[-1]] if text[-1] in SCALE else float(text)


def rates(path: Path, platform: str) -> pd.Series:
    """er-2.0 of every account of one list, by its name."""
    if not path.exists():
        raise FileNotFoundError(2, "not there", str(path))
    given = pd.read_csv(path, dtype=str).drop_duplicates("AccountName").reset_index(drop=True)
    numbers = pd.DataFrame(
        {ours: given[theirs].map(count) for theirs, ours in COLUMNS.items() if theirs in given}
    )
    ids = np.arange(1, len(given) + 1)
    accounts = pd.DataFrame(
        {"account_id": ids, "platform": platform, "followers": numbers["followers"], "following": np.nan}
    )
    snapshots = numbers.assign(
        account_id=ids, as_of=date(2022, 12, 1), source="vendor_estimate", definition="per_post_average"
    ).reindex(columns=figures.SNAPSHOT_COLUMNS)
    snapshots[["following", "views", "likes", "comments", "shares", "engagement_avg"]] = snapshots[
        ["following", "views", "likes", "comments", "shares", "engagement_avg"]
    ].astype(float)
    posts = pd.DataFrame(columns=["account_id", "published_at", "is_deleted", "kind", "likes"])
    found = engagement_v2.compute(
        Frames(accounts=accounts, posts=posts, snapshots=snapshots), Peers(), datetime(2023, 1, 1, tzinfo=UTC)
    )
    return pd.Series(found.scores["value"].to_numpy(), index=given["AccountName"])


def month_to_month(platform: str, file: str) -> tuple[float, int]:
    folder = DATA / "top1000_2022"
    both = pd.concat(
        [rates(folder / f"{file}_{month}.csv", platform) for month in ("Nov", "Dec")], axis=1, join="inner"
    ).dropna()
    both = both[(both > 0).all(axis=1)]
    return float(spearmanr(both.iloc[:, 0], both.iloc[:, 1]).statistic), len(both)


def rows() -> list[Row]:
    out = []
    for platform, file, target in (
        ("instagram", "Instagram", ">= .93"),
        ("tiktok", "TikTok", None),
        ("youtube", "Youtube", None),
    ):
        rho, n = month_to_month(platform, file)
        out.append(
            Row("engagement er-2.0", f"top1000_2022 {platform}, {n} accounts", "Nov→Dec Spearman", rho,
                baseline=0.933 if platform == "instagram" else None, target=target, kind="temporal")
        )  # fmt: skip
    return out
