"""Content behind a share link: no account, one campaign, the same two buttons as in the client room."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from briefs import linking, review
from briefs.models import Draft
from briefs.serving import serve, serve_preview
from briefs.web.forms import LinkDecisionForm
from campaigns.models import ShareLink
from campaigns.web.client import SharedPage, unlisted
from campaigns.web.network import address_of
from krm.web.forms import REFUSALS, add_refusal
from krm.web.pages import redirect


class SharedContent(SharedPage):
    """Panel of the shared page: what waits for the client, and what was decided."""

    template_name = "briefs/shared/panel.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = self.get_link()
        if not link.shows_content:
            raise Http404
        found = list(linking.shown_drafts(link).prefetch_related("steps").order_by("-submitted_at")[:200])
        return self.shared(
            link,
            waiting=[d for d in found if d.state == Draft.State.CLIENT_REVIEW],
            others=[d for d in found if d.state != Draft.State.CLIENT_REVIEW],
        )


class OneDraft(SharedPage):
    """What a link shows of one draft; another campaign's does not exist."""

    def get_draft(self, link: ShareLink) -> Draft:
        found = linking.shown_drafts(link).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class SharedDraft(OneDraft):
    template_name = "briefs/shared/draft.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = self.get_link()
        form = LinkDecisionForm(initial={"name": request.session.get("shared_name", "")})
        return self.page(link, self.get_draft(link), form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = self.get_link()
        draft = self.get_draft(link)
        form = LinkDecisionForm(request.POST)
        if form.is_valid():
            request.session["shared_name"] = form.cleaned_data["name"]
            try:
                draft = linking.decide_by_link(
                    link,
                    draft=draft,
                    approve=request.POST.get("decision") == "approve",
                    address=address_of(request),
                    **form.cleaned_data,
                )
            except REFUSALS as refusal:
                add_refusal(form, refusal)
            else:
                approved = draft.state not in Draft.CHANGES
                messages.success(
                    request,
                    _("Thank you. Your approval is saved.")
                    if approved
                    else _("Thank you. The KOL is told what to change."),
                )
                return redirect(request, reverse("campaigns:shared", args=[kwargs["token"]]))
        return self.page(link, draft, form, status=422)

    def page(self, link: ShareLink, draft: Draft, form: LinkDecisionForm, status: int = 200) -> HttpResponse:
        thread = linking.shown_comments(draft)
        token = self.kwargs["token"]
        steps = draft.steps.filter(kind="client").select_related("assignee", "review__by")
        versions = linking.shown_drafts(link).filter(deliverable_id=draft.deliverable_id).order_by("-version")
        return self.shared(
            link,
            status=status,
            title=draft.deliverable.title,
            breadcrumbs=[(link.campaign.name, reverse("campaigns:shared", args=[token]))],
            draft=draft,
            deliverable=draft.deliverable,
            form=form,
            open=draft.state == Draft.State.CLIENT_REVIEW,
            steps=list(steps),
            thread=thread,
            pins=[c for c in thread if c.x is not None or c.at_seconds is not None],
            versions=versions.values("pk", "version"),
            rounds=review.rounds(draft.deliverable),
            file_src=reverse("briefs:shared_file", args=[token, draft.pk]),
        )


class SharedFile(OneDraft):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        draft = self.get_draft(self.get_link())
        if draft.asset is None:
            raise Http404
        return unlisted(serve(request, draft.asset, attachment="download" in request.GET))  # type: ignore[no-any-return]


class SharedPreview(OneDraft):
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        draft = self.get_draft(self.get_link())
        if draft.asset is None or not draft.asset.preview:
            raise Http404
        return unlisted(serve_preview(draft.asset))  # type: ignore[no-any-return]
