"""The order of a parallel run: what takes long begins first, on every worker, and nothing is lost or run twice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from krm.local.pytest_plugin import long_first


def module(folder: str, name: str, count: int, *fixtures: str) -> list[Any]:
    path = Path("/x/tests") / folder / f"test_{name}.py"
    return [SimpleNamespace(path=path, fixturenames=fixtures, n=n) for n in range(count)]


@pytest.mark.parametrize("workers", [2, 4])
def test_every_worker_begins_with_a_share_of_the_long_ones(workers: int) -> None:
    quick = [item for n in range(60) for item in module("money", f"quick{n}", 20)]
    journeys = [item for n in range(8) for item in module("journeys", f"long{n}", 2 + n % 3)]
    pages = module("web", "pages", 5, "page", "browser")
    items: list[Any] = [*quick[:600], *pages, *quick[600:], *journeys]
    found = long_first(items, workers)
    assert sorted(map(id, found)) == sorted(map(id, items))
    chunk = len(items) // workers // 4
    starts = [found[n * chunk : n * chunk + 12] for n in range(workers)]
    shares = [
        [item in journeys or item in pages for item in found[n * chunk : (n + 1) * chunk]]
        for n in range(workers)
    ]
    assert sum(map(sum, shares)) == len(journeys) + len(pages), "all of them are in the first chunks"
    for start, share in zip(starts, shares, strict=True):
        assert start[0] in journeys or start[0] in pages
        assert share == sorted(share, reverse=True), "before the quick ones"
    for path in {item.path for item in [*journeys, *pages]}:  # a module's fixtures are made once
        places = [n for n, item in enumerate(found) if item.path == path]
        assert places == list(range(places[0], places[-1] + 1))
    rest = [item for item in found if item in quick]
    assert rest == quick, "the others keep their order"
