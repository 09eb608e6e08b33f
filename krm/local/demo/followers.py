"""Invented followers of some demo accounts: drawn like people and like bought accounts, no real account among them."""

from __future__ import annotations

import random
from datetime import date, timedelta

from creators.models import FollowerSample

SIZE = 400
SHARES = (0.03, 0.06, 0.1, 0.15, 0.3, 0.55)  # of bought followers; each sixth account has many


def make_samples(account_ids: list[int], today: date) -> None:
    FollowerSample.objects.bulk_create(
        [
            FollowerSample(
                account_id=pk, as_of=today - timedelta(days=7 + n % 20), size=SIZE, features=drawn(n),
                filename="sampled-followers.csv", sha256=f"{n:064d}",
            )
            for n, pk in enumerate(account_ids)
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def drawn(seed: int) -> dict[str, list[float | None]]:
    """The same columns for the same seed."""
    rng = random.Random(seed)
    names = ("posts", "following", "followers", "has_pic", "is_private", "username_len", "username_digits")
    out: dict[str, list[float | None]] = {name: [] for name in names}
    for _follower in range(SIZE):
        row = _bought(rng) if rng.random() < SHARES[seed % len(SHARES)] else _person(rng)
        for name, value in zip(names, row, strict=True):
            out[name].append(float(value))
    return out


def _person(rng: random.Random) -> tuple[int, ...]:
    followers = int(rng.lognormvariate(6.0, 1.0))
    private = int(rng.random() < 0.45)
    return (
        int(rng.lognormvariate(4.0, 1.3)), int(rng.lognormvariate(6.3, 0.7)), followers, int(rng.random() < 0.97), private,
        rng.randint(7, 16), rng.choice((0, 0, 0, 0, 1, 2)),
    )  # fmt: skip


def _bought(rng: random.Random) -> tuple[int, ...]:
    return (
        rng.choice((0, 0, 0, 1, 2, 4)), int(rng.lognormvariate(7.6, 0.6)), int(rng.lognormvariate(3.8, 1.0)),
        int(rng.random() < 0.7), int(rng.random() < 0.1), rng.randint(8, 18), rng.choice((0, 2, 3, 4, 5)),
    )  # fmt: skip
