from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "krm.local"
    label = "local"
