"""Who may do what in this room. Objects are a campaign, a brief, a deliverable, a concept or a draft."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Deliverable, Partnership
from krm.accounts.models import Role
from krm.accounts.permissions import add_perm, is_campaign_manager, is_client, is_portal, is_reviewer
from krm.accounts.permissions import is_staff_member as is_staff


def _sees(model: Any, user: Any, pk: int | None) -> bool:
    """One small query per person and object; the answer stays on the user for the request."""
    known: dict[tuple[str, int | None], bool] = user.__dict__.setdefault("_briefs_seen", {})
    key = (model.__name__, pk)
    if key not in known:
        known[key] = model.objects.visible_to(user).filter(pk=pk).exists()
    return known[key]


def campaign_of(obj: Any) -> int | None:
    """The campaign an object of this room belongs to."""
    for path in (
        ("campaign_id",),
        ("brief", "campaign_id"),
        ("deliverable", "partnership", "campaign_id"),
        ("partnership", "campaign_id"),
        ("draft", "deliverable", "partnership", "campaign_id"),
        ("asset", "campaign_id"),
    ):
        found = obj
        for name in path:
            found = getattr(found, name, None)
            if found is None:
                break
        if found is not None:
            return int(found)
    return obj.pk if isinstance(obj, Campaign) else None


@rules.predicate
def sees_campaign(user: Any, obj: Any) -> bool:
    return obj is None or _sees(Campaign, user, campaign_of(obj))


@rules.predicate
def sees_deliverable(user: Any, obj: Any) -> bool:
    deliverable = obj if isinstance(obj, Deliverable) else getattr(obj, "deliverable", None)
    return obj is None or (deliverable is not None and _sees(Deliverable, user, deliverable.pk))


@rules.predicate
def sees_partnership(user: Any, obj: Any) -> bool:
    return obj is None or (isinstance(obj, Partnership) and _sees(Partnership, user, obj.pk))


@rules.predicate
def sees_comments_of(user: Any, obj: Any) -> bool:
    return obj is None or _sees(type(obj), user, obj.pk)


@rules.predicate
def is_client_approver(user: Any) -> bool:
    return bool(user.role == Role.CLIENT_APPROVER)


manages = is_campaign_manager & sees_campaign
reviews = is_reviewer & sees_campaign
makes = (is_portal & sees_deliverable) | manages

add_perm("briefs.edit_brief", manages, reason=_("Only campaign managers of this brand write its brief."))
add_perm("briefs.publish_brief", manages, reason=_("Only campaign managers of this brand publish its brief."))
add_perm("briefs.plan_call", manages, reason=_("Only campaign managers of this brand plan its calls."))
add_perm(
    "briefs.read_brief",
    is_portal & sees_partnership,
    reason=_("Only the KOL confirms having read the brief."),
)
add_perm("briefs.submit_concept", makes, reason=_("Only the KOL or a campaign manager submits concepts."))
add_perm("briefs.decide_concept", reviews, reason=_("Only reviewers of this brand decide on concepts."))
add_perm("briefs.submit_draft", makes, reason=_("Only the KOL or a campaign manager submits content."))
add_perm("briefs.review_agency", reviews, reason=_("Only reviewers of this brand decide at the agency step."))
add_perm(
    "briefs.review_client",
    is_client_approver & sees_campaign,
    reason=_("Only an approver of the client decides."),
)
add_perm(
    "briefs.review_for_client", manages, reason=_("Only a campaign manager records the client's decision.")
)
add_perm("briefs.review_legal", reviews, reason=_("Only the legal reviewer decides at the legal step."))
add_perm(
    "briefs.delegate",
    reviews | (is_client_approver & sees_campaign),
    reason=_("You cannot hand on this review."),
)
add_perm("briefs.grant_round", manages, reason=_("Only campaign managers grant another revision round."))
add_perm("briefs.review_settings", manages, reason=_("Only campaign managers set how content is reviewed."))
add_perm("briefs.comment", sees_comments_of)
add_perm("briefs.upload", reviews | (is_portal & sees_deliverable), reason=_("You cannot upload here."))
add_perm(
    "briefs.manage_assets", reviews, reason=_("Only reviewers and campaign managers change the library.")
)
add_perm("briefs.manage_rights", manages, reason=_("Only campaign managers record usage rights."))
add_perm("briefs.view_queue", is_staff)
add_perm("briefs.view_client_content", is_client)
