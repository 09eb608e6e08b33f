from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "krm.web"
    label = "web"
    verbose_name = _("Pages")

    def ready(self) -> None:
        # A room that keeps its tabs, panels and navigation in `<room>/web/register.py` needs nothing else.
        autodiscover_modules("web.register")
