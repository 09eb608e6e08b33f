"""Take the demo agency away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from krm.local.demo.remove import remove
from krm.local.paths import LOCAL


class Command(BaseCommand):
    help = "Remove the demo agency and everything that hangs on it; your own data stays."

    def handle(self, *args: Any, **options: Any) -> None:
        count = remove(lambda text: self.stdout.write(text))
        (LOCAL / "sandbox.json").unlink(missing_ok=True)
        self.stdout.write(f"{count:,} demo rows removed")
