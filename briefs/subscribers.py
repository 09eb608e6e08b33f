"""What this room follows, and whom it tells. Every handler may run twice: `notify` keys tell people once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from briefs import people, rights
from briefs.models import BriefingCall, BriefVersion, Comment, Concept, Draft, UsageRight
from briefs.models.scoping import BRIEFED
from campaigns.models import Partnership
from krm.accounts.models import Role, User
from krm.events import notify, register_kind, subscribe
from krm.events.models import Event

register_kind("briefs.brief_published", _("Brief published or changed"))
register_kind("briefs.brief_acknowledged", _("KOL has read the brief"), email=False)
register_kind("briefs.call", _("Briefing call planned or moved"))
register_kind("briefs.concepts", _("Concepts to look at"))
register_kind("briefs.concept_answered", _("Your concept was answered"))
register_kind("briefs.review", _("Content waits for your review"))
register_kind("briefs.review_late", _("A review is due or late"))
register_kind("briefs.content_answered", _("Your content was answered"))
register_kind("briefs.comment", _("New comment"))
register_kind("briefs.usage_right", _("Usage right ends"))


def _url(user: User, name: str, *args: Any) -> str:
    """The page of the same thing in the reader's own area."""
    prefix = "portal_" if user.is_portal else "client_" if user.is_client else ""
    return reverse(f"briefs:{prefix}{name}", args=args)


def _tell(
    event: Event,
    kind: str,
    users: Iterable[User],
    subject: Any,
    *,
    page: tuple[Any, ...],
    title: Any,
    text: Any = "",
    key: str = "",
) -> None:
    """Notify each person with the address of the page in their own area; nobody hears of their own deed."""
    by_url: dict[str, list[User]] = {}
    for user in users:
        if user.pk != event.actor_id:
            by_url.setdefault(_url(user, *page), []).append(user)
    for url, group in by_url.items():
        notify(kind, group, subject, title=title, text=text, url=url, key=key or f"{event.name}:{event.pk}")


@subscribe("briefs.brief_published", name="briefs.tell_brief_published")
def brief_published(event: Event) -> None:
    version = BriefVersion.objects.select_related("brief__campaign").filter(pk=event.subject_id).first()
    if version is None:
        return
    campaign = version.brief.campaign
    for partnership in Partnership.objects.filter(campaign=campaign, state__in=BRIEFED):
        _tell(
            event,
            "briefs.brief_published",
            people.creator_side(partnership.creator_id),
            version,
            page=("brief", partnership.pk),
            title=format_lazy(
                _("Brief of {campaign}, version {number}"), campaign=campaign.name, number=version.number
            ),
            text=version.note,
        )


@subscribe("campaigns.agreement_signed", name="briefs.tell_brief_ready")
def brief_ready(event: Event) -> None:
    """A KOL who signs after the brief was published is told where it is."""
    partnership = (
        Partnership.objects.select_related("campaign").filter(agreement__pk=event.subject_id).first()
        if event.subject_type == "campaigns.agreement"
        else None
    )
    version = (
        BriefVersion.objects.filter(brief__campaign=partnership.campaign_id).first() if partnership else None
    )
    if partnership is None or version is None:
        return
    _tell(
        event,
        "briefs.brief_published",
        people.creator_side(partnership.creator_id),
        version,
        page=("brief", partnership.pk),
        title=format_lazy(_("Read the brief of {campaign}"), campaign=partnership.campaign.name),
    )


@subscribe("briefs.brief_acknowledged", name="briefs.tell_acknowledged")
def brief_acknowledged(event: Event) -> None:
    partnership = (
        Partnership.objects.select_related("campaign__owner", "creator")
        .filter(pk=event.data.get("partnership_id"))
        .first()
    )
    if partnership is not None:
        _tell(
            event,
            "briefs.brief_acknowledged",
            [partnership.campaign.owner],
            partnership,
            page=("campaign_brief", partnership.campaign_id),
            title=format_lazy(_("{creator} has read the brief"), creator=str(partnership.creator)),
            text=partnership.campaign.name,
        )


@subscribe("briefs.call_planned", "briefs.call_moved", "briefs.call_cancelled", name="briefs.tell_call")
def call_changed(event: Event) -> None:
    call = BriefingCall.objects.filter(pk=event.subject_id).first()
    if call is None:
        return
    title = {
        "briefs.call_planned": _("Briefing call: {title}"),
        "briefs.call_moved": _("Briefing call moved: {title}"),
        "briefs.call_cancelled": _("Briefing call cancelled: {title}"),
    }[event.name]
    for row in call.attendances.select_related("partnership"):
        _tell(
            event,
            "briefs.call",
            people.creator_side(row.partnership.creator_id),
            call,
            page=("brief", row.partnership_id),
            title=format_lazy(title, title=call.title),
        )


@subscribe("briefs.concept_submitted", name="briefs.tell_concepts")
def concept_submitted(event: Event) -> None:
    concept = _concept(event)
    # Three concepts that came together are one message: the first of them carries it.
    if concept is None or (event.data.get("revision") == 1 and _earlier_in_same_go(concept)):
        return
    partnership = concept.deliverable.partnership
    _tell(
        event,
        "briefs.concepts",
        people.agency_reviewers(partnership.campaign),
        concept,
        page=("concepts", concept.deliverable_id),
        title=format_lazy(
            _("{creator} sent concepts for {deliverable}"),
            creator=str(partnership.creator),
            deliverable=concept.deliverable.title,
        ),
        text=partnership.campaign.name,
    )


def _earlier_in_same_go(concept: Concept) -> bool:
    return Concept.objects.filter(
        deliverable_id=concept.deliverable_id, number__lt=concept.number, submitted_at=concept.submitted_at
    ).exists()


@subscribe("briefs.concept_chosen", "briefs.concept_changes_requested", name="briefs.tell_concept_answered")
def concept_answered(event: Event) -> None:
    concept = _concept(event)
    if concept is None:
        return
    title = (
        _("Your concept “{title}” was chosen: make the draft")
        if event.name == "briefs.concept_chosen"
        else _("Changes asked for: concept “{title}”")
    )
    _tell(
        event,
        "briefs.concept_answered",
        people.creator_side(concept.deliverable.partnership.creator_id),
        concept,
        page=("deliverable", concept.deliverable_id),
        title=format_lazy(title, title=concept.title),
    )


def _concept(event: Event) -> Concept | None:
    return (
        Concept.objects.select_related(
            "deliverable__partnership__campaign__brand", "deliverable__partnership__creator"
        )
        .filter(pk=event.subject_id)
        .first()
    )


def _draft(event: Event) -> Draft | None:
    return Draft.objects.for_cards().filter(pk=event.subject_id).first()


@subscribe("briefs.draft_submitted", name="briefs.tell_agency_review")
def draft_submitted(event: Event) -> None:
    draft = _draft(event)
    if draft is not None:
        _ask_deciders(event, draft)


def _ask_deciders(event: Event, draft: Draft) -> None:
    step = draft.steps.filter(state="open").select_related("assignee").first()
    if step is None:
        return
    step.draft = draft
    _tell(
        event,
        "briefs.review",
        people.deciders(step),
        draft,
        page=("draft", draft.pk),
        title=format_lazy(
            _("Review: {creator}, {deliverable}, version {version}"),
            creator=str(draft.deliverable.partnership.creator),
            deliverable=draft.deliverable.title,
            version=draft.version,
        ),
        text=draft.deliverable.partnership.campaign.name,
        key=f"briefs.step:{step.pk}",  # events that come late find the same open step: each person is asked once
    )


@subscribe("briefs.review_delegated", name="briefs.tell_delegate")
def review_delegated(event: Event) -> None:
    draft = _draft(event)
    if draft is not None:
        _ask_deciders(event, draft)


@subscribe("briefs.review_decided", name="briefs.tell_decided")
def review_decided(event: Event) -> None:
    draft = _draft(event)
    if draft is None:
        return
    partnership = draft.deliverable.partnership
    approved = event.data.get("decision") == "approved"
    if approved and draft.state != Draft.State.APPROVED:
        _ask_deciders(event, draft)
        return
    title = _("Approved: {deliverable}") if approved else _("Changes asked for: {deliverable}")
    # On the final approval `campaigns` tells the KOL, with the publishing date.
    told = [partnership.campaign.owner]
    if not approved:
        told += people.creator_side(partnership.creator_id)
    for user in told:
        page = ("deliverable", draft.deliverable_id) if user.is_portal else ("draft", draft.pk)
        _tell(
            event,
            "briefs.content_answered",
            [user],
            draft,
            page=page,
            title=format_lazy(title, deliverable=draft.deliverable.title),
            text=partnership.campaign.name,
        )


@subscribe("briefs.draft_approved", name="briefs.rights_from_agreement")
def rights_from_agreement(event: Event) -> None:
    draft = (
        Draft.objects.select_related("deliverable__agreement", "asset").filter(pk=event.subject_id).first()
    )
    if draft is not None:
        rights.from_agreement(draft)


@subscribe(
    "briefs.review_due_soon", "briefs.review_overdue", "briefs.review_escalated", name="briefs.tell_late"
)
def review_late(event: Event) -> None:
    draft = _draft(event)
    step = (
        draft.steps.filter(pk=event.data.get("step_id")).select_related("assignee").first() if draft else None
    )
    if draft is None or step is None or step.state != "open":
        return
    step.draft = draft
    campaign = draft.deliverable.partnership.campaign
    told: list[User] = list(people.deciders(step))
    title = _("Due soon: review of {deliverable}")
    if event.name == "briefs.review_overdue":
        title = _("Late: review of {deliverable}")
        told.append(campaign.owner)
    elif event.name == "briefs.review_escalated":
        title = _("Still waiting: review of {deliverable}")
        told = [campaign.owner, *people.staff_of(campaign, [Role.ADMINISTRATOR])]
    _tell(
        event,
        "briefs.review_late",
        {user.pk: user for user in told}.values(),
        draft,
        page=("draft", draft.pk),
        title=format_lazy(title, deliverable=draft.deliverable.title),
        text=campaign.name,
    )


@subscribe("briefs.comment_added", name="briefs.tell_comment")
def comment_added(event: Event) -> None:
    comment = (
        Comment.objects.select_related(
            "author",
            "draft__deliverable__partnership__campaign__brand",
            "concept__deliverable__partnership__campaign__brand",
        )
        .filter(pk=event.data.get("comment_id"))
        .first()
    )
    if comment is None:
        return
    subject = comment.draft or comment.concept
    assert subject is not None
    deliverable = subject.deliverable
    partnership = deliverable.partnership
    told: list[User] = list(people.agency_reviewers(partnership.campaign))
    if comment.audience in (Comment.Audience.EVERYONE, Comment.Audience.CREATOR):
        told += people.creator_side(partnership.creator_id)
    if comment.audience in (Comment.Audience.EVERYONE, Comment.Audience.CLIENT):
        told += people.client_approvers(partnership.campaign)
    for user in {user.pk: user for user in told}.values():
        if user.is_client and not (
            comment.draft and Draft.objects.visible_to(user).filter(pk=comment.draft_id or 0).exists()
        ):
            continue
        page: tuple[Any, ...] = ("deliverable", deliverable.pk)
        if not user.is_portal:
            page = ("draft", comment.draft_id) if comment.draft_id else ("concepts", deliverable.pk)
        _tell(
            event,
            "briefs.comment",
            [user],
            subject,
            page=page,
            title=format_lazy(_("{who} on {deliverable}"), who=comment.writer, deliverable=deliverable.title),
            text=comment.body[:300],
        )


@subscribe(
    "briefs.usage_right_ending",
    "briefs.usage_right_expired",
    "briefs.usage_right_ended",
    name="briefs.tell_right",
)
def usage_right_ends(event: Event) -> None:
    right = UsageRight.objects.select_related("asset__campaign__owner").filter(pk=event.subject_id).first()
    if right is None:
        return
    ending = event.name == "briefs.usage_right_ending"
    title = (
        _("Usage right ends in {days} days: {asset} on {channel}")
        if ending
        else _("Stop running: {asset} on {channel}")
    )
    _tell(
        event,
        "briefs.usage_right",
        [right.asset.campaign.owner],
        right,
        page=("asset", right.asset_id),
        title=format_lazy(
            title, days=event.data.get("days", 0), asset=right.asset.name, channel=right.channel
        ),
        text=right.asset.campaign.name,
    )
