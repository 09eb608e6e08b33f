"""The KOL's results: their own posts, links and codes, never anybody's else."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from krm.web.pages import Page
from reporting import results
from reporting.models import PromoCode, TrackingLink
from reporting.web.tracking import with_orders


class PortalResults(Page):
    area = "portal"
    template_name = "reporting/portal/results.html"
    title = _("Results")

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        return {
            "posts": results.posts_of(user),
            "links": TrackingLink.objects.visible_to(user)
            .filter(is_active=True)
            .select_related("partnership__campaign__brand", "partnership__creator")
            .order_by("-pk"),
            "codes": with_orders(PromoCode.objects.visible_to(user)),
        }
