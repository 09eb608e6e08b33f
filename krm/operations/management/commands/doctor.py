"""Say what is wrong and how to mend it."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from krm.operations.doctor import State, examine

SIGNS = {State.GOOD: "ok  ", State.LOOK: "look", State.BAD: "BAD "}


class Command(BaseCommand):
    help = "Say in plain words what is wrong with this installation and how to mend it; exit code 1 if anything is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a program that reads it")

    def handle(self, *args: Any, **options: Any) -> None:
        found = examine()
        wrong = [each for each in found if each.state is State.BAD]
        if options["json"]:
            self.stdout.write(json.dumps([each.__dict__ for each in found], indent=1))
        else:
            for each in found:
                self.stdout.write(f"{SIGNS[each.state]} {each.subject}: {each.finding}")
                if each.remedy:
                    self.stdout.write(f"     -> {each.remedy}")
            self.stdout.write(
                ""
                if not found
                else f"\n{len(wrong)} of {len(found)} need mending."
                if wrong
                else "\nAll well."
            )
        if wrong:
            raise SystemExit(1)
