from krm.events.models.events import Delivery, Event, Lease
from krm.events.models.notifications import Notification, NotificationPreference
from krm.events.models.webhooks import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Delivery",
    "Event",
    "Lease",
    "Notification",
    "NotificationPreference",
    "WebhookDelivery",
    "WebhookEndpoint",
]
