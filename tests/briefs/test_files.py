"""Uploads: a hostile corpus, what is kept of a good file, and the resumable way in."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from briefs import assets, uploads
from briefs.files import images, inspect, mp4, names
from briefs.files.inspect import Refused
from briefs.models import Asset, Upload
from krm.errors import Conflict, Denied
from tests.briefs.conftest import Cast
from tests.briefs.factories import box, picture, video

JPG, MP4 = picture(), video()
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"


def stored_bytes(field: Any) -> bytes:
    with field.open("rb") as file:
        return bytes(file.read())


def zipped(name: str = "a.txt", data: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that only claims to be large."""
    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100))
    chunks = [(b"IHDR", ihdr), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def gif(frames: int = 1) -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("P", (8, 8), i) for i in range(frames)]
    pictures[0].save(out, "GIF", save_all=True, append_images=pictures[1:])
    return out.getvalue()


def animated_webp() -> bytes:
    out = io.BytesIO()
    pictures = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    pictures[0].save(out, "WEBP", save_all=True, append_images=pictures[1:])
    return out.getvalue()


def pdf_with(name: bytes) -> bytes:
    return PDF.replace(b"/Type/Catalog", b"/Type/Catalog" + name)


def pdf_hiding(name: bytes) -> bytes:
    hidden = zlib.compress(b"<<" + name + b"(app.alert(1))>>")
    return PDF.replace(
        b"trailer",
        b"2 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\n" + hidden + b"\nendstream endobj\ntrailer",
    )


HOSTILE: list[tuple[str, str, bytes, str]] = [
    ("svg with script", "logo.svg", SVG, "image/svg+xml"),
    ("svg called png", "logo.png", SVG, "image/png"),
    ("html called jpg", "a.jpg", HTML, "image/jpeg"),
    ("html called mp4", "a.mp4", HTML, "video/mp4"),
    ("html", "a.html", HTML, "text/html"),
    ("htm", "a.htm", HTML, "text/html"),
    ("xhtml called pdf", "a.pdf", b"<?xml version='1.0'?><html/>", "application/pdf"),
    ("php called jpg", "a.jpg", b"<?php system('id'); ?>", "image/jpeg"),
    ("double extension", "a.jpg.html", JPG, "image/jpeg"),
    ("script extension", "a.jpg.js", JPG, "image/jpeg"),
    ("no extension", "photo", JPG, "image/jpeg"),
    ("hidden file", ".htaccess", b"AddType", "text/plain"),
    ("zip", "a.zip", zipped(), "application/zip"),
    ("zip called jpg", "a.jpg", zipped(), "image/jpeg"),
    ("zip bomb called mp4", "a.mp4", zipped("0", bytes(10_000_000)), "video/mp4"),
    ("docx", "a.docx", zipped("word/document.xml"), ""),
    ("docm", "a.docm", zipped("word/vbaProject.bin"), ""),
    ("office called pdf", "a.pdf", zipped("word/document.xml"), "application/pdf"),
    ("exe", "a.exe", b"MZ\x90\x00", "application/octet-stream"),
    ("exe called png", "a.png", b"MZ\x90\x00" + bytes(100), "image/png"),
    ("elf called mp4", "a.mp4", b"\x7fELF" + bytes(100), "video/mp4"),
    ("shell script called jpg", "a.jpg", b"#!/bin/sh\nrm -rf /", "image/jpeg"),
    ("empty", "a.jpg", b"", "image/jpeg"),
    ("one byte", "a.jpg", b"\xff", "image/jpeg"),
    ("jpeg signature only", "a.jpg", b"\xff\xd8\xff\xe0", "image/jpeg"),
    ("truncated jpeg", "a.jpg", JPG[:200], "image/jpeg"),
    ("truncated png", "a.png", picture(fmt="PNG")[:40], "image/png"),
    ("png called jpg", "a.jpg", picture(fmt="PNG"), "image/jpeg"),
    ("jpg called png", "a.png", JPG, "image/png"),
    ("jpg declared as html", "a.jpg", JPG, "text/html"),
    ("jpg declared as svg", "a.jpg", JPG, "image/svg+xml"),
    ("png declared as video", "a.png", picture(fmt="PNG"), "video/mp4"),
    ("pixel flood 50k", "a.png", png_header(50_000, 50_000), "image/png"),
    ("pixel flood wide", "a.png", png_header(200_000, 10), "image/png"),
    ("pixel flood 2^31", "a.png", png_header(2**31 - 1, 2**31 - 1), "image/png"),
    ("zero pixels", "a.png", png_header(0, 0), "image/png"),
    ("gif", "a.gif", gif(), "image/gif"),
    ("gif called jpg", "a.jpg", gif(), "image/jpeg"),
    ("gifar", "a.gif", gif() + zipped(), "image/gif"),
    ("animated webp", "a.webp", animated_webp(), "image/webp"),
    ("heic", "a.heic", box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic"), "image/heic"),
    ("heic called jpg", "a.jpg", box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic"), "image/jpeg"),
    ("heic called mp4", "a.mp4", box(b"ftyp", b"heic\x00\x00\x00\x00mif1heic") + box(b"moov"), "video/mp4"),
    ("bmp", "a.bmp", b"BM" + bytes(60), "image/bmp"),
    ("tiff called jpg", "a.jpg", b"II*\x00" + bytes(60), "image/jpeg"),
    ("ico", "a.ico", b"\x00\x00\x01\x00" + bytes(60), "image/x-icon"),
    ("psd called png", "a.png", b"8BPS" + bytes(60), "image/png"),
    ("mp4 without movie", "a.mp4", box(b"ftyp", b"isom\x00\x00\x02\x00isom") + box(b"mdat", bytes(50)), "video/mp4"),
    ("mp4 with zip behind", "a.mp4", MP4 + zipped(), "video/mp4"),
    ("mp4 with html behind", "a.mp4", MP4 + HTML, "video/mp4"),
    ("mp4 with html before", "a.mp4", HTML + MP4, "video/mp4"),
    ("mp4 that is cut off", "a.mp4", MP4[:-20], "video/mp4"),
    ("mp4 box larger than the file", "a.mp4", MP4[:32] + b"\x7f\xff\xff\xffmoov", "video/mp4"),
    ("mp4 box of size 2", "a.mp4", MP4[:32] + b"\x00\x00\x00\x02moov" + bytes(20), "video/mp4"),
    ("mp4 with script in its brand", "a.mp4", box(b"ftyp", b"isom<script>alert(1)</script>") + MP4[32:], "video/mp4"),
    ("avi called mp4", "a.mp4", b"RIFF\x00\x00\x00\x00AVI LIST", "video/mp4"),
    ("mkv called webm", "a.webm", b"\x1a\x45\xdf\xa3\x8bB\x82\x88matroska", "video/webm"),
    ("mp3 called mp4", "a.mp4", b"ID3\x03\x00" + bytes(60), "video/mp4"),
    ("m3u8 called mp4", "a.mp4", b"#EXTM3U\nhttp://169.254.169.254/\n", "video/mp4"),
    ("pdf with javascript", "a.pdf", pdf_with(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "application/pdf"),
    ("pdf with escaped javascript", "a.pdf", pdf_with(b"/AA<</S/J#61vaScript>>"), "application/pdf"),
    ("pdf with javascript in an object stream", "a.pdf", pdf_hiding(b"/S/JavaScript/JS"), "application/pdf"),
    ("pdf that starts a program", "a.pdf", pdf_with(b"/A<</S/Launch/F(cmd.exe)>>"), "application/pdf"),
    ("pdf with a file inside", "a.pdf", pdf_with(b"/Names<</EmbeddedFiles 3 0 R>>"), "application/pdf"),
    ("pdf with xfa", "a.pdf", pdf_with(b"/AcroForm<</XFA 4 0 R>>"), "application/pdf"),
    ("pdf after a script", "a.pdf", b"<script></script>" + PDF, "application/pdf"),
    ("pdf without end", "a.pdf", PDF[:40], "application/pdf"),
    ("csv formula", "a.csv", b'=HYPERLINK("http://x")', "text/csv"),
    ("text", "a.txt", b"hello", "text/plain"),
    ("eml", "a.eml", b"From: a", "message/rfc822"),
    ("swf called mp4", "a.mp4", b"FWS\x09" + bytes(60), "video/mp4"),
]  # fmt: skip


@pytest.mark.parametrize(("_case", "name", "data", "declared"), HOSTILE, ids=[h[0] for h in HOSTILE])
def test_hostile_files_are_refused(tmp_path: Path, _case: str, name: str, data: bytes, declared: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)

    with pytest.raises(Refused):
        kind = inspect.inspect(path, name, declared)
        if kind.kind == "image":
            images.clean(path, kind)


@pytest.mark.parametrize(
    ("name", "data", "declared", "kind"),
    [
        ("a.jpg", JPG, "image/jpeg", "image"),
        ("FOTO.JPEG", JPG, "", "image"),
        ("a.png", picture(fmt="PNG"), "application/octet-stream", "image"),
        ("a.webp", picture(fmt="WEBP"), "image/webp", "image"),
        ("a.mp4", MP4, "video/mp4", "video"),
        ("a.m4v", MP4, "", "video"),
        ("a.mov", box(b"ftyp", b"qt  \x00\x00\x02\x00qt  ") + MP4[32:], "video/quicktime", "video"),
        ("a.webm", b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(50), "video/webm", "video"),
        ("a.pdf", PDF, "application/pdf", "document"),
    ],
)  # fmt: skip
def test_good_files_pass(tmp_path: Path, name: str, data: bytes, declared: str, kind: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(data)

    assert inspect.inspect(path, name, declared).kind == kind


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\x\\foto.jpg", "foto.jpg"),
        ("a\x00b.jpg", "ab.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie_ x.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("...", "file"),
        ("", "file"),
        ("kopi ☕ pagi.jpg", "kopi ☕ pagi.jpg"),
        ('a"<b>.jpg', "a__b_.jpg"),
        ("x" * 300 + ".jpg", "x" * 116 + ".jpg"),
    ],
)
def test_names_are_made_harmless(sent: str, shown: str) -> None:
    assert names.clean(sent) == shown


def test_a_picture_keeps_only_its_pixels(cast: Cast) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "S"
    exif[0x0112] = 6  # a quarter turn
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif, comment=b"<script>alert(1)</script>")
    polyglot = out.getvalue() + zipped()

    asset = assets.upload_file(
        SimpleUploadedFile("Foto Rumah.jpg", polyglot, "image/jpeg"),
        by=cast.kol,
        deliverable=cast.deliverable,
    )

    stored = stored_bytes(asset.file)
    with Image.open(io.BytesIO(stored)) as kept:
        assert not kept.getexif()
        assert kept.size == (20, 40)
    assert b"Secret" not in stored and b"script" not in stored and b"PK\x03\x04" not in stored
    assert asset.scan == "cleaned"
    assert asset.name == "Foto Rumah.jpg"
    assert "Foto" not in asset.file.name and "Rumah" not in asset.file.name
    assert asset.sha256 == hashlib.sha256(stored).hexdigest()
    assert asset.source_sha256 == hashlib.sha256(polyglot).hexdigest()
    assert stored_bytes(asset.preview)[:3] == b"\xff\xd8\xff"


def test_a_video_is_kept_as_sent_but_for_the_place(cast: Cast) -> None:
    sent = video(location=True, seconds=12, width=720, height=1280)

    asset = assets.upload_file(
        SimpleUploadedFile("a.mp4", sent, "video/mp4"), by=cast.kol, deliverable=cast.deliverable
    )

    stored = stored_bytes(asset.file)
    assert b"-6.2088" in sent and b"-6.2088" not in stored
    assert len(stored) == len(sent)
    assert asset.scan == "not_scanned"
    assert (asset.width, asset.height, float(asset.seconds or 0)) == (720, 1280, 12.0)
    assert asset.meta == {"location_removed": 1}


def test_facts_of_garbage_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(box(b"moov", box(b"mvhd", b"\x01")))

    assert mp4.facts(path) == mp4.Facts()


# --- resumable -------------------------------------------------------------------------------------------------


def send(upload: Upload, by: object, data: bytes, piece: int) -> Upload:
    while upload.state == "open":
        part = data[upload.offset : upload.offset + piece]
        upload = uploads.append(upload, by=by, offset=upload.offset, data=io.BytesIO(part), length=len(part))  # type: ignore[arg-type]
    return upload


def test_a_file_comes_in_pieces(cast: Cast) -> None:
    data = video(size=5000)
    upload = uploads.start(
        by=cast.kol,
        filename="a.mp4",
        size=len(data),
        deliverable=cast.deliverable,
        sha256=hashlib.sha256(data).hexdigest(),
    )

    upload = send(upload, cast.kol, data, 777)

    assert upload.state == "done"
    assert upload.asset is not None
    assert stored_bytes(upload.asset.file) == data
    assert upload.asset.partnership == cast.partnership


def test_the_place_in_the_file_is_kept_and_asked_for(cast: Cast) -> None:
    data = video(size=5000)
    upload = uploads.start(by=cast.kol, filename="a.mp4", size=len(data), deliverable=cast.deliverable)
    upload = uploads.append(upload, by=cast.kol, offset=0, data=io.BytesIO(data[:1000]), length=1000)

    with pytest.raises(Conflict, match="byte 1000"):
        uploads.append(upload, by=cast.kol, offset=0, data=io.BytesIO(data[:1000]), length=1000)
    with pytest.raises(Conflict, match="byte 1000"):
        uploads.append(upload, by=cast.kol, offset=2000, data=io.BytesIO(data[2000:]), length=100)
    with pytest.raises(ValidationError, match="connection broke"):
        uploads.append(upload, by=cast.kol, offset=1000, data=io.BytesIO(b"short"), length=1000)
    with pytest.raises(ValidationError, match="arrived changed"):
        uploads.append(
            upload, by=cast.kol, offset=1000, data=io.BytesIO(data[1000:1100]), length=100, sha256="0" * 64
        )
    with pytest.raises(Denied):
        uploads.append(upload, by=cast.talent, offset=1000, data=io.BytesIO(data[1000:]), length=100)

    assert send(upload, cast.kol, data, 2000).state == "done"


def test_a_wrong_sum_and_a_hostile_file_fail_with_a_sentence_and_leave_nothing(cast: Cast) -> None:
    data = MP4
    wrong = uploads.start(
        by=cast.kol, filename="a.mp4", size=len(data), deliverable=cast.deliverable, sha256="0" * 64
    )
    hostile = uploads.start(by=cast.kol, filename="a.jpg", size=len(HTML), deliverable=cast.deliverable)

    wrong, hostile = send(wrong, cast.kol, data, 9999), send(hostile, cast.kol, HTML, 9999)

    assert (wrong.state, hostile.state) == ("failed", "failed")
    assert "arrived changed" in wrong.error
    assert "renamed" in hostile.error
    assert not Asset.objects.exists()


def test_chunks_do_not_stay(cast: Cast, django_capture_on_commit_callbacks: object) -> None:
    data = MP4
    upload = uploads.start(by=cast.kol, filename="a.mp4", size=len(data), deliverable=cast.deliverable)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        send(upload, cast.kol, data, 9999)

    _folders, files = default_storage.listdir(f"incoming/{upload.pk}")
    assert files == []
    assert not upload.chunks.exists()


def test_a_large_file_is_checked_by_a_worker_and_twice_does_it_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "CHECKED_AT_ONCE", 10)
    upload = uploads.start(by=cast.kol, filename="a.mp4", size=len(MP4), deliverable=cast.deliverable)
    upload = send(upload, cast.kol, MP4, 9999)
    assert upload.state == "assembling"

    from briefs.tasks import assemble_upload

    assemble_upload(str(upload.pk))
    assemble_upload(str(upload.pk))

    upload.refresh_from_db()
    assert upload.state == "done"
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    ("_case", "values"),
    [
        ("too big", {"filename": "a.jpg", "size": 26 * 1024 * 1024}),
        ("video too big", {"filename": "a.mp4", "size": 3 * 1024**3}),
        ("not accepted", {"filename": "a.svg", "size": 10}),
        ("nothing", {"filename": "a.jpg", "size": 0}),
        ("bad sum", {"filename": "a.jpg", "size": 10, "sha256": "xyz"}),
    ],
)
def test_what_can_never_be_taken_is_refused_before_it_is_sent(
    cast: Cast, _case: str, values: dict[str, object]
) -> None:
    with pytest.raises(ValidationError):
        uploads.start(by=cast.kol, deliverable=cast.deliverable, **values)  # type: ignore[arg-type]

    assert not Upload.objects.exists()


@pytest.mark.parametrize("who", ["other_kol", "client", "viewer", "other_staff"])
def test_strangers_do_not_upload(cast: Cast, who: str) -> None:
    with pytest.raises(Denied):
        uploads.start(by=getattr(cast, who), filename="a.jpg", size=10, deliverable=cast.deliverable)


def test_a_kol_uploads_to_a_deliverable_only(cast: Cast) -> None:
    with pytest.raises((ValidationError, Denied)):
        uploads.start(by=cast.kol, filename="a.jpg", size=10, campaign=cast.campaign)


def test_expired_uploads_are_swept(cast: Cast) -> None:
    upload = uploads.start(by=cast.kol, filename="a.mp4", size=len(MP4), deliverable=cast.deliverable)
    uploads.append(upload, by=cast.kol, offset=0, data=io.BytesIO(MP4[:50]), length=50)
    Upload.objects.update(expires_at=timezone.now())

    assert uploads.sweep() == 1
    assert uploads.sweep() == 0
    upload.refresh_from_db()
    assert upload.state == "failed"
    with pytest.raises(Conflict):
        uploads.append(upload, by=cast.kol, offset=50, data=io.BytesIO(MP4[50:]), length=50)


def test_ten_open_uploads_are_enough(cast: Cast) -> None:
    for _n in range(uploads.MOST_OPEN):
        uploads.start(by=cast.kol, filename="a.mp4", size=10, deliverable=cast.deliverable)

    with pytest.raises(Conflict, match="still open"):
        uploads.start(by=cast.kol, filename="a.mp4", size=10, deliverable=cast.deliverable)
