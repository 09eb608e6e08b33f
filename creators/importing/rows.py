"""One row of a list into values, or into errors that name the column and say the fix."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators.custom.fields import PREFIX, live_fields
from creators.custom.values import clean_value
from creators.handles import BadHandle, parse_handle
from creators.models import Platform

from .countries import code_of
from .mapping import BY_KEY, by_key
from .numbers import BadNumber, parse_count

LIMITS = {"name": 200, "city": 100, "phone": 40, "bio": 5000, "url": 500}
PLATFORM_NAMES = {
    "instagram": "instagram", "ig": "instagram", "tiktok": "tiktok", "tik tok": "tiktok", "tt": "tiktok",
    "youtube": "youtube", "yt": "youtube", "x": "x", "twitter": "x", "facebook": "facebook", "fb": "facebook",
}  # fmt: skip
_SPLIT = re.compile(r"[|,;/]")


@dataclass
class Problem:
    field: str
    message: str
    fatal: bool = True  # False: the cell is left out, the row still comes in


@dataclass
class Clean:
    platform: str = ""
    handle: str = ""
    external_id: str | None = None
    url: str = ""
    as_of: date | None = None
    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(problem.fatal for problem in self.problems)


def tidy(text: str) -> str:
    """No control, format or half characters; spaces collapsed."""
    kept = "".join(
        c if c.isprintable() or c == " " else " " for c in text if unicodedata.category(c) not in ("Cf", "Cs")
    )
    return " ".join(kept.split())


class Reader:
    """Reads rows under one mapping; column positions are looked up once."""

    def __init__(self, columns: list[str], mapping: dict[str, str], platform: str) -> None:
        self.platform = platform
        own = any(target not in BY_KEY for target in mapping.values() if target)
        targets = by_key() if own else BY_KEY
        self.places = [
            (i, name, targets[mapping[name]])
            for i, name in enumerate(columns)
            if mapping.get(name) in targets
        ]
        self.custom = {PREFIX + field.key: field for field in live_fields()} if own else {}

    def read(self, cells: list[str]) -> Clean:
        out = Clean(platform=self.platform)
        handle_column = raw_handle = raw_platform = platform_column = ""
        for place, column, target in self.places:
            cell = cells[place] if place < len(cells) else ""
            if not cell or cell.isspace():
                continue
            if target.kind in ("count", "whole"):
                self._figure(out, column, target.key, target.kind, cell)
            elif target.kind == "custom":
                self._custom(out, column, target.key, cell)
            elif target.kind == "list":
                self._list(out, column, target.key, cell)
            elif target.key == "handle":
                raw_handle, handle_column = cell, column
            elif target.key == "platform":
                raw_platform, platform_column = tidy(cell).casefold(), column
            elif target.key == "as_of":
                self._date(out, column, cell)
            else:
                self._text(out, column, target.key, cell)
        if raw_platform:
            known = PLATFORM_NAMES.get(raw_platform)
            if known is None:
                names = ", ".join(Platform.labels)
                out.problems.append(
                    Problem(
                        platform_column, _("Unknown platform. Write one of: %(names)s.") % {"names": names}
                    )
                )
            else:
                out.platform = known
        self._key(out, handle_column, raw_handle)
        return out

    def _key(self, out: Clean, column: str, raw: str) -> None:
        keys = ("handle", "external_id", "url")
        column = column or next((name for _i, name, target in self.places if target.key in keys), "")
        out.external_id = out.texts.pop("external_id", None)
        url = out.texts.pop("url", "")
        text = raw or url
        if not text and not out.external_id:
            out.problems.append(Problem(column, _("The account is missing. Enter its handle or address.")))
            return
        if text:
            try:
                found = parse_handle(tidy(text), out.platform or None)
            except BadHandle as error:
                out.problems.append(Problem(column, str(error)))
                return
            out.platform = found.platform or out.platform
            out.handle, out.url = found.handle, found.url
            out.external_id = out.external_id or found.external_id
        if url and not out.url and url.startswith(("http://", "https://")):
            out.url = url
        if not out.platform:
            out.problems.append(
                Problem(
                    column, _("The platform is not known. Choose one for the list, or use full addresses.")
                )
            )

    def _figure(self, out: Clean, column: str, key: str, kind: str, cell: str) -> None:
        try:
            value = parse_count(cell, whole=kind == "whole")
        except BadNumber as error:
            out.problems.append(Problem(column, str(error)))
            return
        if value is not None and key not in out.figures:
            out.figures[key] = value

    def _custom(self, out: Clean, column: str, key: str, cell: str) -> None:
        try:
            value = clean_value(self.custom[key], tidy(cell))
        except ValidationError as error:
            out.problems.append(Problem(column, " ".join(error.messages), fatal=False))
            return
        if value is not None:
            out.custom[key.removeprefix(PREFIX)] = value

    def _list(self, out: Clean, column: str, key: str, cell: str) -> None:
        held = out.lists.setdefault(key, [])
        for part in _SPLIT.split(cell) if key != "categories" else re.split(r"[|;]", cell):
            text = tidy(part)
            if not text or text.casefold() in {known.casefold() for known in held}:
                continue
            if len(text) > 60:
                out.problems.append(
                    Problem(
                        column,
                        _("An entry is longer than 60 characters. Separate entries by |."),
                        fatal=False,
                    )
                )
            elif len(held) < 20:
                held.append(text.lower()[:8] if key == "languages" else text)

    def _text(self, out: Clean, column: str, key: str, cell: str) -> None:
        text = tidy(cell)
        if not text:
            return
        if key == "country":
            code = "" if text.casefold() in ("all", "global", "worldwide", "n/a", "-") else code_of(text)
            if code:
                out.texts[key] = code
            elif text.casefold() not in ("all", "global", "worldwide", "n/a", "-"):
                out.problems.append(
                    Problem(column, _("Unknown country “%(text)s” left out. Use its English name or a code such as ID.")
                            % {"text": text[:40]}, fatal=False)
                )  # fmt: skip
            return
        if key == "email":
            text = text.lower()
            try:
                validate_email(text)
            except ValidationError:
                out.problems.append(
                    Problem(
                        column,
                        _("“%(text)s” is no e-mail address; left out.") % {"text": text[:60]},
                        fatal=False,
                    )
                )
                return
        if key == "external_id" and len(text) > 128:
            out.problems.append(Problem(column, _("The id is longer than 128 characters.")))
            return
        limit = LIMITS.get(key)
        out.texts[key] = text[:limit] if limit else text

    def _date(self, out: Clean, column: str, cell: str) -> None:
        text = tidy(cell)[:19]
        for shape in ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m"):
            try:
                found = datetime.strptime(text, shape).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
            if date(2005, 1, 1) <= found <= localdate():
                out.as_of = found
                return
        out.problems.append(
            Problem(column, _("“%(text)s” is no day up to today. Write it as 2022-12-31.") % {"text": text})
        )


def staged(clean: Clean) -> dict[str, Any]:
    return {
        "platform": clean.platform, "handle": clean.handle, "external_id": clean.external_id, "url": clean.url,
        **{key: clean.texts.get(key, "") for key in ("name", "email", "phone", "city", "country", "bio")},
        **{key: clean.lists.get(key, []) for key in ("languages", "categories", "tags")},
        "custom": clean.custom,
        "figures": {**clean.figures, **({"as_of": clean.as_of.isoformat()} if clean.as_of else {})},
    }  # fmt: skip
