"""Content behind a client's share link: what it shows, and the decision of somebody without an account."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from briefs import review
from briefs.models import Comment, Draft
from briefs.models.drafts import CLIENT_STATES, DraftQuerySet
from campaigns import sharing
from campaigns.models import ShareLink
from krm.errors import Denied


def shown_drafts(link: ShareLink) -> DraftQuerySet:
    """What the agency has let through, of the link's campaign alone; nothing where the link is for the shortlist."""
    drafts: DraftQuerySet = Draft.objects.all()
    if not link.shows_content:
        return drafts.none()
    return drafts.filter(
        deliverable__partnership__campaign_id=link.campaign_id, state__in=CLIENT_STATES
    ).for_cards()


def shown_comments(draft: Draft) -> list[Comment]:
    """What was said for the client to read."""
    said = draft.comments.filter(audience__in=[Comment.Audience.EVERYONE, Comment.Audience.CLIENT])
    return list(said.select_related("author").order_by("id"))


def decide_by_link(
    link: ShareLink, *, draft: Draft, approve: bool, name: str, comment: str = "", address: str = ""
) -> Draft:
    """The client's decision through an approver's link; who typed which name is kept with the link."""
    sharing.may_decide(link)
    if draft.deliverable.partnership.campaign_id != link.campaign_id or not link.shows_content:
        raise Denied(_("This content is not part of what was shared."))
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Type your name.")})
    with transaction.atomic():
        verb = review.approve if approve else review.ask_for_changes
        draft = verb(draft, by=None, comment=comment, on_behalf=name[:160])
        sharing.log_decision(
            link, action=f"content_{'approved' if approve else 'changes'}:{draft.pk}", address=address
        )
    return draft
