from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "krm.api"
    label = "api"
    verbose_name = "REST API"

    def ready(self) -> None:
        from krm.api import extensions  # noqa: F401  registers the schema of our authentication classes
