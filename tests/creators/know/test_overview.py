"""The overview of a creator: figures that say where they are from, days that are past, and what can be done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import override

from campaigns.models import Campaign, Candidate, Deliverable
from creators import profiles, records, scoring_runs
from creators.models import AccountSnapshot, AudienceSnapshot, Score, SocialAccount
from creators.web import headline, known
from krm.web.tabs import tabs_for
from tests.campaigns import factories as f
from tests.creators.factories import (
    CreatorFactory,
    PostFactory,
    RateCardFactory,
    SnapshotFactory,
    SocialAccountFactory,
)

pytestmark = pytest.mark.django_db


def score(account: SocialAccount, kind: str, value: float, **fields: Any) -> Score:
    from creators.scoring import registry

    version = registry.current_definitions()[kind].version
    return Score.objects.create(
        account=account, kind=kind, value=value, formula_version=version, inputs_hash=kind, computed_at=timezone.now(),
        **{"confidence": 0.539, "source": "manual", "as_of": localdate(), **fields},
    )  # fmt: skip


def figures(account: SocialAccount, cards: Any = ()) -> dict[str, headline.Figure]:
    accounts = profiles.accounts_of(account.creator)
    scores = profiles.scores_of(accounts, headline.KINDS)
    return {one.key: one for one in headline.figures(accounts, scores, {}, list(cards))}


def test_the_strip_says_what_from_where_how_old_and_how_sure() -> None:
    account = SocialAccountFactory(
        engagement_rate=0.031, figures_source="platform_public", figures_as_of=date(2026, 11, 20), growth_30d=0.02,
    )  # fmt: skip
    score(
        account,
        "audience_quality",
        80,
        inputs={"fake": 0.12, "fake_low": 0.08, "fake_high": 0.2, "basis": "sample"},
    )
    score(account, "reliability", 83, low=61, high=99, inputs={"pieces": 2, "on_time": 2})
    score(account, "prediction", 4_400, inputs={"forecasts": {"reel": {"views": [2400, 4400, 8600, 26]}}})
    score(account, "safety", 55, inputs={"posts": 40, "flags": 1, "risks": {"gambling": 0.45}})
    card = RateCardFactory(creator=account.creator, price=1_250_000)
    found = figures(account, [card])
    assert list(found) == [
        "followers", "engagement", "real", "authenticity", "safety", "reliability", "next", "price",
    ]  # fmt: skip
    assert (found["followers"].value, found["followers"].hint) == (
        "20K",
        "+2 % in 30 days".replace(" %", "\u00a0%"),
    )
    assert (found["followers"].source, found["followers"].as_of) == ("platform_public", date(2026, 11, 20))
    assert (found["real"].value, found["real"].confidence) == ("88\u00a0%", 0.539)
    assert found["real"].hint == "80\u00a0% – 92\u00a0%, by a sample of followers"
    assert found["reliability"].hint == "61 – 99, 2 of 2 on time"
    assert (found["next"].value, found["next"].hint) == ("4.4K views", "2.4K – 8.6K, Reel")
    assert (found["safety"].tone, found["safety"].hint) == ("warn", "worst: Gambling (judol)")
    assert found["price"].value == "Rp1.250.000"
    with override("id"):
        assert figures(account)["next"].value == "4,4 rb tayangan"


def test_what_is_not_known_says_what_would_make_it_known() -> None:
    found = figures(SocialAccountFactory())
    assert found["real"].value == "" and "Upload a sample" in found["real"].hint
    assert found["safety"].value == "" and found["reliability"].value == "" and found["price"].value == ""


def test_the_worst_account_decides_safety() -> None:
    account = SocialAccountFactory(followers=90_000)
    other = SocialAccountFactory(creator=account.creator, followers=1_000, platform="tiktok")
    score(account, "safety", 100, inputs={"posts": 9, "flags": 0, "risks": {}})
    score(other, "safety", 5, inputs={"posts": 3, "flags": 2, "risks": {"hate": 0.95}})
    found = figures(account)["safety"]
    assert (found.tone, found.source) == ("bad", "12 posts read")


def test_confidence_is_rounded_and_the_page_is_ordered(admin_user: Any, client_for: Any) -> None:
    account = SocialAccountFactory(
        authenticity=95, authenticity_confidence=0.539, figures_source="platform_public"
    )
    PostFactory(account=account, is_sponsored=True, caption="Paid words")
    page = client_for(admin_user).get(account.creator.get_absolute_url()).content.decode()
    assert "confidence 54\u00a0%" in page and "53.9" not in page
    body = page[page.index('class="profile"') :]
    order = (
        "At a glance", "Followers over time", "All of the audience", "Best posts", "Paid posts", "All evidence",
        f"/creators/{account.creator_id}/outlook/", "Rates now", "Brands worked with", ">About<", "Who is who",
    )  # fmt: skip
    places = [body.index(text) for text in order]
    assert places == sorted(places)


def test_the_surest_audience_is_shown_first() -> None:
    account = SocialAccountFactory(followers=50_000)
    other = SocialAccountFactory(creator=account.creator, followers=1_000, platform="tiktok")
    for one, source in ((account, "vendor_estimate"), (other, "platform_authorised")):
        AudienceSnapshot.objects.create(
            account=one, source=source, as_of=localdate(), observed_at=timezone.now(), gender={"female": 0.6, "male": 0.4},
            countries={"ID": 0.9, "MY": 0.1, "US": 0.001}, age={"25-34": 0.5, "18-24": 0.4},
        )  # fmt: skip
    accounts = profiles.accounts_of(account.creator)
    seen = known.audience_summary(accounts, {})
    assert seen is not None and seen["account"] == other
    groups = {str(title): rows for title, rows in seen["groups"]}
    assert groups["Countries"] == [("Indonesia", 0.9), ("Malaysia", 0.1)]
    assert [name for name, _share in groups["Age"]] == ["18-24", "25-34"]
    assert [name for name, _share in groups["Gender"]] == ["Women", "Men"]
    assert known.audience_summary([], {}) is None


def test_a_brand_is_dated_by_what_was_done_never_by_what_is_agreed(admin_user: Any) -> None:
    agreement = f.signed()
    creator = agreement.partnership.creator
    Campaign.objects.filter(pk=agreement.partnership.campaign_id).update(
        ends_on=localdate() + timedelta(days=40)
    )
    (row,) = known.brands_of(creator, profiles.accounts_of(creator), admin_user)
    assert row["last_on"] == timezone.localdate(agreement.signed_at)
    # a clock that runs ahead is no reason to show a day that has not come
    piece = f.deliverable_in("published")
    Deliverable.objects.filter(pk=piece.pk).update(published_at=timezone.now() + timedelta(days=3))
    (record,) = records.record("brands", [piece.partnership.creator_id]).to_dict("records")
    assert record["worked_on"] == localdate() + timedelta(days=3)
    creator = piece.partnership.creator
    (row,) = known.brands_of(creator, profiles.accounts_of(creator), admin_user)
    assert row["last_on"] == localdate()


def test_watch_time_is_shown_with_source_and_age(admin_user: Any, client_for: Any) -> None:
    account = SocialAccountFactory(platform="youtube")
    SnapshotFactory(
        account=account, source="platform_authorised", as_of=localdate() - timedelta(days=2), watch_minutes=123_000,
        average_view_seconds=187, definition="last_28_days",
    )  # fmt: skip
    SnapshotFactory(account=account, source="platform_public", as_of=localdate())
    page = client_for(admin_user).get(f"/creators/{account.creator_id}/accounts/").content.decode()
    for text in (
        "Watch time",
        "2,050 hours",
        "3:07 a view",
        "Last 28 days",
        "Platform, authorised",
        "2 days ago",
    ):
        assert text in page, text
    AccountSnapshot.objects.filter(account=account).update(watch_minutes=None)
    assert (
        "Watch time"
        not in client_for(admin_user).get(f"/creators/{account.creator_id}/accounts/").content.decode()
    )


def test_the_audience_tab_costs_the_same_for_more_rows(
    admin_user: Any, client_for: Any, query_budget: Any, constant_queries: Any
) -> None:
    account = SocialAccountFactory.with_history([20_000, 20_100, 20_200, 20_300])
    PostFactory.create_batch(3, account=account)
    scoring_runs.score_accounts([account.pk])
    browser, url = client_for(admin_user), f"/creators/{account.creator_id}/audience/"
    browser.get(url)
    with query_budget("creators.audience_tab"):
        assert browser.get(url).status_code == 200

    def grow() -> None:
        other = SocialAccountFactory.with_history([900, 950, 980], creator=account.creator, platform="tiktok")
        PostFactory.create_batch(3, account=other, platform="tiktok")
        PostFactory.create_batch(3, account=account)

    constant_queries(lambda: browser.get(url), grow)


def test_tabs_come_in_the_order_of_the_work(admin_user: Any) -> None:
    keys = [tab.key for tab in tabs_for("creator", CreatorFactory(), admin_user, "/")]
    assert keys == [
        "accounts", "posts", "audience", "scores", "safety", "dossiers", "rates", "notes", "tasks", "timeline", "client",
        "payments",
    ]  # fmt: skip


def test_the_shortlist_is_the_first_action_and_leads_back(
    staff: Any, client_for: Any, admin_user: Any
) -> None:
    campaign = f.make_campaign()
    creator = f.make_creator()
    browser = client_for(admin_user)
    page = browser.get(creator.get_absolute_url()).content.decode()
    assert 'class="btn btn-primary" name="_bulk" value="shortlist"' in page
    menu = page[page.index("More actions") :]
    assert menu.index("Edit") < menu.index("Merge") < menu.index("Archive") < menu.index("Block")
    form = {"_bulk": "shortlist", "pk": creator.pk, "next": creator.get_absolute_url()}
    asked = browser.post("/creators/", form)
    assert (
        asked.status_code == 200
        and f'name="next" value="{creator.get_absolute_url()}"' in asked.content.decode()
    )
    done = browser.post("/creators/", {**form, "_confirmed": "1", "code": campaign.code, "option": "A"})
    assert done.headers["Location"] == creator.get_absolute_url()
    assert Candidate.objects.get().creator == creator
    away = browser.post("/creators/", {**form, "next": "https://elsewhere.example/", "_confirmed": "1",
                                       "code": campaign.code, "option": "A"})  # fmt: skip
    assert "elsewhere" not in away.headers["Location"]
    seen = client_for(staff("viewer")).get(creator.get_absolute_url()).content.decode()
    assert "_bulk" not in seen and "More actions" not in seen


@pytest.mark.parametrize("part", ["", "?part=about"])
def test_each_side_is_fetched_alone(part: str, admin_user: Any, client_for: Any) -> None:
    account = SocialAccountFactory()
    page = client_for(admin_user).get(f"/creators/{account.creator_id}/overview/{part}")
    text = page.content.decode()
    assert page.status_code == 200 and "<html" not in text
    assert ("Who is who" in text) == bool(part) and ("At a glance" in text) != bool(part)


def test_a_low_risk_is_shown_as_good_and_confidence_without_decimals(
    admin_user: Any, client_for: Any
) -> None:
    account = SocialAccountFactory()
    score(account, "safety", 98, verdict="low", inputs={"posts": 9, "flags": 0, "risks": {}})
    page = client_for(admin_user).get(f"/creators/{account.creator_id}/scores/").content.decode()
    assert 'class="state state-good" data-state="">Low risk' in page
    assert "54\u00a0%" in page and "53.9" not in page


def test_what_was_agreed_is_named_as_people_name_it(admin_user: Any, client_for: Any) -> None:
    partnership = f.signed().partnership
    page = client_for(admin_user).get(f"/creators/{partnership.creator_id}/rates/").content.decode()
    assert "<td>Instagram Reel</td>" in page and "instagram reel" not in page


def test_the_document_names_groups_of_an_audience(admin_user: Any) -> None:
    from creators.knowing import pdf

    account = SocialAccountFactory()
    AudienceSnapshot.objects.create(
        account=account, source="platform_authorised", as_of=localdate(), observed_at=timezone.now(),
        gender={"female": 0.7, "male": 0.3}, countries={"ID": 0.9},
    )  # fmt: skip
    with override("id"):
        text = str(pdf._data(account.creator, "id"))
    assert "Perempuan 70" in text and "Indonesia 90" in text and "female" not in text
