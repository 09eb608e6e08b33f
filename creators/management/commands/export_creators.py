"""Creators as CSV or XLSX on the command line, by the same code as the page."""

from __future__ import annotations

import shutil
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from creators import exporting
from krm.accounts.models import Role, User
from krm.web import jobs
from krm.web.models import Job


class Command(BaseCommand):
    help = "Write creators with their accounts, tags and custom fields to a file that can be imported again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="creators.csv or creators.xlsx")
        parser.add_argument(
            "--query", default="", help='filters as in the address of the list: "platform=tiktok&country=ID"'
        )
        parser.add_argument("--search", default="", help="part of a name or handle")
        parser.add_argument(
            "--user",
            default="",
            help="e-mail of the staff member on whose behalf; by default an administrator",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        kind = "xlsx" if path.lower().endswith(".xlsx") else "csv"
        people = User.objects.filter(is_active=True)
        user = (
            people.filter(email__iexact=options["user"]).first()
            if options["user"]
            else people.filter(role=Role.ADMINISTRATOR).order_by("pk").first()
        )
        if user is None:
            raise CommandError("There is no such user. Name one with --user.")
        job = Job.objects.create(
            kind=exporting.KIND, by=user, title="Export of creators",
            params={"ids": None, "kind": kind, "query": options["query"], "search": options["search"]},
        )  # fmt: skip
        done = jobs.run(job.pk)
        if done is None or done.state != Job.State.DONE:
            raise CommandError((done.message if done else "") or "The export failed.")
        with default_storage.open(done.result["file"]) as source, open(path, "wb") as target:
            shutil.copyfileobj(source, target)
        self.stdout.write(f"{done.result['rows']} rows in {path}")
