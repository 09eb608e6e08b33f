"""Where journeys begin: a small agency, and the verbs that bring a campaign to a step, as its people would."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from briefs import assets, briefing, concepts, drafts, review
from campaigns import agreements, brands, negotiation, partnerships, planning, selection, tracking
from campaigns.models import Brand, Campaign, Deliverable, Partnership
from creators import ingest, partitions, summary
from creators.ingest import AccountReading
from creators.models import Creator, CreatorAccess, Post, SocialAccount
from krm.accounts.models import BrandTeam, User
from krm.events import relay
from krm.local.demo.cast import profile_url, reading_of, source_of
from krm.local.demo.journey import demo_npwp
from krm.local.sandbox import world as network
from krm.local.sandbox.state import State
from payments import invoices, milestones, payees, payouts

PASSWORD = "correct horse battery"
HASHTAG, HANDLE = "SerumRona", "ronaskincare"
CAPTION = f"#ad Cerita pagi ini bareng @{HANDLE} #{HASHTAG}. Cek tautan di bio ya!"
PRICE = Decimal(4_000_000)
FULL = ("campaign__brand", "creator", "account")


def demo_account(nth: int = 0) -> network.DemoAccount:
    """An Instagram account of the generated world whose owner lets us read its insights."""
    return [
        a
        for a in network.demo_accounts()
        if a.platform == "instagram" and a.story == "organic" and a.consent == "insights"
    ][nth]


def picture(text: str = "DRAF") -> bytes:
    image = Image.new("RGB", (1080, 1350), "#f3d9c9")
    ImageDraw.Draw(image).text((150, 560), text, fill="#2b2f38", font_size=64)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def upload(name: str, text: str = "DRAF") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(text), "image/jpeg")


@dataclass
class World:
    users: dict[str, User]
    brand: Brand
    other_brand: Brand
    creator: Creator
    account: SocialAccount
    shown: network.DemoAccount
    other_creator: Creator
    campaign: Any = None
    partnership: Any = None
    agreement: Any = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def strangers(self) -> list[User]:
        """Another KOL, and a client of another brand."""
        return [self.users["other_kol"], self.users["other_client"]]

    @property
    def deliverable(self) -> Any:
        return Deliverable.objects.select_related("partnership__campaign__brand", "account").get(
            partnership=self.partnership
        )

    @classmethod
    def build(cls) -> World:
        team, other_team = BrandTeam.objects.create(name="Beauty"), BrandTeam.objects.create(name="Food")
        users = {}
        for key, role, name in (
            ("admin", "administrator", "Ayu Admin"), ("manager", "campaign_manager", "Bima Manajer"),
            ("finance", "finance", "Fajar Keuangan"), ("finance2", "finance", "Fitri Keuangan"),
            ("kol", "creator", "Kirana Putri"), ("other_kol", "creator", "Omar Lain"),
            ("client", "client_approver", "Citra Klien"), ("viewer", "client_viewer", "Vina Klien"),
            ("other_client", "client_approver", "Oki Klien"), ("other_manager", "campaign_manager", "Olga Manajer"),
        ):  # fmt: skip
            users[key] = User.objects.create_user(
                f"{key}@journey.example", PASSWORD, name=name, role=role,
                all_teams=role in ("administrator", "finance"), language="id" if role == "creator" else "en",
            )  # fmt: skip
        # Tests hash cheaply; the server, a process of its own, does as in production.
        users["kol"].password = Argon2PasswordHasher().encode(PASSWORD, "a-salt-of-enough-length")
        users["kol"].save(update_fields=["password"])
        users["manager"].teams.add(team)
        users["other_manager"].teams.add(other_team)
        admin = users["admin"]
        brand = brands.create_brand(
            by=admin, team=team, name="Rona Skincare", category="beauty", currency="IDR"
        )
        other = brands.create_brand(
            by=admin, team=other_team, name="Lumbung Kopi", category="food", currency="IDR"
        )
        for key in ("client", "viewer"):
            brands.add_member(brand, by=admin, user=users[key])
        brands.add_member(other, by=admin, user=users["other_client"])
        shown, other_shown = demo_account(0), demo_account(1)
        creator, account = person("Kirana Putri", shown, users["kol"])
        other_creator, _account = person("Omar Lain", other_shown, users["other_kol"])
        relay.run()
        return cls(users, brand, other, creator, account, shown, other_creator)

    # Steps, each on top of the one before ---------------------------------------------------------------

    def planned(self) -> World:
        manager, today = self.users["manager"], timezone.localdate()
        self.campaign = planning.create_campaign(
            by=manager, brand=self.brand, name="Peluncuran Serum Rona", objective="awareness",
            starts_on=today - timedelta(days=3), ends_on=today + timedelta(days=30), budget=Decimal(100_000_000),
            hashtags=[HASHTAG], mentions=[HANDLE], summary="Memperkenalkan serum baru.",
        )  # fmt: skip
        planning.start_planning(self.campaign, by=manager)
        return self._done()

    def shortlisted(self) -> World:
        """The client has a shortlist to decide on."""
        self.planned()
        manager = self.users["manager"]
        for candidate in selection.add_candidates(
            self.campaign, by=manager, creators=[self.creator, self.other_creator]
        ):
            selection.update_candidate(
                candidate, by=manager, buy_estimate=PRICE, sell_price=PRICE * Decimal("1.37"), deliverables="1 reel",
                reason="Penontonnya cocok.", internal_note="rahasia dapur",
            )  # fmt: skip
        selection.submit(self.campaign, by=manager, message="Mohon pilihannya.")
        return self._done()

    def invited(self) -> World:
        self.planned()
        self.partnership = partnerships.invite(
            self.campaign, by=self.users["manager"], creator=self.creator, account=self.account
        )
        return self._done()

    def signed(self) -> World:
        """Agreement signed by both sides, one reel due."""
        self.invited()
        manager, kol = self.users["manager"], self.users["kol"]
        due = timezone.localdate() + timedelta(days=4)
        offer = negotiation.make_offer(
            self.partnership, by=manager, message="Halo!", rounds=2, usage_rights="Repost 3 bulan.",
            lines=[{"platform": "instagram", "format": "reel", "quantity": 1, "unit_price": PRICE,
                    "account": self.account.pk, "due_on": due}],
        )  # fmt: skip
        negotiation.accept(offer, by=kol)
        self._done()
        agreement = agreements.draft(self.partnership, by=manager, schedule="deliverables")
        for deliverable in agreement.deliverables.all():
            agreements.edit_deliverable(
                deliverable,
                by=manager,
                publish_on=noon(due),
                required_hashtags=[HASHTAG],
                required_mentions=[HANDLE],
            )
        agreement = agreements.send(agreement, by=manager)
        agreements.sign(agreement, by=kol, name=kol.name)
        agreements.sign(agreement, by=manager, name=manager.name)
        self._done()
        planning.activate(self.campaign, by=manager)
        return self._done()

    def briefed(self) -> World:
        self.signed()
        manager, kol = self.users["manager"], self.users["kol"]
        version = briefing.publish(briefing.save_brief(self.campaign, by=manager, **BRIEF), by=manager)
        self._done()
        briefing.open_version(version, partnership=self.partnership, by=kol)
        briefing.acknowledge(version, partnership=self.partnership, by=kol)
        return self._done()

    def in_client_review(self) -> World:
        """A draft that the agency has approved and the client has not seen yet."""
        self.briefed()
        manager, kol = self.users["manager"], self.users["kol"]
        made = concepts.submit(self.deliverable, by=kol, concepts=IDEAS)
        concepts.choose(made[0], by=manager, comment="Yang ini.")
        asset = assets.upload_file(upload("draf.jpg"), by=kol, deliverable=self.deliverable)
        draft = drafts.submit(self.deliverable, by=kol, asset=asset, caption=CAPTION, note="Draf pertama")
        self.extra["draft"] = review.approve(draft, by=manager, comment="Bagus.")
        return self._done()

    def accepted(self) -> World:
        """Published, found and accepted, so that it can be invoiced and reported."""
        self.in_client_review()
        manager = self.users["manager"]
        review.approve(self.extra["draft"], by=self.users["client"], comment="Setuju.")
        self._done()
        now = timezone.now()
        post = State.open(None, speed=1, replay_folder=None).add_post(
            self.shown, caption=CAPTION, kind="reel", quality=1.2
        )
        found = ingest.posts([reading_of(self.account.pk, self.shown, post, now)])
        tracking.match_post(Post.objects.select_related("account").get(pk=next(iter(found.ids.values()))))
        self._done()
        tracking.accept_deliverable(self.deliverable, by=manager)
        return self._done()

    def paid(self) -> World:
        self.accepted()
        kol, finance, second = self.users["kol"], self.users["finance"], self.users["finance2"]
        payees.save_profile(
            self.creator, by=kol, kind="individual", legal_name="Kirana Putri", npwp=demo_npwp(7),
            nik="3174040108941234", tax_country="ID", is_pkp=False, bank_code="014",
            account_number="7000123456", account_holder="Kirana Putri",
        )  # fmt: skip
        payees.verify(self.creator.payee, by=finance, tax_id_valid=True)
        lines: list[dict[str, Any]] = [
            {"claim": claim.key} for claim in milestones.open_claims(self.partnership)
        ]
        invoice = invoices.save_draft(
            self.partnership, by=kol, lines=lines, number="INV/1", issued_on=timezone.localdate(),
            document=upload("tagihan.jpg", "TAGIHAN"),
        )  # fmt: skip
        invoice = invoices.submit(invoice, by=kol)
        self._done()
        invoice.refresh_from_db()
        if invoice.state == "submitted":
            invoice = invoices.match(invoice, by=finance)
        invoice = invoices.approve(invoice, by=second)
        invoice.refresh_from_db()
        payouts.record_payment(
            invoice, by=finance, amount=payouts.open_amount(invoice), bank_code="014", reference="TRF1",
            paid_on=timezone.localdate(), proof=upload("bukti.jpg", "BUKTI"),
        )  # fmt: skip
        self.extra["invoice"] = invoice
        return self._done()

    def _done(self) -> World:
        """Subscribers have run; what the steps hold is read anew."""
        relay.run()
        if self.campaign is not None:
            self.campaign = Campaign.objects.select_related("brand").get(pk=self.campaign.pk)
        if self.partnership is not None:
            self.partnership = Partnership.objects.select_related(*FULL).get(pk=self.partnership.pk)
            self.agreement = getattr(self.partnership, "agreement", None)
        return self


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())


def person(name: str, shown: network.DemoAccount, user: User) -> tuple[Creator, SocialAccount]:
    """A KOL with an account of the sandbox network, as a pull of yesterday would have left it."""
    creator = Creator.objects.create(
        name=name, city="Bandung", country="ID", categories=["beauty"], status="active"
    )
    account = SocialAccount.objects.create(
        creator=creator, platform=shown.platform, handle=shown.handle, external_id=shown.external_id,
        url=profile_url(shown),
    )  # fmt: skip
    CreatorAccess.objects.create(user=user, creator=creator, relation="self")
    now = timezone.now()
    days = [(now - timedelta(days=n)).date() for n in range(1, 15)]
    partitions.ensure([*days, now.date()])
    ingest.account_snapshots(
        AccountReading(account_id=account.pk, source=source_of(shown), as_of=day, observed_at=now,
                       followers=shown.followers_at(day), following=100, posts_count=50)
        for day in days
    )  # fmt: skip
    summary.refresh([account.pk])
    creator.refresh_from_db()
    account.refresh_from_db()
    return creator, account


BRIEF: dict[str, Any] = {
    "story": "Rona dibuat oleh orang yang memakai sendiri produknya.",
    "narrative": "Ceritakan pagimu, lalu tunjukkan kapan serum masuk ke dalamnya.",
    "pillars": ["Pengalaman sendiri", "Dipakai, bukan dipajang", "Satu alasan yang diingat"],
    "guardrails": {
        "do": ["Tunjukkan produk tiga detik"],
        "dont": ["Tidak menjanjikan hasil"],
        "banned_words": ["paling ampuh"],
    },
    "freedom": "Gaya dan musik pilihanmu.",
    "mandatory": {
        "hashtags": [f"#{HASHTAG}"],
        "mentions": [f"@{HANDLE}"],
        "disclosure": {"labels": ["#ad"], "place": "start"},
        "ctas": ["Cek tautan di bio"],
    },
}
IDEAS = [
    {"title": "Sehari bersama saya", "body": "Rutinitas pagi sampai malam; serum muncul saat memang dipakai.", "format": "45 detik"},
    {"title": "Tanya jawab jujur", "body": "Menjawab komentar pengikut, termasuk yang saya kurang suka.", "format": "45 detik"},
]  # fmt: skip
