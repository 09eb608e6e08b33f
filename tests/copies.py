"""Databases of one's own: a world that takes long to make is made once a run, and every test works on a copy of it.

    with copies.of("demo", build) as database: ...     # `build()` runs once, on a freshly migrated database

Inside, Django's connection works on the copy and commits for real; afterwards it is back where it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from krm.local.pytest_plugin import WORKER, Databases

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(os.getpid())


class Copies:
    def __init__(self, blocker: Any) -> None:
        from django.db import connection

        self.blocker, self.connection = blocker, connection
        self.databases = Databases(connection)
        self.before = connection.settings_dict["NAME"]

    @contextmanager
    def of(self, name: str, build: Callable[[], Any]) -> Iterator[str]:
        """A copy of the world `name`, dropped afterwards."""
        world = self.databases.template.removesuffix("_template") + f"_{name}"
        copy = f"{world}_{WORKER or 'gw'}"
        with self.blocker.unblock():
            self.make_world(world, build)
            self.clone(world, copy)
            self.databases.point_at(copy)
            try:
                yield copy
            finally:
                self.databases.point_at(self.before)
                self.drop(copy)

    def make_world(self, world: str, build: Callable[[], Any]) -> None:
        """Once a run, whichever parallel worker comes first; the others wait."""
        with self.connection._nodb_cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [world])
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [world]
            )
            if cursor.fetchone() != (RUN,):
                self.drop(world)
                self.clone(self.databases.template, world)
                self.databases.point_at(world)
                try:
                    build()
                finally:
                    self.databases.point_at(self.before)
                cursor.execute(f"COMMENT ON DATABASE {self.databases.quoted(world)} IS '{RUN}'")
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [world])

    def clone(self, source: str, target: str) -> None:
        self.drop(target)
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(
                f"CREATE DATABASE {self.databases.quoted(target)} TEMPLATE {self.databases.quoted(source)}"
            )

    def drop(self, name: str) -> None:
        with self.connection._nodb_cursor() as cursor:
            self.databases.drop(cursor, name)


@pytest.fixture(scope="session")
def copies(django_db_setup: None, django_db_blocker: Any) -> Copies:
    return Copies(django_db_blocker)
