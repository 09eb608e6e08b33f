"""Secrets of authenticator apps and seeds of recovery codes lie encrypted in the vault's way.

allauth keeps them inside a JSON column, so the rotation of columns does not see them; `rotate` does.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from krm.accounts.adapter import MfaAdapter
from krm.connectors import vault

AAD = "mfa_authenticator|data"
SECRETS = ("secret", "seed")


class VaultMfaAdapter(MfaAdapter):
    def encrypt(self, text: str) -> str:
        return vault.encrypt(text, AAD)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.decrypt(encrypted_text, AAD)


def rotate(*, dry_run: bool = False) -> int:
    """Encrypt with the current key what an older one holds; the number of rewritten rows."""
    current, count = vault.keyring().current, 0
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if row is None:
                continue
            old = {name: row.data[name] for name in SECRETS if isinstance(row.data.get(name), str)}
            new = {
                name: vault.encrypt(vault.decrypt(token, AAD), AAD)
                for name, token in old.items()
                if vault.key_id_of(token) != current
            }
            if new:
                count += 1
                if not dry_run:
                    row.data = {**row.data, **new}
                    row.save(update_fields=["data"])
    return count
