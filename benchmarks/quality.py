"""How right are the scores? Every target of the reference, measured on public data, beside baseline and published.

    python benchmarks/quality.py [topic …] [--jobs N] [--write]

Each `benchmarks/quality_<topic>.py` has `rows()`, which evaluates and returns rows of ROW. `--write` puts the table
into docs/scoring.md. Labelled data lies in ../shared/data; a topic whose data is not there says so.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "scoring.md"
BEGIN, END = "<!-- quality: begin -->", "<!-- quality: end -->"


class Row(NamedTuple):
    """One measured target. `kind`: cv, loso (one whole set left out), holdout, temporal, exact, stress."""

    score: str
    set: str
    measure: str
    ours: float | str
    baseline: float | str | None = None
    published: float | str | None = None
    target: float | str | None = None  # ">= .953", "<= .33", or a number that must be reached
    kind: str = "cv"


HEADINGS = ("score", "data", "measure", "how", "KRM", "baseline", "published", "target", "")


def topics() -> list[str]:
    """Every module beside this one that has `rows()`; a script without it runs by itself."""
    files = Path(__file__).parent.glob("quality_*.py")
    return sorted(path.stem.removeprefix("quality_") for path in files if "\ndef rows(" in path.read_text())


def evaluate(topic: str) -> list[Row]:
    found = importlib.import_module(f"benchmarks.quality_{topic}").rows()
    return [Row(**one) if isinstance(one, dict) else Row(*one) for one in found]


def timed(topic: str) -> tuple[list[Row], float]:
    started = time.perf_counter()
    return evaluate(topic), time.perf_counter() - started


def shown(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    text = f"{value:.3f}"
    return text.replace("0.", ".", 1) if 0 < abs(value) < 1 else text


def met(row: Row) -> str:
    """`met`, `missed`, or nothing where no number is asked."""
    if row.target is None or not isinstance(row.ours, int | float):
        return ""
    asked = re.match(r"\s*(>=|<=)?\s*(-?\d*\.?\d+(?:e-?\d+)?)", str(row.target))
    if asked is None:
        return ""
    ours, wanted = round(float(row.ours), 6), float(asked[2])
    return "met" if (ours <= wanted if asked[1] == "<=" else ours >= wanted) else "missed"


def cells(row: Row) -> list[str]:
    return [row.score, row.set, row.measure, row.kind, shown(row.ours), shown(row.baseline), shown(row.published),
            shown(row.target), met(row)]  # fmt: skip


def markdown(rows: list[Row]) -> str:
    lines = ["| " + " | ".join(HEADINGS) + " |", "|---|---|---|---|---:|---:|---:|---:|---|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    return "\n".join(lines)


def write(table: str) -> None:
    text = PAGE.read_text()
    before, rest = text.split(BEGIN, 1)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{rest.split(END, 1)[1]}")


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("topics", nargs="*", help=" ".join(topics()))
    options.add_argument("--write", action="store_true", help="put the table into docs/scoring.md")
    options.add_argument("--jobs", type=int, default=1, metavar="N", help="topics measured at a time")
    given = options.parse_args(arguments)
    if not DATA.is_dir():
        print(f"{DATA} is not there: nothing can be evaluated.")
        return 0
    asked = given.topics or topics()
    rows: list[Row] = []
    broken = []
    with ProcessPoolExecutor(given.jobs) as pool:
        coming = {topic: pool.submit(timed, topic) for topic in asked}
        for topic, one in coming.items():
            try:
                found, seconds = one.result()
            except FileNotFoundError as missing:
                print(f"{topic}: {missing.filename} is not there", flush=True)
                continue
            except Exception as broke:
                broken.append(topic)
                print(f"{topic}: {type(broke).__name__}: {broke}", flush=True)
                continue
            rows += found
            print(f"{topic}: {len(found)} figures in {seconds:.0f} s", flush=True)
    table = markdown(rows)
    print(f"\n{table}\n\n{sum(met(row) == 'missed' for row in rows)} targets missed")
    if given.write and not given.topics and not broken:
        write(table)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
