"""No buy price, margin or internal note reaches a client, a share link or another KOL: canary amounts are looked for."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from campaigns import agreements, negotiation, selection, sharing
from campaigns.models import Candidate, ClientMember, Partnership
from krm.accounts.models import User
from tests.campaigns import factories as f

pytestmark = pytest.mark.django_db

CANARIES = ["7.654.321", "7654321", "7,654,321", "internal-canary", "8.765.432", "8765432", "8,765,432"]


def digits_hidden(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


@pytest.fixture
def world() -> dict[str, Any]:
    admin = f.make_admin()
    brand = f.make_brand(name="Sari Ayu")
    campaign = f.make_campaign(brand=brand, by=admin, internal_note="internal-canary")
    creator = f.make_creator()
    (candidate,) = selection.add_candidates(campaign, by=admin, creators=[creator])
    selection.update_candidate(
        candidate,
        by=admin,
        sell_price=Decimal(20_000_000),
        buy_estimate=Decimal(7_654_321),
        internal_note="internal-canary",
    )
    selection.submit(campaign, by=admin)
    partnership = negotiation.invite(campaign, by=admin, creator=creator, internal_note="internal-canary")
    offer = negotiation.make_offer(
        partnership,
        by=admin,
        lines=[{"platform": "instagram", "format": "reel", "unit_price": Decimal(8_765_432)}],
    )
    kol = f.portal_for(creator)
    negotiation.accept(offer, by=kol)
    agreement = agreements.send(
        agreements.draft(Partnership.objects.get(pk=partnership.pk), by=admin), by=admin
    )
    agreements.sign(agreement, by=kol, name="Sari Dewi")
    agreements.sign(agreement, by=admin, name="Budi Santoso")
    client = User.objects.create_user("c@brand.example", "x", name="Klien", role="client_approver")
    ClientMember.objects.create(user=client, brand=brand)
    _link, token = sharing.create_link(campaign, by=admin, label="Rina", scope="approve")
    return {
        "campaign": campaign,
        "candidate": Candidate.objects.get(pk=candidate.pk),
        "partnership": partnership,
        "offer": offer,
        "agreement": agreement,
        "client": client,
        "kol": kol,
        "token": token,
    }


def test_nothing_a_client_can_open_has_a_canary(world: dict[str, Any], client_for: Any) -> None:
    browser = client_for(world["client"])
    campaign = world["campaign"]
    seen: set[str] = set()
    queue = [
        "/",
        reverse("campaigns:client_campaigns"),
        reverse("campaigns:client_campaign", args=[campaign.pk]),
        reverse("campaigns:client_shortlist", args=[campaign.pk]),
        reverse("campaigns:client_calendar"),
        reverse("campaigns:client_panel"),
        reverse("campaigns:calendar_events") + "?start=2026-01-01&end=2027-12-31",
        reverse("campaigns:shared", args=[world["token"]]),
        *(
            f"/api/v1/{name}"
            for name in [
                "brands",
                "products",
                "campaigns",
                "candidates",
                "partnerships",
                "offers",
                "agreements",
                "deliverables",
                "share-links",
            ]
        ),
        f"/api/v1/campaigns/{campaign.pk}",
        f"/api/v1/candidates/{world['candidate'].pk}",
        f"/api/v1/partnerships/{world['partnership'].pk}",
    ]
    while queue:
        url = queue.pop()
        if url in seen or len(seen) > 150:
            continue
        seen.add(url)
        answer = browser.get(url)
        if (
            answer.streaming
            and "pdf" not in answer.get("Content-Type", "")
            and "sheet" not in answer.get("Content-Type", "")
        ):
            continue  # live updates never end
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if answer.status_code != 200:
            continue
        text = body.decode(errors="replace")
        assert not digits_hidden(text), f"{url}: {digits_hidden(text)}"
        found = re.findall(r'(?:href|hx-get|data-events-url)="(/[^"#]*)"', text)
        queue += [u.replace("&amp;", "&") for u in found if not u.startswith(("/static", "/account"))]
    assert len(seen) > 20


@pytest.mark.parametrize(
    "name",
    ["partnership_detail", "agreement_detail", "agreement_document", "detail", "budget_tab", "shortlist_tab"],
)
def test_staff_pages_are_not_there_for_clients(world: dict[str, Any], client_for: Any, name: str) -> None:
    pk = {
        "partnership_detail": "partnership",
        "agreement_detail": "agreement",
        "agreement_document": "agreement",
    }
    target = world[pk.get(name, "campaign")]

    assert client_for(world["client"]).get(reverse(f"campaigns:{name}", args=[target.pk])).status_code == 404


def test_another_kol_sees_nothing_and_the_own_kol_no_sell_price_or_note(
    world: dict[str, Any], client_for: Any
) -> None:
    stranger = client_for(f.portal_for(f.make_creator()))
    own = client_for(world["kol"])
    addresses = [
        reverse("campaigns:portal_partnership", args=[world["partnership"].pk]),
        reverse("campaigns:portal_agreement", args=[world["agreement"].pk]),
        reverse("campaigns:portal_agreement_document", args=[world["agreement"].pk]),
        f"/api/v1/offers/{world['offer'].pk}",
        f"/api/v1/agreements/{world['agreement'].pk}",
        f"/api/v1/partnerships/{world['partnership'].pk}",
        f"/api/v1/campaigns/{world['campaign'].pk}",
    ]
    for url in addresses:
        assert stranger.get(url).status_code == 404, url
        answer = own.get(url)
        assert answer.status_code == 200, url
        text = answer.content.decode(errors="replace")
        assert "internal-canary" not in text and "20.000.000" not in text and "20000000" not in text, url
        assert "7654321" not in text and "7.654.321" not in text, url
