"""Staff pages of what is made: the campaign's content tab, concepts, the review queue, a draft under review."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from briefs import assets, comments, concepts, drafts, people, reading, review
from briefs.models import ApprovalStep, Asset, Comment, Concept, Draft, ReviewSettings
from briefs.web.forms import (
    CommentForm,
    DelegateForm,
    DraftForm,
    OptionalCommentForm,
    ReasonedForm,
    ReviewSettingsForm,
    RoundForm,
)
from campaigns.models import Campaign, Deliverable
from krm.accounts.permissions import allowed
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, ObjectFormPage, Page, TabPage, verb_view


class CampaignContent(TabPage):
    model = Campaign
    tabset = "campaign"
    tab_key = "content"
    template_name = "briefs/campaign_content.html"

    def get_context(self) -> dict[str, Any]:
        rows = reading.content_of(self.object, self.request.user)  # type: ignore[arg-type]
        waiting = {"agency": 0, "creator": 0, "client": 0}
        for row in rows:
            if row.turn.who in waiting and row.turn.key != "publish":
                waiting[row.turn.who] += 1
        return {
            "campaign": self.object,
            "rows": rows,
            "waiting": waiting,
            "late": sum(row.late for row in rows),
            "may_set": allowed(self.request.user, "briefs.review_settings", self.object),
            "may_share": allowed(self.request.user, "campaigns.share", self.object)
            and self.object.state != "draft",
        }


class ReviewSettingsPage(ObjectFormPage):
    guards = True
    model = Campaign
    perm = "briefs.review_settings"
    title = _("Review settings")
    form_class = ReviewSettingsForm
    success_message = _("Review settings saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        chosen = ReviewSettings.objects.filter(campaign=self.object).first() or ReviewSettings(
            campaign=self.object
        )
        kwargs: dict[str, Any] = {
            "instance": chosen,
            "people": people.staff_of(self.object, ["administrator", "campaign_manager", "reviewer"]),
        }
        if self.request.method == "POST":
            kwargs["data"] = self.request.POST
        return kwargs

    def save(self, form: ReviewSettingsForm) -> Any:
        return review.save_settings(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self, obj: Any) -> str:
        return reverse("briefs:campaign_content", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return reverse("briefs:campaign_content", args=[self.object.pk])


class DeliverablePanel(DetailPage):
    """On the staff page of a deliverable: concepts, drafts, whose turn."""

    model = Deliverable
    template_name = "briefs/deliverable_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        found = Deliverable.objects.filter(pk=self.object.pk)
        needs = reading.concepts_required([self.object.partnership.campaign_id])
        return {"row": reading.work_rows(found, required=needs)[0]}


# --- concepts --------------------------------------------------------------------------------------------------


class Concepts(DetailPage):
    """All concepts of a deliverable side by side, each with its thread."""

    model = Deliverable
    template_name = "briefs/concepts.html"
    history = False

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator", "account")
        )

    def get_title(self) -> Any:
        return _("Concepts: %(what)s") % {"what": self.object.title}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        campaign = self.object.partnership.campaign
        return [(str(campaign), reverse("briefs:campaign_content", args=[campaign.pk]))]

    def get_context(self) -> dict[str, Any]:
        work = reading.workspace(self.object, self.request.user)  # type: ignore[arg-type]
        return {
            **work,
            "may_decide": allowed(self.request.user, "briefs.decide_concept", self.object),
            "comment_form": CommentForm(auto_id=False),
            "open": self.object.state in concepts.OPEN_DELIVERABLE,
        }


concept_choose = verb_view(
    Concept, concepts.choose, perm="briefs.decide_concept", form=OptionalCommentForm, title=_("Choose this concept"), submit_label=_("Choose"),
    success=_("Concept chosen. The KOL is told to make the draft."),
)  # fmt: skip
concept_changes = verb_view(
    Concept, concepts.ask_for_changes, perm="briefs.decide_concept", form=ReasonedForm, title=_("Ask for changes"), submit_label=_("Send"),
    success=_("Sent. The KOL is told what to change."),
)  # fmt: skip
concept_reject = verb_view(
    Concept, concepts.reject, perm="briefs.decide_concept", form=OptionalCommentForm, title=_("Close this concept"), submit_label=_("Close concept"),
    success=_("Concept closed."),
)  # fmt: skip


def _say(subject: Any, *, by: Any, **data: Any) -> Any:
    return comments.add(subject, by=by, **data)


concept_comment = verb_view(
    Concept, _say, form=CommentForm, title=_("Comment"), submit_label=_("Send"), success=_("Comment sent.")
)
draft_comment = verb_view(
    Draft, _say, form=CommentForm, title=_("Comment"), submit_label=_("Send"), success=_("Comment sent.")
)
comment_resolve = verb_view(Comment, comments.resolve)


# --- review ----------------------------------------------------------------------------------------------------


class QueueFilter(django_filters.FilterSet):
    turn = django_filters.ChoiceFilter(
        label=_("Whose turn"),
        choices=[
            ("mine", _("Mine")),
            ("agency", _("Agency")),
            ("client", _("Client")),
            ("legal", _("Legal")),
        ],
        method="by_turn",
    )
    overdue = django_filters.BooleanFilter(label=_("Late"), method="by_overdue")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=Draft.State.choices)
    campaign = django_filters.ModelChoiceFilter(
        label=_("Campaign"),
        field_name="deliverable__partnership__campaign",
        queryset=lambda request: Campaign.objects.visible_to(request.user if request else None),
    )

    class Meta:
        model = Draft
        fields = ["turn", "overdue", "state", "campaign"]

    def by_turn(self, queryset: Any, name: str, value: str) -> Any:
        if value != "mine":
            return queryset.filter(step_kind=value)
        user = self.request.user
        unassigned = Q(step_assignee=None, step_kind="agency")
        if not allowed(user, "briefs.review_agency"):
            unassigned = Q(pk__in=[])
        return queryset.filter(Q(step_assignee=user.pk) | unassigned)

    def by_overdue(self, queryset: Any, name: str, value: bool) -> Any:
        late = Q(step_due__lt=timezone.now())
        return queryset.filter(late) if value else queryset.exclude(late)


class Queue(ListPage):
    """What waits for a decision; 'mine' and 'late' are one click away."""

    name = "briefs.queue"
    title = _("Reviews")
    model = Draft
    perm = "briefs.view_queue"
    filterset_class = QueueFilter
    search_fields = [
        "deliverable__title",
        "deliverable__partnership__creator__name",
        "deliverable__partnership__campaign__name",
        "caption",
    ]
    default_sort = "due"
    empty = Empty(
        _("Nothing waits for review"),
        _("Drafts appear here when a KOL sends one. Clear the filters to see all versions."),
        icon="checks",
    )
    columns = [
        Column(
            "content",
            _("Content"),
            value=lambda d: f"{d.deliverable.title} · v{d.version}",
            link=lambda d: d.get_absolute_url(),
            sub=lambda d: str(d.deliverable.partnership.creator),
        ),
        Column(
            "campaign",
            _("Campaign"),
            value=lambda d: str(d.deliverable.partnership.campaign),
            sub=lambda d: str(d.deliverable.partnership.campaign.brand),
        ),
        Column("platform", _("Platform"), value=lambda d: d.deliverable.get_platform_display(), kind="badge"),
        Column("state", _("State"), kind="state", sort="state"),
        Column("checks", _("Checks"), value=lambda d: _check_text(d)),
        Column("assignee", _("With"), value="step_assignee_name"),
        Column("due", _("Due"), kind="ago", value="step_due", sort="step_due"),
        Column("late", _("Late"), kind="bool", value=lambda d: bool(d.step_due and d.step_due < timezone.now())),
        Column("submitted_at", _("Sent"), kind="datetime", sort="submitted_at"),
    ]  # fmt: skip

    def get_queryset(self) -> Any:
        step = ApprovalStep.objects.filter(draft=OuterRef("pk"), state="open")
        rows = Draft.objects.visible_to(self.request.user).for_cards()
        rows = rows.annotate(
            step_due=Subquery(step.values("due_at")[:1]),
            step_kind=Subquery(step.values("kind")[:1]),
            step_assignee=Subquery(step.values("assignee")[:1]),
            step_assignee_name=Subquery(step.values("assignee__name")[:1]),
        )
        if not any(self.params.get(name) for name in ("state", "turn", "q", "campaign")):
            rows = rows.filter(Exists(step))
        return rows


class HomeReviews(Page):
    """Panel on the home page: what waits for this person."""

    perm = "briefs.view_queue"
    template_name = "briefs/home_reviews.html"

    def get_context(self) -> dict[str, Any]:
        user: Any = self.request.user
        mine = Q(assignee=user)
        if allowed(user, "briefs.review_agency"):
            mine |= Q(assignee=None, kind="agency")
        steps = ApprovalStep.objects.visible_to(user).filter(mine, state="open").order_by("due_at")
        ideas = (
            Concept.objects.visible_to(user)
            .filter(state=Concept.State.SUBMITTED)
            .select_related("deliverable__partnership__creator", "deliverable__partnership__campaign")
            .order_by("deliverable_id", "number")
            .distinct("deliverable_id")
        )
        return {
            "steps": steps.select_related(
                "draft__deliverable__partnership__creator", "draft__deliverable__partnership__campaign"
            )[:8],
            "ideas": ideas[:8],
            "now": timezone.now(),
        }


def _check_text(draft: Draft) -> str:
    if draft.checks_failed:
        return str(_("%(n)s failed") % {"n": draft.checks_failed})
    if draft.checks_warned:
        return str(_("%(n)s to look at") % {"n": draft.checks_warned})
    return str(_("All passed"))


class DraftPage(DetailPage):
    """Media, caption, checks, thread and the decision on one page."""

    model = Draft
    template_name = "briefs/draft.html"

    def get_queryset(self) -> Any:
        return (
            Draft.objects.visible_to(self.request.user)
            .for_cards()
            .select_related("deliverable__agreement", "brief_version")
        )

    def get_title(self) -> Any:
        return f"{self.object.deliverable.title} · v{self.object.version}"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        campaign = self.object.deliverable.partnership.campaign
        return [(str(campaign), reverse("briefs:campaign_content", args=[campaign.pk]))]

    def get_context(self) -> dict[str, Any]:
        user, draft = self.request.user, self.object
        page = reading.draft_page(draft, user)  # type: ignore[arg-type]
        return {
            **page,
            "draft": draft,
            "deliverable": draft.deliverable,
            "decision_form": OptionalCommentForm(auto_id="decide_%s"),
            "comment_form": CommentForm(initial={"audience": "creator"}, auto_id="say_%s"),
            "may_delegate": draft.is_live and page["may_decide"],
            "may_grant": allowed(user, "briefs.grant_round", draft.deliverable) and page["rounds"].left <= 0,
            "file_url": "briefs:asset_file",
            "base_name": "briefs:draft",
        }


def decide_view(area: str) -> Any:
    """One form with two buttons: `decision` says which verb runs. A refusal keeps the typed comment."""
    wanted = area

    class Decide(ObjectFormPage):
        model = Draft
        area = wanted
        perm = "briefs.review_client" if wanted == "client" else "briefs.review_agency"
        form_class = OptionalCommentForm
        template_name = "briefs/decide.html"
        title = _("Your decision")

        def get_queryset(self) -> Any:
            return Draft.objects.visible_to(self.request.user).for_cards()

        def get_context(self) -> dict[str, Any]:
            user: Any = self.request.user
            return {
                "draft": self.object,
                "may_decide": review.may_decide(user, self.object)
                or review.may_decide_for_client(user, self.object),
            }

        def save(self, form: OptionalCommentForm) -> Any:
            verb = (
                review.ask_for_changes if self.request.POST.get("decision") == "changes" else review.approve
            )
            return verb(self.object, by=self.request.user, comment=form.cleaned_data["comment"])  # type: ignore[arg-type]

        def get_success_message(self, obj: Any) -> str:
            if obj.state == Draft.State.APPROVED:
                return str(_("Approved. This is final; the KOL may publish."))
            if obj.state in Draft.CHANGES:
                return str(_("Sent back. The KOL is told what to change."))
            return str(_("Approved. The next reviewer is told."))

        def get_success_url(self, obj: Any) -> str:
            return self.home()

        def get_cancel_url(self) -> str:
            return self.home()

        def home(self) -> str:
            prefix = "client_" if wanted == "client" else ""
            return reverse(f"briefs:{prefix}draft", args=[self.object.pk])

    return Decide


draft_decide = decide_view("staff").as_view()


def delegate_view(area: str) -> Any:
    wanted = area

    class Delegate(ObjectFormPage):
        model = Draft
        area = wanted
        perm = "briefs.delegate"
        form_class = DelegateForm
        title = _("Hand on this review")
        submit_label = _("Hand on")
        success_message = _("Handed on.")

        def get_form_kwargs(self) -> dict[str, Any]:
            kind = review.STEP_OF_STATE.get(Draft.State(self.object.state), "agency")
            found = review.delegates(self.object, kind)
            return {**super().get_form_kwargs(), "people": [p for p in found if p != self.request.user]}

        def save(self, form: DelegateForm) -> Any:
            review.delegate(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
            return self.object

        def get_success_url(self, obj: Any) -> str:
            prefix = "client_" if wanted == "client" else ""
            return reverse(f"briefs:{prefix}draft", args=[self.object.pk])

        get_cancel_url = lambda self: self.get_success_url(None)  # noqa: E731

    return Delegate


draft_delegate = delegate_view("staff").as_view()


class GrantRound(ObjectFormPage):
    model = Deliverable
    perm = "briefs.grant_round"
    title = _("Grant another revision round")
    submit_label = _("Grant")
    form_class = RoundForm
    success_message = _("One more round is granted.")

    def save(self, form: RoundForm) -> Any:
        return review.grant_round(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self, obj: Any) -> str:
        latest = self.object.drafts.order_by("-version").first()
        return latest.get_absolute_url() if latest else reverse("briefs:concepts", args=[self.object.pk])


# --- sending a draft (also for the KOL, when the file came by chat) ----------------------------------------------


class DraftNew(ObjectFormPage):
    """The next version of the content: file, caption, checks while typing."""

    model = Deliverable
    perm = "briefs.submit_draft"
    form_class = DraftForm
    template_name = "briefs/draft_form.html"
    submit_label = _("Send to review")
    success_message = _("Sent. You hear from us when it is reviewed.")

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator", "agreement")
        )

    def get_title(self) -> Any:
        return _("Draft: %(what)s") % {"what": self.object.title}

    def get_initial(self) -> dict[str, Any]:
        latest = self.object.drafts.order_by("-version").first()
        return {"caption": latest.caption, "link": latest.link} if latest else {}

    def save(self, form: DraftForm) -> Any:
        data: dict[str, Any] = dict(form.cleaned_data)
        asset = self.chosen(data.pop("asset"))
        file = data.pop("file")
        if file is not None:
            asset = assets.upload_file(file, by=self.request.user, deliverable=self.object)  # type: ignore[arg-type]
            typed: Any = form.data
            form.data = {**typed.dict(), "asset": str(asset.pk)}  # a refusal below must not lose the file
        return drafts.submit(self.object, by=self.request.user, asset=asset, **data)  # type: ignore[arg-type]

    def chosen(self, pk: int | None) -> Asset | None:
        if not pk:
            return None
        found = Asset.objects.visible_to(self.request.user).filter(pk=pk, deliverable=self.object).first()
        if found is None:
            raise Http404
        return found

    def form_response(self, form: Any, status: int = 200) -> HttpResponse:
        refusal = drafts.why_not(self.object)
        kept = form["asset"].value()
        answer = super().form_response(form, status)
        answer.context_data |= {  # type: ignore[attr-defined]
            "deliverable": self.object,
            "refusal": refusal,
            "kept": Asset.objects.visible_to(self.request.user).filter(pk=kept).first()
            if str(kept or "").isdigit()
            else None,
            "prefix": "portal_" if self.area == "portal" else "",
            "rounds": review.rounds(self.object),
        }
        return answer

    def get_cancel_url(self) -> str:
        return reverse("briefs:concepts", args=[self.object.pk])

    def get_success_url(self, obj: Any) -> str:
        return str(obj.get_absolute_url())


draft_withdraw = verb_view(
    Draft, drafts.withdraw, success=_("Taken back. Send the right version when it is ready.")
)
