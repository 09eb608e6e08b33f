"""The end of a consent: by the owner, by the platform, by time; what is deleted, and who is told."""

from __future__ import annotations

import base64
import json
import subprocess
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from creators.consents import health, withdraw
from creators.consents.programs import PROGRAMS
from creators.models import AccountSchedule, AudienceSnapshot, Consent, SocialAccount
from krm.connectors import credentials, inbox
from krm.connectors.credentials import Tokens
from krm.connectors.models import Credential, InboundEvent
from krm.errors import Denied
from krm.events.models import Notification
from krm.local.sandbox import tokens
from tests.creators.factories import CreatorFactory, SnapshotFactory
from tests.sandbox import Running, demo


@pytest.fixture
def connected_account(doors: Running, portal_user: Any, client_for: Any, through: Any) -> Any:
    def make(program: str = "tiktok") -> tuple[SocialAccount, Any, Any]:
        platform = program.split("_")[0]
        source = demo(platform)
        account = SocialAccount.objects.create(
            creator=CreatorFactory(), platform=platform, handle=source.handle
        )
        owner = portal_user(account.creator, language="en")
        browser = client_for(owner)
        through(browser, account.creator, program, source.handle, account=account)
        account.refresh_from_db()
        return account, owner, browser

    return make


@pytest.mark.parametrize("program", ["tiktok", "tiktok_business", "youtube", "instagram_login", "instagram"])
def test_withdrawn_in_the_portal(connected_account: Any, drain_events: Any, staff: Any, program: str) -> None:
    account, _owner, browser = connected_account(program)
    assert Credential.objects.get().access_token
    page = browser.post(f"/portal/connect/{account.pk}/withdraw/", follow=True).content.decode()
    credential = Credential.objects.get()
    assert (credential.access_token, credential.refresh_token, credential.status) == ("", "", "revoked")
    assert Consent.objects.get().state == "withdrawn" and Consent.objects.get().withdrawn_at
    words = "did not confirm" if program == "instagram_login" else "Withdrawn"  # that door has no such call
    assert words in page
    drain_events()
    account.refresh_from_db()
    assert account.state == "needs_consent"
    assert AccountSchedule.objects.get(account=account).paused_reason == "auth_revoked"
    assert (
        "nothing to withdraw"
        in browser.post(f"/portal/connect/{account.pk}/withdraw/", follow=True).content.decode()
    )
    with pytest.raises(Denied):
        withdraw.withdraw(account, by=staff("viewer"))


def test_withdrawn_though_the_platform_is_down(connected_account: Any, doors: Running) -> None:
    account, _owner, browser = connected_account("youtube")
    credentials.save_application("youtube", by=None, enabled=False)
    assert (
        "did not confirm"
        in browser.post(f"/portal/connect/{account.pk}/withdraw/", follow=True).content.decode()
    )
    assert Credential.objects.get().access_token == ""


# -- what Meta tells us; signed by the OpenSSL command line, not by our own code


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def openssl(digest: str, secret: str, message: bytes) -> bytes:
    return subprocess.run(
        ["openssl", "dgst", f"-{digest}", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}", "-binary"],
        input=message, capture_output=True, check=True,
    ).stdout  # fmt: skip


def signed(secret: str, **payload: Any) -> str:
    body = b64(json.dumps({"algorithm": "HMAC-SHA256", "issued_at": 1795305600, **payload}).encode())
    return f"{b64(openssl('sha256', secret, body.encode()))}.{body}"


@pytest.mark.parametrize("program", ["instagram", "instagram_login"])
def test_deauthorised_at_meta(connected_account: Any, client: Any, program: str) -> None:
    connected_account(program)
    subject = Consent.objects.get().subject_id
    secret = tokens.APPS[program][1]
    assert (
        client.post(
            "/hooks/meta/deauthorise/", {"signed_request": signed("wrong", user_id=subject)}
        ).status_code
        == 401
    )
    assert client.post("/hooks/meta/deauthorise/", {"signed_request": "nonsense"}).status_code == 401
    body = {"signed_request": signed(secret, user_id=subject)}
    for _twice in range(2):
        assert client.post("/hooks/meta/deauthorise/", body).status_code == 200
    assert InboundEvent.objects.count() == 1
    assert Credential.objects.get().status == "active"  # processed later
    inbox.process()
    assert Credential.objects.get().status == "revoked" and Credential.objects.get().access_token == ""
    assert Consent.objects.get().state == "withdrawn"


def test_deletion_asked_for_at_meta(connected_account: Any, client: Any) -> None:
    account, *_ = connected_account("instagram")
    AudienceSnapshot.objects.create(
        account=account,
        source="platform_authorised",
        as_of=date(2026, 11, 1),
        observed_at=timezone.now(),
        age={"18-24": 1},
    )
    SnapshotFactory(account=account, source="platform_authorised", as_of=date(2026, 11, 2))
    SnapshotFactory(account=account, source="platform_public", as_of=date(2026, 11, 2))
    answer = client.post(
        "/hooks/meta/deletion/",
        {"signed_request": signed(tokens.APPS["instagram"][1], user_id=Consent.objects.get().subject_id)},
    ).json()
    path = answer["url"].split("://", 1)[1].split("/", 1)[1]
    assert answer["confirmation_code"] in path
    client.cookies.clear()
    assert b"Received on" in client.get(f"/{path}", headers={"accept-language": "en"}).content
    inbox.process()
    assert b"Done on" in client.get(f"/{path}", headers={"accept-language": "en"}).content
    assert client.get("/hooks/meta/deletion/deadbeef/").status_code == 404
    assert not AudienceSnapshot.objects.filter(account=account).exists()
    assert list(account.snapshots.values_list("source", flat=True)) == ["platform_public"]
    assert Credential.objects.get().access_token == ""


def test_tiktok_says_the_owner_left(connected_account: Any, client: Any) -> None:
    account, *_ = connected_account("tiktok")
    body = json.dumps(
        {"client_key": "k", "event": "authorization.removed", "create_time": 1, "user_openid": account.external_id,
         "content": json.dumps({"reason": 1})}
    ).encode()  # fmt: skip
    stamp = str(int(timezone.now().timestamp()))
    mark = openssl("sha256", tokens.APPS["tiktok"][1], stamp.encode() + b"." + body).hex()
    header = {"TikTok-Signature": f"t={stamp},s={mark}"}
    assert (
        client.post("/hooks/tiktok/", body, content_type="application/json", headers=header).status_code
        == 200
    )
    inbox.process()
    assert Credential.objects.get().status == "revoked"


# -- time


def ends_in(days: float) -> None:
    Credential.objects.update(refresh_expires_at=timezone.now() + timedelta(days=days, minutes=5))


def test_owners_are_reminded_before_and_after(connected_account: Any) -> None:
    account, owner, _browser = connected_account("tiktok")

    def told() -> list[str]:
        health.remind()
        health.remind()  # twice a day tells once
        return list(Notification.objects.filter(user=owner).order_by("pk").values_list("kind", flat=True))

    assert told() == []
    for days, count in ((29, 1), (20, 2), (6, 3), (0.5, 4)):
        ends_in(days)  # another end is another reminder; the same end is said once a stage
        assert len(told()) == count, days
    row = Notification.objects.filter(user=owner).first()
    assert row is not None and str(account) in row.text and "/connections/" in row.url and row.by_mail
    owner.language = "id"
    owner.save(update_fields=["language"])
    ends_in(4)
    told()
    assert (
        "tersisa 4 hari" in Notification.objects.filter(user=owner).latest("pk").text
    )  # theirs, not the worker's
    credentials.revoke(Credential.objects.get(), reason="The owner removed the authorisation.")
    assert told()[-1] == "creators.consent_ended"


def test_states_follow_the_end(connected_account: Any) -> None:
    connected_account("tiktok")
    ends_in(20)
    credentials.mark_due()
    assert Credential.objects.get().status == "expiring"
    Credential.objects.update(
        refresh_expires_at=timezone.now() - timedelta(1), expires_at=timezone.now() - timedelta(1)
    )
    credentials.mark_due()
    assert Credential.objects.get().status == "expired"


def test_what_ends_soon_is_connected_and_can_be_given_again(connected_account: Any) -> None:
    account, _owner, browser = connected_account("tiktok")
    page = f"/portal/profile/{account.creator_id}/connections/"
    assert "Connect again" not in browser.get(page).content.decode()
    ends_in(20)
    credentials.mark_due()
    shown = browser.get(page).content.decode()
    assert "Ends soon" in shown and "Connect again: TikTok" in shown and "End the connection" in shown
    panel = browser.get(f"{page}panel/").content.decode()
    assert "1 of 1" in panel and str(account) in panel


def test_consents_sort_by_when_their_owner_is_asked_again(
    connected_account: Any, client_for: Any, staff: Any
) -> None:
    """A TikTok token lives a day and renews itself for a year: the year counts."""
    connected_account("tiktok")
    connected_account("instagram_login")
    Credential.objects.filter(platform="tiktok").update(handle="lasts.longest")
    page = client_for(staff()).get("/creators/connectors/consents/").content.decode()
    shown = Credential.objects.get(platform="instagram")
    assert page.index(f"@{shown.handle}") < page.index("@lasts.longest")


def test_staff_look_and_ask(connected_account: Any, client_for: Any, staff: Any, query_budget: Any) -> None:
    account, owner, _browser = connected_account("tiktok")
    browser = client_for(staff())
    with query_budget("creators.consents"):
        page = browser.get("/creators/connectors/consents/").content.decode()
    assert str(account) in page
    assert Credential.objects.get().access_token not in page
    Credential.objects.update(scopes=["user.info.basic"])
    assert str(account) in browser.get("/creators/connectors/consents/?lacks=true").content.decode()
    words = str(PROGRAMS["tiktok"].words_for(["video.list"])[0])
    assert words in browser.get("/creators/connectors/consents/").content.decode(), "in words, not in scopes"
    rows = b"".join(browser.get("/creators/connectors/consents/?export=csv").streaming_content).decode()
    assert "video.list" in rows
    Credential.objects.update(scopes=Consent.objects.get().scopes)
    assert str(account) not in browser.get("/creators/connectors/consents/?lacks=true").content.decode()
    assert health.ask_again([Credential.objects.get().pk], by=staff()) == 1
    assert Notification.objects.filter(user=owner).exists()


def test_the_agency_ends_one_and_programs_read_them(
    connected_account: Any, client_for: Any, staff: Any, api_for: Any
) -> None:
    connected_account("tiktok")
    pk = Credential.objects.get().pk
    row = api_for(staff()).get(f"/api/v1/consents/{pk}").json()
    assert (row["status"], row["missing"]) == ("active", []) and "access_token" not in row and row["ends_at"]
    browser = client_for(staff())
    browser.post("/creators/connectors/consents/", {"_bulk": "end", "_confirmed": "1", "pk": pk})
    assert Credential.objects.get().access_token == ""


def test_instagram_renews_itself_before_it_ends(connected_account: Any) -> None:
    connected_account("instagram_login")
    assert health.renew_dying() == 0  # sixty days left
    Credential.objects.update(expires_at=timezone.now() + timedelta(days=11))
    before = Credential.objects.get()
    assert health.renew_dying() == 1
    after = Credential.objects.get()
    assert after.access_token != before.access_token and after.version == before.version + 1
    assert after.expires_at is not None and after.expires_at > timezone.now() + timedelta(days=59)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_renew_one_token_once() -> None:
    """A refresh token that works once, and eight who want to use it: one does, all get its result."""
    now = timezone.now()
    credential = credentials.save_credential(
        "tiktok",
        "race",
        Tokens("old", "refresh-1", now, now + timedelta(days=300)),
        by=None,
        flavour="display",
    )
    credential = Credential.objects.get(pk=credential.pk)
    used: list[str] = []
    gate, results = threading.Barrier(8), []

    def refresher(fresh: Credential) -> Tokens:
        used.append(fresh.refresh_token)
        assert used.count(fresh.refresh_token) == 1, "a refresh token was used twice"
        return Tokens(
            f"new-{len(used)}", f"refresh-{len(used) + 1}", now + timedelta(days=1), now + timedelta(days=300)
        )

    def work() -> None:
        try:
            mine = Credential.objects.get(pk=credential.pk)
            gate.wait(10)
            results.append(credentials.renew(mine, refresher).access_token)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert used == ["refresh-1"] and results == ["new-1"] * 8
    stored = Credential.objects.get(pk=credential.pk)
    assert (stored.access_token, stored.refresh_token) == ("new-1", "refresh-2")
