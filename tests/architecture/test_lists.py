"""Files that hold several lists of the same thing agree with one another."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.conf import settings

BASE = Path(settings.BASE_DIR)


def test_lock_files_hold_no_registry() -> None:
    """A lock written on one machine must install on another."""
    for name in ("requirements.lock", "requirements-dev.lock", "package-lock.json"):
        text = (BASE / name).read_text()
        assert "--index-url" not in text and "--extra-index-url" not in text and "--find-links" not in text
        assert '"resolved"' not in text, f"{name}: run `make lock`, which leaves addresses out"
        assert "file:///" not in text


def test_both_locks_pin_the_same_versions() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", (BASE / name).read_text(), re.M))

    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_every_asked_package_is_locked() -> None:
    def canonical(name: str) -> str:
        return re.sub(r"[-_.]+", "-", name).lower()

    for source, lock in (
        ("requirements.in", "requirements.lock"),
        ("requirements-dev.in", "requirements-dev.lock"),
    ):
        pinned = {
            canonical(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", (BASE / lock).read_text(), re.M)
        }
        asked = re.findall(r"^([A-Za-z][A-Za-z0-9._-]*)", (BASE / source).read_text(), re.M)
        assert {canonical(name) for name in asked} <= pinned, (
            f"run `make lock`: {source} is newer than {lock}"
        )
    wanted = json.loads((BASE / "package.json").read_text())
    root = json.loads((BASE / "package-lock.json").read_text())["packages"][""]
    assert root.get("dependencies") == wanted.get("dependencies")
    assert root.get("devDependencies") == wanted.get("devDependencies")
