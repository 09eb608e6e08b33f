"""What an administrator fills in for a platform: the fields of each connector's settings form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from krm.connectors.models import Application


@dataclass(frozen=True)
class Setting:
    name: str  # a field of Application, or "access_token" of the agency's own account
    label: Any
    help: Any = ""
    secret: bool = False
    number: bool = False
    money: bool = False  # US dollars
    choices: Sequence[tuple[str, Any]] = ()
    option: bool = False  # kept in Application.options instead of a column
    required: bool = True


def stored(application: Application | None, setting: Setting) -> Any:
    """What is kept for a setting; None where nothing is."""
    if application is None:
        return None
    if setting.option:
        return application.options.get(setting.name)
    return getattr(application, setting.name)


@dataclass(frozen=True)
class Program:
    """One registration at a platform. TikTok has two."""

    key: str  # Application.platform
    connector: str
    title: str
    icon: str
    about: Any
    verified: Any
    tested: bool  # "documentation only" on the page where it is not: against a description or client of the vendor's own
    settings: Sequence[Setting]
    address: str  # key of PLATFORM_URLS
    optional: bool = False
