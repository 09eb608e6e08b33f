"""One router for all rooms. `register("creators", CreatorViewSet)` in `<room>/api/routes.py` is all it takes."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from rest_framework.routers import SimpleRouter

from krm.accounts import apikeys
from krm.api.viewsets import WriteViewSet

WRITES = {"create": "perform_create", "partial_update": "perform_update", "destroy": "perform_destroy"}
NO_ADDRESS = {"update"}  # PATCH only: PUT would add nothing but a second way


class Router(SimpleRouter):
    def __init__(self) -> None:
        super().__init__(trailing_slash=False)

    def get_method_map(self, viewset: Any, method_map: Any) -> dict[str, str]:
        """Leave out writes for which the view set has no verb: the address then answers 405 and is not in the schema."""
        found = super().get_method_map(viewset, method_map)
        return {method: name for method, name in found.items() if self.offered(viewset, name)}

    def offered(self, viewset: Any, name: str) -> bool:
        if name in NO_ADDRESS:
            return False
        hook = WRITES.get(name)
        if hook is None or not issubclass(viewset, WriteViewSet):
            return True
        return getattr(viewset, hook) is not getattr(WriteViewSet, hook)


router = Router()


def register(prefix: str, viewset: Any, basename: str | None = None) -> None:
    apikeys.register_scopes(*(getattr(viewset, "scopes", None) or ()))
    router.register(prefix, viewset, basename=basename or prefix.strip("/").replace("/", "-"))


def autodiscover() -> None:
    """Import `<app>.api.routes` of every installed app that has one."""
    import_module("krm.api.resources")
    for config in apps.get_app_configs():
        if config.name.startswith("krm."):
            continue
        spec = find_spec(f"{config.name}.api")
        # an app whose `api` is a plain module (django.contrib.messages) has no routes of ours
        if spec and spec.submodule_search_locations and find_spec(f"{config.name}.api.routes"):
            import_module(f"{config.name}.api.routes")
