"""X (PKCE) and Facebook Pages from the portal's button to the first pull, and every way back without a token."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from creators.models import AccountSchedule, AccountSnapshot, Consent, Post, SocialAccount
from creators.pulling import runner, schedule
from krm.connectors import credentials
from krm.connectors.models import Credential
from krm.local.sandbox import tokens
from tests.creators.factories import CreatorFactory
from tests.sandbox import Running, demo

BOTH = pytest.mark.parametrize("program", ["x", "facebook"])


def owner(program: str, portal_user: Any, client_for: Any) -> tuple[Any, SocialAccount, Any]:
    source = demo(program, consent="page" if program == "facebook" else None)
    account = SocialAccount.objects.create(
        creator=CreatorFactory(), platform=source.platform, handle=source.handle
    )
    return source, account, client_for(portal_user(account.creator, language="en"))


def away(browser: Any, account: SocialAccount, program: str) -> str:
    """The platform's address that the button leads to."""
    answer = browser.get(f"/portal/profile/{account.creator_id}/connect/{program}/go/?account={account.pk}")
    assert answer.status_code == 302
    return str(answer["location"])


@BOTH
def test_from_the_button_to_the_first_pull(
    doors: Running, portal_user: Any, client_for: Any, screen: Any, drain_events: Any, program: str
) -> None:
    if program == "x":  # X sells its answers to the agency's own token
        client_id, secret = tokens.APPS["x"]
        credentials.save_application(
            "x", by=None, client_id=client_id, client_secret=secret, api_key=tokens.X_BEARER,
            options={"monthly_usd": "100"},
        )  # fmt: skip
    source, account, browser = owner(program, portal_user, client_for)
    url = away(browser, account, program)
    asked = dict(parse_qsl(urlsplit(url).query))
    assert asked["state"] and asked["redirect_uri"].endswith(f"/portal/connect/{program}/answer/")
    assert (asked.get("code_challenge_method") == "S256") is (program == "x")
    back = urlsplit(screen(url, source.handle))

    page = browser.get(back.path, dict(parse_qsl(back.query)), follow=True)

    assert page.status_code == 200 and source.handle in page.content.decode()
    consent, credential = Consent.objects.get(), Credential.objects.get(purpose="account")
    assert (consent.state, consent.missing, consent.account_id) == ("given", [], account.pk)
    assert (credential.platform, credential.external_account_id) == (program, source.external_id)
    assert bool(credential.refresh_token) is (program == "x")  # a Page's token has no end of its own
    stored = Credential.objects.filter(pk=credential.pk).extra(select={"raw": "access_token::text"})
    assert credential.access_token not in str(stored.values_list("raw", flat=True)[0])

    drain_events()
    plan = AccountSchedule.objects.get(account=account)
    assert plan.paused_reason == ""
    taken = schedule.take_one(account.pk)
    assert taken is not None
    outcomes = runner.pull(taken.account_ids, taken.token, interactive=True)

    assert outcomes[account.pk].ok, outcomes
    account.refresh_from_db()
    assert account.state == "active" and account.external_id == source.external_id
    snapshot = AccountSnapshot.objects.get(account=account)
    assert snapshot.followers and Post.objects.filter(account=account).exists()
    assert snapshot.source == ("platform_authorised" if program == "facebook" else "platform_public")


@BOTH
def test_declined(doors: Running, portal_user: Any, client_for: Any, screen: Any, program: str) -> None:
    source, account, browser = owner(program, portal_user, client_for)
    back = urlsplit(screen(away(browser, account, program), source.handle, deny=True))
    page = browser.get(back.path, dict(parse_qsl(back.query)), follow=True)
    assert page.status_code == 200
    assert Consent.objects.get().state == "denied" and not Credential.objects.exists()


@BOTH
def test_an_answer_to_another_start(
    doors: Running, portal_user: Any, client_for: Any, screen: Any, program: str
) -> None:
    source, account, browser = owner(program, portal_user, client_for)
    back = urlsplit(screen(away(browser, account, program), source.handle))
    answer = dict(parse_qsl(back.query)) | {"state": "somebody-elses"}
    page = browser.get(back.path, answer, follow=True)
    assert page.status_code in (200, 404) and not Credential.objects.exists()
    assert Consent.objects.get().state == "started"

    stranger = client_for(portal_user(CreatorFactory()))
    stranger.get(back.path, dict(parse_qsl(back.query)), follow=True)
    assert not Credential.objects.exists()  # it counts for the login that started


@BOTH
def test_a_code_that_ran_out(
    doors: Running, portal_user: Any, client_for: Any, screen: Any, program: str
) -> None:
    source, account, browser = owner(program, portal_user, client_for)
    back = urlsplit(screen(away(browser, account, program), source.handle))
    doors.http.request("DELETE", "/_sandbox/codes")
    page = browser.get(back.path, dict(parse_qsl(back.query)), follow=True)
    assert page.status_code == 200
    assert Consent.objects.get().state == "failed" and not Credential.objects.exists()
    words = page.content.decode()
    assert "again" in words.lower() and "invalid_grant" not in words and "OAuthException" not in words


@pytest.mark.parametrize(
    ("program", "untick", "missing"),
    [("x", "offline", "offline.access"), ("facebook", "insights", "read_insights")],
)
def test_a_permission_not_ticked(
    doors: Running, portal_user: Any, client_for: Any, screen: Any,
    program: str, untick: str, missing: str,
) -> None:  # fmt: skip
    source, account, browser = owner(program, portal_user, client_for)
    back = urlsplit(screen(away(browser, account, program), source.handle, untick=untick))
    page = browser.get(back.path, dict(parse_qsl(back.query)), follow=True).content.decode()
    assert "but without" in page
    assert Consent.objects.get().missing == [missing]
    assert missing not in Credential.objects.get().scopes


def test_x_refuses_a_code_with_anothers_verifier(
    doors: Running, portal_user: Any, client_for: Any, screen: Any
) -> None:
    """PKCE: a code made for one start is worth nothing to another."""
    source, account, browser = owner("x", portal_user, client_for)
    first = urlsplit(screen(away(browser, account, "x"), source.handle))
    second = urlsplit(screen(away(browser, account, "x"), source.handle))
    swapped = {"state": dict(parse_qsl(second.query))["state"], "code": dict(parse_qsl(first.query))["code"]}
    browser.get(second.path, swapped, follow=True)
    assert not Credential.objects.exists()
