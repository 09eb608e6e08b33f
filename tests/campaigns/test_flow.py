"""Brand to accepted post, through the verbs and the pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns import agreements, negotiation, tracking
from campaigns.models import Agreement, Deliverable, Milestone, Partnership
from creators.models import Post
from krm.errors import Conflict, Denied
from tests.campaigns import factories as f

pytestmark = pytest.mark.django_db


def test_signing_by_both_makes_the_agreement_hold() -> None:
    agreement = f.signed()

    assert agreement.state == "signed"
    assert agreement.partnership.state == "agreed"
    assert [d.amount for d in agreement.deliverables.all()] == [12_000_000, 1_500_000, 1_500_000]
    assert [(m.amount, m.state) for m in agreement.milestones.all()] == [
        (7_500_000, "ready"),
        (7_500_000, "pending"),
    ]
    assert agreements.verify(agreement)["valid"] is True
    assert agreements.find_by_sha256(agreement.document_sha256) == agreement


def test_document_is_the_same_for_the_same_terms_and_mentions_both_languages() -> None:
    from campaigns.agreements.document import agreement_data, agreement_pdf

    agreement = f.drafted()

    assert agreement_pdf(agreement)[:5] == b"%PDF-"
    assert agreement_pdf(agreement) == agreement_pdf(agreement)
    assert agreement_data(agreement)["fee"] == "Rp15.000.000"
    assert agreement_data(agreement)["clauses"][0]["title_id"] == "Ruang lingkup pekerjaan"


def test_a_changed_file_no_longer_verifies() -> None:
    agreement = f.signed()
    with open(agreement.document.path, "ab") as stored:
        stored.write(b"tampered")

    assert agreements.verify(agreement)["file_intact"] is False
    assert agreements.verify(agreement)["valid"] is False


def test_post_is_found_by_its_tags_after_approval() -> None:
    deliverable = f.deliverable_in("approved")
    post = Post.objects.create(
        account=deliverable.account,
        platform="instagram",
        external_id="p1",
        url="https://www.instagram.com/reel/Abc123/",
        caption="Cerah! #TampilCerah bersama @brand.id",
        kind="reel",
        published_at=timezone.now(),
    )

    assert tracking.match_post(post) is not None

    deliverable.refresh_from_db()
    assert (deliverable.state, deliverable.matched_by, deliverable.post_id) == ("published", "tags", post.pk)
    assert deliverable.partnership.state == "live"
    assert tracking.match_post(post) is None  # twice changes nothing
    assert Deliverable.objects.filter(state="published").count() == 1


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("hashtag missing", {"caption": "Cerah bersama @brand.id"}),
        ("mention missing", {"caption": "#tampilcerah"}),
        ("before approval", {"published_at": timezone.now() - timedelta(days=3)}),
        ("a story is no reel", {"kind": "story"}),
        ("taken down", {"is_deleted": True}),
    ],
)
def test_post_that_does_not_fit_is_left_alone(case: str, changes: dict[str, Any]) -> None:
    deliverable = f.deliverable_in("approved")
    fields = {
        "account": deliverable.account,
        "platform": "instagram",
        "external_id": "p1",
        "caption": "#tampilcerah @brand.id",
        "kind": "reel",
        "published_at": timezone.now(),
        **changes,
    }

    assert tracking.match_post(Post.objects.create(**fields)) is None
    deliverable.refresh_from_db()
    assert deliverable.state == "approved"


def test_a_link_sent_first_is_joined_when_the_post_is_pulled() -> None:
    deliverable = f.deliverable_in("approved")
    tracking.confirm_published(
        deliverable,
        by=f.portal_for(deliverable.partnership.creator),
        url="https://instagram.com/p/XyZ_1/?utm=1",
    )
    post = Post.objects.create(
        account=deliverable.account,
        platform="instagram",
        external_id="p9",
        url="https://www.instagram.com/reel/XyZ_1/",
        published_at=timezone.now(),
    )

    assert tracking.link_waiting(post) is not None
    deliverable.refresh_from_db()
    assert deliverable.post_id == post.pk


def test_accepting_the_last_piece_completes_and_makes_the_rest_due() -> None:
    agreement = f.signed()
    admin = f.make_admin()
    for piece in agreement.deliverables.all():
        tracking.content_approved(piece, by=admin)
        tracking.confirm_published(piece, by=admin, url=f"https://www.instagram.com/p/P{piece.pk}x/")
        tracking.accept_deliverable(piece, by=admin)

    assert Partnership.objects.get(pk=agreement.partnership_id).state == "completed"
    assert set(Milestone.objects.filter(agreement=agreement).values_list("state", flat=True)) == {"ready"}


def test_work_does_not_start_before_both_have_signed() -> None:
    agreement = f.drafted()
    piece = agreement.deliverables.first()

    with pytest.raises(Conflict, match="not signed"):
        tracking.start_concept(piece, by=f.make_admin())
    piece.refresh_from_db()
    assert piece.state == "planned"


def test_take_back_needs_a_reason_after_the_kol_signed_and_signatures_stop_counting() -> None:
    from django.core.exceptions import ValidationError

    admin = f.make_admin()
    agreement = agreements.send(f.drafted(), by=admin)
    agreements.sign(agreement, by=f.portal_for(agreement.partnership.creator), name="Sari Dewi")

    with pytest.raises(ValidationError):
        agreements.take_back(agreement, by=admin)
    agreements.take_back(agreement, by=admin, reason="wrong date")
    agreements.edit(Agreement.objects.get(pk=agreement.pk), by=admin, rounds=3)
    again = agreements.send(Agreement.objects.get(pk=agreement.pk), by=admin)
    agreements.sign(again, by=admin, name="Budi Santoso")

    assert (
        Agreement.objects.get(pk=again.pk).state == "sent"
    )  # the KOL's first signature was on another document


def test_another_kol_can_neither_answer_nor_sign() -> None:
    offer = f.make_offer()
    stranger = f.portal_for(f.make_creator())

    with pytest.raises(Denied):
        negotiation.accept(offer, by=stranger)
    offer.refresh_from_db()
    assert offer.state == "sent"


def test_pages_from_offer_to_signature(client_for: Any) -> None:
    partnership = f.make_partnership()
    admin, kol = f.make_admin(), f.portal_for(partnership.creator)
    staff, portal = client_for(admin), client_for(kol)
    until = (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")

    answer = staff.post(
        reverse("campaigns:offer_new", args=[partnership.pk]),
        {
            "lines-TOTAL_FORMS": "2",
            "lines-INITIAL_FORMS": "0",
            "lines-0-what": "instagram:reel",
            "lines-0-quantity": "1",
            "lines-0-unit_price": "10.000.000",
            "lines-1-what": "",
            "expires_at": until,
            "exclusivity_days": "0",
            "rounds": "2",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    offer = partnership.offers.get()
    assert (offer.state, offer.total) == ("sent", Decimal(10_000_000))

    page = portal.get(reverse("campaigns:portal_partnership", args=[partnership.pk]))
    assert "Rp10.000.000" in page.content.decode()
    answer = portal.post(
        reverse("campaigns:portal_offer_counter", args=[offer.pk]),
        {
            "lines-TOTAL_FORMS": "1",
            "lines-INITIAL_FORMS": "1",
            "lines-0-what": "instagram:reel",
            "lines-0-quantity": "1",
            "lines-0-unit_price": "12000000",
            "message": "Boleh naik sedikit?",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    counter = partnership.offers.get(number=2)
    assert (counter.side, counter.state, counter.total) == ("creator", "sent", 12_000_000)

    assert staff.post(reverse("campaigns:offer_accept", args=[counter.pk])).status_code == 302
    answer = staff.post(reverse("campaigns:agreement_draft", args=[partnership.pk]), {"schedule": "half"})
    agreement = Agreement.objects.get(partnership=partnership)
    assert answer.status_code == 302
    assert (
        portal.get(reverse("campaigns:portal_agreement", args=[agreement.pk])).status_code == 404
    )  # still a draft
    staff.post(reverse("campaigns:agreement_send", args=[agreement.pk]))
    agreement.refresh_from_db()
    signing = {"name": "Sari Dewi", "agree": "on", "sha256": agreement.document_sha256}
    assert (
        portal.post(reverse("campaigns:portal_agreement_sign", args=[agreement.pk]), signing).status_code
        == 302
    )
    assert staff.post(reverse("campaigns:agreement_sign", args=[agreement.pk]), signing).status_code == 302
    agreement.refresh_from_db()
    assert agreement.state == "signed"
    document = portal.get(reverse("campaigns:portal_agreement_document", args=[agreement.pk]))
    assert document.content[:5] == b"%PDF-"
    assert staff.get(reverse("campaigns:agreement_certificate", args=[agreement.pk])).content[:5] == b"%PDF-"
    for name in ("detail", "shortlist_tab", "partnerships_tab", "tracker_tab", "calendar_tab", "budget_tab"):
        assert staff.get(reverse(f"campaigns:{name}", args=[partnership.campaign_id])).status_code == 200, (
            name
        )
