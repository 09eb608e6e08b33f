from django.apps import AppConfig
from django.conf import settings


class LocalConfig(AppConfig):
    name = "krm.local"
    label = "local"

    def ready(self) -> None:
        if settings.LOCAL:
            from krm.local.translations import compile_if_older

            compile_if_older()  # a production image compiles when it is built
