"""Who may do what with results and reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from krm.accounts.permissions import (
    add_perm,
    is_administrator,
    is_campaign_manager,
    is_client,
    is_finance,
    is_staff_member,
)

_managers = _("Only campaign managers and administrators may do this.")

add_perm("reporting.view_results", is_staff_member, reason=_("Only staff see live results."))
add_perm("reporting.view_costs", is_campaign_manager | is_finance, reason=_managers)
add_perm("reporting.manage_links", is_campaign_manager, reason=_managers)
add_perm("reporting.import_conversions", is_campaign_manager, reason=_managers)
add_perm("reporting.edit_report", is_campaign_manager, reason=_managers)
add_perm("reporting.read_report", is_staff_member | is_client)
add_perm("reporting.edit_rates", is_administrator, reason=_("Only administrators change the EMV rates."))
