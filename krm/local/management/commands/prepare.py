"""What `make run` does before it starts the programs, in one process since each start of Django costs seconds."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from krm.local.paths import LOGINS
from krm.local.translations import compile_if_older


class Command(BaseCommand):
    help = "Bring the local database up to date, make the demo agency if there is none, note its logins."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout, stderr=self.stderr)
        compile_if_older()
        if os.environ.get("KRM_DEMO", "True") != "False":
            call_command("demo_load", if_empty=True, stdout=self.stdout)
        if settings.SANDBOX_URL:
            call_command("sandbox_connect", if_needed=True, stdout=self.stdout)
        LOGINS.parent.mkdir(parents=True, exist_ok=True)
        with LOGINS.open("w") as output:
            call_command("demo_logins", stdout=output)
