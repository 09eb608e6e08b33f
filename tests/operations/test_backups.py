"""A backup counts only after it was restored and compared."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from krm.operations import backups

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "media"
    (folder / "proofs").mkdir(parents=True)
    (folder / "proofs" / "transfer.pdf").write_bytes(b"%PDF-1.7 proof \x00\xff")
    settings.MEDIA_ROOT = folder
    return folder


@pytest.fixture
def backup(media: Path, tmp_path: Path, staff: Any) -> Path:
    staff("finance", name="Rina Ünïcode", email="rina@contoh.id")
    return backups.make(tmp_path / "backups", database=connection.settings_dict, media=media)


@pytest.fixture
def elsewhere() -> Iterator[dict[str, Any]]:
    """The name of a second database on the same server."""
    database = {**connection.settings_dict, "NAME": f"restored_{os.getpid()}"}
    yield database
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database["NAME"]}" WITH (FORCE)')


def test_what_comes_back_is_what_was_saved(backup: Path, elsewhere: dict[str, Any], tmp_path: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    assert manifest["tables"]["public.accounts_user"]["rows"] == 1

    assert backups.restore(backup, database=elsewhere, media=tmp_path / "back") == []

    server = backups.connect(elsewhere)
    with server.cursor() as cursor:
        cursor.execute("SELECT name, email FROM accounts_user")
        assert cursor.fetchall() == [("Rina Ünïcode", "rina@contoh.id")]
        cursor.execute("SET TIME ZONE 'UTC'")
    assert backups.fingerprints(server) == manifest["tables"]
    server.close()
    assert (tmp_path / "back" / "proofs" / "transfer.pdf").read_bytes() == b"%PDF-1.7 proof \x00\xff"


def test_one_changed_cell_is_noticed(backup: Path, elsewhere: dict[str, Any]) -> None:
    backups.restore(backup, database=elsewhere, media=None)
    server = backups.connect(elsewhere)
    with server.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET name = name || '.'")
        cursor.execute("SET TIME ZONE 'UTC'")
    saved = json.loads((backup / "manifest.json").read_text())["tables"]
    lines = backups.differences(saved, backups.fingerprints(server))
    server.close()
    assert any(line.startswith("public.accounts_user: 1 rows were backed up") for line in lines)


def test_a_full_database_is_not_overwritten_by_accident(backup: Path, elsewhere: dict[str, Any]) -> None:
    backups.restore(backup, database=elsewhere, media=None)
    with pytest.raises(backups.BackupError, match="is not empty"):
        backups.restore(backup, database=elsewhere, media=None)
    assert backups.restore(backup, database=elsewhere, media=None, replace=True) == []


def damaged(folder: Path) -> None:
    with (folder / "database.dump").open("r+b") as handle:
        handle.seek(100)
        handle.write(b"XX")


def from_a_newer_version(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["migrations"]["events"] = "9999_later"
    (folder / "manifest.json").write_text(json.dumps(manifest))


def of_another_format(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 2}))


def sealed_with_another_key(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "keys": ["lost"]}))


def without_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (damaged, "database.dump of .* is damaged"),
        (from_a_newer_version, "another version of KRM: events.9999_later"),
        (of_another_format, "has format 2"),
        (sealed_with_another_key, "vault key lost"),
        (without_manifest, "is no backup"),
    ],
)
def test_a_backup_that_would_not_help_is_refused_before_anything_changes(
    backup: Path, elsewhere: dict[str, Any], spoil: Any, reason: str
) -> None:
    spoil(backup)
    with pytest.raises(backups.BackupError, match=reason):
        backups.restore(backup, database=elsewhere, media=None, replace=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [elsewhere["NAME"]])
        assert cursor.fetchone() == (0,)


def test_the_commands(media: Path, tmp_path: Path, staff: Any) -> None:
    staff()
    root, keys, out = tmp_path / "backups", tmp_path / "keys", StringIO()
    call_command("backup", to=root, keys_to=keys, stdout=out)
    (folder,) = backups.backups(root)
    assert f"Saved to {folder}" in out.getvalue()
    assert keys.stat().st_mode & 0o777 == 0o600
    assert "KRM_VAULT_KEYS=test:" in keys.read_text()
    stored = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"KRM_VAULT_KEYS" not in stored

    out = StringIO()
    call_command("restore", folder, drill=True, stdout=out)
    assert "every table is as it was saved" in out.getvalue()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", folder)


def test_an_archive_that_reaches_out_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "media.tar"
    for name, kind in (("../out", tarfile.REGTYPE), ("/etc/out", tarfile.REGTYPE), ("link", tarfile.SYMTYPE)):
        with tarfile.open(bad, "w") as archive:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        with pytest.raises(backups.BackupError, match="which no backup of KRM does"):
            backups.unpack(bad, tmp_path / "target")
    assert not (tmp_path / "out").exists()


def test_keys_never_lie_in_the_backup(backup: Path) -> None:
    with pytest.raises(backups.BackupError, match="must not lie in the backup"):
        backups.save_keys(backup / "keys", backup)


def test_an_unfinished_backup_is_not_listed(
    media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> str:
        raise OSError("disk full")

    monkeypatch.setattr(backups, "sha256", fail)
    with pytest.raises(OSError, match="disk full"):
        backups.make(tmp_path / "backups", database=connection.settings_dict, media=media)
    assert backups.backups(tmp_path / "backups") == []
    assert list((tmp_path / "backups").iterdir()) == []


def test_old_backups_go(media: Path, tmp_path: Path, backup: Path) -> None:
    older = backup.with_name("krm-20200101T000000Z")
    shutil.copytree(backup, older)
    call_command("backup", to=backup.parent, keep=1, stdout=StringIO())
    assert older not in backups.backups(backup.parent)
    assert len(backups.backups(backup.parent)) == 1
