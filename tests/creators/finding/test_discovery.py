"""Discovery: the table follows its sources, filters combine and turn round, pages visit every row once."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate, now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators import people, tagging
from creators.finding import (
    facets,
    filters,
    hints,
    relevance,
    segments,
    similar,
    sketches,
    table,
    tokens,
    words,
)
from creators.finding.search import Search
from creators.models import (
    AudienceSnapshot,
    BrandMention,
    CustomField,
    DiscoveryRow,
    DiscoveryText,
    PostComment,
    Score,
    SocialAccount,
)
from krm.errors import Denied
from tests.creators.factories import CreatorFactory, PostFactory, RateCardFactory, SocialAccountFactory

NAMES = ["Rani Kusuma", "Budi Santoso", "Siti Rahayu", "Agus Wijaya", "Dewi Lestari", "Eko Prasetyo"]


def account(**given: Any) -> SocialAccount:
    made = {key: given.pop(key) for key in ("name", "country", "city", "categories", "languages", "bio", "email", "custom", "status")
            if key in given}  # fmt: skip
    return SocialAccountFactory(creator=CreatorFactory(**made), **given)


def keys(params: dict[str, Any], user: Any, sort: str = "-followers") -> list[int]:
    return [row.pk for row in Search(params, user).page(sort, 200).slice.rows]


# -- the table -----------------------------------------------------------------------------------------------------


def test_a_row_holds_what_its_sources_say(staff: Any) -> None:
    by = staff()
    one = account(name="Rani Kusuma", handle="rani", country="ID", city="Bandung", categories=["Beauty"], languages=["id"],
                  email="r@x.id", followers=20_000, engagement_rate=0.03)  # fmt: skip
    PostFactory(account=one, published_at=now() - timedelta(days=3), kind="reel")
    PostFactory(account=one, published_at=now() - timedelta(days=1), is_deleted=True)
    RateCardFactory(creator=one.creator, price=1_500_000)
    RateCardFactory(creator=one.creator, format="story", price=500_000)
    RateCardFactory(creator=one.creator, format="live", price=1, valid_to=date(2026, 2, 1))
    AudienceSnapshot.objects.create(
        account=one, source="platform_authorised", as_of=date(2026, 11, 1), observed_at=now(),
        gender={"female": 0.7, "male": 0.3}, age={"18-24": 0.5, "45-54": 0.06, "55-64": 0.04},
        countries={"ID": 0.83, "SG": 0.1}, cities={"Jakarta": 0.2},
    )  # fmt: skip
    Score.objects.create(
        account=one, kind="engagement", value=0.03, confidence=0.7, formula_version="er-1.0", inputs_hash="1",
        inputs={"er_followers": 0.03, "er_views": 0.08}, computed_at=now(),
        components=[["by_followers", 0.66, 1.0, 0.66, 12, {}], ["by_views", None, 0.0, None, 12, {}]],
    )  # fmt: skip
    tagging.tag([one.creator_id], ["hijab"], by=by)
    assert table.refresh([one.pk]) == 1
    row = DiscoveryRow.objects.get()
    assert (row.country, row.city, row.followers, row.has_email) == ("ID", "Bandung", 20_000, True)
    assert row.last_post_on == localdate(now() - timedelta(days=3))
    assert (row.price_low, row.price_high) == (500_000, 1_500_000)
    assert row.audience_45_up == pytest.approx(0.1) and row.audience_country == "ID"
    assert row.search_text == "rani kusuma rani"
    assert row.is_main and row.standing is None and row.safety_band is None
    assert table.refresh([one.pk]) == 0, "nothing changed, nothing is written"
    for params in (
        {"audience_country": ["ID"], "audience_country_share": ["80"]},
        {"audience_city": ["jakarta"], "audience_city_share": ["20"]},
        {"category": ["beauty"]}, {"language": ["id"]}, {"post_format": ["reel"]}, {"price_max": ["0.6 jt"]},
        {"country": ["Indonesia"]}, {"city": ["bandung"]}, {"audience_female_min": ["70"]}, {"last_post": ["7"]},
        {"followers_min": ["20rb"], "followers_max": ["20.000"]}, {"standing": ["never"]}, {"email": ["true"]},
    ):  # fmt: skip
        assert keys(params, by) == [one.pk], params
    for params in ({"audience_country": ["ID"], "audience_country_share": ["90"]}, {"price_min": ["2jt"]},
                   {"audience_country": ["SG"], "audience_country_share": ["20"]}, {"last_post": ["2"]}):  # fmt: skip
        assert keys(params, by) == [], params


def test_events_keep_the_table(staff: Any, drain_events: Any) -> None:
    by = staff()
    creator = people.create_creator(by=by, name="Rani", city="Jakarta")
    made = people.add_account(creator, by=by, handle="rani.k", platform="instagram")
    drain_events()
    assert DiscoveryRow.objects.get(pk=made.pk).search_text == "rani rani.k"
    people.update_creator(creator, by=by, city="Medan", name="Rani Baru")
    tagging.tag([creator.pk], ["vip"], by=by)
    drain_events()
    row = DiscoveryRow.objects.get(pk=made.pk)
    assert row.city == "Medan" and row.search_text.startswith("rani baru")
    assert keys({"tag": [str(creator.tags.get().pk)]}, by) == [made.pk]
    people.archive(creator, by=by)
    drain_events()
    assert keys({}, by) == [] and keys({"status": ["archived"]}, by) == [made.pk]


# -- laws ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(staff: Any) -> Any:
    """Sixty accounts with many values missing."""
    rng = random.Random(3)
    made = []
    for n in range(60):
        one = account(
            name=f"{rng.choice(NAMES)} {n}", handle=f"h{n}", country=rng.choice(["ID", "SG", ""]),
            city=rng.choice(["Jakarta", "Bandung", ""]), categories=rng.sample(["beauty", "food", "travel"], rng.randrange(3)),
            platform=rng.choice(["instagram", "tiktok", "youtube"]), followers=rng.choice([None, 1_000, 20_000, 20_000, 700_000]),
            engagement_rate=rng.choice([None, 0.01, 0.03, 0.08]), authenticity=rng.choice([None, 40.0, 80.0]),
            custom=rng.choice([{}, {"size": 38}, {"size": 41, "halal": True}]),
        )  # fmt: skip
        made.append(one.pk)
        if n % 3 == 0:
            AudienceSnapshot.objects.create(
                account=one, source="vendor_estimate", as_of=date(2026, 11, 1), observed_at=now(),
                gender={"female": rng.random()}, countries={"ID": rng.random()},
            )  # fmt: skip
    CustomField.objects.create(key="size", label="Shoe size", kind="number")
    CustomField.objects.create(key="halal", label="Halal", kind="boolean")
    table.refresh(made)
    return staff()


ONE = st.sampled_from([
    {"platform": ["tiktok"]}, {"platform": ["tiktok", "youtube"]}, {"followers_min": ["5k"]}, {"followers_max": ["20000"]},
    {"engagement_min": ["2"]}, {"engagement_max": ["3"]}, {"authenticity_min": ["50"]}, {"category": ["beauty"]},
    {"category": ["beauty", "nothing"]}, {"country": ["ID"]}, {"city": ["jakarta"]}, {"audience_female_min": ["40"]},
    {"audience_country": ["ID"], "audience_country_share": ["50"]}, {"last_post": ["30"]}, {"email": ["false"]},
    {"safety_band": ["high"]}, {"standing": ["never"]}, {"standing": ["worked"]}, {"price_max": ["1jt"]},
    {"brand": ["x"]}, {"own_size": ["38..40"]}, {"own_halal": ["true"]}, {"state": ["active"]}, {"deals_min": ["1"]},
    {"main": ["true"]}, {"reliability_min": ["1"]}, {"growth_30d_min": ["0"]}, {"tier": ["1"]},
])  # fmt: skip
LAWS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def found(params: dict[str, Any], user: Any) -> set[int]:
    search = Search(params, user)
    rows = set(search.queryset.values_list("pk", flat=True))
    assert not search.errors, search.errors
    return rows


@LAWS
@given(ONE)
def test_turned_round_a_filter_is_the_exact_complement(crowd: Any, one: dict[str, Any]) -> None:
    every = found({}, crowd)
    mine, opposite = found(one, crowd), found({f"not_{k}": v for k, v in one.items()}, crowd)
    assert mine | opposite == every and not mine & opposite
    key = next(f.key for f in filters.all_filters(Search({}, crowd).known) if set(f.names) & set(one))
    assert found({**one, "not": [key]}, crowd) == opposite


@LAWS
@given(ONE, ONE, st.booleans())
def test_filters_commute_and_meet(crowd: Any, one: dict[str, Any], two: dict[str, Any], turned: bool) -> None:
    if set(one) & set(two):
        return
    two = {f"not_{k}": v for k, v in two.items()} if turned else two
    both = found({**one, **two}, crowd)
    assert both == found({**two, **one}, crowd) == found(one, crowd) & found(two, crowd)


@LAWS
@given(
    st.sampled_from(["-followers", "followers", "-engagement_rate", "authenticity", "-growth_30d", "search_text", "-last_post_on"]),
    st.integers(1, 17), ONE, st.booleans(),
)  # fmt: skip
def test_paging_visits_every_row_once_and_goes_back(
    crowd: Any, sort: str, size: int, one: dict[str, Any], few: bool
) -> None:
    import creators.finding.search as module

    held = module.MANY
    module.MANY = 10**9 if few else 0  # both ways to find a page
    try:
        seen: list[int] = []
        pages: list[list[int]] = []
        after = None
        while True:
            page = Search(one, crowd).page(sort, size, after=after)
            pages.append([row.pk for row in page.slice.rows])
            seen += pages[-1]
            if page.slice.next is None:
                break
            after = page.slice.next
        assert len(seen) == len(set(seen)) and set(seen) == found(one, crowd)
        if len(pages) > 1:
            back = Search(one, crowd).page(sort, size, before=page.slice.previous)
            assert [row.pk for row in back.slice.rows] == pages[-2]
    finally:
        module.MANY = held


@pytest.mark.django_db(transaction=True)
def test_a_walk_that_takes_too_long_gives_the_same_page(crowd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import creators.finding.search as module

    monkeypatch.setattr(module, "MANY", 0)
    wanted = {sort: keys({"platform": ["tiktok"]}, crowd, sort) for sort in ("-followers", "authenticity")}
    monkeypatch.setattr(module, "PATIENCE_MS", 1)
    for _ in range(5):  # some are in time, some are not
        assert {sort: keys({"platform": ["tiktok"]}, crowd, sort) for sort in wanted} == wanted


def test_a_value_that_means_nothing_is_said(crowd: Any) -> None:
    for params, name in (
        ({"followers_min": ["many"]}, "followers_min"), ({"platform": ["myspace"]}, "platform"), ({"email": ["perhaps"]}, "email"),
        ({"last_post": ["soon"]}, "last_post"), ({"segment": ["999"]}, "segment"),
        ({"audience_country": ["ID"], "audience_country_share": ["95"]}, "audience_country_share"),
    ):  # fmt: skip
        search = Search(params, crowd)
        assert len(list(search.queryset)) == 60
        assert name in search.errors


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50k", 50_000), ("1.5jt", 1_500_000), ("1,5 juta", 1_500_000), ("20.000", 20_000), ("1.250.000", 1_250_000), ("2,5", 2.5), ("10rb", 10_000)],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, expected: float) -> None:
    one = next(f for f in filters.BASE if f.key == "followers")
    assert filters.number(one, {"followers_min": [text]}, "min") == expected


# -- words ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def writers(staff: Any) -> Any:
    texts = {
        "Skin": (
            "Skincare reviewer dari Bandung",
            "Review serum dan sunscreen untuk kulit berminyak. #skincare",
        ),
        "Skin2": (
            "Beauty enthusiast",
            "Skincare routine pagi dengan sunscreen baru #skincare #racunskincare",
        ),
        "Cook": ("Resep masakan rumahan", "Resep rendang untuk lebaran #resep #masak"),
        "Cook2": ("Foodie", "Kuliner malam dan resep sambal #kuliner #resep"),
        "Game": ("Gaming tiap malam", "Push rank mobile legends #gaming"),
    }
    made = {}
    for name, (bio, caption) in texts.items():
        one = account(name=name, handle=name.lower(), bio=bio, followers=10_000 + len(made))
        for _ in range(3):
            PostFactory(account=one, caption=caption)
        made[name] = one.pk
    words.rebuild()
    table.refresh(made.values())
    return staff(), made


def test_a_description_finds_who_writes_about_it(writers: Any) -> None:
    by, made = writers
    page = Search({"about": ["skincare di bandung"]}, by).page()
    assert [row.pk for row in page.slice.rows][:2] == [made["Skin"], made["Skin2"]]
    assert "skincare" in page.relevance.why([made["Skin"]])[made["Skin"]]
    assert keys({"about": ["perawatan kulit"]}, by, "")[:1] == [made["Skin"]], "Indonesian finds English"
    wrong = Search({"about": ["skincre"]}, by)
    assert {row.pk for row in wrong.page().slice.rows} == {made["Skin"], made["Skin2"]}
    assert wrong.ranking.concepts[0].read_as == "skincare"
    assert keys({"about": ["skincare"], "followers_min": ["10001"]}, by, "") == [made["Skin2"]]
    assert Search({"about": ["xyzzy"]}, by).page().slice.rows == []


def test_who_meets_all_words_but_one_comes_before_who_is_all_about_one(writers: Any) -> None:
    by, made = writers
    found = keys({"about": ["resep sambal gaming"]}, by, "")
    assert found[0] == made["Cook2"]
    assert set(found) == {made["Cook2"], made["Cook"], made["Game"]}, (
        "the others are looked for, the page not being full"
    )


def test_lookalikes_share_words_with_the_seeds(writers: Any) -> None:
    by, made = writers
    near = similar.lookalikes([made["Cook"]], DiscoveryRow.objects.visible_to(by))
    assert near[0].account_id == made["Cook2"] and "resep" in near[0].shared
    assert made["Cook"] not in [one.account_id for one in near] and 0 < near[0].score <= 1
    assert keys({"like": [str(made["Cook"])]}, by, "")[0] == made["Cook2"]
    with pytest.raises(ValidationError):
        similar.lookalikes([], DiscoveryRow.objects.all())


def test_words_are_read_again_only_where_they_changed(writers: Any) -> None:
    _by, made = writers
    assert words.refresh(made.values()) == 0
    PostFactory(account_id=made["Game"], platform="instagram", caption="Resep kopi")
    assert words.refresh(made.values()) == 1
    assert DiscoveryText.objects.get(pk=made["Game"]).terms


def test_names_are_found_mistyped(crowd: Any) -> None:
    assert keys({"q": ["kusuma"]}, crowd)
    assert keys({"q": ["kusumma"]}, crowd), "one letter too many"
    assert keys({"q": ["@h12"]}, crowd) and not keys({"q": ["zzzzzz"]}, crowd)


# -- counts, segments, overlap -------------------------------------------------------------------------------------


def test_counts_per_value_add_up(crowd: Any) -> None:
    counted = facets.counts(Search({"platform": ["tiktok"], "country": ["ID"]}, crowd))
    platform = counted["platform"]
    assert platform.exact and platform["tiktok"] == len(
        found({"platform": ["tiktok"], "country": ["ID"]}, crowd)
    )
    assert platform["youtube"] == len(found({"platform": ["youtube"], "country": ["ID"]}, crowd)), (
        "without its own choice"
    )
    assert counted["category"]["beauty"] == len(
        found({"platform": ["tiktok"], "country": ["ID"], "category": ["beauty"]}, crowd)
    )


def test_every_value_of_a_filter_has_its_count(crowd: Any) -> None:
    CustomField.objects.create(key="cut", label="Cut", kind="choices", options=["S", "L"], filterable=True)
    CustomField.objects.create(key="keto", label="Keto", kind="boolean", filterable=True)
    rows = list(DiscoveryRow.objects.order_by("pk")[:5])
    for row, custom in zip(
        rows,
        [{"cut": ["S", "L"]}, {"cut": ["L"], "keto": True}, {"keto": False}, {"keto": None}],
        strict=False,
    ):
        DiscoveryRow.objects.filter(pk=row.pk).update(custom=custom)
    search = Search({}, crowd)
    counted = facets.counts(search)
    assert set(counted) == {one.key for one in filters.all_filters(search.known) if one.facet}
    uncounted = {one.kind for one in filters.all_filters(search.known) if not one.facet}
    assert uncounted <= {"number", "days", "segment", "rivals", "own_text", "own_number", "own_date"}
    assert counted["own_cut"].counts == {"L": 2, "S": 1}
    assert counted["own_keto"].counts == {"true": 1, "false": 1}
    for key, value in (
        ("email", "true"),
        ("main", "false"),
        ("state", "active"),
        ("post_format", "reel"),
        ("own_cut", "L"),
    ):
        assert counted[key][value] == len(found({key: [value]}, crowd)), key
    wide = facets.counts(Search({"audience_country_share": ["50"]}, crowd), ["audience_country"])[
        "audience_country"
    ]
    for value, number in wide.counts.items():
        assert number == len(found({"audience_country": [value], "audience_country_share": ["50"]}, crowd))


def test_a_segment_is_a_live_list(crowd: Any, staff: Any) -> None:
    segment = segments.create(
        by=crowd, name="TikTok", filters={"platform": ["tiktok"], "page": ["3"]}, shared=False
    )
    assert segment.filters == {"platform": ["tiktok"]}
    before = set(segments.members(segment, crowd).values_list("pk", flat=True))
    assert before == found({"segment": [str(segment.pk)]}, crowd) == found({"platform": ["tiktok"]}, crowd)
    one = account(platform="tiktok", name="New")
    table.refresh([one.pk])
    assert set(segments.members(segment, crowd).values_list("pk", flat=True)) == before | {one.pk}
    outer = segments.create(by=crowd, name="Outer", filters={"segment": [str(segment.pk)], "country": ["ID"]})
    assert set(segments.members(outer, crowd).values_list("pk", flat=True)) <= before | {one.pk}
    with pytest.raises(ValidationError):
        segments.update(segment, by=crowd, filters={"segment": [str(outer.pk)]})
    with pytest.raises(ValidationError):
        segments.create(by=crowd, name="TikTok", filters={"platform": ["tiktok"]})
    with pytest.raises(ValidationError):
        segments.create(by=crowd, name="Everybody", filters={})
    colleague = staff()
    assert "segment" in _errors({"segment": [str(segment.pk)]}, colleague), "not shared"
    segments.update(segment, by=crowd, shared=True)
    assert found({"segment": [str(segment.pk)]}, colleague)
    with pytest.raises(Denied):
        segments.update(segment, by=colleague, name="Mine")
    assert set(segments.creators_in(segment, crowd).values_list("pk", flat=True))


def _errors(params: dict[str, Any], user: Any) -> dict[str, str]:
    search = Search(params, user)
    list(search.queryset)
    return search.errors


def test_sketches_come_from_comments(staff: Any) -> None:
    one, two = account(name="A"), account(name="B")
    for made, first in ((one, 0), (two, 20)):
        post = PostFactory(account=made, comments=80)
        PostComment.objects.bulk_create(
            PostComment(post=post, account=made, external_id=f"c{made.pk}-{n}", author_key=f"k{first + n}", source="platform_public",
                        observed_at=now()) for n in range(40)
        )  # fmt: skip
    assert sketches.refresh([one.pk, two.pk]) == 2
    samples = sketches.of([one.pk, two.pk])
    assert (samples[one.pk].people, samples[one.pk].fraction) == (40, 0.5)
    from creators.finding import comparing

    table.refresh([one.pk, two.pk])
    found_ = comparing.overlap_of([one.pk, two.pk], staff())
    assert found_["pairs"][0]["common"]["value"] == pytest.approx(80), (
        "20 met twice, half of each read: 20 / .25"
    )
    PostComment.objects.all().delete()
    sketches.refresh([one.pk, two.pk])
    assert sketches.of([one.pk, two.pk]) == {}


def test_past_brands_and_rivals(staff: Any) -> None:
    from creators.finding import clients

    by = staff()
    one, two = account(name="A"), account(name="B")
    BrandMention.objects.create(post=PostFactory(account=one), account=one, brand="glow_lab", sponsored="yes")
    table.refresh([one.pk, two.pk])
    assert keys({"brand": ["glow_lab"]}, by) == [one.pk] and keys({"not_brand": ["glow_lab"]}, by) == [two.pk]
    clients.register("test", lambda user: [clients.Client(7, "Ours", ("Glow Lab",))])
    try:
        assert keys({"rivals_of": ["7"]}, by) == [one.pk] and keys({"not_rivals_of": ["7"]}, by) == [two.pk]
    finally:
        del clients._providers["test"]


# -- pages and endpoints -------------------------------------------------------------------------------------------


def test_pages_and_api_cost_the_same_whatever_is_asked(
    crowd: Any, client_for: Any, api_for: Any, query_budget: Any, constant_queries: Any
) -> None:
    client, api = client_for(crowd), api_for(crowd)
    read = {
        "creators.find": lambda: client.get("/creators/find/"),
        "creators.find_facets": lambda: client.get("/creators/find/facets/?country=ID"),
        "creators.compare": lambda: client.get(
            "/creators/compare/?" + "&".join(f"account={pk}" for pk in pks)
        ),
        "creators.api_discovery": lambda: api.get("/api/v1/discovery?page_size=50"),
    }
    pks = list(DiscoveryRow.objects.values_list("pk", flat=True)[:4])
    for name, get in read.items():
        assert get().status_code == 200
        with query_budget(name):
            get()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = [
        "platform=tiktok&not=platform", "followers_min=1k&engagement_min=1&authenticity_min=10&audience_female_min=1",
        "category=beauty&not_language=en&audience_country=ID&audience_country_share=50&brand=x&post_format=reel",
        "country=ID&city=Jakarta&tier=1&status=prospect&standing=never&email=false&main=true&price_max=1jt&last_post=30",
    ]  # fmt: skip
    for query in asked:
        with CaptureQueriesContext(connection) as captured:
            assert api.get(f"/api/v1/discovery?page_size=50&{query}").status_code == 200
        assert len(captured) <= 12, [q["sql"][:120] for q in captured]
    constant_queries(read["creators.api_discovery"], lambda: table.refresh([account().pk for _ in range(10)]))


def test_the_page_shows_filters_chips_and_reasons(writers: Any, client_for: Any) -> None:
    by, made = writers
    client = client_for(by)
    body = client.get("/creators/find/?about=skincare&platform=tiktok&not=platform").content.decode()
    assert "all but TikTok" in body and "Described as" in body and "skincare" in body
    assert "facet-platform" in client.get("/creators/find/facets/?about=skincare").content.decode()
    answer = client.post("/creators/find/", {"_bulk": "compare", "pk": [made["Skin"], made["Cook"]]})
    assert answer.status_code == 302 and "account=" in answer.headers["Location"]
    assert "Skin" in client.get(answer.headers["Location"]).content.decode()
    three = client.get(
        "/creators/compare/?" + "&".join(f"account={pk}" for pk in list(made.values())[:3])
    ).content.decode()
    assert three.count("compare-out") == 3, "each may be taken out"
    assert "compare-out" not in client.get(answer.headers["Location"]).content.decode(), "two are the least"
    alike = client.post("/creators/find/", {"_bulk": "like", "pk": [made["Cook"]]})
    assert "Cook2" in client.get(alike.headers["Location"]).content.decode()
    client.post("/creators/find/", {"_bulk": "tag", "_confirmed": "1", "pk": [made["Cook"]], "names": "chef"})
    assert SocialAccount.objects.get(pk=made["Cook"]).creator.tags.get().name == "chef"
    saved = client.post("/creators/segments/add/?about=skincare", {"name": "Skin people"})
    assert "segment=" in saved.headers["Location"]
    assert "Skin people" in client.get("/creators/segments/").content.decode()
    export = b"".join(client.get("/creators/find/?about=skincare&export=csv").streaming_content).decode()
    assert "Skin" in export and "Game" not in export


def test_the_api_refuses_what_it_does_not_know(crowd: Any, api_for: Any) -> None:
    api = api_for(crowd)
    assert api.get("/api/v1/discovery?platfrom=tiktok").status_code == 400
    assert api.get("/api/v1/discovery?platform=myspace").status_code == 400
    first = api.get("/api/v1/discovery?page_size=7&ordering=-authenticity&not_platform=tiktok").json()
    seen = [row["id"] for row in first["results"]]
    while first["next"]:
        first = api.get(first["next"].replace("http://testserver", "")).json()
        seen += [row["id"] for row in first["results"]]
    assert sorted(seen) == sorted(found({"not_platform": ["tiktok"]}, crowd)) and len(seen) == len(set(seen))
    made = api.post("/api/v1/segments", {"name": "A", "filters": {"platform": ["tiktok"]}}, format="json")
    assert made.status_code == 201
    members = api.get(f"/api/v1/segments/{made.json()['id']}/members").json()["results"]
    assert {row["platform"] for row in members} == {"tiktok"}
    assert api.get(f"/api/v1/segments/{made.json()['id']}/count").json() == {
        "count": len(members),
        "exact": True,
    }


def test_a_segment_is_exported_by_a_job(crowd: Any, client_for: Any, tmp_path: Any, settings: Any) -> None:
    from creators.finding import exporting
    from krm.web import jobs

    settings.MEDIA_ROOT = tmp_path
    segment = segments.create(by=crowd, name="TikTok", filters={"platform": ["tiktok"]})
    job = exporting.start(segment, by=crowd)
    done = jobs.run(job.pk)
    assert done is not None and done.state == "done", done and done.message
    client = client_for(crowd)
    text = b"".join(client.get(done.result["url"]).streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("account_id,creator_id,name,platform")
    assert len(text.splitlines()) == 1 + len(found({"platform": ["tiktok"]}, crowd))


def test_a_segment_is_a_sheet_whose_texts_are_no_formulas(
    crowd: Any, api_for: Any, tmp_path: Any, settings: Any
) -> None:
    from openpyxl import load_workbook

    from krm.web import jobs

    settings.MEDIA_ROOT = tmp_path
    one = account(name="=1+1", platform="tiktok")
    table.refresh([one.pk])
    segment = segments.create(by=crowd, name="TikTok", filters={"platform": ["tiktok"]})
    started = api_for(crowd).post(f"/api/v1/segments/{segment.pk}/export", {"kind": "xlsx"}, format="json")
    assert started.status_code == 202
    done = jobs.run(started.json()["job_id"])
    assert done is not None and done.state == "done", done and done.message
    assert done.result["name"].endswith(".xlsx")
    sheet = load_workbook(tmp_path / done.result["file"]).active
    lines = list(sheet.iter_rows())
    assert [cell.value for cell in lines[0]][:3] == ["account_id", "creator_id", "name"]
    assert len(lines) == 1 + len(found({"platform": ["tiktok"]}, crowd))
    cell = next(row[2] for row in lines if row[0].value == one.pk)
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert (
        api_for(crowd)
        .post(f"/api/v1/segments/{segment.pk}/export", {"kind": "pdf"}, format="json")
        .status_code
        == 400
    )


@pytest.mark.parametrize(
    ("text", "params", "rest"),
    [
        ("micro TikTok skincare under 5 jt", {"tier": "7", "platform": "tiktok", "price_max": "5 jt"}, "skincare"),
        ("selebgram beauty 10k - 50k followers", {"platform": "instagram", "followers_min": "10k", "followers_max": "50k"}, "beauty"),
        ("gaming youtuber di atas 100rb subscriber", {"platform": "youtube", "followers_min": "100rb"}, "gaming"),
        ("mikro parenting maks 2jt", {"tier": "7", "price_max": "2jt"}, "parenting"),
        ("kuliner jakarta", {}, "kuliner jakarta"),
    ],
)  # fmt: skip
def test_a_description_names_filters(text: str, params: dict[str, str], rest: str) -> None:
    found = hints.read(text, [("7", "Micro"), ("8", "Nano")])
    assert {name: value for hint in found for name, value in hint.params} == params
    assert hints.without(text, found) == rest


@pytest.mark.parametrize(
    ("typed", "family"),
    [("jalan-jalan", "travel"), ("berhijab", "fashion"), ("masakan", "cooking"), ("memasak", "resep"), ("kulineran", "food")],
)  # fmt: skip
def test_indonesian_words_are_known_by_their_roots(typed: str, family: str) -> None:
    assert family in tokens.family(tokens.words(typed)[0])


def test_two_words_and_slips_are_read_as_what_was_meant() -> None:
    assert tokens.joined(["olah", "raga", "gym"]) == ["olahraga", "gym"]
    assert relevance.meant("kecantikn") == "kecantikan"
    assert relevance.meant("bali") == "" and relevance.slips("bali") == 0
    assert relevance.distance("skincare", "skincaer") == 1


def test_a_mistyped_word_is_read_as_its_family(writers: Any) -> None:
    by, made = writers
    ranking = Search({"about": ["skincrae bandnug"]}, by).ranking
    assert ranking is not None
    assert ranking.concepts[0].read_as == "skincare"
    pks = {made["Skin"], made["Cook"]}
    assert made["Skin"] in ranking.keys
    missing = ranking.missing(sorted(pks))
    assert "skincare" in missing[made["Cook"]] and "skincare" not in missing[made["Skin"]]


def test_the_page_offers_every_order_and_what_the_text_names(writers: Any, client_for: Any) -> None:
    by, _made = writers
    client = client_for(by)
    body = client.get("/creators/find/?about=skincare+tiktok").content.decode()
    assert "platform=tiktok" in body and "about=skincare" in body
    assert '<option value="" selected>Best match' in body
    for key in ("pods", "reliability", "comment_quality", "price_low"):
        assert f'<option value="-{key}">' in body
    body = client.get("/creators/find/?sort=pods").content.decode()
    assert '<option value="pods" selected>' in body and "sort=-pods" in body


def test_the_city_is_one_of_an_accounts_words(db: None) -> None:
    account = SocialAccountFactory(creator=CreatorFactory(bio="Reviewer", city="Bandung"))
    words.refresh([account.pk])
    assert "bandung" in words.names(DiscoveryText.objects.get(account=account).terms).values()
