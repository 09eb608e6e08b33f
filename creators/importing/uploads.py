"""The verbs of an import before it runs: receive a file or pasted handles, propose, confirm how it is read."""

from __future__ import annotations

import hashlib
from datetime import date
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators.models import CreatorImport, ImportState, ImportTemplate, Platform, Source
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

from . import filenames, mapping, parsing
from .rows import Clean, Reader

SAMPLE = 50
CELL = 200


def receive(file: File[Any], *, by: User, context: str = "") -> CreatorImport:
    """Keep an uploaded list and propose platform, date and mapping; nothing is imported yet."""
    check(by, "creators.import")
    name = (file.name or "list.csv").rsplit("/", 1)[-1][-200:]
    if (file.size or 0) > parsing.MAX_BYTES:
        raise ValidationError({"file": _("The file is larger than 100 MB. Split it.")})
    try:
        rows, encoding = parsing.rows_of(file, name)  # type: ignore[arg-type]
        found = list(islice(rows, SAMPLE + 1))
    except parsing.BadFile as error:
        raise ValidationError({"file": str(error)}) from None
    if not found:
        raise ValidationError({"file": _("The file is empty. Upload one with a header row.")})
    columns = unique(found[0][1])
    sample = [[line, [cell[:CELL] for cell in cells]] for line, cells in found[1:]]
    if not sample:
        raise ValidationError({"file": _("The file has a header but no rows.")})
    file.seek(0)
    raw = file.read()
    proposal = filenames.propose_as_of(name, localdate(), context=context)
    template = ImportTemplate.objects.filter(signature=parsing.signature(columns)).first()
    known = set(columns)
    chosen = (
        {column: key for column, key in template.mapping.items() if column in known}
        if template
        else mapping.propose(columns)
    )
    options = {**(template.options if template else {}), "year_known": proposal.year_known}
    with transaction.atomic():
        batch = CreatorImport(
            filename=name, sha256=hashlib.sha256(raw).hexdigest(), encoding=encoding, columns=columns, sample=sample,
            row_count=None if encoding == "xlsx" else max(raw.count(b"\n") - 1, len(sample)), mapping=chosen,
            platform=filenames.propose_platform(name) or mapping.platform_of_columns(columns), as_of=proposal.as_of,
            source=Source.VENDOR, options=options, created_by=by,
        )  # fmt: skip
        batch.file.save(name, ContentFile(raw), save=False)
        batch.save()
        record("creators.import_uploaded", batch, actor=by, data={"import_id": batch.pk})
    return batch


def paste(text: str, *, by: User, platform: str = "") -> CreatorImport:
    """Handles or addresses, one a line or separated by commas."""
    check(by, "creators.import")
    parts = [
        part.strip()
        for line in text.replace("\x00", "").splitlines()
        for part in line.replace("\t", ",").split(",")
    ]
    parts = [part for part in parts if part]
    if not parts:
        raise ValidationError({"text": _("Paste at least one handle or address.")})
    if len(parts) > 10_000:
        raise ValidationError({"text": _("At most 10,000 at once. Upload a file for more.")})
    body = "account\n" + "\n".join('"' + part.replace('"', '""') + '"' for part in parts) + "\n"
    batch = receive(ContentFile(body.encode(), name="pasted.csv"), by=by)
    batch.platform, batch.source, batch.as_of = platform, Source.MANUAL, localdate()
    batch.mapping = {"account": "handle"}
    batch.save(update_fields=["platform", "source", "as_of", "mapping", "updated_at"])
    return batch


def unique(columns: list[str]) -> list[str]:
    """Headers by which a mapping can name a column: never empty, never twice."""
    out: list[str] = []
    for place, column in enumerate(columns, start=1):
        name = column.strip()[:120] or f"column {place}"
        base, count = name, 2
        while name in out:
            name, count = f"{base} ({count})", count + 1
        out.append(name)
    return out


def configure(
    batch: CreatorImport,
    *,
    by: User,
    mapping_: dict[str, str],
    platform: str = "",
    as_of: date | None = None,
    source: str = Source.VENDOR,
    tags: list[str] | None = None,
    same_name: bool = False,
    strict: bool = False,
) -> CreatorImport:
    """Confirm how the list is read. `same_name`: rows of one name are one creator; `strict`: any bad row stops all."""
    check(by, "creators.import")
    errors: dict[str, str] = {}
    targets = mapping.by_key()
    chosen = {column: key for column, key in mapping_.items() if key}
    unknown = [key for key in chosen.values() if key not in targets]
    missing = [column for column in chosen if column not in batch.columns]
    singles = [key for key in chosen.values() if key in targets and not targets[key].many]
    twice = sorted({key for key in singles if singles.count(key) > 1})
    if unknown or missing:
        errors["mapping"] = _("Unknown field or column: %(names)s.") % {
            "names": ", ".join([*unknown, *missing])
        }
    elif twice:
        labels = ", ".join(str(targets[key].label) for key in twice)
        errors["mapping"] = _("Two columns feed the same field: %(names)s. Leave one of them out.") % {
            "names": labels
        }
    elif not {"handle", "external_id", "url"} & set(chosen.values()):
        errors["mapping"] = _("Say which column holds the account: its handle, address or id.")
    if platform and platform not in Platform.values:
        errors["platform"] = _("Unknown platform.")
    if source not in (Source.VENDOR, Source.MANUAL, Source.PUBLIC):
        errors["source"] = _("A list is a vendor's estimate, public platform data or entered by hand.")
    figures = [key for key in chosen.values() if key in mapping.FIGURES]
    if figures and as_of is None and "as_of" not in chosen.values():
        errors["as_of"] = _("Say which day the figures are for.")
    if as_of is not None and as_of > localdate():
        errors["as_of"] = _("Figures cannot be of a day to come.")
    if as_of is not None and as_of.year < 2005:
        errors["as_of"] = _("There were no such accounts before 2005. Check the year.")
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        held = CreatorImport.objects.select_for_update().get(pk=batch.pk)
        if held.state == ImportState.RUNNING:
            raise Conflict(_("This import is running. Wait for it or cancel its job."))
        held.mapping, held.platform, held.as_of, held.source = chosen, platform, as_of, source
        held.options = {"tags": tags or [], "same_name": same_name, "strict": strict, "year_known": True}
        held.save(update_fields=["mapping", "platform", "as_of", "source", "options", "updated_at"])
        ImportTemplate.objects.update_or_create(
            signature=parsing.signature(held.columns),
            defaults={
                "name": held.filename,
                "mapping": chosen,
                "options": {"same_name": same_name, "strict": strict},
            },
        )
    batch.refresh_from_db()
    return batch


def preview(batch: CreatorImport, limit: int = 20) -> list[tuple[int, Clean]]:
    """The first rows as they would come in."""
    reader = Reader(batch.columns, batch.mapping, batch.platform)
    return [(line, reader.read(cells)) for line, cells in batch.sample[:limit]]


def discard(batch: CreatorImport, *, by: User) -> None:
    """Forget an upload that was not imported."""
    check(by, "creators.import")
    with transaction.atomic():
        held = CreatorImport.objects.select_for_update().get(pk=batch.pk)
        if held.state != ImportState.UPLOADED:
            raise Conflict(_("This list is imported already; its file is kept as evidence."))
        stored = held.file
        record("creators.import_discarded", held, actor=by, data={"import_id": held.pk})
        held.delete()
        transaction.on_commit(lambda: stored.delete(save=False))
