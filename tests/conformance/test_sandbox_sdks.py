"""The vendors' own clients must be able to use the sandbox: if both we and the sandbox were wrong, they would say so.

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


def test_facebook_sdk_understands_our_errors(graph: Any, sandbox: Running) -> None:
    from facebook_business.adobjects.iguser import IGUser
    from facebook_business.exceptions import FacebookRequestError

    account = demo("instagram", consent="insights")
    api = graph(tokens.issue("act", "instagram", account.external_id))
    sandbox.fault("instagram", "expired_token", account.handle)
    with pytest.raises(FacebookRequestError) as caught:
        IGUser(account.external_id, api=api).api_get(fields=["id"])
    assert (caught.value.api_error_code(), caught.value.api_error_subcode()) == (190, 463)
