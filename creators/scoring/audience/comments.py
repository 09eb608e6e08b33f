# ruff: noqa: E501  patterns read better on one line
"""Is a comment worth anything? Named flags of its text, added up; and who wrote it, where that is known.

Spam (advertising under somebody else's post) is an additive logistic over flags, fitted on TubeSpam
(`docs/models/comments.md`). Hollow comments (emoji only, one generic word, only mentions) are no spam: they count as
inauthentic only together with a bad account, as HypeAuditor does. Indonesian words are our own list, not measured: no
labelled set of Indonesian comment spam is open.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

PARAMS = Path(__file__).resolve().parent.parent / "params" / "comments.json"
SPAM = 0.5
BAD_ACCOUNT = 0.3  # the author looks fake, as followers are judged

_TAG = re.compile(r"<[^>]{0,400}>")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_URL = re.compile(
    r"https?:|www\.|\bhref\b|watch\?v=|youtu\.be|\bbit\.?ly|\b[\w-]{2,}\s?\.\s?(?:com|net|org|info|biz|ly|me|tv|co|id|tk|gl|us|ru|in|be|fm|de|io|site|online|shop)\b"
    r"|/watch|\blinktr|t\.me/|wa\.me/",
    re.I,
)
FLAGS: dict[str, re.Pattern[str]] = {
    "subscribe": re.compile(
        r"\bsubs?\b|\bsubscri\w+|\bsuscri\w+|\bsubcri\w+|\bsuscrib\w*|\bsub\s?(?:4|for)\s?sub|\bsubrek\b|\bsubsrek\b|\blangganan\b|\bfollow\w*\b|\bfolback\b|\bfolbek\b|\bmutual\w*",
        re.I,
    ),
    "self_promotion": re.compile(
        r"\b(?:my|our|mah|meh|ma)\s+(?:\w+\s+){0,2}?(?:chan+el\w*|video\w*|vid\w*|music\w*|song\w*|cover\w*|page|site|website|blog|track\w*|mixtape|ep|album|remix\w*|beats?|band|stuff|rap\w*|new|first|acc?ount|playlist|youtube|version|soundcloud|facebook|instagram|twitter|gameplay\w*|work|raps?|freestyles?|shit|da|demo|single)\b"
        r"|\bmusician\b|\brapper\b|\bsinger from\b|\bupcoming\b|\bi\s+(?:make|made|do|record\w*|post|upload|sing|rap)\s+(?:\w+\s+){0,3}(?:cover\w*|music|video\w*|song\w*|beats?|rap\w*)"
        r"|\b(?:channel|chanel|akun|video|lagu|cover|konten|toko|ig|olshop)\s*(?:aku|saya|gue|gw|ku|kami)\b|\bakunku\b|\bchannelku\b|\bcover(?:s|ed)?\b|\bchannel\b|\bmixtape\b",
        re.I,
    ),
    "check_out": re.compile(
        r"\bcheck\w*\b.{0,25}\b(?:out|it|my|this)\b|\bcheck\s?(?:out|me)\b|\btake a look\b|\bcheckout\b|\bcek\b|\bkepoin\b|\bmampir\b|\bkunjungi\b|\bintip\b|\bgo (?:and |check )?(?:to|check|watch|listen|look)\b|\bsee (?:this|my|some)\b|\bsearch\b|\btype in\b|\blisten to (?:my|our|this|me|it)\b|\bhave you (?:heard|tried|seen)\b|\bvisit\b|\bjoin\b|\bclick\w*\b|\bklik\b|\blook (?:at|for|up)\b",
        re.I,
    ),
    "asks_for_likes": re.compile(
        r"\blike (?:this (?:comment|if|page|so|video|post)|my|our|if|and)\b|^\W*(?:do not |don't |please )?(?:give it a )?like (?:this|it|please|&)|\bgive (?:it|this|me) a like\b|\blikes?\s*(?:&|and|\+)\s*(?:sub|share|comment)|\bthumbs?\s?up\b|\bshare\b|\brate\b|\bvote\w*\b|\bleave (?:a |some )?(?:like|feedback|comment)|\bspread\b|\bviews?\b.{0,20}\bplease\b|\blike dong\b|\bbantu like\b|\blike if\b|\badd me\b|\badd\b.{0,12}\bfacebook\b",
        re.I,
    ),
    "money": re.compile(
        r"[$€£]|\bmoney\b|\bearn\w*\b|\bpaid\b|\bcash\b|\bincome\b|\bjobs?\b|\bhiring\b|\bfree\b|\bwin\b|\bgift\s?card\w*|\bpaypal\b|\bbitcoin\b|\bdollars?\b|\bprofit\w*|\bdonat\w*|\bfund\w*|\bsale\b|\bbuy\b|\bcheap\b|\bgiveaway\b|\bgratis\b|\bpromo\w*|\bdiskon\b|\bmurah\b|\bjual\b|\bpinjaman\b|\bdana\b|\bpulsa\b|\bhadiah\b|\bcuan\b|\bslot\b|\bgacor\b|\bmaxwin\b|\bdeposit\b|\bdepo\b|\bwd\b|\bjudi\b|\btogel\b",
        re.I,
    ),
    "pleads": re.compile(
        r"\bpleas+e*\b|\bpl[sz]+\b|\bplz+\b|\bhelp\b|\bsupport\b|\bgive (?:me|us|it) a (?:chance|try|shot|listen)|\bsorry\b.{0,20}\bspam|\bspare\b|\bappreciate\b|\bthank(?:s| you)\b|\bmean (?:so|a lot|the world)|\bdream\b|\bbefore you\b|\btolong\b|\bplis\b|\bmohon\b|\bbantu\b|\bdukung\b|\bhate spam\b|\bspam\w*\b",
        re.I,
    ),
    "names_platform": re.compile(
        r"\bfacebook\b|\bfb\b|\btwitter\b|\binstagram\b|\big\b|\byoutube\b|\bgoogle\b|\bsoundcloud\b|\bwhatsapp\b|\bwa\b|\btelegram\b|\btiktok\b|\bitunes\b|\bspotify\b|\bsnapchat\b|\bkickstarter\b|\bminecraft\b|\bplaylist\b|\bwebsite\b|\bsite\b|\bonline\b|\bshopee\b|\btokopedia\b",
        re.I,
    ),
    "greets_everybody": re.compile(
        r"^\W*(?:hey+|hi+|hello|yo|halo|hai)\b(?:\W+\w+){0,3}?\W+(?:guys?|everyone|everybody|all|people|there|fans|music|semua|gaes|kak|viewers?)\b|\bguys\b|\by'?all\b|\beveryone\b|\bpeople\b",
        re.I,
    ),
    "contact": re.compile(r"\+?\d[\d\s().-]{7,}\d|\b[\w.+-]+@[\w-]+\.\w+|\bdm\b|\binbox\b|\bjapri\b|\bhubungi\b|\bcontact\b|\bcall\b", re.I),
    "number_of_subscribers": re.compile(r"\b\d[\d.,]*\s*k?\s*(?:subs?\w*|views?|likes?|followers?)\b|\bviews\b.{0,15}\bnow\b", re.I),
}  # fmt: skip
NAMES = (
    "link",
    *FLAGS,
    "long",
    "very_long",
    "shouting",
    "many_capitals",
    "seen_before",
    "nearly_seen_before",
    "repeats_itself",
    "line_breaks",
)

GENERIC = frozenset(
    [
        "nice",
        "wow",
        "cool",
        "great",
        "good",
        "amazing",
        "awesome",
        "beautiful",
        "lovely",
        "love",
        "perfect",
        "fire",
        "lit",
        "best",
        "dope",
        "epic",
        "super",
        "pretty",
        "cute",
        "gorgeous",
        "stunning",
        "fantastic",
        "excellent",
        "incredible",
        "sweet",
        "yes",
        "yeah",
        "omg",
        "lol",
        "haha",
        "first",
        "keren",
        "bagus",
        "mantap",
        "mantul",
        "cantik",
        "cakep",
        "ganteng",
        "lucu",
        "suka",
        "gokil",
        "kece",
        "indah",
        "hebat",
        "top",
        "asik",
        "setuju",
        "sip",
        "oke",
        "ok",
        "baper",
        "gemes",
        "kalem",
    ]
)
MENTION = re.compile(r"@[\w.]+")


@dataclass(frozen=True)
class Model:
    version: str
    base: float
    weights: Mapping[str, float]


@cache
def model(path: Path = PARAMS) -> Model:
    held = json.loads(path.read_text())
    return Model(held["version"], held["base"], held["weights"])


def plain(text: str) -> str:
    """Markup and hidden characters away, one kind of quote and space."""
    out = _TAG.sub(" ", html.unescape(str(text)))
    out = unicodedata.normalize("NFKC", out).replace("\ufeff", "").replace("’", "'").replace("\xa0", " ")
    return out.strip()


def fingerprint(text: str) -> str:
    """Two comments with the same words in the same order are the same comment."""
    return " ".join(_WORD.findall(text.casefold()))


def flags(texts: Sequence[str], raw: Sequence[str] | None = None) -> np.ndarray:
    """One row a comment, one column of NAMES; repeated comments are found among those given."""
    raw = texts if raw is None else raw
    cleaned = [plain(text) for text in texts]
    out = np.zeros((len(cleaned), len(NAMES)))
    place = {name: n for n, name in enumerate(NAMES)}
    prints = [fingerprint(text) for text in cleaned]
    whole = pd.Series(prints, dtype=object)
    times = whole.groupby(whole).transform("size").to_numpy() if len(whole) else np.zeros(0)
    starts = pd.Series(
        [" ".join(one.split()[:6]) if one.count(" ") >= 5 else f"\0{n}" for n, one in enumerate(prints)],
        dtype=object,
    )
    alike = starts.groupby(starts).transform("size").to_numpy() if len(whole) else np.zeros(0)
    for n, text in enumerate(cleaned):
        row = out[n]
        row[place["link"]] = float(
            bool(_URL.search(text))
            or (
                "href" in str(raw[n])[:2000] and "http" in str(raw[n])[:2000] and "watch?v" not in str(raw[n])
            )
        )
        for name, pattern in FLAGS.items():
            row[place[name]] = float(bool(pattern.search(text)))
        found = prints[n].split()
        letters = sum(c.isalpha() for c in text)
        capitals = sum(c.isupper() for c in text)
        row[place["long"]] = float(len(found) > 18)
        row[place["very_long"]] = float(len(found) > 45)
        row[place["shouting"]] = float(text.count("!") >= 3)
        row[place["many_capitals"]] = float(letters >= 12 and capitals > 0.5 * letters)
        row[place["seen_before"]] = float(times[n] > 1 and len(found) >= 4)
        row[place["nearly_seen_before"]] = float(alike[n] > 1)
        row[place["repeats_itself"]] = float(len(found) >= 10 and len(set(found)) < 0.5 * len(found))
        row[place["line_breaks"]] = float(str(raw[n]).count("<br") + text.count("\n") >= 2)
    return out  # fmt: skip


def is_hollow(text: str) -> str:
    """`emoji`, `word`, `mention` where a comment says nothing; else empty."""
    cleaned = plain(text)
    if not cleaned:
        return "emoji"
    rest = MENTION.sub(" ", cleaned)
    found = _WORD.findall(rest.casefold())
    if not found:
        if MENTION.search(cleaned) and not rest.strip():
            return "mention"
        return "emoji"
    squeezed = [re.sub(r"(.)\1{2,}", r"\1", word) for word in found]
    if len(found) <= 2 and all(
        word in GENERIC or re.sub(r"(.)\1+", r"\1", word) in GENERIC for word in squeezed
    ):
        return "word"
    return ""


def judge(texts: Sequence[str], held: Model | None = None) -> pd.DataFrame:
    """spam (probability), hollow (kind or ""), and `reasons`: the flags that speak for spam, heaviest first."""
    held = held or model()
    if not len(texts):
        return pd.DataFrame({"spam": [], "hollow": [], "reasons": []})
    given = flags(texts)
    weights = np.array([held.weights[name] for name in NAMES])
    parts = given * weights
    spam = 1.0 / (1.0 + np.exp(-(held.base + parts.sum(axis=1))))
    order = np.argsort(-parts, axis=1, kind="stable")[:, :3]
    reasons = [
        "; ".join(NAMES[j] for j in places if row[j] > 0) for row, places in zip(parts, order, strict=True)
    ]
    return pd.DataFrame({"spam": spam, "hollow": [is_hollow(text) for text in texts], "reasons": reasons})


def wilson(hits: np.ndarray, size: np.ndarray, z: float = 1.645) -> tuple[np.ndarray, np.ndarray]:
    """The 90 % interval of a share; the whole range where nothing was looked at."""
    n = np.asarray(size, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = np.where(n > 0, hits / n, 0.5)
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = np.where(n > 0, middle - half, 0.0), np.where(n > 0, middle + half, 1.0)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
