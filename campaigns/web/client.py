"""The client's room: their campaigns, the shortlist to approve, the calendar. Never a fee, margin or internal note.

Everything a template of this module gets is built by `shown_candidate` and the querysets below, which do not
load the internal columns at all.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import selection, sharing
from campaigns.models import CalendarFeed, Campaign, Candidate, Deliverable, ShareLink
from campaigns.web.network import address_of
from krm.accounts.permissions import allowed
from krm.web.forms import REFUSALS, refusal_text
from krm.web.pages import DetailPage, Page, redirect
from krm.web.panels import panels_for

INTERNAL_CANDIDATE = ("buy_estimate", "internal_note", "score")


def shown_candidate(candidate: Candidate) -> dict[str, Any]:
    """What a client sees of a candidate."""
    creator, account = candidate.creator, candidate.account
    return {
        "pk": candidate.pk,
        "name": str(creator),
        "city": creator.city,
        "categories": creator.categories,
        "handle": str(account) if account else "",
        "platform": account.get_platform_display() if account else "",
        "url": account.profile_url if account else "",
        "tier": account.tier.name
        if account and account.tier
        else (creator.tier.name if creator.tier else ""),
        "followers": account.followers if account else creator.followers,
        "engagement_rate": account.engagement_rate if account else None,
        "sparkline": account.sparkline if account else [],
        "deliverables": candidate.deliverables,
        "reason": candidate.reason,
        "price": candidate.sell_price,
        "forecast": (candidate.forecast_low, candidate.forecast_mid, candidate.forecast_high),
        "state": candidate.state,
        "state_label": candidate.get_state_display(),
        "comment": candidate.client_comment,
        "decided_by": candidate.decided_by_name,
        "decided_at": candidate.decided_at,
        "option": candidate.option,
    }


def refused_choice(candidate: Candidate, refusal: Exception, typed: str) -> dict[str, Any]:
    """A refused decision for the candidate's card: the message at its field, the typed comment kept."""
    if isinstance(refusal, ValidationError) and hasattr(refusal, "error_dict"):
        said = {"name" if field == "on_behalf" else field: e for field, e in refusal.message_dict.items()}
    else:
        said = {"general": [refusal_text(refusal)]}
    return {"pk": candidate.pk, "typed": typed, **said}


def shown_options(
    candidates: list[Candidate], campaign: Campaign, refused: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Options with their candidates and totals in the client's prices."""
    totals = {row["option"]: row for row in selection.totals(campaign, for_client=True)}
    found: dict[str, list[dict[str, Any]]] = {}
    for candidate in candidates:
        card = shown_candidate(candidate)
        card["refused"] = refused if refused and refused["pk"] == candidate.pk else None
        found.setdefault(candidate.option, []).append(card)
    return [{"key": key, "rows": rows, "total": totals.get(key)} for key, rows in sorted(found.items())]


def campaigns_of(request: HttpRequest) -> Any:
    return (
        Campaign.objects.visible_to(request.user)
        .select_related("brand", "product")
        .defer("internal_note")
        .order_by("-starts_on", "-pk")
    )


class ClientCampaigns(Page):
    area = "client"
    title = gettext_lazy("Campaigns")
    template_name = "campaigns/client/campaigns.html"

    def get_context(self) -> dict[str, Any]:
        rows = list(campaigns_of(self.request)[:100])
        waiting: dict[int, int] = {}
        for pk in (
            Candidate.objects.visible_to(self.request.user)
            .filter(state="submitted")
            .values_list("campaign_id", flat=True)
        ):
            waiting[pk] = waiting.get(pk, 0) + 1
        return {"rows": [{"campaign": c, "waiting": waiting.get(c.pk, 0)} for c in rows]}


class ClientPanel(ClientCampaigns):
    """Home of the client room."""

    template_name = "campaigns/client/panel.html"


class ClientPage(DetailPage):
    area = "client"
    model = Campaign
    history = False

    def get_queryset(self) -> Any:
        return campaigns_of(self.request)

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Campaigns"), reverse("campaigns:client_campaigns"))]

    def get_candidates(self) -> list[Candidate]:
        return list(
            Candidate.objects.visible_to(self.request.user)
            .filter(campaign=self.object)
            .select_related("creator__tier", "account__tier")
            .defer(*INTERNAL_CANDIDATE)
            .order_by("option", "pk")
        )


class ClientCampaign(ClientPage):
    template_name = "campaigns/client/campaign.html"

    def get_context(self) -> dict[str, Any]:
        campaign = self.object
        planned = (
            Deliverable.objects.visible_to(self.request.user)
            .filter(partnership__campaign=campaign)
            .select_related("partnership__creator", "account", "partnership__campaign__brand")
            .defer("amount")
            .order_by("publish_on", "pk")
        )
        candidates = self.get_candidates()
        return {
            "campaign": campaign,
            "kpis": campaign.kpis.all(),
            "deliverables": planned[:200],
            "waiting": sum(c.state == "submitted" for c in candidates),
            "candidate_count": len(candidates),
        }


class ClientShortlist(ClientPage):
    template_name = "campaigns/client/shortlist.html"
    refused: dict[str, Any] | None = None

    def get_title(self) -> Any:
        return _("Shortlist: %(campaign)s") % {"campaign": self.object}

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(self.object.name, reverse("campaigns:client_campaign", args=[self.object.pk]))]

    def get_context(self) -> dict[str, Any]:
        return {
            "campaign": self.object,
            "options": shown_options(self.get_candidates(), self.object, self.refused),
            "may_decide": allowed(self.request.user, "campaigns.decide_shortlist", self.object),
        }


class ClientDecide(DetailPage):
    """POST: one decision by an approver."""

    area = "client"
    model = Candidate
    perm = "campaigns.decide_shortlist"
    http_method_names = ["post"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand", "campaign__owner", "creator")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        candidate = self.get_object()
        url = reverse("campaigns:client_shortlist", args=[candidate.campaign_id])
        try:
            selection.decide(
                candidate,
                by=request.user,  # type: ignore[arg-type]
                approve=request.POST.get("decision") == "approve",
                comment=request.POST.get("comment", ""),
            )
        except REFUSALS as refusal:
            page = ClientShortlist()
            page.setup(request, pk=candidate.campaign_id)
            page.refused = refused_choice(candidate, refusal, request.POST.get("comment", ""))
            response = page.get(request)
            response.status_code = 422
            return response
        messages.success(
            request, _("Your decision on %(creator)s is saved.") % {"creator": candidate.creator}
        )
        return redirect(request, f"{url}#candidate-{candidate.pk}")


class ClientCalendar(Page):
    area = "client"
    title = gettext_lazy("Calendar")
    template_name = "campaigns/client/calendar.html"

    def get_context(self) -> dict[str, Any]:
        return {
            "events_url": reverse("campaigns:calendar_events"),
            "feed": CalendarFeed.objects.filter(user=self.request.user, revoked_at=None).first(),
        }


class SharedPage(Page):
    """A page behind a share link: no login, no account, one campaign. Rooms above stand theirs on it."""

    area = "any"

    def refuse(self, request: HttpRequest) -> HttpResponse | None:
        return None  # the token in the address is the key

    def get_link(self, *, log: bool = False) -> ShareLink:
        request = self.request
        link = sharing.open_link(
            self.kwargs["token"],
            address=address_of(request),
            agent=request.headers.get("User-Agent", ""),
            log=log,
        )
        if link is None:
            raise Http404
        return link

    def shared(self, link: ShareLink, status: int = 200, **context: Any) -> HttpResponse:
        response = self.render(
            status=status,
            **{
                "campaign": link.campaign,
                "link": link,
                "token": self.kwargs["token"],
                "may_decide": link.scope == "approve",
                "krm_layout": "web/layouts/guest.html",
                "typed_name": self.request.session.get("shared_name", ""),
                **context,
            },
        )
        return unlisted(response)


def unlisted(response: Any) -> Any:
    """Kept out of caches, search engines and referrers: the address is the key."""
    response["Referrer-Policy"] = "same-origin"  # the token stays here, and CSRF can still see the origin
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


class Shared(SharedPage):
    """What stands behind a share link: the shortlist, the content, or both."""

    template_name = "campaigns/shared.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.get_link(log=True))

    def page(self, link: ShareLink, refused: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
        request, token = self.request, self.kwargs["token"]
        panels = panels_for("shared.campaign", request.user, key=token) if link.shows_content else []
        return self.shared(
            link,
            title=link.campaign.name,
            status=status,
            options=shown_options(sharing.shared_candidates(link), link.campaign, refused),
            panels=panels,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        link = self.get_link()
        pk = request.POST.get("candidate", "")
        candidate = next((c for c in sharing.shared_candidates(link) if str(c.pk) == pk), None)
        if candidate is None:
            raise Http404
        name = request.POST.get("name", "")
        request.session["shared_name"] = name[:160]
        try:
            sharing.decide_by_link(
                link,
                candidate=candidate,
                approve=request.POST.get("decision") == "approve",
                name=name,
                comment=request.POST.get("comment", ""),
                address=address_of(request),
            )
        except REFUSALS as refusal:
            typed = request.POST.get("comment", "")
            return self.page(link, refused_choice(candidate, refusal, typed), status=422)
        messages.success(
            request, _("Your decision on %(creator)s is saved.") % {"creator": candidate.creator}
        )
        return redirect(request, f"{request.path}#candidate-{candidate.pk}")
