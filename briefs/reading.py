"""What pages and the API show of a campaign's content: shaped reads, a fixed number of queries each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import comments, drafts, review
from briefs.models import BriefReceipt, BriefVersion, Concept, Draft, ReviewSettings
from briefs.models.scoping import BRIEFED
from campaigns.models import Campaign, Deliverable, Partnership
from krm.accounts.models import User


@dataclass(frozen=True)
class Turn:
    """Whose turn it is with a deliverable and what they do next."""

    who: str  # creator, agency, client, nobody
    key: str
    label: str


def with_work(deliverables: Any) -> Any:
    """Deliverables with their concepts and drafts, for `turn_of` and cards: three queries for any number."""
    return deliverables.select_related(
        "account", "agreement", "partnership__creator", "partnership__campaign__brand"
    ).prefetch_related(
        Prefetch("concepts", Concept.objects.order_by("number")),
        Prefetch(
            "drafts", Draft.objects.select_related("asset").prefetch_related("steps").order_by("-version")
        ),
    )


def turn_of(deliverable: Any, *, concepts_required: bool = True) -> Turn:
    """Reads prefetched concepts and drafts only."""
    latest = next((d for d in deliverable.drafts.all() if d.state != Draft.State.WITHDRAWN), None)
    if deliverable.state == "cancelled":
        return Turn("nobody", "cancelled", _("Cancelled"))
    if deliverable.state in ("published", "accepted"):
        return Turn("nobody", "done", _("Published"))
    if deliverable.state == "approved":
        return Turn("creator", "publish", _("Approved: publish on the agreed date"))
    if latest is not None and latest.state == Draft.State.SUBMITTED:
        return Turn("agency", "review_agency", _("Agency reviews version %(v)s") % {"v": latest.version})
    if latest is not None and latest.state == Draft.State.CLIENT_REVIEW:
        return Turn("client", "review_client", _("Client reviews version %(v)s") % {"v": latest.version})
    if latest is not None and latest.state == Draft.State.LEGAL_REVIEW:
        return Turn("agency", "review_legal", _("Legal reviews version %(v)s") % {"v": latest.version})
    if latest is not None and latest.state in Draft.CHANGES:
        return Turn(
            "creator", "next_draft", _("Send version %(v)s with the changes") % {"v": latest.version + 1}
        )
    if deliverable.state == "drafting" or not concepts_required:
        return Turn("creator", "draft", _("Send the draft"))
    states = [c.state for c in deliverable.concepts.all()]
    if Concept.State.SUBMITTED in states:
        return Turn("agency", "choose", _("Choose a concept"))
    if Concept.State.CHANGES_REQUESTED in states:
        return Turn("creator", "revise", _("Change the concept"))
    return Turn("creator", "concepts", _("Send two or three concepts"))


@dataclass(frozen=True)
class WorkRow:
    deliverable: Any
    turn: Turn
    rounds: review.Rounds
    due_at: Any
    late: bool

    @property
    def latest(self) -> Any:
        return next((d for d in self.deliverable.drafts.all() if d.state != Draft.State.WITHDRAWN), None)


def work_rows(deliverables: QuerySet[Any], *, required: dict[int, bool] | bool = True) -> list[WorkRow]:
    rows = list(with_work(deliverables))
    used = review.rounds_many(rows)
    today, now = timezone.localdate(), timezone.now()
    made = []
    for row in rows:
        needs = required if isinstance(required, bool) else required.get(row.partnership.campaign_id, True)
        turn = turn_of(row, concepts_required=needs)
        latest = next(iter(row.drafts.all()), None)
        step = latest.current_step if latest is not None and latest.is_live else None
        due: Any = (
            step.due_at if step else row.due_on if turn.who == "creator" and turn.key != "publish" else None
        )
        late = bool(due) and (
            due < today if isinstance(due, date) and not hasattr(due, "hour") else due < now
        )
        made.append(WorkRow(row, turn, used[row.pk], due, late))
    return made


def concepts_required(campaigns: list[int]) -> dict[int, bool]:
    return dict(
        ReviewSettings.objects.filter(campaign__in=campaigns).values_list("campaign_id", "concepts_required")
    )


def content_of(campaign: Campaign, user: User) -> list[WorkRow]:
    """Everything being made in a campaign, in the order of KOL and deliverable."""
    found = (
        Deliverable.objects.visible_to(user).filter(partnership__campaign=campaign).exclude(state="cancelled")
    )
    return work_rows(
        found.order_by("partnership__creator__name", "order", "pk"), required=concepts_required([campaign.pk])
    )


@dataclass(frozen=True)
class ReaderRow:
    partnership: Any
    receipt: Any  # of the newest version
    read_number: int | None  # newest version this KOL has opened


def readers_of(campaign: Campaign, version: BriefVersion | None) -> list[ReaderRow]:
    """Who has read which version, KOL by KOL."""
    signed = list(
        Partnership.objects.filter(campaign=campaign, state__in=BRIEFED)
        .select_related("creator")
        .order_by("creator__name")
    )
    receipts: dict[int, list[BriefReceipt]] = {}
    for receipt in BriefReceipt.objects.filter(partnership__in=signed).select_related("version", "user"):
        receipts.setdefault(receipt.partnership_id, []).append(receipt)
    rows = []
    for partnership in signed:
        mine = receipts.get(partnership.pk, [])
        newest = next((r for r in mine if version is not None and r.version_id == version.pk), None)
        rows.append(ReaderRow(partnership, newest, max((r.version.number for r in mine), default=None)))
    return rows


@dataclass(frozen=True)
class Task:
    """One thing the KOL is asked to do."""

    key: str
    title: str
    sub: str
    url: str
    due: Any
    late: bool
    icon: str


ICONS = {"concepts": "bulb", "revise": "bulb", "draft": "upload", "next_draft": "upload"}


def tasks_of(user: User) -> list[Task]:
    """The KOL's to-do list over all their partnerships, most urgent first."""
    newest = BriefVersion.objects.filter(brief__campaign=OuterRef("campaign")).order_by("-number")
    receipt = BriefReceipt.objects.filter(
        partnership=OuterRef("pk"), version=OuterRef("newest_id"), acknowledged_at__isnull=False
    )
    signed = list(
        Partnership.objects.visible_to(user)
        .filter(state__in=BRIEFED, campaign__state="active")
        .select_related("campaign__brand", "creator")
        .annotate(
            newest_id=Subquery(newest.values("pk")[:1]), newest_number=Subquery(newest.values("number")[:1])
        )
        .annotate(acknowledged=Subquery(receipt.values("pk")[:1]))
        .order_by("pk")
    )
    tasks = [
        Task(
            "brief",
            _("Read the brief (version %(n)s)") % {"n": p.newest_number},
            f"{p.campaign} · {p.creator}",
            reverse("briefs:portal_brief", args=[p.pk]),
            None,
            False,
            "book",
        )
        for p in signed
        if p.newest_id and not p.acknowledged
    ]
    open_ones = Deliverable.objects.visible_to(user).filter(
        partnership__in=[p.pk for p in signed], state__in=["planned", "concept", "drafting"]
    )
    required = concepts_required([p.campaign_id for p in signed])
    for row in work_rows(open_ones.order_by("due_on", "pk"), required=required):
        if row.turn.who != "creator":
            continue
        d = row.deliverable
        tasks.append(
            Task(
                row.turn.key,
                row.turn.label,
                f"{d.title} · {d.partnership.campaign}",
                reverse("briefs:portal_deliverable", args=[d.pk]),
                row.due_at,
                row.late,
                ICONS.get(row.turn.key, "circle"),
            )
        )
    return sorted(tasks, key=lambda t: (not t.late, t.due is None, t.due or date.max))


def draft_page(draft: Draft, user: User) -> dict[str, Any]:
    """Everything the page of a draft shows to this person."""
    steps = list(draft.steps.select_related("assignee", "delegated_by", "review__by").order_by("order"))
    thread = comments.thread(draft, user=user)
    versions = (
        Draft.objects.visible_to(user)
        .filter(deliverable_id=draft.deliverable_id)
        .order_by("-version")
        .only("id", "version", "state")
    )
    return {
        "steps": [s for s in steps if s.kind == "client"] if user.is_client else steps,
        "checks": drafts.checks_of(draft),
        "thread": thread,
        "pins": [c for c in thread if c.x is not None or c.at_seconds is not None],
        "comparison": drafts.compare(draft, user=user),
        "versions": list(versions),
        "rounds": review.rounds(draft.deliverable),
        "may_decide": review.may_decide(user, draft),
        "may_decide_for_client": review.may_decide_for_client(user, draft),
    }


def workspace(deliverable: Any, user: User) -> dict[str, Any]:
    """One deliverable for the people who make it: concepts and drafts with their threads."""
    row = work_rows(
        Deliverable.objects.filter(pk=deliverable.pk),
        required=concepts_required([deliverable.partnership.campaign_id]),
    )[0]
    said: dict[tuple[str, int | None], list[Any]] = {}
    visible = comments.Comment.objects.visible_to(user).select_related("author").order_by("id")
    for comment in visible.filter(draft__deliverable=deliverable):
        said.setdefault(("draft", comment.draft_id), []).append(comment)
    for comment in visible.filter(concept__deliverable=deliverable):
        said.setdefault(("concept", comment.concept_id), []).append(comment)
    shown = list(row.deliverable.drafts.all())
    latest = next((d for d in shown if d.state != Draft.State.WITHDRAWN), None)
    return {
        "row": row,
        "deliverable": row.deliverable,
        "concepts": [(c, said.get(("concept", c.pk), [])) for c in row.deliverable.concepts.all()],
        "drafts": [(d, said.get(("draft", d.pk), [])) for d in shown],
        "latest": latest,
        "checks": drafts.checks_of(latest) if latest else [],
        "draft_refusal": drafts.why_not(row.deliverable),
        "may_send_concepts": deliverable.state in ("planned", "concept")
        and not any(c.state == Concept.State.CHOSEN for c in row.deliverable.concepts.all())
        and sum(c.state != Concept.State.REJECTED for c in row.deliverable.concepts.all()) < 3,
    }
