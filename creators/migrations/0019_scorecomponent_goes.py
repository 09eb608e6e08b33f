"""Components live in their score's row; their own table goes."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("creators", "0018_components_into_scores")]

    operations = [migrations.DeleteModel(name="ScoreComponent")]
