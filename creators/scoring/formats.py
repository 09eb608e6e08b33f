"""The posts that count, each with its format: reel, image, carousel, short, long video and text apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from .definition import Frames
from .groups import place_in_group

FORMATS = ("image", "carousel", "reel", "short", "video", "text")
CODES = {name: place for place, name in enumerate(FORMATS)}
SHORT_SECONDS = 60  # a YouTube video this short is a Short, whatever it was stored as
SETTLE = timedelta(hours=48)  # younger posts still collect
NAMES = {
    "image": ("image posts", "unggahan gambar"),
    "carousel": ("carousels", "carousel"),
    "reel": ("reels", "reels"),
    "short": ("short videos", "video pendek"),
    "video": ("videos", "video"),
    "text": ("text posts", "unggahan teks"),
}
LONG_VIDEO = ("long videos", "video panjang")


@dataclass(frozen=True)
class Posts:
    """Posts of known accounts, newest first within each: `account` is the row of the account in `ids`."""

    ids: np.ndarray
    platform: np.ndarray  # of each account
    followers: np.ndarray
    account: np.ndarray
    form: np.ndarray  # place in FORMATS
    published: np.ndarray  # datetime64[ns], UTC
    place: np.ndarray  # 0: the account's newest
    place_in_form: np.ndarray
    table: pd.DataFrame  # the figures, as floats, in the same order

    def figure(self, name: str) -> np.ndarray:
        if name not in self.table:
            return np.full(len(self.table), np.nan)
        return self.table[name].to_numpy(float)


def of(frames: Frames, now: datetime) -> Posts:
    """Not deleted, no stories, with a date, at least 48 hours old; made once a batch."""
    made: Posts = frames.once("formats.posts", lambda: _build(frames, now))
    return made


def _build(frames: Frames, now: datetime) -> Posts:
    accounts = frames.accounts.sort_values("account_id")
    ids = accounts["account_id"].to_numpy(np.int64)
    platform = accounts["platform"].to_numpy(dtype=object)
    followers = accounts["followers"].to_numpy(float)
    posts = frames.posts
    if posts.empty:
        empty = np.zeros(0, int)
        return Posts(
            ids, platform, followers, empty, empty, np.zeros(0, "datetime64[ns]"), empty, empty, posts
        )
    published = pd.to_datetime(posts["published_at"], utc=True)
    given = posts["account_id"].to_numpy(np.int64)
    row = np.clip(np.searchsorted(ids, given), 0, max(len(ids) - 1, 0))
    keep = (
        published.notna().to_numpy()
        & (published <= pd.Timestamp(now) - SETTLE).to_numpy()
        & ~posts["is_deleted"].to_numpy(bool)
        & (posts["kind"] != "story").to_numpy()
        & (ids[row] == given if len(ids) else np.zeros(len(posts), bool))
    )
    table = posts[keep]
    row = row[keep]
    when = published[keep].dt.tz_localize(None).to_numpy("datetime64[ns]")
    form = pd.Series(table["kind"]).map(CODES).fillna(CODES["video"]).to_numpy(int)
    if "duration_seconds" in table:
        brief = table["duration_seconds"].to_numpy(float) <= SHORT_SECONDS
        form = np.where((platform[row] == "youtube") & (form == CODES["video"]) & brief, CODES["short"], form)
    # posts of the same second are told apart by their figures, so that the order of rows never matters
    ties = [
        np.nan_to_num(table[name].to_numpy(float), nan=-1.0)
        for name in ("comments", "likes", "views", "post_id")
        if name in table
    ]
    order = np.lexsort([*ties, -when.astype("int64"), row])
    row, form, when, table = row[order], form[order], when[order], table.iloc[order]
    by_form = np.lexsort((np.arange(len(row)), form, row))
    place_in_form = np.empty(len(row), int)
    place_in_form[by_form] = place_in_group(row[by_form] * len(FORMATS) + form[by_form])
    return Posts(ids, platform, followers, row, form, when, place_in_group(row), place_in_form, table)


def format_words(platform: str, name: str) -> tuple[str, str]:
    return LONG_VIDEO if platform == "youtube" and name == "video" else NAMES[name]
