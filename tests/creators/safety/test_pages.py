"""The review pages and endpoints: who sees what, words masked, queries bounded, guests nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import now

from creators.models import SafetyFlag
from creators.safety import packs, scanning
from tests.creators.factories import PostFactory, SocialAccountFactory

pytestmark = pytest.mark.django_db


def flagged(count: int = 3) -> list[SafetyFlag]:
    packs._BOOKS.clear()
    for number in range(count):
        PostFactory(
            account=SocialAccountFactory(), caption=f"Slot gacor {number} #ad @kopikita",
            published_at=now() - timedelta(days=number),
        )  # fmt: skip
    scanning.scan_accounts(
        SafetyFlag._meta.get_field("account").related_model.objects.values_list("pk", flat=True)
    )
    return list(SafetyFlag.objects.order_by("pk"))


def test_the_queue_masks_words_and_costs_the_same_whatever_the_rows(
    staff: Any, client_for: Any, query_budget: Any
) -> None:
    client = client_for(staff("reviewer"))
    flagged(2)
    page = client.get(reverse("creators:safety")).content.decode()
    assert "S••• g••••" in page
    assert "Slot gacor<" not in page
    with query_budget("creators.safety"):
        client.get(reverse("creators:safety"))
    flag = SafetyFlag.objects.first()
    with query_budget("creators.safety_flag"):
        client.get(reverse("creators:safety_flag", args=[flag.pk]))
    with query_budget("creators.safety_tab"):
        client.get(reverse("creators:safety_tab", args=[flag.account.creator_id]))


def test_a_reviewer_decides_and_is_led_to_the_next(staff: Any, client_for: Any) -> None:
    first, second = flagged(2)
    client = client_for(staff("reviewer"))
    answer = client.post(reverse("creators:safety_decide", args=[first.pk, "confirm"]), {"severity": "high"})
    assert answer["Location"] == reverse("creators:safety_flag", args=[second.pk])
    client.post(reverse("creators:safety_decide", args=[second.pk, "dismiss"]), {"reason": ""})
    assert SafetyFlag.objects.get(pk=second.pk).state == "open"
    answer = client.post(reverse("creators:safety_decide", args=[second.pk, "dismiss"]), {"reason": "Quote"})
    assert answer["Location"] == reverse("creators:safety")
    assert SafetyFlag.objects.get(pk=first.pk).severity == "high"
    assert client.get(reverse("creators:safety_next"))["Location"] == reverse("creators:safety")


def test_bulk_and_packs(staff: Any, client_for: Any) -> None:
    flags = flagged(2)
    boss = client_for(staff("administrator"))
    form = boss.get(reverse("creators:safety_pack", args=["scams"]))
    assert form.status_code == 200
    values = {name: field.initial or "" for name, field in form.context["form"].fields.items()}
    values |= {"note": "Shorter", "enabled": "on", "rule0_terms": "beli cepat\njual cepat"}
    answer = boss.post(reverse("creators:safety_pack", args=["scams"]), values)
    assert answer.status_code == 302
    pack = packs.pack("scams")
    assert pack is not None
    assert (pack["rules"][0]["terms"], pack["version"]) == (["beli cepat", "jual cepat"], "2*")
    assert boss.get(reverse("creators:safety_packs")).status_code == 200
    boss.post(
        reverse("creators:safety"), {"action": "confirm", "pk": [flag.pk for flag in flags], "reason": ""}
    )


def test_the_api_decides_and_labels_texts(staff: Any, api_for: Any) -> None:
    flag = flagged(1)[0]
    api = api_for(staff("reviewer"))
    found = api.get(f"/api/v1/safety-flags/{flag.pk}/").json()
    assert (found["category"], found["state"]) == ("gambling", "open")
    assert (
        api.post(f"/api/v1/safety-flags/{flag.pk}/dismiss/", {"reason": "Quote"}, format="json").status_code
        == 200
    )
    assert api.post(f"/api/v1/safety-flags/{flag.pk}/confirm/", {}, format="json").status_code == 409
    said = api.post(
        "/api/v1/texts/classify/",
        {"task": "sentiment", "lang": "id", "texts": ["bagus sekali"]},
        format="json",
    )
    assert said.json()["results"][0]["label"] == "positive"
    assert api.get("/api/v1/brand-mentions/?brand=@kopikita").json()["results"][0]["sponsored"] == "yes"
