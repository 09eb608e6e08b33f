"""One row an account: what its posts, or a vendor's averages, say about how it is answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

# Parts of an engagement, by platform (reference: Stellar/Keyhole convention); a part not given adds nothing.
PARTS: dict[str, tuple[str, ...]] = {
    "instagram": ("likes", "comments"),
    "tiktok": ("likes", "comments", "shares", "saves"),
    "youtube": ("likes", "comments"),
    "x": ("likes", "comments", "shares"),
    "facebook": ("likes", "comments", "shares"),
}
REACH_PARTS = ("likes", "comments", "shares", "saves")
CANONICAL = {
    "instagram": "followers",
    "tiktok": "views",
    "youtube": "views",
    "x": "views",
    "facebook": "followers",
}
LAST_POSTS = 12
SETTLE = timedelta(hours=48)  # younger posts still collect

COLUMNS = [
    "platform", "followers", "following", "n_posts", "basis", "likes", "comments", "shares", "views",
    "er_followers", "er_views", "er_reach", "view_rate", "authentic_ratio",
]  # fmt: skip
POST_COLUMNS = [
    "account_id",
    "published_at",
    "is_deleted",
    "kind",
    "views",
    "reach",
    "likes",
    "comments",
    "shares",
    "saves",
]
SNAPSHOT_COLUMNS = [
    "account_id", "as_of", "source", "definition", "followers", "following", "views", "likes", "comments", "shares",
    "engagement_avg", "authentic_engagement",
]  # fmt: skip


def settled(posts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The last twelve posts of each account that are at least 48 hours old, not deleted and no stories."""
    if posts.empty:
        return posts
    published = pd.to_datetime(posts["published_at"], utc=True)
    keep = (
        published.notna()
        & (published <= pd.Timestamp(now) - SETTLE)
        & ~posts["is_deleted"].astype(bool)
        & (posts["kind"] != "story")
        & posts["likes"].notna()
    )
    chosen = posts[keep].assign(published_at=published[keep])
    chosen = chosen.sort_values(
        ["account_id", "published_at", "likes", "comments"], ascending=[True, False, True, True]
    )
    return chosen[chosen.groupby("account_id", sort=False).cumcount() < LAST_POSTS]


def _ratio(top: pd.Series, bottom: pd.Series) -> pd.Series:
    """Undefined, not zero, on a zero denominator."""
    return top / bottom.where(bottom > 0)


def from_posts(posts: pd.DataFrame, accounts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Engagement by followers, views and reach from single posts: ratios of sums, the median for followers."""
    chosen = settled(posts, now)
    if chosen.empty:
        return pd.DataFrame()
    chosen = chosen.merge(accounts[["account_id", "platform", "followers"]], on="account_id", how="inner")
    numbers = chosen[["likes", "comments", "shares", "saves", "views", "reach"]].astype(float)
    chosen[numbers.columns] = numbers
    filled = numbers.fillna(0.0)
    chosen["parts"] = 0.0
    for platform, names in PARTS.items():
        mine = chosen["platform"] == platform
        if mine.any():
            chosen.loc[mine, "parts"] = filled.loc[mine, list(names)].sum(axis=1)
    chosen["reach_parts"] = filled[list(REACH_PARTS)].sum(axis=1)
    seen = chosen["views"] > 0
    reached = chosen["reach"] > 0
    chosen["view_parts"] = chosen["parts"].where(seen)
    chosen["seen_views"] = chosen["views"].where(seen)
    chosen["reach_parts"] = chosen["reach_parts"].where(reached)
    chosen["seen_reach"] = chosen["reach"].where(reached)
    group = chosen.groupby("account_id")
    out = pd.DataFrame(
        {
            "n_posts": group["parts"].count(),
            "likes": group["likes"].mean(),
            "comments": group["comments"].mean(),
            "shares": group["shares"].mean(),
            "views": group["views"].mean(),
            "median_parts": group["parts"].median(),
            "median_views": group["views"].median(),
            "er_views": _ratio(group["view_parts"].sum(min_count=1), group["seen_views"].sum(min_count=1)),
            "er_reach": _ratio(group["reach_parts"].sum(min_count=1), group["seen_reach"].sum(min_count=1)),
            "followers": group["followers"].first(),
        }
    )
    out["er_followers"] = _ratio(out["median_parts"], out["followers"].astype(float))
    out["view_rate"] = _ratio(out["median_views"], out["followers"].astype(float))
    return out.drop(columns=["median_parts", "median_views", "followers"])


def from_averages(snapshots: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """The newest per-post averages a vendor gave, for accounts of which we hold no posts."""
    if snapshots.empty:
        return pd.DataFrame()
    averages = snapshots[snapshots["definition"] == "per_post_average"]
    if averages.empty:
        return pd.DataFrame()
    last = (
        averages.sort_values(["account_id", "as_of", "source"])
        .groupby("account_id")
        .tail(1)
        .set_index("account_id")
    )
    platform = accounts.set_index("account_id")["platform"].reindex(last.index)
    number = last[["followers", "views", "likes", "comments", "shares", "engagement_avg"]].astype(float)
    parts = pd.Series(np.nan, index=last.index)
    for name, names in PARTS.items():
        mine = platform == name
        columns = [part for part in names if part in number]
        if mine.any():
            given = number.loc[mine, columns]
            parts.loc[mine] = given.sum(axis=1).where(given["likes"].notna())
    hidden = (number["likes"] == 0) & (number["views"] > 1000)  # the owner hides likes: not a zero
    parts = parts.mask(hidden)
    engaged = number["engagement_avg"].fillna(parts)
    return pd.DataFrame(
        {
            "n_posts": 0,
            "likes": number["likes"].mask(hidden),
            "comments": number["comments"],
            "shares": number["shares"],
            "views": number["views"],
            "er_followers": _ratio(engaged, number["followers"]),
            "er_views": _ratio(parts, number["views"]),
            "er_reach": np.nan,
            "view_rate": _ratio(number["views"], number["followers"]),
        },
        index=last.index,
    )


def authentic_ratio(snapshots: pd.DataFrame) -> pd.Series:
    """Authentic over total engagement, where a vendor gives both; the newest one."""
    if snapshots.empty:
        return pd.Series(dtype=float)
    given = snapshots[(snapshots["engagement_avg"] > 0) & snapshots["authentic_engagement"].notna()]
    if given.empty:
        return pd.Series(dtype=float)
    last = (
        given.sort_values(["account_id", "as_of", "source"])
        .groupby("account_id")
        .tail(1)
        .set_index("account_id")
    )
    return (last["authentic_engagement"].astype(float) / last["engagement_avg"].astype(float)).clip(0.0, 1.0)


def build(
    accounts: pd.DataFrame, posts: pd.DataFrame, snapshots: pd.DataFrame, now: datetime
) -> pd.DataFrame:
    """All figures of all accounts; NaN where nothing is known. Rows of the inputs may come in any order."""
    base = accounts.set_index("account_id").sort_index()[["platform", "followers", "following"]].copy()
    base[["followers", "following"]] = base[["followers", "following"]].astype(float)
    singles = from_posts(posts, accounts, now)
    averages = from_averages(snapshots, accounts)
    out = base.reindex(columns=COLUMNS)
    out["n_posts"] = 0
    out["basis"] = ""
    value_columns = [
        "n_posts",
        "likes",
        "comments",
        "shares",
        "views",
        "er_followers",
        "er_views",
        "er_reach",
        "view_rate",
    ]
    for column in value_columns:
        out[column] = out[column].astype(float)
    for frame, basis in ((averages, "averages"), (singles, "posts")):
        if not frame.empty:
            frame = frame[frame.index.isin(out.index)]
            out.loc[frame.index, value_columns] = frame[value_columns].astype(float)
            out.loc[frame.index, "basis"] = basis
    out["authentic_ratio"] = authentic_ratio(snapshots).reindex(out.index)
    return out


def canonical(figures: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """The rate each platform is judged by, and which one that is; X falls back to followers without views."""
    basis = figures["platform"].map(CANONICAL).astype(object)
    basis = basis.mask(
        (basis == "views") & figures["er_views"].isna() & (figures["platform"] == "x"), "followers"
    )
    rate = figures["er_followers"].where(basis == "followers", figures["er_views"])
    return rate.astype(float), basis
