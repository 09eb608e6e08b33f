"""Replays real monthly figures: the accounts of a top-1000 folder, by the stable keys it has in place of handles.

The files give averages per post, not posts.  Each account therefore shows twelve posts without words whose averages
are exactly the file's figures.  A figure the file does not give is not given.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from krm.local.sandbox import talk, world

POSTS = 12
COMMENT_SHARE = 0.02  # Instagram's files give likes and comments in one figure
_MONTHS = {
    "sep": date(2022, 9, 30),
    "oct": date(2022, 10, 31),
    "nov": date(2022, 11, 30),
    "dec": date(2022, 12, 31),
}
_SCALE = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def count(text: str) -> int | None:
    """`409.8M` → 409,800,000; nothing → None."""
    text = text.strip().replace(",", "")
    if not text or text.upper() in ("N/A", "NAN"):
        return None
    scale = _SCALE.get(text[-1].upper(), 1)
    return round(float(text[:-1] if scale > 1 else text) * scale)


@dataclass(frozen=True)
class Counts:
    views: int | None
    reach: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    saves: int | None = None
    watch_ms: int = 0


@dataclass(frozen=True)
class ReplayPost:
    account: ReplayAccount = field(repr=False)
    external_id: str
    shortcode: str
    kind: str
    published_at: datetime
    figures: Counts
    caption: str = ""
    duration: int = 60
    sponsored: bool = False

    url = world.DemoPost.url
    url_override = ""

    def counts(self, at: datetime) -> Counts:
        return self.figures

    def visible(self, at: datetime) -> bool:
        return True

    def comments(self, at: datetime, limit: int = 50) -> list[talk.DemoComment]:
        return []


@dataclass
class ReplayAccount:
    platform: str
    handle: str
    external_id: str
    categories: tuple[str, ...] = ()
    country: str = ""
    months: dict[date, dict[str, int | None]] = field(default_factory=dict)

    story = "replay"
    consent = "display"
    bio = ""
    city = ""

    @property
    def name(self) -> str:
        return self.handle

    @cached_property
    def newest(self) -> dict[str, int | None]:
        return self.months[max(self.months)]

    def followers_at(self, at: datetime) -> int | None:
        return self.newest["followers"]

    def following_at(self, at: datetime) -> int | None:
        return None

    def posts_count_at(self, at: datetime) -> int | None:
        return POSTS

    @property
    def audience(self) -> None:
        return None

    def newest_posts(self, at: datetime, count: int) -> list[ReplayPost]:
        figures = self.newest
        kind = {"instagram": "image", "tiktok": "video", "youtube": "video"}[self.platform]
        posts = []
        for n in range(POSTS):
            key = f"replay.{n}"
            shown = {name: _share(figures.get(name), n) for name in ("views", "likes", "comments", "shares")}
            day = datetime(at.year, at.month, at.day, 9, tzinfo=UTC)
            posts.append(
                ReplayPost(
                    account=self,
                    external_id=world.post_id(self.platform, self.external_id, key),
                    shortcode=world.token_chars(11, self.external_id, key),
                    kind=kind,
                    # the same posts all month, so that reading twice finds the same ones
                    published_at=day.replace(day=1) - timedelta(days=2 * n + 1),
                    figures=Counts(shown["views"], None, shown["likes"], shown["comments"], shown["shares"]),
                )
            )
        return posts[:count]


def _share(average: int | None, n: int) -> int | None:
    """Twelve numbers around an average that have exactly that average."""
    if average is None:
        return None
    swing = average * (5 + n // 2 * 4) // 100
    return average + (swing if n % 2 == 0 else -swing)


def load(folder: Path) -> dict[tuple[str, str], ReplayAccount]:
    """Every account of the folder, by (platform, key)."""
    accounts: dict[tuple[str, str], ReplayAccount] = {}
    for path in sorted(folder.glob("*_*.csv")):
        stem, _, month = path.stem.partition("_")
        platform, day = stem.lower(), _MONTHS.get(month.lower())
        if platform not in ("instagram", "tiktok", "youtube") or day is None:
            continue
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                key = (row.get("AccountName") or "").strip()
                if not key:
                    continue
                account = accounts.setdefault(
                    (platform, key.lower()), ReplayAccount(platform, key, world.external_id(platform, key))
                )
                account.country = row.get("Country") or account.country
                figures = {"followers": count(row.get("Subscribers") or "")}
                if platform == "instagram":
                    total = count(row.get("EngagementAverage") or "")
                    figures["comments"] = None if total is None else int(total * COMMENT_SHARE)
                    figures["likes"] = None if total is None else total - int(total * COMMENT_SHARE)
                else:
                    for name in ("Views", "Likes", "Comments", "Shares"):
                        figures[name.lower()] = count(row.get(name) or "")
                account.months.setdefault(day, figures)
    return accounts
