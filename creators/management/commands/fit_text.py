"""manage.py fit_text: fit the text models anew from ../shared/data into creators/text/params."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

MODELS = ("sentiment_id", "sentiment_en", "offence_en", "spam")


class Command(BaseCommand):
    help = (
        "Fit the text models on the data sets in ../shared/data (about two minutes; needs requirements-dev)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("models", nargs="*", help=f"all, or some of {', '.join(MODELS)}")

    def handle(self, *args: Any, **options: Any) -> None:
        unknown = set(options["models"]) - set(MODELS)
        if unknown:
            raise CommandError(f"No model {', '.join(sorted(unknown))}: choose among {', '.join(MODELS)}.")
        try:
            import sklearn  # noqa: F401  the one package that only fitting needs
        except ImportError:
            raise CommandError("Fitting needs scikit-learn: install requirements-dev.lock.") from None
        from creators.text.fit import fit_all

        fit_all(self.stdout.write, options["models"])
