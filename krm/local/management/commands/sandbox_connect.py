from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from krm.local.connect import connect_sandbox, is_connected


class Command(BaseCommand):
    help = "Connect this installation to the sandbox network: keys and the demo creators' consents."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-replay", action="store_true", help="leave out the replayed real accounts")
        parser.add_argument(
            "--if-needed", action="store_true", help="do nothing where the consents are still fresh"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX_URL:
            raise CommandError("KRM_SANDBOX_URL is not set: this installation talks to the real platforms.")
        if options["if_needed"] and is_connected():
            return
        done = connect_sandbox(replayed=not options["no_replay"])
        self.stdout.write(
            f"{done.applications} applications and {done.consents} consents are connected to the sandbox."
        )
