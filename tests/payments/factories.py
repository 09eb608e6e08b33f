"""A partnership that can be paid, in named states."""

from __future__ import annotations

import io
import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from campaigns.models import Agreement, Brand, Campaign, Deliverable, Milestone, Partnership
from creators.models import Creator, Post, SocialAccount
from krm.accounts.models import BrandTeam, User
from payments import invoices, payouts
from payments.models import Invoice, PayeeProfile, Payout

_n = itertools.count(1)

NPWP = "013000666091000"  # the example of python-stdnum
NIK = "3171011708450001"


def pdf(name: str = "invoice.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf")


def png(name: str = "proof.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def user(role: str, *, team: BrandTeam | None = None, **fields: Any) -> User:
    number = next(_n)
    made = User.objects.create_user(
        f"{role}.{number}@pay.example", "correct horse battery", role=role, name=f"{role} {number}", **fields
    )
    if team is not None:
        made.teams.set([team])
    return made


def creator(**fields: Any) -> Creator:
    number = next(_n)
    fields.setdefault("name", f"Kreator {number}")
    fields.setdefault("email", f"kreator{number}@mail.example")
    return Creator.objects.create(**fields)


def account_of(person: Creator) -> SocialAccount:
    return SocialAccount.objects.create(
        creator=person,
        platform="instagram",
        handle=f"pay.kreator{person.pk}",
        external_id=f"pay-ig{person.pk}",
    )


def payee(
    person: Creator, entered_by: User, *, verified_by: User | None = None, **fields: Any
) -> PayeeProfile:
    values: dict[str, Any] = {
        "kind": "individual",
        "legal_name": f"Nama {person.pk}",
        "nik": NIK,
        "bank_code": "014",
        "account_number": f"52711{person.pk:05d}",
        "account_holder": f"Nama {person.pk}",
    } | fields
    if verified_by is not None:
        now = timezone.now()
        values |= {
            "state": "verified",
            "verified_by": verified_by,
            "verified_at": now,
            "first_verified_at": now,
            "tax_id_status": values.get("tax_id_status", "valid"),
        }
    return PayeeProfile.objects.create(creator=person, entered_by=entered_by, **values)


def campaign(team: BrandTeam, owner: User, **fields: Any) -> Campaign:
    number = next(_n)
    brand = fields.pop("brand", None) or Brand.objects.create(team=team, name=f"Merek {number}")
    values: dict[str, Any] = {
        "name": f"Kampanye {number}",
        "code": f"K{number}",
        "objective": "awareness",
        "state": "active",
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2026, 12, 31),
        "budget": Decimal(900_000_000),
        "owner": owner,
    } | fields
    return Campaign.objects.create(brand=brand, **values)


def partnership(deal: Campaign, person: Creator) -> Partnership:
    return Partnership.objects.create(campaign=deal, creator=person, state="live")


def agreement(
    joined: Partnership, amounts: list[int], *, milestones: bool = True, accepted: bool = True, **fields: Any
) -> Agreement:
    """Signed, one deliverable for each amount; with milestones on the deliverables unless told otherwise."""
    number = next(_n)
    account = joined.creator.accounts.first() if hasattr(joined.creator, "accounts") else None
    values: dict[str, Any] = {
        "number": f"SPK-{number}",
        "state": "signed",
        "currency": "IDR",
        "total": Decimal(sum(amounts)),
        "signed_at": timezone.now() - timedelta(days=20),
        "document_sha256": "0" * 64,
    } | fields
    signed = Agreement.objects.create(partnership=joined, **values)
    for order, amount in enumerate(amounts):
        work = deliverable(signed, amount, order=order, accepted=accepted, account=account)
        if milestones:
            Milestone.objects.create(
                agreement=signed,
                deliverable=work,
                name=f"Reel {order + 1}",
                amount=Decimal(amount),
                currency=signed.currency,
                trigger="on_deliverable",
                state="ready" if accepted else "pending",
                order=order,
            )
    return signed


def deliverable(
    signed: Agreement, amount: int, *, order: int = 0, accepted: bool = True, account: Any = None
) -> Deliverable:
    number = next(_n)
    account = (
        account
        or SocialAccount.objects.filter(creator=signed.partnership.creator).first()
        or account_of(signed.partnership.creator)
    )
    post = None
    if accepted:
        post = Post.objects.create(
            account=account,
            platform="instagram",
            external_id=f"pay-p{number}",
            url=f"https://instagram.example/p/{number}",
            kind="reel",
        )
    now = timezone.now()
    return Deliverable.objects.create(
        agreement=signed,
        partnership=signed.partnership,
        account=account,
        platform="instagram",
        format="reel",
        title=f"Reel {order + 1}",
        amount=Decimal(amount),
        currency=signed.currency,
        state="accepted" if accepted else "drafting",
        post=post,
        published_at=now if accepted else None,
        accepted_at=now if accepted else None,
        order=order,
    )


class Cast:
    """A KOL with an agreement, and the people at the agency."""

    def __init__(
        self,
        amounts: list[int] | None = None,
        *,
        payee_fields: dict[str, Any] | None = None,
        **agreement_fields: Any,
    ) -> None:
        self.team = BrandTeam.objects.create(name=f"Tim {next(_n)}")
        self.manager = user("campaign_manager", team=self.team)
        self.finance = user("finance", all_teams=True)
        self.finance2 = user("finance", all_teams=True)
        self.admin = user("administrator", all_teams=True)
        self.creator = creator()
        account_of(self.creator)
        self.kol = user("creator", language="id")
        self.grant(self.kol, self.creator)
        self.payee = payee(self.creator, self.kol, verified_by=self.finance2, **(payee_fields or {}))
        self.campaign = campaign(self.team, self.manager)
        self.partnership = partnership(self.campaign, self.creator)
        self.agreement = agreement(self.partnership, amounts or [20_000_000], **agreement_fields)

    @staticmethod
    def grant(person: User, whom: Creator, relation: str = "self") -> None:
        from creators.models import CreatorAccess

        CreatorAccess.objects.create(user=person, creator=whom, relation=relation)

    def claims(self) -> list[dict[str, Any]]:
        from payments import milestones

        return [{"claim": claim.key} for claim in milestones.claims(self.partnership) if claim.line is None]

    def draft(self, **values: Any) -> Invoice:
        values.setdefault("lines", self.claims())
        values.setdefault("number", f"INV-{next(_n)}")
        values.setdefault("document", pdf())
        return invoices.save_draft(self.partnership, by=values.pop("by", self.kol), **values)

    def submitted(self, **values: Any) -> Invoice:
        return invoices.submit(self.draft(**values), by=self.kol)

    def approved(self, **values: Any) -> Invoice:
        return invoices.approve(self.submitted(**values), by=self.finance)

    def pay(self, invoice: Invoice, amount: int | Decimal | None = None, **values: Any) -> Payout:
        values = {
            "bank_code": "014",
            "reference": f"FT{next(_n):08d}",
            "paid_on": timezone.localdate(),
            "proof": png(),
            "by": self.finance,
        } | values
        return payouts.record_payment(
            invoice, amount=Decimal(invoice.net if amount is None else amount), **values
        )

    def paid(self) -> Invoice:
        return self.pay(self.approved()).invoice
