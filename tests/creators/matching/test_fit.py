"""Fit to a brand: parts worked by hand, gates, missing parts, and the words of accounts in the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.finding import words
from creators.matching import fit as reading
from creators.models import AudienceSnapshot, RateCard, SocialAccount
from creators.scoring import brand_fit as fit
from creators.scoring.brand_fit import Target
from tests.creators.factories import PostFactory, SocialAccountFactory

TARGET = Target(
    name="Kilau", category="beauty", audience={"countries": ["ID"], "gender": ["female"], "age": ["18-24", "25-34"]},
    sizes=((10_000, 50_000),), price=5_000_000.0,
)  # fmt: skip
GOOD: dict[str, Any] = {
    "followers": 20_000.0, "price": 4_000_000.0, "cosine": 0.15, "words": 40, "shared": ["serum", "kulit"],
    "categories": ["beauty"], "safety": "", "flags": 0, "own": 0, "rivals": [], "exclusive": "",
    "audience": {"countries": {"ID": 0.8, "MY": 0.2}, "gender": {"female": 0.7, "male": 0.3}, "age": {"18-24": 0.5, "35-44": 0.5}},
}  # fmt: skip


def judge(*rows: dict[str, Any], target: Target = TARGET) -> fit.Fits:
    frame = pd.DataFrame([{"account_id": n + 1, **row} for n, row in enumerate(rows)]).set_index("account_id")
    return fit.judge(target, frame)


def value(fits: fit.Fits, name: str, place: int = 0) -> float | None:
    return fits.parts[name]["value"][place]


class TestByHand:
    def test_total_variation_with_shares(self) -> None:
        assert fit.group_match({"ID": 0.8, "MY": 0.2}, {"ID": 1.0}) == pytest.approx(0.8)
        assert fit.group_match({"f": 0.5, "m": 0.5}, {"f": 70, "m": 30}) == pytest.approx(0.8)
        assert fit.group_match({"a": 1.0}, {"b": 1.0}) == pytest.approx(0.0)

    def test_a_list_asks_only_for_who(self) -> None:
        assert fit.group_match(
            {"18-24": 0.5, "25-34": 0.2, "35-44": 0.3}, ["18-24", "25-34"]
        ) == pytest.approx(0.7)
        assert fit.group_match({"ID": 0.4}, ["ID"]) == pytest.approx(
            0.4
        )  # the rest is not listed, not absent
        assert fit.group_match({}, ["ID"]) is None
        assert fit.group_match({"ID": 1.0}, []) is None

    def test_every_part(self) -> None:
        found = judge(GOOD)
        assert value(found, "audience") == pytest.approx((3 * 0.8 + 2 * 0.7 + 2 * 0.5) / 7, abs=1e-5)
        assert value(found, "topic") == pytest.approx(0.5)
        assert value(found, "category") == 1.0
        assert (value(found, "size"), value(found, "price"), value(found, "safety")) == (1.0, 1.0, 1.0)
        assert value(found, "past") is None and value(found, "tone") is None
        shown = {p["name"]: p for p in found.of(1)}
        weight = sum(fit.WEIGHTS[name] for name in shown)
        assert found.table["value"].iloc[0] == pytest.approx(
            100 * sum(fit.WEIGHTS[name] * part["value"] for name, part in shown.items()) / weight, abs=1e-3
        )
        assert "serum, kulit" in shown["topic"]["sentence"]
        assert all(part["sentence"] for part in found.of(1, "id"))

    def test_size_and_price_fade(self) -> None:
        assert fit.size_part(np.array([5_000.0, 200_000.0, 0.0]), ((10_000, 50_000),)).tolist()[
            :2
        ] == pytest.approx([0.5, 0.25])
        assert fit.price_part(np.array([10.0, 40.0]), 10.0).tolist() == pytest.approx([1.0, 0.25])


class TestGates:
    def test_floor_content_and_exclusivity_hold_it_down(self) -> None:
        found = judge(GOOD, GOOD | {"safety": "floor", "flags": 2}, GOOD | {"exclusive": "Rival"})
        assert found.table["gate"].tolist() == ["", "safety", "exclusive"]
        assert (
            found.table["value"].iloc[1] <= 25
            and found.table["value"].iloc[2] <= 25 < found.table["value"].iloc[0]
        )
        assert found.table["ungated"].iloc[2] > 25

    def test_a_rival_weighs_and_own_work_helps(self) -> None:
        none, rival, own = judge(GOOD, GOOD | {"rivals": ["Glow"]}, GOOD | {"own": 2}).table["value"]
        assert rival < none < own


class TestAlways:
    @settings(max_examples=60)
    @given(
        st.floats(0, 1), st.floats(0, 1), st.integers(0, 10**8), st.floats(1, 1e9), st.sampled_from(["", "low", "high", "floor", None]),
    )  # fmt: skip
    def test_bounded(
        self, share: float, cosine: float, followers: int, price: float, safety: str | None
    ) -> None:
        row = GOOD | {"followers": float(followers), "price": price, "cosine": cosine, "safety": safety,
                      "audience": {"countries": {"ID": share}}}  # fmt: skip
        found = judge(row).table.iloc[0]
        assert 0 <= found["value"] <= 100 and 0 <= found["confidence"] <= 1

    @settings(max_examples=40)
    @given(st.floats(0, 1), st.floats(0, 0.5), st.floats(0, 0.5))
    def test_more_of_the_target_never_lowers_it(self, share: float, more: float, cosine: float) -> None:
        def at(part: float, near: float) -> float:
            row = GOOD | {"cosine": near, "audience": {"countries": {"ID": part, "US": 1 - part}}}
            return float(judge(row).table["value"].iloc[0])

        assert at(min(1.0, share + more), cosine) >= at(share, cosine) - 1e-9
        assert at(share, cosine + 0.1) >= at(share, cosine) - 1e-9

    @pytest.mark.parametrize("gone", ["audience", "cosine", "price", "followers", "safety", "categories"])
    def test_what_is_not_known_lowers_confidence(self, gone: str) -> None:
        empty = {"audience": None, "categories": [], "safety": None}.get(gone, np.nan)
        whole, less = (
            judge(GOOD).table.iloc[0],
            judge(GOOD | {gone: empty, **({"words": 0} if gone == "cosine" else {})}).table.iloc[0],
        )
        assert less["confidence"] < whole["confidence"]
        name = {"cosine": "topic", "followers": "size", "categories": "category"}.get(gone, gone)
        if value(judge(GOOD), name) >= whole["value"] / 100:
            assert less["value"] <= whole["value"] + 1e-9

    def test_nothing_known_is_no_number(self) -> None:
        found = judge({"followers": np.nan}).table.iloc[0]
        assert np.isnan(found["value"]) and found["confidence"] == 0

    def test_the_order_of_rows_does_not_matter(self) -> None:
        rows = pd.DataFrame(
            [{"account_id": n, **GOOD, "followers": 1000.0 * n} for n in range(1, 9)]
        ).set_index("account_id")
        pd.testing.assert_frame_equal(fit.judge(TARGET, rows).table, fit.judge(TARGET, rows.iloc[::-1]).table)


@pytest.mark.django_db
class TestRead:
    def wanted(self, **changes: Any) -> reading.Wanted:
        return reading.Wanted(
            TARGET,
            texts=(("serum wajah untuk kulit kusam, pencerah alami", 2.0),),
            price=Decimal(5_000_000),
            **changes,
        )

    def account(self, caption: str, **fields: Any) -> SocialAccount:
        account = SocialAccountFactory(**fields)
        for n in range(3):
            PostFactory(account=account, caption=f"{caption} {n}", published_at=now())
        return account

    def test_words_audience_price_and_safety_are_read_in_bulk(self) -> None:
        skin = self.account("Review serum wajah untuk kulit kusam")
        cars = self.account("Modifikasi mobil balap dan otomotif")
        AudienceSnapshot.objects.create(
            account=skin,
            source="vendor_estimate",
            as_of=date(2026, 11, 1),
            observed_at=now(),
            countries={"ID": 0.9},
        )
        RateCard.objects.create(
            creator=skin.creator,
            platform="instagram",
            format="reel",
            price=10_000_000,
            valid_from=date(2026, 1, 1),
        )
        for _ in range(2):
            words.refresh([skin.pk, cars.pk])
            words.count_accounts()
        found = reading.fits(self.wanted(), [skin.pk, cars.pk])
        skin_at, cars_at = (found.table.index.get_loc(a.pk) for a in (skin, cars))
        assert value(found, "topic", skin_at) > 0.5 > value(found, "topic", cars_at)
        assert (
            value(found, "audience", skin_at) == pytest.approx(0.9)
            and value(found, "audience", cars_at) is None
        )
        assert value(found, "price", skin_at) == pytest.approx(0.5)
        assert value(found, "safety", skin_at) is None  # never scanned
        assert found.table["value"].iloc[skin_at] > found.table["value"].iloc[cars_at]

    def test_queries_do_not_grow(self) -> None:
        ids = [self.account("Serum").pk for _ in range(2)]

        def ask(some: list[int]) -> int:
            with CaptureQueriesContext(connection) as seen:
                reading.fits(self.wanted(), some)
            return len(seen)

        assert ask(ids[:1]) == ask([*ids, *(SocialAccountFactory().pk for _ in range(4))]) <= 10
