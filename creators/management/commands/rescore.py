"""Compute scores anew: `manage.py rescore [--kind engagement] [--formula er-1.0] [--platform instagram] [--workers 4]`."""

from __future__ import annotations

import multiprocessing
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.timezone import now

from creators import benchmarks, rescoring, scoring_runs, summary
from creators.models import Platform, ScoreKind, SocialAccount
from krm.errors import Conflict

BATCH = 5_000


class Command(BaseCommand):
    help = "Compute scores anew; what did not change is not written again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", default="", choices=["", *ScoreKind.values])
        parser.add_argument("--formula", default="", help="a version of that kind (default: the current one)")
        parser.add_argument("--platform", default="", choices=["", *Platform.values])
        parser.add_argument("--workers", type=int, default=1, help="processes, each with its own connection")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, version = options["kind"], options["formula"]
        if version and not kind:
            raise CommandError("Name the kind of score the formula is of: --kind.")
        try:
            definitions = rescoring.definitions_for(kind, version)
        except Conflict as refusal:
            raise CommandError(str(refusal)) from None
        rows = SocialAccount.objects.filter(followers__isnull=False)
        if options["platform"]:
            rows = rows.filter(platform=options["platform"])
        started = time.monotonic()
        if options["workers"] <= 1:
            done = rescoring.everything(definitions, platform=options["platform"])
            count, written, failures = rows.count(), done.rows, done.failures
        else:
            benchmarks.ensure()
            ids = list(rows.order_by("pk").values_list("pk", flat=True))
            count = len(ids)
            parts = [(ids[n : n + BATCH], kind, version) for n in range(0, count, BATCH)]
            connection.close()
            with multiprocessing.get_context("spawn").Pool(
                options["workers"], _begin, (connection.settings_dict["NAME"],)
            ) as pool:
                found = pool.starmap(work, parts, chunksize=1)
            written = sum(rows for rows, _ in found)
            failures = {version: why for _, broke in found for version, why in broke.items()}
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{count:,} accounts, {', '.join(one.version for one in definitions)}: {written:,} scores written in"
            f" {seconds:.0f} s ({count / max(seconds, 1e-9):,.0f} accounts/s)"
        )
        if failures:
            raise CommandError("; ".join(f"{version}: {why}" for version, why in sorted(failures.items())))


def _begin(database: str) -> None:
    import django
    from django.conf import settings

    django.setup()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database


def work(ids: list[int], kind: str, version: str) -> tuple[int, dict[str, str]]:
    done = scoring_runs.Written()
    at = now()
    for start in range(0, len(ids), scoring_runs.CHUNK):
        part = ids[start : start + scoring_runs.CHUNK]
        summary.refresh_accounts(part)
        scoring_runs.score_chunk(part, at, done, rescoring.definitions_for(kind, version))
    return done.rows, done.failures
