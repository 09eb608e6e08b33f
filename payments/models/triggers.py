"""Shared pieces of the room's database triggers."""

from __future__ import annotations

import pgtrigger


def refuse_delete_unless(name: str, condition: str) -> pgtrigger.Trigger:
    """Rows stay; demo rows may go, for the demo agency can be removed with one command."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=f"""
            IF {condition} THEN
                RETURN OLD;
            END IF;
            RAISE EXCEPTION 'payments: rows of % are kept; post a reversal instead', TG_TABLE_NAME;
        """,
    )


def refuse_truncate(name: str, table: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=f"""
            IF EXISTS (SELECT 1 FROM {table} WHERE NOT is_demo) THEN
                RAISE EXCEPTION 'payments: % is append-only', TG_TABLE_NAME;
            END IF;
            RETURN NULL;
        """,  # noqa: S608 - a constant of the caller
    )
