"""The KOL's side, made for a phone: offers, agreements, content, calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import tracking
from campaigns.models import Agreement, CalendarFeed, Deliverable, Offer, Partnership
from campaigns.web.agreements import SignPage, agreement_context
from campaigns.web.forms import PostUrlForm
from campaigns.web.partnerships import OfferCounter, answers
from campaigns.web.tracker import COLUMNS, ready
from krm.web.pages import DetailPage, ObjectFormPage, Page


def mine(user: Any) -> Any:
    """Partnerships a KOL may know of: an offer of ours was sent, or it is further."""
    return (
        Partnership.objects.visible_to(user)
        .exclude(state="invited")
        .select_related("campaign__brand", "creator", "agreement")
        .prefetch_related("offers")
    )


def to_do(partnership: Partnership) -> str:
    """What the KOL has to do next in a partnership: "answer", "sign", or nothing."""
    if any(o.state == "sent" and o.side == "agency" for o in partnership.offers.all()):
        return "answer"
    agreement = getattr(partnership, "agreement", None)
    if agreement is not None and agreement.state == "sent" and not signed_by_creator(agreement):
        return "sign"
    return ""


def signed_by_creator(agreement: Agreement) -> bool:
    return agreement.signatures.filter(side="creator", sha256=agreement.document_sha256).exists()


class Partnerships(Page):
    area = "portal"
    title = gettext_lazy("Campaigns")
    template_name = "campaigns/portal/partnerships.html"

    def get_context(self) -> dict[str, Any]:
        rows = [
            {"partnership": p, "todo": to_do(p), "offer": current_offer(p)}
            for p in mine(self.request.user).order_by("-pk")[:100]
        ]
        return {
            "todo": [r for r in rows if r["todo"]],
            "running": [
                r
                for r in rows
                if not r["todo"] and r["partnership"].state not in ("completed", "cancelled", "declined")
            ],
            "past": [r for r in rows if r["partnership"].state in ("completed", "cancelled", "declined")],
            "several": len({r["partnership"].creator_id for r in rows}) > 1,
        }


def current_offer(partnership: Partnership) -> Offer | None:
    offers = [o for o in partnership.offers.all() if o.sent_at]
    return max(offers, key=lambda o: o.number) if offers else None


class PortalPartnership(DetailPage):
    """Talks, agreement and content of one partnership, as the KOL sees them: the same figures as the agency."""

    area = "portal"
    model = Partnership
    template_name = "campaigns/portal/partnership.html"

    def get_queryset(self) -> Any:
        return mine(self.request.user)

    def get_title(self) -> Any:
        return self.object.campaign.name

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Campaigns"), reverse("campaigns:portal_partnerships"))]

    def get_context(self) -> dict[str, Any]:
        partnership = self.object
        offers = list(
            Offer.objects.visible_to(self.request.user)
            .filter(partnership=partnership)
            .prefetch_related("lines")
            .order_by("-number")
        )
        agreement = Agreement.objects.visible_to(self.request.user).filter(partnership=partnership).first()
        deliverables = Deliverable.objects.visible_to(self.request.user).filter(partnership=partnership)
        return {
            "partnership": partnership,
            "campaign": partnership.campaign,
            "offers": offers,
            "on_table": next((o for o in offers if o.state == "sent"), None),
            "agreement": agreement,
            "needs_signature": agreement is not None
            and agreement.state == "sent"
            and not signed_by_creator(agreement),
            "milestones": list(agreement.milestones.all()) if agreement else [],
            "deliverables": [(d, tracking.health(d)) for d in deliverables.select_related("account")],
        }


def _portal_home(offer: Offer) -> str:
    return reverse("campaigns:portal_partnership", args=[offer.partnership_id])


offer_accept, offer_decline, offer_withdraw = answers(
    "campaigns.answer_offer",
    "portal",
    _portal_home,
    accepted=gettext_lazy("Accepted. The agreement comes next."),
    declined=gettext_lazy("Declined. The agency was told."),
)


class PortalCounter(OfferCounter):
    area = "portal"
    perm = "campaigns.answer_offer"
    template_name = "campaigns/portal/counter.html"
    spare = 1
    success_message = gettext_lazy("Counter-offer sent. The agency was told.")

    def get_success_url(self, obj: Any) -> str:
        return _portal_home(obj or self.object)

    def get_cancel_url(self) -> str:
        return _portal_home(self.object)


class PortalAgreement(DetailPage):
    area = "portal"
    model = Agreement
    template_name = "campaigns/portal/agreement.html"

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator", "offer")
        )

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        partnership = self.object.partnership
        return [(partnership.campaign.name, reverse("campaigns:portal_partnership", args=[partnership.pk]))]

    def get_context(self) -> dict[str, Any]:
        return agreement_context(self.object, self.request)


class PortalSign(SignPage):
    area = "portal"
    perm = "campaigns.sign_creator"

    def get_success_url(self, obj: Any) -> str:
        return reverse("campaigns:portal_agreement", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return reverse("campaigns:portal_agreement", args=[self.object.pk])


class PortalDeliverable(DetailPage):
    area = "portal"
    model = Deliverable
    template_name = "campaigns/portal/deliverable.html"
    tabset = ""

    def get_queryset(self) -> Any:
        return ready(super().get_queryset()).select_related("post")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        partnership = self.object.partnership
        return [(partnership.campaign.name, reverse("campaigns:portal_partnership", args=[partnership.pk]))]

    def get_context(self) -> dict[str, Any]:
        labels = dict(Deliverable.State.choices)
        return {
            "health": tracking.health(self.object),
            "steps": [
                {
                    "label": labels[key],
                    "done": tracking.reached(self.object, key),
                    "now": key == self.object.state,
                }
                for key in COLUMNS
            ],
        }


class PortalPublish(ObjectFormPage):
    area = "portal"
    model = Deliverable
    form_class = PostUrlForm
    perm = "campaigns.report_post"
    title = gettext_lazy("I have published it")
    submit_label = gettext_lazy("Send the link")
    success_message = gettext_lazy("Thank you. The agency was told.")

    def save(self, form: Any) -> Any:
        return tracking.confirm_published(self.object, by=self.request.user, **form.cleaned_data)

    def get_success_url(self, obj: Any) -> str:
        return reverse("campaigns:portal_deliverable", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)


class PortalCalendar(Page):
    area = "portal"
    title = gettext_lazy("Calendar")
    template_name = "campaigns/portal/calendar.html"

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        rows = ready(
            Deliverable.objects.visible_to(user).filter(publish_on__gte=timezone.now() - timedelta(days=1))
        ).exclude(state="cancelled")
        return {
            "events_url": reverse("campaigns:calendar_events"),
            "rows": rows.order_by("publish_on")[:30],
            "feed": CalendarFeed.objects.filter(user=user, revoked_at=None).first(),
        }


class PortalPanel(Page):
    """Home of the portal: what to answer, sign and make."""

    area = "portal"
    template_name = "campaigns/portal/panel.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = [
            (p, kind)
            for p in mine(request.user).exclude(state__in=["completed", "cancelled"])
            if (kind := to_do(p))
        ]
        work = (
            ready(Deliverable.objects.visible_to(request.user))
            .filter(
                turn="creator",
                locked_at__isnull=False,
                state__in=["planned", "concept", "drafting", "approved"],
            )
            .order_by("due_on", "publish_on")[:8]
        )
        return self.render(todo=rows, work=[(d, tracking.health(d)) for d in work])
