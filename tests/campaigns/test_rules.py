"""Budget, exclusivity, limits, states: what must always hold."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import (
    agreements,
    budget,
    exclusivity,
    feeds,
    negotiation,
    scheduling,
    selection,
    sharing,
    tracking,
)
from campaigns.assessment import layers
from campaigns.models import Agreement, BudgetWaiver, ExclusivityWindow, Offer, Partnership, Spend
from campaigns.models import agreements as agreement_models
from campaigns.models import deliverables as deliverable_models
from campaigns.models import negotiation as negotiation_models
from campaigns.models import plans as plan_models
from campaigns.models import selection as selection_models
from krm.errors import Conflict, Denied
from tests.campaigns import factories as f


@given(
    budget_=st.integers(min_value=1, max_value=10**13),
    shares=st.lists(st.integers(min_value=0, max_value=25), min_size=4, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_split_never_passes_the_budget_and_adds_up(budget_: int, shares: list[int]) -> None:
    parts = budget.propose(
        Decimal(budget_), "IDR", dict(zip(budget.BANDS, map(Decimal, shares), strict=True))
    )

    exact = Decimal(budget_) * sum(shares) / 100
    assert all(part >= 0 and part == part.to_integral_value() for part in parts.values())
    assert abs(sum(parts.values()) - exact) < 2
    assert sum(parts.values()) <= budget_


def test_default_split_is_inside_every_band() -> None:
    parts = budget.propose(Decimal(200_000_000), "IDR")

    assert sum(parts.values()) == 200_000_000
    for kind, (low, high) in budget.BANDS.items():
        assert low <= parts[kind] * 100 / 200_000_000 <= high


@pytest.mark.django_db
def test_lines_over_the_budget_are_refused_and_nothing_is_written() -> None:
    admin = f.make_admin()
    campaign = f.make_campaign(by=admin)
    before = list(campaign.budget_lines.values_list("kind", "planned"))

    with pytest.raises(ValidationError, match="more than the budget"):
        budget.allocate(
            campaign, by=admin, amounts={"fees": Decimal(200_000_000), "amplification": Decimal(1)}
        )
    assert list(campaign.budget_lines.values_list("kind", "planned")) == before


@pytest.mark.django_db
def test_offers_cannot_promise_more_than_the_fees_line_without_a_waiver() -> None:
    admin = f.make_admin()
    campaign = f.make_campaign(by=admin, budget=Decimal(20_000_000))  # fees: 13,000,000
    first, second = f.make_partnership(campaign), f.make_partnership(campaign)
    line = [{"platform": "instagram", "format": "reel", "unit_price": Decimal(9_000_000)}]
    negotiation.make_offer(first, by=admin, lines=line)

    with pytest.raises(Conflict, match="fees line"):
        negotiation.make_offer(second, by=admin, lines=line)
    assert Offer.objects.filter(partnership=second).count() == 0

    manager = f.User.objects.create_user("cm@krm.example", "x", name="M", role="campaign_manager")
    with pytest.raises(Denied):
        budget.waive(campaign, by=manager, amount=Decimal(5_000_000), reason="launch")
    budget.waive(campaign, by=admin, amount=Decimal(5_000_000), reason="launch")
    negotiation.make_offer(second, by=admin, lines=line)
    assert budget.status(campaign).line("fees").committed == 18_000_000
    assert BudgetWaiver.objects.count() == 1


@pytest.mark.django_db
def test_a_manager_above_the_limit_is_told_to_ask() -> None:
    partnership = f.make_partnership(f.make_campaign(budget=Decimal(900_000_000)))
    manager = f.User.objects.create_user("cm2@krm.example", "x", name="M", role="campaign_manager")
    line = [{"platform": "instagram", "format": "reel", "unit_price": Decimal(76_000_000)}]

    with pytest.raises(Denied, match="approval limit"):
        negotiation.make_offer(partnership, by=manager, lines=line)
    assert Offer.objects.count() == 0
    negotiation.set_limit(
        by=f.make_admin(), role="campaign_manager", currency="IDR", amount=Decimal(80_000_000)
    )
    assert negotiation.make_offer(partnership, by=manager, lines=line).state == "sent"


@pytest.mark.django_db
def test_spend_is_written_once_per_key() -> None:
    campaign = f.make_campaign()
    for _ in range(2):
        budget.record_spend(
            campaign,
            by=None,
            kind="fees",
            amount=Decimal(5),
            occurred_on=timezone.localdate(),
            key="payout:1",
        )
    assert Spend.objects.count() == 1


def exclusive(creator: Any, **brand: Any) -> Agreement:
    campaign = f.make_campaign(brand=f.make_brand(**brand))
    return f.signed(f.drafted(f.accepted(f.make_partnership(campaign, creator), exclusivity_days=30)))


@pytest.mark.django_db
def test_exclusivity_is_named_at_invitation_and_can_be_waived_by_an_administrator() -> None:
    creator = f.make_creator()
    exclusive(creator, name="Sari Ayu", category="beauty")
    rival = f.make_campaign(brand=f.make_brand(name="Wardani", category="Beauty"))

    with pytest.raises(Conflict, match="exclusive to Sari Ayu"):
        f.make_partnership(rival, creator)
    assert not Partnership.objects.filter(campaign=rival).exists()
    window = ExclusivityWindow.objects.get()
    exclusivity.waive(window, by=f.make_admin(), campaign=rival, reason="client agreed by mail")
    assert f.make_partnership(rival, creator).state == "invited"
    other = f.make_campaign(brand=f.make_brand(category="food"))
    assert f.make_partnership(other, creator).state == "invited"


@pytest.mark.django_db(transaction=True)
def test_two_exclusive_agreements_signed_at_once_leave_one() -> None:
    """Both were sent before either was signed; the second signature meets the window."""
    creator = f.make_creator()
    admin = f.make_admin()
    portal = f.portal_for(creator)
    ready = []
    for name in ("Satu", "Dua"):
        campaign = f.make_campaign(brand=f.make_brand(name=name, category="beauty"), by=admin)
        partnership = f.make_partnership(campaign, creator, by=admin)
        offer = negotiation.make_offer(partnership, by=admin, lines=f.LINES, exclusivity_days=10)
        negotiation.accept(offer, by=portal)
        agreement = agreements.send(
            agreements.draft(Partnership.objects.get(pk=partnership.pk), by=admin), by=admin
        )
        agreements.sign(agreement, by=portal, name="Sari Dewi")
        ready.append(agreement)
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def sign(agreement: Agreement) -> None:
        barrier.wait()
        try:
            agreements.sign(agreement, by=admin, name="Budi Santoso")
            outcomes.append("signed")
        except Conflict as refusal:
            outcomes.append("refused" if "exclusive" in str(refusal) else str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=(agreement,)) for agreement in ready]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "signed"]
    assert ExclusivityWindow.objects.count() == 1
    assert sorted(Agreement.objects.values_list("state", flat=True)) == ["sent", "signed"]


@pytest.mark.django_db
def test_the_database_refuses_what_the_machine_refuses() -> None:
    agreement = f.signed()
    for table, change in (
        ("campaigns_agreement", "total = 1"),
        ("campaigns_agreement", "state = 'draft'"),
        ("campaigns_agreementsignature", "name = 'Somebody Else'"),
        ("campaigns_deliverable", "amount = 1"),
        ("campaigns_deliverable", "state = 'accepted'"),
        ("campaigns_offerline", "unit_price = 1"),
        ("campaigns_partnership", "state = 'invited'"),
    ):
        with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {change}")
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_agreementsignature")
    assert agreements.verify(agreement)["valid"] is True


@pytest.mark.parametrize(
    ("model", "moves"),
    [
        (plan_models.Campaign, plan_models.CAMPAIGN_MOVES),
        (selection_models.Candidate, selection_models.CANDIDATE_MOVES),
        (negotiation_models.Partnership, negotiation_models.PARTNERSHIP_MOVES),
        (negotiation_models.Offer, negotiation_models.OFFER_MOVES),
        (agreement_models.Agreement, agreement_models.AGREEMENT_MOVES),
        (agreement_models.Milestone, agreement_models.MILESTONE_MOVES),
        (deliverable_models.Deliverable, deliverable_models.DELIVERABLE_MOVES),
    ],
)
def test_machine_and_trigger_know_the_same_moves(model: Any, moves: list[tuple[str, str]]) -> None:
    field = model._meta.get_field("state")
    declared = {(t.source, t.target) for t in field.get_all_transitions(model)}

    assert declared == set(moves)


@pytest.mark.django_db
def test_due_offers_expire_once() -> None:
    offer = f.make_offer(expires_at=timezone.now() + timedelta(minutes=5))

    assert negotiation.expire_due() == 0
    later = timezone.now() + timedelta(hours=1)
    assert (negotiation.expire_due(later), negotiation.expire_due(later)) == (1, 0)
    offer.refresh_from_db()
    assert offer.state == "expired"
    with pytest.raises(Conflict):
        negotiation.accept(offer, by=f.portal_for(offer.partnership.creator))


@pytest.mark.django_db
def test_moving_a_signed_date_needs_a_reason_and_tells_the_kol() -> None:
    from krm.events.models import Notification

    agreement = f.signed()
    piece = agreement.deliverables.first()
    when = timezone.now() + timedelta(days=20)

    with pytest.raises(ValidationError):
        scheduling.reschedule(piece, by=f.make_admin(), publish_on=when)
    scheduling.reschedule(piece, by=f.make_admin(), publish_on=when, reason="product arrives late")
    piece.refresh_from_db()
    assert piece.publish_on == when
    assert Notification.objects.filter(
        kind="campaigns.date_moved", text__contains="product arrives late"
    ).exists()


@pytest.mark.django_db
def test_feed_parses_and_a_revoked_one_is_gone(client: Any) -> None:
    from django.urls import reverse
    from icalendar import Calendar

    agreement = f.signed()
    admin = f.make_admin()
    feed, token = feeds.create_feed(by=admin)
    answer = client.get(reverse("campaigns:feed", args=[token]))
    parsed = Calendar.from_ical(answer.content)
    posts = [e for e in parsed.walk("VEVENT") if str(e["UID"]).startswith("deliverable-")]

    assert len(posts) == agreement.deliverables.count()
    assert not [e for e in posts if "Rp" in str(e)]
    feeds.revoke_feed(feed, by=admin)
    assert client.get(reverse("campaigns:feed", args=[token])).status_code == 404


def test_special_days_know_lebaran_ramadan_and_double_dates() -> None:
    from datetime import date

    rows = scheduling.special_days(date(2027, 1, 1), date(2028, 1, 1), "id")
    titles = {(row["date"].isoformat(), row["kind"]) for row in rows}

    assert ("2027-03-10", "holiday") in titles  # Idulfitri
    assert ("2027-02-08", "season") in titles  # Ramadan begins
    assert {("2027-09-09", "sale"), ("2027-11-11", "sale"), ("2027-12-12", "sale")} <= titles


def test_layers_say_not_enough_data_instead_of_a_number() -> None:
    empty = layers.Facts()

    assert {name: judge(empty)[0] for name, judge in layers.LAYERS.items()} == dict.fromkeys(layers.LAYERS)
    assert layers.overall({"authenticity": 80.0}, {"authenticity": 100}) is None


def test_layers_score_as_worked_by_hand() -> None:
    post = layers.PostFacts("reel", "Slot gacor malam ini", (), ("wardahbeauty",), 1000, 5, None)
    facts = layers.Facts(
        engagement_rate=0.08,
        peer_rate=0.04,
        posts=(post,) * 6,
        competitors=("Wardah",),
        published=4,
        on_time=3,
        revisions=4,
    )

    assert layers.performance(facts)[0] == 75  # twice the median
    assert layers.brand_safety(facts)[0] == 10  # 3 × 20 for the word, 3 × 10 for the competitor
    assert layers.relationship(facts)[0] == 75  # 70 × 3/4 + 30 × 3/4
    assert layers.forecast(facts.posts) == (1000, 1000, 1000, 6)


@pytest.mark.django_db
def test_share_link_views_are_logged_and_a_viewer_cannot_decide(client: Any) -> None:
    from django.urls import reverse

    admin = f.make_admin()
    campaign = f.make_campaign(by=admin)
    (candidate,) = selection.add_candidates(campaign, by=admin, creators=[f.make_creator()])
    selection.update_candidate(candidate, by=admin, sell_price=Decimal(20_000_000))
    selection.submit(campaign, by=admin)
    link, token = sharing.create_link(campaign, by=admin, label="Rina")
    url = reverse("campaigns:shared", args=[token])

    assert client.get(url).status_code == 200
    client.post(url, {"candidate": candidate.pk, "decision": "approve", "name": "Rina"})
    candidate.refresh_from_db()
    link.refresh_from_db()
    assert (candidate.state, link.views) == ("submitted", 1)
    assert link.log.get().address_hash not in ("", "127.0.0.1")
    sharing.revoke_link(link, by=admin)
    assert client.get(url).status_code == 404
    _link, token = sharing.create_link(campaign, by=admin, label="Rina", scope="approve")
    client.post(
        reverse("campaigns:shared", args=[token]),
        {"candidate": candidate.pk, "decision": "approve", "name": "Rina"},
    )
    candidate.refresh_from_db()
    assert (candidate.state, candidate.decided_by_name) == ("client_approved", "Rina")


@pytest.mark.django_db
def test_a_refused_choice_by_link_stands_at_its_field_and_keeps_what_was_typed(client: Any) -> None:
    from django.urls import reverse

    admin = f.make_admin()
    campaign = f.make_campaign(by=admin)
    (candidate,) = selection.add_candidates(campaign, by=admin, creators=[f.make_creator()])
    selection.update_candidate(candidate, by=admin, sell_price=Decimal(20_000_000))
    selection.submit(campaign, by=admin)
    _link, token = sharing.create_link(campaign, by=admin, label="Rina", scope="approve")
    url = reverse("campaigns:shared", args=[token])
    sent = {"candidate": candidate.pk, "decision": "approve", "comment": "Bagus <i>sekali"}
    text = (answer := client.post(url, sent)).content.decode()
    assert answer.status_code == 422 and f"name-{candidate.pk}-error" in text
    assert "Bagus &lt;i&gt;sekali" in text
    answer = client.post(url, {"candidate": candidate.pk, "decision": "reject", "name": "Rina"})
    assert answer.status_code == 422 and f"comment-{candidate.pk}-error" in answer.content.decode()
    candidate.refresh_from_db()
    assert candidate.state == "submitted"


@pytest.mark.django_db
def test_tasks_twice_change_nothing_more() -> None:
    from campaigns import tasks

    f.signed()
    assert tasks.ready_milestones() == 0
    assert tasks.remind() == tasks.remind() == 0
    assert tracking.late_by_campaign([]) == {}
