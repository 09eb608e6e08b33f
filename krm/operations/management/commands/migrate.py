"""Django's `migrate`, quick where a migration only adds."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from krm.operations.growing import GrowingExecutor


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        ordinary = migrate.MigrationExecutor
        migrate.MigrationExecutor = GrowingExecutor  # type: ignore[misc]
        try:
            super().handle(*args, **options)
        finally:
            migrate.MigrationExecutor = ordinary  # type: ignore[misc]
