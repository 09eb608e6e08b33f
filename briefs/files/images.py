"""Pictures are drawn anew: what is stored is only pixels, never what else the file carried."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from briefs.files.inspect import JPEG, PNG, Refused, Type

MOST_PIXELS = 60_000_000
LONGEST_SIDE = 16_000
PREVIEW_SIDE = 640


@dataclass(frozen=True)
class Cleaned:
    data: bytes
    preview: bytes
    width: int
    height: int


def clean(path: Path, kind: Type) -> Cleaned:
    """Re-encode a picture of a known kind. The size is judged before a pixel is unpacked."""
    name = kind.content_type.split("/")[1].upper()
    try:
        with Image.open(path, formats=[name]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
                raise Refused("too_many_pixels", most=MOST_PIXELS // 1_000_000)
            if getattr(image, "n_frames", 1) > 1:
                raise Refused("animated")
            image.load()
            picture = _plain(image)
    except Refused:
        raise
    except Exception as error:  # Pillow raises many kinds on hostile bytes; each means the same to the sender
        raise Refused("broken") from error
    return Cleaned(_encode(picture, kind), _preview(picture), *picture.size)


def _plain(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, without profile, comments or text chunks."""
    profile = image.info.get("icc_profile")
    picture = ImageOps.exif_transpose(image) or image
    if profile and picture.mode in ("RGB", "RGBA"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
            picture = converted or picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # an unreadable profile is dropped: slightly other colours, the same picture
    alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    fresh = picture.convert("RGBA" if alpha else "RGB")
    bare = Image.new(fresh.mode, fresh.size)
    bare.paste(fresh)
    return bare


def _encode(picture: Image.Image, kind: Type) -> bytes:
    out = io.BytesIO()
    if kind is JPEG:
        picture.convert("RGB").save(out, "JPEG", quality=90, optimize=True)
    elif kind is PNG:
        picture.save(out, "PNG")
    else:
        picture.save(out, "WEBP", quality=90)
    return out.getvalue()


def _preview(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    if small.mode == "RGBA":
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()
