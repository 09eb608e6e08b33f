"""Where this room shows itself: navigation, tabs on campaigns and creators, panels."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.web.nav import register_group, register_nav
from krm.web.palette import register_model
from krm.web.panels import register_panel
from krm.web.tabs import register_tab
from payments.models import Invoice, PayeeProfile

register_group("staff", key="money", label=_("Money"), order=50)
register_nav(
    "staff",
    key="payments",
    label=_("Payments"),
    url_name="payments:home",
    icon="coins",
    order=50,
    perm="payments.view",
    group="money",
    shortcut="p",
)
register_nav(
    "staff",
    key="ledger",
    label=_("Ledger"),
    url_name="payments:ledger",
    icon="book-2",
    order=55,
    perm="payments.view_ledger",
    group="money",
    shortcut="g",
)
register_nav(
    "portal",
    key="invoices",
    label=_("Invoices"),
    url_name="payments:portal_invoices",
    icon="receipt",
    order=40,
)
register_tab(
    "campaign",
    key="payments",
    label=_("Payments"),
    url_name="payments:campaign_tab",
    order=60,
    perm="payments.view",
)
register_tab(
    "creator",
    key="payments",
    label=_("Payments"),
    url_name="payments:creator_tab",
    order=60,
    perm="payments.view_payees",
)
register_panel(
    "home",
    key="payments",
    url_name="payments:home_panel",
    order=30,
    roles={"administrator", "finance"},
    title=_("Payments"),
)
register_panel("portal.home", key="payments", url_name="payments:portal_panel", order=30, title=_("Payments"))
register_model(
    "invoices",
    _("Invoices"),
    Invoice,
    ["number", "payee__legal_name", "partnership__creator__name", "partnership__campaign__name"],
    icon="receipt",
    hint=lambda invoice: f"{invoice.partnership.creator} · {invoice.get_state_display()}",
    related=["partnership__creator"],
    order=40,
    perm="payments.view",
)
register_model(
    "payees",
    _("Payees"),
    PayeeProfile,
    ["legal_name", "creator__name", "creator__display_name"],
    icon="building-bank",
    hint=lambda payee: f"{payee.creator} · {payee.get_state_display()}",
    related=["creator"],
    order=45,
    perm="payments.view_payees",
)
register_model(
    "portal.invoices",
    _("Invoices"),
    Invoice,
    ["number", "partnership__campaign__name"],
    icon="receipt",
    hint=lambda invoice: f"{invoice.partnership.campaign} · {invoice.get_state_display()}",
    related=["partnership__campaign"],
    url=lambda invoice: reverse("payments:portal_invoice_detail", args=[invoice.pk]),
    order=30,
    areas=("portal",),
)
