from importlib import import_module

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "krm.operations"
    label = "operations"

    def ready(self) -> None:
        # By name: the application is part of the roof. It must exist before anything is queued, in a web process
        # as in a command, or Celery would queue to its own default broker.
        import_module("krm.celery")
        import_module("krm.operations.worker")
