"""The quick way of applying migrations gives the schema that Django's own way gives."""

from __future__ import annotations

import os
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as OrdinaryMigrate
from django.db import connection, migrations, models
from django.db.migrations import operations as ops

from krm.operations import backups, growing


def schema(database: dict[str, Any]) -> str:
    with backups.snapshot(database) as (server, _name):
        dump = backups.programs_for(backups.server_major(server), "pg_dump")["pg_dump"]
    result = subprocess.run(
        [dump, "--schema-only", "--no-owner", str(database["NAME"])],
        env=backups.environment(database),
        capture_output=True,
        text=True,
        check=True,
    )
    return "\n".join(
        line for line in result.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_the_schema_is_that_of_the_ordinary_way() -> None:
    # Two databases of its own: the worker's may hold months that other tests made.
    assert migrated("quick", None) == migrated("ordinary", OrdinaryMigrate())


def migrated(label: str, command: OrdinaryMigrate | None) -> str:
    """The schema that the whole chain gives, by `command` or by ours."""
    name = f"{label}_{os.getpid()}"
    database = {**connection.settings_dict, "NAME": name}
    before = connection.settings_dict["NAME"]
    try:
        backups.recreate(database, replace=True)
        connection.close()
        connection.settings_dict["NAME"] = name
        call_command(command or "migrate", verbosity=0, interactive=False)
        return schema(database)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.mark.parametrize(
    ("case", "operation", "expected"),
    [
        ("a new table", ops.CreateModel("A", fields=[("id", models.BigAutoField(primary_key=True))]), True),
        ("a new column", ops.AddField("a", "name", models.TextField()), True),
        ("a table between two", ops.AddField("a", "tags", models.ManyToManyField("b.B")), False),
        ("plain SQL", ops.RunSQL("SELECT 1"), True),
        (
            "SQL that also changes a field",
            ops.RunSQL("SELECT 1", state_operations=[ops.RemoveField("a", "n")]),
            False,
        ),
        ("a changed column", ops.AlterField("a", "name", models.TextField()), False),
        ("a removed column", ops.RemoveField("a", "name"), False),
        ("a renamed table", ops.RenameModel("A", "B"), False),
        ("state and database apart", ops.SeparateDatabaseAndState([ops.RunSQL("SELECT 1")], []), True),
        ("state alone removes", ops.SeparateDatabaseAndState([], [ops.DeleteModel("A")]), False),
    ],
)
def test_only_what_adds_is_quick(case: str, operation: Any, expected: bool) -> None:
    assert growing.adds(operation) is expected, case


def test_every_migration_can_be_undone_or_says_why_not() -> None:
    """A migration without a way back is a decision; it carries a comment that begins with 'No way back:'."""
    base = Path(settings.BASE_DIR)
    silent = set()
    for path in [*base.glob("[a-z]*/migrations/[0-9]*.py"), *base.glob("krm/*/migrations/[0-9]*.py")]:
        name = ".".join(path.relative_to(base).with_suffix("").parts)
        if name.startswith(".") or "site-packages" in name or "No way back:" in path.read_text():
            continue
        for operation in import_module(name).Migration.operations:
            if isinstance(operation, migrations.RunPython | migrations.RunSQL) and not operation.reversible:
                silent.add(name)
    assert not silent, f"give these a reverse, or a comment 'No way back: …': {sorted(silent)}"
