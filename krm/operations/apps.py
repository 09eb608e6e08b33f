from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "krm.operations"
    label = "operations"
