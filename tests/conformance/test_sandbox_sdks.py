"""The vendors' own clients must be able to use the sandbox: if both we and the sandbox were wrong, they would say so.

X's client carries models of X's answers: what it reads must fit them.
TikTok publishes neither a client for these endpoints nor a description, so nothing stands here for it.
"""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from krm.local.sandbox import tokens
from tests.sandbox import Running, demo

googleapiclient = pytest.importorskip("googleapiclient.discovery")


@pytest.fixture
def youtube(sandbox: Running) -> Any:
    import httplib2

    service = googleapiclient.build(
        "youtube",
        "v3",
        developerKey=tokens.YOUTUBE_KEY,
        client_options={"api_endpoint": sandbox.url},
        static_discovery=True,
        http=httplib2.Http(proxy_info=None),
    )
    yield service
    service.close()


def test_google_client_reads_the_owners_analytics(sandbox: Running) -> None:
    import httplib2
    from google.oauth2.credentials import Credentials
    from google_auth_httplib2 import AuthorizedHttp

    owner = demo("youtube")
    http = AuthorizedHttp(
        Credentials(tokens.issue("act", "youtube", owner.external_id)), http=httplib2.Http(proxy_info=None)
    )
    service = googleapiclient.build(
        "youtubeAnalytics",
        "v2",
        http=http,
        client_options={"api_endpoint": sandbox.url},
        static_discovery=True,
    )
    window = {"ids": "channel==MINE", "startDate": "2026-10-22", "endDate": "2026-11-18"}
    people = (
        service.reports().query(**window, dimensions="ageGroup,gender", metrics="viewerPercentage").execute()
    )
    assert [h["name"] for h in people["columnHeaders"]] == ["ageGroup", "gender", "viewerPercentage"]
    assert sum(row[2] for row in people["rows"]) == pytest.approx(100, abs=1)
    totals = service.reports().query(**window, metrics="views,estimatedMinutesWatched").execute()
    assert totals["rows"][0][0] > 0
    service.close()


def test_google_client_reads_channels_uploads_videos_and_comments(youtube: Any) -> None:
    accounts = [demo("youtube", nth=n) for n in range(3)]
    ids = ",".join(a.external_id for a in accounts)
    channels = youtube.channels().list(part="snippet,statistics,contentDetails", id=ids).execute()
    assert [c["id"] for c in channels["items"]] == [a.external_id for a in accounts]
    uploads = channels["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    request = youtube.playlistItems().list(part="snippet,contentDetails", playlistId=uploads, maxResults=5)
    first = request.execute()
    second = youtube.playlistItems().list_next(request, first).execute()
    assert len(first["items"]) == 5
    assert not {i["id"] for i in first["items"]} & {i["id"] for i in second["items"]}
    video = first["items"][0]["contentDetails"]["videoId"]
    found = (
        youtube.videos()
        .list(part="snippet,statistics,contentDetails,paidProductPlacementDetails", id=video)
        .execute()
    )
    assert found["items"][0]["snippet"]["channelId"] == accounts[0].external_id
    threads = (
        youtube.commentThreads()
        .list(part="snippet", videoId=first["items"][-1]["contentDetails"]["videoId"])
        .execute()
    )
    assert threads["kind"] == "youtube#commentThreadListResponse"


def test_google_client_understands_our_errors(youtube: Any, sandbox: Running) -> None:
    from googleapiclient.errors import HttpError

    for kind, status, reason in (("quota", 403, "quotaExceeded"), ("rate_limited", 403, "rateLimitExceeded")):
        sandbox.clear()
        sandbox.fault("youtube", kind)
        with pytest.raises(HttpError) as caught:
            youtube.channels().list(part="id", id=demo("youtube").external_id).execute()
        assert caught.value.resp.status == status
        assert caught.value.error_details[0]["reason"] == reason


@pytest.fixture
def graph(sandbox: Running, monkeypatch: Any) -> Any:
    pytest.importorskip("facebook_business")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from facebook_business.api import FacebookAdsApi
        from facebook_business.session import FacebookSession

    monkeypatch.setattr(FacebookSession, "GRAPH", sandbox.url)
    app_id, secret = tokens.APPS["instagram"]

    def api(token: str) -> Any:
        session = FacebookSession(app_id, secret, token)
        session.requests.trust_env = False
        made = FacebookAdsApi(session, api_version="v26.0")
        opened.append(session.requests)
        return made

    opened: list[Any] = []
    yield api
    for requests in opened:
        requests.close()


@pytest.mark.filterwarnings(
    "ignore:.*does not allow field"
)  # it knows the field, not the nested form of the documents
def test_facebook_sdk_reads_public_profile_and_posts(graph: Any) -> None:
    from facebook_business.adobjects.iguser import IGUser

    account = demo("instagram")
    api = graph(tokens.issue("act", "instagram", tokens.AGENCY_IG_ID))
    fields = f"business_discovery.username({account.handle}){{id,username,followers_count,media.limit(3){{id,like_count}}}}"
    node = IGUser(tokens.AGENCY_IG_ID, api=api).api_get(fields=[fields])
    found = node["business_discovery"]
    assert found["username"] == account.handle
    assert len(found["media"]["data"]) == 3


def test_facebook_sdk_reads_own_media_and_insights(graph: Any) -> None:
    from facebook_business.adobjects.iguser import IGUser

    account = demo("instagram", consent="insights")
    api = graph(tokens.issue("act", "instagram", account.external_id))
    media = IGUser(account.external_id, api=api).get_media(
        fields=["id", "like_count", "media_product_type"], params={"limit": 4}
    )
    first = media[0]
    assert first["like_count"] >= 0
    insights = first.get_insights(params={"metric": ["reach", "views", "saved"]})
    assert {i["name"] for i in insights} == {"reach", "views", "saved"}


@pytest.mark.filterwarnings("ignore:value of .* might not be compatible")  # it lists metrics of media only
def test_facebook_sdk_reads_stories_tags_and_demographics(graph: Any, sandbox: Running) -> None:
    from facebook_business.adobjects.iguser import IGUser

    account, author = demo("instagram", consent="insights"), demo("instagram", nth=3)
    story = sandbox.publish(account, "Cek", kind="story", minutes_ago=200)["id"]
    tagged = sandbox.publish(author, f"Bareng @{account.handle}")["id"]
    user = IGUser(account.external_id, api=graph(tokens.issue("act", "instagram", account.external_id)))
    stories = {one["id"]: one for one in user.get_stories(fields=["id", "media_product_type", "timestamp"])}
    assert stories[story]["media_product_type"] == "STORY"
    insights = stories[story].get_insights(params={"metric": ["reach", "views", "replies", "shares"]})
    assert {one["name"] for one in insights} == {"reach", "views", "replies", "shares"}
    assert [one["username"] for one in user.get_tags(fields=["id", "username"]) if one["id"] == tagged] == [
        author.handle
    ]
    weeks = {"period": "day", "metric_type": "total_value", "breakdown": "follow_type"}
    follows = user.get_insights(params={"metric": ["follows_and_unfollows"], **weeks})
    found = follows[0]["total_value"]["breakdowns"][0]["results"]
    assert {one["dimension_values"][0] for one in found} == {"FOLLOWER", "NON_FOLLOWER"}


def test_facebook_sdk_understands_our_errors(graph: Any, sandbox: Running) -> None:
    from facebook_business.adobjects.iguser import IGUser
    from facebook_business.exceptions import FacebookRequestError

    account = demo("instagram", consent="insights")
    api = graph(tokens.issue("act", "instagram", account.external_id))
    sandbox.fault("instagram", "expired_token", account.handle)
    with pytest.raises(FacebookRequestError) as caught:
        IGUser(account.external_id, api=api).api_get(fields=["id"])
    assert (caught.value.api_error_code(), caught.value.api_error_subcode()) == (190, 463)


@pytest.mark.filterwarnings("ignore:.*might not be compatible")  # its description types metrics as objects
def test_facebook_sdk_reads_a_page_its_posts_insights_and_comments(graph: Any) -> None:
    from facebook_business.adobjects.page import Page

    account = demo("facebook", consent="page", nth=1)
    app_id, secret = tokens.APPS["facebook"]
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    session = FacebookSession(app_id, secret, tokens.issue("act", "facebook", account.external_id))
    session.requests.trust_env = False
    api = FacebookAdsApi(session, api_version="v26.0")
    try:
        page = Page(account.external_id, api=api)
        assert page.api_get(fields=["id", "followers_count"])["followers_count"] > 0
        post = page.get_posts(fields=["id", "message", "created_time"], params={"limit": 3})[0]
        assert post["id"].startswith(account.external_id)
        found = page.get_insights(params={"metric": ["page_media_view"], "period": "day"})
        assert found[0]["values"][0]["value"] > 0
        assert found[0]["name"] == "page_media_view"
        assert post.get_comments(params={"filter": "stream"}) is not None
    finally:
        session.requests.close()


@pytest.fixture
def xclient(sandbox: Running) -> Any:
    xdk = pytest.importorskip("xdk")
    client = xdk.Client(base_url=sandbox.url, bearer_token=tokens.X_BEARER)
    client.session.trust_env = False
    yield client
    client.session.close()


def test_xs_client_reads_users_and_posts(xclient: Any) -> None:
    from xdk import schemas

    accounts = [demo("x", nth=n) for n in range(2)]
    answer = xclient.users.get_by_usernames(
        usernames=[accounts[0].handle, "nobody_at_all"],
        user_fields=["created_at", "protected", "public_metrics", "verified"],
    ).model_dump(exclude_none=True)
    user = schemas.User.model_validate(answer["data"][0])
    assert user.id == accounts[0].external_id
    assert schemas.UserPublicMetrics.model_validate(answer["data"][0]["public_metrics"]).post_count > 0
    assert answer["errors"][0]["type"].endswith("resource-not-found")
    both = xclient.users.get_by_ids(ids=[a.external_id for a in accounts]).model_dump(exclude_none=True)
    assert [u["id"] for u in both["data"]] == [a.external_id for a in accounts]

    page = next(
        iter(
            xclient.users.get_posts(
                accounts[0].external_id, max_results=5, exclude=["replies", "retweets"],
                post_fields=["created_at", "public_metrics", "paid_partnership"],
            )
        )
    ).model_dump(exclude_none=True)  # fmt: skip
    assert len(page["data"]) == 5
    for node in page["data"]:
        schemas.Post.model_validate(node)
        schemas.PostPublicMetrics.model_validate(node["public_metrics"])
    assert page["meta"]["result_count"] == 5


def test_xs_client_understands_our_errors(xclient: Any, sandbox: Running) -> None:
    import requests

    account = demo("x")
    sandbox.fault("x", "rate_limited", account.handle, seconds=30)
    with pytest.raises(requests.HTTPError) as caught:
        xclient.users.get_by_ids(ids=[account.external_id])
    assert caught.value.response.status_code == 429
    assert int(caught.value.response.headers["x-rate-limit-reset"]) > 0
