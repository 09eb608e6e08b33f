"""How quick are the list page, the profile, the API list of 50 and the search over 100,000 creators?

    python benchmarks/creators_lists.py [--rows 100000] [--runs 30]

Makes its own database (`bench_creators`) once and keeps it; prints median and 95th percentile and the
ratio to the baseline of the same run: reading the same 50 rows by a bare queryset.
Query counts are pinned in tests/query_budgets.json (API list 3, list page and profile 13).
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=30)
    given = options.parse_args()

    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    name = os.environ.get("KRM_BENCH_DB", "bench_creators")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    fill(given.rows)
    measure(given.runs)


def fill(rows: int) -> None:
    from django.db import connection

    from creators.models import Creator

    held = Creator.objects.count()
    if held >= rows:
        return
    random.seed(2026)
    print(f"making {rows - held:,} creators …", flush=True)
    with connection.cursor() as cursor:
        # straight into the tables: the audit trail of a benchmark is of no interest
        for table in ("creators_creator", "creators_socialaccount"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            """
            WITH made AS (
                INSERT INTO creators_creator (created_at, updated_at, name, display_name, email, phone, city, country,
                    languages, categories, bio, status, status_reason, is_demo, followers, tier_id, platforms,
                    engagement_rate, authenticity, sparkline, figures_at, search_text)
                SELECT now(), now(), 'Creator ' || n, '', '', '', 'Jakarta', (ARRAY['ID','SG','MY'])[1 + n %% 3], '{id}',
                    ARRAY[(ARRAY['Food','Beauty','Travel','Music'])[1 + n %% 4]], '', 'prospect', '', false,
                    f.followers, t.id, ARRAY[(ARRAY['instagram','tiktok','youtube'])[1 + n %% 3]], random() / 10,
                    40 + random() * 60, ARRAY[f.followers * 9 / 10, f.followers], now(), 'creator ' || n || ' handle' || n
                FROM generate_series(%s::int, %s::int) n
                CROSS JOIN LATERAL (SELECT (power(10, 3 + random() * 3.7 + n * 0))::bigint AS followers) f
                LEFT JOIN creators_tier t ON f.followers >= t.floor AND (t.ceiling IS NULL OR f.followers < t.ceiling)
                RETURNING id, followers, tier_id, platforms, sparkline, engagement_rate, authenticity
            )
            INSERT INTO creators_socialaccount (created_at, updated_at, creator_id, platform, handle, url, state,
                state_reason, is_demo, followers, tier_id, engagement_rate, engagement_basis, authenticity, sparkline,
                figures_source, figures_as_of, last_ok_at)
            SELECT now(), now(), id, platforms[1], 'handle' || id, '', 'active', '', false, followers, tier_id,
                engagement_rate, 'followers', authenticity, sparkline, 'platform_public', current_date, now()
            FROM made
            """,
            [held + 1, rows],
        )
        cursor.execute(
            "UPDATE creators_creator c SET primary_account_id = a.id FROM creators_socialaccount a WHERE a.creator_id = c.id"
        )
        cursor.execute(
            "INSERT INTO creators_tag (created_at, updated_at, name, colour)"
            " SELECT now(), now(), 'tag ' || n, 'secondary' FROM generate_series(1, 20) n ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            "INSERT INTO creators_creatortag (creator_id, tag_id) SELECT c.id, t.id FROM creators_creator c"
            " JOIN creators_tag t ON (c.id + t.id) %% 10 = 0 ON CONFLICT DO NOTHING".replace("%%", "%")
        )
        cursor.execute(
            "INSERT INTO creators_accountsnapshot (account_id, source, as_of, observed_at, followers)"
            " SELECT id, 'platform_public', current_date - n, now(), followers - n FROM creators_socialaccount"
            " CROSS JOIN generate_series(0, 9) n WHERE id % 10 = 0 ON CONFLICT DO NOTHING"
        )
        for table in ("creators_creator", "creators_socialaccount"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE") if connection.get_autocommit() else None


def measure(runs: int) -> None:
    from django.test import Client

    from creators.models import Creator
    from krm.accounts.models import User

    by = User.objects.filter(role="administrator").first() or User.objects.create_superuser(
        "bench@krm.example", "x", name="Bench"
    )
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(by, backend="django.contrib.auth.backends.ModelBackend")
    middle = Creator.objects.order_by("-followers")[500]
    busy = Creator.objects.filter(primary_account__snapshots__isnull=False).first() or middle
    cases: dict[str, Callable[[], Any]] = {
        "50 rows, bare queryset": lambda: list(Creator.objects.order_by("-id")[:50]),
        "API list of 50": lambda: ok(client.get("/api/v1/creators?page_size=50")),
        "API list of 50, three filters": lambda: ok(
            client.get("/api/v1/creators?platform=instagram&country=ID&category=Food&ordering=-followers")
        ),
        "API search": lambda: ok(client.get("/api/v1/creators?search=handle77")),
        "list page": lambda: ok(client.get("/creators/")),
        "list page, search": lambda: ok(client.get("/creators/?q=handle77")),
        "profile page": lambda: ok(client.get(f"/creators/{busy.pk}/")),
    }
    print(f"{Creator.objects.count():,} creators; {runs} runs, one process")
    print(f"{'':32}{'median ms':>10}{'p95 ms':>9}{'x bare':>8}")
    base = 0.0
    for name, read in cases.items():
        read()
        times = []
        for _run in range(runs):
            started = time.perf_counter()
            read()
            times.append((time.perf_counter() - started) * 1000)
        median = statistics.median(times)
        base = base or median
        p95 = sorted(times)[int(len(times) * 0.95)]
        print(f"{name:32}{median:10.1f}{p95:9.1f}{median / base:8.1f}", flush=True)


def ok(answer: Any) -> None:
    if answer.status_code != 200:
        raise SystemExit(f"answered {answer.status_code}: {answer.content[:300]!r}")


if __name__ == "__main__":
    main()
