"""Verbs of creators: people, accounts, tags, notes, rates, access, tiers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from creators import access, discovery, notes, people, rates, tagging, tiers
from creators.models import Creator, CreatorAccess, RateCard, SocialAccount, Tier
from krm.accounts.models import Invitation
from krm.errors import Conflict, Denied
from krm.events.models import Event
from tests.creators.factories import CreatorFactory, RateCardFactory, SocialAccountFactory


def test_create_cleans_and_records(staff: Any) -> None:
    by = staff()
    creator = people.create_creator(
        by=by, name=" Rani ", email="RANI@x.id", phone="0812 3456 7890", country="Indonesia", categories="Food, food,Travel",
        tags=["Kuliner"],
    )  # fmt: skip
    assert (creator.name, creator.email, creator.phone, creator.country) == (
        "Rani",
        "rani@x.id",
        "+6281234567890",
        "ID",
    )
    assert creator.categories == ["Food", "Travel"]
    assert [tag.name for tag in creator.tags.all()] == ["Kuliner"]
    event = Event.objects.get(name="creators.creator_created")
    assert (event.subject_id, event.actor_id) == (creator.pk, by.pk)


def test_every_bad_field_is_named_and_nothing_written(staff: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        people.create_creator(
            by=staff(), name="", email="x", phone="abc", country="Atlantis", languages=["Bahasa!"]
        )
    assert sorted(refused.value.message_dict) == ["country", "email", "languages", "name", "phone"]
    assert not Creator.objects.exists()
    assert not Event.objects.filter(name__startswith="creators.").exists()


@pytest.mark.parametrize("role", ["reviewer", "finance", "viewer"])
def test_roles_without_the_right_are_denied(staff: Any, role: str) -> None:
    with pytest.raises(Denied):
        people.create_creator(by=staff(role), name="Rani")


def test_block_needs_a_reason_and_restore_clears_it(staff: Any) -> None:
    by, creator = staff(), CreatorFactory()
    with pytest.raises(ValidationError):
        people.block(creator, by=by, reason=" ")
    people.block(creator, by=by, reason="Did not deliver.")
    with pytest.raises(Conflict):
        people.block(creator, by=by, reason="Again.")
    people.restore(creator, by=by)
    assert (creator.status, creator.status_reason) == ("prospect", "")


@pytest.mark.django_db
def test_the_database_refuses_a_block_without_reason() -> None:
    creator = CreatorFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Creator.objects.filter(pk=creator.pk).update(status="blocked")


def test_an_account_belongs_to_one_creator(staff: Any) -> None:
    by, rani, budi = staff(), CreatorFactory(), CreatorFactory()
    account = people.add_account(rani, by=by, handle="https://instagram.com/Rani.K")
    assert (account.platform, account.handle, account.creator) == ("instagram", "rani.k", rani)
    with pytest.raises(ValidationError) as refused:
        people.add_account(budi, by=by, handle="@rani.k", platform="instagram")
    assert "handle" in refused.value.message_dict
    people.link_account(account, by=by, creator=budi)
    rani.refresh_from_db()
    budi.refresh_from_db()
    assert (rani.platforms, budi.platforms) == ([], ["instagram"])
    assert "rani.k" in budi.search_text


def test_tags_are_one_whatever_their_case(staff: Any) -> None:
    by, rani, budi = staff("reviewer"), CreatorFactory(), CreatorFactory()
    assert tagging.tag([rani.pk, budi.pk], ["Food"], by=by) == 2
    assert tagging.tag([rani.pk, budi.pk], ["food ", "New"], by=by) == 2
    assert tagging.untag([rani.pk], ["FOOD"], by=by) == 1
    assert [tag.name for tag in rani.tags.all()] == ["New"]


def test_only_the_author_changes_a_note(staff: Any) -> None:
    author, other, creator = staff("viewer"), staff(), CreatorFactory()
    note = notes.add_note(creator, by=author, body="Quick to answer.")
    notes.toggle_pin(note, by=other)
    with pytest.raises(Denied):
        notes.edit_note(note, by=other, body="Slow.")
    note.refresh_from_db()
    assert (note.body, note.pinned) == ("Quick to answer.", True)


def test_rates_do_not_overlap_unless_they_replace(staff: Any) -> None:
    by, creator = staff(), CreatorFactory()
    RateCardFactory(creator=creator, valid_from=date(2026, 1, 1))
    new = {
        "platform": "instagram",
        "format": "reel",
        "price": Decimal(2_000_000),
        "valid_from": date(2026, 6, 1),
    }
    with pytest.raises(ValidationError) as refused:
        rates.add_rate(creator, by=by, **new)
    assert "valid_from" in refused.value.message_dict
    rates.add_rate(creator, by=by, replace=True, **new)
    assert list(creator.rate_cards.order_by("valid_from").values_list("valid_from", "valid_to")) == [
        (date(2026, 1, 1), date(2026, 5, 31)), (date(2026, 6, 1), None),
    ]  # fmt: skip
    card = rates.current_rate(creator, "instagram", "reel", on=date(2026, 5, 31))
    assert card is not None
    assert card.price == 1_500_000


@pytest.mark.django_db
def test_the_database_refuses_overlapping_rates() -> None:
    card = RateCardFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RateCard.objects.create(
            creator=card.creator,
            platform="instagram",
            format="reel",
            price=1,
            currency="IDR",
            valid_from=date(2026, 12, 31),
        )


def test_a_kol_is_invited_and_then_sees_only_their_creator(staff: Any, portal_user: Any) -> None:
    by, mine, other = staff(), CreatorFactory(), CreatorFactory()
    invitation = access.invite(mine, by=by, email="kol@x.id")
    assert isinstance(invitation, Invitation)
    assert invitation.role == "creator"
    user = portal_user(other)
    granted = access.invite(mine, by=by, email=user.email, relation="manager")
    assert isinstance(granted, CreatorAccess)
    assert set(Creator.objects.visible_to(user)) == {mine, other}
    access.revoke(granted, by=by)
    assert set(Creator.objects.visible_to(user)) == {other}


def test_the_ladder_has_no_gaps_and_sorts_accounts_anew(admin_user: Any) -> None:
    account = SocialAccountFactory(followers=30_000)
    tiers.set_ladder(
        [{"name": "Micro", "floor": 20_000}, {"name": "Giant", "floor": 1_000_000}], by=admin_user
    )
    assert list(Tier.objects.values_list("name", "floor", "ceiling")) == [
        ("Giant", 1_000_000, None), ("Micro", 20_000, 1_000_000),
    ]  # fmt: skip
    tiers.retier()
    account.refresh_from_db()
    assert account.tier.name == "Micro"
    with pytest.raises(ValidationError):
        tiers.set_ladder([{"name": "A", "floor": 1}, {"name": "a", "floor": 2}], by=admin_user)


@pytest.mark.django_db
def test_search_uses_the_trigram_index() -> None:
    Creator.objects.bulk_create(
        [Creator(name=f"Creator {n}", search_text=f"creator {n} handle{n:05d}") for n in range(3000)]
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE creators_creator")
        cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are read faster without an index
    with CaptureQueriesContext(connection) as sent:
        query = discovery.search(Creator.objects.all(), "handle01234")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sent[0]["sql"])  # the very statement that looks for the hits
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "creators_creator_search" in plan
    assert [creator.name for creator in query] == ["Creator 1234"]


@pytest.mark.django_db
def test_partitions_take_rows_that_came_before_them() -> None:
    from creators import partitions
    from creators.models import AccountSnapshot
    from tests.creators.factories import SnapshotFactory

    SnapshotFactory(as_of=date(2019, 3, 5))
    assert date(2019, 3, 1) in partitions.waiting()
    partitions.make_ahead(date(2026, 11, 22))
    assert not partitions.waiting()
    assert AccountSnapshot.objects.get(as_of=date(2019, 3, 5)).followers == 20_000
    assert (
        "creators_accountsnapshot_p2019_03"
        in AccountSnapshot.objects.filter(as_of=date(2019, 3, 5)).explain()
    )
    gone = partitions.detach_before(date(2020, 1, 1))
    assert gone == ["creators_accountsnapshot_p2019_03", "creators_postsnapshot_p2019_03"]
    assert not AccountSnapshot.objects.filter(as_of=date(2019, 3, 5)).exists()


@pytest.mark.django_db
def test_accounts_of_one_handle_are_one_until_the_platform_says_otherwise() -> None:
    SocialAccountFactory(handle="Rani")
    with pytest.raises(IntegrityError), transaction.atomic():
        SocialAccountFactory(handle="rani")
    SocialAccountFactory(handle="rani", external_id="1")
    assert SocialAccount.objects.count() == 2
