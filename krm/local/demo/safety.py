"""What the safety review of the demo agency shows: a few posts and comments that rules find, some decided."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import now

from creators.models import Creator, Post, PostComment, SafetyFlag
from creators.safety import review, scanning
from krm.accounts.models import User

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


def load(users: dict[str, User]) -> None:
    """On the newest posts of the largest demo creators; read, scored and partly decided."""
    creators = Creator.objects.filter(is_demo=True, primary_account__isnull=False).order_by("-followers")
    accounts = list(creators.values_list("primary_account_id", flat=True)[: len(CAPTIONS) + 3])
    for place, (account_id, caption) in enumerate(zip(accounts, CAPTIONS, strict=False)):
        post = Post.objects.filter(account=account_id, is_deleted=False).order_by("-published_at").first()
        if post is None:
            continue
        post.caption = caption
        post.save(update_fields=["caption", "updated_at"])
        if place < 3:
            PostComment.objects.bulk_create(
                [
                    PostComment(
                        post=post, account_id=account_id, external_id=f"demo-{post.pk}-{n}", author_key=f"demo{n:04d}",
                        text=text, source="platform_authorised", published_at=post.published_at,
                        observed_at=now() - timedelta(hours=2),
                    )
                    for n, text in enumerate(COMMENTS)
                ],
                ignore_conflicts=True,
            )  # fmt: skip
    scanning.scan_accounts(accounts)
    manager, reviewer = users["manager"], users["reviewer"]
    for flag in SafetyFlag.objects.filter(category="dangerous_acts")[:1]:
        review.confirm(flag, by=manager, reason="")
    for flag in SafetyFlag.objects.filter(category="profanity", place="caption")[:1]:
        review.dismiss(flag, by=manager, reason="Candaan tanpa sasaran.")
    for flag in SafetyFlag.objects.filter(category="alcohol_tobacco", state="open")[:1]:
        review.escalate(flag, by=reviewer, reason="Merek keluarga: boleh kita teruskan?")
