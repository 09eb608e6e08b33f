"""A sender's file name, made fit to show. It never reaches storage: stored names are random."""

from __future__ import annotations

import unicodedata

LONGEST = 120


def clean(filename: str) -> str:
    """Only the last part, without control and direction characters, reserved signs and leading dots."""
    name = unicodedata.normalize("NFC", filename.replace("\\", "/")).split("/")[-1]
    name = "".join(
        c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    name = "".join("_" if c in "<>:\"|?*;%&$`'" else c for c in name).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if dot and len(suffix) <= 8:
        name = f"{stem[: LONGEST - len(suffix) - 1].rstrip(' .') or 'file'}.{suffix}"
    return name[:LONGEST] or "file"


def suffix(filename: str) -> str:
    """Lower-case extension of a cleaned name, without the dot; '' when there is none."""
    stem, dot, ending = clean(filename).rpartition(".")
    return ending.lower() if dot and stem else ""
