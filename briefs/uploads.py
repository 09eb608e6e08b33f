"""Resumable upload: start, send chunks at their offset, carry on after a break; then check and keep.

Chunks lie in the media storage, not in a process, so that any web server can take the next one.
"""

from __future__ import annotations

import hashlib
import tempfile
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import assets
from briefs.file_texts import as_validation_error, sentence
from briefs.files import inspect, names
from briefs.files.inspect import MB, Refused
from briefs.models import Asset, Upload, UploadChunk
from campaigns.models import Campaign, Deliverable
from krm.accounts.models import User
from krm.errors import Conflict, Denied
from krm.events import enqueue

CHUNK = 8 * MB
LARGEST_CHUNK = 16 * MB
# Up to here the file is checked while the sender waits; above it a worker does it.
CHECKED_AT_ONCE = 64 * MB
LIFETIME = timedelta(days=2)
MOST_OPEN = 10


@transaction.atomic
def start(
    *,
    by: User,
    filename: str,
    size: int,
    campaign: Campaign | None = None,
    deliverable: Deliverable | None = None,
    content_type: str = "",
    sha256: str = "",
    purpose: str = Asset.Purpose.DRAFT,
) -> Upload:
    """Announce a file. A file that can never be taken is refused here, before it is sent."""
    if deliverable is not None:
        campaign = campaign or deliverable.partnership.campaign
    if campaign is None:
        raise ValidationError({"campaign": _("Choose a campaign.")})
    assets.check_place(by, campaign, deliverable)
    try:
        inspect.expected(filename, content_type, size)
    except Refused as error:
        raise as_validation_error(error) from error
    if sha256 and (len(sha256) != 64 or any(c not in "0123456789abcdef" for c in sha256.lower())):
        raise ValidationError({"sha256": _("Send the SHA-256 as 64 hexadecimal digits.")})
    if (
        Upload.objects.filter(user=by, state=Upload.State.OPEN, expires_at__gt=timezone.now()).count()
        >= MOST_OPEN
    ):
        raise Conflict(
            _("%(most)s uploads are still open: finish or cancel one first.") % {"most": MOST_OPEN}
        )
    return Upload.objects.create(
        user=by,
        campaign=campaign,
        partnership=deliverable.partnership if deliverable else None,
        deliverable=deliverable,
        purpose=purpose,
        filename=names.clean(filename),
        declared_type=content_type[:100],
        size=size,
        sha256=sha256.lower(),
        expires_at=timezone.now() + LIFETIME,
    )


def append(upload: Upload, *, by: User, offset: int, data: BinaryIO, length: int, sha256: str = "") -> Upload:
    """Take the chunk that begins at `offset`. A chunk that is already here, or comes too early, is a conflict."""
    _own(upload, by)
    _expect(upload, offset)
    if not 0 < length <= LARGEST_CHUNK:
        raise ValidationError(
            {"length": _("Send between 1 byte and %(most)s MB at a time.") % {"most": LARGEST_CHUNK // MB}}
        )
    if offset + length > upload.size:
        raise ValidationError({"length": _("This is more than the announced size.")})
    with tempfile.TemporaryFile() as piece:
        if _copy(data, piece, length, sha256) != length:
            raise ValidationError({"length": _("The connection broke: send this piece again.")})
        piece.seek(0)
        path = default_storage.save(f"incoming/{upload.pk}/{offset:012d}-{uuid.uuid4().hex[:8]}", File(piece))
    try:
        with transaction.atomic():
            upload = Upload.objects.select_for_update().get(pk=upload.pk)
            _expect(upload, offset)
            UploadChunk.objects.create(upload=upload, start=offset, length=length, path=path)
            upload.offset = offset + length
            if upload.offset == upload.size:
                upload.state = Upload.State.ASSEMBLING
                if upload.size > CHECKED_AT_ONCE:
                    enqueue("briefs.assemble_upload", str(upload.pk))
            upload.save(update_fields=["offset", "state", "updated_at"])
    except BaseException:
        default_storage.delete(path)
        raise
    if upload.state == Upload.State.ASSEMBLING and upload.size <= CHECKED_AT_ONCE:
        return assemble(upload.pk)
    return upload


def _own(upload: Upload, by: User) -> None:
    if upload.user_id != by.pk:
        raise Denied(_("This upload belongs to somebody else."))


def _expect(upload: Upload, offset: int) -> None:
    if upload.state != Upload.State.OPEN:
        raise Conflict(_("This upload is finished; start a new one for another file."))
    if upload.expires_at <= timezone.now():
        raise Conflict(_("This upload has expired: start again."))
    if offset != upload.offset:
        raise Conflict(_("Carry on at byte %(offset)s.") % {"offset": upload.offset})


def _copy(source: BinaryIO, target: Any, length: int, sha256: str) -> int:
    digest, done = hashlib.sha256(), 0
    while done < length:
        block = source.read(min(1024 * 1024, length - done))
        if not block:
            break
        digest.update(block)
        target.write(block)
        done += len(block)
    if sha256 and done == length and digest.hexdigest() != sha256.lower():
        raise ValidationError({"sha256": _("This piece arrived changed: send it again.")})
    return done


def assemble(upload_id: uuid.UUID | str) -> Upload:
    """Join the chunks, check the file, put it into the library. Twice does it once."""
    with transaction.atomic():
        upload = (
            Upload.objects.select_for_update(of=("self",))
            .select_related("campaign", "deliverable__partnership", "user")
            .get(pk=upload_id)
        )
        if upload.state != Upload.State.ASSEMBLING:
            return upload
        try:
            with tempfile.NamedTemporaryFile(suffix=".upload") as whole:
                for block in _blocks(upload):
                    whole.write(block)
                whole.flush()
                upload.asset = assets.take(
                    Path(whole.name),
                    by=upload.user,
                    campaign=upload.campaign,
                    deliverable=upload.deliverable,
                    filename=upload.filename,
                    declared=upload.declared_type,
                    purpose=upload.purpose,
                    sha256=upload.sha256,
                )
            upload.state = Upload.State.DONE
        except Refused as error:
            upload.state, upload.error = Upload.State.FAILED, sentence(error)[:300]
        upload.save(update_fields=["asset", "state", "error", "updated_at"])
        transaction.on_commit(lambda: _drop_chunks(upload))
    return upload


def _blocks(upload: Upload) -> Iterator[bytes]:
    for chunk in upload.chunks.order_by("start"):
        with default_storage.open(chunk.path, "rb") as piece:
            yield from piece.chunks(1024 * 1024)


def _drop_chunks(upload: Upload) -> None:
    for chunk in upload.chunks.all():
        default_storage.delete(chunk.path)
    upload.chunks.all().delete()


def cancel(upload: Upload, *, by: User) -> None:
    """Give up an unfinished upload."""
    _own(upload, by)
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state != Upload.State.OPEN:
            raise Conflict(_("This upload is finished and cannot be cancelled."))
        upload.state, upload.error = Upload.State.FAILED, _("Cancelled by the sender.")
        upload.save(update_fields=["state", "error", "updated_at"])
    _drop_chunks(upload)


def sweep() -> int:
    """Drop what was never finished, and take up files whose worker was lost."""
    now = timezone.now()
    stale = list(Upload.objects.filter(state=Upload.State.OPEN, expires_at__lte=now)[:200])
    for upload in stale:
        _drop_chunks(upload)
        upload.state, upload.error = Upload.State.FAILED, "expired"
        upload.save(update_fields=["state", "error", "updated_at"])
    over = (
        Upload.State.DONE,
        Upload.State.FAILED,
    )  # their worker was lost between the end and the tidying up
    for upload in Upload.objects.filter(state__in=over, chunks__isnull=False).distinct()[:200]:
        _drop_chunks(upload)
    lost = Upload.objects.filter(state=Upload.State.ASSEMBLING, updated_at__lte=now - timedelta(minutes=15))
    for pk in lost.values_list("pk", flat=True)[:50]:
        enqueue("briefs.assemble_upload", str(pk))
    return len(stale)
