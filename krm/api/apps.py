from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "krm.api"
    label = "api"
