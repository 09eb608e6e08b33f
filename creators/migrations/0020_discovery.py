"""The search table of discovery with its vocabularies, sketches of audiences, and segments."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0019_scorecomponent_goes"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DiscoveryLabel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("category", "Category"),
                            ("language", "Language"),
                            ("tag", "Tag"),
                            ("brand", "Brand worked with"),
                            ("client", "Client worked for"),
                            ("format", "Format"),
                            ("aud_country", "Audience country"),
                            ("aud_city", "Audience city"),
                            ("aud_language", "Audience language"),
                            ("aud_interest", "Audience interest"),
                        ],
                        max_length=14,
                    ),
                ),
                ("value", models.CharField(max_length=120)),
                ("step", models.SmallIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "value", "step"), name="creators_discoverylabel_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscoveryTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("term", models.CharField(max_length=60, unique=True)),
                ("accounts", models.IntegerField(default=0)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("term", "gin_trgm_ops"),
                        name="creators_term_alike",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscoveryText",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="creators.socialaccount",
                        verbose_name="account",
                    ),
                ),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("vector", models.BinaryField(default=bytes)),
                ("digest", models.CharField(blank=True, max_length=32)),
                ("refreshed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "words of an account",
                "verbose_name_plural": "words of accounts",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["terms"], name="creators_words_terms"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Segment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=300, verbose_name="what it is for")),
                ("filters", models.JSONField(default=dict, verbose_name="filters")),
                ("shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SegmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=300, verbose_name="what it is for")),
                ("filters", models.JSONField(default=dict, verbose_name="filters")),
                ("shared", models.BooleanField(default=False, verbose_name="shared with colleagues")),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="creators.segment",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AudienceSketch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("commenters", "People who comment"), ("followers", "Sampled followers")],
                        default="commenters",
                        max_length=12,
                    ),
                ),
                ("people", models.IntegerField()),
                ("observed", models.BigIntegerField()),
                ("whole", models.BigIntegerField(null=True)),
                ("minhash", models.BinaryField()),
                ("registers", models.BinaryField()),
                ("bottom", models.BinaryField(default=bytes)),
                ("as_of", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sketches",
                        to="creators.socialaccount",
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "audience sketch",
                "verbose_name_plural": "audience sketches",
                "constraints": [
                    models.UniqueConstraint(fields=("account", "origin"), name="creators_sketch_once"),
                    models.CheckConstraint(
                        condition=models.Q(("people__gte", 0), ("observed__gte", models.F("people"))),
                        name="creators_sketch_counts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DiscoveryRow",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="discovery",
                        serialize=False,
                        to="creators.socialaccount",
                        verbose_name="account",
                    ),
                ),
                ("refreshed_at", models.DateTimeField()),
                ("followers", models.BigIntegerField(null=True, verbose_name="followers")),
                ("tier", models.BigIntegerField(null=True, verbose_name="tier")),
                ("is_main", models.BooleanField(default=True)),
                ("is_demo", models.BooleanField(default=False)),
                ("has_email", models.BooleanField(default=False)),
                ("has_phone", models.BooleanField(default=False)),
                ("last_post_on", models.DateField(null=True, verbose_name="last post")),
                ("figures_on", models.DateField(null=True, verbose_name="figures of")),
                ("engagement_rate", models.FloatField(null=True, verbose_name="engagement")),
                ("engagement_percentile", models.FloatField(null=True, verbose_name="engagement percentile")),
                ("er_followers", models.FloatField(null=True, verbose_name="engagement by followers")),
                ("er_views", models.FloatField(null=True, verbose_name="engagement by views")),
                ("er_reach", models.FloatField(null=True, verbose_name="engagement by reach")),
                ("growth_30d", models.FloatField(null=True, verbose_name="growth in 30 days")),
                ("authenticity", models.FloatField(null=True, verbose_name="authenticity")),
                ("audience_quality", models.FloatField(null=True, verbose_name="audience quality")),
                ("growth", models.FloatField(null=True, verbose_name="follower growth")),
                ("comment_quality", models.FloatField(null=True, verbose_name="comment quality")),
                ("pods", models.FloatField(null=True, verbose_name="engagement pods")),
                ("consistency", models.FloatField(null=True, verbose_name="content consistency")),
                ("formats", models.FloatField(null=True, verbose_name="format strength")),
                ("innovation", models.FloatField(null=True, verbose_name="innovation and collaboration")),
                ("prediction", models.FloatField(null=True, verbose_name="expected performance")),
                ("safety", models.FloatField(null=True, verbose_name="brand safety")),
                ("reliability", models.FloatField(null=True, verbose_name="reliability")),
                ("audience_female", models.FloatField(null=True, verbose_name="women")),
                ("audience_male", models.FloatField(null=True, verbose_name="men")),
                ("audience_13_17", models.FloatField(null=True, verbose_name="13 to 17")),
                ("audience_18_24", models.FloatField(null=True, verbose_name="18 to 24")),
                ("audience_25_34", models.FloatField(null=True, verbose_name="25 to 34")),
                ("audience_35_44", models.FloatField(null=True, verbose_name="35 to 44")),
                ("audience_45_up", models.FloatField(null=True, verbose_name="45 and over")),
                ("price_low", models.FloatField(null=True, verbose_name="price from")),
                ("price_high", models.FloatField(null=True, verbose_name="price up to")),
                ("deals", models.IntegerField(null=True, verbose_name="deals with us")),
                (
                    "platform",
                    models.CharField(
                        choices=[
                            ("instagram", "Instagram"),
                            ("tiktok", "TikTok"),
                            ("youtube", "YouTube"),
                            ("x", "X"),
                            ("facebook", "Facebook"),
                        ],
                        max_length=12,
                        verbose_name="platform",
                    ),
                ),
                ("status", models.CharField(max_length=12, verbose_name="status")),
                ("state", models.CharField(max_length=14, verbose_name="state")),
                ("country", models.CharField(max_length=2, verbose_name="country")),
                ("city", models.CharField(max_length=100, verbose_name="city")),
                (
                    "audience_country",
                    models.CharField(max_length=2, null=True, verbose_name="main audience country"),
                ),
                (
                    "safety_band",
                    models.CharField(
                        choices=[
                            ("clear", "Nothing found"),
                            ("low", "Low"),
                            ("medium", "Medium"),
                            ("high", "High"),
                            ("floor", "Floor"),
                        ],
                        max_length=8,
                        null=True,
                        verbose_name="brand safety",
                    ),
                ),
                ("standing", models.CharField(max_length=14, null=True, verbose_name="standing with us")),
                ("search_text", models.TextField()),
                (
                    "labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("custom", models.JSONField(null=True)),
                (
                    "creator",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="discovery_rows",
                        to="creators.creator",
                        verbose_name="creator",
                    ),
                ),
            ],
            options={
                "verbose_name": "account in discovery",
                "verbose_name_plural": "accounts in discovery",
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("followers"), descending=True, nulls_last=True),
                        models.OrderBy(models.F("account"), descending=True),
                        name="creators_find_followers",
                    ),
                    models.Index(
                        models.OrderBy(models.F("engagement_rate"), descending=True, nulls_last=True),
                        models.OrderBy(models.F("account"), descending=True),
                        name="creators_find_er",
                    ),
                    models.Index(
                        models.OrderBy(models.F("authenticity"), descending=True, nulls_last=True),
                        models.OrderBy(models.F("account"), descending=True),
                        name="creators_find_authenticity",
                    ),
                    models.Index(
                        models.OrderBy(models.F("last_post_on"), descending=True, nulls_last=True),
                        models.OrderBy(models.F("account"), descending=True),
                        name="creators_find_last_post",
                    ),
                    models.Index(fields=["country", "city"], name="creators_find_place"),
                    models.Index(
                        condition=models.Q(("price_low__isnull", False)),
                        fields=["price_low"],
                        name="creators_find_price",
                    ),
                    models.Index(
                        condition=models.Q(("standing__isnull", False)),
                        fields=["standing"],
                        name="creators_find_standing",
                    ),
                    models.Index(
                        condition=models.Q(("safety_band__in", ["medium", "high", "floor"])),
                        fields=["safety_band"],
                        name="creators_find_unsafe",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["labels"], name="creators_find_labels"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("search_text", "gin_trgm_ops"),
                        name="creators_find_names",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass("custom", "jsonb_path_ops"),
                        condition=models.Q(("custom__isnull", False)),
                        name="creators_find_custom",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.UniqueConstraint(fields=("owner", "name"), name="creators_segment_name_once"),
        ),
        migrations.AddConstraint(
            model_name="segment",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="creators_segment_has_name"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="segment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "creators_segmentevent" ("created_at", "description", "filters", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared", "updated_at") VALUES (NEW."created_at", NEW."description", NEW."filters", NEW."id", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."shared", NEW."updated_at"); RETURN NULL;',
                    hash="84bc3590f15914707b63a3953ace24898c334e59",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0e953",
                    table="creators_segment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="segment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "creators_segmentevent" ("created_at", "description", "filters", "id", "name", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "shared", "updated_at") VALUES (NEW."created_at", NEW."description", NEW."filters", NEW."id", NEW."name", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."shared", NEW."updated_at"); RETURN NULL;',
                    hash="52d01f23868037bce6814b54e4a29675e8bb2849",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3c65d",
                    table="creators_segment",
                    when="AFTER",
                ),
            ),
        ),
    ]
