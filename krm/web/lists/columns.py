"""What a room declares of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

_KINDS = """text count number money percent date datetime ago badge state sparkline tags avatar bool progress html"""
KINDS = frozenset(_KINDS.split())
RIGHT_ALIGNED = frozenset({"count", "number", "money", "percent", "progress"})


@dataclass(frozen=True)
class Column:
    """One column. `value` is an attribute path (default: the key) or a callable of the row."""

    key: str
    label: Any
    kind: str = "text"
    value: str | Callable[[Any], Any] | None = None
    link: Callable[[Any], str | None] | None = None
    sort: Any = None  # ORM path, or an expression
    currency: str | Callable[[Any], str] | None = None
    default: bool = True  # shown until the person chooses otherwise
    perm: str | None = None
    export: Callable[[Any], Any] | bool | None = None  # False keeps it out of exports
    sub: str | Callable[[Any], Any] | None = None  # small second line under the value
    align: str = ""
    width: str = ""  # narrow | wide
    help: Any = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key!r}: unknown kind {self.kind!r}, use one of {sorted(KINDS)}")

    @property
    def right(self) -> bool:
        return self.align == "right" or (not self.align and self.kind in RIGHT_ALIGNED)

    def of(self, row: Any) -> Any:
        return take(row, self.value if self.value is not None else self.key)

    def sub_of(self, row: Any) -> Any:
        return take(row, self.sub) if self.sub is not None else None

    def currency_of(self, row: Any) -> str:
        if self.currency is None:
            return str(getattr(row, "currency", "IDR") or "IDR")
        return str(take(row, self.currency) or "IDR")

    def link_of(self, row: Any) -> str | None:
        return self.link(row) if self.link else None

    def export_of(self, row: Any) -> Any:
        if callable(self.export):
            return self.export(row)
        value = self.of(row)
        if self.kind == "state":
            return state_label(row, value)
        if self.kind in ("tags", "sparkline") and value is not None:
            return ", ".join(str(part) for part in listed(value))
        if value is None or isinstance(value, bool | int | float | Decimal | date | datetime):
            return value
        return str(value)


def take(row: Any, path: str | Callable[[Any], Any]) -> Any:
    """Follow an attribute path with dots or double underscores; a missing relation is None, not an error."""
    if callable(path):
        return path(row)
    found: Any = row
    for name in path.replace("__", ".").split("."):
        if found is None:
            return None
        found = found[name] if isinstance(found, dict) else getattr(found, name)
        if callable(found) and not hasattr(found, "all"):
            found = found()
    return found


def listed(value: Any) -> list[Any]:
    if value is None:
        return []
    if hasattr(value, "all"):
        return list(value.all())
    if isinstance(value, str):
        return [value]
    return list(value)


def state_label(row: Any, value: Any) -> str:
    """The label of a choice: from the row's get_FOO_display when the value is the row's own."""
    for name in ("state", "status"):
        if getattr(row, name, None) == value and hasattr(row, f"get_{name}_display"):
            return str(getattr(row, f"get_{name}_display")())
    return "" if value is None else str(getattr(value, "label", value))


@dataclass(frozen=True)
class BulkAction:
    """`run(request, queryset[, form])` does the work through a verb and returns the message to show.

    With `form_class` the person fills it in first and `run` gets the valid form as `form=`.
    """

    key: str
    label: Any
    run: Callable[..., Any]
    perm: str | None = None
    form_class: type[forms.BaseForm] | None = None
    confirm: Any = ""  # a question asked before it runs
    danger: bool = False
    icon: str = ""


@dataclass(frozen=True)
class Empty:
    title: Any
    text: Any = ""
    action: tuple[Any, Any] | None = None  # (label, url name)
    icon: str = "inbox"


_registered_bulk: dict[str, dict[str, BulkAction]] = {}


def register_bulk(page: str, action: BulkAction) -> None:
    """Put an action of a room above on a list of a room below, by the list's name."""
    _registered_bulk.setdefault(page, {})[action.key] = action


def registered_bulk(page: str) -> list[BulkAction]:
    return list(_registered_bulk.get(page, {}).values())
