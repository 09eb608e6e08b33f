"""The dated rule book: which version of a rule holds on a day."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any


class NeedsReview(Exception):
    """No rule covers this case: a person decides, the system never guesses."""

    def __init__(self, code: str, on: date, why: str) -> None:
        super().__init__(f"{code} on {on.isoformat()}: {why}")
        self.code, self.on, self.why = code, on, why


VERIFIED, UNVERIFIED, DRAFT = "verified", "unverified", "draft"
PARTS = ("figures", "first_day", "object_code")


@dataclass(frozen=True)
class Rule:
    """One version of a rule. `open` names what of an unverified rule nobody has read in a source yet."""

    code: str
    version: str
    effective_from: date
    status: str
    source: str
    params: dict[str, Any]
    note: str = ""
    open: tuple[str, ...] = ()
    date_source: str = ""

    def decimal(self, name: str) -> Decimal:
        return Decimal(self.params[name])


@cache
def _book() -> dict[str, tuple[Rule, ...]]:
    raw = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    rules: dict[str, list[Rule]] = {}
    for row in raw["rule"]:
        rules.setdefault(row["code"], []).append(Rule(**row | {"open": tuple(row.get("open", ()))}))
    return {code: tuple(sorted(rows, key=lambda r: r.effective_from)) for code, rows in rules.items()}


def all_rules() -> list[Rule]:
    return [rule for rows in _book().values() for rule in rows]


def rule_on(code: str, on: date) -> Rule:
    """The version in force on that day, or NeedsReview. Drafts never count; whether it is verified stands in it."""
    held = [r for r in _book().get(code, ()) if r.effective_from <= on and r.status != DRAFT]
    if not held:
        raise NeedsReview(code, on, "no rule is in force on this date")
    return held[-1]


def rule_of(code: str, version: str) -> Rule | None:
    return next((rule for rule in _book().get(code, ()) if rule.version == version), None)
