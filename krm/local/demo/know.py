"""What the agency of the demo knows of its creators: own fields, tasks, who is there twice."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localdate

from creators import notes, people, todos
from creators.custom import fields
from creators.duplicates import finding, merging
from creators.models import Creator, DuplicatePair
from krm.accounts.models import User

KEYS = ("demo_shirt", "demo_contract_until", "demo_halal", "demo_children", "demo_fax")


def load(manager: User, administrator: User) -> None:
    fields.create_field(
        by=administrator, label="Ukuran baju", kind="choice", options=["S", "M", "L", "XL"], key=KEYS[0],
        help="Untuk kiriman produk.",
    )  # fmt: skip
    fields.create_field(by=administrator, label="Kontrak sampai", kind="date", key=KEYS[1])
    fields.create_field(by=administrator, label="Produk halal saja", kind="boolean", key=KEYS[2])
    fields.create_field(by=administrator, label="Jumlah anak", kind="number", key=KEYS[3], filterable=False)
    fields.archive_field(
        fields.create_field(by=administrator, label="Nomor faks", kind="text", key=KEYS[4]), by=administrator
    )
    rows = list(Creator.objects.filter(is_demo=True).order_by("-followers", "pk")[:6])
    if len(rows) < 6:
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
    doubles(rows, manager)


def doubles(rows: list[Creator], manager: User) -> None:
    """Two pairs to decide on, one that was dismissed, one merge that can be undone and one that was."""
    twins = [
        people.create_creator(by=manager, is_demo=True, **details)
        for details in (
            {"name": f"{rows[0].name} Official", "email": rows[0].email, "city": rows[0].city, "country": rows[0].country},
            {"name": f"{rows[3].name} (TikTok)", "phone": rows[3].phone, "city": rows[3].city, "country": "ID"},
            {"name": f"{rows[1].name} Keluarga", "email": rows[1].email, "country": "ID"},
            {
                "name": rows[2].name, "email": rows[2].email, "city": rows[2].city, "country": "ID", "languages": ["en"],
                "bio": "Kontak dari pameran; catatan lama.",
            },
            {"name": rows[5].name, "phone": rows[5].phone, "country": "ID"},
        )
    ]  # fmt: skip
    notes.add_note(twins[3], by=manager, body="Kartu nama dari pameran; minta dihubungi setelah Lebaran.")
    todos.add_task(
        twins[3], by=manager, title="Kirim perkenalan agensi", due_on=localdate() + timedelta(days=5)
    )
    finding.refresh([row.pk for row in (*rows, *twins)])
    pair = DuplicatePair.objects.open().filter(second=twins[2]).first()
    if pair is not None:
        finding.dismiss(pair, by=manager)
    merging.merge(rows[2], twins[3], by=manager)
    merging.undo(merging.merge(rows[5], twins[4], by=manager), by=manager)
