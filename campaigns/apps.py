from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campaigns import clients, merging, records  # noqa: F401  movers register themselves
        from campaigns.guests import ATTACHMENT
        from krm.accounts.invitations import register_attachment

        register_attachment(ATTACHMENT)
        records.register()
        clients.register()
