"""Files that come with money: invoices and proofs. PDF, JPEG and PNG by content, whatever the name says."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 60_000_000
ACTIVE_PDF = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA|OpenAction\s*<<[^>]*/S\s*/URI)\b"
)


@dataclass(frozen=True)
class CheckedFile:
    name: str  # as the person called it, without path
    content: ContentFile[bytes]
    sha256: str


def checked(upload: Any, field: str) -> CheckedFile:
    """Refuse what is not a plain PDF, JPEG or PNG; pictures are written anew, so that nothing hides in them."""
    if upload.size > MAX_BYTES:
        raise ValidationError({field: _("The file is larger than 10 MB. Send a smaller one.")})
    upload.seek(0)
    raw = upload.read()
    if not raw:
        raise ValidationError({field: _("The file is empty. Choose it again.")})
    if raw.startswith(b"%PDF-"):
        suffix, data = ".pdf", _plain_pdf(raw, field)
    elif raw.startswith(b"\xff\xd8\xff"):
        suffix, data = ".jpg", _redrawn(raw, "JPEG", field)
    elif raw.startswith(b"\x89PNG\r\n\x1a\n"):
        suffix, data = ".png", _redrawn(raw, "PNG", field)
    else:
        raise ValidationError({field: _("Send a PDF, JPG or PNG file.")})
    digest = hashlib.sha256(data).hexdigest()
    stem = re.sub(r"[^\w\- .]", "", PurePath(str(upload.name or "")).stem).strip(" .")[:120] or "file"
    return CheckedFile(f"{stem}{suffix}", ContentFile(data, name=f"{digest[:32]}{suffix}"), digest)


def _plain_pdf(raw: bytes, field: str) -> bytes:
    if b"%%EOF" not in raw[-2048:]:
        raise ValidationError({field: _("The PDF is cut off. Export it again and send it anew.")})
    if ACTIVE_PDF.search(raw):
        raise ValidationError(
            {field: _("The PDF holds scripts or attachments. Print it to a new PDF and send that.")}
        )
    return raw


def _redrawn(raw: bytes, form: str, field: str) -> bytes:
    try:
        with Image.open(io.BytesIO(raw), formats=[form]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ValidationError({field: _("The picture has too many pixels. Send a smaller one.")})
            image.load()
            out = io.BytesIO()
            clean = image.convert("RGB") if form == "JPEG" else image.copy()
            clean.info.clear()
            clean.save(out, form, **({"quality": 88} if form == "JPEG" else {}))
            return out.getvalue()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise ValidationError(
            {field: _("The picture cannot be read. Send it again as JPG, PNG or PDF.")}
        ) from None


def stored_bytes(file: Any) -> bytes | None:
    """What was stored, or None where there is no file; at most 10 MB by the check above."""
    if not file:
        return None
    try:
        with file.open("rb") as opened:
            return bytes(opened.read())
    except FileNotFoundError:
        return None
