"""Every definition KRM knows. One line adds one; the last of a kind is the current version, older ones stay readable."""

from __future__ import annotations

from functools import cache

from . import (
    authenticity,
    authenticity_v2,
    consistency,
    engagement,
    engagement_v2,
    format_strength,
    innovation,
    reliability,
    safety,
)
from .audience import commenting, growing, podding, quality
from .definition import Definition
from .prediction import definition as prediction

DEFINITIONS: tuple[Definition, ...] = (
    # kind by kind, oldest version first
    authenticity.DEFINITION,
    authenticity_v2.FIRST,
    authenticity_v2.DEFINITION,
    quality.DEFINITION,
    commenting.DEFINITION,
    growing.FIRST,
    growing.DEFINITION,
    podding.FIRST,
    podding.DEFINITION,
    consistency.DEFINITION,
    engagement.DEFINITION,
    engagement_v2.DEFINITION,
    format_strength.FIRST,
    format_strength.DEFINITION,
    innovation.DEFINITION,
    prediction.FIRST,
    prediction.DEFINITION,
    reliability.DEFINITION,
    safety.FIRST,
    safety.DEFINITION,
)


@cache
def _by_version() -> dict[tuple[str, str], Definition]:
    return {(one.kind, one.version): one for one in DEFINITIONS}


@cache
def current_definitions() -> dict[str, Definition]:
    """kind -> the version that is computed and shown."""
    return {one.kind: one for one in DEFINITIONS}


def find(kind: str, version: str) -> Definition | None:
    """None: a version this release no longer knows; its scores keep their figures."""
    return _by_version().get((kind, version))


def current(kind: str) -> Definition | None:
    return current_definitions().get(kind)


def current_versions() -> list[str]:
    return [one.version for one in current_definitions().values()]


def versions(kind: str) -> list[Definition]:
    return [one for one in DEFINITIONS if one.kind == kind]


def needed(definitions: list[Definition]) -> set[str]:
    """Names of the frames these definitions work on."""
    return {"accounts"}.union(*(one.needs for one in definitions))
