"""`manage.py import_creators list.csv --platform instagram --as-of 2022-12-31`: the import page on the command line."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from creators.importing import filenames, run, uploads
from creators.models import Platform, Source
from krm.accounts.models import Role, User


class Printed:
    """Progress for a terminal."""

    def __init__(self, command: BaseCommand) -> None:
        self.command, self.whole, self.done, self.shown, self.problems = command, 0, 0, 0, 0

    def total(self, number: int) -> None:
        self.whole = number

    def advance(self, by: int = 1) -> None:
        self.done += by
        if self.done - self.shown >= 10_000 or self.done >= self.whole > self.shown:
            self.shown = self.done
            self.command.stdout.write(f"  {self.done:,} of {self.whole:,} rows")

    def say(self, message: Any) -> None:
        self.command.stdout.write(f"  {message}")

    def error(self, *, row: int | None = None, field: str = "", message: Any) -> None:
        self.problems += 1
        if self.problems <= 20:
            self.command.stderr.write(f"  row {row}, {field}: {message}")
        elif self.problems == 21:
            self.command.stderr.write("  (further messages are left out)")

    def check_cancelled(self) -> None:
        return None


class Command(BaseCommand):
    help = "Import a list of creators from CSV or XLSX, as the import page does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument(
            "--platform", choices=Platform.values, help="default: from the file's name or columns"
        )
        parser.add_argument(
            "--as-of", type=date.fromisoformat, help="day of the figures; default: from the file's name"
        )
        parser.add_argument(
            "--source", choices=[Source.VENDOR, Source.MANUAL, Source.PUBLIC], default=Source.VENDOR
        )
        parser.add_argument(
            "--map", action="append", default=[], metavar="COLUMN=FIELD", help="overrides the proposal"
        )
        parser.add_argument("--tag", action="append", default=[], help="tag for every creator of the list")
        parser.add_argument("--same-name", action="store_true", help="rows of one name are one creator")
        parser.add_argument("--strict", action="store_true", help="any bad row stops all")
        parser.add_argument(
            "--user", help="e-mail of the person it is done for; default: the first administrator"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        users = User.objects.filter(is_active=True)
        by = (
            users.filter(email__iexact=options["user"]).first()
            if options["user"]
            else users.filter(role=Role.ADMINISTRATOR).order_by("pk").first()
        )
        if by is None:
            raise CommandError("No such user. Name one with --user.")
        for path in options["files"]:
            self.one(path, by, options)

    def one(self, path: Path, by: User, options: dict[str, Any]) -> None:
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        context = path.resolve().parent.name
        try:
            with path.open("rb") as handle:
                batch = uploads.receive(File(handle, name=path.name), by=by, context=context)
            as_of = options["as_of"] or batch.as_of
            if as_of and not options["as_of"]:
                known = filenames.propose_as_of(path.name, localdate(), context=context).year_known
                if not known:
                    raise CommandError(
                        f"{path.name} does not say its year. Add --as-of, for example --as-of {as_of.isoformat()}."
                    )
            chosen = dict(batch.mapping)
            for pair in options["map"]:
                column, _sep, key = pair.partition("=")
                chosen[column] = key
            uploads.configure(
                batch, by=by, mapping_=chosen, platform=options["platform"] or batch.platform, as_of=as_of,
                source=options["source"], tags=options["tag"], same_name=options["same_name"], strict=options["strict"],
            )  # fmt: skip
            self.stdout.write(f"{path.name}: {batch.platform or 'mixed'}, figures of {batch.as_of}")
            result = run.run(batch, Printed(self))
        except ValidationError as error:
            problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            raise CommandError(
                "; ".join(f"{name} {' '.join(texts)}".strip() for name, texts in problems.items())
            ) from None
        except run.Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            self.style.SUCCESS("  " + ", ".join(f"{name} {value}" for name, value in result.items()))
        )
        sys.stdout.flush()
