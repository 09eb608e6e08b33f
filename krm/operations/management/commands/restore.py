"""Bring a backup back, or prove that it could be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections

from krm.operations import backups


class Command(BaseCommand):
    help = (
        "Restore a backup into the database of DATABASE_URL and the media folder, and compare what came back."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder that `backup` wrote")
        parser.add_argument(
            "--replace", action="store_true", help="delete what is in the database and media folder"
        )
        parser.add_argument(
            "--drill", action="store_true", help="only prove it: restore into a scratch database"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["drill"]:
                different = backups.drill(options["folder"], database=connection.settings_dict)
            else:
                connections.close_all()
                different = backups.restore(
                    options["folder"],
                    database=connection.settings_dict,
                    media=Path(settings.MEDIA_ROOT),
                    replace=options["replace"],
                )
        except (backups.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        for line in different:
            self.stderr.write(line)
        if different:
            raise CommandError("What came back is not what was saved.")
        if options["drill"]:
            self.stdout.write("The backup restores, and every table is as it was saved.")
        else:
            self.stdout.write(
                "Restored; every table is as it was saved. Run `manage.py migrate` if KRM is newer."
            )
