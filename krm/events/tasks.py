"""Tasks of the event room: the relay, webhooks, digests, tidying up."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from krm.events import notifications, relay, webhooks
from krm.events.models import Delivery, Lease, WebhookDelivery

logger = logging.getLogger(__name__)
SCHEDULE = {
    "events.relay": 5.0,
    "events.send_webhooks": 15.0,
    "events.send_digests": 900.0,
    "events.forget_old": 86400.0,
}
KEPT_FOR = timedelta(days=30)


@shared_task(name="events.relay")
def run_relay() -> None:
    relay.run()


@shared_task(name="events.send_webhooks")
def send_webhooks() -> None:
    webhooks.send_due()


@shared_task(name="events.send_digests")
def send_digests() -> None:
    for user_id in notifications.digests_due():
        try:
            notifications.send_digest(user_id)
        except OSError:  # the mail server is down: nothing was marked, the next run tries again
            logger.warning("digests wait: mail cannot be sent", exc_info=True)
            return


@shared_task(name="events.forget_old")
def forget_old() -> None:
    """Events stay for ever; what became of each delivery does not."""
    before = timezone.now() - KEPT_FOR
    Delivery.objects.filter(state=Delivery.State.DONE, done_at__lt=before).delete()
    WebhookDelivery.objects.exclude(state=WebhookDelivery.State.PENDING).filter(
        created_at__lt=before
    ).delete()
    Lease.objects.filter(taken_at__lt=before).delete()
