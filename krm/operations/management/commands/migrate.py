"""Django's `migrate`, quick where a migration only adds."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from krm.operations.growing import GrowingExecutor


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        module: Any = migrate  # the stubs leave out what a module imports
        ordinary = module.MigrationExecutor
        module.MigrationExecutor = GrowingExecutor
        try:
            super().handle(*args, **options)
        finally:
            module.MigrationExecutor = ordinary
