"""Thin wrappers around verbs; each may run twice and in any order."""

from __future__ import annotations

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from campaigns import agreements, cadence, hashtags, negotiation, reminders, selection
from campaigns.models import Campaign
from krm.events.leases import once, run_once

SCHEDULE = {
    "campaigns.follow_accounts": 60.0,
    "campaigns.expire_offers": 60.0,
    "campaigns.ready_milestones": crontab(minute=5),
    "campaigns.remind": crontab(minute=15, hour="1"),  # 08:15 in Jakarta
}


@shared_task(name="campaigns.expire_offers", acks_late=True)
def expire_offers() -> int:
    if not once("campaigns.expire_offers", timezone.now().strftime("%Y-%m-%dT%H:%M")):
        return 0
    return negotiation.expire_due()


@shared_task(name="campaigns.ready_milestones", acks_late=True)
def ready_milestones() -> int:
    if not once("campaigns.ready_milestones", timezone.now().strftime("%Y-%m-%dT%H")):
        return 0
    return agreements.ready_due()


@shared_task(name="campaigns.remind", acks_late=True)
def remind() -> int:
    return run_once("campaigns.remind", timezone.localdate().isoformat(), reminders.remind) or 0


@shared_task(name="campaigns.assess", acks_late=True)
def assess(campaign_id: int) -> int:
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    return selection.reassess(campaign) if campaign is not None else 0


@shared_task(name="campaigns.follow_accounts", acks_late=True)
def follow_accounts() -> int:
    """Each minute: accounts in live campaigns are read often, those that left seldom; their hashtags are followed."""
    if not once("campaigns.follow_accounts", timezone.now().strftime("%Y-%m-%dT%H:%M")):
        return 0
    return cadence.follow_accounts() + cadence.follow_posts() + hashtags.follow()
