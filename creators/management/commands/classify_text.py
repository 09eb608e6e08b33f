"""manage.py classify_text: a text a line on standard input, one JSON object a line out, by the models of the pipeline."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from creators.text import LABELS, TASKS
from creators.text.stream import run


class Command(BaseCommand):
    help = (
        "Label texts: a text a line on standard input, one JSON object a line out with label, probability (of that"
        " label) and reasons. Labels: "
        + "; ".join(f"{task}: {', '.join(reversed(labels))}" for task, labels in LABELS.items())
        + "."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--task", choices=TASKS, required=True)
        parser.add_argument("--lang", choices=("id", "en"), required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run(options["task"], options["lang"], sys.stdin.buffer, self.stdout)  # type: ignore[arg-type]
        except BrokenPipeError:  # the reader has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
