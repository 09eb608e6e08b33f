"""REST endpoints of the ground floor itself; they stand here because accounts and events are below the API."""

from __future__ import annotations

from krm.api.resources.teams import BrandTeamViewSet
from krm.api.router import register

register("teams", BrandTeamViewSet)
