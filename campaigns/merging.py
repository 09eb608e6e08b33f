"""What this room's rows mean when two creators become one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import ExclusivityWindow, Partnership
from creators.duplicates.movers import register_mover
from creators.models import Creator

OVER = ("completed", "cancelled", "declined")


def _two_partnerships(row: Partnership, kept: Creator) -> tuple[bool, Any]:
    """Two people in one campaign: fine if one of them is over, else somebody has to decide first."""
    other = Partnership.objects.filter(campaign_id=row.campaign_id, creator=kept).first()
    if other is None or row.state in OVER:
        return False, _("%(name)s is in the campaign %(campaign)s too.") % {
            "name": kept,
            "campaign": row.campaign,
        }
    return True, _(
        "Both work in the campaign %(campaign)s. Cancel one of the partnerships there, then merge."
    ) % {"campaign": row.campaign}


def _two_windows(row: ExclusivityWindow, kept: Creator) -> tuple[bool, Any]:
    return True, _(
        "%(name)s is promised to another brand of %(category)s while this creator is to %(brand)s. Release one of the"
        " exclusivity windows, then merge."
    ) % {"name": kept, "category": row.category, "brand": row.brand}


register_mover(
    "campaigns.Partnership", label=gettext_lazy("Partnerships"), collision=_two_partnerships, order=60
)
register_mover("campaigns.Candidate", label=gettext_lazy("Places on shortlists"), order=61)
register_mover(
    "campaigns.ExclusivityWindow", label=gettext_lazy("Exclusivity windows"), collision=_two_windows, order=62
)
