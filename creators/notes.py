"""Notes and files about a creator: for staff, never for the creator or a client."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import Creator, CreatorFile, Note
from krm.accounts.models import User
from krm.accounts.permissions import check, is_administrator
from krm.errors import Conflict, Denied
from krm.events import record

MAX_FILE = 50 * 1024 * 1024


def add_note(creator: Creator, *, by: User, body: str, pinned: bool = False) -> Note:
    check(by, "creators.note", creator)
    text = _body(body)
    with transaction.atomic():
        note = Note.objects.create(creator=creator, author=by, body=text, pinned=pinned)
        record("creators.note_added", creator, actor=by, data={"creator_id": creator.pk, "note_id": note.pk})
    return note


def edit_note(note: Note, *, by: User, body: str | None = None, pinned: bool | None = None) -> Note:
    """The author may change the words; every note-taker may pin."""
    check(by, "creators.note", note.creator)
    if body is not None:
        _own(note, by)
        note.body = _body(body)
    if pinned is not None:
        note.pinned = pinned
    with transaction.atomic():
        note.save(update_fields=["body", "pinned", "updated_at"])
        record(
            "creators.note_changed",
            note.creator,
            actor=by,
            data={"creator_id": note.creator_id, "note_id": note.pk},
        )
    return note


def toggle_pin(note: Note, *, by: User) -> Note:
    return edit_note(note, by=by, pinned=not note.pinned)


def delete_note(note: Note, *, by: User) -> None:
    check(by, "creators.note", note.creator)
    _own(note, by)
    with transaction.atomic():
        record(
            "creators.note_deleted",
            note.creator,
            actor=by,
            data={"creator_id": note.creator_id, "note_id": note.pk},
        )
        note.delete()


def _own(note: Note, by: User) -> None:
    if note.author_id != by.pk and not is_administrator(by):
        raise Denied(_("Only the author or an administrator may do this to a note."))


def _body(body: str) -> str:
    text = body.replace("\x00", "").strip()
    if not text:
        raise ValidationError({"body": _("Write something first.")})
    if len(text) > 20_000:
        raise ValidationError({"body": _("At most 20,000 characters.")})
    return text


def add_file(creator: Creator, *, by: User, file: UploadedFile) -> CreatorFile:
    check(by, "creators.change", creator)
    if (file.size or 0) > MAX_FILE:
        raise ValidationError(
            {"file": _("The file is larger than 50 MB. Make it smaller or share a link in a note.")}
        )
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    with transaction.atomic():
        if CreatorFile.objects.filter(creator=creator, sha256=digest.hexdigest()).exists():
            raise Conflict(_("This file is here already."))
        row = CreatorFile.objects.create(
            creator=creator, file=file, name=str(file.name)[-200:], size=file.size or 0, sha256=digest.hexdigest(),
            uploaded_by=by,
        )  # fmt: skip
        record("creators.file_added", creator, actor=by, data={"creator_id": creator.pk, "file_id": row.pk})
    return row


def delete_file(file: CreatorFile, *, by: User) -> None:
    check(by, "creators.change", file.creator)
    with transaction.atomic():
        record(
            "creators.file_deleted",
            file.creator,
            actor=by,
            data={"creator_id": file.creator_id, "file_id": file.pk},
        )
        stored = file.file
        file.delete()
        transaction.on_commit(lambda: stored.delete(save=False))
