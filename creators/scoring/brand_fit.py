"""How well accounts fit a brand, as the sum of named parts. Pure: frames in, frames out; thousands at once.

A fit is of an account and a target, so it is computed when asked, never stored for an account. A part of which
nothing is known is left out, the others' weights are renormalised and confidence falls. Two gates lie over the sum:
floor-level content and exclusivity for somebody else hold the fit down however good the rest is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from .definition import Pair, column, share_of_weight, weighted
from .wording import Filled

VERSION = "fit-1.0"
# Judgement, not fitted: no public set says which creators worked for a brand.
WEIGHTS = {
    "audience": 0.26, "topic": 0.24, "category": 0.12, "size": 0.10, "price": 0.10, "tone": 0.04, "safety": 0.08, "past": 0.06,
}  # fmt: skip
GROUPS = ("countries", "cities", "age", "gender", "languages", "interests")
GROUP_WEIGHTS = {
    "countries": 3.0,
    "age": 2.0,
    "gender": 2.0,
    "cities": 1.0,
    "languages": 1.0,
    "interests": 1.0,
}
FULL_TOPIC = 0.30  # cosine of a brand's words with an account's that counts as wholly about it
LEAST = 0.30  # of the weight that must be known for a number
GATED = 0.25  # the highest fit of an account behind a gate
SAFETY = {"": 1.0, "low": 0.9, "medium": 0.6, "high": 0.25, "floor": 0.0}


@dataclass(frozen=True)
class Target:
    """What a brand (or a campaign of it) looks for. Anything may be missing."""

    name: str = ""
    category: str = ""
    categories: tuple[str, ...] = ()  # the category and words that mean the same
    audience: Mapping[str, Mapping[str, float] | Sequence[str]] = field(default_factory=dict)
    sizes: tuple[tuple[float, float], ...] = ()  # follower bands looked for: from, below
    price: float | None = None  # what one piece may cost, in the currency of the rows' `price`
    style: Mapping[str, float] = field(default_factory=dict)  # of the brand's own words


@dataclass(frozen=True)
class Fits:
    """`table`: by account_id; value 0..100, confidence, gate. `parts`: name -> value, weight, evidence, facts."""

    table: pd.DataFrame
    parts: dict[str, dict[str, Any]]

    def of(self, account_id: int, lang: str = "en") -> list[dict[str, Any]]:
        """The parts of one account with their sentences, heaviest first; what is not known is not there."""
        place = self.table.index.get_loc(account_id)
        out = []
        for name, part in self.parts.items():
            if part["value"][place] is None:
                continue
            facts = {key: values[place] for key, values in part["facts"].items()}
            out.append(
                {
                    "name": name,
                    "label": NAMES[name][1 if lang.startswith("id") else 0],
                    "value": part["value"][place],
                    "weight": part["weight"][place],
                    "evidence": int(part["evidence"][place] or 0),
                    "facts": facts,
                    "sentence": say(name, facts, lang),
                }
            )
        return sorted(out, key=lambda part: (-part["weight"], part["name"]))


# -- the parts --------------------------------------------------------------------------------


def group_match(have: Mapping[str, float], wanted: Mapping[str, float] | Sequence[str]) -> float | None:
    """1 − total variation between the audience and the target.

    A target without shares asks only for who, so the nearest distribution over those counts: the match is the share of
    the audience among them. None where either side says nothing.
    """
    known = {
        str(key).strip().lower(): max(0.0, float(share)) for key, share in have.items() if share is not None
    }
    known.pop("unknown", None)
    total = sum(known.values())
    if total <= 0 or not wanted:
        return None
    if isinstance(wanted, Mapping):
        shares = {str(key).strip().lower(): max(0.0, float(share)) for key, share in wanted.items()}
        whole = sum(shares.values())
        if whole <= 0:
            return None
        keys = set(known) | set(shares)
        return 1.0 - 0.5 * sum(
            abs(known.get(key, 0.0) / total - shares.get(key, 0.0) / whole) for key in keys
        )
    if total < 1.0:
        total = 1.0  # a vendor lists the largest groups only: the rest is somebody else
    return min(
        1.0, sum(known.get(str(key).strip().lower(), 0.0) for key in dict.fromkeys(map(str, wanted))) / total
    )


def audience_part(rows: pd.DataFrame, target: Target) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """Match averaged over the groups both sides know; trust is how much of what is wanted is known."""
    wanted = {group: target.audience.get(group) for group in GROUPS if target.audience.get(group)}
    whole = sum(GROUP_WEIGHTS[group] for group in wanted)
    value, trust, groups, best, worst = [], [], [], [], []
    for have in rows["audience"]:
        given = have if isinstance(have, Mapping) else {}
        found = {
            group: match
            for group, asked in wanted.items()
            if asked and (match := group_match(given.get(group) or {}, asked)) is not None
        }
        weight = sum(GROUP_WEIGHTS[group] for group in found)
        value.append(sum(GROUP_WEIGHTS[g] * m for g, m in found.items()) / weight if weight else np.nan)
        trust.append(weight / whole if whole else 0.0)
        groups.append(len(found))
        ordered = sorted(found.items(), key=lambda one: (one[1], one[0]))
        worst.append(ordered[0][0] if ordered else "")
        best.append(ordered[-1][0] if ordered else "")
    return (
        np.array(value, float),
        np.array(trust, float),
        {"share": np.array(value, float), "groups": np.array(groups), "worst": worst, "best": best},
    )


def size_part(followers: np.ndarray, sizes: Sequence[tuple[float, float]]) -> np.ndarray:
    """1 within a band looked for; outside it halves for every doubling away."""
    out = np.full(len(followers), np.nan)
    if not sizes:
        return out
    known = followers > 0
    logged = np.log2(np.where(known, followers, 1.0))
    away = np.full(len(followers), np.inf)
    for floor, ceiling in sizes:
        low, high = np.log2(max(floor, 1.0)), np.log2(ceiling) if np.isfinite(ceiling) else np.inf
        away = np.minimum(away, np.maximum(0.0, np.maximum(low - logged, logged - high)))
    return np.where(known, 0.5**away, np.nan)


def price_part(price: np.ndarray, most: float | None) -> np.ndarray:
    """1 up to what one piece may cost; at twice the price a half, at four times a quarter."""
    if not most or most <= 0:
        return np.full(len(price), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(price > 0, np.minimum(1.0, most / price), np.nan)


def style_of(texts: Sequence[str]) -> dict[str, float]:
    """How somebody writes: emoji, exclamations, casual words, capitals and length, each from 0 to 1."""
    joined = [text for text in texts if text and text.strip()]
    if not joined:
        return {}
    words = [word for text in joined for word in text.split()]
    letters = sum(ch.isalpha() for text in joined for ch in text) or 1
    count = max(len(words), 1)
    emoji = sum(1 for text in joined for ch in text if ord(ch) >= 0x2600)
    plain = [word.strip(".,!?#:;()").lower() for word in words]
    return {
        "emoji": min(1.0, 8.0 * emoji / count),
        "exclaims": min(1.0, 8.0 * sum(text.count("!") for text in joined) / count),
        "casual": min(1.0, 8.0 * sum(word in CASUAL for word in plain) / count),
        "capitals": min(1.0, 4.0 * sum(ch.isupper() for text in joined for ch in text) / letters),
        "length": min(1.0, count / len(joined) / 80.0),
    }


_CASUAL = """
aja banget bgt dong deh sih gak ga nggak ngga gue gua lo lu kalian guys gais yuk kuy nih tuh gokil mantul bestie kak lol
omg wow yeah gonna wanna hey literally super btw ootd receh ngakak anjay cuy bro sis
"""
CASUAL = frozenset(_CASUAL.split())


def tone_part(styles: Sequence[Mapping[str, float]], wanted: Mapping[str, float]) -> np.ndarray:
    if not wanted:
        return np.full(len(styles), np.nan)
    return np.array(
        [
            1.0 - sum(abs(style.get(name, 0.0) - share) for name, share in wanted.items()) / len(wanted)
            if style
            else np.nan
            for style in styles
        ],
        float,
    )


def judge(target: Target, rows: pd.DataFrame) -> Fits:
    """The fit of every row. `rows` is indexed by account_id; any column may be missing or NaN:

    followers, price, cosine, words (known terms of the account), shared (list of terms), categories (list), audience
    (dict of groups), style (dict), safety (worst severity, "" none, NaN never scanned), flags, exclusive (name of a
    brand), rivals (list), own (times worked for this brand), history (whether we would know).
    """
    rows = rows.sort_index()
    count = len(rows)

    def numbers(name: str) -> np.ndarray:
        return rows[name].to_numpy(float) if name in rows else np.full(count, np.nan)

    def things(name: str, empty: Any) -> list[Any]:
        if name not in rows:
            return [empty] * count
        return [value if isinstance(value, type(empty)) else empty for value in rows[name]]

    ones = np.ones(count)
    if "audience" not in rows:
        rows = rows.assign(audience=None)
    audience, known_groups, audience_facts = audience_part(rows, target)
    cosine, words = numbers("cosine"), np.nan_to_num(numbers("words"))
    topic = np.where((words > 0) & ~np.isnan(cosine), np.clip(cosine / FULL_TOPIC, 0.0, 1.0), np.nan)
    wanted = {name.lower() for name in (target.category, *target.categories) if name}
    listed = things("categories", [])
    category = np.array(
        [
            np.nan if not (wanted and own) else 1.0 if wanted & {str(c).lower() for c in own} else 0.2
            for own in listed
        ],
        float,
    )
    followers, price = numbers("followers"), numbers("price")
    size, cost = size_part(np.nan_to_num(followers), target.sizes), price_part(price, target.price)
    tone = tone_part(things("style", {}), target.style)
    severity = (
        [value if isinstance(value, str) else None for value in rows["safety"]]
        if "safety" in rows
        else [None] * count
    )
    safety = np.array([np.nan if one is None else SAFETY.get(one, 1.0) for one in severity], float)
    rivals, exclusive = things("rivals", []), things("exclusive", "")
    own_work = np.nan_to_num(numbers("own"))
    past = np.array(
        [
            0.0 if held else 0.35 if others else 1.0 if own > 0 else np.nan
            for held, others, own in zip(exclusive, rivals, own_work, strict=True)
        ],
        float,
    )
    values = {
        "audience": (audience, known_groups), "topic": (topic, words / (words + 8.0)), "category": (category, 0.8 * ones),
        "size": (size, ones), "price": (cost, 0.8 * ones), "tone": (tone, 0.5 * ones), "safety": (safety, 0.8 * ones),
        "past": (past, ones),
    }  # fmt: skip
    mean, confidence, known = weighted(values, WEIGHTS, least=LEAST)
    floor, taken = (
        np.array([one == "floor" for one in severity]),
        np.array([bool(held) for held in exclusive]),
    )
    gate = np.where(floor, "safety", np.where(taken, "exclusive", ""))
    held = np.where(gate != "", np.minimum(mean, GATED), mean)
    facts: dict[str, dict[str, Any]] = {
        "audience": audience_facts,
        "topic": {"cosine": cosine, "terms": [", ".join(map(str, terms[:6])) for terms in things("shared", [])],
                  "case": ["" if terms else "none" for terms in things("shared", [])]},
        "category": {"category": [target.category] * count, "case": np.where(category > 0.5, "", "other")},
        "size": {"followers": followers, "case": np.where(size > 0.999, "", "outside")},
        "price": {"times": price / target.price if target.price else numbers("price"), "case": np.where(cost > 0.999, "", "over")},
        "tone": {"share": tone},
        "safety": {"severity": [one or "" for one in severity], "flags": np.nan_to_num(numbers("flags")),
                   "case": ["found" if one else "" for one in severity]},
        "past": {"name": [held or ", ".join(map(str, others[:3])) for held, others in zip(exclusive, rivals, strict=True)],
                 "own": own_work,
                 "case": ["exclusive" if held else "rival" if others else "own" for held, others in zip(exclusive, rivals, strict=True)]},
    }  # fmt: skip
    values = {name: (np.round(value, 6), trust) for name, (value, trust) in values.items()}
    evidence = {
        "audience": audience_facts["groups"], "topic": words, "category": np.array([len(own) for own in listed]), "size": ones,
        "price": ones, "tone": ones, "safety": np.nan_to_num(numbers("flags")), "past": np.maximum(own_work, 1),
    }  # fmt: skip
    table = pd.DataFrame(
        {
            "value": 100 * held,
            "ungated": 100 * mean,
            "confidence": np.where(np.isnan(mean), 0.0, confidence),
            "gate": gate,
        },
        index=rows.index,
    )
    return Fits(
        table,
        {
            name: {
                "value": column(values[name][0], count),
                "weight": column(np.where(np.isnan(values[name][0]), 0.0, share_of_weight(WEIGHTS[name], known)), count),
                "evidence": column(np.asarray(evidence[name], float), count),
                "facts": {key: column(np.asarray(given, object) if isinstance(given, list) else given, count)
                          for key, given in facts[name].items()},
            }
            for name in WEIGHTS
        },
    )  # fmt: skip


def say(name: str, facts: Mapping[str, Any], lang: str) -> str:
    lang = "id" if lang.startswith("id") else "en"
    case = facts.get("case")
    pair = SENTENCES.get(f"{name}.{case}" if case else name) or SENTENCES[name]
    words = {
        key: WORDS[value][1 if lang == "id" else 0]
        if key in ("best", "worst", "severity") and value in WORDS
        else value
        for key, value in facts.items()
    }
    return Filled(lang).format(pair[1 if lang == "id" else 0], **words)


WORDS: dict[str, Pair] = {
    "countries": ("country", "negara"), "cities": ("city", "kota"), "age": ("age", "usia"), "gender": ("gender", "jenis kelamin"),
    "languages": ("language", "bahasa"), "interests": ("interests", "minat"), "floor": ("unacceptable", "tidak dapat diterima"),
    "high": ("high", "tinggi"), "medium": ("medium", "sedang"), "low": ("low", "rendah"),
}  # fmt: skip
NAMES: dict[str, Pair] = {
    "audience": ("Audience", "Audiens"), "topic": ("Topic", "Topik"), "category": ("Category", "Kategori"),
    "size": ("Size", "Ukuran"), "price": ("Price", "Harga"), "tone": ("Tone", "Gaya bahasa"), "safety": ("Safety", "Keamanan"),
    "past": ("Past work", "Kerja sebelumnya"),
}  # fmt: skip
GATES: dict[str, Pair] = {
    "safety": (
        "Held down: unacceptable content was found in the account’s posts.",
        "Ditahan: ada konten yang tidak dapat diterima di unggahan akun ini.",
    ),
    "exclusive": (
        "Held down: the creator is exclusive to another brand at the moment.",
        "Ditahan: kreator sedang eksklusif untuk merek lain.",
    ),
}
SENTENCES: dict[str, Pair] = {
    "audience": (
        "{share:percent} of the audience matches the target, over {groups:count} groups; weakest: {worst}.",
        "{share:percent} audiens cocok dengan target, dari {groups:count} kelompok; paling lemah: {worst}.",
    ),
    "topic": ("Writes about the brand’s words: {terms}.", "Menulis tentang kata-kata merek: {terms}."),
    "topic.none": (
        "None of the brand’s words stand out in its posts and bio.",
        "Tidak ada kata-kata merek yang menonjol di unggahan dan bionya.",
    ),
    "category": ("Listed in the brand’s category ({category}).", "Terdaftar di kategori merek ({category})."),
    "category.other": ("Listed in other categories than {category}.", "Terdaftar di kategori selain {category}."),
    "size": ("{followers:count} followers is a size looked for.", "{followers:count} pengikut termasuk ukuran yang dicari."),
    "size.outside": (
        "{followers:count} followers lies outside the sizes looked for.",
        "{followers:count} pengikut di luar ukuran yang dicari.",
    ),
    "price": ("One piece costs no more than planned.", "Satu konten tidak lebih mahal dari rencana."),
    "price.over": (
        "One piece costs {times:number} times what is planned.",
        "Satu konten seharga {times:number} kali rencana.",
    ),
    "tone": (
        "Its way of writing is {share:percent} like the brand’s own.",
        "Gaya menulisnya {share:percent} mirip dengan merek.",
    ),
    "safety": ("Its posts were scanned and nothing was found.", "Unggahannya sudah dipindai dan tidak ada temuan."),
    "safety.found": (
        "{flags:count} open findings in its posts, the worst: {severity}.",
        "{flags:count} temuan terbuka di unggahannya, terparah: {severity}.",
    ),
    "past.own": ("Worked for this brand before ({own:count} times).", "Pernah bekerja untuk merek ini ({own:count} kali)."),
    "past.rival": ("Worked for a competitor in the last 180 days: {name}.", "Bekerja untuk pesaing dalam 180 hari terakhir: {name}."),
    "past.exclusive": ("Exclusive to {name} at the moment.", "Sedang eksklusif untuk {name}."),
    "past": ("Worked for this brand before.", "Pernah bekerja untuk merek ini."),
}  # fmt: skip
