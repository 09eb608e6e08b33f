"""`manage.py fit_comments`: fit the shipped parameters anew from the open data; see docs/models/comments.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators.scoring.audience import comments as score
from creators.scoring.fit import comments as fit
from creators.scoring.fit.followers import DATA


class Command(BaseCommand):
    help = (
        "Fit the parameters of comments from ../shared/data and write creators/scoring/params/comments.json."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", type=Path, default=DATA)
        parser.add_argument("--out", type=Path, default=score.PARAMS)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["data"].is_dir():
            raise CommandError(f"There is no folder {options['data']}. Say where the data is with --data.")
        held = fit.write(options["out"], options["data"])
        self.stdout.write(f"{options['out']}: {held['version']}, {held['fitted_on']}")
