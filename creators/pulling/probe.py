"""What a platform really answers, as a shape: names and types, no values; and where that departs from the contract.

A probe makes the connector's own requests with the agency's keys and stores nothing in the database.  The contract of a
connector is the shape of the sandbox's answers, which tests hold against the vendors' descriptions where there are any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from creators.models import SocialAccount
from creators.platforms.base import AccountRef, Connector, Request
from creators.platforms.registry import CONNECTORS
from creators.pulling.session import PlatformSession
from krm.connectors import budgets, credentials
from krm.connectors.models import Credential, Purpose
from krm.connectors.outcomes import Failed

CONTRACTS = Path(__file__).resolve().parent.parent / "platforms"
QUOTA_HEADERS = ("x-app-usage", "x-business-use-case-usage", "x-rate-limit-limit", "x-rate-limit-remaining",
                 "x-rate-limit-reset", "retry-after")  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,59}\Z")
MANY = 12  # an object with more keys of one type is a table by name: its keys are values

Shape = Any  # "integer" | {"[]": shape} | {name: shape, "name?": shape}


def shape(value: Any) -> Shape:
    """Names and types. Texts of digits are told apart, because some platforms send counts so."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "digits" if value.isascii() and value.isdecimal() else "text"
    if isinstance(value, Mapping):
        inner = {str(k): shape(v) for k, v in value.items()}
        if inner and (not all(_NAME.match(k) for k in inner) or _is_table(inner)):
            return {"{}": union(list(inner.values()))}
        return inner
    items = [shape(item) for item in value]
    return {"[]": union(items) if items else "nothing"}


def _is_table(inner: Mapping[str, Shape]) -> bool:
    """`{"ID": 12, "MY": 3}`: names that are data."""
    plain = all(isinstance(v, str) for v in inner.values()) and len(set(inner.values())) == 1
    return plain and (len(inner) > MANY or all(k.isupper() or " " in k for k in inner))


def union(shapes: Sequence[Shape]) -> Shape:
    """One shape for many: a name that some lack ends in `?`, types that differ are listed."""
    if not shapes:
        return "nothing"
    objects = [s for s in shapes if isinstance(s, dict) and "[]" not in s and "{}" not in s]
    lists = [s["[]"] for s in shapes if isinstance(s, dict) and "[]" in s]
    tables = [s["{}"] for s in shapes if isinstance(s, dict) and "{}" in s]
    plain = sorted({p for s in shapes if isinstance(s, str) for p in s.split("|")} - {"nothing"})
    made: list[Shape] = []
    if objects:
        made.append(_union_objects(objects))
    if lists:
        made.append({"[]": union(lists)})
    if tables:
        made.append({"{}": union(tables)})
    if not made:
        return "|".join(plain) or "nothing"
    if len(made) == 1 and set(plain) <= {"null"}:
        return made[0]
    return {"any of": [*made, *plain]}


def _union_objects(objects: Sequence[Mapping[str, Shape]]) -> Shape:
    names = list(dict.fromkeys(n.rstrip("?") for o in objects for n in o))
    out: dict[str, Shape] = {}
    for name in names:
        found = [o[n] for o in objects for n in (name, f"{name}?") if n in o]
        certain = all(name in o for o in objects)
        out[name if certain else f"{name}?"] = union(found)
    return out


def differences(contract: Shape, answer: Shape, path: str = "") -> list[str]:
    """Sentences, one for each place where an answer is not as the contract says."""
    at = path or "the answer"
    if any(isinstance(one, dict) and "any of" in one for one in (contract, answer)):
        return []
    if isinstance(contract, str) or isinstance(answer, str):
        if isinstance(contract, str) and isinstance(answer, str):
            odd = set(answer.split("|")) - set(contract.split("|")) - {"null", "nothing"}
            if "nothing" in contract.split("|") or not odd or (odd <= {"digits"} and "text" in contract):
                return []
            if "text" in odd and "digits" in contract.split("|"):
                return [f"{at}: {answer} where digits were expected"]
            return [f"{at}: {answer} instead of {contract}"]
        if answer in ("null", "nothing") or contract == "nothing":
            return []
        return [f"{at}: {_kind(answer)} instead of {_kind(contract)}"]
    for mark, words in (("[]", "a list"), ("{}", "a table")):
        if (mark in contract) != (mark in answer):
            return [f"{at}: {_kind(answer)} instead of {words if mark in contract else _kind(contract)}"]
        if mark in contract:
            return differences(contract[mark], answer[mark], f"{path}{mark}")
    found: list[str] = []
    given = {n.rstrip("?"): s for n, s in answer.items()}
    wanted = {n.rstrip("?"): s for n, s in contract.items()}
    for name, inner in contract.items():
        place = f"{path}.{name.rstrip('?')}".lstrip(".")
        if name.rstrip("?") in given:
            found += differences(inner, given[name.rstrip("?")], place)
        elif not name.endswith("?"):
            found.append(f"{place}: missing")
    found += [f"{path}.{name}: new".lstrip(".") for name in given if name not in wanted]
    return found


def _kind(one: Shape) -> str:
    if isinstance(one, str):
        return one
    return "a list" if "[]" in one else "a table" if "{}" in one else "an object"


class Recorder(PlatformSession):
    """A session that remembers the shape of every answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shapes: dict[str, list[Shape]] = {}
        self.headers: dict[str, set[str]] = {}

    def _ask(self, request: Request, lease: budgets.Lease | None) -> Any:
        body = super()._ask(request, lease)
        self.shapes.setdefault(request.endpoint, []).append(shape(body))
        last = self.calls[-1].reply if self.calls else None
        if last is not None:
            seen = {name for name in QUOTA_HEADERS if last.headers.get(name)}
            self.headers.setdefault(request.endpoint, set()).update(seen)
        return body


@dataclass
class Report:
    platform: str
    at: datetime
    shapes: dict[str, Shape] = field(default_factory=dict)
    headers: dict[str, list[str]] = field(default_factory=dict)
    outcomes: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "platform": self.platform,
            "at": self.at.isoformat(timespec="seconds"),
            "outcomes": self.outcomes,
            "differences": self.differences,
            "not_asked": self.not_asked,
            "quota_headers": self.headers,
            "shapes": self.shapes,
        }


def contract_path(platform: str) -> Path:
    return CONTRACTS / platform / "contract.json"


def contract_of(platform: str) -> dict[str, Shape]:
    path = contract_path(platform)
    return json.loads(path.read_text()) if path.exists() else {}


def probe(platform: str, handles: Iterable[str], now: datetime) -> Report:
    """Ask for the connection and these accounts, everything a pull could ask; `Failed` becomes an outcome."""
    plan = CONNECTORS[platform]
    application = credentials.application(platform)
    if application is None or not plan.ready(application):
        raise LookupError(f"{platform} is not set up. An administrator can do it under Connectors.")
    session = Recorder(plan, application, interactive=True, now=now)
    report = Report(platform, now)
    try:
        plan.health(session)
        report.outcomes.append("the connection: ok")
    except Failed as failed:
        report.outcomes.append(f"the connection: {failed.outcome.kind}")
    for number, ref in enumerate(_refs(platform, list(handles)), start=1):
        for pulled in plan.pull(session, [ref]):
            consent = "with consent" if ref.credential is not None else "public"
            report.outcomes.append(f"account {number} ({consent}): {pulled.outcome.kind}")
    report.shapes = {name: union(shapes) for name, shapes in session.shapes.items()}
    report.headers = {name: sorted(names) for name, names in session.headers.items() if names}
    contract = contract_of(platform)
    for name, found in report.shapes.items():
        if name in contract:
            report.differences += [f"{name}: {line}" for line in differences(contract[name], found)]
        else:
            report.differences.append(f"{name}: not in the contract")
    report.not_asked = sorted(set(contract) - set(report.shapes))
    return report


def _refs(platform: str, handles: list[str]) -> list[AccountRef]:
    """The accounts named, or, of what KRM has, one whose owner consented and one public."""
    plan: Connector = CONNECTORS[platform]
    consents = list(
        Credential.objects.filter(
            platform=platform, purpose=Purpose.ACCOUNT, status__in=("active", "expiring")
        ).order_by("-updated_at")
    )
    if not handles:
        accounts = SocialAccount.objects.filter(platform=plan.platform).exclude(handle="")
        owned = [c.handle or c.external_account_id for c in _one_each(consents)]
        free = accounts.exclude(handle__in=[c.handle for c in consents]).order_by("-followers", "pk").first()
        handles = [*owned, *([free.handle] if free is not None else [])]
    known = {
        a.handle.lower(): a.external_id or ""
        for a in SocialAccount.objects.filter(platform=platform, handle__in=[h.lower() for h in handles])
    }
    refs = []
    for handle in handles:
        name = handle.lstrip("@").lower()
        mine = [c for c in consents if name in (c.handle.lower(), c.external_account_id.lower())]
        choices: list[Credential | None] = [*mine] or [None]
        for consent in choices:
            refs.append(
                AccountRef(
                    id=0,
                    handle=name,
                    external_id=consent.external_account_id if consent is not None else known.get(name, ""),
                    wants_audience=True,
                    wants_comments=True,
                    wants_stories=True,
                    credential=consent,
                )
            )
    return refs


def _one_each(consents: Sequence[Credential]) -> list[Credential]:
    """The newest consent of each of a platform's programs."""
    found: dict[str, Credential] = {}
    for consent in consents:
        found.setdefault(consent.flavour, consent)
    return list(found.values())
