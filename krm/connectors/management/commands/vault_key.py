from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from krm.connectors import vault


class Command(BaseCommand):
    help = "Print a fresh vault key. Put it in front of KRM_VAULT_KEYS, then run rotate_keys."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", nargs="?", default="k1", help="name of the key, for example k2")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(vault.new_key(options["id"]))
