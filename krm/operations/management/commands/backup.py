"""Back KRM up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from krm.operations import backups


class Command(BaseCommand):
    help = "Save the database and the uploaded files to a folder; the keys, with --keys-to, to a place of their own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", type=Path, default=settings.BACKUP_ROOT, help="where backups lie (KRM_BACKUP_ROOT)"
        )
        parser.add_argument(
            "--keys-to", type=Path, help="write the keys to this new file, to be kept elsewhere"
        )
        parser.add_argument("--keep", type=int, default=0, help="delete all but this many backups afterwards")
        parser.add_argument(
            "--without-hashes", action="store_true", help="do not hash the content (a very large database)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            folder = backups.make(
                options["to"],
                database=connection.settings_dict,
                media=Path(settings.MEDIA_ROOT),
                content=not options["without_hashes"],
            )
            if options["keys_to"]:
                backups.save_keys(options["keys_to"], folder)
        except (backups.BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Saved to {folder}")
        if options["keys_to"]:
            self.stdout.write(f"Keys in {options['keys_to']}; keep them apart from the backup.")
        else:
            self.stdout.write("The keys are not in it: save them once with --keys-to and keep them apart.")
        for old in backups.backups(options["to"])[: -options["keep"]] if options["keep"] else []:
            backups.remove(old)
            self.stdout.write(f"Deleted {old}")
