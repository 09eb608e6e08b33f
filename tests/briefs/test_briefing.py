from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from briefs import briefing
from briefs.models import BriefReceipt, BriefVersion
from krm.accounts.models import User
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from tests.briefs import factories
from tests.briefs.conftest import Cast


def test_the_working_text_may_have_gaps_but_publishing_may_not(cast: Cast) -> None:
    brief = briefing.save_brief(cast.campaign, by=cast.manager, story="Kopi", pillars=[{"title": "Satu"}])

    with pytest.raises(ValidationError) as refused:
        briefing.publish(brief, by=cast.manager)

    assert set(refused.value.message_dict) == {"narrative", "pillars", "guardrails", "freedom", "mandatory"}
    assert not BriefVersion.objects.exists()


def test_a_brief_starts_with_what_the_campaign_already_says(cast: Cast) -> None:
    cast.campaign.hashtags = ["PagiSari"]
    cast.campaign.save()

    brief = briefing.save_brief(cast.campaign, by=cast.manager, story="Kopi")

    assert brief.mandatory["hashtags"] == ["#PagiSari"]


@pytest.mark.parametrize(
    ("_case", "content", "field"),
    [
        ("six pillars", {"pillars": [{"title": str(i)} for i in range(6)]}, "pillars"),
        ("text without title", {"pillars": [{"title": "", "text": "x"}]}, "pillars"),
        ("hashtag with a dash", {"mandatory": {"hashtags": ["#pagi-sari"]}}, "hashtags"),
        ("mention with a slash", {"mandatory": {"mentions": ["@a/b"]}}, "mentions"),
        (
            "unknown place",
            {"mandatory": {"disclosure": {"labels": ["#ad"], "place": "x"}}},
            "disclosure_place",
        ),
    ],
)
def test_bad_content_is_refused_at_its_field(
    cast: Cast, _case: str, content: dict[str, object], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        briefing.save_brief(cast.campaign, by=cast.manager, **content)

    assert list(refused.value.message_dict) == [field]


def test_publishing_makes_numbered_versions_and_tells_the_kol(cast: Cast, drain_events: object) -> None:
    first = factories.published_brief(cast.campaign, cast.manager)
    second = factories.published_brief(cast.campaign, cast.manager, story="Sari, revised.")
    drain_events()  # type: ignore[operator]

    assert (first.number, second.number) == (1, 2)
    told = Notification.objects.filter(kind="briefs.brief_published")
    assert set(told.values_list("user", flat=True)) == {cast.kol.pk, cast.talent.pk}
    assert told.count() == 4


def test_publishing_the_same_text_again_is_refused(cast: Cast) -> None:
    version = factories.published_brief(cast.campaign, cast.manager)

    with pytest.raises(Conflict, match="Nothing has changed since version 1"):
        briefing.publish(version.brief, by=cast.manager)


def test_the_database_refuses_to_change_a_published_version(cast: Cast) -> None:
    version = factories.published_brief(cast.campaign, cast.manager)

    with pytest.raises(DatabaseError), transaction.atomic():
        BriefVersion.objects.filter(pk=version.pk).update(story="Another story")


def test_the_database_wants_three_to_five_pillars(cast: Cast) -> None:
    version = factories.published_brief(cast.campaign, cast.manager)

    with pytest.raises(DatabaseError), transaction.atomic():
        BriefVersion.objects.create(
            brief=version.brief,
            number=9,
            published_at=timezone.now(),
            published_by=cast.manager,
            pillars=[{}],
            sha256="x",
        )


def test_a_receipt_is_written_once_and_acknowledged_on_the_newest_version(cast: Cast) -> None:
    old = factories.published_brief(cast.campaign, cast.manager)
    briefing.open_version(old, partnership=cast.partnership, by=cast.kol)
    briefing.open_version(old, partnership=cast.partnership, by=cast.talent)
    new = factories.published_brief(cast.campaign, cast.manager, story="Sari, revised.")

    with pytest.raises(Conflict, match="replaced by version 2"):
        briefing.acknowledge(old, partnership=cast.partnership, by=cast.kol)
    receipt = briefing.acknowledge(new, partnership=cast.partnership, by=cast.kol)

    assert BriefReceipt.objects.count() == 2
    assert receipt.acknowledged_at is not None
    assert Event.objects.filter(name="briefs.brief_read").count() == 2
    assert Event.objects.filter(name="briefs.brief_acknowledged").count() == 1


def test_another_kol_cannot_sign_the_receipt(cast: Cast) -> None:
    version = factories.published_brief(cast.campaign, cast.manager)

    with pytest.raises(Denied):
        briefing.open_version(version, partnership=cast.partnership, by=cast.other_kol)

    assert not BriefReceipt.objects.exists()


def test_an_unsigned_kol_does_not_see_the_brief(cast: Cast, portal_user: object) -> None:
    version = factories.published_brief(cast.campaign, cast.manager)
    invited = factories.signed_kol(cast.campaign, state="negotiating")
    user: User = portal_user(invited.creator)  # type: ignore[operator]

    assert not BriefVersion.objects.visible_to(user).exists()
    assert BriefVersion.objects.visible_to(cast.kol).get() == version
    assert not BriefVersion.objects.visible_to(cast.other_kol).exists()
    assert not BriefVersion.objects.visible_to(cast.other_client).exists()
    assert not BriefVersion.objects.visible_to(cast.other_staff).exists()


def test_the_difference_names_changed_parts_only(cast: Cast) -> None:
    old = factories.published_brief(cast.campaign, cast.manager)
    new = factories.published_brief(cast.campaign, cast.manager, freedom="Only music is yours.")

    assert briefing.diff(old, new) == {
        "freedom": [("gone", "Place, music and humour are yours."), ("new", "Only music is yours.")]
    }


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_brief_as_pdf(cast: Cast, language: str) -> None:
    from briefs import pdf

    version = factories.published_brief(cast.campaign, cast.manager, story="Harga <b>Rp 1</b> #set page()")

    document = pdf.brief_pdf(version, language)

    assert document.startswith(b"%PDF-")
    pypdf = pytest.importorskip("pypdf")
    import io

    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages)
    assert "#set page()" in text
    assert ("Kerangka kebebasan" if language == "id" else "Freedom framework") in text


def test_a_call_is_planned_moved_held_and_downloaded(cast: Cast, drain_events: object) -> None:
    start = timezone.now() + timedelta(days=1)
    call = briefing.plan_call(
        cast.campaign, by=cast.manager, starts_at=start, partnerships=[cast.partnership]
    )
    moved = briefing.move_call(
        call, by=cast.manager, starts_at=start + timedelta(hours=1), place="https://meet.example/x"
    )
    invite = icalendar.Calendar.from_ical(briefing.calendar_invite(moved))
    event = invite.walk("VEVENT")[0]
    held = briefing.hold_call(moved, by=cast.manager, notes="Semua jelas", attended=[cast.partnership])
    drain_events()  # type: ignore[operator]

    assert event["SEQUENCE"] == 1
    assert event["LOCATION"] == "https://meet.example/x"
    assert held.state == "held"
    assert held.attendances.get().attended is True
    assert Notification.objects.filter(user=cast.kol, kind="briefs.call").count() == 2
    with pytest.raises(Conflict, match="Held"):
        briefing.cancel_call(held, by=cast.manager)


def test_a_call_invites_kols_of_this_campaign_only(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        briefing.plan_call(
            cast.campaign, by=cast.manager, starts_at=timezone.now(), partnerships=[cast.other.partnership]
        )

    assert "partnerships" in refused.value.message_dict


@pytest.mark.parametrize("who", ["viewer", "reviewer", "kol", "client", "other_staff"])
def test_only_managers_of_the_brand_write_the_brief(cast: Cast, who: str) -> None:
    with pytest.raises(Denied):
        briefing.save_brief(cast.campaign, by=getattr(cast, who), story="x")
