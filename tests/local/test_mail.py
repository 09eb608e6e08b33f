"""Mail that a developer's machine would have sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, send_mail
from django.test import Client

from krm.local import mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def box(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "krm.local.mail.FolderBackend"
    settings.LOCAL_MAIL_FOLDER = tmp_path / "mail"
    return tmp_path / "mail"


def test_a_letter_is_listed_and_opened(client: Client) -> None:
    send_mail("Undangan Anda", "Buka https://krm.example/magic/abc.", None, ["rina@contoh.id"])
    (letter,) = mail.letters()
    assert (letter.subject, letter.to) == ("Undangan Anda", "rina@contoh.id")
    assert letter.links == ["https://krm.example/magic/abc"]
    assert "Undangan Anda" in client.get("/dev/mail/").content.decode()
    page = client.get(f"/dev/mail/{letter.name}/").content.decode()
    assert 'href="https://krm.example/magic/abc"' in page


def test_markup_in_a_letter_stays_text(client: Client) -> None:
    send_mail("<script>", "<script>alert(1)</script>", None, ["a@b.id"])
    page = client.get(f"/dev/mail/{mail.letters()[0].name}/").content.decode()
    assert "<script>alert" not in page


def test_an_empty_box_says_what_to_do(client: Client) -> None:
    assert "No mail yet" in client.get("/dev/mail/").content.decode()


@pytest.mark.parametrize("address", ["203.0.113.9", "10.0.0.7", ""])
def test_only_this_machine_reads_it(client: Client, address: str) -> None:
    assert client.get("/dev/mail/", REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("name", ["../secret", "1234", "%2e%2e", "1700000000000000000-zzzzzzzz"])
def test_no_other_file_is_opened(client: Client, name: str) -> None:
    assert client.get(f"/dev/mail/{name}/").status_code == 404


def test_the_oldest_letters_go(monkeypatch: pytest.MonkeyPatch, box: Path) -> None:
    monkeypatch.setattr(mail, "KEPT", 3)
    for number in range(5):
        EmailMessage(f"Letter {number}", "text", to=["a@b.id"]).send()
    assert [letter.subject for letter in mail.letters()] == ["Letter 4", "Letter 3", "Letter 2"]
