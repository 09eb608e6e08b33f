from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from briefs import comments, drafts, review, rights
from briefs.models import ApprovalStep, Asset, Draft, Review, UsageRight
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from tests.briefs import factories
from tests.briefs.conftest import Cast


def test_agency_then_client_then_final(drafting: Cast, drain_events: object) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    draft = review.approve(draft, by=drafting.reviewer)
    assert draft.state == "client_review"
    drain_events()  # type: ignore[operator]
    draft = review.approve(draft, by=drafting.client)
    drain_events()  # type: ignore[operator]

    drafting.deliverable.refresh_from_db()
    assert draft.state == "approved"
    assert drafting.deliverable.state == "approved"
    assert list(Review.objects.values_list("step__kind", "decision")) == [
        ("agency", "approved"),
        ("client", "approved"),
    ]
    assert Notification.objects.filter(user=drafting.client, kind="briefs.review").count() == 1
    assert Event.objects.filter(name="briefs.draft_approved").count() == 1
    assert Event.objects.filter(name="campaigns.deliverable_approved").count() == 1


@pytest.mark.parametrize(
    "who", ["kol", "client", "looker", "viewer", "other_staff", "other_client", "other_kol"]
)
def test_only_reviewers_of_the_brand_decide_at_the_agency_step(drafting: Cast, who: str) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    with pytest.raises(Denied):
        review.approve(draft, by=getattr(drafting, who))

    draft.refresh_from_db()
    assert draft.state == "submitted"
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    "who", ["kol", "looker", "viewer", "reviewer", "manager", "other_client", "other_kol", "other_staff"]
)
def test_only_an_approver_of_the_client_decides_at_the_client_step(drafting: Cast, who: str) -> None:
    draft = review.approve(
        factories.submitted_draft(drafting.deliverable, drafting.kol), by=drafting.reviewer
    )

    with pytest.raises(Denied):
        review.approve(draft, by=getattr(drafting, who), comment="x")

    draft.refresh_from_db()
    assert draft.state == "client_review"


def test_a_manager_records_the_clients_word_only_where_the_campaign_allows_it(drafting: Cast) -> None:
    review.save_settings(drafting.campaign, by=drafting.manager, for_client=True)
    draft = review.approve(
        factories.submitted_draft(drafting.deliverable, drafting.kol), by=drafting.reviewer
    )

    with pytest.raises(ValidationError):
        review.approve(draft, by=drafting.manager)
    draft = review.approve(draft, by=drafting.manager, comment="Bu Rina setuju lewat WhatsApp, 22 Nov 10.14")

    assert draft.state == "approved"
    assert Review.objects.get(step__kind="client").for_client is True


def test_a_legal_step_comes_last_and_waits_for_its_reviewer(drafting: Cast, staff: object) -> None:
    lawyer = staff("reviewer")  # type: ignore[operator]
    review.save_settings(drafting.campaign, by=drafting.manager, legal_step=True, legal_reviewer=lawyer)
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    draft = review.approve(draft, by=drafting.reviewer)
    draft = review.approve(draft, by=drafting.client)
    assert draft.state == "legal_review"

    with pytest.raises(Denied, match="waits for"):
        review.approve(draft, by=drafting.reviewer)
    assert review.approve(draft, by=lawyer).state == "approved"


def test_the_database_refuses_approval_without_every_step(drafting: Cast) -> None:
    draft = review.approve(
        factories.submitted_draft(drafting.deliverable, drafting.kol), by=drafting.reviewer
    )

    with pytest.raises(IntegrityError, match="has not passed every approval step"), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(state="approved", approved_at=timezone.now())


def test_the_database_keeps_an_approval(drafting: Cast) -> None:
    draft = factories.approved_draft(drafting.deliverable, drafting.kol, drafting.reviewer, drafting.client)

    for attempt in (
        lambda: Draft.objects.filter(pk=draft.pk).update(state="client_changes", approved_at=None),
        lambda: Draft.objects.filter(pk=draft.pk).update(caption="Other words"),
        lambda: Draft.objects.filter(pk=draft.pk).delete(),
        lambda: Review.objects.filter(draft=draft).update(decision="changes", comment="no"),
        lambda: Review.objects.filter(draft=draft).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    with pytest.raises(Conflict, match="approval is final"):
        review.ask_for_changes(draft, by=drafting.reviewer, comment="Ganti")
    with pytest.raises(Conflict, match="final"):
        factories.submitted_draft(drafting.deliverable, drafting.kol, link="https://drive.example/x")


def test_what_was_looked_at_cannot_change_under_review(drafting: Cast) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    with pytest.raises(DatabaseError), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(caption="Something else")


def test_changes_use_a_round_and_reach_the_kol(drafting: Cast, drain_events: object) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    draft = review.approve(draft, by=drafting.reviewer)
    draft = review.ask_for_changes(draft, by=drafting.client, comment="Logo lebih besar")
    drain_events()  # type: ignore[operator]

    drafting.deliverable.refresh_from_db()
    assert draft.state == "client_changes"
    assert drafting.deliverable.state == "drafting"
    assert drafting.deliverable.revisions == 1
    assert review.rounds(drafting.deliverable) == review.Rounds(used=1, agreed=2, extra=0)
    assert [c.body for c in comments.thread(draft, user=drafting.kol)] == ["Logo lebih besar"]
    assert Notification.objects.filter(user=drafting.kol, kind="briefs.content_answered").count() == 1
    second = factories.submitted_draft(drafting.deliverable, drafting.kol)
    assert second.version == 2


def test_rounds_end_with_the_agreement_unless_another_is_granted(drafting: Cast) -> None:
    for _round in range(2):
        draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
        review.ask_for_changes(draft, by=drafting.reviewer, comment="Lagi")
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    with pytest.raises(Conflict, match="2 revision rounds"):
        review.ask_for_changes(draft, by=drafting.reviewer, comment="Lagi")
    with pytest.raises(Denied):
        review.grant_round(drafting.deliverable, by=drafting.reviewer, reason="x")
    review.grant_round(drafting.deliverable, by=drafting.manager, reason="Brief berubah")

    assert review.ask_for_changes(draft, by=drafting.reviewer, comment="Lagi").state == "agency_changes"
    assert review.rounds(drafting.deliverable).left == 0


def test_asking_for_changes_says_what(drafting: Cast) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    with pytest.raises(ValidationError) as refused:
        review.ask_for_changes(draft, by=drafting.reviewer, comment=" ")

    assert "comment" in refused.value.message_dict


def test_failed_checks_need_a_reason_from_the_kol_and_a_word_from_the_reviewer(drafting: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        factories.submitted_draft(drafting.deliverable, drafting.kol, caption="Pagi!")
    assert "override_reason" in refused.value.message_dict
    assert not Draft.objects.exists()
    draft = factories.submitted_draft(
        drafting.deliverable, drafting.kol, caption="Pagi!", override_reason="Tagar ada di gambar"
    )

    assert draft.checks_failed == 3
    assert draft.checks.filter(status="fail").count() == 3
    with pytest.raises(ValidationError):
        review.approve(draft, by=drafting.reviewer)
    assert review.approve(draft, by=drafting.reviewer, comment="Sudah dicek").state == "client_review"


def test_one_version_at_a_time_and_the_wrong_file_is_taken_back(drafting: Cast) -> None:
    first = factories.submitted_draft(drafting.deliverable, drafting.kol)
    with pytest.raises(Conflict, match="Version 1"):
        factories.submitted_draft(drafting.deliverable, drafting.kol)

    drafts.withdraw(first, by=drafting.kol)
    drafting.deliverable.refresh_from_db()

    assert drafting.deliverable.state == "drafting"
    assert drafting.deliverable.revisions == 0
    assert review.rounds(drafting.deliverable).used == 0
    assert factories.submitted_draft(drafting.deliverable, drafting.kol).version == 2
    with pytest.raises(Conflict, match="Version 2 has replaced"):
        review.approve(first, by=drafting.reviewer)


def test_no_draft_before_a_concept_is_chosen_unless_the_campaign_needs_none(cast: Cast) -> None:
    with pytest.raises(Conflict, match="two or three concepts"):
        factories.submitted_draft(cast.deliverable, cast.kol)

    review.save_settings(cast.campaign, by=cast.manager, concepts_required=False)

    assert (
        factories.submitted_draft(cast.deliverable, cast.kol, override_reason="Belum ada brief").version == 1
    )


def test_a_file_of_another_deliverable_is_refused(drafting: Cast) -> None:
    other = factories.add_deliverable(drafting.partnership)
    asset = factories.uploaded(other, drafting.kol)

    with pytest.raises(ValidationError) as refused:
        drafts.submit(drafting.deliverable, by=drafting.kol, asset=asset, caption=factories.GOOD_CAPTION)

    assert "asset" in refused.value.message_dict


def test_content_is_needed(drafting: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        drafts.submit(drafting.deliverable, by=drafting.kol, caption=factories.GOOD_CAPTION)
    assert "asset" in refused.value.message_dict
    with pytest.raises(ValidationError) as refused:
        drafts.submit(
            drafting.deliverable, by=drafting.kol, caption=factories.GOOD_CAPTION, link="javascript:x"
        )
    assert "link" in refused.value.message_dict


# --- who sees what ---------------------------------------------------------------------------------------------


def test_the_client_sees_a_draft_only_after_the_agency_let_it_through(drafting: Cast) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    assert not Draft.objects.visible_to(drafting.client).exists()
    assert not Asset.objects.visible_to(drafting.client).exists()

    review.approve(draft, by=drafting.reviewer)

    for who in ("client", "looker", "kol", "talent", "manager", "reviewer", "viewer"):
        assert Draft.objects.visible_to(getattr(drafting, who)).get() == draft, who
        assert Asset.objects.visible_to(getattr(drafting, who)).count() == 1, who
    for who in ("other_client", "other_kol", "other_staff"):
        user = getattr(drafting, who)
        for model in (Draft, Asset, ApprovalStep, Review):
            assert not model.objects.visible_to(user).exists(), (who, model)


def test_comments_stay_with_whom_they_are_for(drafting: Cast) -> None:
    draft = review.approve(
        factories.submitted_draft(drafting.deliverable, drafting.kol), by=drafting.reviewer
    )
    for audience in ("everyone", "creator", "client", "internal"):
        comments.add(draft, by=drafting.manager, body=audience, audience=audience)
    comments.add(draft, by=drafting.client, body="from client", audience="internal")

    def read(user: object) -> list[str]:
        return [c.body for c in comments.thread(draft, user=user)]  # type: ignore[arg-type]

    assert read(drafting.kol) == ["everyone", "creator"]
    assert read(drafting.client) == ["everyone", "client", "from client"]
    assert len(read(drafting.manager)) == 5
    assert read(drafting.other_client) == []


@pytest.mark.parametrize(
    ("_case", "pin", "field"),
    [
        ("outside", {"x": 2, "y": 0}, "x"),
        ("half a pin", {"x": 0.5}, "x"),
        ("after the end", {"at_seconds": 99}, "at_seconds"),
        ("before the start", {"at_seconds": -1}, "at_seconds"),
    ],
)
def test_a_pin_lies_inside(drafting: Cast, _case: str, pin: dict[str, float], field: str) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    with pytest.raises(ValidationError) as refused:
        comments.add(draft, by=drafting.reviewer, body="di sini", **pin)

    assert field in refused.value.message_dict


def test_a_pin_on_a_frame(drafting: Cast) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    comment = comments.add(draft, by=drafting.reviewer, body="logo", at_seconds=3.5, x=0.25, y=0.75)

    comment.refresh_from_db()
    assert (float(comment.at_seconds or 0), float(comment.x or 0), float(comment.y or 0)) == (3.5, 0.25, 0.75)


# --- the clock -------------------------------------------------------------------------------------------------

WEDNESDAY = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)  # 10:00 in Jakarta


@pytest.mark.parametrize(
    ("_case", "start", "hours", "due"),
    [
        ("within the week", WEDNESDAY, 24, datetime(2026, 11, 26, 3, 0, tzinfo=UTC)),
        ("over the weekend", WEDNESDAY + timedelta(days=2), 24, datetime(2026, 11, 30, 3, 0, tzinfo=UTC)),
        ("sent on Saturday", WEDNESDAY + timedelta(days=3), 24, datetime(2026, 11, 30, 17, 0, tzinfo=UTC)),
        ("two weeks", WEDNESDAY, 240, datetime(2026, 12, 9, 3, 0, tzinfo=UTC)),
    ],
)
def test_the_clock_does_not_run_at_weekends(_case: str, start: datetime, hours: int, due: datetime) -> None:
    assert review.due_at(start, hours) == due


def test_remind_then_late_then_escalate_each_once(drafting: Cast, drain_events: object) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    step = draft.steps.get(kind="agency")
    assert step.due_at is not None and step.opened_at is not None and step.next_action_at is not None
    moments = [step.next_action_at, step.due_at, step.due_at + review.ESCALATE_AFTER]

    said = []
    for moment in moments:
        for _again in range(2):
            review.run_clock(moment)
        said.append(
            list(
                Event.objects.filter(name__startswith="briefs.review_")
                .order_by("pk")
                .values_list("name", flat=True)
            )
        )
    drain_events()  # type: ignore[operator]

    assert said[-1] == ["briefs.review_due_soon", "briefs.review_overdue", "briefs.review_escalated"]
    assert [len(s) for s in said] == [1, 2, 3]
    step.refresh_from_db()
    assert step.next_action_at is None
    assert Notification.objects.filter(kind="briefs.review_late", user=drafting.manager).count() == 2


def test_a_late_decision_is_marked(drafting: Cast) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    draft.steps.filter(kind="agency").update(due_at=timezone.now() - timedelta(hours=1))

    review.approve(draft, by=drafting.reviewer)

    assert Review.objects.get().late is True


def test_delegating_goes_to_somebody_who_may_decide(drafting: Cast, staff: object) -> None:
    colleague = staff("reviewer")  # type: ignore[operator]
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    with pytest.raises(ValidationError):
        review.delegate(draft, by=drafting.reviewer, to=drafting.viewer)
    with pytest.raises(Denied):
        review.delegate(draft, by=drafting.kol, to=colleague)
    with pytest.raises(Denied):
        review.delegate(draft, by=drafting.client, to=drafting.client)
    step = review.delegate(draft, by=drafting.reviewer, to=colleague, note="Saya cuti")

    assert (step.assignee, step.delegated_by) == (colleague, drafting.reviewer)


# --- usage rights ----------------------------------------------------------------------------------------------


def test_rights_of_the_agreement_start_with_the_approval(drafting: Cast, drain_events: object) -> None:
    until = timezone.localdate() + timedelta(days=90)
    draft = factories.approved_draft(drafting.deliverable, drafting.kol, drafting.reviewer, drafting.client)
    draft.deliverable.agreement.usage_until = until
    draft.deliverable.agreement.usage_channels = ["Instagram ads", "Website"]

    rights.from_agreement(draft)
    rights.from_agreement(draft)

    assert list(UsageRight.objects.order_by("channel").values_list("channel", "ends")) == [
        ("Instagram ads", until),
        ("Website", until),
    ]


def test_a_right_is_announced_14_and_3_days_ahead_and_at_its_end_each_once(drafting: Cast) -> None:
    asset = factories.uploaded(drafting.deliverable, drafting.kol)
    today = timezone.localdate()
    right = rights.grant(
        asset,
        by=drafting.manager,
        channel="Meta ads",
        starts=today - timedelta(days=30),
        ends=today + timedelta(days=30),
    )

    told = []
    for day in range(33):
        for _again in range(2):
            rights.run_clock(today + timedelta(days=day))
        told.append(
            Event.objects.filter(subject_id=right.pk, name__startswith="briefs.usage_right_e").count()
        )

    assert told[15] == 0 and told[16] == 1 and told[27] == 2 and told[30] == 3 and told[32] == 3
    assert Event.objects.filter(name="briefs.usage_right_expired").count() == 1


def test_extending_starts_the_warnings_anew_and_an_ended_right_stays_ended(drafting: Cast) -> None:
    asset = factories.uploaded(drafting.deliverable, drafting.kol)
    today = timezone.localdate()
    right = rights.grant(
        asset, by=drafting.manager, channel="Meta ads", starts=today, ends=today + timedelta(days=3)
    )
    assert rights.run_clock(today) == 1

    rights.extend(right, by=drafting.manager, ends=today + timedelta(days=60))
    assert rights.run_clock(today) == 0
    rights.end(right, by=drafting.manager)
    with pytest.raises(Conflict):
        rights.extend(right, by=drafting.manager, ends=today + timedelta(days=90))
    with pytest.raises(ValidationError):
        rights.grant(asset, by=drafting.manager, channel="X", starts=today, ends=today - timedelta(days=1))
    with pytest.raises(Denied):
        rights.grant(asset, by=drafting.kol, channel="X", starts=today, ends=today)
