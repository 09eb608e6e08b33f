"""Fit to a brand on a creator's profile, rating after a partnership, fair price beside an offer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, gettext, gettext_lazy

from campaigns import fitting, partnerships
from campaigns.models import Brand, Candidate, Partnership, PartnershipRating
from campaigns.web.forms import RatingForm
from creators import records
from creators.matching import prices
from creators.models import Creator, SocialAccount
from krm.web import format
from krm.web.pages import DetailPage, ObjectFormPage

CHOSEN = "creator_fit_brand"  # in the session: whoever looks through creators looks on behalf of one brand
TRIED = 5  # brands whose fit is worked out to find the best one


class CreatorFitPanel(DetailPage):
    """On a creator's overview: how each account fits a brand, and why this brand is shown."""

    model = Creator
    perm = "campaigns.view"
    template_name = "campaigns/fit_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        brands = list(
            Brand.objects.visible_to(self.request.user).filter(is_archived=False).order_by("name")[:500]
        )
        accounts = list(self.object.accounts.order_by("-followers", "pk")[:6])
        brand, reason = self._brand(brands, accounts)
        columns, parts = [], []
        if brand is not None and accounts:
            found = fitting.fits_of(brand, [a.pk for a in accounts])
            lang = get_language() or "en"
            columns = [{"account": a, "fit": fitting.shown(found, a.pk, lang)} for a in accounts]
            parts = side_by_side(columns)
        return {
            "brands": brands, "brand": brand, "reason": reason, "columns": columns, "parts": parts,
            "gates": [c for c in columns if c["fit"] and c["fit"]["gate_sentence"]],
        }  # fmt: skip

    def _brand(self, brands: list[Brand], accounts: list[SocialAccount]) -> tuple[Brand | None, str]:
        """The brand asked for or chosen last; else one they worked with, one of a campaign of now, the best fit."""
        by_pk = {brand.pk: brand for brand in brands}
        asked = self.request.GET.get("brand", "")
        if asked:
            chosen = by_pk.get(int(asked)) if asked.isdecimal() and len(asked) < 18 else None
            if chosen is not None:
                self.request.session[CHOSEN] = chosen.pk
            return chosen, ""
        last = by_pk.get(self.request.session.get(CHOSEN, 0))
        if last is not None:
            return last, gettext("The brand you chose last.")
        worked = records.visible(records.record("brands", [self.object.pk]), self.request.user)
        worked = worked[worked["brand_id"].isin(by_pk) & worked["worked_on"].notna()]
        if len(worked):
            row = worked.sort_values(["worked_on", "brand_id"]).iloc[-1]
            day = format.day(row["worked_on"])
            return by_pk[int(row["brand_id"])], gettext("They worked with this brand, last on %(day)s.") % {
                "day": day
            }
        named = (
            Candidate.objects.filter(creator=self.object, campaign__brand__in=by_pk)
            .exclude(campaign__state__in=("closed", "cancelled"))
            .order_by("-campaign__starts_on", "-pk")
            .values_list("campaign__brand_id", "campaign__name")
            .first()
        )
        if named is not None:
            return by_pk[named[0]], gettext("They are on the list of “%(campaign)s”.") % {
                "campaign": named[1]
            }
        return self._best(brands, accounts)

    def _best(self, brands: list[Brand], accounts: list[SocialAccount]) -> tuple[Brand | None, str]:
        """The best fit of the largest account among the brands of its own categories, or of the newest brands."""
        if not brands or not accounts:
            return (brands[0] if brands else None), ""
        mine = {str(name).lower() for name in self.object.categories}
        likely = sorted(brands, key=lambda one: (one.category.lower() not in mine, -one.pk))[:TRIED]
        main = accounts[0].pk
        values = [(fitting.shown(fitting.fits_of(one, [main]), main, "en"), one) for one in likely]
        known = [(fit["value"], one) for fit, one in values if fit and fit["value"] is not None]
        if not known:
            return likely[0], ""
        best = max(known, key=lambda pair: (pair[0], -pair[1].pk))[1]
        return best, gettext("The best fit among your brands of this kind.")


def side_by_side(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a part with a cell an account; what reads the same for all is said once."""
    rows: dict[str, dict[str, Any]] = {}
    for place, column in enumerate(columns):
        for part in column["fit"]["parts"] if column["fit"] else ():
            row = rows.setdefault(
                part["name"], {"label": part["label"], "weight": 0.0, "cells": [None] * len(columns)}
            )
            row["cells"][place] = part
            row["weight"] = max(row["weight"], part["weight"])
    for row in rows.values():
        said = {part["sentence"] for part in row["cells"] if part}
        row["sentence"] = said.pop() if len(said) == 1 else ""
    return sorted(rows.values(), key=lambda row: -row["weight"])


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
