from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "krm.accounts"
    label = "accounts"

    def ready(self) -> None:
        from krm import historical

        historical.install()
