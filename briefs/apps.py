from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefsConfig(AppConfig):
    name = "briefs"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Briefs")

    def ready(self) -> None:
        from briefs import furniture, permissions, records  # noqa: F401  permissions register themselves

        furniture.register()
        records.register()
