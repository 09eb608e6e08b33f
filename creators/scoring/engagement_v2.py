"""Engagement, second version (er-2.0): every variant, each format apart, judged by the nearest accounts of its kind.

Canonical by platform: Instagram and Facebook the median of interactions by followers over the last twelve posts;
TikTok and YouTube interactions by views as a ratio of sums, on YouTube of the format posted most (Shorts and long
form never mixed); X by impressions, else views, else followers. Under six posts a rate is drawn to its peers. Both
tails are flagged: unusually little engagement and unusually much.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from . import figures as fig
from . import formats
from .definition import Definition, Frames, Part, Peers, Result
from .engagement import AVERAGES_CONFIDENCE, FEW_POSTS, PRIOR_POSTS, rounded
from .formats import FORMATS, Posts
from .groups import Groups, ratio

VERSION = "er-2.0"
LAST_POSTS = 12
TAIL_Z = 2.5
Z_90 = 1.6448536269514722  # both sides of the interval together leave out a tenth
MEDIAN_SE = 1.2533141373155001  # the median's standard error by the mean's
VARIANTS = ("followers", "views", "reach", "impressions")
PARTS: dict[str, tuple[str, ...]] = {
    "instagram": ("likes", "comments"),
    "tiktok": ("likes", "comments", "shares", "saves"),
    "youtube": ("likes", "comments"),
    "x": ("likes", "comments", "shares", "saves"),
    "facebook": ("likes", "comments", "shares"),
}
ALL_PARTS = ("likes", "comments", "shares", "saves")
CANONICAL: dict[str, tuple[str, ...]] = {  # the first that is known
    "instagram": ("followers",),
    "facebook": ("followers",),
    "tiktok": ("views",),
    "youtube": ("views",),
    "x": ("impressions", "views", "followers"),
}


@dataclass(frozen=True)
class Rates:
    """Of each group of posts: the variants, their standard errors, and how many posts stand behind each."""

    n: np.ndarray
    rate: dict[str, np.ndarray]
    error: dict[str, np.ndarray]
    count: dict[str, np.ndarray]
    view_rate: np.ndarray
    mean: dict[str, np.ndarray]


@dataclass(frozen=True)
class Judged:
    """The account's own rates, those of each format, and which of them is canonical."""

    whole: Rates
    by_format: Rates  # row account * len(FORMATS) + format
    main: np.ndarray  # place in FORMATS of the format a YouTube account is judged by; -1: all together
    basis: np.ndarray  # "posts", "averages", ""
    variant: np.ndarray  # canonical variant of each account
    raw: np.ndarray
    n: np.ndarray
    error: np.ndarray


def interactions(posts: Posts, names: tuple[str, ...] | None = None) -> np.ndarray:
    """Interactions of each post: the platform's parts (or `names`); NaN where likes are not known."""
    given = {name: posts.figure(name) for name in ALL_PARTS}
    filled = {name: np.nan_to_num(values, nan=0.0) for name, values in given.items()}
    total = np.zeros(len(posts.account))
    if names is not None:
        for name in names:
            total += filled[name]
    else:
        platform = posts.platform[posts.account]
        for each, parts in PARTS.items():
            mine = platform == each
            for name in parts:
                total += np.where(mine, filled[name], 0.0)
    return np.where(np.isnan(given["likes"]), np.nan, total)


def rates(posts: Posts, groups: np.ndarray, count: int, followers: np.ndarray, use: np.ndarray) -> Rates:
    """Every variant of every group; `followers` of each group, `use` says which posts are looked at."""
    own = interactions(posts)
    use = use & ~np.isnan(own)
    by = Groups(groups[use], count)
    own, full = own[use], interactions(posts, ALL_PARTS)[use]
    n = by.size()
    rate, error, sizes = {}, {}, {}
    middle = by.median(own)
    rate["followers"] = ratio(middle, followers)
    spread = 1.4826 * by.mad(own, middle)
    mean = ratio(by.sum(own), n)
    deviation = np.sqrt(ratio(by.sum((own - mean[by.codes]) ** 2), np.maximum(n - 1, 1)))
    spread = np.where(spread > 0, spread, deviation)
    error["followers"] = np.where(n > 1, ratio(MEDIAN_SE * spread, np.sqrt(n) * followers), np.nan)
    sizes["followers"] = np.where(np.isnan(rate["followers"]), 0.0, n)
    for variant, top in (("views", own), ("reach", full), ("impressions", full)):
        bottom = posts.figure(variant)[use]
        seen = bottom > 0
        above, below = np.where(seen, top, 0.0), np.where(seen, bottom, 0.0)
        total = by.sum(below)
        share = ratio(by.sum(above), total)
        k = by.size(seen)
        off = np.where(seen, above - np.nan_to_num(share)[by.codes] * below, 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            wide = np.sqrt(by.sum(off**2) * k / (k - 1)) / total
        rate[variant], sizes[variant] = share, k
        error[variant] = np.where(k > 1, wide, np.nan)
    views = np.where(posts.figure("views")[use] > 0, posts.figure("views")[use], np.nan)
    means = {name: _mean(by, posts.figure(name)[use]) for name in ("likes", "comments", "shares", "views")}
    return Rates(n, rate, error, sizes, ratio(by.median(views), followers), means)


def _mean(by: Groups, values: np.ndarray) -> np.ndarray:
    return ratio(by.sum(values), by.size(~np.isnan(values)))


def judge(frames: Frames, now: datetime) -> Judged:
    made: Judged = frames.once("er2.judged", lambda: _judge(frames, now))
    return made


def _judge(frames: Frames, now: datetime) -> Judged:
    posts = formats.of(frames, now)
    count = len(posts.ids)
    with np.errstate(invalid="ignore"):
        followers = np.where(posts.followers > 0, posts.followers, np.nan)
    by_format = rates(
        posts, posts.account * len(FORMATS) + posts.form, count * len(FORMATS), np.repeat(followers, len(FORMATS)),
        posts.place_in_form < LAST_POSTS,
    )  # fmt: skip
    recent = posts.place < LAST_POSTS
    # YouTube: the format posted most lately, long form on a tie
    youtube = posts.platform == "youtube"
    answered = recent & ~np.isnan(posts.figure("likes"))
    short = Groups(posts.account, count).size(answered & (posts.form == formats.CODES["short"]))
    long = Groups(posts.account, count).size(answered & (posts.form == formats.CODES["video"]))
    main = np.where(
        youtube & (short + long > 0),
        np.where(short > long, formats.CODES["short"], formats.CODES["video"]),
        -1,
    )
    whole = rates(posts, posts.account, count, followers, recent)
    if youtube.any():  # the account's own figures are those of that format
        place = np.arange(count) * len(FORMATS) + np.maximum(main, 0)
        chosen = main >= 0

        def mixed(all_posts: np.ndarray, one_format: np.ndarray) -> np.ndarray:
            return np.where(chosen, one_format[place], all_posts)

        whole = Rates(
            mixed(whole.n, by_format.n),
            {v: mixed(whole.rate[v], by_format.rate[v]) for v in VARIANTS},
            {v: mixed(whole.error[v], by_format.error[v]) for v in VARIANTS},
            {v: mixed(whole.count[v], by_format.count[v]) for v in VARIANTS},
            mixed(whole.view_rate, by_format.view_rate),
            {name: mixed(values, by_format.mean[name]) for name, values in whole.mean.items()},
        )
    basis = np.where(whole.n > 0, "posts", "").astype(object)
    _averages(frames, posts, whole, basis)
    variant = np.full(count, "", dtype=object)
    raw, n, error = np.full(count, np.nan), np.zeros(count), np.full(count, np.nan)
    for platform, choices in CANONICAL.items():
        mine = posts.platform == platform
        for name in reversed(choices):
            here = mine & (~np.isnan(whole.rate[name]) | (name == choices[-1]))
            variant[here] = name
            raw[here], n[here], error[here] = (
                whole.rate[name][here],
                whole.count[name][here],
                whole.error[name][here],
            )
    return Judged(whole, by_format, main, basis, variant, raw, n, error)


def _averages(frames: Frames, posts: Posts, whole: Rates, basis: np.ndarray) -> None:
    """A vendor's averages stand in for accounts of which we hold no answered posts."""
    if frames.snapshots.empty:
        return
    given = fig.from_averages(frames.snapshots, frames.accounts)
    if given.empty:
        return
    place = np.searchsorted(posts.ids, given.index.to_numpy(np.int64))
    place = np.minimum(place, len(posts.ids) - 1)
    take = (posts.ids[place] == given.index.to_numpy(np.int64)) & (whole.n[place] == 0)
    rows, given = place[take], given[take]
    basis[rows] = "averages"
    for variant in ("followers", "views", "reach"):
        whole.rate[variant][rows] = given[f"er_{variant}"].to_numpy(float)
        whole.error[variant][rows] = np.nan
        whole.count[variant][rows] = 0
    whole.view_rate[rows] = given["view_rate"].to_numpy(float)
    for name, values in whole.mean.items():
        values[rows] = given[name].to_numpy(float)


def shrink(rate: np.ndarray, n: np.ndarray, peer_median: np.ndarray) -> np.ndarray:
    """(n x rate + 4 x peers' median) / (n + 4) under six posts; an average of unknown size stays as it is."""
    few = (n > 0) & (n < FEW_POSTS) & ~np.isnan(peer_median)
    return np.where(few, (n * rate + PRIOR_POSTS * np.nan_to_num(peer_median)) / (n + PRIOR_POSTS), rate)


def for_size(z: np.ndarray) -> np.ndarray:
    """1 at the peers' median, one half where a tail is flagged, towards 0 beyond, on both sides."""
    return 1.0 / (1.0 + (np.abs(z) / TAIL_Z) ** 4)


def tails(z: np.ndarray) -> np.ndarray:
    return np.select([np.isnan(z), z <= -TAIL_Z, z >= TAIL_Z], ["", "low", "high"], "usual").astype(object)


def accounts_frame(frames: Frames) -> pd.DataFrame:
    made: pd.DataFrame = frames.once(
        "accounts.sorted", lambda: frames.accounts.sort_values("account_id").set_index("account_id")
    )
    return made


@dataclass(frozen=True)
class FormatStanding:
    """Of every account and format it posts in: the rate and where it stands among the same platform and format."""

    account: np.ndarray  # row of the account
    form: np.ndarray
    n: np.ndarray
    raw: np.ndarray
    rate: np.ndarray
    median: np.ndarray
    percentile: np.ndarray
    peers: np.ndarray


def format_standing(frames: Frames, peers: Peers, now: datetime) -> FormatStanding:
    made: FormatStanding = frames.once("er2.formats", lambda: _format_standing(frames, peers, now))
    return made


def _format_rates(judged: Judged, platform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The canonical variant of each format and how many posts stand behind it."""
    variant = np.repeat(judged.variant, len(FORMATS))
    raw, n = np.full(len(variant), np.nan), np.zeros(len(variant))
    for name in VARIANTS:
        mine = variant == name
        raw[mine], n[mine] = judged.by_format.rate[name][mine], judged.by_format.count[name][mine]
    return raw, n


def _format_standing(frames: Frames, peers: Peers, now: datetime) -> FormatStanding:
    judged = judge(frames, now)
    table = accounts_frame(frames)
    raw, n = _format_rates(judged, table["platform"].to_numpy(dtype=object))
    rows = np.flatnonzero(~np.isnan(raw))
    account, form = rows // len(FORMATS), rows % len(FORMATS)
    named = pd.Series(np.array(FORMATS, dtype=object)[form], dtype=object)
    near = table.iloc[account].reset_index(drop=True)
    standing = peers.standing("rate", near, pd.Series(raw[rows]), named)
    median = standing["median"].to_numpy(float)
    return FormatStanding(
        account, form, n[rows], raw[rows], shrink(raw[rows], n[rows], median), median,
        standing["percentile"].to_numpy(float), standing["peers"].to_numpy(float),
    )  # fmt: skip


def spread_out(standing: FormatStanding, form: int, count: int, values: np.ndarray) -> np.ndarray:
    """Values of one format in the order of the accounts, NaN where an account has none."""
    out = np.full(count, np.nan)
    mine = standing.form == form
    out[standing.account[mine]] = values[mine]
    return out


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    judged = judge(frames, now)
    table = accounts_frame(frames)
    index, count = table.index, len(table)
    main = pd.Series(
        np.where(judged.main >= 0, np.array(FORMATS, dtype=object)[judged.main], ""), index, dtype=object
    )
    standing = peers.standing("rate", table, pd.Series(judged.raw, index), main)
    median = standing["median"].to_numpy(float)
    z = standing["z"].to_numpy(float)
    value = shrink(judged.raw, judged.n, median)
    known = ~np.isnan(judged.raw)
    confidence = np.where(
        known, np.where(judged.n > 0, judged.n / (judged.n + PRIOR_POSTS), AVERAGES_CONFIDENCE), 0.0
    )
    pull = np.where(
        (judged.n > 0) & (judged.n < FEW_POSTS) & ~np.isnan(median), judged.n / (judged.n + PRIOR_POSTS), 1.0
    )
    half = Z_90 * judged.error * pull
    verdict = tails(z)
    whole = judged.whole
    scores = pd.DataFrame(
        {
            "value": value, "low": np.maximum(value - half, 0.0), "high": value + half, "confidence": confidence,
            "verdict": verdict, "followers": table["followers"], "n_posts": whole.n, "basis": judged.basis,
            "er_basis": np.where(known, judged.variant, ""), "format": main,
            **{f"er_{v}": whole.rate[v] for v in VARIANTS}, "view_rate": whole.view_rate,
            **whole.mean, "peer_median": rounded(standing["median"]),
        },
        index=index,
    )  # fmt: skip
    parts = []
    for name in VARIANTS:
        rate = whole.rate[name]
        own = peers.standing(f"er_{name}", table, pd.Series(rate, index)) if name in VARIANTS else standing
        canonical = judged.variant == name
        percentile = np.where(canonical, standing["percentile"], own["percentile"])
        middle = np.where(canonical, median, own["median"].to_numpy(float))
        size = np.where(canonical, standing["peers"], own["peers"])
        parts.append(
            Part(
                f"by_{name}", percentile, (canonical & known).astype(float), percentile, whole.count[name],
                {
                    "rate": shrink(rate, whole.count[name], middle), "raw": rate, "median": middle, "peers": size,
                    "case": np.where(np.isnan(percentile), "alone", np.where(whole.count[name] > 0, "", "vendor")),
                },
                ~np.isnan(rate),
            )
        )  # fmt: skip
    parts.append(
        Part(
            "for_size", for_size(z), 0.0, standing["percentile"], judged.n,
            {"rate": judged.raw, "median": median, "peers": standing["peers"], "case": verdict},
        )
    )  # fmt: skip
    by_format = format_standing(frames, peers, now)
    for form, name in enumerate(FORMATS):
        rate = spread_out(by_format, form, count, by_format.rate)
        if np.isnan(rate).all():
            continue
        percentile = spread_out(by_format, form, count, by_format.percentile)
        scores[f"rate_{name}"] = spread_out(by_format, form, count, by_format.raw)
        parts.append(
            Part(
                f"format:{name}", percentile, 0.0, percentile, np.nan_to_num(spread_out(by_format, form, count, by_format.n)),
                {
                    "rate": rate, "median": spread_out(by_format, form, count, by_format.median),
                    "peers": spread_out(by_format, form, count, by_format.peers), "form": name,
                    "case": np.where(np.isnan(percentile), "alone", ""),
                },
                ~np.isnan(rate),
            )
        )  # fmt: skip
    return Result(scores, parts)


def peer_figures(frames: Frames, now: datetime) -> pd.DataFrame:
    """The canonical rate and every variant of all posts; the canonical rate of each format."""
    judged = judge(frames, now)
    table = accounts_frame(frames)
    whole = pd.DataFrame(
        {
            "format": "", "rate": judged.raw, **{f"er_{v}": judged.whole.rate[v] for v in VARIANTS},
            "views_per_follower": judged.whole.view_rate,
        },
        index=table.index,
    )  # fmt: skip
    raw, _ = _format_rates(judged, table["platform"].to_numpy(dtype=object))
    rows = np.flatnonzero(~np.isnan(raw))
    each = pd.DataFrame(
        {
            "format": np.array(FORMATS, dtype=object)[rows % len(FORMATS)], "rate": raw[rows],
            "views_per_follower": judged.by_format.view_rate[rows],
        },
        index=table.index[rows // len(FORMATS)],
    )  # fmt: skip
    return pd.concat([whole, each])


_WORDS = {
    "followers": ("followers", "pengikut"),
    "views": ("views", "tayangan"),
    "reach": ("accounts reached", "akun terjangkau"),
    "impressions": ("impressions", "impresi"),
}


def _variant_sentences() -> dict[str, tuple[str, str]]:
    out = {}
    for name, (en, local) in _WORDS.items():
        out[f"by_{name}"] = (
            (
                f"Interactions are {{rate:percent}} of {en} over {{evidence:count}} posts, above {{percentile:percent}} of the"
                " {peers:count} nearest accounts by size (usual: {median:percent})."
            ),
            (
                f"Interaksi {{rate:percent}} dari {local} pada {{evidence:count}} unggahan, di atas {{percentile:percent}} dari"
                " {peers:count} akun yang paling dekat ukurannya (umumnya {median:percent})."
            ),
        )
        out[f"by_{name}.vendor"] = (
            (
                f"By a vendor's averages interactions are {{rate:percent}} of {en}, above {{percentile:percent}} of the"
                " {peers:count} nearest accounts by size (usual: {median:percent})."
            ),
            (
                f"Menurut rata-rata vendor, interaksi {{rate:percent}} dari {local}, di atas {{percentile:percent}} dari"
                " {peers:count} akun yang paling dekat ukurannya (umumnya {median:percent})."
            ),
        )
        out[f"by_{name}.alone"] = (
            f"Interactions are {{rate:percent}} of {en}; too few accounts of this size to compare with.",
            f"Interaksi {{rate:percent}} dari {local}; terlalu sedikit akun seukurannya untuk dibandingkan.",
        )
    return out


SENTENCES = {
    **_variant_sentences(),
    "for_size.low": (
        (
            "{rate:percent} is far below what is usual for its size ({median:percent}): many followers may not be reached or"
            " not be real."
        ),
        (
            "{rate:percent} jauh di bawah yang umum untuk ukurannya ({median:percent}): banyak pengikut mungkin tidak terjangkau"
            " atau tidak asli."
        ),
    ),
    "for_size.high": (
        (
            "{rate:percent} is far above what is usual for its size ({median:percent}): a very close audience, or bought or"
            " pooled engagement. Look at the comments."
        ),
        (
            "{rate:percent} jauh di atas yang umum untuk ukurannya ({median:percent}): audiens sangat dekat, atau engagement"
            " dibeli atau dari pod. Periksa komentarnya."
        ),
    ),
    "for_size.usual": (
        "{rate:percent} is within what is usual for its size ({median:percent}).",
        "{rate:percent} masih wajar untuk ukurannya ({median:percent}).",
    ),
    "format": (
        (
            "{rate:percent} over {evidence:count} {form:form}, above {percentile:percent} of the {peers:count} nearest accounts"
            " that post them (usual: {median:percent})."
        ),
        (
            "{rate:percent} pada {evidence:count} {form:form}, di atas {percentile:percent} dari {peers:count} akun terdekat yang"
            " memakainya (umumnya {median:percent})."
        ),
    ),
    "format.alone": (
        "{rate:percent} over {evidence:count} {form:form}; too few accounts to compare with.",
        "{rate:percent} pada {evidence:count} {form:form}; terlalu sedikit akun untuk dibandingkan.",
    ),
}
FORMAT_LABELS = {
    "image": ("Images", "Gambar"), "carousel": ("Carousels", "Carousel"), "reel": ("Reels", "Reels"),
    "short": ("Short videos", "Video pendek"), "video": ("Videos", "Video"), "text": ("Text posts", "Teks"),
}  # fmt: skip
DEFINITION = Definition(
    kind="engagement",
    version=VERSION,
    compute=compute,
    label=("Engagement", "Engagement"),
    unit="rate",
    needs=frozenset({"accounts", "posts", "snapshots"}),
    names={
        "by_followers": ("By followers", "Per pengikut"),
        "by_views": ("By views", "Per tayangan"),
        "by_reach": ("By reach", "Per jangkauan"),
        "by_impressions": ("By impressions", "Per impresi"),
        "for_size": ("For its size", "Untuk ukurannya"),
        **{f"format:{name}": pair for name, pair in FORMAT_LABELS.items()},
    },
    verdicts={
        "low": ("unusually low", "rendah di luar kebiasaan"),
        "high": ("unusually high", "tinggi di luar kebiasaan"),
        "usual": ("usual for its size", "wajar untuk ukurannya"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "Last twelve posts of at least 48 hours, no stories. Instagram, Facebook: median of interactions ÷ followers."
            " TikTok: sum of likes, comments, shares and saves ÷ sum of views. YouTube: sum of likes and comments ÷ sum of"
            " views, Shorts and long form apart. X: ÷ impressions. Under six posts: (n × rate + 4 × peers' median) ÷ (n + 4)."
            " Peers: the 200 nearest accounts by followers of the same platform (and format)."
        ),
        (
            "Dua belas unggahan terakhir yang berumur minimal 48 jam, tanpa story. Instagram, Facebook: median interaksi ÷"
            " pengikut. TikTok: jumlah suka, komentar, dibagikan dan disimpan ÷ jumlah tayangan. YouTube: jumlah suka dan"
            " komentar ÷ jumlah tayangan, Shorts dan video panjang terpisah. X: ÷ impresi. Di bawah enam unggahan: (n × rasio"
            " + 4 × median akun setara) ÷ (n + 4). Pembanding: 200 akun terdekat menurut pengikut di platform (dan format)"
            " yang sama."
        ),
    ),
    weights={"by_followers": 1.0, "by_views": 1.0, "by_impressions": 1.0},
    peer_figures=peer_figures,
)
