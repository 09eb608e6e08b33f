# ruff: noqa: S608  names come from the models, quoted
"""Re-encrypts every stored secret with the current vault key, a batch of rows at a time, while the system runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, router, transaction

from krm.connectors import second_factor, vault

BATCH = 500


@dataclass
class Rotation:
    rewritten: int = 0
    kept: int = 0
    failed: list[str] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)


def rotate(*, dry_run: bool = False, progress: Callable[[str], None] = lambda text: None) -> Rotation:
    result = Rotation()
    for encrypted in vault.encrypted_fields():
        progress(f"{encrypted.model._meta.db_table}.{encrypted.column}")
        _rotate_column(encrypted, result, dry_run=dry_run)
    progress("mfa_authenticator.data")
    result.rewritten += second_factor.rotate(dry_run=dry_run)
    return result


def _rotate_column(encrypted: vault.EncryptedTextField, result: Rotation, *, dry_run: bool) -> None:
    model = encrypted.model
    alias = router.db_for_write(model)
    connection = connections[alias]
    quote: Callable[[Any], str] = connection.ops.quote_name
    table, column, pk = quote(model._meta.db_table), quote(encrypted.column), quote(model._meta.pk.column)
    index: Any = model._meta.get_field(encrypted.index_field) if encrypted.index_field else None
    current = vault.keyring().current
    last = None
    while True:
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            where = f"WHERE {pk} > %s" if last is not None else ""
            cursor.execute(
                f"SELECT {pk}, {column} FROM {table} {where} ORDER BY {pk} LIMIT {BATCH} FOR UPDATE",
                [last] if last is not None else [],
            )
            rows = cursor.fetchall()
            for row_id, token in rows:
                if not token:
                    continue
                result.keys[vault.key_id_of(token)] += 1
                try:
                    plain = vault.decrypt(token, encrypted.aad)
                except vault.VaultError as error:
                    result.failed.append(f"{model._meta.db_table}.{encrypted.column} row {row_id}: {error}")
                    continue
                changes: dict[str, str] = {}
                if vault.key_id_of(token) != current:
                    changes[column] = vault.encrypt(plain, encrypted.aad)
                if index is not None:
                    changes[quote(index.column)] = vault.blind_index(plain, encrypted.index_purpose)
                if column in changes:
                    result.rewritten += 1
                else:
                    result.kept += 1
                if changes and not dry_run:
                    assigned = ", ".join(f"{name} = %s" for name in changes)
                    cursor.execute(
                        f"UPDATE {table} SET {assigned} WHERE {pk} = %s", [*changes.values(), row_id]
                    )
        if len(rows) < BATCH:
            return
        last = rows[-1][0]
