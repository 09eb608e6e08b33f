"""Which band a follower count falls into."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Ladder = Sequence[tuple[int, int, int | None]]  # (tier id, floor, ceiling)


def assign(followers: np.ndarray, ladder: Ladder) -> np.ndarray:
    """Tier id per count, -1 where unknown or below the lowest floor."""
    out = np.full(len(followers), -1, dtype=np.int64)
    for tier, floor, ceiling in ladder:
        top = np.inf if ceiling is None else ceiling
        with np.errstate(invalid="ignore"):
            out[(followers >= floor) & (followers < top)] = tier
    return out
