"""What the sandbox must remember: posts that were added, refresh tokens already used, faults set, calls counted."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from krm.local.sandbox import replay, world

Account = world.DemoAccount | replay.ReplayAccount
FAULTS = (
    "expired_token",
    "revoked",
    "scope",
    "rate_limited",
    "quota",
    "private",
    "empty_insights",
    "slow",
    "truncated",
    "server_error",
    "bad_request",
)


@dataclass
class Fault:
    platform: str
    kind: str
    account: str = "*"
    times: int | None = None  # None: until cleared
    seconds: float = 3.0  # how slow, or how long a rate limit lasts


class FaultHit(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.kind)
        self.fault = fault


@dataclass
class Clock:
    """World time: real time until `anchor`, then `speed` times as fast."""

    anchor: datetime
    speed: float = 1.0

    def now(self) -> datetime:
        real = datetime.now(UTC)
        return self.anchor + (real - self.anchor) * self.speed if real > self.anchor else real

    def shown(self, at: datetime) -> datetime:
        """A world time as the outside sees it."""
        return self.anchor + (at - self.anchor) / self.speed if at > self.anchor else at


@dataclass
class State:
    path: Path | None
    clock: Clock
    replayed: dict[tuple[str, str], replay.ReplayAccount] = field(default_factory=dict)
    posts: list[dict[str, Any]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    codes: dict[str, Any] = field(default_factory=dict)  # of the consent screen, not yet used
    granted: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # scopes by token, where asked for apart
    feeds: dict[str, Any] = field(default_factory=dict)  # WebSub subscriptions by callback
    asked: set[str] = field(default_factory=set)  # vendors' reports that are made
    faults: list[Fault] = field(default_factory=list)
    hashtags: set[str] = field(default_factory=set)  # searched in these seven days
    hashtag_numbers: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, str] = field(
        default_factory=dict
    )  # platform: how its answers deviate from the contract
    windows: dict[str, deque[float]] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @classmethod
    def open(cls, path: Path | None, *, speed: float = 1.0, replay_folder: Path | None = None) -> State:
        kept: dict[str, Any] = {}
        if path is not None and path.exists():
            kept = json.loads(path.read_text())
        anchor = datetime.fromisoformat(kept["anchor"]) if "anchor" in kept else datetime.now(UTC)
        state = cls(path, Clock(anchor, speed), posts=kept.get("posts", []))
        state.used = set(kept.get("used", []))
        state.revoked = set(kept.get("revoked", []))
        if replay_folder is not None and replay_folder.is_dir():
            state.replayed = replay.load(replay_folder)
        state.save()
        return state

    def save(self) -> None:
        if self.path is None:
            return
        with self.lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            body = {
                "anchor": self.clock.anchor.isoformat(),
                "posts": self.posts,
                "used": sorted(self.used),
                "revoked": sorted(self.revoked),
            }
            new = self.path.with_suffix(".new")
            new.write_text(json.dumps(body, indent=1, ensure_ascii=False))
            new.replace(self.path)

    # accounts

    def by_handle(self, platform: str, handle: str) -> Account | None:
        name = handle.lower().lstrip("@")
        return world.by_handle(platform, name) or self.replayed.get((platform, name))

    def by_id(self, platform: str, external_id: str) -> Account | None:
        found = world.by_id(platform, external_id)
        if found is not None:
            return found
        return self._replay_ids().get((platform, external_id))

    def _replay_ids(self) -> dict[tuple[str, str], replay.ReplayAccount]:
        if not hasattr(self, "_ids"):
            self._ids = {(a.platform, a.external_id): a for a in self.replayed.values()}
        return self._ids

    # posts

    def posts_of(self, account: Account, count: int) -> list[Any]:
        """The newest posts that can be seen now, added ones included, newest first."""
        at = self.clock.now()
        added = [self._added(account, p) for p in self.posts if p["account"] == account.external_id]
        found: list[Any] = [*added, *account.newest_posts(at, count)]
        found = [p for p in found if p.kind != "story"]
        found.sort(key=lambda p: p.published_at, reverse=True)
        return found[:count]

    def stories_of(self, account: Account) -> list[Any]:
        """What is shown for 24 hours: stories added, and those of the demo world; newest first."""
        at = self.clock.now()
        since = at - timedelta(hours=24)
        found: list[Any] = [
            self._added(account, p)
            for p in self.posts
            if p["account"] == account.external_id and p["kind"] == "story"
        ]
        if isinstance(account, world.DemoAccount):
            found += world.stories_between(account, since, at)
        found = [p for p in found if since < p.published_at <= at]
        return sorted(found, key=lambda p: p.published_at, reverse=True)

    def posts_count(self, account: Account) -> int | None:
        count = account.posts_count_at(self.clock.now())
        if count is None:
            return None
        return count + sum(p["account"] == account.external_id and p["kind"] != "story" for p in self.posts)

    def _added(self, account: Account, raw: dict[str, Any]) -> world.DemoPost:
        return world.DemoPost(
            account=account,  # type: ignore[arg-type]
            external_id=raw["id"],
            shortcode=raw["shortcode"],
            kind=raw["kind"],
            published_at=datetime.fromisoformat(raw["published_at"]),
            caption=raw["caption"],
            duration=raw["duration"],
            quality=raw["quality"],
            sponsored=raw["sponsored"],
            url_override=raw["url"],
        )

    def add_post(
        self,
        account: world.DemoAccount,
        *,
        caption: str,
        url: str = "",
        kind: str = "",
        minutes_ago: float = 0,
        quality: float = 1.0,
        sponsored: bool = True,
    ) -> world.DemoPost:
        with self.lock:
            key = f"added.{len(self.posts)}.{self.clock.anchor.timestamp():.0f}"
            raw = {
                "account": account.external_id,
                "id": world.post_id(account.platform, account.external_id, key),
                "shortcode": world.token_chars(11, account.external_id, key),
                "kind": kind
                or {"instagram": "reel", "x": "text", "facebook": "image"}.get(account.platform, "video"),
                "published_at": (self.clock.now() - timedelta(minutes=minutes_ago))
                .replace(microsecond=0)
                .isoformat(),
                "caption": caption,
                "duration": 45,
                "quality": quality,
                "sponsored": sponsored,
                "url": url,
            }
            self.posts.append(raw)
            self.save()
        return self._added(account, raw)

    # faults

    def hit(self, platform: str, *names: str) -> Fault | None:
        """The first fault that fits, used up by one."""
        wanted = {n.lower() for n in names if n}
        with self.lock:
            for fault in self.faults:
                if fault.platform not in (platform, "*"):
                    continue
                if fault.account != "*" and fault.account.lower().lstrip("@") not in wanted:
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self.faults.remove(fault)
                return fault
        return None

    def list_faults(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.faults]

    # quota

    def window(self, name: str, seconds: float) -> int:
        """Calls in the sliding window, this one included."""
        now = time.monotonic()
        with self.lock:
            calls = self.windows.setdefault(name, deque())
            calls.append(now)
            while calls[0] < now - seconds:
                calls.popleft()
            return len(calls)

    def spend(self, name: str, units: int = 1) -> int:
        with self.lock:
            self.units[name] = self.units.get(name, 0) + units
            return self.units[name]
