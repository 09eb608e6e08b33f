"""What holds for every definition, whatever its formula: bounded, blind to order, alike for alike, never better for less."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creators.scoring import figures, registry, reliability, run
from creators.scoring.definition import Definition, Frames, Peers, Result
from creators.scoring.peers import PeerTable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
EVERY = pytest.mark.parametrize("one", registry.DEFINITIONS, ids=lambda one: one.version)
CURRENT = pytest.mark.parametrize("one", registry.current_definitions().values(), ids=lambda one: one.version)
World = dict[str, pd.DataFrame]
PLATFORMS = ("instagram", "youtube", "tiktok")
KINDS = {"instagram": ("image", "reel", "carousel"), "youtube": ("video", "short"), "tiktok": ("video",)}


def letters(number: int) -> str:
    return "ko" + "".join(chr(97 + int(digit)) for digit in str(number))


def world(seed: int = 1) -> World:
    """Three accounts of which everything is known that any definition reads."""
    rng = np.random.default_rng(seed)
    rows: tuple[list[dict[str, Any]], ...] = tuple([] for _ in range(8))
    posts, tags, texts, comments, snapshots, samples, history, flags = rows
    for account, platform in enumerate(PLATFORMS, 1):
        level = 10 ** rng.uniform(2, 4)
        for n in range(24):
            post, at = 100 * account + n, NOW - timedelta(days=3 + 4 * n + float(rng.uniform(0, 2)))
            likes = float(np.round(level * rng.lognormal(0, 0.4)))
            posts.append({
                "account_id": account, "post_id": post, "published_at": at, "is_deleted": False,
                "kind": KINDS[platform][n % len(KINDS[platform])], "likes": likes, "comments": np.round(likes / 20), "shares": np.round(likes / 50),
                "saves": np.round(likes / 40), "views": np.round(likes * 12), "reach": np.round(likes * 9), "impressions": np.round(likes * 14),
                "duration_seconds": float(rng.integers(20, 900)), "is_sponsored": float(n % 5 == 0), "mentions": float(n % 4 == 0),
            })  # fmt: skip
            texts.append(
                {"account_id": account, "post_id": post, "published_at": at, "caption": f"kopi pagi {n}"}
            )
            for sign, tag in (("#", f"topik{n % 3}"), ("@", f"teman{n % 6}")):
                tags.append(
                    {"account_id": account, "post_id": post, "published_at": at, "sign": sign, "tag": tag}
                )
            for who in rng.choice(40, 4, replace=False):
                said = (
                    "Great post!",
                    "cek akun aku jual followers murah WA 08123456789",
                    f"{letters(n)} itu enak sekali kata {letters(who)} di {letters(n * who)}",
                )
                comments.append({
                    "account_id": account, "comment_id": len(comments), "post_id": post, "author_key": f"k{who}", "by_owner": 0.0,
                    "author": json.dumps({"followers": int(rng.integers(1, 900)), "following": 300, "posts": int(rng.integers(0, 90))}),
                    "text": said[int(rng.choice(3, p=[0.1, 0.04, 0.86]))], "published_at": at + timedelta(hours=float(rng.uniform(0, 30))),
                    "post_published_at": at,
                })  # fmt: skip
        count = 20_000.0
        for week in range(30):
            count += float(np.round(rng.normal(150, 40)))
            snapshots.append({
                "account_id": account, "as_of": date(2026, 4, 20) + timedelta(days=7 * week), "source": "platform_public",
                "definition": "", "followers": count,
            })  # fmt: skip
        size = 150
        samples.append({"account_id": account, "as_of": date(2026, 11, 1), "source": "upload", "size": float(size), "features": json.dumps({
            "posts": rng.integers(0, 200, size).tolist(), "following": rng.integers(10, 4000, size).tolist(),
            "followers": rng.integers(0, 900, size).tolist(), "has_pic": [1] * size, "is_private": rng.integers(0, 2, size).tolist(),
        })})  # fmt: skip
        history.append({"account_id": account, "pieces": 10, "on_time": 8, "no_shows": 0, "delivered": 10, "revisions": 10, "rounds": 20,
                        "offers": 5, "unanswered": 1, "hours": 12, "worked": 4, "cancelled": 1, "ratings": 3, "rating": 4, "briefs": 4,
                        "reading_hours": 6, "invoices": 4, "clean": 3})  # fmt: skip
        flags.append({"account_id": account, "category": "politics", "severity": "medium", "place": "caption", "state": "open",
                      "probability": 0.8, "published_at": NOW - timedelta(days=40)})  # fmt: skip
    edges = pd.DataFrame({"source_id": [1, 2, 2, 3, 3, 1], "target_id": [2, 1, 3, 2, 1, 3]})
    return {
        "accounts": pd.DataFrame({
            "account_id": [1, 2, 3], "platform": PLATFORMS, "followers": [24_000.0, 26_000.0, 22_000.0], "following": [500.0, 100.0, 80.0],
            "figures_as_of": pd.to_datetime(["2026-11-21"] * 3), "figures_source": "platform_public",
        }),
        "posts": pd.DataFrame(posts), "texts": pd.DataFrame(texts), "tags": pd.DataFrame(tags), "comments": pd.DataFrame(comments),
        "snapshots": pd.DataFrame(snapshots).reindex(columns=[*figures.SNAPSHOT_COLUMNS, "posts_count", "reach"]),
        "followers": pd.DataFrame(samples), "answers": edges,
        "reports": pd.DataFrame(columns=["account_id", "vendor", "as_of", "quality"]),
        "history": pd.DataFrame(history).reindex(columns=reliability.COLUMNS), "safety_flags": pd.DataFrame(flags),
        "safety_texts": pd.DataFrame({"account_id": [1, 2, 3], "posts": 24.0, "with_comments": 24.0, "with_transcript": 4.0}),
    }  # fmt: skip


def peers() -> Peers:
    spread = np.linspace(-0.4, 0.4, 200)
    names = {"rate": 0.03, "er": 0.03, "er_followers": 0.03, "er_views": 0.06, "posts_per_week": 2.0, "likes_per_comment": 20.0,
             "view_rate": 0.3, "growth_30d": 1.02}  # fmt: skip
    values = {name: np.log10(middle) + spread for name, middle in names.items()}
    return Peers(
        {
            (platform, kind): PeerTable(platform, np.full(200, 4.38), values)
            for platform in PLATFORMS
            for kind in ("", "image", "reel", "carousel", "video", "short")
        }
    )


@cache
def whole(version: str) -> Result:
    """The whole world under that definition, computed once."""
    return scored(next(one for one in registry.DEFINITIONS if one.version == version), world())


def scored(one: Definition, held: World) -> Result:
    if held is WORLD:
        return whole(one.version)
    return one.compute(Frames(**{name: frame.copy() for name, frame in held.items()}), peers(), NOW)


def values(one: Definition, held: World) -> pd.Series:
    return scored(one, held).scores["value"].astype(float).reindex([1, 2, 3])


WORLD = world()


@EVERY
def test_something_is_said_and_everything_is_bounded(one: Definition) -> None:
    found = scored(one, WORLD)
    rows = found.scores
    value = rows["value"].astype(float).dropna()
    assert len(value) == 3, "the world knows enough for every definition"
    assert (value >= 0).all()
    if one.unit == "points":
        assert (value <= 100 + 1e-9).all()
    assert rows["confidence"].between(0, 1).all()
    parts = found.long()["value"].dropna()
    assert parts.between(0, 1).all() and len(parts)
    if "low" in rows:
        known = rows[["low", "value", "high"]].astype(float).dropna()
        assert (known["low"] <= known["value"] + 1e-9).all() and (
            known["value"] <= known["high"] + 1e-9
        ).all()
        if one.unit == "points":
            assert known["low"].ge(-1e-9).all() and known["high"].le(100 + 1e-9).all()


@CURRENT
def test_every_current_definition_gives_an_interval(one: Definition) -> None:
    rows = scored(one, WORLD).scores
    assert rows[["low", "high"]].astype(float).notna().all().all()


@EVERY
def test_the_order_of_rows_does_not_matter(one: Definition) -> None:
    mixed = {name: frame.sample(frac=1.0, random_state=5) for name, frame in WORLD.items()}
    first, again = scored(one, WORLD), scored(one, mixed)
    order = first.scores.index
    assert sorted(again.scores.index) == sorted(order)
    there = again.scores.index.get_indexer(order)
    inputs, parts = run.inputs_of(again), run.components_of(again)
    assert [inputs[n] for n in there] == run.inputs_of(first)
    assert [parts[n] for n in there] == run.components_of(first)
    for name in ("value", "confidence"):
        np.testing.assert_allclose(
            again.scores[name].astype(float).loc[order], first.scores[name].astype(float), rtol=1e-9
        )


@EVERY
def test_the_same_inputs_have_the_same_hash_and_other_inputs_another(one: Definition) -> None:
    first, again = (run.hashes(one, run.inputs_of(scored(one, held))) for held in (WORLD, world()))
    assert first == again
    other = run.hashes(one, run.inputs_of(scored(one, world(2))))
    if one.kind not in ("reliability", "safety"):  # of which the other world says the same
        assert first != other
    versions = {other.version for other in registry.DEFINITIONS}
    assert len({run.inputs_hash(version, "{}") for version in versions}) == len(versions)


SOURCES: dict[
    str, tuple[str, ...]
] = {  # what a kind can be without; flags that were not found are no missing data
    "authenticity": ("posts", "snapshots", "followers", "comments", "answers", "texts"),
    "audience_quality": ("followers",),
    "comment_quality": ("comments",),
    "growth": ("snapshots",),
    "pods": ("comments", "answers"),
    "consistency": ("posts", "tags"),
    "engagement": ("posts",),
    "formats": ("posts",),
    "innovation": ("posts", "tags"),
    "prediction": ("posts",),
    "reliability": ("history",),
    "safety": ("safety_texts",),
}


def less(one: Definition) -> list[tuple[str, World]]:
    """The world without a source, with half of its rows, and without a figure."""
    sources = SOURCES[one.kind]
    out = []
    for name in sources:
        if name in one.needs:
            out.append((f"no {name}", {**WORLD, name: WORLD[name].iloc[:0]}))
    if "posts" in one.needs and "posts" in sources:
        for figure in ("likes", "is_sponsored"):
            out.append((f"no {figure}", {**WORLD, "posts": WORLD["posts"].assign(**{figure: np.nan})}))
        few = WORLD["posts"].groupby("account_id").head(7)
        kept = {
            name: WORLD[name][WORLD[name]["post_id"].isin(few["post_id"])]
            for name in ("texts", "tags", "comments")
        }
        out.append(("seven posts", {**WORLD, "posts": few, **kept}))
    if one.kind == "reliability":
        gone = WORLD["history"].assign(ratings=0.0, rating=np.nan)
        out.append(("no ratings", {**WORLD, "history": gone}))
    if one.kind == "safety":
        half = WORLD["safety_texts"].assign(posts=6.0, with_comments=0.0, with_transcript=0.0)
        out.append(("few texts", {**WORLD, "safety_texts": half}))
    return out


@CURRENT
def test_less_data_is_never_more_confidence_and_never_a_higher_lower_end(one: Definition) -> None:
    full = scored(one, WORLD).scores[["low", "confidence"]].astype(float)
    cases = less(one)
    assert cases
    fell = False
    for name, held in cases:
        rows = scored(one, held).scores.reindex(full.index)[["low", "confidence"]].astype(float).fillna(0.0)
        assert (rows["confidence"] <= full["confidence"] + 1e-9).all(), name
        fell |= bool((rows["confidence"] < full["confidence"] - 1e-9).any())
        if one.kind not in NOT_BY_PARTS:
            assert (rows["low"] <= full["low"] + 1e-6).all(), name
    assert fell


# Their interval is that of a measurement (of posts, of errors, of cases), not of parts that may be missing: with less it
# is wider, about another middle.
NOT_BY_PARTS = {"engagement", "prediction", "reliability"}


def edited(frame: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> World:
    return {**WORLD, frame: change(WORLD[frame].copy())}


def jumped(given: pd.DataFrame) -> pd.DataFrame:
    late = given["as_of"] > date(2026, 9, 1)
    return given.assign(followers=given["followers"] + 9_000.0 * late)


def fakes(given: pd.DataFrame) -> pd.DataFrame:
    def worse(text: str) -> str:
        held = json.loads(text)
        return json.dumps(
            {**held, "posts": [0] * len(held["posts"]), "following": [7000] * len(held["following"])}
        )

    return given.assign(features=given["features"].map(worse))


def spam(given: pd.DataFrame) -> pd.DataFrame:
    mine = np.arange(len(given)) % 2 == 0
    return given.assign(text=given["text"].where(~mine, "subscribe my channel http://spam.example.com now"))


def pod(given: pd.DataFrame) -> pd.DataFrame:
    place = given.groupby("post_id").cumcount()
    return given.assign(
        author_key="k" + place.astype(str),
        text="Great post really amazing",
        published_at=given["post_published_at"],
    )


def likes(times: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda given: given.assign(likes=given["likes"] * times)


WORSE: dict[str, tuple[World, str]] = {
    "authenticity": (edited("followers", fakes), "value"),
    "audience_quality": (edited("followers", fakes), "value"),
    "comment_quality": (edited("comments", spam), "value"),
    "growth": (edited("snapshots", jumped), "value"),
    "pods": (edited("comments", pod), "value"),
    "consistency": (edited("posts", lambda p: p[p["published_at"] < NOW - timedelta(days=40)]), "value"),
    "engagement": (edited("posts", likes(0.5)), "value"),
    "formats": (edited("posts", likes(0.5)), "value"),
    "innovation": (edited("tags", lambda t: t[(t["sign"] == "#") | (t["tag"] == "teman1")]), "value"),
    "prediction": (edited("posts", lambda p: p.assign(likes=p["likes"] / 2, views=p["views"] / 2)), "value"),
    "reliability": (edited("history", lambda h: h.assign(on_time=2.0, cancelled=3.0)), "value"),
    "safety": (edited("safety_flags", lambda f: pd.concat([f, f.assign(severity="floor")])), "value"),
}


@CURRENT
def test_what_is_worse_never_scores_better(one: Definition) -> None:
    held, name = WORSE[one.kind]
    before, after = values(one, WORLD), values(one, held)
    assert name == "value" and (after <= before + 1e-9).all()
    assert (after < before - 1e-9).any()


def test_every_kind_is_covered() -> None:
    kinds = set(registry.current_definitions())
    assert kinds == set(WORSE)
    assert len(kinds) == 12
