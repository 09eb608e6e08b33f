"""The vault: what goes in comes out, nothing changed opens, keys change without losing anything."""

from __future__ import annotations

import base64
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from krm.connectors import vault
from krm.connectors.models import Application, Credential

ONE, TWO = "k1:" + base64.b64encode(b"1" * 32).decode(), "k2:" + base64.b64encode(b"2" * 32).decode()
TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=400)


@given(TEXTS, st.text("abc|.", max_size=20))
def test_round_trip(plain: str, aad: str) -> None:
    token = vault.encrypt(plain, aad)
    assert vault.decrypt(token, aad) == plain
    assert vault.encrypt(plain, aad) != token  # equal secrets don't look equal


@given(TEXTS, st.data())
@settings(max_examples=200)
def test_a_changed_character_never_opens(plain: str, data: Any) -> None:
    token = vault.encrypt(plain, "t|c")
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCabc019-_.x"))
    changed = token[:at] + other + token[at + 1 :]
    if changed == token:
        return
    with pytest.raises(vault.VaultError):
        vault.decrypt(changed, "t|c")


@given(TEXTS, st.integers(0, 60))
def test_a_shortened_secret_never_opens(plain: str, cut: int) -> None:
    token = vault.encrypt(plain, "t|c")
    with pytest.raises(vault.VaultError):
        vault.decrypt(token[: len(token) - 1 - cut], "t|c")


def test_a_secret_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(vault.VaultError, match="another place"):
        vault.decrypt(vault.encrypt("rahasia", "a|x"), "a|y")


@pytest.mark.parametrize(
    "keys",
    [
        "",
        "k1",
        "k1:xxx",
        "k1:" + base64.b64encode(b"short").decode(),
        f"{ONE},{ONE}",
        "k.1:" + "A" * 43,
        "index:" + "A" * 43,
    ],
)
def test_bad_keys_are_refused_in_words(keys: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="KRM_VAULT_KEYS"):
        vault.parse_keys(keys)


def test_keys_are_not_shown() -> None:
    assert "1111" not in repr(vault.parse_keys(ONE)) and base64.b64encode(b"1" * 32).decode() not in repr(
        vault.parse_keys(ONE)
    )


def test_the_blind_index_ignores_spelling_and_depends_on_key_and_purpose(settings: Any) -> None:
    settings.KRM_VAULT_KEYS = ONE
    assert vault.blind_index("12.345-6") == vault.blind_index("123456") == vault.blind_index(" 123456 ")
    assert vault.blind_index("123456", "npwp") != vault.blind_index("123456", "nik")
    assert vault.blind_index("") == vault.blind_index(None) == ""
    before = vault.blind_index("123456")
    settings.KRM_VAULT_KEYS = f"{TWO},{ONE}"  # a new key in front leaves searches working
    assert vault.blind_index("123456") == before
    settings.KRM_VAULT_KEYS = TWO
    assert vault.blind_index("123456") != before


def stored(row: Credential) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM connectors_credential WHERE id = %s", [row.pk])
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_database_holds_no_plain_secret() -> None:
    row = Credential.objects.create(platform="tiktok", external_account_id="1", access_token="act.geheim")
    assert "geheim" not in stored(row) and stored(row).startswith("v1.")
    assert Credential.objects.get(pk=row.pk).access_token == "act.geheim"
    Credential.objects.filter(pk=row.pk).update(access_token="act.neu")
    assert Credential.objects.get(pk=row.pk).access_token == "act.neu"
    row.access_token = "act.bulk"
    Credential.objects.bulk_update([row], ["access_token"])
    assert Credential.objects.get(pk=row.pk).access_token == "act.bulk"


@pytest.mark.django_db
def test_secrets_are_not_in_the_audit_trail() -> None:
    Application.objects.create(platform="tiktok", client_secret="geheim")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM connectors_applicationevent e")
        assert "client_secret" not in cursor.fetchone()[0]


@pytest.mark.django_db
def test_an_encrypted_column_cannot_be_searched() -> None:
    with pytest.raises(FieldError, match="blind_index"):
        Credential.objects.filter(access_token="act").exists()
    with pytest.raises(FieldError, match="blind_index"):
        Credential.objects.filter(access_token__contains="act").exists()
    assert not Credential.objects.filter(access_token="").exists()


@pytest.mark.django_db
def test_rotation_rewrites_everything_once(settings: Any) -> None:
    settings.KRM_VAULT_KEYS = ONE
    rows = [
        Credential.objects.create(
            platform="tiktok", external_account_id=str(n), access_token=f"act.{n}", refresh_token="r"
        )
        for n in range(7)
    ]
    settings.KRM_VAULT_KEYS = f"{TWO},{ONE}"
    out = StringIO()
    call_command("rotate_keys", dry_run=True, stdout=out)
    assert "14 secrets would be re-encrypted" in out.getvalue() and stored(rows[0]).startswith("v1.k1.")
    call_command("rotate_keys", stdout=out)
    assert stored(rows[0]).startswith("v1.k2.")
    again = StringIO()
    call_command("rotate_keys", stdout=again)
    assert "0 secrets re-encrypted with key k2; 14 already were" in again.getvalue()
    settings.KRM_VAULT_KEYS = TWO
    assert [c.access_token for c in Credential.objects.order_by("id")] == [f"act.{n}" for n in range(7)]


@pytest.mark.django_db
def test_rotation_says_what_it_cannot_open(settings: Any) -> None:
    settings.KRM_VAULT_KEYS = ONE
    Credential.objects.create(platform="tiktok", external_account_id="1", access_token="act")
    settings.KRM_VAULT_KEYS = TWO
    with pytest.raises(CommandError, match="1 secrets could not be opened"):
        call_command("rotate_keys", stdout=StringIO(), stderr=StringIO())


def test_a_new_key_fits() -> None:
    out = StringIO()
    call_command("vault_key", "k9", stdout=out)
    assert vault.parse_keys(out.getvalue().strip()).current == "k9"
