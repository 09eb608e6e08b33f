"""What the command palette finds of this room: creators by name or handle, accounts by handle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from creators import discovery
from creators.models import Creator, Platform, SocialAccount
from krm.accounts.permissions import allowed
from krm.web.palette import Hit, register_model, register_provider


def find_creators(user: Any, term: str) -> Iterable[Hit]:
    """By the index the list of creators is searched with, the largest first."""
    if not allowed(user, "creators.view"):
        return
    found = discovery.search(Creator.objects.visible_to(user).live(), term)
    order = (F("followers").desc(nulls_last=True), "-pk")
    for creator in found.select_related("primary_account").order_by(*order)[:5]:
        yield Hit(str(creator), creator.get_absolute_url(), _shown(creator.primary_account), "user")


def find_accounts(user: Any, term: str) -> Iterable[Hit]:
    """Handles that hold the word, of creators found by the index; an account without a creator by its whole handle."""
    if not allowed(user, "creators.view"):
        return
    handle = term.lstrip("@").lower()
    if not handle or " " in handle:
        return
    accounts = SocialAccount.objects.visible_to(user).select_related("creator")
    owners = Creator.objects.visible_to(user).filter(search_text__contains=handle).order_by()
    some = list(owners.values_list("pk", flat=True)[:200])
    found = list(accounts.filter(creator__in=some, handle__icontains=handle).order_by("-pk")[:5])
    exact = accounts.annotate(whole=Lower("handle")).filter(platform__in=Platform.values, whole=handle)[:5]
    seen = {account.pk for account in found}
    for account in [*found, *(account for account in exact if account.pk not in seen)][:5]:
        hint = (
            f"{account.get_platform_display()} · {account.creator}"
            if account.creator
            else account.get_platform_display()
        )
        yield Hit(str(account), reverse("creators:account", args=[account.pk]), hint, "at")


def _shown(account: SocialAccount | None) -> str:
    return f"{account.get_platform_display()} {account}" if account else ""


register_provider("creators", _("Creators"), find_creators, order=10)
register_provider("accounts", _("Accounts"), find_accounts, order=15)
register_model(
    "portal.profiles",
    _("My profile"),
    Creator,
    ["name", "display_name"],
    icon="user",
    order=40,
    areas=("portal",),
    url=lambda creator: reverse("creators:portal_profile", args=[creator.pk]),
)
