from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "krm.accounts"
    label = "accounts"

    def ready(self) -> None:
        from krm import historical
        from krm.accounts import furniture

        historical.install()
        furniture.register()
        autodiscover_modules("permissions")  # every room's rules, known before the first request
