"""Login links: for guests, once, within a quarter of an hour, and no word about who is known."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from krm.accounts import links, tasks
from krm.accounts.models import LoginLink


@pytest.fixture
def kol(make_user: Any) -> Any:
    return make_user("creator", email="ayu@kol.example", language="id")


def ask(client: Any, email: str, **fields: Any) -> Any:
    return client.post("/login-link/", {"email": email, **fields})


def send_all() -> None:
    for pk in LoginLink.objects.values_list("pk", flat=True):
        tasks.send_login_link(pk)


def link_in_mail() -> str:
    found = re.search(r"/login-link/\S+", mail.outbox[-1].body)
    assert found is not None
    return found.group()


def logged_in(client: Any) -> bool:
    return client.get("/settings/profile/").status_code == 200


def test_a_kol_gets_in_by_link(client: Any, kol: Any) -> None:
    ask(client, "Ayu@kol.example", next="/settings/profile/")
    send_all()
    url = link_in_mail()
    assert client.get(url).status_code == 200
    assert not logged_in(client), "looking at the link does not use it: mail scanners look"
    answer = client.post(url)
    assert answer["Location"] == "/settings/profile/"
    assert logged_in(client)


def test_a_link_works_once(client: Any, kol: Any) -> None:
    ask(client, kol.email)
    send_all()
    url = link_in_mail()
    client.post(url)
    client.logout()
    assert client.post(url).status_code == 404
    assert not logged_in(client)


def test_a_link_is_void_after_fifteen_minutes(client: Any, kol: Any) -> None:
    ask(client, kol.email)
    send_all()
    LoginLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(link_in_mail()).status_code == 404


@pytest.mark.parametrize("email", ["ayu@kol.example", "nobody@kol.example", "boss@agency.example"])
def test_the_answer_is_the_same_for_everybody(
    client: Any, kol: Any, make_user: Any, email: str, django_assert_num_queries: Any
) -> None:
    make_user("administrator", email="boss@agency.example", all_teams=True)
    with django_assert_num_queries(6):  # savepoint, two counts, user, insert, release
        answer = ask(client, email)
    assert (answer.status_code, answer["Location"]) == (302, "/login-link/sent/")
    send_all()
    assert len(mail.outbox) == (1 if email == kol.email else 0)


def test_the_fourth_request_in_a_row_is_dropped_without_a_word(client: Any, kol: Any) -> None:
    answers = [ask(client, kol.email) for _ in range(5)]
    assert {(a.status_code, a["Location"]) for a in answers} == {(302, "/login-link/sent/")}
    assert LoginLink.objects.count() == 3


def test_a_deactivated_kol_stays_out(client: Any, kol: Any) -> None:
    ask(client, kol.email)
    send_all()
    kol.is_active = False
    kol.save()
    assert client.post(link_in_mail()).status_code == 404


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_next_leads_nowhere_else(client: Any, kol: Any, target: str) -> None:
    ask(client, kol.email, next=target)
    send_all()
    assert client.post(link_in_mail())["Location"] == "/"


def test_a_second_factor_is_still_asked_for(client: Any, kol: Any) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(kol, "JBSWY3DPEHPK3PXP")
    ask(client, kol.email)
    send_all()
    answer = client.post(link_in_mail())
    assert "/2fa/authenticate/" in answer["Location"]
    assert not logged_in(client)


def test_old_requests_are_forgotten(client: Any, kol: Any) -> None:
    ask(client, kol.email)
    LoginLink.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert links.forget_old() == 1
