"""A dossier: figures of a day, five sign-offs, one fingerprint; and what changed since."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, transaction
from django.utils.timezone import localdate, now
from hypothesis import given
from hypothesis import strategies as st

from creators.dossiers import content, pdf, vetting
from creators.models import Creator, Dossier, Score, VettingLayer
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from tests.creators.factories import CreatorFactory, PostFactory, SocialAccountFactory


def score(account: Any, kind: str, value: float, version: str) -> Score:
    return Score.objects.create(
        account=account, kind=kind, value=value, confidence=0.8, formula_version=version, inputs_hash="x",
        computed_at=now(), as_of=localdate(),
        components=[["growth", 0.9, 0.5, 80.0, 12, {}]],
    )  # fmt: skip


def known_creator() -> tuple[Creator, Any]:
    from creators.scoring import registry

    creator = CreatorFactory()
    account = SocialAccountFactory(
        creator=creator, figures_source="platform_public", figures_as_of=localdate()
    )
    PostFactory(account=account, caption="Rice", url="https://example.com/p/1")
    score(account, "authenticity", 82.0, registry.current("authenticity").version)
    score(account, "engagement", 0.04, registry.current("engagement").version)
    return creator, account


def signed(creator: Creator, by: Any) -> Dossier:
    dossier = vetting.start(creator, by=by, purpose="Kopi Nusa")
    for layer in VettingLayer.values:
        dossier = vetting.sign_layer(dossier, by=by, layer=layer, verdict="pass", remark=f"Read the {layer}.")
    return vetting.sign(dossier, by=by)


def test_from_draft_to_signed_and_fixed(admin_user: Any, staff: Any) -> None:
    creator, _account = known_creator()
    dossier = vetting.start(creator, by=admin_user)
    assert set(dossier.body["layers"]) == set(VettingLayer.values)
    assert content.proposal(dossier.body, "authenticity") == "pass"
    assert content.proposal(dossier.body, "brand_safety") == "unknown"
    with pytest.raises(Conflict, match="being prepared"):
        vetting.start(creator, by=admin_user)
    with pytest.raises(Conflict, match="Not signed off yet"):
        vetting.sign(dossier, by=admin_user)
    with pytest.raises(ValidationError):
        vetting.sign_layer(dossier, by=admin_user, layer="creative", verdict="pass", remark=" ")
    with pytest.raises(Denied):
        vetting.sign_layer(dossier, by=staff("viewer"), layer="creative", verdict="pass", remark="Fine.")
    for layer in VettingLayer.values:
        dossier = vetting.sign_layer(
            dossier, by=staff("reviewer"), layer=layer, verdict="pass", remark="Fine."
        )
    assert dossier.state == "reviewed"
    with pytest.raises(Denied):
        vetting.sign(dossier, by=staff("reviewer"))
    with pytest.raises(ValidationError):
        vetting.sign(dossier, by=admin_user, valid_until=localdate())
    dossier = vetting.sign(dossier, by=admin_user)
    assert dossier.state == "signed" and len(dossier.sha256) == 64 and vetting.verify(dossier)
    assert vetting.find_by_hash(dossier.sha256.upper()) == dossier
    for change in ({"body": {}}, {"sha256": "0" * 64}, {"valid_until": localdate()}, {"state": "draft"}):
        with pytest.raises(Error), transaction.atomic():
            Dossier.objects.filter(pk=dossier.pk).update(**change)
    with pytest.raises(Error), transaction.atomic():
        Dossier.objects.filter(pk=dossier.pk)._raw_delete("default")
    with pytest.raises(Conflict):
        vetting.refresh(dossier, by=admin_user)
    with pytest.raises(Conflict):
        vetting.discard(dossier, by=admin_user)


def test_refreshing_voids_sign_offs(admin_user: Any) -> None:
    creator, account = known_creator()
    dossier = vetting.start(creator, by=admin_user)
    for layer in VettingLayer.values:
        dossier = vetting.sign_layer(dossier, by=admin_user, layer=layer, verdict="caution", remark="Hm.")
    type(account).objects.filter(pk=account.pk).update(followers=30_000)
    dossier = vetting.refresh(dossier, by=admin_user)
    assert dossier.state == "draft" and not dossier.layers.exists()
    assert dossier.body["accounts"][0]["followers"] == 30_000
    vetting.discard(dossier, by=admin_user)
    assert not Dossier.objects.exists()


def test_looking_again_tells_what_changed_once(admin_user: Any) -> None:
    creator, account = known_creator()
    dossier = signed(creator, admin_user)
    assert vetting.look_again(dossier) == []
    Score.objects.filter(account=account, kind="authenticity").update(value=60.0)
    found = vetting.look_again(dossier)
    assert [(c["layer"], c["before"], c["after"]) for c in found] == [("authenticity", 82.0, 60.0)]
    assert Event.objects.filter(name="creators.dossier_ground_changed").count() == 1
    assert Notification.objects.filter(kind="creators.dossier_changed").count() == 1
    vetting.look_again(dossier)  # the same again is no news
    assert Event.objects.filter(name="creators.dossier_ground_changed").count() == 1
    assert vetting.nightly(localdate() + timedelta(days=91)) == {"expired": 1, "looked": 0}
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert dossier.state == "expired" and vetting.verify(dossier)
    assert Notification.objects.filter(kind="creators.dossier_expired").count() == 1
    assert vetting.nightly(localdate() + timedelta(days=91)) == {"expired": 0, "looked": 0}


@given(
    st.dictionaries(st.text(max_size=6), st.one_of(st.integers(), st.text(max_size=5), st.none()), max_size=5)
)
def test_a_fingerprint_is_of_the_content(document: dict[str, Any]) -> None:
    same = dict(reversed(list(copy.deepcopy(document).items())))
    assert vetting.fingerprint(document) == vetting.fingerprint(same)
    assert vetting.fingerprint({**document, "more": 1.5}) != vetting.fingerprint(document)


@given(st.floats(0, 100), st.sampled_from(["points", "share", "rate", "count", "number"]))
def test_a_body_does_not_differ_from_itself(value: float, unit: str) -> None:
    assert not content.moved(value, value, unit)
    assert content.moved(value, None, unit) and content.moved(None, value, unit)


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_pdf_is_the_same_twice(lang: str, admin_user: Any) -> None:
    creator, _account = known_creator()
    dossier = signed(creator, admin_user)
    first = pdf.render(dossier, lang)
    assert first.startswith(b"%PDF") and first == pdf.render(dossier, lang)


def test_pages_and_api(
    admin_user: Any, client_for: Any, api_for: Any, client: Any, query_budget: Any
) -> None:
    creator, account = known_creator()
    browser, api = client_for(admin_user), api_for(admin_user)
    assert browser.get(f"/creators/{creator.pk}/dossiers/").status_code == 200
    started = browser.post(f"/creators/{creator.pk}/dossiers/start/", {"purpose": "Kopi Nusa"})
    dossier = Dossier.objects.get()
    assert started.url == dossier.get_absolute_url()
    form = browser.get(f"/creators/dossiers/{dossier.pk}/authenticity/")
    assert 'value="pass"' in form.content.decode() and "checked" in form.content.decode()
    assert browser.get(f"/creators/dossiers/{dossier.pk}/nothing/").status_code == 404
    browser.post(
        f"/creators/dossiers/{dossier.pk}/authenticity/", {"verdict": "pass", "remark": "Grew by itself."}
    )
    for layer in VettingLayer.values[1:]:
        body = {"layer": layer, "verdict": "pass", "remark": "Fine."}
        assert (
            api.post(f"/api/v1/creator-dossiers/{dossier.pk}/layer", body, format="json").status_code == 200
        )
    until = localdate() + timedelta(days=30)
    assert browser.post(f"/creators/dossiers/{dossier.pk}/sign/", {"valid_until": until}).status_code == 302
    dossier = Dossier.objects.get()
    browser.get(dossier.get_absolute_url())
    with query_budget("creators.dossier"):
        page = browser.get(dossier.get_absolute_url()).content.decode()
    assert "Grew by itself." in page and dossier.sha256 in page
    assert browser.get(f"/creators/dossiers/{dossier.pk}/pdf/?lang=id")["Content-Type"] == "application/pdf"
    assert browser.get("/creators/dossiers/").status_code == 200
    found = client.post("/verify/dossier/", {"sha256": dossier.sha256}).content.decode()
    assert "Genuine and unchanged" in found and "Grew by itself." not in found
    assert "No signed dossier" in client.post("/verify/dossier/", {"sha256": "f" * 64}).content.decode()
    type(account).objects.filter(pk=account.pk).update(state="unavailable")
    assert api.post(f"/api/v1/creator-dossiers/{dossier.pk}/look_again").json()["changes"]
    listed = api.get(f"/api/v1/creator-dossiers?sha256={dossier.sha256}").json()["results"]
    assert listed[0]["number"] == dossier.number and "body" not in listed[0]
