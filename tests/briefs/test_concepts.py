from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from briefs import comments, concepts
from briefs.models import Comment, Concept
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from tests.briefs import factories
from tests.briefs.conftest import Cast

IDEA = {"title": "Jendela", "body": "Buka jendela, seduh."}


def test_two_or_three_concepts_come_together(cast: Cast, drain_events: object) -> None:
    made = factories.three_concepts(cast.deliverable, cast.kol)
    drain_events()  # type: ignore[operator]

    cast.deliverable.refresh_from_db()
    assert [c.number for c in made] == [1, 2, 3]
    assert cast.deliverable.state == "concept"
    assert Notification.objects.filter(kind="briefs.concepts").count() == 1


@pytest.mark.parametrize("count", [1, 4])
def test_one_is_no_choice_and_four_are_too_many(cast: Cast, count: int) -> None:
    with pytest.raises(ValidationError) as refused:
        factories.three_concepts(cast.deliverable, cast.kol, count=count)

    assert "concepts" in refused.value.message_dict
    assert not Concept.objects.exists()
    assert not Event.objects.filter(name__startswith="briefs.").exists()


@pytest.mark.parametrize(
    ("_case", "data", "field"),
    [
        ("no title", {"body": "x"}, "title"),
        ("no idea", {"title": "x"}, "body"),
        ("no link", {**IDEA, "references": ["javascript:alert(1)"]}, "references"),
    ],
)
def test_a_bad_concept_is_refused_at_its_field(
    cast: Cast, _case: str, data: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        concepts.submit(cast.deliverable, by=cast.kol, concepts=[IDEA, data])

    assert field in refused.value.message_dict


def test_choosing_one_closes_the_others_and_starts_the_draft(cast: Cast, drain_events: object) -> None:
    first, second, third = factories.three_concepts(cast.deliverable, cast.kol)
    concepts.ask_for_changes(third, by=cast.reviewer, comment="Lebih singkat")

    concepts.choose(second, by=cast.reviewer, comment="Ini!")
    drain_events()  # type: ignore[operator]

    states = dict(Concept.objects.values_list("number", "state"))
    assert states == {1: "rejected", 2: "chosen", 3: "rejected"}
    cast.deliverable.refresh_from_db()
    assert cast.deliverable.state == "drafting"
    assert Notification.objects.filter(user=cast.kol, kind="briefs.concept_answered").count() == 2
    with pytest.raises(Conflict):
        concepts.choose(first, by=cast.reviewer)


def test_changes_are_worked_in_and_judged_again(cast: Cast) -> None:
    first, *_rest = factories.three_concepts(cast.deliverable, cast.kol)
    concepts.ask_for_changes(first, by=cast.reviewer, comment="Tambah gelas")
    with pytest.raises(Conflict, match="Changes asked for"):
        concepts.choose(first, by=cast.reviewer)

    revised = concepts.revise(first, by=cast.kol, body="Buka jendela, dua gelas.")

    assert (revised.state, revised.revision) == ("submitted", 2)
    assert concepts.choose(revised, by=cast.reviewer).state == "chosen"


def test_asking_for_changes_says_what(cast: Cast) -> None:
    first, *_rest = factories.three_concepts(cast.deliverable, cast.kol)

    with pytest.raises(ValidationError):
        concepts.ask_for_changes(first, by=cast.reviewer, comment=" ")

    first.refresh_from_db()
    assert first.state == "submitted"


def test_the_database_allows_one_chosen_concept_and_no_way_back(cast: Cast) -> None:
    first, second, _third = factories.three_concepts(cast.deliverable, cast.kol)
    concepts.choose(first, by=cast.reviewer)

    with pytest.raises(DatabaseError), transaction.atomic():
        Concept.objects.filter(pk=first.pk).update(state="submitted")
    with pytest.raises(DatabaseError), transaction.atomic():
        Concept.objects.filter(pk=second.pk).update(state="chosen")


@pytest.mark.parametrize("who", ["other_kol", "client", "looker", "viewer", "other_staff"])
def test_strangers_neither_send_nor_decide(cast: Cast, who: str) -> None:
    user = getattr(cast, who)
    first, *_rest = factories.three_concepts(cast.deliverable, cast.kol, count=2)

    for act in (
        lambda: concepts.submit(cast.deliverable, by=user, concepts=[IDEA]),
        lambda: concepts.choose(first, by=user),
        lambda: concepts.revise(first, by=user, body="x"),
        lambda: concepts.ask_for_changes(first, by=user, comment="x"),
    ):
        with pytest.raises(Denied):
            act()
    assert Concept.objects.filter(state="submitted").count() == 2


def test_another_kol_and_the_client_see_no_concept(cast: Cast) -> None:
    factories.three_concepts(cast.deliverable, cast.kol)

    seen = {
        who: Concept.objects.visible_to(getattr(cast, who)).count()
        for who in ("kol", "talent", "manager", "other_kol", "client", "other_staff")
    }
    assert seen == {"kol": 3, "talent": 3, "manager": 3, "other_kol": 0, "client": 0, "other_staff": 0}


def test_an_internal_comment_stays_in_the_agency(cast: Cast) -> None:
    first, *_rest = factories.three_concepts(cast.deliverable, cast.kol)
    comments.add(first, by=cast.manager, body="Terlalu mahal", audience="internal")
    comments.add(first, by=cast.manager, body="Bagus")
    comments.add(first, by=cast.kol, body="Terima kasih", audience="internal")

    assert [c.body for c in comments.thread(first, user=cast.kol)] == ["Bagus", "Terima kasih"]
    assert Comment.objects.visible_to(cast.manager).count() == 3
    assert not Comment.objects.visible_to(cast.other_kol).exists()
    with pytest.raises(Denied):
        comments.add(first, by=cast.other_kol, body="x")


def test_no_concepts_before_the_agreement(cast: Cast) -> None:
    invited = factories.signed_kol(cast.campaign, state="negotiating")
    deliverable = factories.add_deliverable(invited)

    with pytest.raises(Conflict, match="agreement is signed"):
        factories.three_concepts(deliverable, cast.manager)
