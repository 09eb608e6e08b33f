"""What our connectors ask for exists in the vendors' descriptions: an update that drops a field fails here first."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from creators.platforms.facebook import schema as facebook
from creators.platforms.instagram import schema as instagram
from creators.platforms.x import schema as x
from creators.platforms.youtube import schema as youtube
from krm.local.sandbox import facebook as fake_facebook
from krm.local.sandbox import instagram as fake_instagram
from krm.local.sandbox import validate
from krm.local.sandbox import x as fake_x
from krm.local.sandbox import youtube as fake_youtube

# Meta's SDK still names this one; Meta's own pages say it is gone.
GONE = {"impressions", "plays", "video_views", "clips_replays_count", "ig_reels_aggregated_all_plays_count"}


def enum(name: str) -> set[str]:
    path = validate.SPECS / "meta" / "enum_types.json"
    if not path.exists():
        pytest.skip("Meta's description is not on this machine")
    return next(set(e["values"]) for e in json.loads(path.read_text()) if e["name"] == name)


def fields(kind: str) -> set[str]:
    found = validate.meta_fields(kind)
    if found is None:
        pytest.skip("Meta's description is not on this machine")
    return set(found)


@pytest.fixture(scope="module")
def sdk() -> Any:
    pytest.importorskip("facebook_business")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from facebook_business.adobjects import igmedia, iguser, instagraminsightsresult
    return igmedia.IGMedia, iguser.IGUser, instagraminsightsresult.InstagramInsightsResult


def test_instagram_fields_are_in_metas_description() -> None:
    assert set(instagram.PUBLIC_PROFILE) <= fields("IGUser")
    assert set(instagram.MEDIA) | set(instagram.OWN_MEDIA) <= fields("IGMedia")
    assert fields("IGUser") >= fake_instagram.USER_FIELDS
    assert fields("IGMedia") >= fake_instagram.MEDIA_FIELDS | fake_instagram.TAG_FIELDS
    assert set(instagram.STORY_MEDIA) | set(instagram.TAGGED_MEDIA) <= fields("IGMedia")


def test_instagram_account_metrics_are_in_metas_description() -> None:
    metrics = enum("shadowiguserinsights_metric_enum_param")
    assert {*instagram.ACCOUNT_METRICS, instagram.DEMOGRAPHICS, instagram.FOLLOWS} <= metrics
    assert set(instagram.ACTIVE.values()) <= metrics
    assert "follow_type" in enum("shadowiguserinsights_breakdown_enum_param")
    assert enum("shadowiguserinsights_timeframe_enum_param") == fake_instagram.TIMEFRAMES
    assert metrics >= fake_instagram.ACCOUNT_METRICS
    assert set(instagram.BREAKDOWNS) <= enum("shadowiguserinsights_breakdown_enum_param")
    assert {"day", "lifetime"} <= enum("shadowiguserinsights_period_enum_param")
    assert instagram.TIMEFRAME in enum("shadowiguserinsights_timeframe_enum_param")
    assert "total_value" in enum("shadowiguserinsights_metric_type_enum_param")


def test_instagram_media_metrics_are_in_metas_description() -> None:
    metrics = enum("shadowigmediainsights_metric_enum_param") - GONE
    assert set(instagram.MEDIA_METRICS) <= metrics
    assert set(instagram.STORY_METRICS) <= metrics & fake_instagram.STORY_METRICS
    assert metrics >= fake_instagram.FEED_METRICS | fake_instagram.REEL_METRICS | fake_instagram.STORY_METRICS


def test_instagram_fields_are_in_the_installed_sdk(sdk: Any) -> None:
    media, user, insights = sdk
    known_media = {v for k, v in vars(media.Field).items() if not k.startswith("_")}
    known_user = {v for k, v in vars(user.Field).items() if not k.startswith("_")}
    known_metrics = {v for k, v in vars(insights.Metric).items() if not k.startswith("_")}
    assert set(instagram.MEDIA) <= known_media
    assert set(instagram.PUBLIC_PROFILE) <= known_user
    assert {*instagram.MEDIA_METRICS, *instagram.STORY_METRICS} <= known_metrics - GONE
    assert set(instagram.STORY_MEDIA) | set(instagram.TAGGED_MEDIA) <= known_media


def test_what_both_media_kinds_have_is_all_we_ask_of_a_page_of_posts() -> None:
    assert set(instagram.MEDIA_METRICS) <= fake_instagram.FEED_METRICS & fake_instagram.REEL_METRICS


@pytest.mark.parametrize(
    ("resource", "parts", "params"),
    [
        ("channels", youtube.CHANNEL_PARTS, {"part", "id", "forHandle", "key"}),
        ("playlistItems", ("contentDetails",), {"part", "playlistId", "maxResults", "key"}),
        ("videos", youtube.VIDEO_PARTS, {"part", "id", "key"}),
        ("commentThreads", youtube.COMMENT_PARTS, {"part", "videoId", "maxResults", "textFormat", "key"}),
    ],
)
def test_youtube_requests_are_in_googles_description(resource: str, parts: Any, params: set[str]) -> None:
    discovery = validate.youtube_discovery()
    if discovery is None:
        pytest.skip("google-api-python-client is not installed")
    method = discovery["resources"][resource]["methods"]["list"]
    assert method["path"] == f"youtube/v3/{resource}" and method["httpMethod"] == "GET"
    assert params <= set(method["parameters"]) | set(discovery["parameters"])
    kind = {
        "channels": "Channel",
        "playlistItems": "PlaylistItem",
        "videos": "Video",
        "commentThreads": "CommentThread",
    }[resource]
    assert set(parts) <= set(discovery["schemas"][kind]["properties"])
    assert fake_youtube.PARTS[resource] <= set(discovery["schemas"][kind]["properties"])
    largest = int(method["parameters"].get("maxResults", {}).get("maximum", 50))
    assert largest == (100 if resource == "commentThreads" else 50)


def test_youtube_analytics_requests_are_in_googles_description() -> None:
    from creators.platforms.youtube import analytics

    discovery = validate.youtube_discovery("youtubeAnalytics.v2")
    if discovery is None:
        pytest.skip("google-api-python-client is not installed")
    method = discovery["resources"]["reports"]["methods"]["query"]
    assert method["path"] == "v2/reports" and method["httpMethod"] == "GET"
    asked = {"ids", "startDate", "endDate", "metrics", "dimensions", "sort", "maxResults"}
    assert asked <= set(method["parameters"])
    assert analytics.SCOPE in method["scopes"]


def literals(method: Any, parameter: str) -> set[str]:
    """The values X's own client allows for a parameter."""
    import typing
    from typing import get_args

    alone = type("Alone", (), {"__annotations__": {parameter: method.__annotations__[parameter]}})
    hint = typing.get_type_hints(alone, localns=vars(typing))[parameter]
    listed = next(a for a in get_args(hint) if a is not type(None))  # Optional[List[Literal]]
    return set(get_args(get_args(listed)[0]))


def test_x_requests_are_in_xs_own_client() -> None:
    users = pytest.importorskip("xdk.users.client").UsersClient
    assert set(x.USER_FIELDS) <= literals(users.get_by_usernames, "user_fields")
    assert set(x.USER_FIELDS) <= literals(users.get_by_ids, "user_fields")
    assert set(x.POST_FIELDS) <= literals(users.get_posts, "post_fields")
    assert set(x.EXCLUDE) <= literals(users.get_posts, "exclude")
    assert literals(users.get_by_ids, "user_fields") >= fake_x.USER_FIELDS
    assert fake_x.POST_FIELDS - {"attachments", "id", "text"} <= literals(users.get_posts, "post_fields")


def test_x_figures_are_in_xs_own_models() -> None:
    schemas = pytest.importorskip("xdk.schemas")
    user, post = schemas.UserPublicMetrics.model_fields, schemas.PostPublicMetrics.model_fields
    assert {"followers_count", "following_count", "post_count"} <= set(user)
    assert {
        "impression_count",
        "like_count",
        "reply_count",
        "quote_count",
        "bookmark_count",
        "repost_count",
    } <= set(post)


def test_facebook_fields_are_in_metas_description() -> None:
    assert set(facebook.PAGE) <= fields("Page")
    assert set(facebook.POST) <= fields("PagePost") | {"id"}
    assert fields("Page") >= fake_facebook.PAGE_FIELDS
    assert fake_facebook.POST_FIELDS - {"id"} <= fields("PagePost")
    assert "day" in enum("pageinsights_period_enum_param")
    assert "stream" in enum("pagepostcomments_filter_enum_param")


def test_facebook_fields_are_in_the_installed_sdk() -> None:
    pytest.importorskip("facebook_business")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from facebook_business.adobjects import comment, page, pagepost
    known = {
        kind: {v for k, v in vars(kind.Field).items() if not k.startswith("_")}
        for kind in (page.Page, pagepost.PagePost, comment.Comment)
    }
    assert set(facebook.PAGE) <= known[page.Page]
    assert set(facebook.POST) <= known[pagepost.PagePost]
    assert set(facebook.COMMENT) <= known[comment.Comment]


def test_no_retired_name_of_a_page_is_asked_for() -> None:
    """Meta lists the names of Page metrics in no description: what can be checked is that the dead ones are gone."""
    asked = {*facebook.PAGE_METRICS, *facebook.AUDIENCE_METRICS, *facebook.POST_METRICS}
    assert not [name for name in asked if name.startswith(facebook.GONE_PREFIXES)]
    assert asked <= fake_facebook.DAILY | fake_facebook.BY_PLACE | fake_facebook.POST_METRICS


def test_comment_fields_are_in_metas_description() -> None:
    assert set(instagram.COMMENT) <= fields("IGComment")
    assert fields("IGComment") >= fake_instagram.COMMENT_FIELDS


def test_the_check_itself_catches_what_it_should() -> None:
    """A validator that lets everything through would make every test above worthless."""
    if validate.youtube_discovery() is None:
        pytest.skip("google-api-python-client is not installed")
    check = validate.Validator.load().check
    good = {"kind": "youtube#channelListResponse", "items": [{"statistics": {"subscriberCount": "12"}}]}
    assert check("youtube.channels", good) == []
    assert check("youtube.channels", {"items": [{"statistics": {"subscriberCount": 12}}]})
    assert check("youtube.channels", {"items": [{"statistics": {"likes": "12"}}]})
    if validate.meta_fields("IGUser") is not None:
        assert check("graph.IGUser", {"id": "1", "followers_count": 3}) == []
        assert check("graph.IGUser", {"id": "1", "followers_count": "3"})
        assert check("graph.IGUser", {"id": "1", "business_discovery": {"id": "2", "fans": 1}})
