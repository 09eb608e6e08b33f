"""The closed lists of this room."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Platform(models.TextChoices):
    INSTAGRAM = "instagram", "Instagram"
    TIKTOK = "tiktok", "TikTok"
    YOUTUBE = "youtube", "YouTube"
    X = "x", "X"
    FACEBOOK = "facebook", "Facebook"


class Source(models.TextChoices):
    """Where a value comes from; never mixed in one series."""

    AUTHORISED = "platform_authorised", _("Platform, with the owner's consent")
    PUBLIC = "platform_public", _("Platform, public")
    VENDOR = "vendor_estimate", _("Vendor estimate")
    MANUAL = "manual", _("Entered by hand")


class Definition(models.TextChoices):
    """What the activity figures (views, reach, likes, comments, shares) of a snapshot count."""

    PER_POST = "per_post_average", _("Average per post")
    LIFETIME = "lifetime_total", _("Total since the account began")
    DAYS_28 = "last_28_days", _("Last 28 days")
    DAYS_28_OLD = "last_28_days_impressions", _("Last 28 days, impressions (the measure before views)")
    DAY = "one_day", _("One day")


class CreatorStatus(models.TextChoices):
    PROSPECT = "prospect", _("Prospect")
    ACTIVE = "active", _("Active")
    BLOCKED = "blocked", _("Blocked")
    ARCHIVED = "archived", _("Archived")


class AccountState(models.TextChoices):
    ACTIVE = "active", _("Active")
    UNAVAILABLE = "unavailable", _("Unavailable")
    NEEDS_CONSENT = "needs_consent", _("Needs consent")
    PAUSED = "paused", _("Paused")


class PostKind(models.TextChoices):
    IMAGE = "image", _("Image")
    VIDEO = "video", _("Video")
    REEL = "reel", _("Reel")
    STORY = "story", _("Story")
    SHORT = "short", _("Short")
    CAROUSEL = "carousel", _("Carousel")
    TEXT = "text", _("Text")


class Relation(models.TextChoices):
    SELF = "self", _("The creator")
    MANAGER = "manager", _("Talent manager")


class ScoreKind(models.TextChoices):
    ENGAGEMENT = "engagement", _("Engagement")
    AUTHENTICITY = "authenticity", _("Authenticity")
    AUDIENCE_QUALITY = "audience_quality", _("Audience quality")
    GROWTH = "growth", _("Follower growth")
    COMMENT_QUALITY = "comment_quality", _("Comment quality")
    PODS = "pods", _("Engagement pods")
    CONSISTENCY = "consistency", _("Content consistency")
    FORMATS = "formats", _("Format strength")
    INNOVATION = "innovation", _("Innovation and collaboration")
    PREDICTION = "prediction", _("Expected performance")
    SAFETY = "safety", _("Brand safety")
    RELIABILITY = "reliability", _("Reliability")


class RateFormat(models.TextChoices):
    """What can be booked; used by rate cards, offers and deliverables alike."""

    POST = "post", _("Feed post")
    CAROUSEL = "carousel", _("Carousel")
    STORY = "story", _("Story")
    REEL = "reel", _("Reel")
    VIDEO = "video", _("Video")
    SHORT = "short", _("Short video")
    LIVE = "live", _("Live session")
    THREAD = "thread", _("Thread")
    BUNDLE = "bundle", _("Bundle")


PLATFORM_FORMATS: dict[str, tuple[str, ...]] = {
    Platform.INSTAGRAM: ("post", "carousel", "story", "reel", "live", "bundle"),
    Platform.TIKTOK: ("video", "story", "live", "bundle"),
    Platform.YOUTUBE: ("video", "short", "live", "post", "bundle"),
    Platform.X: ("post", "thread", "video", "live", "bundle"),
    Platform.FACEBOOK: ("post", "carousel", "story", "reel", "video", "live", "bundle"),
}
