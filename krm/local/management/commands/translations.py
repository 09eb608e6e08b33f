"""Collect, merge, check and compile translations."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from krm.local import translations


class Command(BaseCommand):
    help = (
        "Write locale/id from the sources and every room's i18n_id.py, compile it, and list what is missing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a translation is missing"
        )
        parser.add_argument("--compile", action="store_true", help="only compile what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["compile"]:
            translations.compile_if_older()
            return
        found = translations.collect()
        merged = translations.dictionaries()
        lines = translations.problems(found, merged)
        content = translations.po_bytes(translations.catalogue(found, merged.texts))
        path = translations.catalogue_path()
        if options["check"]:
            if not path.exists() or path.read_bytes() != content:
                lines.append(
                    f"{path.name} is not what the sources give; run `make translations` and commit it"
                )
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            translations.compile_catalogue()
            for line in merged.conflicts:
                self.stderr.write(f"two translations: {line}")
            for key in translations.unused(found, merged):
                self.stderr.write(f"no longer used: {translations.show(key)}")
        for line in lines:
            self.stderr.write(line)
        if lines:
            raise CommandError(f"{len(lines)} of {len(found)} texts need work in Bahasa Indonesia.")
        self.stdout.write(f"{len(found)} texts, all in Bahasa Indonesia.")
