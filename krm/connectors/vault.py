"""The vault: authenticated encryption of secrets and personal data, with named keys that can be changed.

A stored value reads `v1.<key id>.<base64url of nonce + ciphertext + tag>`.  The table and column it belongs to
are authenticated with it, so a value copied into another column does not open.

Keys come from KRM_VAULT_KEYS, `id:base64,id:base64`: the first encrypts, every listed one decrypts.  A key with the
id `index` makes the blind indexes; where there is none, the last listed key does, so that putting a new key in front
leaves searches working.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.models.lookups import Exact

VERSION = "v1"
INDEX_ID = "index"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")


class VaultError(Exception):
    """A stored secret does not open: wrong key, wrong place, or changed bytes."""


@dataclass(frozen=True, repr=False)
class Keyring:
    current: str
    ciphers: dict[str, AESGCM]
    index_key: bytes

    def __repr__(self) -> str:
        return f"<Keyring current={self.current} keys={sorted(self.ciphers)}>"


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"krm.vault.{purpose}".encode()).derive(master)


@lru_cache(maxsize=8)
def parse_keys(text: str) -> Keyring:
    masters: dict[str, bytes] = {}
    for part in (p.strip() for p in text.split(",")):
        if not part:
            continue
        key_id, _, encoded = part.partition(":")
        if not _KEY_ID.match(key_id) or key_id in masters:
            raise ImproperlyConfigured(
                f"KRM_VAULT_KEYS: {key_id!r} is not a usable key id. "
                "Write id:base64, each id once, in letters and digits."
            )
        try:
            plain = encoded.translate(str.maketrans("-_", "+/")).rstrip("=")
            master = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ImproperlyConfigured(f"KRM_VAULT_KEYS: key {key_id!r} is not base64.") from error
        if len(master) != 32:
            raise ImproperlyConfigured(
                f"KRM_VAULT_KEYS: key {key_id!r} has {len(master)} bytes, 32 are needed."
            )
        masters[key_id] = master
    index_master = masters.pop(INDEX_ID, None)
    if not masters:
        raise ImproperlyConfigured(
            "KRM_VAULT_KEYS is empty. Make a key with `manage.py vault_key` and set KRM_VAULT_KEYS=id:key."
        )
    ids = list(masters)
    return Keyring(
        current=ids[0],
        ciphers={key_id: AESGCM(_derive(master, "seal")) for key_id, master in masters.items()},
        index_key=_derive(index_master or masters[ids[-1]], "index"),
    )


def keyring() -> Keyring:
    keys = getattr(settings, "KRM_VAULT_KEYS", "") or os.environ.get("KRM_VAULT_KEYS", "")
    if not keys and getattr(settings, "LOCAL", False):
        keys = _local_keys(Path(settings.BASE_DIR) / ".local" / "vault-keys")
    return parse_keys(keys)


@lru_cache(maxsize=1)
def _local_keys(path: Path) -> str:
    """A laptop's key, made once and kept beside its database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(new_key("local") + "\n")
    return path.read_text().strip()


def new_key(key_id: str = "k1") -> str:
    """A fresh key in the form KRM_VAULT_KEYS takes."""
    return f"{key_id}:{base64.b64encode(os.urandom(32)).decode()}"


def encrypt(plain: str, aad: str) -> str:
    ring = keyring()
    nonce = os.urandom(12)
    sealed = ring.ciphers[ring.current].encrypt(
        nonce, plain.encode(), f"{VERSION}|{ring.current}|{aad}".encode()
    )
    return f"{VERSION}.{ring.current}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"


def decrypt(token: str, aad: str) -> str:
    try:
        version, key_id, body = token.split(".")
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise VaultError("A stored secret is not in the vault's form; it was changed outside KRM.") from None
    if version != VERSION or len(raw) < 28:
        raise VaultError("A stored secret is not in the vault's form; it was changed outside KRM.")
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != body:
        raise VaultError("A stored secret was changed.")
    cipher = keyring().ciphers.get(key_id)
    if cipher is None:
        raise VaultError(
            f"A stored secret needs vault key {key_id!r}, which KRM_VAULT_KEYS does not hold. Add it back."
        )
    try:
        return cipher.decrypt(raw[:12], raw[12:], f"{VERSION}|{key_id}|{aad}".encode()).decode()
    except InvalidTag:
        raise VaultError(
            "A stored secret does not open: it was changed, or belongs to another place."
        ) from None


def key_id_of(token: str) -> str:
    parts = token.split(".")
    return parts[1] if len(parts) == 3 else ""


def blind_index(value: str | None, purpose: str = "") -> str:
    """A keyed fingerprint of a secret, to search and be unique by without storing it. Ignores case and spacing."""
    if not value:
        return ""
    normal = re.sub(r"[\s.\-]", "", value).casefold()
    return hmac.new(keyring().index_key, f"{purpose}|{normal}".encode(), hashlib.sha256).hexdigest()


class _IsBlank(Exact):
    """An encrypted column can be asked one thing: whether it is empty."""

    def get_prep_lookup(self) -> Any:
        if self.rhs != "":
            raise FieldError("An encrypted column can't be searched; filter on its blind_index() column.")
        return self.rhs


class EncryptedTextField(models.TextField):
    """Text that lies encrypted in the database and is plain on the instance. It can't be searched: use `blind_index`.

    `index_field="npwp_index"` names a column of the same model that holds `blind_index(value, index_purpose)`;
    it is kept in step on every save and by `rotate_keys`.
    """

    description = "Encrypted text"

    def __init__(self, *args: Any, index_field: str = "", index_purpose: str = "", **kwargs: Any) -> None:
        if kwargs.get("unique") or kwargs.get("db_index"):
            raise FieldError("An encrypted field can't be indexed; add a column with blind_index() instead.")
        self.index_field = index_field
        self.index_purpose = index_purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.index_field:
            kwargs["index_field"] = self.index_field
        if self.index_purpose:
            kwargs["index_purpose"] = self.index_purpose
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[Any]:
        errors = super().check(**kwargs)
        if self.index_field:
            other: Any = self.model._meta.get_field(self.index_field)
            if other.creation_counter < self.creation_counter:
                errors.append(
                    checks.Error(
                        f"{self.index_field} must be declared after {self.name}, which fills it on save.",
                        obj=self,
                        id="connectors.E001",
                    )
                )
        return errors

    @property
    def aad(self) -> str:
        return f"{self.model._meta.db_table}|{self.column}"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if self.index_field:
            setattr(model_instance, self.index_field, blind_index(value, self.index_purpose))
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is None or value == "" or hasattr(value, "as_sql"):
            return value
        return encrypt(str(value), self.aad)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        if not value:
            return value
        return decrypt(value, self.aad)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        if lookup_name == "exact":
            return _IsBlank
        raise FieldError(
            f"{self.name} is encrypted and can't be searched; filter on its blind_index() column."
        )

    def value_to_string(self, obj: models.Model) -> str:
        raise VaultError(
            "Encrypted fields are not exported. Use `manage.py backup`, which keeps them sealed."
        )


def encrypted_fields() -> Iterator[EncryptedTextField]:
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield field
