"""MP4 and QuickTime boxes: size and length of a video, and the place where it was shot taken out."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BRANDS = {
    b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH", b"M4VP",
    b"MSNV", b"dash", b"3gp4", b"3gp5", b"3gp6", b"qt  ", b"f4v ", b"hvc1", b"cmfc",
}  # fmt: skip
KNOWN = {
    "ftyp",
    "moov",
    "mdat",
    "free",
    "skip",
    "wide",
    "uuid",
    "meta",
    "moof",
    "mfra",
    "sidx",
    "styp",
    "pdin",
    "pnot",
    "udta",
    "prft",
    "emsg",
    "ssix",
    "PICT",
}
CONTAINERS = {"moov", "trak", "udta", "mdia", "meta"}
LOCATION = {b"\xa9xyz", b"loci"}
MOST_BOXES = 5000


class Broken(Exception):
    """The boxes do not add up to the file."""


@dataclass(frozen=True)
class Box:
    kind: str
    start: int
    body: int
    end: int


@dataclass(frozen=True)
class Facts:
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    at = start
    seen = 0
    while at + 8 <= end:
        seen += 1
        if seen > MOST_BOXES:
            raise Broken
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        body = at + 8
        if size == 1:
            raw = file.read(8)
            if len(raw) < 8:
                raise Broken
            size, body = struct.unpack(">Q", raw)[0], at + 16
        elif size == 0:
            size = end - at
        if size < body - at or at + size > end:
            raise Broken
        yield Box(kind.decode("latin-1"), at, body, at + size)
        at += size
    if at != end and end - at >= 8:
        raise Broken


def top_level(path: Path) -> set[str]:
    """Kinds of the outermost boxes; an unknown kind or bytes that belong to none mean the file is broken."""
    length = path.stat().st_size
    with path.open("rb") as file:
        boxes = list(_boxes(file, 0, length))
    if not boxes or boxes[-1].end != length or any(box.kind not in KNOWN for box in boxes):
        raise Broken
    return {box.kind for box in boxes}


def _walk(file: BinaryIO, start: int, end: int, depth: int = 0) -> Iterator[Box]:
    for box in _boxes(file, start, end):
        yield box
        if box.kind in CONTAINERS and depth < 6:
            body = box.body
            if box.kind == "meta":  # ISO puts four bytes of version before the children, QuickTime does not
                file.seek(body + 4)
                body += 0 if file.read(4) == b"hdlr" else 4
            yield from _walk(file, body, box.end, depth + 1)


def facts(path: Path) -> Facts:
    """Width, height and length as far as the file says them."""
    width = height = None
    seconds = None
    try:
        with path.open("rb") as file:
            for box in _walk(file, 0, path.stat().st_size):
                if box.kind == "mvhd":
                    seconds = _length(file, box) or seconds
                elif box.kind == "tkhd":
                    w, h = _size(file, box)
                    if w and h and w * h > (width or 0) * (height or 0):
                        width, height = w, h
    except (Broken, struct.error):
        return Facts()
    return Facts(width, height, seconds)


def _length(file: BinaryIO, box: Box) -> float | None:
    file.seek(box.body)
    data = file.read(32)
    if data[0] == 1:
        scale, length = struct.unpack(">IQ", data[20:32])
    else:
        scale, length = struct.unpack(">II", data[12:20])
    return round(length / scale, 2) if scale and length < 2**40 else None


def _size(file: BinaryIO, box: Box) -> tuple[int, int]:
    """Of a track header; a quarter turn in the matrix swaps the two."""
    file.seek(box.end - 44)
    data = file.read(44)
    if len(data) < 44:
        return 0, 0
    matrix = struct.unpack(">9i", data[:36])
    width, height = (value >> 16 for value in struct.unpack(">II", data[36:44]))
    return (height, width) if matrix[0] == 0 and matrix[1] != 0 else (width, height)


def remove_location(path: Path) -> int:
    """Blank where the video was shot, in place: the box becomes free space of the same size."""
    removed = 0
    with path.open("r+b") as file:
        try:
            boxes = [
                box for box in _walk(file, 0, path.stat().st_size) if box.kind.encode("latin-1") in LOCATION
            ]
            apple = _apple_location(file, path.stat().st_size)
        except (Broken, struct.error):
            return 0
        for box in boxes:
            file.seek(box.start + 4)
            file.write(b"free" + bytes(box.end - box.body))
            removed += 1
        for start, end in apple:
            file.seek(start)
            file.write(bytes(end - start))
            removed += 1
    return removed


def _apple_location(file: BinaryIO, length: int) -> list[tuple[int, int]]:
    """Byte ranges of values that the `keys` table calls a location."""
    found: list[tuple[int, int]] = []
    wanted: set[int] = set()
    for box in _walk(file, 0, length):
        if box.kind == "keys" and box.end - box.body < 65536:
            file.seek(box.body)
            data = file.read(box.end - box.body)
            at, number = 8, 0
            while at + 8 <= len(data):
                size = struct.unpack(">I", data[at : at + 4])[0]
                if size < 8:
                    break
                number += 1
                if b"location" in data[at + 8 : at + size].lower():
                    wanted.add(number)
                at += size
        elif box.kind == "ilst" and wanted:
            for item in _boxes(file, box.body, box.end):
                if int.from_bytes(item.kind.encode("latin-1"), "big") in wanted:
                    found += [(value.body + 8, value.end) for value in _boxes(file, item.body, item.end)]
    return found
