"""Duplicates are found with reasons; a merge moves everything, and undoing it is the identity."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField  # noqa: F401
from django.core.exceptions import ValidationError
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators import notes, people, rates, tagging, todos
from creators.duplicates import finding, merging
from creators.duplicates.movers import pointers
from creators.models import (
    Creator,
    CreatorAccess,
    CreatorTask,
    DuplicatePair,
    MergeRecord,
    PairState,
    RateCard,
    SocialAccount,
)
from krm.errors import Conflict, Denied
from krm.events.models import Event
from tests.campaigns.factories import make_campaign
from tests.creators.factories import CreatorFactory, PostFactory, RateCardFactory, SocialAccountFactory

IGNORED = {"updated_at"}


def world() -> dict[str, list[dict[str, Any]]]:
    """Every row of every model that points at creators, and the creators, as they stand."""
    models = {Creator, *(pointer.model for pointer in pointers())}
    found = {}
    for model in sorted(models, key=lambda m: m._meta.label):
        names = [field.attname for field in model._meta.concrete_fields if field.name not in IGNORED]
        found[model._meta.label] = sorted(
            [repr(sorted(row.items())) for row in model._base_manager.values(*names)]
        )
    return found


def full_pair(admin: Any, portal_user: Any) -> tuple[Creator, Creator]:
    kept = CreatorFactory(
        name="Rani Putri", email="rani@example.com", categories=["Beauty"], custom={"size": 38}
    )
    gone = CreatorFactory(
        name="Rani P.",
        phone="+628123456789",
        bio="Hi",
        categories=["beauty", "Food"],
        custom={"size": 39, "shirt": "M"},
    )
    for creator in (kept, gone):
        account = SocialAccountFactory(creator=creator, followers=20_000 + creator.pk)
        PostFactory(account=account)
        RateCardFactory(creator=creator)
        notes.add_note(creator, by=admin, body=f"About {creator.pk}")
        tagging.tag([creator.pk], ["vip", f"only {creator.pk}"], by=admin)
        todos.add_task(creator, by=admin, title="Call")
        portal_user(creator)
    both = portal_user(kept)
    CreatorAccess.objects.create(user=both, creator=gone, relation="self")
    from creators import summary

    summary.refresh_creators([kept.pk, gone.pk])
    return kept, gone


def test_a_merge_moves_everything_and_undo_brings_it_back(admin_user: Any, portal_user: Any) -> None:
    kept, gone = full_pair(admin_user, portal_user)
    before = world()
    merged = merging.merge(kept, gone, by=admin_user, choices={"name": "gone", "custom:size": "gone"})
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.name, kept.phone, kept.bio, kept.email) == (
        "Rani P.",
        "+628123456789",
        "Hi",
        "rani@example.com",
    )
    assert kept.categories == ["Beauty", "Food"]
    assert kept.custom == {"size": 39, "shirt": "M"}
    assert gone.merged_into == kept
    assert not gone.accounts.exists() and kept.accounts.count() == 2
    assert kept.followers == 20_000 + gone.pk  # headline figures follow
    assert set(kept.tags.values_list("name", flat=True)) == {"vip", f"only {kept.pk}", f"only {gone.pk}"}
    assert kept.notes.count() == 2 and kept.todos.count() == 2
    # a second rate for the same days, and the portal user who has both, stay where they were, and are named
    assert {row["model"] for row in merged.stayed} == {
        "creators.RateCard",
        "creators.CreatorAccess",
        "creators.CreatorTag",
    }
    assert Event.objects.filter(name="creators.creators_merged").get().data["account_ids"]
    merging.undo(merged, by=admin_user)
    assert world() == before
    with pytest.raises(Conflict, match="already"):
        merging.undo(merged, by=admin_user)


PARTS = ("account", "post", "rate", "note", "tag", "task", "access", "custom")


@given(
    own=st.lists(st.sampled_from(PARTS), max_size=5), other=st.lists(st.sampled_from(PARTS), max_size=5),
    choices=st.dictionaries(
        st.sampled_from(["name", "email", "phone", "city", "bio", "status", "owner_id", "languages", "categories"]),
        st.sampled_from(["kept", "gone"]),
    ),
)  # fmt: skip
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merge_then_undo_is_the_identity(
    admin_user: Any, make_user: Any, own: list[str], other: list[str], choices: dict[str, str]
) -> None:
    from creators import summary

    pair = [
        CreatorFactory(name="A", email="a@example.com", city="Bandung", languages=["id"], status="active"),
        CreatorFactory(name="B", phone="+62811", bio="b", languages=["id", "en"], owner=admin_user),
    ]
    shared = make_user("talent_manager")
    for creator, parts in zip(pair, (own, other), strict=True):
        for nr, part in enumerate(parts):
            add(part, nr, creator, admin_user, shared)
    summary.refresh_creators([c.pk for c in pair])
    before = world()
    merged = merging.merge(pair[0], pair[1], by=admin_user, choices=choices)
    merging.undo(merged, by=admin_user)
    assert world() == before


def add(part: str, nr: int, creator: Creator, admin: Any, shared: Any) -> None:
    match part:
        case "account":
            SocialAccountFactory(creator=creator, followers=10_000 * (nr + 1))
        case "post":
            PostFactory(account=SocialAccountFactory(creator=creator))
        case "rate":
            RateCard.objects.get_or_create(
                creator=creator,
                platform="instagram",
                format="reel",
                defaults={"price": 1, "valid_from": date(2026, 1, 1)},
            )
        case "note":
            notes.add_note(creator, by=admin, body="note")
        case "tag":
            tagging.tag([creator.pk], [f"tag {nr % 2}"], by=admin)
        case "task":
            CreatorTask.objects.create(creator=creator, title="Call")
        case "access":
            CreatorAccess.objects.get_or_create(
                user=shared, creator=creator, defaults={"relation": "manager"}
            )
        case "custom":
            Creator.objects.filter(pk=creator.pk).update(custom={"a": nr, f"b{creator.pk}": 1})


def test_a_preview_changes_nothing_and_says_what_would_happen(admin_user: Any, portal_user: Any) -> None:
    kept, gone = full_pair(admin_user, portal_user)
    before = world()
    seen = merging.preview(kept, gone, by=admin_user)
    assert world() == before
    counts = {str(part.label): part.count for part in seen.moves}
    assert counts["Notes"] == 1 and counts["Accounts with their posts, figures and scores"] == 1
    proposals = {row.name: row.choice for row in seen.rows}
    assert proposals["email"] == "kept" and proposals["phone"] == "gone" and proposals["categories"] == "both"
    assert len(seen.stays) == 3 and not seen.refusals


def test_undo_is_refused_where_it_would_not_be_exact(admin_user: Any, portal_user: Any, staff: Any) -> None:
    kept, gone = full_pair(admin_user, portal_user)
    merged = merging.merge(kept, gone, by=admin_user)
    note = kept.notes.exclude(body=f"About {kept.pk}").get()
    notes.delete_note(note, by=admin_user)
    with pytest.raises(Conflict, match="deleted"):
        merging.undo(merged, by=admin_user)
    third = CreatorFactory()
    other = merging.merge(kept, third, by=admin_user)
    people.update_creator(
        Creator.objects.get(pk=kept.pk), by=admin_user, city="Solo"
    )  # not touched by the merge
    merging.undo(other, by=admin_user)
    assert Creator.objects.get(pk=kept.pk).city == "Solo"
    fourth = CreatorFactory(bio="New words", name="Someone")
    again = merging.merge(kept, fourth, by=admin_user, choices={"bio": "gone"})
    people.update_creator(Creator.objects.get(pk=kept.pk), by=admin_user, bio="Changed since")
    with pytest.raises(Conflict, match="Bio"):
        merging.undo(again, by=admin_user)
    MergeRecord.objects.filter(pk=again.pk).update(undo_until=now() - timedelta(days=1))
    with pytest.raises(Conflict, match="over"):
        merging.undo(again, by=admin_user)
    with pytest.raises(Denied):
        merging.undo(again, by=staff("viewer"))
    with pytest.raises(Conflict, match="already"):
        merging.merge(fourth, kept, by=admin_user)
    with pytest.raises(ValidationError):
        merging.merge(kept, kept, by=admin_user)


def test_rows_of_rooms_above_move_and_their_rules_speak(admin_user: Any) -> None:
    from campaigns.models import Partnership

    kept, gone = CreatorFactory(), CreatorFactory()
    shared, alone = make_campaign(), make_campaign()
    first = Partnership.objects.create(campaign=shared, creator=kept)
    second = Partnership.objects.create(campaign=shared, creator=gone)
    mine = Partnership.objects.create(campaign=alone, creator=gone)
    with pytest.raises(Conflict, match="Both work in the campaign"):
        merging.merge(kept, gone, by=admin_user)
    second.delete()
    merged = merging.merge(kept, gone, by=admin_user)
    mine.refresh_from_db()
    assert mine.creator == kept
    merging.undo(merged, by=admin_user)
    mine.refresh_from_db()
    assert mine.creator == gone and Partnership.objects.get(pk=first.pk).creator == kept


def test_every_pointer_at_a_creator_has_a_name() -> None:
    """What a new room adds moves by itself; this only holds the registry to models that exist."""
    from creators.duplicates.movers import _movers

    for mover in _movers.values():
        assert apps.get_model(mover.model)
    assert {"creators.SocialAccount", "campaigns.Partnership", "payments.PayeeProfile"} <= {
        p.name for p in pointers()
    }


def test_duplicates_are_found_with_reasons(admin_user: Any) -> None:
    a = CreatorFactory(name="Rani Putri", email="r@example.com", phone="0812-3456-7890", city="Bandung")
    b = CreatorFactory(name="Sari", email="R@example.com")
    c = CreatorFactory(name="Tia", phone="+62 812 3456 7890")
    d = CreatorFactory(name="rani  putri", city="bandung")
    e = CreatorFactory(name="Unrelated One", bio="see https://www.tiktok.com/@rani.cooks !")
    SocialAccountFactory(creator=a, platform="tiktok", handle="rani.cooks")
    f = CreatorFactory(name="Other")
    SocialAccountFactory(creator=f, platform="instagram", handle="rani_cooks")
    for _ in range(9):  # an agency's address is nobody's own
        CreatorFactory(email="office@agency.example")
    assert finding.refresh() == 5
    found = {(p.first, p.second): {r["kind"] for r in p.reasons} for p in DuplicatePair.objects.all()}
    assert found == {
        (a, b): {"email"}, (a, c): {"phone"}, (a, d): {"name", "place"}, (a, e): {"link"}, (a, f): {"handle"},
    }  # fmt: skip
    assert finding.refresh() == 0
    pair = DuplicatePair.objects.get(second=b)
    assert pair.confidence == 0.9
    finding.dismiss(pair, by=admin_user)
    assert finding.refresh([a.pk]) == 0  # it stays dismissed
    Creator.objects.filter(pk=b.pk).update(phone="081234567890")
    assert finding.refresh([b.pk]) >= 1  # something new speaks for it
    pair.refresh_from_db()
    assert pair.state == PairState.OPEN and pair.confidence == pytest.approx(0.99)
    Creator.objects.filter(pk=c.pk).update(phone="")
    finding.refresh([c.pk])
    assert not DuplicatePair.objects.filter(first=a, second=c).exists()


def test_pages_and_api(admin_user: Any, staff: Any, client_for: Any, api_for: Any, drain_events: Any) -> None:
    kept = people.create_creator(by=admin_user, name="Rani Putri", email="r@example.com")
    gone = people.create_creator(by=admin_user, name="Rani P", email="r@example.com")
    drain_events()
    pair = DuplicatePair.objects.get()
    browser = client_for(admin_user)
    assert "Same e-mail" in browser.get("/creators/duplicates/").content.decode()
    page = browser.get(pair.get_absolute_url())
    assert page.status_code == 200 and b"What moves" in page.content
    assert browser.get(f"/creators/{kept.pk}/merge/?q=rani").status_code == 200
    done = browser.post(f"/creators/{kept.pk}/merge/", {"other": gone.pk, "choice_name": "gone"})
    merged = MergeRecord.objects.get()
    assert done.url == merged.get_absolute_url()
    assert b"Undo merge" in browser.get(done.url).content
    assert browser.get(f"/creators/{gone.pk}/").url == f"/creators/{kept.pk}/"
    api = api_for(admin_user)
    moved = api.get(f"/api/v1/creators/{gone.pk}")
    assert (moved.status_code, moved.json()["merged_into"]) == (308, kept.pk)
    assert moved.headers["Location"].endswith(f"/api/v1/creators/{kept.pk}")
    assert api.get(moved.headers["Location"]).json()["id"] == kept.pk
    refused = api.patch(f"/api/v1/creators/{gone.pk}", {"name": "X"}, format="json")
    assert refused.status_code == 409 and str(kept.pk) in refused.json()["detail"]
    assert browser.post(f"/creators/merges/{merged.pk}/undo/").status_code == 302
    body = {"kept": kept.pk, "gone": gone.pk, "choices": {"name": "kept"}}
    seen = api.post("/api/v1/creator-merges/preview", body, format="json").json()
    assert seen["refusals"] == []
    made = api.post("/api/v1/creator-merges", body, format="json")
    assert made.status_code == 201, made.content
    assert api.post(f"/api/v1/creator-merges/{made.json()['id']}/undo").status_code == 200
    assert api_for(staff("viewer")).post("/api/v1/creator-merges", body, format="json").status_code == 403
    assert browser.get("/creators/merges/").status_code == 200


def test_a_list_of_pairs_costs_the_same_for_twice_as_many(
    admin_user: Any, client_for: Any, constant_queries: Any
) -> None:
    def grow() -> None:
        for nr in range(4):
            first, second = sorted((CreatorFactory().pk, CreatorFactory().pk))
            DuplicatePair.objects.create(
                first_id=first, second_id=second, confidence=0.5 + nr / 10, reasons=[], found_at=now()
            )

    grow()
    browser = client_for(admin_user)
    constant_queries(lambda: browser.get("/creators/duplicates/"), grow)


def test_rates_that_overlap_stay(admin_user: Any) -> None:
    kept, gone = CreatorFactory(), CreatorFactory()
    rates.add_rate(kept, by=admin_user, platform="instagram", format="reel", price=1)
    rates.add_rate(gone, by=admin_user, platform="instagram", format="reel", price=2)
    rates.add_rate(gone, by=admin_user, platform="instagram", format="story", price=3)
    merged = merging.merge(kept, gone, by=admin_user)
    assert [row["model"] for row in merged.stayed] == ["creators.RateCard"]
    assert sorted(card.price for card in kept.rate_cards.all()) == [1, 3]
    assert SocialAccount.objects.count() == 0
