"""Run, start and list jobs from the command line: `manage.py job run creators.import --param upload=3`."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from krm.accounts.models import User
from krm.web import jobs
from krm.web.models import Job


class Command(BaseCommand):
    help = (
        "Run a job here (run), queue one for the workers (start), list kinds (kinds) or recent jobs (list)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["run", "start", "kinds", "list"])
        parser.add_argument("kind", nargs="?")
        parser.add_argument("--param", action="append", default=[], metavar="NAME=VALUE")
        parser.add_argument("--by", help="e-mail of the person the job runs for")
        parser.add_argument("--title")

    def handle(self, *args: Any, **options: Any) -> None:
        action = options["action"]
        if action == "kinds":
            for kind in jobs.kinds():
                self.stdout.write(kind)
            return
        if action == "list":
            for job in Job.objects.order_by("-pk")[:20]:
                self.stdout.write(
                    f"{job.pk}\t{job.kind}\t{job.state}\t{job.done}/{job.total or '?'}\t{job.title}"
                )
            return
        kind = options["kind"]
        if not kind:
            raise CommandError("Name the kind of job; `manage.py job kinds` lists them.")
        try:
            jobs.runner_of(kind)
        except LookupError as error:
            raise CommandError(str(error)) from error
        by = None
        if options["by"]:
            by = User.objects.filter(email__iexact=options["by"]).first()
            if by is None:
                raise CommandError(f"Nobody has the e-mail {options['by']}.")
        params = dict(_pair(text) for text in options["param"])
        if action == "start":
            job = jobs.start(kind, by=by, title=options["title"] or kind, params=params)
            self.stdout.write(f"job {job.pk} queued")
            return
        job = Job.objects.create(kind=kind, by=by, title=options["title"] or kind, params=params)
        finished = jobs.run(job.pk)
        if finished is None or finished.state != Job.State.DONE:
            raise CommandError(
                f"job {job.pk} {finished.state if finished else 'taken'}: {finished.message if finished else ''}"
            )
        self.stdout.write(json.dumps(finished.result, indent=2, default=str))


def _pair(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark:
        raise CommandError(f"--param wants NAME=VALUE, not {text!r}")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
