"""What the safety review of the demo agency shows: a few posts and comments that rules find, some decided."""

from __future__ import annotations

from datetime import timedelta

from creators import ingest
from creators.models import Creator, PostComment, SafetyFlag
from creators.safety import review, scanning
from krm.local.demo.cast import reading_of
from krm.local.demo.journey import Stage
from krm.local.sandbox import world

CAPTIONS = (
    "Malam minggu paling enak sambil minum soju bareng circle 🍶 #weekend",
    "Link slot gacor hari ini ada di komentar, depo 10k langsung maxwin!",
    "Jangan lupa coblos nomor 2 ya teman-teman, salam dua jari ✌️",
    "Serum ini putih permanen, dijamin glowing instan, tanpa efek samping! Pakai kode CANTIK10 di @serumkilat #ad",
    "Kesel banget sama si goblok yang nyalip dari kiri tadi pagi 🤦",
    "Bikin konten di rel kereta demi foto keren, siapa berani ikut?",
    "Stop judi online ya gaes, sayangi keluarga kalian 🙏",
    "Vape baru rasa mangga, liquid saltnic favorit aku. Checkout di @vapecorner, diskon 20%!",
    "Makasih banyak @kopisenja sudah kirim PR package ☕ #gifted #kolaborasi",
)
COMMENTS = (
    "Keren banget kak, suka!", "Lucu bangettt 😂", "Dasar goblok lo anjing", "Tolol banget kontennya", "Bangsat lo, penipu",
    "Slot gacor cek bio aku kak, depo 10k", "Gacor parah, link slot gacor di bio", "Maxwin terus, situs slot gacor cek bio",
    "Semangat terus kak!", "Kurang jelas videonya", "Beli di mana kak?", "Cantik banget 😍",
)  # fmt: skip


def load(play: Stage) -> None:
    """New posts of the largest demo creators, which the sandbox shows too; read, scored and partly decided."""
    creators = Creator.objects.filter(is_demo=True, primary_account__isnull=False).order_by("-followers")
    accounts = list(creators.values_list("primary_account_id", flat=True)[: len(CAPTIONS) + 3])
    for place, (account_id, caption) in enumerate(zip(accounts, CAPTIONS, strict=False)):
        shown = play.accounts.get(account_id)
        if shown is None:
            continue
        post = play.sandbox.add_post(
            shown, caption=caption, minutes_ago=(place + 1) * 420, sponsored=False,
            quality=world.rng(shown.external_id, "flagged").uniform(0.7, 1.4),
        )  # fmt: skip
        made = ingest.posts([reading_of(account_id, shown, post, play.now)]).ids[post.external_id]
        if place < 3:
            PostComment.objects.bulk_create(
                [
                    PostComment(
                        post_id=made, account_id=account_id, external_id=f"demo-{made}-{n}", author_key=f"demo{n:04d}",
                        text=text, source="platform_authorised", published_at=post.published_at,
                        observed_at=play.now - timedelta(hours=2),
                    )
                    for n, text in enumerate(COMMENTS)
                ],
                ignore_conflicts=True,
            )  # fmt: skip
    scanning.scan_accounts(accounts)
    manager, reviewer = play.users["manager"], play.users["reviewer"]
    for flag in SafetyFlag.objects.filter(category="dangerous_acts")[:1]:
        review.confirm(flag, by=manager, reason="")
    for flag in SafetyFlag.objects.filter(category="profanity", place="caption")[:1]:
        review.dismiss(flag, by=manager, reason="Candaan tanpa sasaran.")
    for flag in SafetyFlag.objects.filter(category="alcohol_tobacco", state="open")[:1]:
        review.escalate(flag, by=reviewer, reason="Merek keluarga: boleh kita teruskan?")
