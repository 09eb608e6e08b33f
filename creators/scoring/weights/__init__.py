"""Weights are data: one file a version, never changed once scores were written with it. They are judgement."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def load(version: str) -> dict[str, float]:
    """Component -> weight of that version, in the file's order; weights add up to 1."""
    held = json.loads((Path(__file__).parent / f"{version}.json").read_text())
    found = {str(name): float(value) for name, value in held["weights"].items()}
    if abs(sum(found.values()) - 1.0) > 1e-9:
        raise ValueError(f"The weights of {version} add up to {sum(found.values())}, not 1.")
    return found
