"""Agency, then client, then (where the campaign says so) legal: each step has a clock and one final decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import comments, handover
from briefs.models import ApprovalStep, Comment, Draft, ExtraRound, Review, ReviewSettings
from briefs.people import client_approvers, settings_of
from campaigns.models import Campaign, Deliverable
from krm.accounts.models import Role, User
from krm.accounts.permissions import allowed, check
from krm.errors import Conflict, Denied
from krm.events import record

Kind, StepState = ApprovalStep.Kind, ApprovalStep.State
STEP_OF_STATE = {
    Draft.State.SUBMITTED: Kind.AGENCY,
    Draft.State.CLIENT_REVIEW: Kind.CLIENT,
    Draft.State.LEGAL_REVIEW: Kind.LEGAL,
}
REMIND_AT = 0.75  # of the time allowed
ESCALATE_AFTER = timedelta(hours=12)


# --- the chain -------------------------------------------------------------------------------------------------


def open_chain(draft: Draft, chosen: ReviewSettings) -> None:
    """Write the steps of a new draft and start the first clock."""
    kinds = [Kind.AGENCY, Kind.CLIENT, *([Kind.LEGAL] if chosen.legal_step else [])]
    people = {Kind.AGENCY: chosen.agency_reviewer, Kind.LEGAL: chosen.legal_reviewer}
    steps = ApprovalStep.objects.bulk_create(
        ApprovalStep(draft=draft, kind=kind, order=order, assignee=people.get(kind))
        for order, kind in enumerate(kinds, 1)
    )
    _open_step(steps[0], chosen)


def _open_step(step: ApprovalStep, chosen: ReviewSettings) -> None:
    now = timezone.now()
    hours = {
        Kind.AGENCY: chosen.agency_hours,
        Kind.CLIENT: chosen.client_hours,
        Kind.LEGAL: chosen.legal_hours,
    }
    step.state, step.opened_at = StepState.OPEN, now
    step.due_at = due_at(now, hours[Kind(step.kind)])
    step.next_action_at = now + (step.due_at - now) * REMIND_AT
    step.save(update_fields=["state", "opened_at", "due_at", "next_action_at", "updated_at"])


def due_at(start: datetime, hours: int) -> datetime:
    """`hours` later, with Saturdays and Sundays of the organisation's calendar not counted."""
    moment = timezone.localtime(start)
    left = timedelta(hours=hours)
    while True:
        midnight = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        if moment.weekday() >= 5:
            moment = midnight
            continue
        if left <= midnight - moment:
            return moment + left
        left -= midnight - moment
        moment = midnight


def close_chain(draft: Draft) -> None:
    draft.steps.filter(state__in=[StepState.OPEN, StepState.WAITING]).update(
        state=StepState.CLOSED, next_action_at=None, updated_at=timezone.now()
    )


def locked(draft: Draft) -> Draft:
    """The draft under lock, as the database has it now: two reviewers cannot decide at once."""
    return (
        Draft.objects.select_for_update(of=("self",))
        .select_related("deliverable__partnership__campaign__brand", "deliverable__agreement")
        .get(pk=draft.pk)
    )


# --- deciding --------------------------------------------------------------------------------------------------


def may_decide(user: User, draft: Draft) -> bool:
    """Whether this person can decide on the draft as it stands; for buttons."""
    kind = STEP_OF_STATE.get(Draft.State(draft.state))
    if kind is None:
        return False
    if allowed(user, f"briefs.review_{kind}", draft):
        if kind != Kind.LEGAL or user.role == Role.ADMINISTRATOR:
            return True
        step = draft.current_step
        return step is None or step.assignee_id in (None, user.pk)
    return False


def may_decide_for_client(user: User, draft: Draft) -> bool:
    return (
        draft.state == Draft.State.CLIENT_REVIEW
        and allowed(user, "briefs.review_for_client", draft)
        and settings_of(draft.deliverable.partnership.campaign_id).for_client
    )


def _begin(draft: Draft, by: User | None, comment: str) -> tuple[Draft, ApprovalStep, bool]:
    """Lock, find the open step, and make sure `by` is the one who decides at it; None is a client with a link."""
    draft = locked(draft)
    kind = STEP_OF_STATE.get(Draft.State(draft.state))
    if kind is None or (by is None and kind != Kind.CLIENT):
        raise Conflict(_refusal(draft))
    step = draft.steps.select_for_update(of=("self",)).get(kind=kind)
    if by is None:
        return draft, step, False
    for_client = kind == Kind.CLIENT and not by.is_client
    if for_client:
        check(by, "briefs.review_for_client", draft)
        if not settings_of(draft.deliverable.partnership.campaign_id).for_client:
            raise Denied(
                _("The client decides in the client room. Campaign settings can allow recording it here.")
            )
        if not comment.strip():
            raise ValidationError({"comment": _("Say how and when the client answered.")})
    else:
        check(by, f"briefs.review_{kind}", draft)
        if kind == Kind.LEGAL and step.assignee_id not in (None, by.pk) and by.role != Role.ADMINISTRATOR:
            raise Denied(_("This step waits for %(name)s.") % {"name": step.assignee})
    return draft, step, for_client


def _refusal(draft: Draft) -> str:
    if draft.state == Draft.State.APPROVED:
        return _("This version is approved, and approval is final.")
    if draft.state in Draft.IN_REVIEW:
        return _("This version is “%(state)s”: it is not the client's turn.") % {
            "state": draft.get_state_display()
        }
    newest = draft.deliverable.drafts.order_by("-version").first()
    if newest is not None and newest.pk != draft.pk:
        return _("Version %(version)s has replaced this one: decide on that.") % {"version": newest.version}
    return _("This version is “%(state)s”: it is the KOL's turn.") % {"state": draft.get_state_display()}


@transaction.atomic
def approve(draft: Draft, *, by: User | None, comment: str = "", on_behalf: str = "") -> Draft:
    """Let the draft through the step at which it stands. After the last step it is final.

    `by` is None for a client who decides through a link: `briefs.linking` has checked it, `on_behalf` is their name.
    """
    draft, step, for_client = _begin(draft, by, comment)
    if step.kind == Kind.AGENCY and draft.checks_failed and not comment.strip():
        raise ValidationError({"comment": _("Some checks failed: say why it is fine all the same.")})
    _decide(step, draft, by, Review.Decision.APPROVED, comment, for_client, on_behalf)
    following = draft.steps.filter(state=StepState.WAITING).order_by("order").first()
    if following is None:
        draft.approved_at = timezone.now()
        draft.approve()
        draft.save(update_fields=["state", "approved_at", "updated_at"])
        handover.content_approved(draft.deliverable, by=by)
        record("briefs.draft_approved", draft, actor=by, data=_data(draft, step))
    else:
        draft.pass_agency() if step.kind == Kind.AGENCY else draft.pass_client()
        draft.save(update_fields=["state", "updated_at"])
        _open_step(following, settings_of(draft.deliverable.partnership.campaign_id))
        handover.next_step(draft.deliverable, kind=following.kind, by=by)
    record("briefs.review_decided", draft, actor=by, data={**_data(draft, step), "decision": "approved"})
    return draft


@transaction.atomic
def ask_for_changes(draft: Draft, *, by: User | None, comment: str, on_behalf: str = "") -> Draft:
    """Send it back with what should change. It uses one revision round of the agreement."""
    draft, step, for_client = _begin(draft, by, comment)
    if not comment.strip():
        raise ValidationError({"comment": _("Say what should change.")})
    used = rounds(draft.deliverable)
    if used.left <= 0:
        raise Conflict(
            _(
                "All %(allowed)s revision rounds of the agreement are used. A campaign manager can grant another one."
            )
            % {"allowed": used.allowed}
        )
    _decide(step, draft, by, Review.Decision.CHANGES, comment, for_client, on_behalf)
    {
        Kind.AGENCY: draft.agency_changes,
        Kind.CLIENT: draft.client_changes,
        Kind.LEGAL: draft.legal_changes,
    }[Kind(step.kind)]()
    draft.save(update_fields=["state", "updated_at"])
    close_chain(draft)
    comments.add_decision(draft, by=by, body=comment, author_name=on_behalf)
    handover.changes_asked(draft.deliverable, by=by)
    record("briefs.review_decided", draft, actor=by, data={**_data(draft, step), "decision": "changes"})
    return draft


def _decide(
    step: ApprovalStep,
    draft: Draft,
    by: User | None,
    decision: str,
    comment: str,
    for_client: bool,
    on_behalf: str = "",
) -> None:
    now = timezone.now()
    Review.objects.create(
        step=step,
        draft=draft,
        decision=decision,
        by=by,
        by_name=on_behalf or str(by),
        for_client=for_client,
        comment=comment.strip(),
        decided_at=now,
        late=step.due_at is not None and now > step.due_at,
    )
    step.state = StepState.APPROVED if decision == Review.Decision.APPROVED else StepState.CHANGES
    step.next_action_at = None
    step.save(update_fields=["state", "next_action_at", "updated_at"])


def _data(draft: Draft, step: ApprovalStep) -> dict[str, Any]:
    return {
        "deliverable_id": draft.deliverable_id,
        "campaign_id": draft.deliverable.partnership.campaign_id,
        "version": draft.version,
        "step": str(step.kind),
    }


# --- rounds ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rounds:
    used: int
    agreed: int
    extra: int

    @property
    def allowed(self) -> int:
        return self.agreed + self.extra

    @property
    def left(self) -> int:
        return self.allowed - self.used


def rounds(deliverable: Deliverable) -> Rounds:
    """Revision rounds used, against the agreement and what was granted on top."""
    return rounds_many([deliverable])[deliverable.pk]


def rounds_many(deliverables: list[Deliverable]) -> dict[int, Rounds]:
    """The same for many, in three queries."""
    keys = [d.pk for d in deliverables]
    used = dict(
        Draft.objects.filter(deliverable__in=keys, state__in=Draft.CHANGES)
        .order_by()
        .values_list("deliverable")
        .annotate(n=Count("pk"))
    )
    extra = dict(
        ExtraRound.objects.filter(deliverable__in=keys)
        .order_by()
        .values_list("deliverable")
        .annotate(n=Count("pk"))
    )
    agreed = dict(Deliverable.objects.filter(pk__in=keys).values_list("pk", "agreement__rounds"))
    return {pk: Rounds(used.get(pk, 0), agreed.get(pk, 0), extra.get(pk, 0)) for pk in keys}


@transaction.atomic
def grant_round(deliverable: Deliverable, *, by: User, reason: str) -> ExtraRound:
    """One more round than was agreed: a person takes responsibility for it."""
    check(by, "briefs.grant_round", deliverable)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why another round is fair to the KOL.")})
    extra = ExtraRound.objects.create(deliverable=deliverable, reason=reason.strip()[:300], granted_by=by)
    record("briefs.round_granted", deliverable, actor=by, data={"reason": extra.reason})
    return extra


# --- delegating and settings -----------------------------------------------------------------------------------


@transaction.atomic
def delegate(draft: Draft, *, by: User, to: User, note: str = "") -> ApprovalStep:
    """Hand the open step to somebody who may decide at it."""
    check(by, "briefs.delegate", draft)
    draft = locked(draft)
    kind = STEP_OF_STATE.get(Draft.State(draft.state))
    if kind is None:
        raise Conflict(_refusal(draft))
    if by.is_client != (kind == Kind.CLIENT):
        raise Denied(_("You can hand on reviews of your own side only."))
    if to not in delegates(draft, kind):
        raise ValidationError({"to": _("Choose somebody who may decide at this step.")})
    step = draft.steps.select_for_update(of=("self",)).get(kind=kind)
    step.assignee, step.delegated_by = to, by
    step.save(update_fields=["assignee", "delegated_by", "updated_at"])
    if note.strip():
        audience = Comment.Audience.CLIENT if by.is_client else Comment.Audience.INTERNAL
        comments.add(draft, by=by, body=note, audience=audience)
    record("briefs.review_delegated", draft, actor=by, data={**_data(draft, step), "to_id": to.pk})
    return step


def delegates(draft: Draft, kind: str) -> list[User]:
    campaign = draft.deliverable.partnership.campaign
    if kind == Kind.CLIENT:
        return list(client_approvers(campaign).order_by("name"))
    roles = [Role.ADMINISTRATOR, Role.CAMPAIGN_MANAGER, Role.REVIEWER]
    team = Q(all_teams=True) | Q(teams=campaign.brand.team_id)
    return list(User.objects.filter(team, role__in=roles, is_active=True).distinct().order_by("name"))


@transaction.atomic
def save_settings(campaign: Campaign, *, by: User, **values: Any) -> ReviewSettings:
    """How this campaign's content is reviewed; drafts already in review keep their chain."""
    check(by, "briefs.review_settings", campaign)
    chosen, _created = ReviewSettings.objects.select_for_update().get_or_create(campaign=campaign)
    known = {f.name for f in ReviewSettings._meta.fields} - {"id", "campaign"}
    for name, value in values.items():
        if name not in known:
            raise ValidationError({name: _("There is no such setting.")})
        setattr(chosen, name, value)
    for name in ("agency_reviewer", "legal_reviewer"):
        person = getattr(chosen, name)
        if person is not None and not allowed(person, "briefs.review_agency", campaign):
            raise ValidationError({name: _("Choose a reviewer who works on this brand.")})
    for name in ("agency_hours", "client_hours", "legal_hours"):
        if not 1 <= int(getattr(chosen, name)) <= 720:
            raise ValidationError({name: _("Between 1 and 720 hours.")})
    chosen.save()
    record(
        "briefs.review_settings_saved",
        campaign,
        actor=by,
        data={k: getattr(v, "pk", v) for k, v in values.items()},
    )
    return chosen


# --- the clock -------------------------------------------------------------------------------------------------


def run_clock(now: datetime | None = None) -> int:
    """Remind before a step is due, say when it is late, escalate when it stays so. Each once."""
    now = now or timezone.now()
    done = 0
    while True:
        with transaction.atomic():
            step = (
                ApprovalStep.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("draft__deliverable__partnership__campaign__brand")
                .filter(state=StepState.OPEN, next_action_at__lte=now)
                .order_by("next_action_at")
                .first()
            )
            if step is None:
                return done
            _tick(step, now)
            done += 1


def _tick(step: ApprovalStep, now: datetime) -> None:
    assert step.due_at is not None
    data = {**_data(step.draft, step), "step_id": step.pk}
    escalation = step.due_at + ESCALATE_AFTER
    if now >= escalation and step.escalated_at is None:
        step.escalated_at, step.overdue_at = now, step.overdue_at or now
        record("briefs.review_escalated", step.draft, data=data)
    elif now >= step.due_at and step.overdue_at is None:
        step.overdue_at = now
        record("briefs.review_overdue", step.draft, data=data)
    elif now < step.due_at and step.reminded_at is None:
        step.reminded_at = now
        record("briefs.review_due_soon", step.draft, data=data)
    later = [m for m in (step.due_at, escalation) if m > now]
    step.next_action_at = later[0] if later else None
    step.save(update_fields=["reminded_at", "overdue_at", "escalated_at", "next_action_at", "updated_at"])
