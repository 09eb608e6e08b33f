from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "krm.web"
    label = "web"
