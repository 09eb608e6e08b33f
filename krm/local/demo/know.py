"""What the agency of the demo knows of its creators: own fields, tasks, a duplicate, a signed dossier."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localdate

from creators import people, todos
from creators.custom import fields
from creators.dossiers import vetting
from creators.duplicates import finding
from creators.models import Creator, VettingLayer
from krm.accounts.models import User

KEYS = ("demo_shirt", "demo_contract_until", "demo_halal")
REMARKS = {
    "authenticity": "Followers grow evenly; the marks on the chart are small and have a viral post beside them.",
    "performance": "Answers are usual for the size; video does better than pictures.",
    "brand_safety": "Read the last sixty captions and the flags. Nothing stands against a family brand.",
    "creative": "Own style, good light, speaks to the camera. Formats fit the brief.",
    "relationship": "Answers within a day, delivers on time so far.",
}


def load(manager: User, administrator: User) -> None:
    fields.create_field(
        by=administrator, label="Ukuran baju", kind="choice", options=["S", "M", "L", "XL"], key=KEYS[0],
        help="Untuk kiriman produk.",
    )  # fmt: skip
    fields.create_field(by=administrator, label="Kontrak sampai", kind="date", key=KEYS[1])
    fields.create_field(by=administrator, label="Produk halal saja", kind="boolean", key=KEYS[2])
    rows = list(Creator.objects.filter(is_demo=True).order_by("-followers", "pk")[:6])
    if len(rows) < 3:
        return
    for nr, creator in enumerate(rows):
        fields.set_values(
            creator,
            {KEYS[0]: "SMLX"[nr % 3], KEYS[1]: localdate() + timedelta(days=30 * nr), KEYS[2]: nr % 2 == 0},
            by=manager,
        )
    first, second, third = rows[:3]
    todos.add_task(first, by=manager, title="Minta media kit terbaru", due_on=localdate())
    todos.add_task(
        second, by=manager, title="Konfirmasi alamat kirim produk", due_on=localdate() - timedelta(days=2)
    )
    todos.finish_task(todos.add_task(third, by=manager, title="Telepon perkenalan"), by=manager)
    twin = people.create_creator(
        by=manager,
        name=f"{first.name} Official",
        email=first.email,
        city=first.city,
        country=first.country,
        is_demo=True,
    )
    finding.refresh([first.pk, twin.pk])
    dossier = vetting.start(second, by=manager, purpose="Demo")
    for layer in VettingLayer.values:
        dossier = vetting.sign_layer(dossier, by=manager, layer=layer, verdict="pass", remark=REMARKS[layer])
    vetting.sign(dossier, by=manager)
