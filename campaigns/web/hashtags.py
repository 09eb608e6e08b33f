"""On a campaign's overview: its hashtags, how they are searched, and what anybody published with them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from campaigns import hashtags
from campaigns.models import Campaign
from krm.accounts.permissions import allowed
from krm.web.pages import DetailPage

SHOWN = 6


class HashtagPanel(DetailPage):
    model = Campaign
    perm = "campaigns.view"
    template_name = "campaigns/hashtag_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        campaign = self.object
        rows = hashtags.standing(campaign)
        tags = [row.tag.pk for row in rows if row.tag is not None]
        newest = list(hashtags.posts(campaign).select_related("hashtag", "post__account__creator")[:SHOWN])
        return {
            "campaign": campaign,
            "rows": rows,
            "newest": newest,
            "totals": hashtags.totals(campaign) if newest else None,
            "all_url": f"{reverse('creators:found_posts')}?{urlencode({'hashtag': tags}, doseq=True)}",
            "may_manage": allowed(self.request.user, "campaigns.manage_campaign", campaign),
        }
