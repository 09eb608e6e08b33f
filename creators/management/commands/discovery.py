"""Build the search table and the words of accounts anew, or say how far they are off."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from creators.finding import sketches, table, words


class Command(BaseCommand):
    help = "Computes every row of the search table again and writes those that differ; then words and audience sketches."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", action="store_true", help="only the rows, not words and sketches")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = differed = 0
        for ids in table.batches():
            differed += table.refresh(ids)
            rows += len(ids)
        self.stdout.write(f"{rows} accounts, {differed} rows written")
        if not options["rows"]:
            self.stdout.write(f"words of {words.rebuild()} accounts")
            made = sum(sketches.refresh(ids) for ids in table.batches())
            self.stdout.write(f"{made} audience sketches")
