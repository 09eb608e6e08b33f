"""docs/events.md names every event that some verb records, and docs/api.md every code of a problem."""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from pathlib import Path

from krm.api.problems import CODES

ROOT = Path(__file__).parents[2]
DOC = ROOT / "docs" / "events.md"
MARK = "writes this list from the sources.\n\n"
ROOMS = ("accounts", "events", "connectors", "creators", "campaigns", "briefs", "payments", "reporting")


def recorded() -> dict[str, set[str]]:
    """Names given as text to `record` or `announce`, by room."""
    found: dict[str, set[str]] = defaultdict(set)
    for folder in ("krm", *ROOMS[3:]):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    not isinstance(node, ast.Call)
                    or not node.args
                    or not isinstance(node.args[0], ast.Constant)
                ):
                    continue
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                name = node.args[0].value
                if called in ("record", "announce") and isinstance(name, str) and name.count(".") == 1:
                    found[name.partition(".")[0]].add(name)
    return found


def test_every_event_is_documented() -> None:
    names = recorded()
    listed = "\n\n".join(
        f"**{room}**: " + ", ".join(f"`{name}`" for name in sorted(names[room]))
        for room in ROOMS
        if names[room]
    )
    text = DOC.read_text()
    if os.environ.get("UPDATE_DOCS"):
        DOC.write_text(text[: text.index(MARK) + len(MARK)] + listed + "\n")
        return
    missing = sorted(name for room in names.values() for name in room if f"`{name}`" not in text)
    assert not missing, (
        f"run UPDATE_DOCS=1 pytest tests/events/test_docs.py; not in docs/events.md: {missing}"
    )


def test_every_problem_code_is_documented() -> None:
    text = (ROOT / "docs" / "api.md").read_text()
    missing = [code for code in CODES.values() if f"`{code}`" not in text]
    assert not missing
