"""`manage.py connector_probe x`: with your own keys, what the platform really answers, and what differs from the contract.

The file it writes holds names and types, no values: it can be shown to whoever maintains KRM. A probe is paid for like
any other reading; nothing of it is stored in the database.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from creators.platforms.registry import CONNECTORS
from creators.pulling import probe


class Command(BaseCommand):
    help = "Asks a platform with your keys and says where its answers differ from the contract (names and types only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("platform", choices=sorted(CONNECTORS))
        parser.add_argument(
            "--account", action="append", default=[], help="a handle to read; default: two that KRM has"
        )
        parser.add_argument(
            "--output", default="", help="file for the shape; default: probe-<platform>-<day>.json here"
        )
        parser.add_argument(
            "--keep-as-contract", action="store_true", help="for KRM's developers: make this the contract"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        platform = options["platform"]
        now = timezone.now()
        try:
            report = probe.probe(platform, options["account"], now)
        except LookupError as error:
            raise CommandError(str(error)) from None
        if not report.shapes:
            raise CommandError(f"Nothing was answered ({'; '.join(report.outcomes)}). Check the keys first.")
        path = Path(options["output"] or f"probe-{platform}-{now:%Y-%m-%d}.json")
        path.write_text(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")
        for line in report.outcomes:
            self.stdout.write(line)
        if options["keep_as_contract"]:
            text = json.dumps(report.shapes, indent=1, sort_keys=True) + "\n"
            probe.contract_path(platform).write_text(text)
            self.stdout.write(f"The contract of {platform} is now what was answered.")
            return
        for line in report.differences:
            self.stdout.write(f"DIFFERS  {line}")
        if report.not_asked:
            self.stdout.write(f"Not asked this time: {', '.join(report.not_asked)}.")
        verdict = (
            f"{len(report.differences)} differences from the contract"
            if report.differences
            else "As the contract says"
        )
        self.stdout.write(f"{verdict}. Names and types, without values, are in {path}.")
