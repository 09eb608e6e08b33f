"""The rows that are read: 100,000 creators with Indonesian names, an account, tags and ten days of figures each tenth."""

from __future__ import annotations

from typing import Any

from benchmarks.common import ROWS, person

SEED = 0.2026


def fill(rows: int = ROWS) -> None:
    """Make what is missing; straight into the tables, since the audit trail of a benchmark is of no interest."""
    from django.db import connection
    from faker.providers.person.id_ID import Provider

    from creators.models import Creator

    held = Creator.objects.count()
    if held >= rows:
        return
    print(f"making {rows - held:,} creators …", flush=True)
    tables = ("creators_creator", "creators_socialaccount")
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [SEED])
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(PEOPLE, [list(Provider.first_names), list(Provider.last_names), held + 1, rows])
        for statement in REST:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE")


# `n * 0` keeps the planner from drawing one random number for all rows.
PEOPLE = """
WITH names AS (SELECT %s::text[] AS first, %s::text[] AS last), drawn AS (
    SELECT n, first[1 + floor(random() * array_length(first, 1) + n * 0)::int] AS first,
        last[1 + floor(random() * array_length(last, 1) + n * 0)::int] AS last,
        (power(10, 3 + random() * 3.7 + n * 0))::bigint AS followers
    FROM names, generate_series(%s::int, %s::int) n
), made AS (
    INSERT INTO creators_creator (created_at, updated_at, name, display_name, email, phone, city, country,
        languages, categories, bio, status, status_reason, is_demo, followers, tier_id, platforms,
        engagement_rate, authenticity, sparkline, figures_at, search_text)
    SELECT now(), now(), first || ' ' || last, '', '', '', 'Jakarta', (ARRAY['ID','SG','MY'])[1 + n %% 3], '{id}',
        ARRAY[(ARRAY['Food','Beauty','Travel','Music'])[1 + n %% 4]], '', 'prospect', '', false,
        d.followers, t.id, ARRAY[(ARRAY['instagram','tiktok','youtube'])[1 + n %% 3]], random() / 10,
        40 + random() * 60, ARRAY[d.followers * 9 / 10, d.followers], now(),
        lower(first || ' ' || last || ' ' || first || '.' || last || n)
    FROM drawn d LEFT JOIN creators_tier t ON d.followers >= t.floor AND (t.ceiling IS NULL OR d.followers < t.ceiling)
    RETURNING id, followers, tier_id, platforms, sparkline, engagement_rate, authenticity, search_text
)
INSERT INTO creators_socialaccount (created_at, updated_at, creator_id, platform, handle, url, state,
    state_reason, is_demo, followers, tier_id, engagement_rate, engagement_basis, authenticity, sparkline,
    figures_source, figures_as_of, last_ok_at)
SELECT now(), now(), id, platforms[1], split_part(search_text, ' ', 3), '', 'active', '', false, followers, tier_id,
    engagement_rate, 'followers', authenticity, sparkline, 'platform_public', current_date, now()
FROM made
"""

REST = (
    """UPDATE creators_creator c SET primary_account_id = a.id FROM creators_socialaccount a
    WHERE a.creator_id = c.id AND c.primary_account_id IS NULL""",
    """INSERT INTO creators_tag (created_at, updated_at, name, colour)
    SELECT now(), now(), 'tag ' || n, 'secondary' FROM generate_series(1, 20) n ON CONFLICT DO NOTHING""",
    """INSERT INTO creators_creatortag (creator_id, tag_id) SELECT c.id, t.id FROM creators_creator c
    JOIN creators_tag t ON (c.id + t.id) % 10 = 0 ON CONFLICT DO NOTHING""",
    """INSERT INTO creators_accountsnapshot (account_id, source, as_of, observed_at, followers)
    SELECT id, 'platform_public', current_date - n, now(), followers - n FROM creators_socialaccount
    CROSS JOIN generate_series(0, 9) n WHERE id % 10 = 0 ON CONFLICT DO NOTHING""",
)


def campaign(posts: int = 300) -> Any:
    """A running campaign with that many KOLs, each with one published post; made once."""
    from django.db import transaction

    from campaigns.models import Campaign
    from krm.accounts.models import BrandTeam
    from tests.reporting.factories import add_kol, make_brand, make_campaign

    found = Campaign.objects.filter(code="BENCH").first()
    if found is None:
        print(f"making a campaign of {posts} posts …", flush=True)
        team = BrandTeam.objects.get_or_create(name="Bench")[0]
        with transaction.atomic():
            found = make_campaign(make_brand(team, name="Bench"), person(), code="BENCH")
            for n in range(posts):
                add_kol(found, views=1000 + n, reach=900 + n, likes=100, comments=7, shares=3)
    return found


def words(count: int) -> list[str]:
    """Parts of names as people type them: the first letters of a first or last name, two names, part of a handle."""
    from creators.models import Creator

    found = []
    step = max(1, Creator.objects.count() // count)
    names = Creator.objects.filter(pk__in=range(1, ROWS, step)).order_by("pk").values_list("name", flat=True)
    for n, name in enumerate(names[:count]):
        first, last = name.lower().split()[0], name.lower().split()[-1]
        found.append([first[: 3 + n % 4], last, f"{first} {last[:3]}", f"@{first}.{last[:4]}"][n % 4])
    return found


def typos(count: int) -> list[str]:
    """Names with one letter doubled, left out or swapped."""
    from creators.models import Creator

    found = []
    names = Creator.objects.filter(name__regex="^.{6}").order_by("-pk").values_list("name", flat=True)
    for n, name in enumerate(names[:count]):
        word = name.lower().split()[0]
        at = 2 + n % max(1, len(word) - 3)
        found.append(
            [
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1 :],
                word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            ][n % 3]
        )
    return found
