"""How long does a full re-score of every account take, and how much memory?

    python benchmarks/rescore.py [--accounts 100000] [--workers 4] [--posts 12] [--snapshots 8] [--keep] [--profile]

The database is one of its own, dropped at the end. The baseline of the same run is reading the same rows of every
frame with as many processes and doing nothing with them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common

DATABASE = os.environ.get("KRM_BENCH_DB", "krm_bench") + "_rescore"
CHUNK = 5_000

FILL = (
    # `n * 0` keeps the planner from drawing one random number for all rows.
    """INSERT INTO creators_creator (created_at, updated_at, name, display_name, email, phone, city, country, languages,
        categories, bio, status, status_reason, is_demo, platforms, sparkline, search_text)
    SELECT now(), now(), 'Creator ' || n, '', '', '', 'Jakarta', 'ID', '{id}', ARRAY['Food'], '', 'prospect', '', false,
        '{}', '{}', '' FROM generate_series(1, %(accounts)s) n""",
    """INSERT INTO creators_socialaccount (created_at, updated_at, creator_id, platform, handle, url, state, state_reason,
        is_demo, followers, engagement_basis, sparkline, figures_source, figures_as_of, external_id)
    SELECT now(), now(), id, (ARRAY['instagram','tiktok','youtube'])[1 + id %% 3], 'handle' || id, '', 'active', '', false,
        power(10, 3 + random() * 3.7)::bigint, '', '{}', 'platform_public', current_date, 'x' || id
    FROM creators_creator""",
    """INSERT INTO creators_post (created_at, updated_at, account_id, platform, external_id, url, caption, kind,
        published_at, hashtags, mentions, is_deleted, thumbnail_url, views, likes, comments, shares, is_sponsored, source)
    SELECT now(), now(), a.id, a.platform, a.id || '-' || n, '', 'Caption ' || n,
        (ARRAY['reel','video','short'])[1 + a.id %% 3], now() - make_interval(hours => 60 + 70 * n),
        (ARRAY['["food","jkt"]','["food"]','[]'])[1 + n %% 3]::jsonb,
        (ARRAY['["brand"]','[]','[]','[]'])[1 + n %% 4]::jsonb, false, '', (a.followers * (0.2 + random()))::bigint,
        (a.followers * (0.01 + random() * 0.05))::bigint, (a.followers * 0.001 * random())::bigint, 3, n %% 5 = 0,
        'platform_public'
    FROM creators_socialaccount a CROSS JOIN generate_series(1, %(posts)s) n""",
    """INSERT INTO creators_accountsnapshot (account_id, source, as_of, observed_at, followers, views)
    SELECT id, 'platform_public', current_date - 7 * n, now(), (followers * (1 - 0.004 * n + 0.002 * random()))::bigint, 100
    FROM creators_socialaccount CROSS JOIN generate_series(0, %(snapshots)s - 1) n""",
)
TRIGGERED = ("creators_creator", "creators_socialaccount", "creators_post")


def fill(accounts: int, posts: int, snapshots: int) -> None:
    from django.db import connection

    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.2026)")
        for table in TRIGGERED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in FILL:
            cursor.execute(statement, {"accounts": accounts, "posts": posts, "snapshots": snapshots})
        for table in TRIGGERED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")
    print(
        f"{accounts:,} accounts with {posts} posts and {snapshots} snapshots each made in {time.perf_counter() - started:.0f} s",
        flush=True,
    )


def ids() -> list[int]:
    from creators.models import SocialAccount

    return list(SocialAccount.objects.order_by("pk").values_list("pk", flat=True))


# -- what a process does -------------------------------------------------------------------


def begin(database: str) -> None:
    common.connect(database)


def read(part: Sequence[int]) -> tuple[int, float]:
    from creators import frames
    from creators.scoring import registry

    needs = registry.needed(list(registry.current_definitions().values()))
    frames.load(part, needs)
    return 0, peak()


def judge(part: Sequence[int]) -> tuple[int, float]:
    from django.utils.timezone import now

    from creators import benchmarks, frames
    from creators.scoring import registry, run

    held = frames.load(part, registry.needed(list(registry.current_definitions().values())))
    run.score(held, benchmarks.tables(["instagram", "tiktok", "youtube"]), now())
    return 0, peak()


def rescore(part: Sequence[int], at: datetime) -> tuple[int, float]:
    from creators import scoring_runs

    return scoring_runs.score_accounts(part, at=at), peak()


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def everywhere(
    work: Callable[..., tuple[int, float]], parts: list[list[int]], workers: int, *more: Any
) -> tuple[float, int, float]:
    """Seconds, rows written, and the most memory one process took (MiB)."""
    started = time.perf_counter()
    if workers == 1:
        done = [work(part, *more) for part in parts]
    else:
        with multiprocessing.get_context("spawn").Pool(workers, begin, (DATABASE,)) as pool:
            pool.map(len, [[]] * workers)  # processes that are up do not count
            started = time.perf_counter()
            done = pool.starmap(work, [(part, *more) for part in parts], chunksize=1)
    return time.perf_counter() - started, sum(n for n, _ in done), max(memory for _, memory in done)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--accounts", type=int, default=100_000)
    options.add_argument("--workers", type=int, default=4)
    options.add_argument("--posts", type=int, default=12)
    options.add_argument("--snapshots", type=int, default=8)
    options.add_argument("--short", action="store_true", help="read and re-score only, for large runs")
    options.add_argument("--keep", action="store_true", help="leave the database and use it again")
    options.add_argument("--profile", action="store_true", help="one process, with where its time goes")
    given = options.parse_args()

    common.setup(DATABASE)
    from django.db import connection
    from django.utils.timezone import now

    from creators import benchmarks
    from creators.models import Score, SocialAccount
    from creators.scoring import registry

    if SocialAccount.objects.count() != given.accounts:
        common.truncate(["creators_creator", "creators_socialaccount"])
        fill(given.accounts, given.posts, given.snapshots)
    else:
        common.truncate(["creators_score"])
    benchmarks.rebuild()
    everyone = ids()
    parts = [everyone[start : start + CHUNK] for start in range(0, len(everyone), CHUNK)]
    count, at = len(everyone), now()
    if given.profile:
        profile(parts)
        return
    kinds = sorted(one.version for one in registry.current_definitions().values())
    print(
        f"{count:,} accounts, {given.workers} processes, {len(kinds)} definitions: {', '.join(kinds)}; {common.machine()}"
    )
    reading, _, _ = everywhere(read, parts, given.workers)
    steps = [("read every frame, do nothing", reading)]
    if not given.short:
        steps.append(("read and judge", everywhere(judge, parts, given.workers)[0]))
    whole, written, memory = everywhere(rescore, parts, given.workers, at)
    steps.append((f"read, judge, write {written:,} scores", whole))
    if not given.short:
        again, none, _ = everywhere(rescore, parts, given.workers, at)
        steps.append((f"again, nothing new ({none} written)", again))
    held = Score.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('creators_score')")
        size = cursor.fetchone()[0]
    rows = [
        (label, f"{seconds:,.1f}", f"{count / seconds:,.0f}", f"{seconds / reading:.1f}", f"{1e6 * seconds / count / 60:.1f}")
        for label, seconds in steps
    ]  # fmt: skip
    common.table("Full re-score", ("step", "s", "accounts/s", "times reading", "minutes for 1,000,000"), rows)
    print(
        f"most memory of one process {memory:.0f} MiB; {held:,} scores are {size / 2**20:,.0f} MiB, {size / max(held, 1):.0f} bytes each"
    )
    if not given.keep:
        connection.close()
        common.drop(DATABASE)


def profile(parts: list[list[int]]) -> None:
    import cProfile
    import pstats

    from django.utils.timezone import now

    rescore(parts[0], now())
    watched = cProfile.Profile()
    started = time.perf_counter()
    watched.enable()
    for part in parts[1:5]:
        rescore(part, now())
    watched.disable()
    print(f"{sum(map(len, parts[1:5])) / (time.perf_counter() - started):,.0f} accounts/s")
    pstats.Stats(watched).sort_stats("cumulative").print_stats(60)
    pstats.Stats(watched).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
