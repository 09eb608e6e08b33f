from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from krm.connectors import rotation, vault


class Command(BaseCommand):
    help = "Re-encrypt every stored secret with the first key of KRM_VAULT_KEYS. Safe to run twice and while KRM runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        ring = vault.keyring()
        result = rotation.rotate(
            dry_run=options["dry_run"], progress=lambda text: self.stdout.write(f"  {text}")
        )
        verb = "would be re-encrypted" if options["dry_run"] else "re-encrypted"
        self.stdout.write(
            f"{result.rewritten} secrets {verb} with key {ring.current}; {result.kept} already were."
        )
        if result.failed:
            for line in result.failed[:20]:
                self.stderr.write(line)
            raise CommandError(
                f"{len(result.failed)} secrets could not be opened. Keep every old key until they can."
            )
        old = sorted(set(ring.ciphers) - {ring.current})
        if old and not options["dry_run"]:
            self.stdout.write(
                f"No stored secret needs {', '.join(old)} any more. Unless KRM_VAULT_KEYS has an `index` key, "
                "keep the last listed one: searches over encrypted columns use it."
            )
