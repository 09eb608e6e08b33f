"""A campaign's hashtags are followed while it runs, within what Instagram allows, and its page shows what came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import now

from campaigns import hashtags, planning
from campaigns.models import Campaign
from creators.listening import hashtags as listening
from creators.listening.finds import Find, keep
from creators.models import FoundBy, FoundPost, TrackedHashtag
from krm.events.models import Notification
from tests.campaigns.factories import make_admin, make_campaign, make_partnership

pytestmark = pytest.mark.django_db


def running(tags: str = "#KopiKita #ad", **fields: Any) -> Campaign:
    admin = make_admin()
    campaign = make_campaign(by=admin, hashtags=tags, **fields)
    make_partnership(campaign, by=admin)
    return planning.activate(campaign, by=admin)


def followed() -> dict[str, int | None]:
    return dict(TrackedHashtag.objects.filter(active=True).values_list("term", "campaign_id"))


def test_followed_from_start_to_end(drain_events: Any) -> None:
    admin = make_admin()
    campaign = make_campaign(by=admin, hashtags="#KopiKita #ad")
    make_partnership(campaign, by=admin)
    drain_events()
    assert followed() == {}
    assert [row.state for row in hashtags.standing(campaign)] == ["later", "label"]

    campaign = planning.activate(campaign, by=admin)
    drain_events()
    assert followed() == {"kopikita": campaign.pk}  # a label of advertising is nobody's own
    assert [row.state for row in hashtags.standing(campaign)] == ["followed", "label"]
    assert hashtags.follow() == 0

    planning.update_campaign(campaign, by=admin, hashtags="#kopisenja")
    drain_events()
    assert followed() == {"kopisenja": campaign.pk}

    campaign = planning.start_reporting(campaign, by=admin)
    campaign.partnerships.update(state="declined")
    drain_events()
    assert followed() == {"kopisenja": campaign.pk}
    campaign = planning.close(campaign, by=admin)
    drain_events()
    assert followed() == {}
    assert [row.state for row in hashtags.standing(campaign)] == ["over"]


def test_what_a_person_follows_goes_on(staff: Any) -> None:
    listening.track("kopikita", by=staff())
    campaign = running("#kopikita #kopisenja")
    assert hashtags.follow() == 2
    assert followed() == {"kopikita": campaign.pk, "kopisenja": campaign.pk}
    listening.track("kopisenja", by=staff())  # nobody's own before, so this is not 'followed already'

    Campaign.objects.filter(pk=campaign.pk).update(
        starts_on=now() - timedelta(days=60), ends_on=now() - timedelta(days=16)
    )
    assert hashtags.follow() == 2
    assert followed() == {"kopikita": None, "kopisenja": None}


def test_what_a_person_stopped_stays_stopped(staff: Any) -> None:
    campaign = running("#kopikita")
    hashtags.follow()
    listening.stop(TrackedHashtag.objects.get(), by=staff())
    assert hashtags.follow() == 0
    assert followed() == {}
    assert [row.state for row in hashtags.standing(campaign)] == ["stopped"]

    listening.track("kopikita", by=staff())
    assert [row.state for row in hashtags.standing(campaign)] == ["followed"]


def test_two_campaigns_share_a_hashtag() -> None:
    first, second = running("#kopikita"), running("#kopikita")
    hashtags.follow()
    assert followed() == {"kopikita": first.pk}
    planning.cancel_campaign(first, by=make_admin())
    hashtags.follow()
    assert followed() == {"kopikita": second.pk}


def test_no_room_is_said_to_the_owner_and_on_the_page(
    drain_events: Any, client_for: Any, monkeypatch: Any
) -> None:
    from creators.platforms.instagram.client import Instagram
    from krm.connectors import credentials

    credentials.save_application("instagram", by=None, client_id="1", own_account_id="17841400000000001")
    assert Instagram().ready(credentials.application("instagram"))
    for n in range(listening.PER_WEEK):
        TrackedHashtag.objects.create(
            term=f"lama{n}", active=False, due_at=now(), counted_at=now() - timedelta(days=2)
        )
    campaign = running("#kopikita")
    drain_events()

    for _round in range(2):
        TrackedHashtag.objects.filter(term="kopikita").update(due_at=now())
        assert listening.pull_due() == 0
        drain_events()

    told = Notification.objects.get(kind="campaigns.hashtag_waits")
    assert told.user == campaign.owner and "30" in told.text and "#kopikita" in told.title
    row = hashtags.standing(campaign)[0]
    assert row.state == "waiting" and "30" in str(row.text)
    page = client_for(campaign.owner).get(reverse("campaigns:hashtag_panel", args=[campaign.pk]))
    assert "Waits for room" in page.content.decode()


def find(tag: TrackedHashtag, external_id: str, days_ago: float, **fields: Any) -> None:
    keep(
        FoundBy.HASHTAG,
        [Find(external_id, url=f"https://www.instagram.com/p/{external_id}/", published_at=now() - timedelta(days=days_ago),
              caption=f"Enak #{tag.term}", **fields)],
        now(), hashtag=tag,
    )  # fmt: skip


def test_the_page_shows_what_anybody_published(
    client_for: Any, api_for: Any, query_budget: Any, staff: Any
) -> None:
    campaign = running("#kopikita #kopisenja")
    hashtags.follow()
    first, second = TrackedHashtag.objects.order_by("term")
    find(first, "a1", 1, likes=1200)
    find(second, "a2", 2, likes=300)
    find(second, "old", 40, likes=9)  # long before the campaign
    other = TrackedHashtag.objects.create(term="lain", due_at=now())
    find(other, "b1", 1)
    TrackedHashtag.objects.filter(pk=first.pk).update(last_outcome="ok", found_count=1)

    assert [post.external_id for post in hashtags.posts(campaign)] == ["a1", "a2"]
    assert hashtags.totals(campaign) == {"posts": 2, "own": 0, "likes": 1500}
    client = client_for(campaign.owner)
    with query_budget("campaigns.hashtag_panel"):
        page = client.get(reverse("campaigns:hashtag_panel", args=[campaign.pk]))
    text = page.content.decode()
    assert "/p/a1/" in text and "/p/a2/" in text and "/p/old/" not in text and "/p/b1/" not in text
    assert f"campaigns/{campaign.pk}/hashtags" in client.get(campaign.get_absolute_url()).content.decode()

    both = client.get(page.context["all_url"])
    shown = {row.external_id for row in FoundPost.objects.all() if row.url in both.content.decode()}
    assert shown == {"a1", "a2", "old"}

    api = api_for(campaign.owner)
    rows = api.get(f"/api/v1/campaigns/{campaign.pk}/hashtags/").json()
    assert [(row["term"], row["state"], row["hashtag"]) for row in rows] == [
        ("kopikita", "followed", first.pk),
        ("kopisenja", "followed", second.pk),
    ]
    listed = api.get(f"/api/v1/found-posts/?hashtag={first.pk}&hashtag={second.pk}").json()
    assert {row["external_id"] for row in listed["results"]} == {"a1", "a2", "old"}
