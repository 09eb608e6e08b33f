"""How the suite gets its databases: the migrations run once, every parallel worker gets a copy.

The template is kept between runs and made anew when any migration changes. A test that commits for real
(`transaction=True`) leaves emptied tables behind; rows that migrations put there are given back before the
next test.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
MEDIA = tempfile.mkdtemp(prefix="krm-test-media-")
os.environ.setdefault("KRM_MEDIA_ROOT", MEDIA)
if os.environ.get("KRM_TEST_REDIS_EACH") and WORKER:  # before settings are read
    base = os.environ["REDIS_URL"].rpartition("/")[0]
    os.environ["REDIS_URL"] = f"{base}/{int(WORKER.removeprefix('gw')) + 1}"

# Rows that Django itself makes again after a flush.
REMADE = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Sockets are open to the suite's own servers only; a Redis elsewhere is one of them."""
    host = urlsplit(os.environ.get("REDIS_URL", "")).hostname
    allowed = getattr(config.option, "allow_hosts", None)
    if host and allowed and host not in allowed.split(","):
        config.option.allow_hosts = f"{allowed},{host}"


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(MEDIA, ignore_errors=True)


def fingerprint() -> str:
    """Changes when any migration of any app changes."""
    from django.apps import apps

    total = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for path in sorted(Path(config.path).glob("migrations/*")):
            if path.is_file() and path.suffix in (".py", ".sql"):
                total.update(path.name.encode())
                total.update(path.read_bytes())
    return total.hexdigest()


class Databases:
    """Copies of one migrated template on the server that the settings name."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.name = connection.settings_dict["TEST"].get("NAME") or f"test_{connection.settings_dict['NAME']}"
        plain = self.name.removesuffix(f"_{WORKER}") if WORKER else self.name
        self.template = f"{plain}_template"
        self.mark = fingerprint()

    def quoted(self, name: str) -> str:
        return str(self.connection.ops.quote_name(name))

    def marked(self, cursor: Any, name: str) -> bool:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        row = cursor.fetchone()
        return row is not None and row[0] == self.mark

    def point_at(self, name: str) -> None:
        self.connection.close()
        self.connection.settings_dict["NAME"] = name

    def drop(self, cursor: Any, name: str) -> None:
        cursor.execute(f"DROP DATABASE IF EXISTS {self.quoted(name)} WITH (FORCE)")

    def seal(self, cursor: Any, name: str) -> None:
        cursor.execute(f"COMMENT ON DATABASE {self.quoted(name)} IS '{self.mark}'")

    def make_template(self, cursor: Any) -> None:
        from django.core.management import call_command

        self.drop(cursor, self.template)
        cursor.execute(f"CREATE DATABASE {self.quoted(self.template)} ENCODING 'UTF8' TEMPLATE template0")
        before = self.connection.settings_dict["NAME"]
        self.point_at(self.template)
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            self.point_at(before)
        self.seal(cursor, self.template)

    def make(self, *, keep: bool, afresh: bool) -> None:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtext(%s))", [self.template]
            )  # one worker migrates, all wait
            if (afresh and not WORKER) or not self.marked(cursor, self.template):
                self.make_template(cursor)
            if not (keep and not afresh and self.marked(cursor, self.name)):
                self.drop(cursor, self.name)
                cursor.execute(
                    f"CREATE DATABASE {self.quoted(self.name)} TEMPLATE {self.quoted(self.template)}"
                )
                self.seal(cursor, self.name)
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [self.template])


class ReferenceRows:
    """What migrations put into tables, to be put back after a test emptied them."""

    def __init__(self) -> None:
        self.tables: dict[str, bytes] = {}
        self.missing = False

    def remember(self, connection: Any) -> None:
        import io

        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table in REMADE:
                    continue
                output = io.BytesIO()
                cursor.copy_expert(
                    f"COPY (SELECT * FROM {connection.ops.quote_name(table)}) TO STDOUT", output
                )
                if output.getvalue():
                    self.tables[table] = output.getvalue()

    def restore(self, connection: Any) -> None:
        import io

        from django.db import transaction

        self.missing = False
        if not self.tables:
            return
        names = [connection.ops.quote_name(table) for table in self.tables]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name, rows in zip(names, self.tables.values(), strict=True):
                cursor.execute(f"DELETE FROM {name}")
                cursor.copy_expert(f"COPY {name} FROM STDIN", io.BytesIO(rows))


REFERENCE = ReferenceRows()


def let_tests_flush() -> None:
    """The books refuse TRUNCATE; emptying the tables after a test that committed is the one exception."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    plain = DatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: list[str]) -> None:
        plain(self, ["SET LOCAL session_replication_role = replica;", *sql_list])

    if plain.__name__ != "flush":
        DatabaseOperations.execute_sql_flush = flush  # type: ignore[assignment]


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    from django.db import connection, connections

    let_tests_flush()
    databases = Databases(connection)
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        databases.make(keep=django_db_keepdb, afresh=django_db_createdb)
        databases.point_at(databases.name)
        REFERENCE.remember(connection)
    yield
    with django_db_blocker.unblock():
        if django_db_keepdb and REFERENCE.missing:
            REFERENCE.restore(connection)  # kept for the next run
        connections.close_all()
        databases.point_at(before)
        if not django_db_keepdb:
            with connection._nodb_cursor() as cursor:
                databases.drop(cursor, databases.name)


# About how many seconds a test takes, by its folder; where it is in none of these, a browser makes it long.
LONG = {"journeys": 20.0, "resilience": 20.0, "conformance": 3.0, "local": 2.0}
BROWSER = 5.0


def long_modules(items: list[pytest.Item]) -> list[tuple[float, list[pytest.Item]]]:
    """The modules that take long, each with its seconds, longest first."""
    modules: dict[Path, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    found = []
    for path, held in modules.items():
        seconds = LONG.get(path.parent.name, 0.0) * len(held) or BROWSER * sum(
            "browser" in getattr(item, "fixturenames", ()) for item in held
        )
        if seconds:
            found.append((seconds, str(path), held))
    return [(seconds, held) for seconds, _path, held in sorted(found, key=lambda one: (-one[0], one[1]))]


def long_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Long modules first, dealt out among parallel workers, of whom each begins with a chunk of its own.

    Left where they were, they came last: at the end one worker drove a browser and the others had nothing to do.
    """
    heaps: list[list[pytest.Item]] = [[] for _ in range(workers)]
    loads = [0.0] * workers
    for seconds, held in long_modules(items):
        lightest = loads.index(min(loads))
        loads[lightest] += seconds
        heaps[lightest] += held
    taken = {id(item) for heap in heaps for item in heap}
    rest = [item for item in items if id(item) not in taken]
    chunk = len(items) // workers // 4  # what xdist's `load` gives every worker to begin with
    found: list[pytest.Item] = []
    for heap in heaps:
        room = max(chunk - len(heap), 0)
        found += [*heap, *rest[:room]]
        rest = rest[room:]
    return [*found, *rest]


@pytest.hookimpl(trylast=True)  # after the shuffle of pytest-randomly and the order of pytest-django
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    if workers > 1:
        items[:] = long_first(items, workers)


def commits_for_real(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", [])
    return (
        bool(mark and mark.kwargs.get("transaction")) or "transactional_db" in names or "live_server" in names
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if commits_for_real(item):
        let_tests_flush()
    if REFERENCE.missing:
        from django.db import connection
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            REFERENCE.restore(connection)


@pytest.hookimpl(
    tryfirst=True
)  # the last test's teardown ends the session, and with it a database that is kept
def pytest_runtest_teardown(item: pytest.Item) -> None:
    if commits_for_real(item):
        REFERENCE.missing = True
