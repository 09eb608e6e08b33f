"""How many accounts a second are scored, in memory and through the database?

    python benchmarks/scoring.py [--accounts 20000]

The baseline of the same run is reading the same rows out of the database into frames and doing nothing with them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common, rows


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--accounts", type=int, default=10_000)
    given = options.parse_args()

    common.setup()
    rows.fill()
    from django.db import connection
    from django.utils.timezone import now

    from creators import benchmarks, frames, scoring_runs
    from creators.models import Score, SocialAccount
    from creators.scoring import run

    ids = list(
        SocialAccount.objects.filter(snapshots__isnull=False)
        .order_by("pk")
        .distinct()
        .values_list("pk", flat=True)[: given.accounts]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO creators_post (created_at, updated_at, account_id, platform, external_id, url, caption, kind,"
            " published_at, hashtags, mentions, is_deleted, thumbnail_url, views, likes, comments, source)"
            " SELECT now(), now(), a.id, a.platform, a.id || '-' || n, '', '', 'video', now() - make_interval(days => 3 + n),"
            " '[]', '[]', false, '', a.followers, (a.followers * (0.01 + random() * 0.05))::bigint,"
            " (a.followers * 0.001 * random())::bigint, 'platform_public' FROM creators_socialaccount a"
            " CROSS JOIN generate_series(1, 12) n WHERE a.id = ANY(%s) ON CONFLICT DO NOTHING",
            [ids],
        )
    Score.objects.filter(account_id__in=ids).delete()
    benchmarks.rebuild()

    started = time.perf_counter()
    held = [frames.load(ids[start : start + 2000]) for start in range(0, len(ids), 2000)]
    reading = time.perf_counter() - started
    tables = benchmarks.tables(["instagram", "tiktok", "youtube"])
    started = time.perf_counter()
    for part in held:
        run.score(part, tables, now())
    judging = time.perf_counter() - started
    started = time.perf_counter()
    written = scoring_runs.score_accounts(ids)
    whole = time.perf_counter() - started
    started = time.perf_counter()
    scoring_runs.score_accounts(ids)
    again = time.perf_counter() - started
    count = len(ids)
    print(f"{count:,} accounts, 12 posts and 10 snapshots each, one process")
    for label, seconds in (("read into frames", reading), ("score in memory", judging),
                           (f"read, score, write {written:,} scores", whole), ("again, nothing changed", again)):  # fmt: skip
        print(
            f"{label:40}{seconds:8.1f} s{count / seconds:10,.0f} accounts/s{seconds / reading:8.1f} x reading"
        )


if __name__ == "__main__":
    main()
