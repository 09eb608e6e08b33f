"""Packs of rules over one text: what was found, where, how bad. Pure: packs in, findings out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from creators.text import lexicon
from creators.text.classifying import VERSIONS

PACKS = Path(__file__).parent / "packs"
SEVERITIES = ("floor", "high", "medium", "low")
CATEGORIES = (
    "hate", "profanity", "adult", "gambling", "alcohol_tobacco", "drugs", "violence", "weapons", "crime", "terrorism",
    "piracy", "spam", "politics", "misinformation", "dangerous_acts",
)  # fmt: skip
AROUND = 60  # characters of the text kept on each side of what was found
EXACT, DISGUISED = 0.9, 0.8  # how sure a rule is of words written out, and of words in disguise
_NAMES = re.compile(r"(?<!\w)@\w[\w.]*|https?://\S+|www\.\S+")
SCANNER = "1"  # raise it when what a scan does changes, so that every post is read again


@dataclass(frozen=True)
class Rule:
    pack: str
    version: str
    id: str
    category: str
    severity: str
    terms: tuple[str, ...]
    needs: tuple[str, ...] = ()  # counts only beside one of these
    unless: tuple[str, ...] = ()  # does not count beside any of these

    @property
    def key(self) -> str:
        return f"{self.pack}:{self.id}"


@dataclass(frozen=True)
class Finding:
    rule: Rule
    spans: tuple[tuple[int, int], ...]
    terms: tuple[str, ...]
    probability: float


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """The packs that come with KRM, by key."""
    found = {}
    for path in sorted(PACKS.glob("*.json")):
        pack = json.loads(path.read_text(encoding="utf-8"))
        for rule in pack["rules"]:
            if "lexicon" in rule:
                name, group = rule.pop("lexicon").split(":")
                rule["terms"] = list(lexicon.pack(name)["groups"][group]["terms"])
        found[pack["key"]] = pack
    return found


def problems(rules: Any) -> list[str]:
    """What is wrong with the rules of a pack, in plain words; nothing if they can be used."""
    if not isinstance(rules, list) or not rules:
        return ["A pack needs at least one rule."]
    found, seen = [], set()
    for place, rule in enumerate(rules, 1):
        if not isinstance(rule, dict):
            found.append(f"Rule {place} is not an object.")
            continue
        name = str(rule.get("id") or f"rule {place}")
        if name in seen:
            found.append(f"{name}: the name is used twice.")
        seen.add(name)
        if rule.get("category") not in CATEGORIES:
            found.append(f"{name}: choose a category.")
        if rule.get("severity") not in SEVERITIES:
            found.append(f"{name}: choose a severity.")
        terms = rule.get("terms")
        if not isinstance(terms, list) or not [t for t in terms if str(t).strip()]:
            found.append(f"{name}: enter at least one word.")
            continue
        for term in terms:
            bare = "".join(lexicon.split(str(term))).rstrip("*")
            if len(bare) < 2:
                found.append(f"{name}: “{str(term)[:20]}” is too short to be looked for.")
    return found


def to_rules(packs: Iterable[Mapping[str, Any]]) -> list[Rule]:
    rules = []
    for pack in packs:
        for rule in pack["rules"]:
            rules.append(
                Rule(
                    pack=pack["key"], version=str(pack["version"]), id=rule["id"], category=rule["category"],
                    severity=rule["severity"], terms=tuple(rule["terms"]), needs=tuple(rule.get("needs", ())),
                    unless=tuple(rule.get("unless", ())),
                )
            )  # fmt: skip
    return rules


@dataclass
class RuleBook:
    """All rules as one matcher, so that a text is read once."""

    rules: dict[str, Rule]
    matcher: lexicon.Matcher
    context: lexicon.Matcher
    digest: str

    @classmethod
    def of(cls, packs: Sequence[Mapping[str, Any]]) -> RuleBook:
        rules = {rule.key: rule for rule in to_rules(packs)}
        context = {}
        for rule in rules.values():
            context[f"needs {rule.key}"] = rule.needs
            context[f"unless {rule.key}"] = rule.unless
        body = json.dumps(
            [[rule.key, rule.version, rule.category, rule.severity, rule.terms, rule.needs, rule.unless]
             for rule in sorted(rules.values(), key=lambda rule: rule.key)]
            + [SCANNER, sorted(VERSIONS.values())],
            ensure_ascii=False,
        )  # fmt: skip
        return cls(
            rules,
            lexicon.Matcher.of({rule.key: rule.terms for rule in rules.values()}),
            lexicon.Matcher.of(context),
            hashlib.sha256(body.encode()).hexdigest()[:16],
        )

    def find(self, text: str) -> list[Finding]:
        """One finding a rule, worst first. Handles and addresses are nobody's words."""
        text = _NAMES.sub(lambda match: " " * len(match[0]), text)
        hits = self.matcher.find(text)
        if not hits:
            return []
        by_rule: dict[str, list[lexicon.Hit]] = {}
        for hit in hits:
            by_rule.setdefault(hit.group, []).append(hit)
        beside: set[str] | None = None
        found = []
        for key, mine in by_rule.items():
            rule = self.rules[key]
            if rule.needs or rule.unless:
                if beside is None:
                    beside = {hit.group for hit in self.context.find(text)}
                if rule.needs and f"needs {key}" not in beside:
                    continue
                if f"unless {key}" in beside:
                    continue
            spans = tuple(sorted({(hit.start, hit.end) for hit in mine}))
            found.append(
                Finding(
                    rule, spans[:20], tuple(sorted({hit.term for hit in mine})),
                    EXACT if any(hit.exact for hit in mine) else DISGUISED,
                )
            )  # fmt: skip
        return sorted(found, key=lambda one: (SEVERITIES.index(one.rule.severity), one.rule.key))


def excerpt(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, list[list[int]]]:
    """The part of a text around the first thing found, and where in that part everything found in it stands."""
    if not spans:
        return text[: 2 * AROUND].strip(), []
    start = max(0, spans[0][0] - AROUND)
    end = min(len(text), spans[0][1] + AROUND)
    for span in spans[1:]:
        if span[0] < end + AROUND and span[1] - start <= 6 * AROUND:
            end = min(len(text), max(end, span[1] + AROUND))
    while start and not text[start - 1].isspace() and start > spans[0][0] - AROUND - 15:
        start -= 1
    head, tail = "…" if start > 0 else "", "…" if end < len(text) else ""
    shift = len(head) - start
    return (
        head + text[start:end] + tail,
        [[a + shift, b + shift] for a, b in spans if a >= start and b <= end],
    )
