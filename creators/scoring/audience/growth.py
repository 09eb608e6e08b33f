"""Which steps of a follower count look bought? Each is compared with the account's own habit.

z = (adds a day - median) / (.3 MAD + .7 standard deviation + what rounding hides). A step that stands alone and melts
away again counts more, one in company less; where views or a post rose with it, it is a viral post and counts less
(reference, section 3). The same function judges the pipeline's snapshots and the lists of `manage.py score_growth`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

ENOUGH = 6  # intervals; fewer are no habit
FLAG_AT = 4.5
LONG = 200  # intervals; the more are looked at, the higher the bar (a heavy tail of index 3)
TAIL_INDEX = 3.0
MATERIAL = 0.002  # of the followers; less than this is never called an anomaly
AHEAD = 6  # intervals in which bought followers fall away
ALONE, MELTS, SEEN = 1.5, 1.5, 0.5
MELTED = 0.3  # this part lost again counts fully
WINDOW = 21  # intervals of the local habit, where they are
DAILY_FROM = 0.5  # days or longer; within hours an event would be its own habit and its own company
ROUNDED = frozenset({"youtube"})
STILL = 0.5  # with more zero steps than this, rounded counts are read by the week
VIRAL = 2.0
DROPS = 0.4  # a sudden loss is told, but it is not what is looked for


@dataclass(frozen=True)
class Steps:
    """`table`: one row an interval (account_id, start, at, days, before, followers, change, expected, z, views_z,
    melted, flag_at, score, anomaly, note, suspicious, gross), sorted by account and time."""

    table: pd.DataFrame


COLUMNS = [
    "account_id", "start", "at", "days", "before", "followers", "change", "expected", "z", "views_z", "melted", "flag_at",
    "score", "anomaly", "note", "suspicious", "gross",
]  # fmt: skip


def quantum(followers: np.ndarray) -> np.ndarray:
    """The step in which a count of three significant digits moves; 1 below 1,000."""
    safe = np.maximum(np.nan_to_num(followers, nan=1.0), 1.0)
    return np.where(safe >= 1000, 10.0 ** (np.floor(np.log10(safe)) - 2), 1.0)


def is_rounded(series: pd.DataFrame, platforms: pd.Series) -> pd.Series:
    """Per account: of a platform that rounds, and its counts are in fact rounded (exact ones come with consent)."""
    of = series["account_id"].map(platforms).isin(ROUNDED)
    counts = series["followers"].to_numpy(float)
    fits = np.mod(counts, quantum(counts)) == 0
    return (pd.Series(fits, index=series.index).groupby(series["account_id"]).mean() >= 0.95) & of.groupby(
        series["account_id"]
    ).first()


def intervals(series: pd.DataFrame, platforms: pd.Series, posts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Judge each interval between two counts of an account.

    `series`: account_id, at (timestamps), followers, and views where known (of the interval, or a running total: told
    apart by their shape). `posts`: account_id, published_at, weight (how far above the account's usual post) and
    giveaway, for the notes.
    """
    rows = series[series["followers"].notna()]
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    rows = rows.sort_values(["account_id", "at"], kind="stable").drop_duplicates(
        ["account_id", "at"], keep="last"
    )
    rows = rows.reset_index(drop=True)
    if "views" not in rows:
        rows["views"] = np.nan
    rounded = is_rounded(rows, platforms)
    weekly = _by_week(rows, rounded)
    fine = judge(rows[~rows["account_id"].isin(weekly)], rounded, posts)
    if not len(weekly):
        return fine
    mine = rows[rows["account_id"].isin(weekly)]
    week = mine["at"].dt.to_period("W")
    last = mine.groupby([mine["account_id"], week]).tail(1)
    pooled = judge(last, rounded, posts)
    spread = _spread(mine, pooled)
    found = [one for one in (fine, spread) if len(one)]
    whole = pd.concat(found, ignore_index=True) if found else fine
    return whole.sort_values(["account_id", "at"], kind="stable").reset_index(drop=True)


def _by_week(rows: pd.DataFrame, rounded: pd.Series) -> pd.Index:
    """Accounts whose rounded counts mostly stand still from one reading to the next."""
    step = rows.groupby("account_id")["followers"].diff()
    gap = rows.groupby("account_id")["at"].diff().dt.total_seconds() / 86400.0
    still = (step == 0).groupby(rows["account_id"]).sum() / step.groupby(rows["account_id"]).count().clip(
        lower=1
    )
    often = gap.groupby(rows["account_id"]).median() < 5.0
    chosen = (still > STILL) & often & rounded.reindex(still.index).fillna(False)
    return chosen.index[chosen.to_numpy()]


def _spread(rows: pd.DataFrame, pooled: pd.DataFrame) -> pd.DataFrame:
    """A week's verdict on the readings in it in which the count rose; the others stood still."""
    out = _bare(rows)
    if out.empty:
        return out
    out["_week"] = out["at"].dt.to_period("W")
    keyed = pooled.assign(_week=pooled["at"].dt.to_period("W")).drop_duplicates(["account_id", "_week"])
    taken = ["expected", "z", "views_z", "melted", "flag_at", "score", "anomaly", "note"]
    joined = out.drop(columns=taken).merge(
        keyed[["account_id", "_week", *taken, "suspicious", "gross"]], on=["account_id", "_week"], how="left",
        suffixes=("", "_week_sum"),
    )  # fmt: skip
    moved = joined["change"] != 0
    for name, rest in (("z", 0.0), ("score", 0.0), ("views_z", np.nan), ("melted", 0.0), ("suspicious", 0.0)):
        given = joined[f"{name}_week_sum"] if name == "suspicious" else joined[name]
        joined[name] = given.where(moved, rest).fillna(rest)
    joined["anomaly"] = joined["anomaly"].eq(True) & moved
    joined["note"] = joined["note"].where(moved, "usual").fillna("usual")
    risen = joined["change"].clip(lower=0.0)
    whole = risen.groupby([joined["account_id"], joined["_week"]]).transform("sum")
    joined["suspicious"] = joined["suspicious"] * (risen / whole.where(whole > 0)).fillna(0.0)
    joined["gross"] = risen
    joined["flag_at"] = joined["flag_at"].fillna(FLAG_AT)
    return joined[COLUMNS]


def _bare(rows: pd.DataFrame) -> pd.DataFrame:
    """Intervals without a verdict."""
    by = rows.groupby("account_id")
    out = pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "start": by["at"].shift(),
            "at": rows["at"],
            "before": by["followers"].shift().astype(float),
            "followers": rows["followers"].astype(float),
            "_views": rows["views"].astype(float),
            "_views_before": by["views"].shift().astype(float),
        }
    )
    out = out[out["start"].notna()].reset_index(drop=True)
    out["days"] = (out["at"] - out["start"]).dt.total_seconds() / 86400.0
    out["change"] = out["followers"] - out["before"]
    for name in ("expected", "z", "views_z", "melted", "flag_at", "score", "suspicious", "gross"):
        out[name] = np.nan
    out["anomaly"], out["note"] = False, "usual"
    return out


def judge(rows: pd.DataFrame, rounded: pd.Series, posts: pd.DataFrame | None = None) -> pd.DataFrame:
    """The verdict on sorted readings, one an account and moment."""
    out = _bare(rows)
    if out.empty:
        return out[COLUMNS] if "account_id" in out else pd.DataFrame(columns=COLUMNS)
    key = out["account_id"]
    # two readings minutes apart tell no rate a day: an interval counts as at least half of the account's usual one
    usual = out["days"].groupby(key, sort=False).transform("median").to_numpy()
    days = np.maximum(out["days"].to_numpy(), 0.5 * usual)
    rate = out["change"].to_numpy() / days
    by = pd.Series(rate, index=out.index).groupby(key, sort=False)
    count = by.transform("size").to_numpy(float)
    median = by.transform("median").to_numpy()
    daily = usual >= DAILY_FROM
    expected = np.where(daily, 0.5 * (median + _local_median(rate, key.to_numpy(), median)), median)
    above = rate - expected
    # the sum of d days scatters like the root of d: a jump in a longer interval is diluted, but not by all of d
    root = np.sqrt(days)
    off = pd.Series((rate - median) * root, index=out.index)
    spread = off.groupby(key, sort=False).transform("std", ddof=0).fillna(0.0).to_numpy()
    deviation = off.abs().groupby(key, sort=False).transform("median").to_numpy()
    hidden = np.where(
        key.map(rounded).fillna(False).to_numpy(bool), quantum(out["followers"].to_numpy()), 1.0
    )
    raw = above * root / (0.3 * deviation + 0.7 * spread + hidden / root)
    z = raw

    codes = key.to_numpy()
    habit = np.minimum(expected, median)
    weak = _melted(rate, habit, above, codes, days, net=False)
    melted = _melted(rate, habit, above, codes, days, net=True)
    positive = np.maximum(z, 0.0)
    company = np.minimum(
        np.maximum(_neighbour(positive, codes, 1), _neighbour(positive, codes, -1)), positive
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.where(
            z > 0,
            z / (1.0 + np.where(daily, ALONE, 0.0) * company / np.where(positive > 0, positive, 1.0)),
            z,
        )
    z = np.where(z > 0, z * (1.0 + np.where(daily, MELTS, 0.0) * np.minimum(weak / MELTED, 1.0)), z)

    seen = _views_z(out, key, days)
    viral, giveaway = _posts_about(out, posts)
    guard = np.fmax(np.fmax(seen, viral), 0.0)
    z = np.where(z > 0, z / (1.0 + SEEN * np.nan_to_num(guard)), z)

    bar = FLAG_AT * np.maximum(count / LONG, 1.0) ** (1.0 / TAIL_INDEX)
    thin = count < ENOUGH
    power = np.where(z > 0, z, -DROPS * z) / bar * np.where(thin, count / (count + ENOUGH), 1.0)
    power = np.where((z < 0) | thin, np.minimum(power, 0.95), power)
    enough = np.abs(above * days) >= MATERIAL * np.maximum(out["before"].to_numpy(), 1.0)
    power = np.maximum(power, 0.0)
    score = power / (1.0 + power)
    anomaly = (score > 0.5) & enough

    risen = np.maximum(out["change"].to_numpy(), 0.0)
    out["expected"], out["z"], out["views_z"], out["melted"] = expected * days, z, seen, melted
    out["flag_at"], out["score"], out["anomaly"] = bar, score, anomaly
    out["gross"] = risen
    out["suspicious"] = np.where(
        anomaly,
        np.minimum(np.maximum(out["change"].to_numpy() - np.maximum(expected, 0.0) * days, 0.0), risen),
        0.0,
    )
    loud = np.nan_to_num(guard) >= VIRAL
    strong = raw >= bar
    out["note"] = np.select(
        [thin, strong & giveaway, strong & loud, anomaly & (melted >= MELTED), anomaly,
         (z < 0) & (-z >= bar) & enough],
        ["few", "giveaway", "viral", "melted", "jump", "drop"], "usual",
    )  # fmt: skip
    return out[COLUMNS]


def _neighbour(values: np.ndarray, codes: np.ndarray, by: int) -> np.ndarray:
    """The value one interval later (-1: earlier) of the same account, else 0."""
    out = np.zeros(len(values))
    if by > 0:
        out[:-1] = np.where(codes[1:] == codes[:-1], values[1:], 0.0)
    else:
        out[1:] = np.where(codes[1:] == codes[:-1], values[:-1], 0.0)
    return out


def _melted(
    rate: np.ndarray, habit: np.ndarray, above: np.ndarray, codes: np.ndarray, days: np.ndarray, net: bool
) -> np.ndarray:
    """Which part of a rise is lost again in the next intervals, 0..1: what is missing there against the habit.

    `net`: in sum, so that ordinary ups and downs cancel out: what people are told. Otherwise weak intervals alone
    count: the quicker sign, with which steps are ranked.
    """
    lost = np.zeros(len(rate))
    for ahead in range(1, min(AHEAD, len(rate) - 1) + 1):
        same = codes[ahead:] == codes[:-ahead]
        below = (habit[:-ahead] - rate[ahead:]) * days[ahead:]
        lost[:-ahead] += np.where(same, below if net else np.maximum(below, 0.0), 0.0)
    rise = above * days
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(rise > 0, np.clip(lost / np.where(rise > 0, rise, 1.0), 0.0, 1.0), 0.0)


def _local_median(rate: np.ndarray, codes: np.ndarray, median: np.ndarray) -> np.ndarray:
    """The median of the intervals around each, for accounts with enough of them; else the account's own."""
    out = median.copy()
    if not len(rate):
        return out
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    ends = np.append(starts[1:], len(codes))
    for start, end in zip(starts, ends, strict=True):
        if end - start >= 2 * WINDOW:
            part = rate[start:end]
            padded = np.concatenate([np.full(WINDOW // 2, np.nan), part, np.full(WINDOW // 2, np.nan)])
            window = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)
            middle = np.median(window[WINDOW // 2 : -(WINDOW // 2)], axis=1)
            half = WINDOW // 2
            local = np.concatenate([np.full(half, middle[0]), middle, np.full(half, middle[-1])])
            out[start:end] = local
    return out


def _views_z(out: pd.DataFrame, key: pd.Series, days: np.ndarray) -> np.ndarray:
    """How far the views of an interval are above the account's usual; NaN where views are not known."""
    views = out["_views"].to_numpy()
    if np.isnan(views).all():
        return np.full(len(out), np.nan)
    step = views - out["_views_before"].to_numpy()
    running = (
        pd.Series(np.where(np.isnan(step), np.nan, step >= 0), index=out.index).groupby(key).transform("mean")
    )
    known = pd.Series(~np.isnan(step), index=out.index).groupby(key).transform("sum")
    total = ((running >= 0.97) & (known >= 4)).to_numpy()
    value = pd.Series(np.where(total, step / days, views), index=out.index)
    by = value.groupby(key)
    middle, spread = by.transform("median"), by.transform("std", ddof=0).fillna(0.0)
    deviation = (value - middle).abs().groupby(key).transform("median")
    scale = 0.3 * deviation + 0.7 * spread
    return ((value - middle) / scale.where(scale > 0)).to_numpy()


def _posts_about(out: pd.DataFrame, posts: pd.DataFrame | None) -> tuple[np.ndarray, np.ndarray]:
    """The strongest post of an interval and the three days before it, and whether one was a giveaway."""
    viral, giveaway = np.full(len(out), np.nan), np.zeros(len(out), bool)
    if posts is None or posts.empty:
        return viral, giveaway
    here = posts[posts["account_id"].isin(out["account_id"])]
    spans = dict(out.groupby("account_id").indices.items())
    start = (out["start"] - pd.Timedelta(days=3)).to_numpy()
    end = (out["at"] + pd.Timedelta(days=1)).to_numpy()
    for account, mine in here.groupby("account_id"):
        rows = spans[account]
        moments = mine["published_at"].to_numpy()
        order = np.argsort(moments)
        moments = moments[order]
        weight, gift = mine["weight"].to_numpy(float)[order], mine["giveaway"].to_numpy(bool)[order]
        first, last = np.searchsorted(moments, start[rows]), np.searchsorted(moments, end[rows])
        for row, a, b in zip(rows, first, last, strict=True):
            if b > a:
                strongest = weight[a:b]
                viral[row] = np.nanmax(strongest) if not np.isnan(strongest).all() else np.nan
                giveaway[row] = gift[a:b].any()
    return viral, giveaway


# -- an account as a whole -----------------------------------------------------------------


def per_account(table: pd.DataFrame) -> pd.DataFrame:
    """growth = 1 - suspicious adds / gross adds (NaN under six intervals), and what stands behind it."""
    names = ["growth", "intervals", "flagged", "worst", "worst_at", "worst_change", "gross", "suspicious", "span_days",
             "drops", "viral", "giveaways"]  # fmt: skip
    if table.empty:
        return pd.DataFrame(columns=names)
    by = table.groupby("account_id")
    out = pd.DataFrame(
        {
            "intervals": by.size(),
            "flagged": by["anomaly"].sum(),
            "worst": by["score"].max(),
            "gross": by["gross"].sum(),
            "suspicious": by["suspicious"].sum(),
            "span_days": by["days"].sum(),
            "drops": (table["note"] == "drop").groupby(table["account_id"]).sum(),
            "viral": (table["note"] == "viral").groupby(table["account_id"]).sum(),
            "giveaways": (table["note"] == "giveaway").groupby(table["account_id"]).sum(),
        }
    )
    top = (
        table.sort_values(["account_id", "score", "at"]).groupby("account_id").tail(1).set_index("account_id")
    )
    out["worst_at"], out["worst_change"] = top["at"].reindex(out.index), top["change"].reindex(out.index)
    share = (out["suspicious"] / out["gross"].where(out["gross"] > 0)).fillna(0.0)
    out["growth"] = (1.0 - share).clip(0.0, 1.0).where(out["intervals"] >= ENOUGH)
    return out[names]
