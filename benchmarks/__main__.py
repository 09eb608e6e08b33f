"""`make bench`: every benchmark, one after the other, each in a process of its own.

    python -m benchmarks [name …] [--list]

It fails where a benchmark breaks, never because one is slow: times are compared by people, within one run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime

from benchmarks import common

# name -> file, where they differ
FILES = {"scores": "quality"}
NAMES = (
    "pages",
    "search",
    "web",
    "importing",
    "ingest",
    "schedule",
    "scoring",
    "rescore",
    "scores",
    "quality_find",
    "quality_match",
    "discovery",
    "ledger",
    "events",
    "faults",
    "memory",
    "setting_up",
    "volume",
)


def main(chosen: list[str]) -> int:
    if "--list" in chosen or any(name not in NAMES for name in chosen):
        print("benchmarks: " + " ".join(NAMES))
        return 0 if "--list" in chosen else 2
    common.setup()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {common.machine()}")
    broken = []
    started = time.monotonic()
    for name in chosen or NAMES:
        print(f"\n## {name}", flush=True)
        if subprocess.call([sys.executable, f"benchmarks/{FILES.get(name, name)}.py"], cwd=common.ROOT) != 0:
            broken.append(name)
    print(
        f"\n{time.monotonic() - started:.0f} s in all" + (f"; broke: {', '.join(broken)}" if broken else "")
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
