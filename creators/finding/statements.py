"""Statements of discovery: what Django compiled, sent with planner settings that hold for that statement alone."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

LIMIT_MS = 8_000
TABLE = '"creators_discoveryrow"'


def settings(limit_ms: int = LIMIT_MS) -> str:
    return (
        f"SELECT set_config('jit','off',true), set_config('work_mem','48MB',true),"
        f" set_config('random_page_cost','1.1',true), set_config('parallel_setup_cost','50',true),"
        f" set_config('parallel_tuple_cost','0.01',true), set_config('max_parallel_workers_per_gather','3',true),"
        f" set_config('statement_timeout','{limit_ms}',true); "
    )


SETTINGS = settings()


def compiled(queryset: QuerySet[Any]) -> tuple[str, list[Any]]:
    """The statement of a queryset; one that can match nobody says so."""
    try:
        statement, values = queryset.query.sql_with_params()
    except EmptyResultSet:
        statement, values = (
            queryset.model.objects.filter(pk=-1)
            .values_list(*_selected(queryset))
            .order_by()
            .query.sql_with_params()
        )
    return statement, list(values)


def _selected(queryset: QuerySet[Any]) -> list[str]:
    return list(queryset.query.values_select) or [
        field.attname for field in queryset.model._meta.concrete_fields
    ]


def has_where(statement: str) -> bool:
    return (
        re.search(
            r'FROM "creators_discoveryrow"(?: TABLESAMPLE \S+ \(\S+\) REPEATABLE \(\d+\))? WHERE ', statement
        )
        is not None
    )


def run(queryset: QuerySet[Any]) -> list[tuple[Any, ...]]:
    statement, values = compiled(queryset)
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS + statement, values)
        return list(cursor.fetchall())


def estimate(statement: str, values: list[Any]) -> int:
    """Rows that the planner expects; nothing is read but statistics."""
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS + f"EXPLAIN (FORMAT JSON) {statement}", values)
        return int(cursor.fetchone()[0][0]["Plan"]["Plan Rows"])


def round_to(number: int, digits: int = 2) -> int:
    """An estimate with as many digits as it deserves."""
    if number < 10**digits:
        return number
    factor = 10 ** (len(str(number)) - digits)
    return round(number / factor) * factor
