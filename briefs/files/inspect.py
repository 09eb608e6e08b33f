"""Decide what a file is: its first bytes, its name and its declared type must agree, or it is refused."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import puremagic

from briefs.files import mp4, names

MB = 1024 * 1024


@dataclass(frozen=True)
class Type:
    kind: str
    suffixes: tuple[str, ...]
    content_type: str
    declared: tuple[str, ...]
    # What puremagic calls it; it must name one of these.
    magic: tuple[str, ...]
    largest: int

    @property
    def suffix(self) -> str:
        return self.suffixes[0]


JPEG = Type(
    "image",
    ("jpg", "jpeg"),
    "image/jpeg",
    ("image/jpeg", "image/jpg", "image/pjpeg"),
    (".jpg", ".jpeg", ".jfif"),
    25 * MB,
)
PNG = Type("image", ("png",), "image/png", ("image/png",), (".png",), 25 * MB)
WEBP = Type("image", ("webp",), "image/webp", ("image/webp",), (".webp",), 25 * MB)
MP4 = Type(
    "video",
    ("mp4", "m4v"),
    "video/mp4",
    ("video/mp4", "video/x-m4v"),
    (".mp4", ".m4v", ".mov", ".3gp", ".f4v", ".m4a"),
    2048 * MB,
)
MOV = Type(
    "video",
    ("mov",),
    "video/quicktime",
    ("video/quicktime", "video/mp4"),
    (".mov", ".mp4", ".m4v", ".qt"),
    2048 * MB,
)
WEBM = Type("video", ("webm",), "video/webm", ("video/webm", "audio/webm"), (".webm", ".mkv"), 2048 * MB)
PDF = Type(
    "document", ("pdf",), "application/pdf", ("application/pdf", "application/x-pdf"), (".pdf",), 25 * MB
)
TYPES = (JPEG, PNG, WEBP, MP4, MOV, WEBM, PDF)
BY_SUFFIX = {suffix: kind for kind in TYPES for suffix in kind.suffixes}
LARGEST = max(kind.largest for kind in TYPES)
ACCEPT = ",".join("." + suffix for suffix in BY_SUFFIX)
ANY_TYPE = ("", "application/octet-stream", "binary/octet-stream")
# Said as advice, since these come up every day.
ADVICE = {
    "heic": "heic",
    "heif": "heic",
    "gif": "gif",
    "svg": "active",
    "html": "active",
    "htm": "active",
    "doc": "office",
    "docx": "office",
    "docm": "office",
    "ppt": "office",
    "pptx": "office",
    "zip": "archive",
    "rar": "archive",
    "7z": "archive",
}


class Refused(Exception):
    """The file is not taken; `code` names the reason, `briefs.file_texts` says it."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def expected(filename: str, declared: str = "", size: int | None = None) -> Type:
    """What the name promises, before a byte has come: so that nobody sends 2 GB to hear no."""
    suffix = names.suffix(filename)
    kind = BY_SUFFIX.get(suffix)
    if kind is None:
        raise Refused(ADVICE.get(suffix, "type"), suffix=suffix)
    plain = declared.split(";")[0].strip().lower()
    if plain not in ANY_TYPE and plain not in kind.declared:
        raise Refused("declared", declared=plain[:60], suffix=suffix)
    if size is not None:
        if size <= 0:
            raise Refused("empty")
        if size > kind.largest:
            raise Refused("too_big", largest=kind.largest // MB)
    return kind


def inspect(path: Path, filename: str, declared: str = "") -> Type:
    """The type of a file on disk, or `Refused`."""
    kind = expected(filename, declared, path.stat().st_size)
    with path.open("rb") as file:
        head = file.read(4096)
    if not _signature(kind, head) or not _magic_agrees(kind, head, filename):
        raise Refused("mismatch", suffix=names.suffix(filename))
    # Pictures are drawn anew, so only a video could carry markup to where a browser sniffs for it.
    if kind.kind == "video" and _looks_active(head[:1024]):
        raise Refused("active")
    if kind in (MP4, MOV):
        _container(path)
    if kind is PDF:
        _pdf(path)
    return kind


def _signature(kind: Type, head: bytes) -> bool:
    if kind is JPEG:
        return head[:3] == b"\xff\xd8\xff"
    if kind is PNG:
        return head[:8] == b"\x89PNG\r\n\x1a\n"
    if kind is WEBP:
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if kind is WEBM:
        return head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]
    if kind is PDF:
        return head[:5] == b"%PDF-"
    brand = head[8:12]
    if head[4:8] != b"ftyp":
        return False
    return brand == b"qt  " if kind is MOV and brand == b"qt  " else brand in mp4.BRANDS


def _magic_agrees(kind: Type, head: bytes, filename: str) -> bool:
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return any(guess.extension in kind.magic for guess in guesses)


_ACTIVE = re.compile(rb"<\s*(?:!doctype\s+html|html|script|svg|iframe|body|\?xml|\?php)", re.IGNORECASE)


def _looks_active(head: bytes) -> bool:
    """Markup within what a browser may sniff."""
    return bool(_ACTIVE.search(head))


def _container(path: Path) -> None:
    try:
        boxes = mp4.top_level(path)
    except mp4.Broken as error:
        raise Refused("broken") from error
    if "moov" not in boxes:
        raise Refused("broken")


_PDF_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE)(?![A-Za-z])"
)
_PDF_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)


def _pdf(path: Path) -> None:
    data = path.read_bytes()
    if b"%%EOF" not in data[-1024:]:
        raise Refused("broken")
    if _PDF_ACTIVE.search(_unescape(data)):
        raise Refused("active")
    budget = 64 * MB
    for match in _PDF_STREAM.finditer(data):  # names may hide in compressed object streams
        unpacked = _inflate(data[match.end() : match.end() + 8 * MB], min(budget, 8 * MB))
        budget -= len(unpacked)
        if budget <= 0:
            raise Refused("too_big", largest=PDF.largest // MB)
        if _PDF_ACTIVE.search(_unescape(unpacked)):
            raise Refused("active")


def _unescape(data: bytes) -> bytes:
    """/J#61vaScript is /JavaScript."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), data)


def _inflate(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error:
        return b""
