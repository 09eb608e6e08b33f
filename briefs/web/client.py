"""The client's pages: content that waits for them, large, with two buttons. Never a cost, never an internal word."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from briefs import reading
from briefs.models import Draft
from briefs.web.content import _say, decide_view, delegate_view
from briefs.web.files import AssetFile, AssetPreview
from briefs.web.forms import CommentForm, OptionalCommentForm
from campaigns.models import Campaign
from krm.web.pages import DetailPage, Page, verb_view


def shown_drafts(user: Any) -> Any:
    return Draft.objects.visible_to(user).for_cards().prefetch_related("steps").order_by("-submitted_at")


class Content(Page):
    area = "client"
    title = _("Content")
    template_name = "briefs/client/content.html"

    def get_context(self) -> dict[str, Any]:
        drafts = list(shown_drafts(self.request.user)[:200])
        return {
            "waiting": [d for d in drafts if d.state == Draft.State.CLIENT_REVIEW],
            "others": [d for d in drafts if d.state != Draft.State.CLIENT_REVIEW],
        }


class CampaignContent(DetailPage):
    """Panel on the client's campaign page."""

    model = Campaign
    area = "client"
    template_name = "briefs/client/panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        drafts = list(
            shown_drafts(self.request.user).filter(deliverable__partnership__campaign=self.object)[:60]
        )
        return {
            "waiting": [d for d in drafts if d.state == Draft.State.CLIENT_REVIEW],
            "others": [d for d in drafts if d.state != Draft.State.CLIENT_REVIEW],
        }


class HomePanel(Page):
    """On the client's first page: how much waits, and the newest of it."""

    area = "client"
    template_name = "briefs/client/home_panel.html"

    def get_context(self) -> dict[str, Any]:
        return {"waiting": list(shown_drafts(self.request.user).filter(state=Draft.State.CLIENT_REVIEW)[:6])}


class DraftPage(DetailPage):
    model = Draft
    area = "client"
    template_name = "briefs/client/draft.html"
    history = False

    def get_queryset(self) -> Any:
        return (
            Draft.objects.visible_to(self.request.user).for_cards().select_related("deliverable__agreement")
        )

    def get_title(self) -> Any:
        return self.object.deliverable.title

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Content"), reverse("briefs:client_content"))]

    def get_context(self) -> dict[str, Any]:
        user: Any = self.request.user
        page = reading.draft_page(self.object, user)
        return {
            **page,
            "draft": self.object,
            "deliverable": self.object.deliverable,
            "decision_form": OptionalCommentForm(auto_id="decide_%s"),
            "comment_form": CommentForm(auto_id="say_%s"),
            "file_url": "briefs:client_asset_file",
            "may_delegate": page["may_decide"],
            "base_name": "briefs:client_draft",
        }


draft_decide = decide_view("client").as_view()
draft_delegate = delegate_view("client").as_view()
draft_comment = verb_view(
    Draft,
    _say,
    area="client",
    form=CommentForm,
    title=_("Comment"),
    submit_label=_("Send"),
    success=_("Comment sent."),
    success_url=lambda comment: reverse("briefs:client_draft", args=[comment.draft_id]),
)


class ClientAssetFile(AssetFile):
    area = "client"


class ClientAssetPreview(AssetPreview):
    area = "client"
