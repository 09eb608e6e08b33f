"""Run an import: read and check every row into staging, then swap all of it in within one transaction.

A crash or a cancel leaves nothing behind but the uploaded file. Running again changes nothing that is the same.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creators import partitions, summary
from creators.ingest import copy_line
from creators.models import CreatorImport, ImportRow, ImportState
from krm.events import enqueue, record

from . import parsing, swap
from .rows import Clean, Reader, staged

CHUNK = 2_000
SCORE_BATCH = 5_000


class Progress(Protocol):
    def total(self, number: int) -> None: ...
    def advance(self, by: int = 1) -> None: ...
    def say(self, message: Any) -> None: ...
    def error(self, *, row: int | None = None, field: str = "", message: Any) -> None: ...
    def check_cancelled(self) -> None: ...


class Refused(Exception):
    """Nothing was imported; the sentence says why."""


@dataclass
class Counts:
    rows: int = 0
    bad: int = 0
    repeated: int = 0
    months: set[date] = field(default_factory=set)


def run(batch: CreatorImport, progress: Progress) -> dict[str, Any]:
    """Import a configured list; the counts of what changed."""
    _state(batch, ImportState.RUNNING)
    try:
        result = _run(batch, progress)
    except BaseException:
        _state(batch, ImportState.FAILED)
        raise
    finally:
        ImportRow.objects.filter(batch_id=batch.pk)._raw_delete("default")
    return result


def _state(batch: CreatorImport, state: str) -> None:
    CreatorImport.objects.filter(pk=batch.pk).update(state=state, updated_at=now())


def _run(batch: CreatorImport, progress: Progress) -> dict[str, Any]:
    ImportRow.objects.filter(batch_id=batch.pk)._raw_delete("default")  # of a run that was killed
    if batch.row_count:
        progress.total(batch.row_count)
    counts = _stage(batch, progress)
    progress.total(counts.rows)
    if batch.options.get("strict") and counts.bad:
        raise Refused(
            _("%(count)s rows have errors, so nothing was imported. Mend them or allow leaving them out.")
            % {"count": counts.bad}
        )
    if counts.rows == counts.bad:
        raise Refused(_("No row could be read, so nothing was imported. Check the mapping."))
    progress.check_cancelled()
    progress.say(_("Writing"))
    partitions.ensure(counts.months, ["creators_accountsnapshot"])
    with transaction.atomic():
        changed = swap.swap(batch)
        accounts = changed.pop("account_ids")
        summary.refresh(accounts)
        for start in range(0, len(accounts), SCORE_BATCH):
            enqueue("creators.score_accounts", accounts[start : start + SCORE_BATCH])
        result = {"rows": counts.rows, "errors": counts.bad, "repeated": counts.repeated, **changed}
        CreatorImport.objects.filter(pk=batch.pk).update(
            state=ImportState.DONE, result=result, row_count=counts.rows, updated_at=now()
        )
        record(
            "creators.import_finished", batch, actor=batch.created_by, data={"import_id": batch.pk, **result}
        )
    return result


COLUMNS = [
    "batch_id", "line", "platform", "handle", "external_id", "url", "name", "email", "phone", "city", "country",
    "languages", "categories", "tags", "bio", "figures", "custom",
]  # fmt: skip


def _stage(batch: CreatorImport, progress: Progress) -> Counts:
    counts = Counts()
    reader = Reader(batch.columns, batch.mapping, batch.platform)
    seen: dict[tuple[str, str, date | None], tuple[int, dict[str, int]]] = {}
    chunk: list[tuple[int, Clean]] = []
    with batch.file.open("rb") as file:
        try:
            rows, _encoding = parsing.rows_of(file, batch.filename)
            next(rows, None)
            for line, cells in rows:
                clean = reader.read(cells)
                counts.rows += 1
                for problem in clean.problems:
                    progress.error(row=line, field=problem.field, message=problem.message)
                if clean.ok:
                    _repeats(seen, line, clean, batch.as_of, counts, progress)
                    if clean.figures and (clean.as_of or batch.as_of):
                        counts.months.add(clean.as_of or batch.as_of)  # type: ignore[arg-type]
                    chunk.append((line, clean))
                else:
                    counts.bad += 1
                if len(chunk) >= CHUNK:
                    _copy(batch.pk, chunk)
                    progress.advance(counts.rows - _advanced(progress, counts))
                    progress.check_cancelled()
                    chunk = []
        except parsing.BadFile as error:
            raise Refused(str(error)) from None
    if chunk:
        _copy(batch.pk, chunk)
    progress.advance(counts.rows - _advanced(progress, counts))
    return counts


def _advanced(progress: Progress, counts: Counts) -> int:
    """Rows reported so far; kept on the counts, for the protocol does not tell."""
    done = getattr(counts, "_done", 0)
    counts._done = counts.rows  # type: ignore[attr-defined]
    return done


def _repeats(
    seen: dict[tuple[str, str, date | None], tuple[int, dict[str, int]]],
    line: int,
    clean: Clean,
    default: date | None,
    counts: Counts,
    progress: Progress,
) -> None:
    """The first row of an account and day wins; a later one only fills what is missing, and says so if it differs."""
    key = (clean.platform, clean.external_id or clean.handle.lower(), clean.as_of or default)
    before = seen.get(key)
    if before is None:
        seen[key] = (line, clean.figures)
        return
    counts.repeated += 1
    differs = sorted(name for name, value in clean.figures.items() if before[1].get(name, value) != value)
    if differs:
        progress.error(
            row=line,
            field=", ".join(differs),
            message=_("The same account as in row %(row)s with other figures; row %(row)s was kept.")
            % {"row": before[0]},
        )


def _copy(batch_id: int, chunk: list[tuple[int, Clean]]) -> None:
    buffer = io.StringIO()
    for line, clean in chunk:
        row = staged(clean)
        buffer.write(
            copy_line(
                [
                    batch_id, line, row["platform"], row["handle"], row["external_id"], row["url"][:500], row["name"],
                    row["email"], row["phone"], row["city"], row["country"], json.dumps(row["languages"]),
                    json.dumps(row["categories"]), json.dumps(row["tags"]), row["bio"], json.dumps(row["figures"]), json.dumps(row["custom"]),
                ]
            )
        )  # fmt: skip
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY creators_importrow ({', '.join(COLUMNS)}) FROM STDIN", buffer)
