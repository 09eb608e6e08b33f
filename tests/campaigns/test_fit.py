"""Fit, fair price, forecasts and ratings where people and programs meet them; nothing of it leaves the agency."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns import assessment, fitting, selection
from campaigns.assessment import layers_v2
from campaigns.assessment.layers import Facts
from campaigns.assessment.layers_v2 import Newer
from campaigns.models import Assessment, Candidate, PartnershipRating
from creators import forecasting, scoring_runs
from creators.models import AudienceSnapshot, Creator, Post, RateCard
from tests.campaigns import factories as f
from tests.creators.factories import SocialAccountFactory

pytestmark = pytest.mark.django_db


def known(creator: Any, **audience: Any) -> Any:
    account = creator.primary_account
    AudienceSnapshot.objects.create(
        account=account, source="vendor_estimate", as_of=date(2026, 11, 1), observed_at=timezone.now(),
        countries=audience or {"ID": 0.9, "MY": 0.1}, gender={"female": 0.8, "male": 0.2},
    )  # fmt: skip
    for n in range(8):
        Post.objects.create(
            account=account, platform=account.platform, external_id=f"{account.pk}-{n}", kind="reel", views=10_000 + 100 * n,
            likes=800 + n, comments=20, published_at=timezone.now() - timedelta(days=3 + n), caption="Serum untuk kulit",
        )  # fmt: skip
    return account


def brand() -> Any:
    return f.make_brand(category="beauty", target_audience={"countries": ["ID"], "gender": ["female"]})


class TestPages:
    def test_panels_of_a_profile(self, client_for: Any) -> None:
        mine = brand()
        creator = f.make_creator()
        account = known(creator)
        scoring_runs.score_accounts([account.pk])
        forecasting.keep([account.pk])
        admin = client_for(f.make_admin())
        page = admin.get(f"/campaigns/fit/creators/{creator.pk}/?brand={mine.pk}").content.decode()
        assert (
            "88% of the audience matches" in page
            or "85% of the audience matches" in page
            or "of the audience matches" in page
        )
        page = admin.get(f"/creators/{creator.pk}/outlook/").content.decode()
        assert "Reel" in page and "10" in page and "Reliability comes with work together" in page
        page = admin.get(f"/creators/{creator.pk}/prices/").content.decode()
        assert "Not enough deals" in page

    def test_a_brand_of_another_team_is_not_offered(self, client_for: Any, staff: Any) -> None:
        theirs, creator = brand(), f.make_creator()
        page = (
            client_for(staff())
            .get(f"/campaigns/fit/creators/{creator.pk}/?brand={theirs.pk}")
            .content.decode()
        )
        assert theirs.name not in page

    def test_the_fit_opens_on_the_brand_with_the_best_reason(self, client_for: Any) -> None:
        first, listed, worked = (f.make_brand(name=name) for name in ("Aaa", "Bbb", "Ccc"))
        agreement = f.signed(f.drafted(f.accepted(f.make_partnership(f.make_campaign(worked)))))
        creator = agreement.partnership.creator
        selection.add_candidates(f.make_campaign(listed), by=f.make_admin(), creators=[creator], option="A")
        url = f"/campaigns/fit/creators/{creator.pk}/"
        admin = client_for(f.make_admin())
        page = admin.get(url)
        assert (page.context["brand"], "They worked with this brand" in page.content.decode()) == (
            worked,
            True,
        )
        other = f.make_creator()
        selection.add_candidates(f.make_campaign(listed), by=f.make_admin(), creators=[other], option="A")
        assert admin.get(f"/campaigns/fit/creators/{other.pk}/").context["brand"] == listed
        # what was chosen stands for whoever is looked at next
        assert admin.get(f"{url}?brand={first.pk}").context["brand"] == first
        page = admin.get(f"/campaigns/fit/creators/{other.pk}/")
        assert (page.context["brand"], "The brand you chose last." in page.content.decode()) == (first, True)
        assert admin.get(f"{url}?brand=999999").context["brand"] is None

    def test_without_a_reason_the_best_fit_is_opened(self, client_for: Any) -> None:
        f.make_brand(name="Aaa", category="cars", target_audience={"countries": ["US"]})
        fits = f.make_brand(
            name="Zzz", category="beauty", target_audience={"countries": ["ID"], "gender": ["female"]}
        )
        creator = f.make_creator(categories=["beauty"])
        account = known(creator)
        scoring_runs.score_accounts([account.pk])
        assert (
            client_for(f.make_admin()).get(f"/campaigns/fit/creators/{creator.pk}/").context["brand"] == fits
        )

    def test_one_table_with_the_accounts_beside_each_other(self, client_for: Any) -> None:
        mine, creator = brand(), f.make_creator()
        known(creator)
        SocialAccountFactory(creator=creator, platform="tiktok", followers=9_000)
        page = client_for(f.make_admin()).get(f"/campaigns/fit/creators/{creator.pk}/?brand={mine.pk}")
        assert page.content.decode().count("<table") == 1
        assert [len(row["cells"]) for row in page.context["parts"]] == [2] * len(page.context["parts"])
        alike = next(row for row in page.context["parts"] if row["label"] == "Category")
        assert alike["sentence"] and page.content.decode().count(alike["sentence"]) == 1

    def test_rating_on_the_partnership(self, client_for: Any) -> None:
        partnership = f.signed().partnership
        admin = client_for(f.make_admin())
        assert (
            admin.post(f"/campaigns/partnerships/{partnership.pk}/rate/", {"score": "9"}).status_code == 422
        )
        assert (
            admin.post(
                f"/campaigns/partnerships/{partnership.pk}/rate/", {"score": "4", "remark": "Quick"}
            ).status_code
            == 302
        )
        assert PartnershipRating.objects.get().score == 4
        assert "4/5" in admin.get(partnership.get_absolute_url()).content.decode()
        portal = client_for(f.portal_for(partnership.creator))
        assert portal.get(f"/campaigns/partnerships/{partnership.pk}/rate/").status_code == 404

    def test_the_offer_form_brings_the_fair_price(self, client_for: Any) -> None:
        partnership = f.make_partnership()
        RateCard.objects.create(
            creator=partnership.creator,
            platform="instagram",
            format="reel",
            price=9_000_000,
            valid_from=date(2026, 1, 1),
        )
        admin = client_for(f.make_admin())
        assert (
            f"/campaigns/partnerships/{partnership.pk}/prices/"
            in admin.get(f"/campaigns/partnerships/{partnership.pk}/offer/").content.decode()
        )
        assert "9.000.000" in admin.get(f"/campaigns/partnerships/{partnership.pk}/prices/").content.decode()


class TestShortlist:
    def test_fit_column_and_best_first(
        self, client_for: Any, query_budget: Any, constant_queries: Any
    ) -> None:
        campaign = f.make_campaign(brand())
        good, other = f.make_creator(), f.make_creator(categories=["cars"], followers=90_000)
        known(good)
        known(other, US=1.0)
        admin = f.make_admin()
        selection.add_candidates(campaign, by=admin, creators=[good, other], option="A")

        def more() -> None:
            made = [f.make_creator() for _ in range(4)]
            for creator in made:
                known(creator)
            selection.add_candidates(campaign, by=admin, creators=made, option="B")

        client, url = client_for(admin), f"/campaigns/{campaign.pk}/shortlist/"
        client.get(url)  # the first page of a login also writes its session
        with query_budget("campaigns.shortlist_fit"):
            page = client.get(url).content.decode()
        constant_queries(lambda: client.get(url), more)
        assert "of the audience matches" in page
        listed = client_for(admin).get(f"/campaigns/{campaign.pk}/shortlist/add/?sort=fit").content.decode()
        assert listed.index(str(good)) < listed.index(str(other))

    def test_whose_followers_nobody_knows_come_last(self, client_for: Any) -> None:
        campaign, admin = f.make_campaign(brand()), f.make_admin()
        small = f.make_creator(followers=1_200)
        unknown = Creator.objects.create(name="Zz Twin", search_text="zz twin")
        page = client_for(admin).get(f"/campaigns/{campaign.pk}/shortlist/add/").content.decode()
        assert page.index(str(small)) < page.index(str(unknown))
        listed = client_for(admin).get("/creators/?sort=-followers").content.decode()
        assert listed.index(str(small)) < listed.index(str(unknown))

    def test_assessment_is_version_2_and_says_what_it_stands_on(self) -> None:
        campaign = f.make_campaign(brand())
        creator = f.make_creator()
        account = known(creator)
        scoring_runs.score_accounts([account.pk])
        selection.add_candidates(campaign, by=f.make_admin(), creators=[creator], option="A")
        candidate = Candidate.objects.get()
        assert candidate.forecast_low <= candidate.forecast_mid <= candidate.forecast_high
        assert 9_000 < candidate.forecast_mid < 12_000
        rows = {row.layer: row for row in Assessment.objects.filter(candidate=candidate)}
        assert {row.formula_version for row in rows.values()} == {"2"}
        said = " ".join(assessment.explain(rows["performance"].explanation))
        assert "of the audience matches the target" in said and "Next Reel: 10" in said


class TestLayers:
    def test_by_hand(self) -> None:
        facts = Facts(engagement_rate=0.04, peer_rate=0.02, brand_category="beauty", categories=("beauty",))
        newer = Newer(
            fit={"audience": 0.5, "topic": 0.5},
            severity="high",
            findings=2,
            reliability=80.0,
            reliability_sure=0.5,
        )
        judged = {name: judge(facts, newer)[0] for name, judge in layers_v2.LAYERS.items()}
        assert judged["performance"] == pytest.approx(0.6 * 75 + 0.4 * 50)
        assert judged["creative"] == pytest.approx(0.4 * 50 + 0.6 * 100)
        assert (judged["brand_safety"], judged["relationship"], judged["authenticity"]) == (25, 80, None)

    def test_without_anything_new_it_is_the_first_version(self) -> None:
        from campaigns.assessment import layers

        facts = Facts(
            authenticity=70.0,
            engagement_rate=0.04,
            peer_rate=0.02,
            brand_category="beauty",
            categories=("beauty",),
        )
        for name, judge in layers_v2.LAYERS.items():
            assert judge(facts, Newer())[0] == layers.LAYERS[name](facts)[0]


class TestRest:
    def test_fit_price_forecast_and_rating(self, api_for: Any) -> None:
        mine, creator = brand(), f.make_creator()
        account = known(creator)
        scoring_runs.score_accounts([account.pk])
        forecasting.keep([account.pk])
        api = api_for(f.make_admin())
        found = api.get(f"/api/v1/brands/{mine.pk}/fit/?creators={creator.pk}").json()
        row = (found["results"] if isinstance(found, dict) else found)[0]
        assert row["account_id"] == account.pk and 0 <= row["value"] <= 100
        assert {part["name"] for part in row["parts"]} >= {"audience", "category"}
        assert api.get(f"/api/v1/brands/{mine.pk}/fit/?accounts=x").status_code == 400
        price = api.get(f"/api/v1/creators/{creator.pk}/fair_price/?platform=instagram").json()
        assert all(one["enough"] is False for one in (price["results"] if isinstance(price, dict) else price))
        ahead = api.get(f"/api/v1/creators/{creator.pk}/forecasts/").json()["ahead"]
        assert {one["metric"] for one in ahead} == {"views", "likes", "engagement"}
        partnership = f.signed().partnership
        assert (
            api.post(f"/api/v1/partnerships/{partnership.pk}/rate/", {"score": 5}, format="json").status_code
            == 200
        )
        assert api.get(f"/api/v1/partnerships/{partnership.pk}/ratings/").status_code == 200

    def test_queries_do_not_grow(self) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        mine = brand()
        ids = [known(f.make_creator()).pk for _ in range(3)]

        def ask(some: list[int]) -> int:
            with CaptureQueriesContext(connection) as seen:
                fitting.fits_of(mine, some)
            return len(seen)

        assert ask(ids[:1]) == ask(ids)
