"""The demo world: about 300 invented creators whose numbers are a pure function of account and time.

Nothing is stored: asking twice gives the same answer, asking later gives a later answer.  Each account has a story,
so that scoring has known cases to find: bought followers, an engagement pod, posts taken down, hidden likes.
Days are UTC days; times carry a zone.
"""

from __future__ import annotations

import base64
import hashlib
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache

from faker import Faker

from krm.local.sandbox import talk, text

SEED = 20261122
CREATORS = 300
BEGIN = date(2024, 1, 1)  # nothing is known before
HORIZON = 366 * 7

STORIES = {
    "organic": "Grows steadily; nothing to find.",
    "viral": "One post took off and brought real followers.",
    "bought": "Bought followers in jumps; engagement did not follow.",
    "pod": "An engagement pod: the same short comments at once under each post.",
    "deleting": "Takes sponsored posts down after about ten days.",
    "hidden_likes": "Hides like counts.",
    "fading": "Loses followers and reach slowly.",
    "new": "Started a few months ago and grows quickly.",
}
_STORY_WEIGHTS = [
    ("organic", 60), ("viral", 9), ("bought", 9), ("pod", 6), ("deleting", 5), ("hidden_likes", 4), ("fading", 4),
    ("new", 3),
]  # fmt: skip
_SIZES = [("mega", 5, 500_000, 4_000_000), ("mid", 22, 50_000, 500_000), ("micro", 43, 10_000, 50_000), ("nano", 30, 1_000, 10_000)]  # fmt: skip
AGES = ["13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+"]


def rng(*parts: object) -> random.Random:
    digest = hashlib.sha256("|".join(map(str, (SEED, *parts))).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def digits(length: int, *parts: object) -> str:
    number = int.from_bytes(hashlib.sha256("|".join(map(str, (SEED, *parts))).encode()).digest()[:12], "big")
    return str(number % 10**length).zfill(length)


def token_chars(length: int, *parts: object) -> str:
    raw = hashlib.sha512("|".join(map(str, (SEED, *parts))).encode()).digest()
    return base64.urlsafe_b64encode(raw).decode().replace("-", "a").replace("_", "b")[:length]


@dataclass(frozen=True)
class Counts:
    """What a post has gathered by some moment."""

    views: int
    reach: int
    likes: int
    comments: int
    shares: int
    saves: int
    watch_ms: int


@dataclass(frozen=True)
class DemoPost:
    account: DemoAccount = field(repr=False)
    external_id: str
    shortcode: str
    kind: str  # image carousel reel | video | video short
    published_at: datetime
    caption: str
    duration: int
    quality: float
    sponsored: bool
    deleted_at: datetime | None = None
    url_override: str = ""

    @property
    def url(self) -> str:
        if self.url_override:
            return self.url_override
        if self.account.platform == "instagram":
            return f"https://www.instagram.com/{'reel' if self.kind == 'reel' else 'p'}/{self.shortcode}/"
        if self.account.platform == "tiktok":
            return f"https://www.tiktok.com/@{self.account.handle}/video/{self.external_id}"
        if self.account.platform == "x":
            return f"https://x.com/{self.account.handle}/status/{self.external_id}"
        if self.account.platform == "facebook":
            return (
                f"https://www.facebook.com/{self.account.handle}/posts/{self.external_id.partition('_')[2]}"
            )
        if self.kind == "short":
            return f"https://www.youtube.com/shorts/{self.external_id}"
        return f"https://www.youtube.com/watch?v={self.external_id}"

    def visible(self, at: datetime) -> bool:
        return self.published_at <= at and (self.deleted_at is None or at < self.deleted_at)

    def counts(self, at: datetime) -> Counts:
        """Grows quickly for two days, then slowly; never falls."""
        hours = max(0.0, (at - self.published_at).total_seconds() / 3600)
        part = 0.82 * (1 - math.exp(-hours / 20)) + 0.18 * (1 - math.exp(-hours / 500))
        account = self.account
        r = rng(account.external_id, self.external_id, "ratio")
        real = account.real_followers_at(self.published_at.date())
        views = real * account.view_ratio * self.quality * part
        if self.kind in ("image", "carousel"):
            views *= 0.62
        like_share = account.like_share * r.uniform(0.8, 1.2)
        comment_share = like_share * r.uniform(0.015, 0.05)
        if account.story == "pod":
            # the pod answers within the hour, whatever the reach
            pod_part = 1 - math.exp(-hours / 0.4)
            extra = account.pod_size * pod_part
        else:
            extra = 0.0
        bots = (
            account.bought_by(self.published_at.date()) * 0.0006 * part if account.story == "bought" else 0.0
        )
        return Counts(
            views=int(views + bots * 2),
            reach=int(views * r.uniform(0.72, 0.9)),
            likes=int(views * like_share + extra * 1.1 + bots),
            comments=int(views * comment_share + extra * 0.9 + bots * 0.05),
            shares=int(views * like_share * r.uniform(0.03, 0.12)),
            saves=int(views * like_share * r.uniform(0.04, 0.16)),
            watch_ms=int(views * min(self.duration or 15, 60) * 1000 * r.uniform(0.25, 0.6)),
        )

    def comments(self, at: datetime, limit: int = 50) -> list[talk.DemoComment]:
        """The first comments that can be seen, the oldest first."""
        return talk.under(self, at, limit)


@dataclass(frozen=True)
class DemoAccount:
    """One invented account. `followers_at` and `posts_between` may be asked for any time since `started`."""

    platform: str
    handle: str
    external_id: str
    creator_key: str
    name: str
    city: str
    categories: tuple[str, ...]
    story: str
    size: str
    target: int  # followers at about November 2026
    started: date
    bio: str
    consent: str = ""  # which program the owner authorised: "", "display", "business", "insights"

    def __hash__(self) -> int:
        return hash((self.platform, self.external_id))

    # -- followers -----------------------------------------------------------------------------------------------

    @cached_property
    def _series(self) -> tuple[list[float], list[float]]:
        """Real and bought followers at each UTC midnight since BEGIN."""
        r = rng(self.external_id, "series")
        today = (date(2026, 11, 22) - BEGIN).days
        start = (self.started - BEGIN).days
        life = max(1, today - start)
        first_share = {"new": 0.05, "fading": 1.25, "viral": 0.45}.get(self.story, r.uniform(0.5, 0.85))
        bought: list[tuple[int, float]] = []
        if self.story == "bought":
            for _n in range(r.choice([2, 3, 3, 4])):
                day = today - r.randrange(15, min(life - 1, 420))
                bought.append((day, self.target * r.uniform(0.08, 0.2)))
        bought_total = sum(amount for _day, amount in bought)
        end = max(self.target - bought_total, self.target * 0.25)
        begin = end * first_share
        daily = math.log(end / begin) / life
        leap_day = today - r.randrange(20, max(21, min(life - 1, 260))) if self.story == "viral" else -1
        leap = math.log(r.uniform(1.25, 1.6))
        level = math.log(begin) - (leap * 0.55 if leap_day > 0 else 0)
        real: list[float] = []
        fake: list[float] = []
        fakes = 0.0
        for day in range(HORIZON):
            if day < start:
                real.append(0.0)
                fake.append(0.0)
                continue
            weekend = 0.2 if (BEGIN + timedelta(days=day)).weekday() >= 5 else 0.0
            growth = daily if day <= today else daily * 0.6
            level += growth * (1 + weekend) + r.gauss(0, abs(daily) * 0.7 + 0.00015)
            if 0 <= day - leap_day < 6 and leap_day > 0:
                level += leap * (0.4, 0.25, 0.15, 0.1, 0.06, 0.04)[day - leap_day]
            fakes *= 0.9985  # platforms purge
            for when, amount in bought:
                if day in (when, when + 1):
                    fakes += amount / 2
            real.append(math.exp(level))
            fake.append(fakes)
        return real, fake

    def _at(self, series: Sequence[float], at: date | datetime) -> float:
        moment = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
        position = (moment - datetime(BEGIN.year, BEGIN.month, BEGIN.day, tzinfo=UTC)).total_seconds() / 86400
        position = min(max(position, 0.0), HORIZON - 2)
        low = int(position)
        return series[low] + (series[low + 1] - series[low]) * (position - low)

    def real_followers_at(self, at: date | datetime) -> float:
        return self._at(self._series[0], at)

    def bought_by(self, at: date | datetime) -> float:
        return self._at(self._series[1], at)

    def followers_at(self, at: date | datetime) -> int:
        return int(self.real_followers_at(at) + self.bought_by(at))

    def following_at(self, at: date | datetime) -> int:
        r = rng(self.external_id, "following")
        base = r.randrange(120, 900)
        return base + (r.randrange(2500, 6000) if self.story == "bought" else 0)

    # -- engagement ----------------------------------------------------------------------------------------------

    @cached_property
    def view_ratio(self) -> float:
        r = rng(self.external_id, "views")
        base = {"mega": 0.16, "mid": 0.22, "micro": 0.32, "nano": 0.45}[self.size]
        boost = {"tiktok": 1.9, "youtube": 0.9, "instagram": 1.0, "x": 0.8, "facebook": 0.5}[self.platform]
        return base * boost * r.uniform(0.7, 1.35) * (0.55 if self.story == "fading" else 1.0)

    @cached_property
    def like_share(self) -> float:
        return {"tiktok": 0.075, "youtube": 0.042, "instagram": 0.085, "x": 0.02, "facebook": 0.05}[
            self.platform
        ] * rng(self.external_id, "likes").uniform(0.75, 1.3)

    @cached_property
    def pod_size(self) -> float:
        return max(18.0, self.target * rng(self.external_id, "pod").uniform(0.012, 0.022))

    # -- posts ---------------------------------------------------------------------------------------------------

    @cached_property
    def weekly_posts(self) -> float:
        r = rng(self.external_id, "rhythm")
        return r.uniform(1.0, 2.2) if self.platform == "youtube" else r.uniform(1.8, 5.0)

    def _week(self, index: int) -> tuple[DemoPost, ...]:
        return _week_of(self, index)

    def posts_between(self, start: datetime, end: datetime, *, at: datetime | None = None) -> list[DemoPost]:
        """Posts published in [start, end), oldest first; with `at`, only those not taken down by then."""
        first = max(0, _week_index(start))
        return [
            post
            for index in range(first, _week_index(end) + 1)
            for post in self._week(index)
            if start <= post.published_at < end and (at is None or post.visible(at))
        ]

    @cached_property
    def _posts_before_week(self) -> list[int]:
        """How many posts were published before each week began; counted without inventing them."""
        first = _week_index(datetime(self.started.year, self.started.month, self.started.day, tzinfo=UTC)) + 1
        total, before = 0, []
        for index in range(HORIZON // 7):
            before.append(total)
            if index >= first:
                total += _posts_in_week(self, rng(self.external_id, "week", index))
        return before

    def posts_count_at(self, at: datetime) -> int:
        """Grows by one at the moment a post is published, so that a reader may trust an unchanged count."""
        index = _week_index(at)
        base = rng(self.external_id, "before").randrange(20, 400)
        return base + self._posts_before_week[index] + sum(p.published_at <= at for p in self._week(index))

    def newest_posts(self, at: datetime, count: int) -> list[DemoPost]:
        """The newest posts that can be seen at a moment, newest first."""
        found: list[DemoPost] = []
        for index in range(_week_index(at), -1, -1):
            found += [p for p in reversed(self._week(index)) if p.visible(at)]
            if len(found) >= count:
                break
        return found[:count]

    # -- audience ------------------------------------------------------------------------------------------------

    @cached_property
    def audience(self) -> dict[str, dict[str, float]]:
        """Shares by age, gender, country and city; a bought audience lives elsewhere."""
        r = rng(self.external_id, "audience")
        peak = {
            "gaming": 1,
            "comedy": 1,
            "education": 1,
            "beauty": 1.6,
            "parenting": 2.4,
            "finance": 2.2,
        }.get(self.categories[0], 1.8)
        ages = [math.exp(-((n - peak) ** 2) / 1.6) * r.uniform(0.8, 1.2) for n in range(len(AGES))]
        female = {"beauty": 0.88, "fashion": 0.8, "parenting": 0.86, "gaming": 0.18, "automotive": 0.1, "technology": 0.25}.get(
            self.categories[0], 0.54
        ) + r.uniform(-0.06, 0.06)  # fmt: skip
        countries = {
            "ID": r.uniform(0.88, 0.97),
            "MY": r.uniform(0.01, 0.03),
            "SG": 0.006,
            "US": 0.004,
            "BN": 0.002,
        }
        if self.story == "bought":
            countries = {
                "ID": r.uniform(0.42, 0.6),
                "IN": 0.16,
                "BD": 0.1,
                "BR": 0.08,
                "TR": 0.05,
                "MY": 0.01,
            }
        cities = {name: weight * r.uniform(0.6, 1.3) for name, weight in text.CITIES}
        cities[self.city] = cities.get(self.city, 3) * 2.2
        total = sum(cities.values()) / countries["ID"] * 1.4
        return {
            "age": _shares(dict(zip(AGES, ages, strict=True))),
            "gender": {
                "female": round(female * 0.98, 4),
                "male": round((1 - female) * 0.98, 4),
                "unknown": 0.02,
            },
            "countries": _shares(countries),
            "cities": {
                name: round(value / total, 4) for name, value in sorted(cities.items(), key=lambda i: -i[1])
            },
            "languages": _shares({"id": 0.86, "en": 0.08, "jv": 0.04, "su": 0.02}),
        }


def _shares(values: dict[str, float]) -> dict[str, float]:
    total = sum(values.values())
    return {key: round(value / total, 4) for key, value in values.items()}


_EPOCH = datetime(BEGIN.year, BEGIN.month, BEGIN.day, tzinfo=UTC)


def _week_index(at: datetime) -> int:
    return int((at - _EPOCH).total_seconds() // (7 * 86400))


def _posts_in_week(account: DemoAccount, r: random.Random) -> int:
    mean = account.weekly_posts
    return int(mean) + (1 if r.random() < mean - int(mean) else 0)


@lru_cache(maxsize=60_000)
def _week_of(account: DemoAccount, index: int) -> tuple[DemoPost, ...]:
    r = rng(account.external_id, "week", index)
    start = _EPOCH + timedelta(weeks=index)
    number = _posts_in_week(account, r)
    posts = []
    for n in range(number):
        # between 07:00 and 22:00 in Jakarta, mostly in the evening
        hour = min(21.9, max(7.0, r.gauss(17, 3.5)))
        when = start + timedelta(
            days=r.randrange(7), hours=hour - 7, minutes=r.randrange(60), seconds=r.randrange(60)
        )
        if when.date() <= account.started:
            continue
        posts.append(_post(account, f"{index}.{n}", when, r))
    return tuple(sorted(posts, key=lambda p: p.published_at))


def _post(account: DemoAccount, key: str, when: datetime, r: random.Random) -> DemoPost:
    kinds = {
        "instagram": [("reel", 5), ("image", 3), ("carousel", 3)],
        "tiktok": [("video", 1)],
        "youtube": [("video", 3), ("short", 2)],
        "x": [("text", 3), ("image", 2)],
        "facebook": [("image", 4), ("video", 3), ("text", 2)],
    }[account.platform]
    kind = r.choices([k for k, _w in kinds], [w for _k, w in kinds])[0]
    category = account.categories[r.randrange(len(account.categories))]
    words = text.CATEGORIES[category]
    sponsored = r.random() < 0.12
    subject = r.choice(words["subject"])
    caption = r.choice(text.OPENERS).format(s=subject)
    closer = r.choice(text.CLOSERS)
    tags = r.sample(words["tag"], 2)
    if sponsored:
        caption = f"Kolaborasi bareng @{r.choice(text.SPONSORS)}: {subject}."
        tags = ["ad", *tags] if r.random() < 0.7 else tags
    caption = " ".join(part for part in (caption, closer, *("#" + tag for tag in tags)) if part)
    caption = caption[0].upper() + caption[1:]
    quality = math.exp(r.gauss(0, 0.45))
    if account.story == "viral" and r.random() < 0.02:
        quality *= 7
    deleted = None
    if account.story == "deleting" and (sponsored or r.random() < 0.1):
        deleted = when + timedelta(days=r.uniform(7, 14))
    duration = {
        "reel": r.randrange(12, 75),
        "video": r.randrange(240, 1300),
        "short": r.randrange(15, 59),
    }.get(kind, 0)
    if account.platform == "tiktok":
        duration = r.randrange(11, 120)
    return DemoPost(
        account=account,
        external_id=post_id(account.platform, account.external_id, key),
        shortcode=token_chars(11, account.external_id, key),
        kind=kind,
        published_at=when.replace(microsecond=0),
        caption=caption,
        duration=duration,
        quality=quality,
        sponsored=sponsored,
        deleted_at=deleted,
    )


def stories_between(account: DemoAccount, start: datetime, end: datetime) -> list[DemoPost]:
    """Stories of an invented account: on two days of three, one or two, at an hour of their own."""
    found = []
    for days in range((end.date() - start.date()).days + 1):
        day = start.date() + timedelta(days=days)
        r = rng(account.external_id, day.isoformat(), "stories")
        for n in range(r.choice((0, 1, 2))):
            at = datetime(day.year, day.month, day.day, r.randrange(24), r.randrange(60), tzinfo=UTC)
            if not (start < at <= end):
                continue
            key = f"story.{day.isoformat()}.{n}"
            found.append(
                DemoPost(
                    account=account,
                    external_id=post_id(account.platform, account.external_id, key),
                    shortcode=token_chars(11, account.external_id, key),
                    kind="story",
                    published_at=at,
                    caption="",
                    duration=12,
                    quality=r.uniform(0.3, 0.6),
                    sponsored=False,
                )
            )
    return found


def post_id(platform: str, account_id: str, key: str) -> str:
    if platform == "instagram":
        return "17" + digits(15, "media", account_id, key)
    if platform == "x":
        return "19" + digits(17, "post", account_id, key)
    if platform == "facebook":
        return f"{account_id}_{digits(15, 'post', account_id, key)}"
    if platform == "tiktok":
        return "73" + digits(17, "video", account_id, key)
    return token_chars(11, "video", account_id, key)


@dataclass(frozen=True)
class DemoCreator:
    key: str
    name: str
    email: str
    phone: str
    city: str
    categories: tuple[str, ...]
    languages: tuple[str, ...]
    bio: str
    accounts: tuple[DemoAccount, ...]


def external_id(platform: str, key: str) -> str:
    if platform == "instagram":
        return "178414" + digits(11, "ig", key)
    if platform == "x":
        return "1" + digits(18, "x", key)
    if platform == "facebook":
        return "1000" + digits(11, "fb", key)
    if platform == "tiktok":
        return "-000" + token_chars(32, "tt", key)
    return "UC" + token_chars(22, "yt", key)


@lru_cache(maxsize=1)
def demo_creators() -> tuple[DemoCreator, ...]:
    """The whole cast, always in the same order."""
    fake = Faker("id_ID")
    fake.seed_instance(SEED)
    taken: set[str] = set()
    cast = []
    for number in range(CREATORS):
        r = rng("creator", number)
        name = f"{fake.first_name()} {fake.last_name()}"
        stem = "".join(c for c in name.lower() if c.isascii() and c.isalpha())[:14]
        handle = stem
        while handle in taken:
            handle = f"{stem}{r.choice(['.id', 'official', '_', 'daily'])}{r.randrange(10, 99)}"
        taken.add(handle)
        city = r.choices([c for c, _w in text.CITIES], [w for _c, w in text.CITIES])[0]
        categories = tuple(r.sample(list(text.CATEGORIES), r.choice([1, 1, 2])))
        size = r.choices([s[0] for s in _SIZES], [s[1] for s in _SIZES])[0]
        story = r.choices([s for s, _w in _STORY_WEIGHTS], [w for _s, w in _STORY_WEIGHTS])[0]
        platforms = r.choices(
            [("instagram",), ("instagram", "tiktok"), ("tiktok",), ("instagram", "youtube"), ("youtube",), ("instagram", "tiktok", "youtube")],
            [28, 30, 14, 8, 6, 14],
        )[0]  # fmt: skip
        bio = f"{city} • {' & '.join(categories)} • kerja sama lewat DM"
        more = rng("more platforms", number)  # its own dice: the rest of the world stays as it was
        platforms += tuple(p for p, share in (("x", 0.18), ("facebook", 0.16)) if more.random() < share)
        accounts = tuple(
            _account(number, index, platform, handle, name, city, categories, story, size, bio)
            for index, platform in enumerate(platforms)
        )
        cast.append(
            DemoCreator(
                key=f"demo-{number:03d}",
                name=name,
                email=f"{handle.replace('_', '.')}@example.com",
                phone=f"+62811{digits(7, 'phone', number)}",
                city=city,
                categories=categories,
                languages=("id", "en") if r.random() < 0.3 else ("id",),
                bio=bio,
                accounts=accounts,
            )
        )
    return tuple(cast)


def _account(
    number: int,
    index: int,
    platform: str,
    handle: str,
    name: str,
    city: str,
    categories: tuple[str, ...],
    story: str,
    size: str,
    bio: str,
) -> DemoAccount:
    r = rng("account", number, platform)
    low, high = next((s[2], s[3]) for s in _SIZES if s[0] == size)
    target = int(
        math.exp(r.uniform(math.log(low * 1.1), math.log(high * 0.95)))
        * (1.0 if index == 0 else r.uniform(0.3, 0.8))
    )
    if story == "new":
        started = date(2026, 6, 1) + timedelta(days=r.randrange(60))
    else:
        started = BEGIN + timedelta(days=r.randrange(1, 240))
    consent = {
        "instagram": "insights" if r.random() < 0.4 else "",
        "tiktok": "business" if r.random() < 0.4 else "display",
        "youtube": "",
        "x": "",
        "facebook": "page" if r.random() < 0.5 else "",
    }[platform]
    return DemoAccount(
        platform=platform,
        handle=handle.replace(".", "_")[:15] if platform == "x" else handle,
        external_id=external_id(platform, f"demo-{number:03d}"),
        creator_key=f"demo-{number:03d}",
        name=name,
        city=city,
        categories=categories,
        story=story if index == 0 or story in ("organic", "new") else "organic",
        size=size,
        target=max(target, 1_050),
        started=started,
        bio=bio,
        consent=consent,
    )


@lru_cache(maxsize=1)
def demo_accounts() -> list[DemoAccount]:
    return [account for creator in demo_creators() for account in creator.accounts]


NEWCOMERS = 6


@lru_cache(maxsize=1)
def newcomers() -> tuple[DemoAccount, ...]:
    """A few more, whom the agency does not know at first: its lists bring them."""
    fake = Faker("id_ID")
    fake.seed_instance(SEED + 1)
    found = []
    for number in range(CREATORS, CREATORS + NEWCOMERS):
        r = rng("newcomer", number)
        name = f"{fake.first_name()} {fake.last_name()}"
        stem = "".join(c for c in name.lower() if c.isascii() and c.isalpha())[:14]
        city = r.choice(text.CITIES)[0]
        size = r.choice(["micro", "micro", "nano"])
        bio = f"{city} • kuliner • kerja sama lewat DM"
        found.append(
            _account(number, 0, "instagram", f"{stem}.makan", name, city, ("food",), "organic", size, bio)
        )
    return tuple(found)


@lru_cache(maxsize=1)
def _by_handle() -> dict[tuple[str, str], DemoAccount]:
    return {(a.platform, a.handle.lower()): a for a in (*newcomers(), *demo_accounts())}


@lru_cache(maxsize=1)
def _by_id() -> dict[tuple[str, str], DemoAccount]:
    return {(a.platform, a.external_id): a for a in (*newcomers(), *demo_accounts())}


def by_handle(platform: str, handle: str) -> DemoAccount | None:
    return _by_handle().get((platform, handle.lower().lstrip("@")))


def by_id(platform: str, external: str) -> DemoAccount | None:
    return _by_id().get((platform, external))


def followers_series(account: DemoAccount, first: date, last: date) -> Iterator[tuple[date, int]]:
    """One figure a day, for loading history."""
    day = max(first, account.started)
    while day <= last:
        yield day, account.followers_at(day)
        day += timedelta(days=1)
