"""The profile: who is who, fields edited in place, timeline, and a client view that tells nothing internal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate, now

from creators import notes, rates, tagging, todos
from creators.custom import fields
from creators.dossiers import vetting
from creators.knowing import identity, pdf, sharing, timeline
from creators.models import AudienceSnapshot, Creator, CreatorAccess, ProfileShare
from creators.web.known import marked
from krm.errors import Conflict, Denied
from tests.creators.factories import CreatorFactory, PostFactory, SocialAccountFactory

SECRETS = (
    "Secret note",
    "secret-tag",
    "Secret task",
    "9,876,543",
    "9.876.543",
    "Secret verdict",
    "rani@private.example",
    "+62812",
)


def full(admin: Any) -> Creator:
    creator = CreatorFactory(
        name="Rani Putri",
        email="rani@private.example",
        phone="+628123456789",
        categories=["Food"],
        bio="I cook.",
    )
    account = SocialAccountFactory.with_history(
        [20_000, 20_100, 25_000, 25_050],
        creator=creator,
        figures_source="platform_public",
        figures_as_of=localdate(),
    )
    PostFactory(account=account, caption="Nasi goreng", url="https://example.com/p/1")
    AudienceSnapshot.objects.create(
        account=account, source="platform_authorised", as_of=localdate(), observed_at=now(), age={"18-24": 0.6},
        gender={"female": 0.7, "male": 0.3}, countries={"ID": 0.9}, cities={"Bandung": 0.4},
    )  # fmt: skip
    notes.add_note(creator, by=admin, body="Secret note")
    tagging.tag([creator.pk], ["secret-tag"], by=admin)
    todos.add_task(creator, by=admin, title="Secret task")
    rates.add_rate(creator, by=admin, platform="instagram", format="reel", price=9876543)
    dossier = vetting.start(creator, by=admin)
    vetting.sign_layer(dossier, by=admin, layer="creative", verdict="pass", remark="Secret verdict")
    return creator


def test_a_client_sees_figures_and_nothing_internal(
    admin_user: Any, staff: Any, client_for: Any, client: Any
) -> None:
    creator = full(admin_user)
    browser = client_for(admin_user)
    made = browser.post(f"/creators/{creator.pk}/share/", {"label": "Budi of Kopi Nusa", "language": "id"})
    assert made.status_code == 200
    url = made.content.decode().split('<code class="break">')[1].split("</code>")[0]
    path = url.split("testserver")[-1]
    page = client.get(path)
    text = page.content.decode()
    assert page.status_code == 200 and "Nasi goreng" in text and "Pengikut" in text and "Bandung" in text
    for secret in SECRETS:
        assert secret not in text, secret
    assert "Indonesia" in text and "Perempuan" in text  # groups by their names, in the client's language
    assert "Rp" not in text and "/100" not in text
    assert page["Referrer-Policy"] == "no-referrer"
    document = client.get(f"{path}pdf/")
    assert document["Content-Type"] == "application/pdf" and document.content.startswith(b"%PDF")
    row = ProfileShare.objects.get()
    assert row.views == 1
    tab = browser.get(f"/creators/{creator.pk}/client/").content.decode()
    assert "Budi of Kopi Nusa" in tab
    with pytest.raises(Denied):
        sharing.revoke(row, by=staff("viewer"))
    assert browser.post(f"/creators/shares/{row.pk}/revoke/").status_code == 302
    assert client.get(path).status_code == 404
    with pytest.raises(Conflict):
        sharing.revoke(row, by=admin_user)
    with pytest.raises(ValidationError):
        sharing.share(creator, by=admin_user, label="x", expires_at=now() + timedelta(days=200))
    other, token = sharing.share(creator, by=admin_user, label="x")
    Creator.objects.filter(pk=creator.pk).update(status="blocked", status_reason="No show.")
    assert sharing.open_share(token) is None and other.token_hash != token


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_document_is_made_in_both_languages(lang: str, admin_user: Any, client_for: Any) -> None:
    creator = full(admin_user)
    assert pdf.render(creator, lang).startswith(b"%PDF")
    seen = str(pdf._data(creator, lang))
    for secret in SECRETS:
        assert secret not in seen, secret
    assert client_for(admin_user).get(f"/creators/{creator.pk}/client/pdf/?lang={lang}").status_code == 200


def test_a_field_is_edited_in_place(admin_user: Any, staff: Any, client_for: Any) -> None:
    creator = CreatorFactory()
    field = fields.create_field(by=admin_user, label="Shoe size", kind="number")
    browser = client_for(admin_user)
    base = f"/creators/{creator.pk}/field"
    assert "<form" in browser.get(f"{base}/email/").content.decode()
    wrong = browser.post(f"{base}/email/", {"email": "not one"})
    assert wrong.status_code == 422 and "field-error" in wrong.content.decode()
    right = browser.post(f"{base}/email/", {"email": "Rani@Example.com"})
    assert right.status_code == 200 and "rani@example.com" in right.content.decode()
    assert browser.post(f"{base}/categories/", {"categories": "Food, Travel"}).status_code == 200
    wrong = browser.post(f"{base}/custom_shoe_size/", {"custom_shoe_size": "many"})
    assert wrong.status_code == 422 and "field-error" in wrong.content.decode()
    assert "38" in browser.post(f"{base}/custom_shoe_size/", {"custom_shoe_size": "38"}).content.decode()
    assert "38" in browser.get(f"{base}/custom_shoe_size/?shown").content.decode()
    creator.refresh_from_db()
    assert creator.categories == ["Food", "Travel"] and creator.custom == {field.key: 38}
    assert browser.get(f"{base}/status_reason/").status_code == 404
    assert browser.get(f"{base}/custom_none/").status_code == 404
    assert client_for(staff("viewer")).get(f"{base}/email/").status_code == 403


def test_who_is_who(admin_user: Any, portal_user: Any) -> None:
    from creators import profiles

    creator, sister = CreatorFactory(), CreatorFactory(name="Sister")
    SocialAccountFactory(creator=creator)
    portal_user(creator)
    portal_user(creator, sister, role="talent_manager")
    groups = identity.graph(creator, profiles.accounts_of(creator), admin_user)
    assert [group.kind for group in groups] == ["account", "self", "manager", "linked"]
    assert groups[-1].nodes[0].label == "Sister"
    assert CreatorAccess.objects.count() == 3


def test_the_timeline_tells_by_kind(admin_user: Any, client_for: Any) -> None:
    creator = full(admin_user)
    every = timeline.entries(creator, admin_user)
    assert {entry.kind for entry in every} == {"figures", "notes", "profile", "vetting", "work"}
    assert [entry.at for entry in every] == sorted((entry.at for entry in every), reverse=True)
    browser = client_for(admin_user)
    page = browser.get(f"/creators/{creator.pk}/timeline/?kind=notes").content.decode()
    assert "Note added" in page and "Rate added" not in page


def test_the_overview_costs_the_same_for_more_rows(
    admin_user: Any, client_for: Any, constant_queries: Any, query_budget: Any
) -> None:
    creator = full(admin_user)
    browser = client_for(admin_user)
    browser.get(f"/creators/{creator.pk}/")
    with query_budget("creators.overview"):
        page = browser.get(f"/creators/{creator.pk}/")
    assert "Who is who" in page.content.decode() and "Rates now" in page.content.decode()

    def grow() -> None:
        account = creator.accounts.first()
        PostFactory(account=account)
        notes.add_note(creator, by=admin_user, body="More")
        todos.add_task(creator, by=admin_user, title="More")

    constant_queries(lambda: browser.get(f"/creators/{creator.pk}/"), grow)


def test_anomalies_are_marked_on_the_chart() -> None:
    rows = [{"day": date(2026, 9, nr), "followers": nr, "account": "IG @a"} for nr in (1, 2)]
    spec = marked(
        {"mark": "line", "encoding": {}, "data": {"values": []}},
        rows,
        [{"account": "IG @a", "day": "2026-09-02", "why": "+5"}],
    )
    assert spec["layer"][1]["data"]["values"] == [
        {"account": "IG @a", "day": "2026-09-02", "why": "+5", "followers": 2}
    ]
    plain = {"mark": "line", "encoding": {}}
    assert marked(plain, rows, []) is plain
