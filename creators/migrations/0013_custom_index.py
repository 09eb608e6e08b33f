"""Filters on custom fields read this index; made beside running work, for the table may be large."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("creators", "0012_custom_fields_and_tasks")]

    operations = [
        AddIndexConcurrently(
            model_name="creator",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("custom", "jsonb_path_ops"),
                name="creators_creator_custom",
            ),
        ),
    ]
