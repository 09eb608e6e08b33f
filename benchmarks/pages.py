"""How quick the list page, the profile, the API list of 50 and the results of a campaign with 300 posts are.

    python benchmarks/pages.py [--runs 30]

In one process without HTTP (that is benchmarks/web.py), over 100,000 creators. The baseline of the same run is reading
the same 50 rows by a bare queryset. Goals: API list 6 queries and 40 ms, list page 60 ms.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common, rows


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--runs", type=int, default=30)
    given = options.parse_args()
    common.setup()
    rows.fill()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from creators.models import Creator
    from krm.web.lists.keyset import encode

    client = common.browser()
    busy = Creator.objects.filter(primary_account__snapshots__isnull=False).order_by("pk")[0]
    campaign = rows.campaign()
    edge = Creator.objects.live().order_by("-followers", "-pk")[5_000]
    middle = encode(edge.followers, edge.pk)
    api, filters = "/api/v1/creators?page_size=50", "platform=instagram&country=ID&category=Food"
    pages = {
        "API list of 50": api,
        "API list of 50, three filters": f"{api}&{filters}&ordering=-followers",
        "list page": "/creators/",
        "list page, the hundredth": f"/creators/?after={middle}",
        "list page, three filters": f"/creators/?{filters}",
        "profile page": f"/creators/{busy.pk}/",
        "campaign results, 300 posts": f"/reports/campaign/{campaign.pk}/results/",
    }
    base = common.measure([lambda: list(Creator.objects.order_by("-id")[:50])], given.runs)
    lines: list[Any] = [
        (
            "50 rows, bare queryset",
            1,
            common.ms(base.median),
            common.ms(base.p95),
            common.ms(base.cpu_each),
            "1",
        )
    ]
    for name, url in pages.items():

        def read(url: str = url) -> Any:
            return common.ok(client.get(url))

        times = common.measure([read], given.runs)
        with CaptureQueriesContext(connection) as captured:
            read()
        lines.append(
            (name, len(captured), common.ms(times.median), common.ms(times.p95), common.ms(times.cpu_each),
             f"{times.median / base.median:.0f}")
        )  # fmt: skip
    common.table(
        f"{Creator.objects.count():,} creators; {given.runs} runs, one process",
        ("", "queries", "median ms", "p95 ms", "of it our process", "x bare"),
        lines,
    )


if __name__ == "__main__":
    main()
