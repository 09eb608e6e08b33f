"""`manage.py score_accounts --platform instagram in.csv out.csv`: which accounts of a list look fake?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators.lists import followers, table
from creators.models import Platform


class Command(BaseCommand):
    help = (
        "Score a list of accounts: adds fake_probability, audience_type (real, influencer, mass, ghost, suspicious,"
        " unknown), confidence and reasons. Columns: posts, following, followers, has_pic, is_private, username_len,"
        " username_digits, digit_at_end, bio_len, age_days, has_url, listed, under their usual names and in any order;"
        " others pass through, missing ones lower confidence. `-` is standard input or output."
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
                written, problems = followers.run(source, target, options["platform"], tell, options["lang"])
        except table.BadList as bad:
            raise CommandError(str(bad)) from None
        if problems.count:
            raise CommandError(
                f"{len(problems.rows)} of {written} rows could not be read; the others are scored."
            )
