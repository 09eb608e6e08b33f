"""Lists the agency imported: one that went well, one with bad rows, one that was refused, one still to be confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine
from django.core.files.base import ContentFile

from creators import jobs as creator_jobs
from creators import scoring_runs
from creators.importing import uploads
from creators.models import Creator, CreatorImport, SocialAccount
from krm.accounts.models import User
from krm.local.demo import TAG
from krm.local.sandbox import world
from krm.web import jobs

HEAD = "Nama;Akun;Pengikut;Kota;Kategori;Email"
NAMES = ("KOL kuliner Bandung (demo).csv", "KOL bazar makanan (demo).csv", "KOL mitra lama (demo).csv", "KOL 2027 (demo).csv")  # fmt: skip


def load(manager: User, now: datetime) -> None:
    people = world.newcomers()
    half = len(people) // 2
    known = [a for a in world.demo_accounts() if a.platform == "instagram"][:2]
    day = now.date()
    good = [line(a, now) for a in people[:half]]
    mixed = [
        *[line(a, now) for a in people[half:]],
        *[line(a, now) for a in known],
        f"Tanpa Akun;;12.400;Jakarta;food;tanpa.akun@{'example.com'}",
        "Akun Rusak;https://www.instagram.com/p/abc/;8.100;Depok;food;",
        f"Jumlah Aneh;{people[0].handle};banyak sekali;Bogor;food;",
        line(people[half], now).replace(f";{people[half].followers_at(now)};", ";999;"),
    ]
    refused = ["Satu;;100;Jakarta;food;", "Dua;;200;Jakarta;food;"]
    for name, rows, days, strict in (
        (NAMES[2], refused, 30, True), (NAMES[0], good, 21, False), (NAMES[1], mixed, 6, False),
    ):  # fmt: skip
        with time_machine.travel(now - timedelta(days=days), tick=True):
            batch = receive(name, rows, manager)
            uploads.configure(
                batch, by=manager, mapping_=batch.mapping, platform="instagram", as_of=day - timedelta(days=days + 1),
                tags=[TAG], strict=strict,
            )  # fmt: skip
            job = creator_jobs.start_import(batch, by=manager)
            jobs.run(job.pk)
            mark(batch)
    with time_machine.travel(now - timedelta(hours=3), tick=True):
        mark(receive(NAMES[3], good, manager))
    scoring_runs.score_accounts(
        SocialAccount.objects.filter(handle__in=[a.handle for a in people]).values_list("pk", flat=True),
        at=now,
    )


def line(account: world.DemoAccount, at: datetime) -> str:
    email = f"{account.handle.replace('.', '-')}@example.com"
    return f"{account.name};{account.handle};{account.followers_at(at)};{account.city};{';'.join(account.categories[:1])};{email}"


def receive(name: str, rows: list[str], by: User) -> CreatorImport:
    return uploads.receive(ContentFile("\n".join([HEAD, *rows]).encode(), name=name), by=by)


def mark(batch: CreatorImport) -> None:
    """Whatever the list brought is demo too."""
    batch.refresh_from_db()
    batch.options = {**batch.options, "demo": True}
    batch.save(update_fields=["options"])
    SocialAccount.objects.filter(handle__in=[a.handle for a in world.newcomers()], is_demo=False).update(
        is_demo=True
    )
    Creator.objects.filter(accounts__is_demo=True, is_demo=False).update(is_demo=True)
