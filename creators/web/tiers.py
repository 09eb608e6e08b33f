"""The tier settings page: the whole ladder on one form."""

from __future__ import annotations

from typing import Any

from django import forms as dj
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from creators import tiers
from creators.models import Tier
from creators.web.forms import TierForm
from krm.accounts.permissions import allowed, check
from krm.web.pages import FormPage

EXTRA = 2


class TierPage(FormPage):
    title = _("Tiers")
    subtitle = _(
        "A band begins at its number of followers and ends where the next one begins. Empty a name to remove a band."
    )
    perm = "creators.view"
    template_name = "creators/tiers.html"
    success_message = _("Saved. Accounts are being sorted into the new bands.")
    success_url = "creators:tiers"
    cancel_url = "creators:list"
    breadcrumbs = [(_("Creators"), "creators:list")]

    def get_form(self) -> Any:
        factory = dj.formset_factory(TierForm, extra=EXTRA, max_num=12)
        if self.request.method == "POST":
            return _Set(factory(self.request.POST, prefix="tier"))
        rows = [{"name": tier.name, "floor": tier.floor} for tier in Tier.objects.all()]
        return _Set(factory(initial=rows, prefix="tier"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check(request.user, "creators.tiers")
        return super().post(request, *args, **kwargs)

    def get_context(self) -> dict[str, Any]:
        return {"may": allowed(self.request.user, "creators.tiers")}

    def save(self, form: Any) -> Any:
        steps = [
            tiers.Step(name=row["name"], floor=row["floor"])
            for row in form.cleaned_data
            if row.get("name") and row.get("floor") is not None
        ]
        tiers.set_ladder(steps, by=self.request.user)  # type: ignore[arg-type]
        return None


class _Set:
    """A formset that takes a refusal like a form does."""

    def __init__(self, formset: Any) -> None:
        self.formset = formset
        self.fields: dict[str, Any] = {}
        self.refusals: list[str] = []

    def is_valid(self) -> bool:
        return bool(self.formset.is_valid())

    @property
    def cleaned_data(self) -> Any:
        return self.formset.cleaned_data

    def add_error(self, name: str | None, error: Any) -> None:
        self.refusals.extend(getattr(error, "messages", [str(error)]))
