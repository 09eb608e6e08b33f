"""What this room follows (posts that were pulled), and the kinds of messages it sends."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from campaigns import hashtags, tracking, watching
from creators.finding import table
from creators.models import Creator, Post, SocialAccount
from krm import events
from krm.events.models import Event

for _name, _label in (
    ("campaigns.offer_received", _("Offer to answer")),
    ("campaigns.offer_answered", _("Offer answered")),
    ("campaigns.agreement_to_sign", _("Agreement to sign")),
    ("campaigns.agreement_signed", _("Agreement signed")),
    ("campaigns.shortlist_submitted", _("Shortlist to approve")),
    ("campaigns.shortlist_decided", _("Shortlist decision")),
    ("campaigns.content_approved", _("Content approved or accepted")),
    ("campaigns.content_published", _("Content published")),
    ("campaigns.post_unapproved", _("Post before approval")),
    ("campaigns.date_moved", _("Publish date moved")),
    ("campaigns.content_due", _("Content due soon or late")),
    ("campaigns.safety_flagged", _("Safety of a creator in a campaign")),
    ("campaigns.hashtag_waits", _("No room to search a campaign's hashtag")),
):
    events.register_kind(_name, _label)


@events.subscribe("creators.post_seen", name="campaigns.match_post")
def match_post(event: Event) -> None:
    """A post was pulled: it may be the one that a deliverable waits for."""
    post_id = (event.data or {}).get("post_id") or (
        event.subject_id if event.subject_type == "creators.post" else None
    )
    ids = (event.data or {}).get("post_ids") or ([post_id] if post_id else [])
    for post in Post.objects.filter(pk__in=ids).select_related("account"):
        if tracking.link_waiting(post) is None:
            tracking.match_post(post)


def _score_creator(event: Event) -> None:
    """Our own history with a creator changed: their reliability is judged again soon."""
    lookup = {
        "campaigns.partnership": "creator__partnerships",
        "campaigns.deliverable": "creator__partnerships__deliverables",
    }.get(event.subject_type)
    if lookup is None:
        return
    ids = list(
        SocialAccount.objects.filter(**{lookup: event.subject_id}).order_by("pk").values_list("pk", flat=True)
    )
    if ids:
        events.enqueue("creators.score_accounts", ids)


for _event in ("partnership_rated", "partnership_cancelled", "deliverable_accepted"):
    events.subscribe(f"campaigns.{_event}", name=f"campaigns.score_after_{_event}")(_score_creator)


@events.subscribe("creators.safety_flagged", name="campaigns.tell_of_safety")
def tell_of_safety(event: Event) -> None:
    """Who runs a campaign with the creator hears of what a brand could not stand beside."""
    watching.tell_of_safety(event)


# Where a creator stands with us, their deals and clients are in the table that Find reads.
_TO_CREATOR = {
    "campaigns.partnership": "partnerships",
    "campaigns.offer": "partnerships__offers",
    "campaigns.agreement": "partnerships__agreement",
    "campaigns.deliverable": "partnerships__deliverables",
}


@events.subscribe(
    "campaigns.partnership_*",
    "campaigns.offer_*",
    "campaigns.agreement_signed",
    "campaigns.deliverable_published",
    "campaigns.deliverable_accepted",
    name="campaigns.keep_find",
)
def keep_find(event: Event) -> None:
    """Find shows the new standing at once, not in the night."""
    lookup = _TO_CREATOR.get(event.subject_type)
    if lookup is not None:
        found = Creator.objects.filter(**{lookup: event.subject_id})
        table.refresh_creators(found.values_list("pk", flat=True))


@events.subscribe("campaigns.campaign_*", name="campaigns.follow_hashtags")
def follow_hashtags(event: Event) -> None:
    """A campaign started, ended or changed its hashtags: follow those that run, no others."""
    hashtags.follow()


@events.subscribe("creators.hashtag_waits", name="campaigns.tell_of_waiting_hashtag")
def tell_of_waiting_hashtag(event: Event) -> None:
    hashtags.tell_of_waiting(event)
