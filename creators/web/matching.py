"""Panels of a profile: what the next post will reach, how reliable the creator is, what a piece should cost."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from creators import forecasting, profiles
from creators.matching import prices
from creators.models import Creator
from krm.web.pages import DetailPage


class OutlookPanel(DetailPage):
    model = Creator
    perm = "creators.view"
    template_name = "creators/outlook_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        accounts = list(self.object.accounts.order_by(F("followers").desc(nulls_last=True), "pk")[:6])
        found = profiles.explain(accounts)
        kept = forecasting.shown([a.pk for a in accounts])
        judged = [explained["reliability"] for pk in found if "reliability" in (explained := found[pk])]
        rows = [{"account": a, **kept[a.pk]} for a in accounts]
        return {
            "rows": rows,
            "ahead": any(row["ahead"] for row in rows),
            "past": any(row["past"] for row in rows),
            "reliability": judged[0] if judged else None,
        }


class PricePanel(DetailPage):
    model = Creator
    perm = "creators.view"
    template_name = "creators/price_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        return {"prices": prices.of_creator(self.object, by=self.request.user)}
