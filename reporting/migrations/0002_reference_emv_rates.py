"""Reference EMV rates: published price ranges, their midpoint taken, each with its source. Administrators edit them."""

from datetime import date
from decimal import Decimal

from django.db import migrations

CPM_IDR = [
    (
        "instagram",
        25_000,
        "Midpoint of IDR 10,000-40,000 CPM for Meta and TikTok ads in Indonesia (marsx.media)",
    ),
    (
        "tiktok",
        25_000,
        "Midpoint of IDR 10,000-40,000 CPM for Meta and TikTok ads in Indonesia (marsx.media)",
    ),
    ("facebook", 30_000, "Midpoint of IDR 15,000-45,000 CPM for Facebook ads in Indonesia 2025 (xposure.id)"),
]


def add(apps, schema_editor):
    rate = apps.get_model("reporting", "EmvRate")
    for platform, value, source in CPM_IDR:
        rate.objects.get_or_create(
            platform=platform,
            metric="views",
            currency="IDR",
            valid_from=date(2025, 1, 1),
            defaults={"per": 1000, "value": Decimal(value), "source": source},
        )


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
