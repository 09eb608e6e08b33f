"""A running campaign's hashtags are followed, so that what anybody publishes with them is on its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from campaigns.models import Campaign
from creators.listening import hashtags
from creators.models import FoundBy, FoundPost, Platform, TrackedHashtag
from creators.platforms.text import DISCLOSURES
from krm.events import notify
from krm.events.models import Event
from krm.events.texts import Text, told

RUNNING = ("active", "reporting")
BEFORE = timedelta(days=14)  # posts this long before the start are still about it
AFTER = timedelta(days=14)  # talk goes on after the end; then the place belongs to the next campaign


STATES: dict[str, tuple[Any, str]] = {
    "followed": (gettext_lazy("Followed"), "good"),
    "waiting": (gettext_lazy("Waits for room"), "warn"),
    "failing": (gettext_lazy("Search failed"), "bad"),
    "stopped": (gettext_lazy("Stopped"), "quiet"),
    "label": (gettext_lazy("Not followed"), "quiet"),
    "impossible": (gettext_lazy("Not followed"), "bad"),
    "later": (gettext_lazy("Not yet"), "quiet"),
    "over": (gettext_lazy("Over"), "quiet"),
}


@dataclass(frozen=True)
class Followed:
    """How one of a campaign's hashtags stands."""

    term: str
    tag: TrackedHashtag | None
    state: str  # a key of STATES
    text: Any

    @property
    def label(self) -> str:
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        return STATES[self.state][1]


def wanted(today: date | None = None) -> dict[str, int]:
    """Which hashtags are to be followed now, and for which campaign: the one that began first, where several share one."""
    today = today or timezone.localdate()
    found: dict[str, int] = {}
    rows = Campaign.objects.filter(state__in=RUNNING, ends_on__gte=today - AFTER).exclude(hashtags=[])
    for pk, terms in rows.order_by("starts_on", "pk").values_list("pk", "hashtags"):
        for term in terms:
            name = searchable(term)
            if name:
                found.setdefault(name, pk)
    return found


def searchable(term: str) -> str:
    """As the platform takes it; empty where it takes none, or where it is a label of advertising that everybody uses."""
    try:
        name = hashtags.clean(term)
    except ValidationError:
        return ""
    return "" if name in DISCLOSURES else name


def follow() -> int:
    """Bring what is followed in line with the campaigns that run. Returns how many changed; twice changes nothing."""
    found = wanted()
    demo = Campaign.objects.filter(pk__in=found.values(), is_demo=True).values_list("pk", flat=True)
    return hashtags.follow_for_campaigns(found, set(demo))


def standing(campaign: Campaign) -> list[Followed]:
    """Each hashtag of a campaign, and whether it is searched."""
    names = {term: searchable(term) for term in campaign.hashtags}
    tags = {
        tag.term: tag
        for tag in TrackedHashtag.objects.filter(platform=Platform.INSTAGRAM, term__in=names.values())
    }
    return [_followed(campaign, term, names[term], tags.get(names[term])) for term in campaign.hashtags]


def _followed(campaign: Campaign, term: str, name: str, tag: TrackedHashtag | None) -> Followed:
    if not name:
        label = term in DISCLOSURES
        return Followed(
            term,
            None,
            "label" if label else "impossible",
            gettext("A label of advertising that everybody uses: not followed.")
            if label
            else gettext("Instagram takes letters, digits and underscores only: not followed."),
        )
    if tag is not None and tag.active:
        if tag.last_outcome == hashtags.WAITING:
            return Followed(term, tag, "waiting", hashtags.no_room(tag.due_at))
        if not tag.last_outcome:
            return Followed(
                term, tag, "followed", gettext("Followed; the first search is due within minutes.")
            )
        if tag.last_outcome != "ok":
            return Followed(term, tag, "failing", tag.last_reason)
        return Followed(term, tag, "followed", gettext("Followed."))
    if campaign.state not in RUNNING:
        over = not campaign.is_open
        text = (
            gettext("The campaign is over.") if over else gettext("Followed as soon as the campaign starts.")
        )
        return Followed(term, tag, "over" if over else "later", text)
    if tag is not None and tag.campaign_id == campaign.pk:
        return Followed(term, tag, "stopped", gettext("Somebody stopped it under Hashtags and mentions."))
    if campaign.ends_on + AFTER < timezone.localdate():
        return Followed(term, tag, "over", gettext("The campaign ended two weeks ago."))
    return Followed(term, tag, "later", gettext("Followed within a minute."))


def posts(campaign: Campaign) -> Any:
    """Posts of anybody that carry a hashtag of the campaign, published around it; newest first."""
    names = [name for term in campaign.hashtags if (name := searchable(term))]
    found = FoundPost.objects.filter(found_by=FoundBy.HASHTAG, hashtag__term__in=names)
    begin, end = (
        _midnight(campaign.starts_on - BEFORE),
        _midnight(campaign.ends_on + AFTER + timedelta(days=1)),
    )
    return found.filter(published_at__gte=begin, published_at__lt=end).order_by("-published_at", "-pk")


def totals(campaign: Campaign) -> dict[str, int | None]:
    """Figures of `posts`: how many, of creators in the file, and the likes that are shown."""
    return posts(campaign).aggregate(  # type: ignore[no-any-return]
        posts=Count("external_id", distinct=True), own=Count("post_id", distinct=True), likes=Sum("likes")
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def tell_of_waiting(event: Event) -> None:
    """No room among the thirty: the campaign's owner hears of it, once."""
    campaign = Campaign.objects.filter(pk=event.data.get("campaign_id")).select_related("owner").first()
    if campaign is None or campaign.state not in RUNNING:
        return
    tag = TrackedHashtag.objects.filter(pk=event.subject_id).first()
    if tag is None:
        return
    notify(
        "campaigns.hashtag_waits", [campaign.owner], campaign,
        title=Text(gettext_lazy("No room to search %(tag)s"), tag=str(tag)),
        text=told(lambda: hashtags.no_room(tag.due_at)),
        url=reverse("campaigns:detail", args=[campaign.pk]),
        key=f"hashtag:{event.pk}",
    )  # fmt: skip
