from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.briefs import factories
from tests.briefs.factories import World


@dataclass
class Cast:
    """One campaign and everybody who has to do with it, plus strangers who have not."""

    world: World
    manager: Any
    reviewer: Any
    viewer: Any
    kol: Any
    talent: Any
    client: Any
    looker: Any
    other_kol: Any
    other_client: Any
    other_staff: Any
    other: World

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)


@pytest.fixture
def cast(
    team: Any,
    staff: Callable[..., Any],
    portal_user: Callable[..., Any],
    client_user: Callable[..., Any],
) -> Cast:
    from krm.accounts.models import BrandTeam

    manager = staff("campaign_manager")
    elsewhere = BrandTeam.objects.create(name="Elsewhere")
    other_staff = staff("campaign_manager", teams=[elsewhere])
    world = factories.world(team, manager)
    other = factories.world(elsewhere, other_staff)
    return Cast(
        world=world,
        manager=manager,
        reviewer=staff("reviewer"),
        viewer=staff("viewer"),
        kol=portal_user(world.creator),
        talent=portal_user(world.creator, role="talent_manager"),
        client=client_user(world.campaign.brand),
        looker=client_user(world.campaign.brand, role="client_viewer"),
        other_kol=portal_user(other.creator),
        other_client=client_user(other.campaign.brand),
        other_staff=other_staff,
        other=other,
    )


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    """Files of a test go with the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def drafting(cast: Cast) -> Cast:
    """A published brief and a chosen concept: the KOL may send a draft."""
    from briefs import concepts

    factories.published_brief(cast.campaign, cast.manager)
    first, *_rest = factories.three_concepts(cast.deliverable, cast.kol)
    concepts.choose(first, by=cast.manager)
    cast.deliverable.refresh_from_db()
    return cast
