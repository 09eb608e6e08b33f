from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreatorsConfig(AppConfig):
    name = "creators"
    label = "creators"
    verbose_name = _("Creators")

    def ready(self) -> None:
        from creators import audience_frames, furniture, permissions, reliability  # noqa: F401  they register themselves
        from creators.safety import loading  # noqa: F401  frames of the safety score

        furniture.register()
