"""The cast of this room: a campaign with a signed KOL, a brief, concepts and drafts, in named states."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from briefs import assets, briefing, concepts, drafts, review
from briefs.models import Asset, Brief, BriefVersion, Concept, Draft
from campaigns.models import Agreement, Brand, Campaign, Deliverable, Partnership
from creators.models import Creator, SocialAccount

_numbers = itertools.count(1)

CONTENT: dict[str, Any] = {
    "story": "Sari roasts coffee from one valley and pays its farmers first.",
    "narrative": "Mornings that belong to you before they belong to everyone else.",
    "pillars": [
        {"title": "One valley", "text": "Every bean comes from Gayo."},
        {"title": "Fair", "text": "Farmers are paid first."},
        {"title": "Easy", "text": "Ready in two minutes."},
    ],
    "guardrails": {
        "do": ["Show the cup"],
        "dont": ["No alcohol in the picture"],
        "banned_words": ["gratis"],
        "banned_claims": ["menyembuhkan maag"],
    },
    "freedom": "Place, music and humour are yours.",
    "mandatory": {
        "hashtags": ["#PagiSari"],
        "mentions": ["@sarikopi"],
        "disclosure": {"labels": ["#ad", "#iklan"], "place": "start"},
        "ctas": ["link di bio"],
    },
}
GOOD_CAPTION = "#ad Pagi bareng @sarikopi di Gayo. #PagiSari Cek link di bio!"


@dataclass
class World:
    """One campaign with one signed KOL, and the people around it."""

    campaign: Campaign
    partnership: Partnership
    deliverable: Deliverable
    creator: Creator


def world(
    team: Any, owner: Any, *, state: str = "planned", rounds: int = 2, fmt: str = "reel", **brand: Any
) -> World:
    n = next(_numbers)
    campaign = Campaign.objects.create(
        brand=Brand.objects.create(team=team, name=f"Sari Kopi {n}", **brand),
        name=f"Pagi Sari {n}",
        code=f"PS{n}",
        objective="awareness",
        state="active",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=60),
        budget=Decimal(100_000_000),
        owner=owner,
    )
    partnership = signed_kol(campaign)
    deliverable = add_deliverable(partnership, state=state, rounds=rounds, fmt=fmt)
    return World(campaign, partnership, deliverable, partnership.creator)


def signed_kol(campaign: Campaign, state: str = "agreed") -> Partnership:
    n = next(_numbers)
    creator = Creator.objects.create(name=f"Kirana {n}")
    account = SocialAccount.objects.create(
        creator=creator, platform="instagram", handle=f"kirana{n}", external_id=f"ig{n}"
    )
    return Partnership.objects.create(campaign=campaign, creator=creator, account=account, state=state)


def add_deliverable(
    partnership: Partnership, *, state: str = "planned", rounds: int = 2, fmt: str = "reel", title: str = ""
) -> Deliverable:
    n = next(_numbers)
    agreement, _created = Agreement.objects.get_or_create(
        partnership=partnership,
        defaults={
            "number": f"AGR-{n}",
            "state": "signed",
            "currency": "IDR",
            "total": Decimal(10_000_000),
            "rounds": rounds,
            "signed_at": timezone.now(),
            "document_sha256": "0" * 64,
        },
    )
    return Deliverable.objects.create(
        agreement=agreement,
        partnership=partnership,
        account=partnership.account,
        platform="instagram",
        format=fmt,
        title=title or f"Reel {n}",
        amount=Decimal(5_000_000),
        currency="IDR",
        state=state,
        due_on=timezone.localdate() + timedelta(days=7),
        locked_at=timezone.now(),
    )


def published_brief(campaign: Campaign, by: Any, **changes: Any) -> BriefVersion:
    brief: Brief = briefing.save_brief(campaign, by=by, **{**CONTENT, **changes})
    return briefing.publish(brief, by=by)


def three_concepts(deliverable: Deliverable, by: Any, count: int = 3) -> list[Concept]:
    rows = [
        {"title": f"Ide {i}", "body": "Buka jendela, seduh, senyum.", "format": "Reel"}
        for i in range(1, count + 1)
    ]
    return concepts.submit(deliverable, by=by, concepts=rows)


def picture(size: tuple[int, int] = (60, 80), fmt: str = "JPEG", colour: str = "brown") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, fmt)
    return out.getvalue()


def picture_file(name: str = "kopi.jpg", **kwargs: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(**kwargs), content_type="image/jpeg")


def box(kind: bytes, body: bytes = b"") -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body


def video(
    *, seconds: int = 12, width: int = 720, height: int = 1280, location: bool = False, size: int = 64
) -> bytes:
    """The smallest file that is an MP4: boxes without frames."""
    mvhd = bytes(12) + (1000).to_bytes(4, "big") + (seconds * 1000).to_bytes(4, "big") + bytes(80)
    matrix = b"".join(v.to_bytes(4, "big") for v in (65536, 0, 0, 0, 65536, 0, 0, 0, 0x40000000))
    tkhd = bytes(40) + matrix + (width << 16).to_bytes(4, "big") + (height << 16).to_bytes(4, "big")
    udta = box(b"udta", box(b"\xa9xyz", b"\x00\x12\x15\xc7-6.2088+106.8456/")) if location else b""
    moov = box(b"moov", box(b"mvhd", mvhd) + box(b"trak", box(b"tkhd", tkhd)) + udta)
    return box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41") + moov + box(b"mdat", b"\x11" * size)


def video_file(name: str = "kopi.mp4", **kwargs: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, video(**kwargs), content_type="video/mp4")


def uploaded(deliverable: Deliverable, by: Any, file: Any = None) -> Asset:
    return assets.upload_file(file or video_file(), by=by, deliverable=deliverable)


def submitted_draft(deliverable: Deliverable, by: Any, **values: Any) -> Draft:
    values.setdefault("caption", GOOD_CAPTION)
    if "asset" not in values and "link" not in values:
        values["asset"] = uploaded(deliverable, by)
    return drafts.submit(deliverable, by=by, **values)


def approved_draft(deliverable: Deliverable, by: Any, reviewer: Any, approver: Any, **values: Any) -> Draft:
    draft = submitted_draft(deliverable, by, **values)
    draft = review.approve(draft, by=reviewer, comment="ok")
    return review.approve(draft, by=approver)
