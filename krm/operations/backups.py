"""Backup and restore: database, uploaded files and keys, each on its own, with a manifest that proves them.

A backup is a folder: `database.dump` (pg_dump's custom format), `media.tar`, `manifest.json`. Database, row counts
and content hashes come from one snapshot, so a restore can be compared with what was backed up. The keys
never lie in that folder: who steals a backup must not be able to read the bank accounts in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from psycopg2 import sql

from krm.connectors import vault
from krm.operations import binaries
from krm.operations.binaries import Binaries

FORMAT = 1
ROW_HASH = "('x' || substr(md5(t::text), 1, 15))::bit(60)::bigint"
DATABASE, MEDIA, MANIFEST = "database.dump", "media.tar", "manifest.json"


class BackupError(Exception):
    """Why a backup or restore did not happen; nothing was changed."""


# -- PostgreSQL ------------------------------------------------------------------------


def connect(database: Mapping[str, Any], name: str | None = None) -> Any:
    return psycopg2.connect(
        dbname=name or database["NAME"],
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        host=database["HOST"] or None,
        port=database["PORT"] or None,
    )


def programs_for(major: int, program: str) -> Binaries:
    """pg_dump and pg_restore must be of the server's version; a newer pg_dump does for a dump."""
    found = list(binaries.installed(program))
    for each in found:
        if each.major == major:
            return each
    newer = [each for each in found if each.major > major]
    if newer:
        return newer[-1]
    have = ", ".join(str(each.major) for each in found) or "none"
    raise BackupError(
        f"The server is PostgreSQL {major} and needs {program} {major}; found: {have}. Install "
        f"postgresql-client-{major}, or name its folder in KRM_PG_BIN."
    )


def environment(database: Mapping[str, Any]) -> dict[str, str]:
    """Connection for the PostgreSQL programs; the password is not for the process list."""
    values = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    return {
        **os.environ,
        **{variable: str(database[key]) for key, variable in values.items() if database[key]},
    }


def run(command: list[str], database: Mapping[str, Any], what: str) -> None:
    result = subprocess.run(command, env=environment(database), capture_output=True, text=True)
    if result.returncode != 0:
        lines = (result.stderr or result.stdout).strip().splitlines()
        raise BackupError(f"{what} failed: {lines[0] if lines else 'no output'}")


def server_major(connection: Any) -> int:
    return int(connection.server_version // 10_000)


def fingerprints(connection: Any) -> dict[str, dict[str, Any]]:
    """Rows and a hash of the content of every table, whatever the order rows are stored in."""
    found: dict[str, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            # The sum of row hashes needs no sorting and no memory, and is the same in any order.
            cursor.execute(
                # The name comes quoted out of the catalogue.
                f"SELECT count(*), coalesce(sum({ROW_HASH}), 0)::text FROM {table} t"  # noqa: S608
            )
            rows, content = cursor.fetchone()
            found[table] = {"rows": rows, "content": content}
    return found


def differences(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    lines = []
    for table in sorted({*before, *after}):
        if before.get(table) != after.get(table):
            had, has = before.get(table, {}).get("rows", "none"), after.get(table, {}).get("rows", "none")
            lines.append(f"{table}: {had} rows were backed up, {has} are there, or their content differs")
    return lines


@contextmanager
def snapshot(database: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """One moment of the database that pg_dump and the fingerprints both see."""
    connection = connect(database)
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute("SELECT pg_export_snapshot()")
            name = cursor.fetchone()[0]
        yield connection, name
    finally:
        connection.close()


# -- backup ----------------------------------------------------------------------------


def sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def migrations() -> dict[str, str]:
    """The newest migration of each app that this code has."""
    leaves = MigrationLoader(None).graph.leaf_nodes()
    return dict(sorted(leaves))


def make(root: Path, *, database: Mapping[str, Any], media: Path, content: bool = True) -> Path:
    """Write a backup under `root`; returns its folder, which appears only when it is whole."""
    moment = datetime.now(UTC)
    final = root / f"krm-{moment:%Y%m%dT%H%M%S%fZ}"
    fresh = final.with_name(f".{final.name}.unfinished")
    fresh.mkdir(parents=True, mode=0o700)
    try:
        with snapshot(database) as (connection, name):
            major = server_major(connection)
            command = [
                programs_for(major, "pg_dump")["pg_dump"],
                "--format=custom",
                "--no-owner",
                "--no-privileges",
            ]
            command += [f"--snapshot={name}", f"--file={fresh / DATABASE}", str(database["NAME"])]
            run(command, database, "Saving the database")
            tables = fingerprints(connection) if content else {}
        # After the database: a file that came in between is in the archive though no row names it, which is harmless.
        with tarfile.open(fresh / MEDIA, "w") as archive:
            if media.exists():
                archive.add(media, arcname=".")
        manifest = {
            "format": FORMAT,
            "made_at": moment.isoformat(),
            "postgresql": major,
            "migrations": migrations(),
            "keys": sorted(vault.keyring().ciphers),
            "files": {
                name: {"sha256": sha256(fresh / name), "bytes": (fresh / name).stat().st_size}
                for name in (DATABASE, MEDIA)
            },
            "tables": tables,
        }
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1))
        fresh.rename(final)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return final


def save_keys(path: Path, backup: Path) -> None:
    """The keys that open a backup, for a place of their own."""
    if backup.resolve() in path.resolve().parents:
        raise BackupError(
            "The keys must not lie in the backup they open; choose another place for --keys-to."
        )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"KRM_SECRET_KEY={settings.SECRET_KEY}\nKRM_VAULT_KEYS={vault_keys()}\n")


def vault_keys() -> str:
    local = Path(settings.BASE_DIR) / ".local" / "vault-keys"
    return str(settings.KRM_VAULT_KEYS) or (local.read_text().strip() if local.exists() else "")


def backups(root: Path) -> list[Path]:
    """Whole backups, the newest last."""
    return sorted(path.parent for path in root.glob(f"krm-*/{MANIFEST}"))


def remove(folder: Path) -> None:
    if not (folder / MANIFEST).exists():
        raise BackupError(f"{folder} is no backup.")
    shutil.rmtree(folder)


# -- restore ---------------------------------------------------------------------------


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup that is whole, unchanged, and of a version this code can take."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise BackupError(f"{folder} is no backup: its {MANIFEST} cannot be read.") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{folder} has format {manifest.get('format')}; this KRM reads format {FORMAT}.")
    for name, expected in manifest["files"].items():
        if not (folder / name).exists() or sha256(folder / name) != expected["sha256"]:
            raise BackupError(
                f"{name} of {folder} is damaged: it is not what the manifest describes. Use another backup."
            )
    known = MigrationLoader(None).graph.nodes
    strange = [f"{app}.{name}" for app, name in manifest["migrations"].items() if (app, name) not in known]
    if strange:
        raise BackupError(
            f"The backup was made by another version of KRM: {strange[0]} is unknown here. Install the version that "
            "made it, restore, then update."
        )
    return manifest


def missing_keys(manifest: dict[str, Any]) -> list[str]:
    return [key for key in manifest["keys"] if key not in vault.keyring().ciphers]


def is_empty(database: Mapping[str, Any]) -> bool:
    connection = connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            )
            return bool(cursor.fetchone()[0] == 0)
    finally:
        connection.close()


def recreate(database: Mapping[str, Any], *, replace: bool) -> int:
    """An empty database of that name; returns the server's version."""
    connection = connect(database, "postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            name = sql.Identifier(str(database["NAME"]))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database["NAME"]])
            exists = cursor.fetchone() is not None
            if exists and not is_empty(database):
                if not replace:
                    raise BackupError(
                        f"The database {database['NAME']} is not empty. Name an empty one, or add --replace to delete "
                        "what is in it."
                    )
                cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
                exists = False
            if not exists:
                cursor.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(name))
        return server_major(connection)
    finally:
        connection.close()


def restore(
    folder: Path, *, database: Mapping[str, Any], media: Path | None, replace: bool = False
) -> list[str]:
    """Bring a backup back; returns what differs from it afterwards, which should be nothing."""
    manifest = read_manifest(folder)
    if absent := missing_keys(manifest):
        raise BackupError(
            f"The backup is sealed with the vault key {', '.join(absent)}, which KRM_VAULT_KEYS does not hold. "
            "Put the saved keys back first, or personal data could not be read."
        )
    if media is not None and media.exists() and any(media.iterdir()) and not replace:
        raise BackupError(
            f"{media} is not empty. Name an empty folder, or add --replace to delete what is in it."
        )
    major = recreate(database, replace=replace)
    command = [
        programs_for(major, "pg_restore")["pg_restore"],
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
    ]
    command += ["--single-transaction", f"--dbname={database['NAME']}", str(folder / DATABASE)]
    run(command, database, "Restoring the database")
    if media is not None:
        if media.exists():
            for part in media.iterdir():
                shutil.rmtree(part) if part.is_dir() else part.unlink()
        media.mkdir(parents=True, exist_ok=True)
        unpack(folder / MEDIA, media)
    if not manifest["tables"]:
        return []
    connection = connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
        return differences(manifest["tables"], fingerprints(connection))
    finally:
        connection.close()


def unpack(path: Path, target: Path) -> None:
    """Plain files and folders of an archive, nothing else and nowhere else (`filter=` is newer than Python 3.11.0)."""
    with tarfile.open(path) as archive:
        for member in archive:
            place = (target / member.name).resolve()
            if not (member.isfile() or member.isdir()) or not place.is_relative_to(target.resolve()):
                raise BackupError(f"{path.name} holds {member.name}, which no backup of KRM does.")
            if member.isdir():
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            content = archive.extractfile(member)
            assert content is not None
            with content, place.open("wb") as file:
                shutil.copyfileobj(content, file)


def drill(folder: Path, *, database: Mapping[str, Any]) -> list[str]:
    """Restore into a database made for it, compare, and drop it again."""
    name = f"krm_drill_{os.getpid()}"
    scratch = {**database, "NAME": name}
    try:
        return restore(folder, database=scratch, media=None)
    finally:
        connection = connect(database, "postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.close()
