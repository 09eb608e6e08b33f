"""Fit to a brand on a creator's profile, rating after a partnership, fair price beside an offer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext_lazy

from campaigns import fitting, partnerships
from campaigns.models import Brand, Partnership, PartnershipRating
from campaigns.web.forms import RatingForm
from creators.matching import prices
from creators.models import Creator
from krm.web.pages import DetailPage, ObjectFormPage


class CreatorFitPanel(DetailPage):
    """On a creator's overview: how each account fits the brand that is chosen."""

    model = Creator
    perm = "campaigns.view"
    template_name = "campaigns/fit_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        brands = list(
            Brand.objects.visible_to(self.request.user).filter(is_archived=False).order_by("name")[:500]
        )
        asked = self.request.GET.get("brand", "")
        brand = next(
            (one for one in brands if str(one.pk) == asked), brands[0] if brands and not asked else None
        )
        rows = []
        if brand is not None:
            accounts = list(self.object.accounts.order_by("-followers", "pk")[:6])
            found = fitting.fits_of(brand, [a.pk for a in accounts])
            lang = get_language() or "en"
            rows = [{"account": a, "fit": fitting.shown(found, a.pk, lang)} for a in accounts]
        return {"brands": brands, "brand": brand, "rows": rows}


class PricePanel(DetailPage):
    """Beside an offer: what each format should cost at this creator."""

    model = Partnership
    perm = "campaigns.negotiate"
    template_name = "campaigns/price_panel.html"
    history = False

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign", "creator", "account")

    def get_context(self) -> dict[str, Any]:
        platform = self.object.account.platform if self.object.account else ""
        found = prices.of_creator(
            self.object.creator,
            by=self.request.user,
            currency=self.object.campaign.currency,
            platform=platform,
        )
        return {"prices": found, "currency": self.object.campaign.currency}


class RatePartnership(ObjectFormPage):
    model = Partnership
    form_class = RatingForm
    perm = "campaigns.rate"
    title = gettext_lazy("Rate the work together")
    success_message = gettext_lazy("Rating saved.")

    def get_initial(self) -> dict[str, Any]:
        mine = PartnershipRating.objects.filter(partnership=self.object, rated_by=self.request.user).first()
        return {"score": mine.score, "remark": mine.remark} if mine else {}

    def save(self, form: RatingForm) -> Partnership:
        partnerships.rate(self.object, by=self.request.user, **form.cleaned_data)
        return self.object  # type: ignore[no-any-return]
