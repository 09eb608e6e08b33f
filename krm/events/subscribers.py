"""The event room follows everything, to tell other systems."""

from __future__ import annotations

from krm.events.models import Event, WebhookEndpoint
from krm.events.subscribing import subscribe
from krm.events.webhooks import fan_out


def anybody_listens() -> bool:
    return WebhookEndpoint.objects.filter(is_active=True).exists()


@subscribe("*", name="events.webhooks", when=anybody_listens)
def tell_other_systems(event: Event) -> None:
    fan_out(event)
