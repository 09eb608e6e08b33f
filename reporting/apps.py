from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    label = "reporting"

    def ready(self) -> None:
        from reporting import registrations

        registrations.register()
