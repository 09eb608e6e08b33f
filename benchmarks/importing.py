"""How long a list of 100,000 creators takes to import, from the uploaded file to the last row.

    python benchmarks/importing.py [--rows 100000] [--statements]

Into an empty database of its own, the worst case for the planner: it knows nothing of the tables yet. The baseline of
the same run is raw COPY of the same file into one table without an index. Twice: all rows new, then all rows known.
`--statements` says where the database spends its time.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common

DATABASE = "krm_bench_import"


class Quiet:
    """A job's progress that nobody watches."""

    def total(self, number: int) -> None: ...
    def advance(self, by: int = 1) -> None: ...
    def say(self, message: Any) -> None: ...
    def error(self, *, row: int | None = None, field: str = "", message: Any) -> None: ...
    def check_cancelled(self) -> None: ...


def body(count: int) -> bytes:
    rows = "".join(f"user_{n},Nama {n},u{n}@x.id,Indonesia,{n % 900 + 1}.5K\n" for n in range(count))
    return ("handle,name,email,country,followers\n" + rows).encode()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=common.ROWS)
    options.add_argument("--statements", action="store_true")
    given = options.parse_args()
    import django

    django.setup()
    common.create(DATABASE, anew=True)
    common.setup(DATABASE)
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection

    from creators.importing import run, uploads

    settings.MEDIA_ROOT = tempfile.mkdtemp()
    raw = body(given.rows)
    by = common.person()

    def bring() -> None:
        batch = uploads.receive(SimpleUploadedFile("Instagram_2026-10.csv", raw), by=by)
        uploads.configure(batch, by=by, mapping_=batch.mapping, as_of=batch.as_of, platform="instagram")
        result = run.run(batch, Quiet())
        assert result["rows"] == given.rows, result

    def copy() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE bench_raw (handle text, name text, email text, country text, followers text)"
            )
            cursor.copy_expert("COPY bench_raw FROM STDIN WITH (FORMAT csv, HEADER)", io.BytesIO(raw))

    spent: defaultdict[str, float] = defaultdict(float)

    def clock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[" ".join(str(sql).split())[:110]] += time.perf_counter() - started

    base = common.timed(copy)
    lines: list[tuple[str, ...]] = [("raw COPY", f"{base:.1f}", f"{given.rows / base:,.0f}", "1")]
    with connection.execute_wrapper(clock):
        for name in ("all new", "all known"):
            seconds = common.timed(bring)
            lines.append((name, f"{seconds:.1f}", f"{given.rows / seconds:,.0f}", f"{seconds / base:,.0f}"))
    shutil.rmtree(settings.MEDIA_ROOT)
    common.table(f"{given.rows:,} rows", ("", "seconds", "rows/s", "x COPY"), lines)
    if given.statements:
        for sql, seconds in sorted(spent.items(), key=lambda item: -item[1])[:14]:
            print(f"{seconds:8.2f} s  {sql}")


if __name__ == "__main__":
    main()
