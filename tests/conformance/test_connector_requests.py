"""What our connectors ask for exists in the vendors' descriptions: an update that drops a field fails here first."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from creators.platforms.instagram import schema as instagram
from creators.platforms.youtube import schema as youtube
from krm.local.sandbox import instagram as fake_instagram
from krm.local.sandbox import validate
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
    assert fields("IGMedia") >= fake_instagram.MEDIA_FIELDS


def test_instagram_account_metrics_are_in_metas_description() -> None:
    metrics = enum("shadowiguserinsights_metric_enum_param")
    assert {*instagram.ACCOUNT_METRICS, instagram.DEMOGRAPHICS} <= metrics
    assert metrics >= fake_instagram.ACCOUNT_METRICS
    assert set(instagram.BREAKDOWNS) <= enum("shadowiguserinsights_breakdown_enum_param")
    assert {"day", "lifetime"} <= enum("shadowiguserinsights_period_enum_param")
    assert "last_30_days" in enum("shadowiguserinsights_timeframe_enum_param")
    assert "total_value" in enum("shadowiguserinsights_metric_type_enum_param")


def test_instagram_media_metrics_are_in_metas_description() -> None:
    metrics = enum("shadowigmediainsights_metric_enum_param") - GONE
    assert set(instagram.MEDIA_METRICS) <= metrics
    assert metrics >= fake_instagram.FEED_METRICS | fake_instagram.REEL_METRICS


def test_instagram_fields_are_in_the_installed_sdk(sdk: Any) -> None:
    media, user, insights = sdk
    known_media = {v for k, v in vars(media.Field).items() if not k.startswith("_")}
    known_user = {v for k, v in vars(user.Field).items() if not k.startswith("_")}
    known_metrics = {v for k, v in vars(insights.Metric).items() if not k.startswith("_")}
    assert set(instagram.MEDIA) <= known_media
    assert set(instagram.PUBLIC_PROFILE) <= known_user
    assert set(instagram.MEDIA_METRICS) <= known_metrics - GONE


def test_what_both_media_kinds_have_is_all_we_ask_of_a_page_of_posts() -> None:
    assert set(instagram.MEDIA_METRICS) <= fake_instagram.FEED_METRICS & fake_instagram.REEL_METRICS


@pytest.mark.parametrize(
    ("resource", "parts", "params"),
    [
        ("channels", youtube.CHANNEL_PARTS, {"part", "id", "forHandle", "key"}),
        ("playlistItems", ("contentDetails",), {"part", "playlistId", "maxResults", "key"}),
        ("videos", youtube.VIDEO_PARTS, {"part", "id", "key"}),
    ],
)
def test_youtube_requests_are_in_googles_description(resource: str, parts: Any, params: set[str]) -> None:
    discovery = validate.youtube_discovery()
    if discovery is None:
        pytest.skip("google-api-python-client is not installed")
    method = discovery["resources"][resource]["methods"]["list"]
    assert method["path"] == f"youtube/v3/{resource}" and method["httpMethod"] == "GET"
    assert params <= set(method["parameters"]) | set(discovery["parameters"])
    kind = {"channels": "Channel", "playlistItems": "PlaylistItem", "videos": "Video"}[resource]
    assert set(parts) <= set(discovery["schemas"][kind]["properties"])
    assert fake_youtube.PARTS[resource] <= set(discovery["schemas"][kind]["properties"])
    largest = int(method["parameters"].get("maxResults", {}).get("maximum", 50))
    assert largest == 50


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
