"""Deliverables on their way: who moves them on, how a post is found, what is late and whose turn it is.

The briefs room calls `start_concept`, `start_drafting`, `submit_for_review`, `request_changes`, `set_turn` and
`content_approved`; each may be said twice without harm, for the same event can arrive twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.agreements.milestones import mark_ready
from campaigns.models import Deliverable, Milestone, Partnership
from campaigns.models.deliverables import BEFORE_PUBLISHED
from campaigns.moves import lock, move, reason_given
from campaigns.partnerships import portal_users, staff_of
from creators.models import Post
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import notify, record
from krm.events.texts import Text

ORDER = ("planned", "concept", "drafting", "in_review", "approved", "published", "accepted")

# A post counts for a deliverable from a day before its approval (clocks differ) to this many days after its date.
EARLY = timedelta(hours=1)
LATE_DAYS = 30

# Which kinds of post can be a deliverable of a format; an unlisted format takes any kind.
KINDS_OF: dict[str, frozenset[str]] = {
    "post": frozenset({"image", "carousel", "text"}),
    "carousel": frozenset({"carousel", "image"}),
    "story": frozenset({"story"}),
    "reel": frozenset({"reel", "video"}),
    "video": frozenset({"video", "reel", "short"}),
    "short": frozenset({"short", "video"}),
    "thread": frozenset({"text"}),
}


def _facts(deliverable: Deliverable) -> dict[str, Any]:
    return {
        "deliverable_id": deliverable.pk,
        "partnership_id": deliverable.partnership_id,
        "campaign_id": deliverable.partnership.campaign_id,
        "creator_id": deliverable.partnership.creator_id,
    }


def _signed(deliverable: Deliverable) -> None:
    if deliverable.locked_at is None:
        raise Conflict(_("The agreement is not signed yet. Work starts when both sides have signed."))


def _go(
    deliverable: Deliverable,
    name: str,
    *,
    by: User | None,
    turn: str,
    event: str | None = None,
    data: dict[str, Any] | None = None,
    **fields: Any,
) -> Deliverable:
    """One transition of a locked deliverable with its event; must run inside a transaction."""
    before = deliverable.state
    move(deliverable, name)
    deliverable.turn = turn
    deliverable.state_since = timezone.now()
    for key, value in fields.items():
        setattr(deliverable, key, value)
    deliverable.save(update_fields=["state", "turn", "state_since", "updated_at", *fields])
    record(
        event or "campaigns.deliverable_moved",
        deliverable,
        actor=by,
        data={**_facts(deliverable), "from": before, "to": deliverable.state, **(data or {})},
    )
    return deliverable


def _produce(partnership_id: int, by: User | None) -> None:
    partnership = Partnership.objects.select_for_update(no_key=True).get(pk=partnership_id)
    if partnership.state in ("agreed", "briefed"):
        move(partnership, "produce")
        partnership.save(update_fields=["state", "updated_at"])
        record("campaigns.partnership_moved", partnership, actor=by, data={"to": "in_production"})


def _past(deliverable: Deliverable, state: str) -> bool:
    return deliverable.state in ORDER and ORDER.index(deliverable.state) >= ORDER.index(state)


def mark_briefed(partnership: Partnership, *, by: User | None = None) -> Partnership:
    """The KOL has the brief; nothing happens if work is further already."""
    with transaction.atomic():
        partnership = lock(partnership)
        if partnership.state == "agreed":
            move(partnership, "brief")
            partnership.save(update_fields=["state", "updated_at"])
            record("campaigns.partnership_moved", partnership, actor=by, data={"to": "briefed"})
    return partnership


def _check(by: User | None, deliverable: Deliverable) -> None:
    if by is not None:
        check(by, "campaigns.move_content", deliverable)


def start_concept(deliverable: Deliverable, *, by: User | None = None) -> Deliverable:
    """A concept was submitted: the agency looks at it."""
    _check(by, deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        _signed(deliverable)
        if not _past(deliverable, "concept"):
            _go(deliverable, "to_concept", by=by, turn="agency")
            _produce(deliverable.partnership_id, by)
    return deliverable


def start_drafting(deliverable: Deliverable, *, by: User | None = None) -> Deliverable:
    """A concept was chosen (or none is needed): the KOL makes the content."""
    _check(by, deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        _signed(deliverable)
        if not _past(deliverable, "drafting"):
            _go(deliverable, "to_drafting", by=by, turn="creator")
            _produce(deliverable.partnership_id, by)
    return deliverable


def submit_for_review(
    deliverable: Deliverable, *, by: User | None = None, turn: str = "agency"
) -> Deliverable:
    """A draft was handed in. From `planned` or `concept` it passes through drafting."""
    _check(by, deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        _signed(deliverable)
        if deliverable.state in ("planned", "concept"):
            _go(deliverable, "to_drafting", by=by, turn="creator")
            _produce(deliverable.partnership_id, by)
        if not _past(deliverable, "in_review"):
            _go(deliverable, "to_review", by=by, turn=turn)
    return deliverable


def request_changes(deliverable: Deliverable, *, by: User | None = None) -> Deliverable:
    """A reviewer asks for changes: one more round, back to the KOL."""
    _check(by, deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        if deliverable.state == "in_review":
            _go(deliverable, "to_drafting", by=by, turn="creator", revisions=deliverable.revisions + 1)
    return deliverable


def take_back(deliverable: Deliverable, *, by: User | None = None) -> Deliverable:
    """The KOL withdraws what nobody has decided on: back to drafting, and no revision round is used."""
    _check(by, deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        if deliverable.state == "in_review":
            _go(deliverable, "to_drafting", by=by, turn="creator")
    return deliverable


def set_turn(deliverable: Deliverable, *, turn: str, by: User | None = None) -> Deliverable:
    """Whose turn it is within a state (agency or client in review)."""
    _check(by, deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        if deliverable.turn != turn:
            deliverable.turn = turn
            deliverable.save(update_fields=["turn", "updated_at"])
            record(
                "campaigns.deliverable_turn",
                deliverable,
                actor=by,
                data={**_facts(deliverable), "turn": turn},
            )
    return deliverable


def content_approved(deliverable: Deliverable, *, by: User | None = None) -> Deliverable:
    """Every approval step is through; the KOL may publish."""
    _check(by, deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        _signed(deliverable)
        if _past(deliverable, "approved"):
            return deliverable
        if deliverable.state in ("planned", "concept"):
            _go(deliverable, "to_drafting", by=by, turn="creator")
            _produce(deliverable.partnership_id, by)
        _go(
            deliverable,
            "approve",
            by=by,
            turn="creator",
            event="campaigns.deliverable_approved",
            approved_at=timezone.now(),
        )
        notify(
            "campaigns.content_approved",
            portal_users(deliverable.partnership.creator_id),
            deliverable,
            title=Text(gettext_lazy("Approved: %(title)s"), title=deliverable.title),
            text=Text(gettext_lazy("You may publish it on %(date)s."), date=deliverable.publish_on or "–"),
            url=reverse("campaigns:portal_deliverable", args=[deliverable.pk]),
            key=f"deliverable:{deliverable.pk}:approved",
        )
    return deliverable


# --- publishing -------------------------------------------------------------------------------------------------


def post_key(url: str) -> str:
    """What identifies a post in its address: the host without www or m, and the path without tracking."""
    parts = urlsplit(url.strip())
    host = re.sub(r"^(www|m|mobile)\.", "", (parts.hostname or "").lower())
    path = parts.path.rstrip("/")
    if host in ("youtube.com", "youtu.be"):
        video = re.search(r"[?&]v=([\w-]+)", url) or re.search(
            r"/(?:shorts/|live/|embed/)?([\w-]{6,})$", path
        )
        return f"youtube/{video.group(1)}" if video else f"{host}{path}"
    if host == "instagram.com":
        code = re.search(r"/(?:p|reel|reels|tv)/([\w-]+)", path)
        return f"instagram/{code.group(1)}" if code else f"{host}{path}"
    if host in ("x.com", "twitter.com"):
        status = re.search(r"/status/(\d+)", path)
        return f"x/{status.group(1)}" if status else f"x.com{path}"
    if host.endswith("tiktok.com"):
        video = re.search(r"/(?:video|photo)/(\d+)", path)
        return f"tiktok/{video.group(1)}" if video else f"{host}{path}"
    return f"{host}{path}"


def words_of(post: Post) -> tuple[set[str], set[str]]:
    """Hashtags and mentions of a post, lower case and bare; read from the caption where the list is empty."""
    tags = {str(tag).lower().lstrip("#") for tag in post.hashtags or []}
    names = {str(name).lower().lstrip("@") for name in post.mentions or []}
    tags |= {tag.lower() for tag in re.findall(r"#(\w+)", post.caption)}
    names |= {name.lower().rstrip(".") for name in re.findall(r"@([\w.]+)", post.caption)}
    return tags, names


def fits(deliverable: Deliverable, post: Post) -> str:
    """How a post fits a deliverable: "url", "tags", or "" when it does not."""
    if deliverable.account_id is not None and deliverable.account_id != post.account_id:
        return ""
    if deliverable.platform != post.platform or post.is_deleted:
        return ""
    if deliverable.post_url and post.url and post_key(deliverable.post_url) == post_key(post.url):
        return "url"
    if post.published_at is None or deliverable.approved_at is None:
        return ""
    if post.published_at < deliverable.approved_at - EARLY:
        return ""
    if deliverable.publish_on and post.published_at > deliverable.publish_on + timedelta(days=LATE_DAYS):
        return ""
    allowed = KINDS_OF.get(deliverable.format)
    if allowed is not None and post.kind not in allowed:
        return ""
    wanted_tags = {tag.lower() for tag in deliverable.required_hashtags}
    wanted_names = {name.lower() for name in deliverable.required_mentions}
    if not wanted_tags and not wanted_names:
        return ""
    tags, names = words_of(post)
    return "tags" if wanted_tags <= tags and wanted_names <= names else ""


def match_post(post: Post, *, by: User | None = None) -> Deliverable | None:
    """Find the approved deliverable that a post fulfils and mark it published; None when there is none."""
    with transaction.atomic():
        if Deliverable.objects.filter(post=post).exists():
            return None
        waiting = list(
            Deliverable.objects.select_for_update(of=("self",), no_key=True)
            .filter(
                partnership__creator__accounts=post.account_id,
                platform=post.platform,
                state="approved",
                post=None,
                locked_at__isnull=False,
            )
            .select_related("partnership__campaign", "partnership__creator")
            .order_by("publish_on", "order", "pk")
        )
        found = [(how, d) for d in waiting if (how := fits(d, post))]
        if not found:
            _warn_unapproved(post)
            return None
        how, deliverable = min(found, key=lambda pair: (pair[0] != "url", _distance(pair[1], post)))
        return _publish(deliverable, post=post, how=how, by=by, published_at=post.published_at)


def _distance(deliverable: Deliverable, post: Post) -> float:
    if deliverable.publish_on is None or post.published_at is None:
        return float("inf")
    return abs((deliverable.publish_on - post.published_at).total_seconds())


def _warn_unapproved(post: Post) -> None:
    """A post that carries a campaign's tags before its content was approved: tell the people in charge, once."""
    early = Deliverable.objects.filter(
        partnership__creator__accounts=post.account_id,
        platform=post.platform,
        state__in=["planned", "concept", "drafting", "in_review"],
        locked_at__isnull=False,
    ).select_related("partnership__campaign__owner", "partnership__owner", "partnership__creator")
    tags, names = words_of(post)
    for deliverable in early:
        wanted = {tag.lower() for tag in deliverable.required_hashtags}
        if (
            not wanted
            or not wanted <= tags
            or not {n.lower() for n in deliverable.required_mentions} <= names
        ):
            continue
        if post.published_at is None or post.published_at < (deliverable.locked_at or post.published_at):
            continue
        told = notify(
            "campaigns.post_unapproved",
            staff_of(deliverable.partnership),
            deliverable,
            title=Text(
                gettext_lazy("%(creator)s posted before approval"),
                creator=str(deliverable.partnership.creator),
            ),
            text=Text(
                gettext_lazy("“%(title)s” is not approved yet: %(url)s"),
                title=deliverable.title,
                url=post.url,
            ),
            url=reverse("campaigns:deliverable_detail", args=[deliverable.pk]),
            key=f"deliverable:{deliverable.pk}:early:{post.pk}",
        )
        if told:
            record("campaigns.post_unapproved", deliverable, data={**_facts(deliverable), "post_id": post.pk})
        return


def _publish(
    deliverable: Deliverable,
    *,
    post: Post | None,
    how: str,
    by: User | None,
    published_at: datetime | None,
    url: str = "",
) -> Deliverable:
    deliverable.published_at = published_at or timezone.now()
    _go(
        deliverable,
        "publish",
        by=by,
        turn="agency",
        event="campaigns.deliverable_published",
        data={"post_id": post.pk if post else None, "matched_by": how},
        post=post,
        post_url=(post.url if post else "") or url or deliverable.post_url,
        matched_by=how,
        published_at=deliverable.published_at,
    )
    partnership = Partnership.objects.select_for_update(no_key=True).get(pk=deliverable.partnership_id)
    if partnership.state in ("agreed", "briefed", "in_production"):
        move(partnership, "go_live")
        partnership.save(update_fields=["state", "updated_at"])
        record("campaigns.partnership_moved", partnership, actor=by, data={"to": "live"})
    notify(
        "campaigns.content_published",
        staff_of(partnership),
        deliverable,
        title=Text(gettext_lazy("Published: %(title)s"), title=deliverable.title),
        text=Text(
            gettext_lazy("%(creator)s, %(campaign)s"),
            creator=str(partnership.creator),
            campaign=partnership.campaign.name,
        ),
        url=reverse("campaigns:deliverable_detail", args=[deliverable.pk]),
        key=f"deliverable:{deliverable.pk}:published:{deliverable.published_at:%Y%m%d%H%M}",
    )
    return deliverable


HOSTS = {
    "instagram": ("instagram.com",),
    "tiktok": ("tiktok.com",),
    "youtube": ("youtube.com", "youtu.be"),
    "x": ("x.com", "twitter.com"),
    "facebook": ("facebook.com", "fb.watch", "fb.com"),
}


def clean_post_url(url: str, platform: str) -> str:
    url = url.strip()
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host or len(url) > 500:
        raise ValidationError({"url": _("Paste the full address of the post, beginning with https://.")})
    if not any(host == known or host.endswith(f".{known}") for known in HOSTS.get(platform, ())):
        raise ValidationError(
            {"url": _("This is not an address on %(platform)s.") % {"platform": platform.capitalize()}}
        )
    return url


def confirm_published(
    deliverable: Deliverable,
    *,
    by: User,
    post: Post | None = None,
    url: str = "",
    published_at: datetime | None = None,
) -> Deliverable:
    """Say by hand that it is online. With an address the post is linked now if known, else when it is pulled."""
    check(by, "campaigns.report_post", deliverable)
    if post is None:
        url = clean_post_url(url, deliverable.platform)
        post = _known_post(deliverable, url)
    elif post.account.creator_id != deliverable.partnership.creator_id:
        raise ValidationError({"post": _("Choose a post of this KOL.")})
    if published_at is not None and published_at > timezone.now() + EARLY:
        raise ValidationError({"published_at": _("It cannot have been published in the future.")})
    with transaction.atomic():
        deliverable = lock(deliverable)
        if deliverable.state == "published" and deliverable.post_id is None:
            deliverable.post_url, deliverable.post = url or deliverable.post_url, post
            deliverable.save(update_fields=["post", "post_url", "updated_at"])
            record("campaigns.deliverable_linked", deliverable, actor=by, data=_facts(deliverable))
            return deliverable
        if post is not None and Deliverable.objects.filter(post=post).exclude(pk=deliverable.pk).exists():
            raise Conflict(_("This post counts for another deliverable already."))
        try:
            with transaction.atomic():
                return _publish(
                    deliverable,
                    post=post,
                    how="manual",
                    by=by,
                    published_at=published_at or (post.published_at if post else None),
                    url=url,
                )
        except IntegrityError as error:
            raise Conflict(_("This post counts for another deliverable already.")) from error


def _known_post(deliverable: Deliverable, url: str) -> Post | None:
    wanted = post_key(url)
    recent = Post.objects.filter(
        account__creator_id=deliverable.partnership.creator_id, platform=deliverable.platform
    ).order_by("-published_at")[:200]
    return next((post for post in recent if post.url and post_key(post.url) == wanted), None)


def link_waiting(post: Post) -> Deliverable | None:
    """A post that was confirmed by its address before we had pulled it."""
    if not post.url:
        return None
    wanted = post_key(post.url)
    with transaction.atomic():
        rows = Deliverable.objects.select_for_update(of=("self",), no_key=True).filter(
            partnership__creator__accounts=post.account_id, state__in=["published", "accepted"], post=None
        )
        for deliverable in rows.exclude(post_url=""):
            if (
                post_key(deliverable.post_url) == wanted
                and not Deliverable.objects.filter(post=post).exists()
            ):
                deliverable.post = post
                fields = ["post", "updated_at"]
                if post.published_at:
                    deliverable.published_at = post.published_at
                    fields.append("published_at")
                deliverable.save(update_fields=fields)
                record(
                    "campaigns.deliverable_linked",
                    deliverable,
                    data={**_facts(deliverable), "post_id": post.pk},
                )
                return deliverable
    return None


def unpublish(deliverable: Deliverable, *, by: User, reason: str) -> Deliverable:
    """The wrong post was linked, or it was taken down: back to approved."""
    check(by, "campaigns.track", deliverable)
    reason = reason_given(reason)
    with transaction.atomic():
        deliverable = lock(deliverable)
        return _go(
            deliverable,
            "unpublish",
            by=by,
            turn="creator",
            event="campaigns.deliverable_unpublished",
            data={"reason": reason},
            post=None,
            post_url="",
            matched_by="",
            published_at=None,
        )


def accept_deliverable(deliverable: Deliverable, *, by: User) -> Deliverable:
    """The post is as agreed: its milestone is due, and with the last one the partnership is completed."""
    check(by, "campaigns.accept_deliverable", deliverable)
    with transaction.atomic():
        partnership = lock(deliverable.partnership)
        deliverable = lock(deliverable)
        _go(
            deliverable,
            "accept",
            by=by,
            turn="nobody",
            event="campaigns.deliverable_accepted",
            accepted_at=timezone.now(),
        )
        for milestone in deliverable.milestones.filter(state="pending"):
            mark_ready(milestone, by=by)
        open_ones = partnership.deliverables.exclude(state__in=["accepted", "cancelled"]).exists()
        if not open_ones and partnership.state == "live":
            move(partnership, "complete")
            partnership.save(update_fields=["state", "updated_at"])
            for milestone in Milestone.objects.filter(
                agreement=deliverable.agreement, trigger="on_completion", state="pending"
            ):
                mark_ready(milestone, by=by)
            record(
                "campaigns.partnership_completed",
                partnership,
                actor=by,
                data={"campaign_id": partnership.campaign_id, "creator_id": partnership.creator_id},
            )
        notify(
            "campaigns.content_approved",
            portal_users(partnership.creator_id),
            deliverable,
            title=Text(gettext_lazy("Accepted: %(title)s"), title=deliverable.title),
            text=gettext_lazy("Thank you. Its payment can be invoiced as agreed."),
            url=reverse("campaigns:portal_deliverable", args=[deliverable.pk]),
            key=f"deliverable:{deliverable.pk}:accepted",
        )
    return deliverable


def cancel_deliverable(deliverable: Deliverable, *, by: User, reason: str) -> Deliverable:
    check(by, "campaigns.negotiate", deliverable)
    reason = reason_given(reason)
    with transaction.atomic():
        deliverable = lock(deliverable)
        return _go(
            deliverable,
            "cancel",
            by=by,
            turn="nobody",
            event="campaigns.deliverable_cancelled",
            data={"reason": reason},
        )


# --- health -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Health:
    state: str  # done, ok, soon, late
    label: str
    turn: str
    days: int | None  # until the next date; negative when late


def health(deliverable: Deliverable, today: date | None = None) -> Health:
    """Is it late, and whose turn is it. The next date is the draft's before approval, the publish day after."""
    today = today or timezone.localdate()
    if deliverable.state in ("accepted", "cancelled"):
        return Health("done", _("Done"), "nobody", None)
    if deliverable.state == "published":
        published = timezone.localdate(deliverable.published_at) if deliverable.published_at else today
        days = (published + timedelta(days=3) - today).days
        return Health("late" if days < 0 else "ok", _("To be accepted"), "agency", days)
    publish = timezone.localdate(deliverable.publish_on) if deliverable.publish_on else None
    early = deliverable.state in ("planned", "concept", "drafting")
    target = deliverable.due_on if early and deliverable.due_on else publish
    if target is None:
        return Health("ok", _("No date yet"), deliverable.turn, None)
    days = (target - today).days
    if days < 0:
        return Health("late", _("%(days)d days late") % {"days": -days}, deliverable.turn, days)
    if days <= 2:
        return Health(
            "soon",
            _("Due in %(days)d days") % {"days": days} if days else _("Due today"),
            deliverable.turn,
            days,
        )
    return Health("ok", _("On time"), deliverable.turn, days)


def late_ones(queryset: Any, today: date | None = None) -> Any:
    """Narrow a deliverable queryset to what is past its next date."""
    today = today or timezone.localdate()
    start = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    return queryset.filter(
        Q(state__in=["planned", "concept", "drafting"], due_on__lt=today)
        | Q(state__in=BEFORE_PUBLISHED, publish_on__lt=start)
        | Q(state="published", published_at__lt=start - timedelta(days=3))
    )


def late_by_campaign(campaign_ids: list[int]) -> dict[int, int]:
    rows = late_ones(
        Deliverable.objects.filter(partnership__campaign_id__in=campaign_ids, locked_at__isnull=False)
    )
    counted = rows.values("partnership__campaign_id").annotate(count=Count("pk")).order_by()
    return {row["partnership__campaign_id"]: row["count"] for row in counted}


def reached(deliverable: Deliverable, state: str) -> bool:
    return _past(deliverable, state)


def owned_by(queryset: Any, user: User) -> Any:
    """Deliverables of campaigns or partnerships that this person looks after."""
    return queryset.filter(Q(partnership__owner=user) | Q(partnership__campaign__owner=user))
