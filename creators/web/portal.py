"""The KOL's own pages: their accounts and numbers, their rates, their contact details."""

from __future__ import annotations

from typing import Any

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from creators import people, profiles
from creators.models import Creator
from creators.web import forms, wording
from krm.web import charts
from krm.web.pages import DetailPage, ObjectFormPage, Page


class PortalProfiles(Page):
    """A creator comes straight to their profile; a talent manager sees everyone they act for."""

    area = "portal"
    title = _("My creators")
    template_name = "creators/portal/list.html"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        rows = list(
            Creator.objects.visible_to(request.user)
            .select_related("tier")
            .prefetch_related("accounts")
            .order_by("name", "pk")[:500]
        )
        if len(rows) == 1 and request.user.role == "creator":
            return redirect("creators:portal_profile", pk=rows[0].pk)
        return self.render(rows=rows)


class PortalProfile(DetailPage):
    area = "portal"
    model = Creator
    tabset = "portal.creator"
    template_name = "creators/portal/profile.html"

    def get_context(self) -> dict[str, Any]:
        accounts = profiles.accounts_of(self.object)
        rows = profiles.growth_rows(accounts, profiles.history(accounts))
        today = localdate()
        rates = [
            card for card in self.object.rate_cards.all() if card.valid_to is None or card.valid_to >= today
        ]
        return {
            "cards": [{"account": a, "basis": wording.BASES.get(a.engagement_basis, "")} for a in accounts],
            "growth": charts.line(
                rows, "day", "followers", series="account", points=len(rows) < 60, height=180
            )
            if rows
            else None,
            "rates": rates,
            "best": [(post, profiles.interactions(post)) for post in profiles.best_posts(accounts, 3)],
        }


class PortalContact(ObjectFormPage):
    area = "portal"
    model = Creator
    form_class = forms.ContactForm
    title = _("My details")
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in people.CONTACT_FIELDS}

    def get_cancel_url(self) -> str:
        return reverse("creators:portal_profile", args=[self.object.pk])

    def get_success_url(self, obj: Any) -> str:
        return reverse("creators:portal_profile", args=[obj.pk])

    def save(self, form: Any) -> Creator:
        return people.update_contact(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
