"""What lies on the desks of the demo agency: notes, files, tasks, links for clients, mentions, followed hashtags."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate

from creators import notes, todos
from creators.knowing import sharing
from creators.listening import finds, hashtags
from creators.listening.finds import Find
from creators.models import Creator, FoundBy, SocialAccount, TrackedHashtag
from krm.accounts.models import User
from krm.local.demo.journey import paper
from krm.local.sandbox import world

NOTES = (  # creator, days ago, who, pinned, words
    (
        0,
        64,
        "manager",
        False,
        "Ketemu di acara peluncuran. Ramah, minta brief paling lambat seminggu sebelum syuting.",
    ),
    (
        0,
        21,
        "reviewer",
        False,
        "Konsep kedua jauh lebih kuat dari yang pertama; beri ruang untuk improvisasi.",
    ),
    (
        0,
        9,
        "manager",
        True,
        "Hubungi lewat WhatsApp asistennya, bukan DM. Tidak menerima kerja sama hari Minggu.",
    ),
    (1, 40, "manager", False, "Menolak brand rokok dan judi, tanpa kecuali."),
    (1, 12, "manager2", True, "Minta pembayaran dipecah dua: setengah di depan."),
    (2, 33, "reviewer", False, "Revisi cepat, biasanya di hari yang sama."),
    (3, 15, "manager", False, "Sedang kontrak eksklusif kosmetik sampai akhir tahun; cek lagi Januari."),
)
FILES = (
    (0, "media-kit-demo.png", "MEDIA KIT (DEMO)"), (0, "rate-card-demo.png", "RATE CARD (DEMO)"),
    (1, "media-kit-demo.png", "MEDIA KIT (DEMO)"), (2, "foto-produk-demo.png", "FOTO PRODUK (DEMO)"),
)  # fmt: skip
TASKS = (  # creator, days until due (None: open), whose, words, detail
    (0, -4, "manager", "Kirim ulang kontrak tahunan", "Versi lama belum ditandatangani."),
    (1, 0, "reviewer", "Periksa konsep ulang", ""),
    (2, 3, "manager", "Tanyakan jadwal Ramadan", "Slot minggu kedua dan ketiga."),
    (3, 9, "manager2", "Perbarui rate card", "Terakhir diperbarui enam bulan lalu."),
    (4, None, "manager", "Ajak makan siang kalau ke Bandung", ""),
)
MENTIONS = (
    (
        "Terima kasih @{handle} rekomendasinya, produknya beneran enak dipakai harian!",
        "toko.sejuk.demo",
        2140,
        88,
    ),
    ("Kolaborasi seru bareng @{handle} minggu lalu, videonya sudah tayang ya!", "studio.lima.demo", 913, 41),
)
COMMENT = "Setuju sama @{handle}, kualitasnya beda. #ngopi"


def load(users: dict[str, User], now: datetime) -> None:
    rows = list(
        Creator.objects.filter(is_demo=True, merged_into=None, followers__gt=0).order_by("-followers", "pk")[
            :6
        ]
    )
    for place, days, who, pinned, body in NOTES:
        with time_machine.travel(now - timedelta(days=days), tick=True):
            notes.add_note(rows[place], by=users[who], body=body, pinned=pinned)
    for place, name, title in FILES:
        with time_machine.travel(now - timedelta(days=30 + 3 * place), tick=True):
            drawn = paper(title, rows[place].name)
            notes.add_file(
                rows[place], by=users["manager"], file=SimpleUploadedFile(name, drawn.read(), "image/png")
            )
    for place, until, who, title, detail in TASKS:
        due = None if until is None else localdate() + timedelta(days=until)
        with time_machine.travel(now - timedelta(days=11), tick=True):
            todos.add_task(
                rows[place], by=users["manager"], title=title, detail=detail, due_on=due, assignee=users[who]
            )
    links(rows[0], users["manager"], now)
    mentions(now)
    tags(users["manager"], now)


def links(creator: Creator, by: User, now: datetime) -> None:
    """One that a client opened, one that is over, one that was taken back."""
    with time_machine.travel(now - timedelta(days=3), tick=True):
        _row, token = sharing.share(creator, by=by, label="Hana, Rona Skincare", language="id")
        for _time in range(3):
            sharing.open_share(token)
    with time_machine.travel(now - timedelta(days=45), tick=True):
        sharing.share(creator, by=by, label="Indra, Griya Bersih", expires_at=now - timedelta(days=31))
    with time_machine.travel(now - timedelta(days=8), tick=True):
        row, _token = sharing.share(creator, by=by, label="Pitch, third party")
        sharing.revoke(row, by=by)


def mentions(now: datetime) -> None:
    """Posts and a comment that name accounts whose owners are connected."""
    shown = [a for a in world.demo_accounts() if a.platform == "instagram" and a.consent][:3]
    for place, account in enumerate(shown):
        row = SocialAccount.objects.filter(platform="instagram", external_id=account.external_id).first()
        if row is None:
            continue
        at = now - timedelta(hours=7 + 20 * place)
        if place < len(MENTIONS):
            words, author, likes, comments = MENTIONS[place]
            found = Find(
                external_id="17" + world.digits(15, "mention", place), author=author, kind="reel", likes=likes, comments=comments,
                url=f"https://www.instagram.com/p/{world.token_chars(11, 'mention', place)}/",
                caption=words.format(handle=account.handle), published_at=at - timedelta(hours=2),
            )  # fmt: skip
            finds.keep(FoundBy.MENTION, [found], at, account=row, mentioned_id=account.external_id)
        else:
            found = Find(
                external_id="17" + world.digits(15, "mention", place), comment_id="17" + world.digits(15, "comment", place),
                url=f"https://www.instagram.com/p/{world.token_chars(11, 'mention', place)}/", kind="image",
                caption="Kopi pagi di teras.", comment=COMMENT.format(handle=account.handle), likes=154, comments=19,
                published_at=at - timedelta(hours=5),
            )  # fmt: skip
            finds.keep(FoundBy.COMMENT, [found], at, account=row, mentioned_id=account.external_id)


def tags(by: User, now: datetime) -> None:
    """A hashtag no longer followed, and one that waits for room among the thirty of the week."""
    with time_machine.travel(now - timedelta(days=4), tick=True):
        old = hashtags.track("promoakhirtahun", by=by)
        hashtags.stop(old, by=by)
    TrackedHashtag.objects.filter(pk=old.pk).update(
        is_demo=True,
        counted_at=now - timedelta(days=4),
        last_pulled_at=now - timedelta(days=4),
        last_outcome="ok",
    )
