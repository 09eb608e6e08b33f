"""Vetting dossiers in every state: a draft, one ready to be signed, valid, changed since, over."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine

from creators.dossiers import vetting
from creators.models import Creator, Dossier, VettingLayer
from krm.accounts.models import User

REMARKS = {
    "authenticity": "Followers grow evenly; the marks on the chart are small and have a viral post beside them.",
    "performance": "Answers are usual for the size; video does better than pictures.",
    "brand_safety": "Read the last sixty captions and the flags. Nothing stands against a family brand.",
    "creative": "Own style, good light, speaks to the camera. Formats fit the brief.",
    "relationship": "Answers within a day, delivers on time so far.",
}
CAUTION = "Two posts need a word with the creator before a family brand books."


def load(users: dict[str, User], now: datetime) -> None:
    """Before the safety review of today, so that the ground of an earlier dossier can have changed."""
    rows = list(Creator.objects.filter(is_demo=True, merged_into=None).order_by("-followers", "pk")[:6])
    manager, reviewer = users["manager"], users["reviewer"]
    with time_machine.travel(now - timedelta(days=120), tick=True):
        signed(rows[4], "Peluncuran Serum Rona", manager, reviewer)
    with time_machine.travel(now - timedelta(days=18), tick=True):
        signed(rows[0], "Sunscreen Tiap Hari", manager, reviewer, caution=True)
    with time_machine.travel(now - timedelta(days=2), tick=True):
        layers(vetting.start(rows[2], by=manager, purpose="Pintar Pay 12.12"), reviewer)
    with time_machine.travel(now - timedelta(hours=5), tick=True):
        layers(vetting.start(rows[3], by=reviewer, purpose="Dapur Bersih Akhir Tahun"), reviewer, count=2)


def layers(dossier: Dossier, by: User, *, count: int = 5, caution: bool = False) -> Dossier:
    for layer in list(VettingLayer.values)[:count]:
        careful = caution and layer == VettingLayer.BRAND_SAFETY
        dossier = vetting.sign_layer(
            dossier, by=by, layer=layer, verdict="caution" if careful else "pass",
            remark=CAUTION if careful else REMARKS[layer],
        )  # fmt: skip
    return dossier


def signed(creator: Creator, purpose: str, by: User, reviewer: User, *, caution: bool = False) -> Dossier:
    dossier = layers(vetting.start(creator, by=by, purpose=purpose), reviewer, caution=caution)
    return vetting.sign(dossier, by=by)


def look_again(users: dict[str, User], now: datetime) -> None:
    """One signed today; then what every night does: what is over expires, what stands is compared with today."""
    rows = list(Creator.objects.filter(is_demo=True, merged_into=None).order_by("-followers", "pk")[:2])
    with time_machine.travel(now - timedelta(hours=2), tick=True):
        signed(rows[1], "Ngopi Bareng Lumbung", users["manager"], users["reviewer"])
    vetting.nightly()
