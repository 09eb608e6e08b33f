"""Setting up speaks in sentences, and does nothing when there is nothing to do."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path

import pytest

from krm.local import bootstrap


def test_it_parses_on_an_old_python_and_needs_nothing_installed() -> None:
    tree = ast.parse(Path(bootstrap.__file__).read_text(), feature_version=(3, 6))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported <= set(sys.stdlib_module_names)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (9, 9))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(bootstrap.Failure, match=r"KRM needs Python 3\.11 or newer"):
        bootstrap.fitting_python()


def fake(folder: Path, name: str, script: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty project with lock files."""
    for name in ("requirements.lock", "requirements-dev.lock", "package.json", "package-lock.json"):
        (tmp_path / name).write_text(f"{name}\n")
    monkeypatch.setattr(bootstrap, "ROOT", str(tmp_path))
    monkeypatch.setattr(bootstrap, "LOCAL", str(tmp_path / ".local"))
    monkeypatch.setattr(bootstrap, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    return tmp_path


def test_a_broken_download_is_one_sentence(project: Path) -> None:
    fake(project, ".venv/bin/python", "echo 'ERROR: Could not find a version that satisfies Django'; exit 1")
    with pytest.raises(bootstrap.Failure) as failure:
        bootstrap.ensure_packages("run")
    text = str(failure.value)
    assert "Could not find a version that satisfies Django. Check the network" in text
    assert "\n" not in text and "pip.log" in text


def test_installed_once(project: Path) -> None:
    fake(project, ".venv/bin/python", f"echo run >> {project}/calls")
    for kind in ("run", "run", "dev", "run", "dev"):
        bootstrap.ensure_packages(kind)
    assert (project / "calls").read_text() == "run\nrun\n"  # once for each lock; the second holds the first
    (project / "requirements.lock").write_text("changed")
    bootstrap.ensure_packages("run")
    assert (project / "calls").read_text() == "run\nrun\nrun\n"


def test_broken_assets_are_one_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = fake(project, "bin/npm", "echo 'npm ERR! network timeout' >&2; exit 1")
    monkeypatch.setattr(bootstrap, "node_command", lambda: [str(npm)])
    with pytest.raises(bootstrap.Failure, match=r"npm ERR! network timeout\. Check the network"):
        bootstrap.ensure_assets("run")


@pytest.mark.parametrize(
    ("version", "uses_machine"), [("v20.1.0", True), ("v16.9.0", False), ("nonsense", False)]
)
def test_node_of_the_machine_where_it_is_new_enough(
    project: Path, monkeypatch: pytest.MonkeyPatch, version: str, uses_machine: bool
) -> None:
    machine = project / "machine"
    fake(machine, "node", f"echo {version}")
    npm = fake(machine, "npm", "echo 10")
    wheel = project / "wheel"
    fake(project, ".venv/bin/python", f"echo {wheel}")
    monkeypatch.setenv("PATH", f"{machine}{os.pathsep}/usr/bin{os.pathsep}/bin")
    command = bootstrap.node_command()
    assert command == (
        [str(npm)] if uses_machine else [f"{wheel}/bin/node", f"{wheel}/lib/node_modules/npm/bin/npm-cli.js"]
    )


def test_a_project_of_another_user_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ".venv").mkdir()
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: project.stat().st_uid + 4711)
    with pytest.raises(bootstrap.Failure, match="belongs to another user"):
        bootstrap.check_owner()
