"""One KOL's way through a campaign, step by step, each step at its own moment.

A story is a generator: it yields the moment of its next step, and takes that step when it is resumed at that moment.
`load.play` resumes all stories of all campaigns in order of time.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw
from stdnum.exceptions import ValidationError as NumberError
from stdnum.id import npwp

from briefs import assets, briefing, concepts, drafts, review
from campaigns import agreements, negotiation, partnerships, tracking
from campaigns.models import Campaign, Deliverable, Partnership
from creators import ingest
from creators.models import Creator, Post, SocialAccount
from krm.accounts.models import User
from krm.local.demo.cast import FORMATS, price_of, reading_of
from krm.local.demo.stories import DemoBrand, DemoCampaign
from krm.local.sandbox import world
from krm.local.sandbox.state import State
from payments import invoices, milestones, payees, payouts
from payments.models import PayeeProfile

# Days from the invitation to each step; a KOL's stage is the last step taken.
OFFSETS = {
    "invited": 0.0, "sent": 0.4, "countered": 1.1, "declined": 1.2, "accepted_offer": 1.8, "agreement": 2.4,
    "signed": 3.2, "briefed": 4.5, "concepts": 6.0, "chosen": 7.0, "draft": 9.5, "client_review": 10.2,
    "approved_content": 11.0, "published": 14.0, "accepted": 16.0, "drafted": 16.8, "submitted": 17.0,
    "mismatch": 17.1, "matched": 17.6, "rejected": 18.2, "approved": 19.0, "paid": 24.0,
}  # fmt: skip
ORDER = list(OFFSETS)
OVER_LIMIT = Decimal(75_000_000)  # what a campaign manager may not offer alone
ENDINGS = ("declined", "mismatch", "rejected")  # steps that nothing follows
COLOURS = ("#f3d9c9", "#d7e3f4", "#d9ead3", "#fce8b2", "#e6d7f0", "#f4cccc", "#d0e8e4")


@dataclass
class Stage:
    """What a story plays on."""

    users: dict[str, User]
    sandbox: State
    accounts: dict[int, world.DemoAccount]  # by SocialAccount id
    now: datetime
    posts: list[tuple[int, world.DemoAccount, world.DemoPost]] = field(default_factory=list)


def reaches(stage: str, step: str) -> bool:
    """Whether a KOL at `stage` has taken `step`; who declined took no later step."""
    if stage == "declined":
        return step in ("invited", "sent", "declined")
    if step in ENDINGS:
        return step == stage
    return ORDER.index(step) <= ORDER.index(stage)


def begin_of(stage: str, earliest: datetime, now: datetime, number: int) -> datetime:
    """When the invitation goes out, so that a KOL's last step lies hours or a day or two back, not weeks."""
    latest = now - timedelta(days=OFFSETS[stage] + 0.3 + 0.45 * (number % 4))
    return max(earliest, latest) if stage != "paid" else earliest + timedelta(days=0.4 * number)


def kol_story(
    play: Stage,
    campaign: Campaign,
    partnership: Partnership,
    plan: DemoCampaign,
    brand: DemoBrand,
    actor: User,
    stage: str,
    number: int,
    first: datetime,
) -> Iterator[datetime]:
    """From the offer to the payment, as far as `stage`."""

    def when(step: str) -> datetime:
        return first + timedelta(days=OFFSETS[step])

    manager = play.users[plan.manager]
    account = partnership.account
    assert account is not None
    shown = play.accounts[account.pk]
    price = Decimal(price_of(shown))
    sender = manager if price < OVER_LIMIT else play.users["admin"]
    kind = FORMATS[shown.platform]
    publish_on = (
        when("published") if reaches(stage, "published") else play.now + timedelta(days=3 + 2 * number)
    ).replace(minute=0, second=0, microsecond=0)

    def line(amount: Decimal) -> dict[str, Any]:
        return {"platform": shown.platform, "format": kind, "quantity": 1, "unit_price": amount, "account": account.pk,
                "due_on": (publish_on - timedelta(days=4)).date()}  # fmt: skip

    if not reaches(stage, "sent"):
        return
    yield when("sent")
    offer = negotiation.make_offer(
        partnership,
        by=sender,
        lines=[line((price * Decimal("0.9")).quantize(Decimal(1)))],
        message="Halo! Kami ingin mengajakmu di kampanye ini.",
        usage_rights="Repost di akun merek selama 3 bulan.",
        rounds=2,
    )
    if stage == "declined":
        yield when("declined")
        negotiation.decline(offer, by=actor, reason="Jadwal bulan ini sudah penuh.")
        return
    if not reaches(stage, "countered"):
        return
    yield when("countered")
    if number % 3 != 2 or stage == "countered":
        offer = negotiation.counter(
            offer,
            by=actor,
            lines=[line(price)],
            message="Terima kasih! Untuk satu video rate saya segini ya.",
        )
    if not reaches(stage, "accepted_offer"):
        return
    yield when("accepted_offer")
    negotiation.accept(offer, by=actor if offer.side == "agency" else sender)
    if not reaches(stage, "agreement"):
        return
    yield when("agreement")
    partnership = Partnership.objects.select_related("campaign__brand", "creator", "account").get(
        pk=partnership.pk
    )
    agreement = agreements.draft(partnership, by=manager, schedule="half" if number % 2 else "deliverables")
    for deliverable in agreement.deliverables.all():
        agreements.edit_deliverable(
            deliverable,
            by=manager,
            publish_on=publish_on,
            required_hashtags=[plan.hashtag],
            required_mentions=[brand.handle],
        )
    agreement = agreements.send(agreement, by=manager)
    if not reaches(stage, "signed"):
        return
    yield when("signed")
    agreements.sign(agreement, by=actor, name=actor.name)
    agreements.sign(agreement, by=manager, name=manager.name)
    enter_payee(partnership.creator, actor, number)
    if not reaches(stage, "briefed"):
        return
    yield when("briefed")
    version = briefing.current_version(campaign.pk)
    assert version is not None
    partnership = Partnership.objects.select_related("campaign__brand", "creator", "account").get(
        pk=partnership.pk
    )
    briefing.open_version(version, partnership=partnership, by=actor)
    briefing.acknowledge(version, partnership=partnership, by=actor)
    verify_payee(partnership.creator, play.users["finance"])
    deliverable = agreement.deliverables.get()
    if not reaches(stage, "concepts"):
        return
    yield when("concepts")
    made = concepts.submit(deliverable, by=actor, concepts=ideas(plan, number))
    if not reaches(stage, "chosen"):
        return
    yield when("chosen")
    concepts.choose(made[0], by=manager, comment="Suka yang ini, paling dekat dengan keseharianmu.")
    if not reaches(stage, "draft"):
        return
    yield when("draft")
    caption = f"#ad Cerita hari ini bareng @{brand.handle} #{plan.hashtag} ✨ Cek tautan di bio ya!"
    asset = assets.upload_file(
        picture(shown.name, plan.name, number),
        by=actor,
        deliverable=Deliverable.objects.get(pk=deliverable.pk),
    )
    draft = drafts.submit(deliverable, by=actor, asset=asset, caption=caption, note="Draf pertama")
    if not reaches(stage, "client_review"):
        return
    yield when("client_review")
    draft = review.approve(draft, by=manager, comment="Bagus, lanjut ke klien.")
    if not reaches(stage, "approved_content"):
        return
    yield when("approved_content")
    review.approve(draft, by=play.users["client"], comment="Setuju, terima kasih.")
    if not reaches(stage, "published"):
        return
    yield max(when("published"), timezone.now())
    post = play.sandbox.add_post(shown, caption=caption, kind=kind if kind != "video" or shown.platform != "instagram" else "reel",
                                 quality=world.rng(shown.external_id, plan.key).uniform(0.8, 1.7))  # fmt: skip
    play.posts.append((account.pk, shown, post))
    yield timezone.now() + timedelta(hours=2)
    found = ingest.posts([reading_of(account.pk, shown, post, timezone.now())])
    tracking.match_post(Post.objects.select_related("account").get(pk=next(iter(found.ids.values()))))
    if not reaches(stage, "accepted"):
        return
    yield when("accepted")
    tracking.accept_deliverable(Deliverable.objects.get(pk=deliverable.pk), by=manager)
    yield from money_story(play, partnership, actor, stage, number, when)


def money_story(
    play: Stage, partnership: Partnership, actor: User, stage: str, number: int, when: Any
) -> Iterator[datetime]:
    """Invoice, match, approval by a second person, payment."""
    if not reaches(stage, "drafted"):
        return
    yield when("drafted")
    partnership = Partnership.objects.select_related(
        "campaign__brand", "creator", "account", "agreement"
    ).get(pk=partnership.pk)
    lines: list[dict[str, Any]] = [{"claim": claim.key} for claim in milestones.open_claims(partnership)]
    if stage == "mismatch":
        lines[0]["amount"] = milestones.open_claims(partnership)[0].amount + 250_000
    invoice = invoices.save_draft(
        partnership,
        by=actor,
        lines=lines,
        number=f"INV/{timezone.localdate():%Y%m}/{partnership.pk:03d}",
        issued_on=timezone.localdate(),
        document=paper("TAGIHAN (DEMO)", partnership.creator.name),
    )
    if not reaches(stage, "submitted"):
        return
    yield when("submitted")
    invoice = invoices.submit(invoice, by=actor)
    if stage == "mismatch" or not reaches(stage, "matched"):
        return
    yield when("matched")
    invoice = invoices.match(invoice, by=play.users["finance"])
    if stage == "rejected":
        yield when("rejected")
        invoices.reject(
            invoice,
            by=play.users["finance2"],
            reason="Nomor tagihan pada dokumen berbeda. Mohon kirim ulang.",
        )
        return
    if not reaches(stage, "approved"):
        return
    yield when("approved")
    invoice = invoices.approve(invoice, by=play.users["finance2"])
    if not reaches(stage, "paid"):
        return
    yield when("paid")
    invoice.refresh_from_db()
    payouts.record_payment(
        invoice,
        by=play.users["finance"],
        amount=payouts.open_amount(invoice),
        bank_code="014",
        reference=f"TRF{timezone.localdate():%y%m%d}{partnership.pk:05d}",
        paid_on=timezone.localdate(),
        proof=paper("BUKTI TRANSFER (DEMO)", f"TRF{partnership.pk:05d}"),
    )


def observe_posts(play: Stage) -> None:
    """What pulls between publication and now would have seen of the campaign posts."""
    readings = []
    for pk, account, post in play.posts:
        moments = {
            min(post.published_at + timedelta(days=age), play.now) for age in (1, 2, 3, 5, 7, 10, 14, 21, 30)
        }
        readings += [reading_of(pk, account, post, moment) for moment in sorted(moments | {play.now})]
    if readings:
        ingest.posts(readings)


def enter_payee(creator: Creator, actor: User, number: int) -> None:
    if PayeeProfile.objects.filter(creator=creator).exists():
        return
    day = 1 + number % 28
    payees.save_profile(
        creator,
        by=actor,
        kind="individual",
        legal_name=creator.name,
        npwp=demo_npwp(creator.pk),
        nik=f"317404{day:02d}0894{1000 + creator.pk % 9000:04d}",
        tax_country="ID",
        is_pkp=False,
        bank_code=("014", "008", "009", "002")[number % 4],
        account_number=f"{7_000_000_000 + creator.pk * 7919 % 999_999_999}",
        account_holder=creator.name,
    )


def verify_payee(creator: Creator, finance: User) -> None:
    payee = PayeeProfile.objects.get(creator=creator)
    if payee.state == "unverified":
        payees.verify(payee, by=finance, tax_id_valid=True)


def demo_npwp(number: int) -> str:
    """A 15-digit number with a right check digit; it belongs to nobody we know."""
    for check in range(10):
        candidate = f"{9_0000000 + number % 9_999_999:08d}{check}404000"
        try:
            return str(npwp.validate(candidate))
        except NumberError:
            continue
    return ""


def ideas(plan: DemoCampaign, number: int) -> list[dict[str, Any]]:
    pool = [
        (
            "Sehari bersama saya",
            "Ikuti rutinitas pagi sampai malam; produk muncul di saat yang memang terjadi.",
        ),
        ("Tanya jawab jujur", "Menjawab komentar pengikut tentang produk, termasuk yang saya kurang suka."),
        ("Sebelum dan sesudah", "Tujuh hari pemakaian dirangkum dalam 45 detik, tanpa janji berlebihan."),
        ("Resep rahasia keluarga", "Cerita turun-temurun dengan sentuhan baru dari produk."),
    ]
    chosen = [pool[(number + n) % len(pool)] for n in range(2 + number % 2)]
    return [{"title": title, "body": body, "format": "45 detik, vertikal"} for title, body in chosen]


def picture(name: str, title: str, number: int) -> SimpleUploadedFile:
    """A plain still that stands for the KOL's draft."""
    image = Image.new("RGB", (1080, 1350), COLOURS[number % len(COLOURS)])
    draw = ImageDraw.Draw(image)
    draw.rectangle((90, 90, 990, 1260), outline="#2b2f38", width=6)
    draw.text((150, 560), title, fill="#2b2f38", font_size=64)
    draw.text((150, 660), name, fill="#2b2f38", font_size=44)
    draw.text((150, 1160), "DEMO", fill="#8a8f99", font_size=40)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=82)
    return SimpleUploadedFile(f"draf-{number + 1}.jpg", buffer.getvalue(), "image/jpeg")


def paper(title: str, text: str) -> SimpleUploadedFile:
    """A picture of a document, plainly marked as demo."""
    image = Image.new("RGB", (800, 420), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.text((60, 80), title, fill="#222222", font_size=36)
    draw.text((60, 180), text, fill="#222222", font_size=30)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return SimpleUploadedFile("demo.png", buffer.getvalue(), "image/png")


def invite(
    campaign: Campaign, creator: Creator, account: SocialAccount, *, by: User, candidate: Any = None
) -> Partnership:
    return partnerships.invite(campaign, by=by, creator=creator, account=account, candidate=candidate)
