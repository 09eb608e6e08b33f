"""Staff pages of links, promo codes and orders; and the public redirect."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from campaigns.models import Campaign
from krm.accounts.permissions import allowed, check
from krm.web.pages import FormPage, TabPage
from reporting import attribution, jobs, tracking
from reporting.models import Conversion, PromoCode, TrackingLink
from reporting.web import charts
from reporting.web.forms import ConversionsForm, LinkForm, PromoCodeForm


class CampaignTracking(TabPage):
    model = Campaign
    tabset = "campaign"
    tab_key = "tracking"
    perm = "reporting.view_results"
    template_name = "reporting/tracking.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brand")

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        orders = Conversion.objects.visible_to(user).filter(partnership__campaign=self.object)
        return {
            "links": TrackingLink.objects.visible_to(user)
            .filter(partnership__campaign=self.object)
            .select_related("partnership__creator")
            .order_by("-clicks_count", "pk"),
            "codes": with_orders(
                PromoCode.objects.visible_to(user).filter(partnership__campaign=self.object)
            ),
            "orders": orders.select_related("partnership__creator", "promo_code").order_by(
                "-ordered_at", "-pk"
            )[:20],
            "clicks": charts.clicks_over_time(self.object),
            "may_manage": allowed(user, "reporting.manage_links", self.object),
        }


def with_orders(codes: Any) -> Any:
    return (
        codes.select_related("partnership__creator", "partnership__campaign")
        .annotate(orders=Count("conversions"), revenue=Sum("conversions__amount"))
        .order_by("-orders", "code")
    )


class OfCampaignPage(FormPage):
    """A form of one campaign; goes back to its links and codes."""

    perm_name = "reporting.manage_links"
    campaign: Campaign

    def prepare(self) -> None:
        self.campaign = get_object_or_404(
            Campaign.objects.visible_to(self.request.user).select_related("brand"), pk=self.kwargs["pk"]
        )
        check(self.request.user, self.perm_name, self.campaign)

    def get_success_url(self, obj: Any) -> str:
        return reverse("reporting:campaign_tracking", args=[self.campaign.pk])

    def get_cancel_url(self) -> str:
        return reverse("reporting:campaign_tracking", args=[self.campaign.pk])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "campaign": self.campaign}


class LinkCreate(OfCampaignPage):
    form_class = LinkForm
    title = _("New tracking link")
    submit_label = _("Create link")
    success_message = _("Link created. Give it to the KOL.")

    def save(self, form: Any) -> TrackingLink:
        return tracking.create_link(by=self.request.user, **form.cleaned_data)


class PromoCodeCreate(OfCampaignPage):
    form_class = PromoCodeForm
    title = _("New promo code")
    submit_label = _("Add code")
    success_message = _("Code added.")

    def save(self, form: Any) -> PromoCode:
        return attribution.create_promo_code(by=self.request.user, **form.cleaned_data)


class ConversionImport(OfCampaignPage):
    form_class = ConversionsForm
    title = _("Import orders")
    submit_label = _("Import")
    perm_name = "reporting.import_conversions"

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("campaign")
        return kwargs

    def save(self, form: Any) -> Any:
        return jobs.start_conversion_import(self.campaign, by=self.request.user, **form.cleaned_data)

    def get_success_url(self, obj: Any) -> str:
        return str(obj.get_absolute_url())


class Go(View):
    """`/go/<code>`: count the visit, send the visitor on. Open to everybody; stores nobody's address."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        link = get_object_or_404(TrackingLink, code=code, is_active=True)
        tracking.record_click(
            link,
            tracking.Visit(
                address=request.META.get("REMOTE_ADDR", ""),
                user_agent=request.headers.get("user-agent", "")[:400],
                referrer=request.headers.get("referer", "")[:1000],
            ),
        )
        response = HttpResponseRedirect(tracking.destination(link))
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response
