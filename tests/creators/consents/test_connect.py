"""The owner's way to each platform's consent screen and back, and every way it can go otherwise."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone

from creators.consents import connect
from creators.models import AccountSchedule, Consent, SocialAccount
from krm.connectors.models import Credential, RawResponse
from krm.errors import Conflict, Denied
from krm.events.models import Event
from krm.local.sandbox import tokens
from tests.creators.factories import CreatorFactory
from tests.sandbox import Running, demo

PROGRAMS = [
    ("instagram_login", "instagram", "login"), ("instagram", "instagram", ""), ("tiktok", "tiktok", "display"),
    ("tiktok_business", "tiktok", "business"), ("youtube", "youtube", ""),
]  # fmt: skip


def row(source: Any, creator: Any = None, **fields: Any) -> SocialAccount:
    return SocialAccount.objects.create(
        creator=creator or CreatorFactory(), platform=source.platform, handle=source.handle, **fields
    )


@pytest.mark.parametrize(("program", "platform", "flavour"), PROGRAMS)
def test_connected(
    doors: Running, portal_user: Any, client_for: Any, through: Any, drain_events: Any, caplog: Any,
    program: str, platform: str, flavour: str,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    source = demo(platform)
    account = row(source)
    browser = client_for(portal_user(account.creator))
    words = browser.get(f"/portal/profile/{account.creator_id}/connect/{program}/?account={account.pk}")
    assert words.status_code == 200 and "/go/" in words.content.decode()
    page = through(browser, account.creator, program, source.handle, account=account).content.decode()
    assert source.handle in page
    consent = Consent.objects.get()
    assert (consent.state, consent.missing, consent.account_id) == ("given", [], account.pk)
    assert (consent.verifier, consent.held) == ("", "") and consent.text_version
    credential = Credential.objects.get()
    assert (credential.platform, credential.flavour) == (platform, flavour)
    assert credential.external_account_id == source.external_id and set(consent.scopes) == set(
        credential.scopes
    )
    account.refresh_from_db()
    assert account.external_id == source.external_id
    assert Event.objects.filter(name="creators.account_connected").exists()
    drain_events()
    assert AccountSchedule.objects.filter(account=account).exists()
    # No token, code or secret in logs, archive or events.
    secret = [credential.access_token, credential.refresh_token, tokens.APPS[program][1]]
    kept = caplog.text + "".join(r.url + bytes(r.body).hex() for r in RawResponse.objects.all())
    kept += "".join(str(e.data) for e in Event.objects.all())
    assert not [s for s in secret if s and s in kept]


@pytest.mark.parametrize("program", ["instagram_login", "tiktok", "youtube"])
def test_declined(doors: Running, portal_user: Any, client_for: Any, through: Any, program: str) -> None:
    source = demo(program.split("_")[0])
    account = row(source)
    page = through(
        client_for(portal_user(account.creator)),
        account.creator,
        program,
        source.handle,
        account=account,
        deny=True,
    )
    assert page.status_code == 200
    assert Consent.objects.get().state == "denied" and not Credential.objects.exists()


def test_a_permission_not_given_is_said(
    doors: Running, portal_user: Any, client_for: Any, through: Any
) -> None:
    source = demo("youtube")
    account = row(source)
    browser = client_for(portal_user(account.creator, language="en"))
    page = through(browser, account.creator, "youtube", source.handle, untick="analytics").content.decode()
    assert "but without" in page and "watch time" in page
    assert Consent.objects.get().missing == ["https://www.googleapis.com/auth/yt-analytics.readonly"]
    through(browser, account.creator, "youtube", source.handle)
    assert Consent.objects.order_by("-pk").first().missing == []  # type: ignore[union-attr]
    assert Credential.objects.count() == 1


def test_the_wrong_account_is_a_choice(
    doors: Running, portal_user: Any, client_for: Any, through: Any
) -> None:
    meant, other = demo("tiktok"), demo("tiktok", nth=1)
    account = row(meant)
    browser = client_for(portal_user(account.creator, language="en"))
    page = through(browser, account.creator, "tiktok", other.handle, account=account).content.decode()
    assert "logged in as somebody else" in page and other.handle in page
    consent = Consent.objects.get()
    assert consent.state == "choose" and consent.held and not Credential.objects.exists()
    stranger = client_for(portal_user(CreatorFactory()))
    assert stranger.get(f"/portal/connect/{consent.pk}/choose/").status_code == 404
    assert stranger.post(f"/portal/connect/{consent.pk}/discard/").status_code == 404
    answer = browser.post(f"/portal/connect/{consent.pk}/choose/", {"external_id": other.external_id})
    assert answer.status_code == 302
    consent.refresh_from_db()
    assert consent.state == "given" and consent.held == ""
    assert account.creator is not None
    assert account.creator.accounts.filter(handle=other.handle, external_id=other.external_id).exists()


def test_the_wrong_account_is_thrown_away(
    doors: Running, portal_user: Any, client_for: Any, through: Any
) -> None:
    account = row(demo("tiktok"))
    browser = client_for(portal_user(account.creator))
    through(browser, account.creator, "tiktok", demo("tiktok", nth=1).handle, account=account)
    consent = Consent.objects.get()
    browser.post(f"/portal/connect/{consent.pk}/discard/")
    consent.refresh_from_db()
    assert (consent.state, consent.held) == ("denied", "") and not Credential.objects.exists()


def test_held_tokens_do_not_stay(doors: Running, portal_user: Any, client_for: Any, through: Any) -> None:
    account = row(demo("tiktok"))
    through(
        client_for(portal_user(account.creator)),
        account.creator,
        "tiktok",
        demo("tiktok", nth=1).handle,
        account=account,
    )
    assert connect.forget_unfinished(timezone.now() + timedelta(minutes=16)) == 1
    assert (Consent.objects.get().state, Consent.objects.get().held) == ("failed", "")


def test_somebody_elses_account(doors: Running, portal_user: Any, client_for: Any, through: Any) -> None:
    source = demo("tiktok")
    row(source, external_id=source.external_id)
    mine = CreatorFactory()
    page = through(
        client_for(portal_user(mine, language="en")), mine, "tiktok", source.handle
    ).content.decode()
    assert "belongs to another creator" in page
    assert Consent.objects.get().state == "failed" and not Credential.objects.exists()


def test_an_answer_counts_once_soon_and_for_its_login(
    doors: Running, portal_user: Any, client_for: Any, screen: Any
) -> None:
    source = demo("tiktok")
    account = row(source)
    owner = portal_user(account.creator)

    def sent() -> dict[str, str]:
        _consent, url = connect.start(account.creator, "tiktok", by=owner, account=account)  # type: ignore[arg-type]
        return dict(parse_qsl(urlsplit(screen(url, source.handle)).query))

    given = sent()
    with pytest.raises(Conflict):
        connect.answer(
            "tiktok", by=portal_user(account.creator), **given
        )  # another login with the same rights
    with pytest.raises(Conflict):
        connect.answer("youtube", by=owner, **given)
    with pytest.raises(Conflict):
        connect.answer("tiktok", by=owner, code="x", state="made up")
    assert connect.answer("tiktok", by=owner, **given).state == "given"
    with pytest.raises(Conflict):
        connect.answer("tiktok", by=owner, **given)
    late = sent()
    Consent.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    with pytest.raises(Conflict):
        connect.answer("tiktok", by=owner, **late)
    with pytest.raises(Denied):
        connect.start(CreatorFactory(), "tiktok", by=owner)


def test_a_code_somebody_swapped_is_refused(doors: Running, portal_user: Any, screen: Any) -> None:
    """PKCE: a code that was made for another start has another challenge."""
    source = demo("youtube")
    account = row(source)
    owner = portal_user(account.creator)
    _first, one = connect.start(account.creator, "youtube", by=owner)  # type: ignore[arg-type]
    _second, two = connect.start(account.creator, "youtube", by=owner)  # type: ignore[arg-type]
    code = dict(parse_qsl(urlsplit(screen(one, source.handle)).query))["code"]
    state = dict(parse_qsl(urlsplit(two).query))["state"]
    assert connect.answer("youtube", by=owner, code=code, state=state).state == "failed"


@pytest.mark.parametrize(
    ("fault", "words"), [("server_error", "did not answer"), ("bad_request", "registration")]
)
def test_the_platform_fails(
    doors: Running, portal_user: Any, client_for: Any, through: Any, fault: str, words: str
) -> None:
    account = row(demo("instagram"))
    doors.fault("instagram_login", fault)
    browser = client_for(portal_user(account.creator, language="en"))
    page = through(browser, account.creator, "instagram_login", account.handle, account=account)
    assert words in page.content.decode() and not Credential.objects.exists()


def test_a_door_that_is_not_set_up(db: None, portal_user: Any, client_for: Any) -> None:
    creator = CreatorFactory()
    browser = client_for(portal_user(creator, language="en"))
    page = browser.get(f"/portal/profile/{creator.pk}/connect/x/").content.decode()
    assert "not set this platform up" in page
    assert (
        "not set it up"
        in browser.get(f"/portal/profile/{creator.pk}/connect/x/go/", follow=True).content.decode()
    )
    assert browser.get(f"/portal/profile/{creator.pk}/connect/myspace/").status_code == 404


def test_pages_cost_the_same_with_more(
    doors: Running, portal_user: Any, client_for: Any, constant_queries: Any, query_budget: Any, through: Any
) -> None:
    creator = CreatorFactory()
    browser = client_for(portal_user(creator))
    url = f"/portal/profile/{creator.pk}/connections/"

    def grow() -> None:
        for n in range(SocialAccount.objects.count(), SocialAccount.objects.count() + 3):
            source = demo("tiktok", nth=n)
            row(source, creator)
            through(browser, creator, "tiktok", source.handle)

    grow()
    with query_budget("portal.connections"):
        assert browser.get(url).status_code == 200
    constant_queries(lambda: browser.get(url), grow)
