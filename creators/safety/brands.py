"""Which brands a post names, and whether it says or shows that it was paid. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HANDLE = re.compile(r"(?<![\w@.])@([A-Za-z0-9_][A-Za-z0-9_.]{1,58}[A-Za-z0-9_])")
_SIGNS = json.loads((Path(__file__).parent / "sponsored.json").read_text(encoding="utf-8"))
SAID = tuple(re.compile(sign, re.IGNORECASE) for sign in _SIGNS["said"])
SHOWN = tuple(re.compile(sign, re.IGNORECASE) for sign in _SIGNS["shown"])


@dataclass(frozen=True)
class Mention:
    brand: str  # handle, lower case, without @
    sponsored: str  # yes, likely, no
    signals: tuple[str, ...]


def signals(caption: str) -> tuple[list[str], list[str]]:
    """What says that a post is paid, and what only suggests it."""
    said = [match[0].strip() for pattern in SAID for match in pattern.finditer(caption)]
    shown = [
        re.sub(r"\s*@$", "", match[0]).strip() for pattern in SHOWN for match in pattern.finditer(caption)
    ]
    return list(dict.fromkeys(s.lower() for s in said)), list(dict.fromkeys(s.lower() for s in shown))


def mentions(
    caption: str, *, listed: Sequence[str] = (), own: str = "", is_sponsored: bool | None = None
) -> list[Mention]:
    """Every handle a caption names but the account's own, with what is known of payment."""
    said, shown = signals(caption)
    names = dict.fromkeys(
        name.lower().strip("@.") for name in [*listed, *(match[1] for match in HANDLE.finditer(caption))]
    )
    names.pop(own.lower().lstrip("@"), None)
    names.pop("", None)
    if is_sponsored:
        state, why = "yes", ["platform label", *said]
    elif said:
        state, why = "yes", said
    elif shown:
        state, why = "likely", shown
    else:
        state, why = "no", []
    return [Mention(name[:80], state, tuple(why[:6])) for name in names]
