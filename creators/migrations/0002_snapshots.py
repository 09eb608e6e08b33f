"""Snapshot tables, partitioned by month on `as_of`.

Django's state knows ordinary models; the tables are made here. `creators_ensure_month` makes a month's partition
and is the only way one is made: rows that came before their month existed wait in the default partition and are
moved into it. `creators_detach_before` retires old months into the schema `archive`, where they can be read,
attached again or dropped by hand.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

TABLES = """
CREATE TABLE creators_accountsnapshot (
    account_id bigint NOT NULL REFERENCES creators_socialaccount (id) ON DELETE CASCADE,
    source varchar(20) NOT NULL
        CHECK (source IN ('platform_authorised', 'platform_public', 'vendor_estimate', 'manual')),
    as_of date NOT NULL,
    observed_at timestamptz NOT NULL,
    followers bigint CHECK (followers >= 0),
    following bigint CHECK (following >= 0),
    posts_count bigint CHECK (posts_count >= 0),
    views bigint CHECK (views >= 0),
    reach bigint CHECK (reach >= 0),
    likes bigint CHECK (likes >= 0),
    comments bigint CHECK (comments >= 0),
    shares bigint CHECK (shares >= 0),
    engagement_avg bigint CHECK (engagement_avg >= 0),
    authentic_engagement bigint CHECK (authentic_engagement >= 0),
    definition varchar(40) NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, source, as_of)
) PARTITION BY RANGE (as_of);

CREATE TABLE creators_postsnapshot (
    account_id bigint NOT NULL REFERENCES creators_socialaccount (id) ON DELETE CASCADE,
    post_id bigint NOT NULL REFERENCES creators_post (id) ON DELETE CASCADE,
    source varchar(20) NOT NULL
        CHECK (source IN ('platform_authorised', 'platform_public', 'vendor_estimate', 'manual')),
    as_of date NOT NULL,
    observed_at timestamptz NOT NULL,
    views bigint CHECK (views >= 0),
    reach bigint CHECK (reach >= 0),
    impressions bigint CHECK (impressions >= 0),
    likes bigint CHECK (likes >= 0),
    comments bigint CHECK (comments >= 0),
    shares bigint CHECK (shares >= 0),
    saves bigint CHECK (saves >= 0),
    definition varchar(40) NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, post_id, source, as_of)
) PARTITION BY RANGE (as_of);

CREATE TABLE creators_accountsnapshot_default PARTITION OF creators_accountsnapshot DEFAULT;
CREATE TABLE creators_postsnapshot_default PARTITION OF creators_postsnapshot DEFAULT;
"""

FUNCTIONS = """
CREATE FUNCTION creators_ensure_month(parent text, month date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first date := date_trunc('month', month)::date;
    next date := (date_trunc('month', month) + interval '1 month')::date;
    part text := parent || to_char(month, '"_p"YYYY"_"MM');
    fallback text := parent || '_default';
    waiting boolean;
BEGIN
    IF parent NOT IN ('creators_accountsnapshot', 'creators_postsnapshot') THEN
        RAISE EXCEPTION 'no snapshot table %', parent;
    END IF;
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    -- two makers at once: the second waits here and then finds the partition
    PERFORM pg_advisory_xact_lock(hashtext('creators_ensure_month'), hashtext(part));
    IF to_regclass(part) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE as_of >= %L AND as_of < %L)', fallback, first, next)
        INTO waiting;
    IF NOT waiting THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, parent, first, next);
        RETURN true;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part, parent);
    EXECUTE format(
        'WITH moved AS (DELETE FROM %I WHERE as_of >= %L AND as_of < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
        fallback, first, next, part);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part, first, next);
    RETURN true;
END $$;

CREATE FUNCTION creators_detach_before(parent text, month date) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    part text;
    gone text[] := '{}';
    cutoff text := parent || to_char(month, '"_p"YYYY"_"MM');
BEGIN
    IF parent NOT IN ('creators_accountsnapshot', 'creators_postsnapshot') THEN
        RAISE EXCEPTION 'no snapshot table %', parent;
    END IF;
    CREATE SCHEMA IF NOT EXISTS archive;
    FOR part IN
        SELECT c.relname FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent::regclass AND c.relname LIKE parent || '_p%' AND c.relname < cutoff
        ORDER BY c.relname
    LOOP
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, part);
        EXECUTE format('ALTER TABLE %I SET SCHEMA archive', part);
        gone := gone || part;
    END LOOP;
    RETURN gone;
END $$;
"""

FIRST_MONTHS = """
SELECT creators_ensure_month(parent, (date_trunc('month', now()) + make_interval(months => n))::date)
FROM unnest(ARRAY['creators_accountsnapshot', 'creators_postsnapshot']) AS parent, generate_series(-1, 3) AS n;
"""

UNDO = """
DROP FUNCTION IF EXISTS creators_detach_before(text, date);
DROP FUNCTION IF EXISTS creators_ensure_month(text, date);
DROP TABLE IF EXISTS creators_postsnapshot;
DROP TABLE IF EXISTS creators_accountsnapshot;
"""

SOURCES = [
    ("platform_authorised", "Platform, with the owner's consent"),
    ("platform_public", "Platform, public"),
    ("vendor_estimate", "Vendor estimate"),
    ("manual", "Entered by hand"),
]
DEFINITIONS = [
    ("per_post_average", "Average per post"),
    ("lifetime_total", "Total since the account began"),
    ("last_28_days", "Last 28 days"),
    ("one_day", "One day"),
]


def count() -> models.BigIntegerField:
    return models.BigIntegerField(null=True)


def key_to(model: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name=related_name, to=model
    )


class Migration(migrations.Migration):
    dependencies = [("creators", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AccountSnapshot",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "account_id",
                                "source",
                                "as_of",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("source", models.CharField(choices=SOURCES, max_length=20)),
                        ("as_of", models.DateField()),
                        ("observed_at", models.DateTimeField()),
                        ("followers", count()),
                        ("following", count()),
                        ("posts_count", count()),
                        ("views", count()),
                        ("reach", count()),
                        ("likes", count()),
                        ("comments", count()),
                        ("shares", count()),
                        ("engagement_avg", count()),
                        ("authentic_engagement", count()),
                        ("definition", models.CharField(blank=True, choices=DEFINITIONS, max_length=40)),
                        ("account", key_to("creators.socialaccount", "snapshots")),
                    ],
                    options={"verbose_name": "account snapshot"},
                ),
                migrations.CreateModel(
                    name="PostSnapshot",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "account_id",
                                "post_id",
                                "source",
                                "as_of",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("source", models.CharField(choices=SOURCES, max_length=20)),
                        ("as_of", models.DateField()),
                        ("observed_at", models.DateTimeField()),
                        ("views", count()),
                        ("reach", count()),
                        ("impressions", count()),
                        ("likes", count()),
                        ("comments", count()),
                        ("shares", count()),
                        ("saves", count()),
                        ("definition", models.CharField(blank=True, max_length=40)),
                        ("account", key_to("creators.socialaccount", "+")),
                        ("post", key_to("creators.post", "snapshots")),
                    ],
                    options={"verbose_name": "post snapshot"},
                ),
            ],
            database_operations=[
                migrations.RunSQL(TABLES + FUNCTIONS, UNDO),
                migrations.RunSQL(FIRST_MONTHS, migrations.RunSQL.noop),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE creators_importrow SET UNLOGGED", "ALTER TABLE creators_importrow SET LOGGED"
        ),
    ]
