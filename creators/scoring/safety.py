"""Brand safety of an account, 0 to 100: 100 less the worst category. Pure.

Each category's risk is what is left when every flag had its chance not to matter: 1 - prod(1 - weight x sureness x
age), where a flag's age halves its part every 180 days. The worst category decides: a clean record elsewhere does not
make up for one thing a brand cannot stand beside. Dismissed flags count nothing, confirmed ones fully, open ones as
sure as the rule or classifier is. Bands as the industry uses them: 80 low, 60 medium, 40 high, 20 very high, below: floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from .definition import Definition, Frames, Part, Peers, Result, without_interval

HALF_LIFE = 180.0
WEIGHTS = {"floor": 0.90, "high": 0.45, "medium": 0.20, "low": 0.05}
COMMENTS = 0.5  # what strangers wrote counts half
UNKNOWN_AGE = 365.0
ENOUGH_POSTS = 20.0
BANDS = ((80.0, "low"), (60.0, "medium"), (40.0, "high"), (20.0, "very_high"), (-1.0, "floor"))
CATEGORIES = {
    "hate": ("Hate and incitement (SARA)", "Kebencian dan hasutan (SARA)"),
    "profanity": ("Profanity and insults", "Kata kasar dan hinaan"),
    "adult": ("Sexual content", "Konten seksual"),
    "gambling": ("Gambling (judol)", "Judi (judol)"),
    "alcohol_tobacco": ("Alcohol, tobacco and vape", "Alkohol, rokok, dan vape"),
    "drugs": ("Illegal drugs", "Narkoba"),
    "violence": ("Death, injury and violence", "Kematian, cedera, dan kekerasan"),
    "weapons": ("Arms and ammunition", "Senjata dan amunisi"),
    "crime": ("Crime and fraud", "Kejahatan dan penipuan"),
    "terrorism": ("Terrorism", "Terorisme"),
    "piracy": ("Piracy and counterfeits", "Pembajakan dan barang tiruan"),
    "spam": ("Spam and scams", "Spam dan penipuan daring"),
    "politics": ("Politics and sensitive social issues", "Politik dan isu sosial sensitif"),
    "misinformation": ("Misinformation and false health claims", "Misinformasi dan klaim kesehatan palsu"),
    "dangerous_acts": ("Dangerous acts and self-harm", "Aksi berbahaya dan menyakiti diri"),
}
VERDICTS = {
    "low": ("Low risk", "Risiko rendah"),
    "medium": ("Medium risk", "Risiko sedang"),
    "high": ("High risk", "Risiko tinggi"),
    "very_high": ("Very high risk", "Risiko sangat tinggi"),
    "floor": ("Unacceptable", "Tidak dapat diterima"),
}


def band(value: float) -> str:
    return next(name for least, name in BANDS if value >= least)


def age_factor(days: np.ndarray) -> np.ndarray:
    """1 today, .5 after 180 days; a post of unknown age counts as one of a year ago."""
    known = np.where(np.isnan(days), UNKNOWN_AGE, np.maximum(days, 0.0))
    # in steps of a week: a record that nothing happened to is not a new score every night
    return np.asarray(0.5 ** (7 * np.floor(known / 7) / HALF_LIFE))


def flag_parts(flags: pd.DataFrame, now: datetime) -> pd.Series:
    """What each flag takes, [0, 1]."""
    moment = pd.Timestamp(now)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")
    published = pd.to_datetime(flags["published_at"], utc=True)
    days = ((moment - published).dt.total_seconds() / 86400).to_numpy(float)
    sure = np.where(flags["state"].isin(["confirmed", "escalated"]), 1.0, flags["probability"].astype(float))
    weight = flags["severity"].map(WEIGHTS).to_numpy(float)
    place = np.where(flags["place"] == "comments", COMMENTS, 1.0)
    counts = (flags["state"] != "dismissed").to_numpy(float)
    return pd.Series(weight * sure * place * age_factor(days) * counts, index=flags.index)


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    accounts = frames.accounts.set_index("account_id").sort_index()
    index = accounts.index
    read = frames.safety_texts
    if len(read):
        coverage = read.set_index("account_id").reindex(index)
    else:
        coverage = pd.DataFrame(np.nan, index=index, columns=["posts", "with_comments", "with_transcript"])
    posts = coverage["posts"].astype(float).fillna(0.0).to_numpy()
    flags = frames.safety_flags
    flags = flags[flags["account_id"].isin(index)].copy()
    flags["part"] = flag_parts(flags, now) if len(flags) else pd.Series(dtype=float)
    flags = flags[flags["state"] != "dismissed"]
    risks = (
        flags.assign(safe=np.log1p(-np.clip(flags["part"].astype(float), 0.0, 1 - 1e-9)))
        .groupby(["account_id", "category"])["safe"].sum()
        .unstack("category") if len(flags) else pd.DataFrame(index=index)
    )  # fmt: skip
    risk = (1 - np.exp(risks.reindex(index=index, columns=list(CATEGORIES)).astype(float))).fillna(0.0)
    counts = (
        flags.groupby(["account_id", "category"]).size().unstack("category") if len(flags) else pd.DataFrame(index=index)
    ).reindex(index=index, columns=list(CATEGORIES)).fillna(0)  # fmt: skip
    newest = (
        flags.assign(day=pd.to_datetime(flags["published_at"], utc=True).dt.tz_localize(None))
        .groupby(["account_id", "category"])["day"].max().unstack("category") if len(flags) else pd.DataFrame(index=index)
    ).reindex(index=index, columns=list(CATEGORIES))  # fmt: skip
    open_ = (
        flags[flags["state"] == "open"].groupby(["account_id", "category"]).size().unstack("category")
        if len(flags) else pd.DataFrame(index=index)
    ).reindex(index=index, columns=list(CATEGORIES)).fillna(0)  # fmt: skip

    worst = risk.max(axis=1).to_numpy(float)
    value = np.where(posts > 0, np.round(100 * (1 - worst), 6), np.nan)
    # how much of the record was read: posts, and of them those whose comments and spoken words were there
    share = {
        name: np.divide(
            coverage[name].astype(float).fillna(0.0).to_numpy(),
            posts,
            out=np.zeros(len(posts)),
            where=posts > 0,
        )
        for name in ("with_comments", "with_transcript")
    }
    depth = posts / (posts + ENOUGH_POSTS)
    confidence = depth * (
        0.6 + 0.25 * np.minimum(1, share["with_comments"]) + 0.15 * np.minimum(1, share["with_transcript"])
    )
    risks_kept = np.round(risk.to_numpy(float), 4)
    read = {
        name: np.nan_to_num(coverage[name].astype(float).to_numpy()).astype(int)
        for name in ("with_comments", "with_transcript")
    }
    inputs = [  # what was read belongs to them: more of it, or less, is another score
        {
            "posts": int(n), "flags": int(f), "comments": int(c), "transcripts": int(t),
            "risks": {name: float(r) for name, r in zip(CATEGORIES, row, strict=True) if r > 0},
        }
        for n, f, c, t, row in zip(
            posts, counts.sum(axis=1), read["with_comments"], read["with_transcript"], risks_kept, strict=True
        )
    ]  # fmt: skip
    scores = pd.DataFrame(
        {
            "value": value,
            # what was not read can only hold something worse
            "low": np.round(value * np.clip(confidence, 0, 1), 6),
            "high": value,
            "confidence": np.where(posts > 0, np.clip(confidence, 0, 1), 0.0),
            "verdict": [None if np.isnan(v) else band(v) for v in value],
            "inputs": inputs,
        },
        index=index,
    )
    is_worst = risk.to_numpy(float) >= worst[:, None] - 1e-12
    parts = []
    for place, name in enumerate(CATEGORIES):
        found = counts[name].to_numpy(float)
        parts.append(
            Part(
                name, value=1 - risk[name].to_numpy(float),
                weight=np.where((found > 0) & is_worst[:, place] & (worst > 0), 1.0, 0.0), evidence=found,
                facts={
                    "flags": found.astype(int), "open": open_[name].to_numpy(float).astype(int),
                    "newest": newest[name].to_numpy(dtype="datetime64[ns]"),
                    "case": np.where(is_worst[:, place], "worst", "less"),
                },
                known=(found > 0) & (posts > 0),
            )
        )  # fmt: skip
    parts.append(
        Part(
            "record", value=np.where(posts > 0, 1.0, np.nan), weight=np.where(worst > 0, 0.0, 1.0), evidence=posts,
            facts={
                "posts": posts.astype(int),
                "comments": read["with_comments"],
                "transcripts": read["with_transcript"],
            },
        )
    )  # fmt: skip
    return Result(scores, parts)


def _sentences() -> dict[str, Any]:
    found: dict[str, Any] = {
        "record": (
            "{posts} posts were read, {comments} of them with comments and {transcripts} with a transcript.",
            "{posts} postingan dibaca, {comments} di antaranya dengan komentar dan {transcripts} dengan transkrip.",
        )
    }
    for name, (en, bahasa) in CATEGORIES.items():
        found[f"{name}.worst"] = (
            f"{en}: {{flags}} flags, {{open}} still to review. The worst category decides the score.",
            f"{bahasa}: {{flags}} temuan, {{open}} belum ditinjau. Kategori terburuk menentukan skor.",
        )
        found[f"{name}.less"] = (
            f"{en}: {{flags}} flags, {{open}} still to review.",
            f"{bahasa}: {{flags}} temuan, {{open}} belum ditinjau.",
        )
    return found


_SENTENCES: Mapping[str, Any] = _sentences()
DEFINITION = Definition(
    kind="safety",
    version="safety-1.1",
    compute=compute,
    label=("Brand safety", "Keamanan brand"),
    unit="points",
    needs=frozenset({"accounts", "safety_flags", "safety_texts"}),
    better="high",
    names={**CATEGORIES, "record": ("What was read", "Yang dibaca")},
    sentences=_SENTENCES,
    verdicts=VERDICTS,
    formula=(
        (
            "100 less the worst category. A category's flags: 1 - prod(1 - weight x sureness x 0.5^(days/180)); weights"
            " unacceptable .90, high .45, medium .20, low .05; comments of others count half; dismissed flags nothing."
        ),
        (
            "100 dikurangi kategori terburuk. Temuan satu kategori: 1 - prod(1 - bobot x keyakinan x 0,5^(hari/180)); bobot"
            " tidak dapat diterima 0,90, tinggi 0,45, sedang 0,20, rendah 0,05; komentar orang lain dihitung separuh;"
            " temuan yang ditolak nol."
        ),
    ),
    weights=WEIGHTS,
)
FIRST = without_interval(DEFINITION, "safety-1.0")
