"""Why a file was refused, as a sentence that says what to do."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from briefs.files.inspect import Refused

TEXTS: dict[str, Any] = {
    "type": _("This kind of file is not accepted. Send JPG, PNG, WebP, MP4, MOV, WebM or PDF."),
    "heic": _(
        "HEIC photos are not accepted: choose “Most compatible” in the camera settings, or send a JPG."
    ),
    "gif": _("GIF is not accepted: send the animation as an MP4 video, or a JPG."),
    "office": _("Office files are not accepted: save the document as PDF."),
    "archive": _("Archives are not accepted: send the files one by one."),
    "active": _(
        "The file contains active content and is not accepted. Export it again as a plain picture, video or PDF."
    ),
    "declared": _("The file says it is {declared}, but its name ends in .{suffix}. Send the original file."),
    "mismatch": _(
        "The content of the file is not what .{suffix} says. Send the original file, not a renamed one."
    ),
    "broken": _("The file is damaged or incomplete. Export it again and send it once more."),
    "empty": _("The file is empty."),
    "too_big": _("The file is too big: at most {largest} MB for this kind."),
    "too_many_pixels": _("The picture is too large: at most {most} megapixels."),
    "animated": _("Moving pictures are not accepted: send a video."),
    "checksum": _("The file arrived changed. Send it once more."),
}


def sentence(error: Refused) -> str:
    return str(TEXTS[error.code]).format(**error.params)


def as_validation_error(error: Refused) -> ValidationError:
    return ValidationError({"file": sentence(error)})
