"""Scores with interval, verdict, data day and their components in the row; peers by post format."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

SOURCES = [
    ("platform_authorised", "Platform, with the owner's consent"),
    ("platform_public", "Platform, public"),
    ("vendor_estimate", "Vendor estimate"),
    ("manual", "Entered by hand"),
]
KINDS = [
    ("engagement", "Engagement"),
    ("authenticity", "Authenticity"),
    ("audience_quality", "Audience quality"),
    ("growth", "Follower growth"),
    ("comment_quality", "Comment quality"),
    ("pods", "Engagement pods"),
    ("consistency", "Content consistency"),
    ("formats", "Format strength"),
    ("innovation", "Innovation and collaboration"),
    ("prediction", "Expected performance"),
    ("safety", "Brand safety"),
    ("reliability", "Reliability"),
]
PLATFORMS = [
    ("instagram", "Instagram"),
    ("tiktok", "TikTok"),
    ("youtube", "YouTube"),
    ("x", "X"),
    ("facebook", "Facebook"),
]


def add(name: str, field: models.Field[Any, Any]) -> migrations.AddField:
    return migrations.AddField(model_name="score", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("creators", "0016_update_policy")]

    operations = [
        migrations.AlterField(
            model_name="scorecomponent",
            name="score",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="creators.score"
            ),
        ),
        migrations.AlterField(
            model_name="score", name="kind", field=models.CharField(choices=KINDS, max_length=20)
        ),
        add("low", models.FloatField(null=True)),
        add("high", models.FloatField(null=True)),
        add("verdict", models.CharField(blank=True, db_default="", default="", max_length=20)),
        add("as_of", models.DateField(null=True)),
        add(
            "source",
            models.CharField(blank=True, choices=SOURCES, db_default="", default="", max_length=20),
        ),
        add("components", models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low", None), ("high", None), ("low__lte", models.F("high")), _connector="OR"
                ),
                name="creators_score_interval",
            ),
        ),
        migrations.AddField(
            model_name="peersample",
            name="format",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AlterField(
            model_name="peersample",
            name="platform",
            field=models.CharField(choices=PLATFORMS, max_length=12),
        ),
        migrations.AddConstraint(
            model_name="peersample",
            constraint=models.UniqueConstraint(
                fields=("platform", "format"), name="creators_peersample_once"
            ),
        ),
    ]
