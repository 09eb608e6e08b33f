"""Searching 100,000 creators by part of a name and by a mistyped one: times of the page, of the API, of the database.

    python benchmarks/search.py [--runs 80]

The baseline of the same run is the API list without a search. Every request asks for other words. Goal: 50 ms.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common, rows


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=80)
    given = options.parse_args()
    common.setup()
    rows.fill()
    from creators import discovery
    from creators.models import Creator

    client = common.browser()
    parts, wrong = rows.words(40), rows.typos(40)

    def ids(term: str) -> Any:
        return list(discovery.search(Creator.objects.live(), term).order_by("-followers").values("pk")[:51])

    def walk(term: str) -> Any:
        found = Creator.objects.live().filter(search_text__contains=term.strip("@").split()[0])
        return list(found.order_by("-followers").values("pk")[:51])

    cases: dict[str, list[Callable[[], Any]]] = {
        "API list, no search": [lambda: common.ok(client.get("/api/v1/creators?page_size=50"))],
        "API, part of a name": [
            lambda t=t: common.ok(client.get("/api/v1/creators", {"search": t})) for t in parts
        ],
        "API, mistyped name": [
            lambda t=t: common.ok(client.get("/api/v1/creators", {"search": t})) for t in wrong
        ],
        "list page, part of a name": [
            lambda t=t: common.ok(client.get("/creators/", {"q": t})) for t in parts
        ],
        "list page, mistyped name": [
            lambda t=t: common.ok(client.get("/creators/", {"q": t})) for t in wrong
        ],
        "database, part of a name": [lambda t=t: ids(t) for t in parts],
        "database, mistyped name": [lambda t=t: ids(t) for t in wrong],
        "database, filter and sort in one": [lambda t=t: walk(t) for t in parts],
    }
    lines = []
    base = 0.0
    for name, reads in cases.items():
        times = common.measure(reads, given.runs)
        base = base or times.median
        lines.append(
            (
                name,
                common.ms(times.median),
                common.ms(times.p95),
                common.ms(times.cpu_each),
                f"{times.median / base:.1f}",
            )
        )
    common.table(
        f"{given.runs} searches each, one process",
        ("", "median ms", "p95 ms", "of it our process", "x API list"),
        lines,
    )


if __name__ == "__main__":
    main()
