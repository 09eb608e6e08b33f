"""What an operator can set or meet stands in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.architecture.test_tasks import OURS

BASE = Path(settings.BASE_DIR)
PACKAGES = ("krm", "creators", "campaigns", "briefs", "payments", "reporting")
VARIABLE = re.compile(r"[\"'](KRM_[A-Z0-9_]+|DATABASE_URL|REDIS_URL)[\"']")


def variables() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((BASE / package).rglob("*.py")):
            for name in VARIABLE.findall(path.read_text()):
                found.setdefault(name, str(path.relative_to(BASE)))
    return found


def test_every_variable_is_documented() -> None:
    text = "".join((BASE / "docs" / name).read_text() for name in ("operations.md", "development.md"))
    missing = {name: place for name, place in variables().items() if f"`{name}`" not in text}
    assert not missing, f"add these to docs/operations.md (or development.md): {missing}"


def test_no_variable_is_documented_that_nothing_reads() -> None:
    text = (BASE / "docs" / "operations.md").read_text() + (BASE / "docs" / "development.md").read_text()
    known = {*variables(), "KRM_SECRET_KEY_FILE", "KRM_TEST_DB"}
    everything = "".join(
        path.read_text()
        for name in ("docker-compose.yml", "Makefile", "Dockerfile")
        if (path := BASE / name).exists()
    )
    named = set(re.findall(r"`(KRM_[A-Z0-9_]+)`", text))
    stale = {name for name in named if name not in known and name not in everything}
    assert not stale, f"nothing reads these any more: {sorted(stale)}"


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_task_is_documented(name: str) -> None:
    text = (BASE / "docs" / "operations.md").read_text()
    assert f"`{name}`" in text, f"add {name} to the table of tasks in docs/operations.md"


@pytest.mark.parametrize(
    "path", sorted((BASE / "docs").rglob("*.md")) + [BASE / "README.md"], ids=lambda p: p.name
)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text()):
        assert (path.parent / target).exists(), f"{path.name} links to {target}, which does not exist"


def test_make_help_lists_every_target() -> None:
    text = (BASE / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", text, re.M)) - {"setup"}
    described = set(re.findall(r"^([a-z]+):.*## \S", text, re.M))
    assert targets == described
