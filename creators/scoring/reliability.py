"""How reliable a creator was in our own work together: shrunk shares with the number of times behind each.

Everything comes from the agency's own history, so most creators have no such score, and few have a certain one. A
share of few cases is pulled towards what is usual (`USUAL`, judgement), by as many imagined cases as `CASES` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from .definition import Definition, Frames, Pair, Part, Peers, Result, Sentence, share_of_weight, weighted

VERSION = "reliability-1.0"
WEIGHTS = {
    "on_time": 0.28, "delivered": 0.16, "revisions": 0.10, "answers": 0.12, "kept": 0.10, "rating": 0.16, "reading": 0.04,
    "invoices": 0.04,
}  # fmt: skip
USUAL = {
    "on_time": 0.80, "delivered": 0.95, "revisions": 0.70, "answers": 0.60, "kept": 0.95, "rating": 0.65, "reading": 0.60,
    "invoices": 0.80,
}  # fmt: skip
CASES = {
    "on_time": 4.0, "delivered": 6.0, "revisions": 3.0, "answers": 2.0, "kept": 4.0, "rating": 2.0, "reading": 2.0,
    "invoices": 3.0,
}  # fmt: skip
HOURS = 72.0  # an answer after so many hours is worth 1/e of one at once
UNANSWERED_HOURS = 168.0  # an offer that ran out counts as an answer after a week
COLUMNS = [
    "account_id", "pieces", "on_time", "no_shows", "delivered", "revisions", "rounds", "offers", "unanswered", "hours",
    "worked", "cancelled", "ratings", "rating", "briefs", "reading_hours", "invoices", "clean",
]  # fmt: skip


def shrunk(share: pd.Series, cases: pd.Series, name: str) -> np.ndarray:
    """The share with `CASES` usual cases beside it; NaN without a single case."""
    n = cases.to_numpy(float)
    with np.errstate(invalid="ignore"):
        pulled = (n * share.to_numpy(float) + CASES[name] * USUAL[name]) / (n + CASES[name])
    return np.where(n > 0, np.clip(pulled, 0.0, 1.0), np.nan)


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    index = pd.Index(sorted(frames.history["account_id"]), name="account_id")  # most accounts have none
    held = frames.history.set_index("account_id").reindex(index)
    n = {
        name: held[name].fillna(0.0).astype(float)
        for name in COLUMNS[1:]
        if name not in ("hours", "reading_hours", "rating")
    }

    def ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
        return part / whole.where(whole > 0)

    rounds = ratio(n["revisions"], n["delivered"])
    allowed = ratio(n["rounds"], n["delivered"]).clip(lower=1.0)
    due = n["pieces"]
    answered = n["offers"] - n["unanswered"]
    spent = held["hours"].astype(float).fillna(0.0) * answered + UNANSWERED_HOURS * n["unanswered"]
    hours = ratio(spent, n["offers"])
    shares = {
        "on_time": (ratio(n["on_time"], due), due),
        "delivered": (1.0 - ratio(n["no_shows"], due), due),
        "revisions": ((1.0 - 0.5 * rounds / allowed).clip(0.0, 1.0), n["delivered"]),
        "answers": (np.exp(-hours / HOURS), n["offers"]),
        "kept": (1.0 - ratio(n["cancelled"], n["worked"]).clip(0.0, 1.0), n["worked"]),
        "rating": ((held["rating"].astype(float) - 1.0) / 4.0, n["ratings"]),
        "reading": (np.exp(-held["reading_hours"].astype(float) / HOURS), n["briefs"]),
        "invoices": (ratio(n["clean"], n["invoices"]), n["invoices"]),
    }
    values = {name: shrunk(share, cases, name) for name, (share, cases) in shares.items()}
    trust = {
        name: cases.to_numpy(float) / (cases.to_numpy(float) + CASES[name])
        for name, (_, cases) in shares.items()
    }
    mean, confidence, known = weighted(
        {name: (values[name], trust[name]) for name in WEIGHTS}, WEIGHTS, least=0.25
    )
    behind = sum(WEIGHTS[name] * shares[name][1].to_numpy(float) for name in WEIGHTS)
    with np.errstate(invalid="ignore"):
        wide = 1.2816 * np.sqrt(np.clip(mean * (1 - mean), 0.01, None) / (behind + 4.0))
    scores = pd.DataFrame(
        {
            "value": 100 * mean, "low": 100 * np.clip(mean - wide, 0, 1), "high": 100 * np.clip(mean + wide, 0, 1),
            "confidence": np.where(np.isnan(mean), 0.0, confidence),
            **{name: held[name].astype(float) for name in COLUMNS[1:]},
        },
        index=index,
    )  # fmt: skip
    facts = {
        "on_time": {"yes": n["on_time"], "of": due},
        "delivered": {"missed": n["no_shows"], "of": due, "case": np.where(n["no_shows"] > 0, "missed", "")},
        "revisions": {"rounds": rounds, "of": n["delivered"]},
        "answers": {"hours": held["hours"].astype(float), "of": n["offers"], "silent": n["unanswered"],
                    "case": np.where(answered > 0, np.where(n["unanswered"] > 0, "some", ""), "never")},
        "kept": {"cancelled": n["cancelled"], "of": n["worked"]},
        "rating": {"rating": held["rating"].astype(float), "of": n["ratings"]},
        "reading": {"hours": held["reading_hours"].astype(float), "of": n["briefs"]},
        "invoices": {"clean": n["clean"], "of": n["invoices"]},
    }  # fmt: skip
    parts = [
        Part(name, value=values[name], weight=share_of_weight(WEIGHTS[name], known), evidence=shares[name][1].to_numpy(float),
             facts={key: value.to_numpy() if isinstance(value, pd.Series) else value for key, value in facts[name].items()})
        for name in WEIGHTS
    ]  # fmt: skip
    return Result(scores, parts)


SHARES = (
    "on_time",
    "delivered",
    "kept",
    "invoices",
)  # the usual is a share of cases; of the others, points of 100
NOUNS = {
    "on_time": ("pieces", "konten"), "delivered": ("pieces", "konten"), "revisions": ("pieces", "konten"),
    "answers": ("offers", "penawaran"), "kept": ("partnerships", "kerja sama"), "rating": ("ratings", "penilaian"),
    "reading": ("briefs", "brief"), "invoices": ("invoices", "tagihan"),
}  # fmt: skip
OWN = 0.75  # told to be pulled while fewer than so much of the value is the creator's own


def told(name: str, english: str, local: str) -> Callable[[Mapping[str, Any]], Pair]:
    """The sentence; with few cases it goes on to say what the value is pulled towards, so that nobody reads 100 %."""
    few, sedikit = NOUNS[name]
    usual = f"{100 * USUAL[name]:.0f}"
    to, ke = (f"{usual}%", f"{usual}%") if name in SHARES else (f"{usual} of 100", f"{usual} dari 100")

    def pair(known: Mapping[str, Any]) -> Pair:
        cases = float(known.get("of") or 0.0)
        if cases / (cases + CASES[name]) >= OWN:
            return f"{english}.", f"{local}."
        return (
            f"{english}; with few {few}, pulled towards the usual {to}.",
            f"{local}; karena {sedikit} masih sedikit, ditarik ke nilai lazim {ke}.",
        )

    return pair


SENTENCES: dict[str, Sentence] = {
    name: told(name.split(".")[0], english, local)
    for name, (english, local) in {
        "on_time": (
            "{yes:count} of {of:count} pieces came on the day agreed",
            "{yes:count} dari {of:count} konten tayang pada hari yang disepakati",
        ),
        "delivered": (
            "{of:count} of {of:count} pieces due were published",
            "{of:count} dari {of:count} konten yang jatuh tempo sudah tayang",
        ),
        "delivered.missed": (
            "{missed:count} of {of:count} pieces were more than a week late or never came",
            "{missed:count} dari {of:count} konten terlambat lebih dari seminggu atau tidak pernah tayang",
        ),
        "revisions": (
            "{rounds:number} revision rounds a piece, over {of:count} pieces",
            "{rounds:number} putaran revisi per konten, dari {of:count} konten",
        ),
        "answers": (
            "Answered {of:count} offers, on average within {hours:count} hours",
            "Menjawab {of:count} penawaran, rata-rata dalam {hours:count} jam",
        ),
        "answers.some": (
            "Answers within {hours:count} hours on average; {silent:count} of {of:count} offers ran out unanswered",
            "Rata-rata menjawab dalam {hours:count} jam; {silent:count} dari {of:count} penawaran lewat tanpa jawaban",
        ),
        "answers.never": (
            "{silent:count} of {of:count} offers ran out unanswered",
            "{silent:count} dari {of:count} penawaran lewat tanpa jawaban",
        ),
        "kept": (
            "{cancelled:count} of {of:count} agreed partnerships were cancelled",
            "{cancelled:count} dari {of:count} kerja sama yang disepakati dibatalkan",
        ),
        "rating": (
            "Our people gave {rating:number} of 5 for professionalism (ratings: {of:count})",
            "Tim kita memberi nilai profesionalisme {rating:number} dari 5 (penilaian: {of:count})",
        ),
        "reading": (
            "Opened {of:count} briefs, usually within {hours:count} hours",
            "Membuka {of:count} brief, biasanya dalam {hours:count} jam",
        ),
        "invoices": (
            "{clean:count} of {of:count} invoices were right the first time",
            "{clean:count} dari {of:count} tagihan langsung benar",
        ),
    }.items()
}

DEFINITION = Definition(
    kind="reliability",
    version=VERSION,
    compute=compute,
    label=("Reliability", "Keandalan"),
    unit="points",
    needs=frozenset({"accounts", "history"}),
    names={
        "on_time": ("On time", "Tepat waktu"),
        "delivered": ("Delivered", "Terkirim"),
        "revisions": ("Revisions", "Revisi"),
        "answers": ("Answers offers", "Menjawab penawaran"),
        "kept": ("Keeps agreements", "Menepati kesepakatan"),
        "rating": ("Rating by our people", "Penilaian tim kita"),
        "reading": ("Reads briefs", "Membaca brief"),
        "invoices": ("Invoices", "Tagihan"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "Our own work together only. Every share is pulled towards what is usual by a few imagined cases, so one good"
            " month is not yet reliability. 100 × the weighted mean of what is known; no score below a quarter of the weight."
        ),
        (
            "Hanya dari kerja sama kita sendiri. Setiap porsi ditarik ke yang lazim dengan beberapa kasus andaian, jadi satu"
            " bulan yang baik belum berarti andal. 100 × rata-rata tertimbang yang diketahui; tanpa skor bila bobot yang"
            " diketahui kurang dari seperempat."
        ),
    ),
    weights=WEIGHTS,
)
