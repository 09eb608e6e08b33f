from krm.events.models.events import Delivery, Event, Lease
from krm.events.models.notifications import Notification, NotificationPreference

__all__ = ["Delivery", "Event", "Lease", "Notification", "NotificationPreference"]
