from __future__ import annotations

from typing import Any

from django.db import migrations

LADDER = [
    ("Mega", 500_000, None),
    ("Mid", 50_000, 500_000),
    ("Micro", 10_000, 50_000),
    ("Nano", 1_000, 10_000),
]


def plant(apps: Any, schema_editor: Any) -> None:
    tier = apps.get_model("creators", "Tier")
    if not tier.objects.exists():
        tier.objects.bulk_create([tier(name=name, floor=floor, ceiling=top) for name, floor, top in LADDER])


class Migration(migrations.Migration):
    dependencies = [("creators", "0002_snapshots")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop, elidable=False)]
