"""A sample of an account's followers, by column."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("creators", "0007_safety"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FollowerSample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("platform_authorised", "Platform, with the owner's consent"),
                            ("platform_public", "Platform, public"),
                            ("vendor_estimate", "Vendor estimate"),
                            ("manual", "Entered by hand"),
                        ],
                        default="manual",
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="sampled on")),
                ("size", models.IntegerField(verbose_name="followers sampled")),
                ("left_out", models.IntegerField(default=0, verbose_name="rows left out")),
                ("features", models.JSONField(default=dict)),
                ("filename", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follower_samples",
                        to="creators.socialaccount",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "follower sample",
                "verbose_name_plural": "follower samples",
                "ordering": ["-as_of", "-id"],
            },
        ),
        migrations.CreateModel(
            name="FollowerSampleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("platform_authorised", "Platform, with the owner's consent"),
                            ("platform_public", "Platform, public"),
                            ("vendor_estimate", "Vendor estimate"),
                            ("manual", "Entered by hand"),
                        ],
                        default="manual",
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="sampled on")),
                ("size", models.IntegerField(verbose_name="followers sampled")),
                ("left_out", models.IntegerField(default=0, verbose_name="rows left out")),
                ("filename", models.CharField(blank=True, max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="creators.socialaccount",
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
                        to="creators.followersample",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="followersample",
            constraint=models.UniqueConstraint(
                fields=("account", "sha256"), name="creators_followersample_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="followersample",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gte", 1)), name="creators_followersample_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="followersample",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source__in", ["platform_authorised", "platform_public", "vendor_estimate", "manual"])
                ),
                name="creators_followersample_source",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followersample",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "creators_followersampleevent" ("account_id", "as_of", "filename", "id", "left_out", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "source", "uploaded_by_id") VALUES (NEW."account_id", NEW."as_of", NEW."filename", NEW."id", NEW."left_out", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sha256", NEW."size", NEW."source", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="58f24aab8d004e9fb26f0cb7b9fc77059cf95034",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a0405",
                    table="creators_followersample",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="followersample",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."filename" IS DISTINCT FROM (NEW."filename") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."left_out" IS DISTINCT FROM (NEW."left_out") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."size" IS DISTINCT FROM (NEW."size") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."uploaded_by_id" IS DISTINCT FROM (NEW."uploaded_by_id"))',
                    func='INSERT INTO "creators_followersampleevent" ("account_id", "as_of", "filename", "id", "left_out", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sha256", "size", "source", "uploaded_by_id") VALUES (NEW."account_id", NEW."as_of", NEW."filename", NEW."id", NEW."left_out", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sha256", NEW."size", NEW."source", NEW."uploaded_by_id"); RETURN NULL;',
                    hash="e1cd48c162ed2e515fa51d040c2af04b307e2e7f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0a390",
                    table="creators_followersample",
                    when="AFTER",
                ),
            ),
        ),
    ]
