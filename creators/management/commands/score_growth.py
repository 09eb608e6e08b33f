"""`manage.py score_growth --platform youtube in.csv out.csv`: which steps of these series look bought?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators.lists import growth, table
from creators.models import Platform


class Command(BaseCommand):
    help = (
        "Judge follower series: a row per interval between two readings with from_date, days, change, anomaly_score"
        " (over .5: anomaly), anomaly (1 or 0) and reason. Columns: account, date, followers, views where known, under"
        " their usual names; others pass through from the later reading. `-` is standard input or output."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--platform", choices=Platform.values, default=Platform.INSTAGRAM.value)
        parser.add_argument("--lang", choices=("en", "id"), default="en", help="language of the reasons")
        parser.add_argument("source", metavar="in.csv")
        parser.add_argument("target", metavar="out.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        def tell(text: str) -> None:
            self.stderr.write(text)

        try:
            with (
                table.opened(options["source"], "r") as source,
                table.opened(options["target"], "w", self.stdout) as target,  # type: ignore[arg-type]
            ):
                _, problems = growth.run(source, target, options["platform"], tell, options["lang"])
        except table.BadList as bad:
            raise CommandError(str(bad)) from None
        if problems.count:
            raise CommandError(f"{len(problems.rows)} rows could not be read; the others are judged.")
