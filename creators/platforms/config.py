"""What an administrator fills in for a platform: the fields of each connector's settings form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setting:
    name: str  # a field of Application, or "access_token" of the agency's own account
    label: Any
    help: Any = ""
    secret: bool = False
    number: bool = False
    required: bool = True


@dataclass(frozen=True)
class Program:
    """One registration at a platform. TikTok has two."""

    key: str  # Application.platform
    connector: str
    title: str
    icon: str
    about: Any
    verified: Any
    tested: bool  # against a description or client of the vendor's own
    settings: Sequence[Setting]
    address: str  # key of PLATFORM_URLS
    optional: bool = False
