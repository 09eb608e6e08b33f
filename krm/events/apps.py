from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "krm.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from krm.accounts.announcing import on_announcement
        from krm.events import furniture, webhooks  # noqa: F401  webhooks register their permission
        from krm.events.recording import record

        on_announcement(record)
        furniture.register()
        autodiscover_modules("subscribers")
