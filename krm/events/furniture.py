"""Where pages of events appear in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register() -> None:
    from krm.web.nav import register_nav

    register_nav(
        "staff",
        key="webhooks",
        label=_("Webhooks"),
        url_name="events:webhooks",
        icon="webhook",
        order=50,
        perm="events.manage_webhooks",
        group="agency",
    )
    register_nav(
        "staff",
        key="parked",
        label=_("Parked deliveries"),
        url_name="events:parked",
        icon="parking",
        order=52,
        perm="events.retry_deliveries",
        group="agency",
    )
