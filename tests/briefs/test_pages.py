"""Every page opens for those it is for, and says 404 to those it is not for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from briefs import briefing, review, rights
from briefs.models import Asset, BriefReceipt, Comment, Concept, Draft, ReviewSettings, Upload
from tests.briefs import factories
from tests.briefs.conftest import Cast

ClientFor = Callable[[Any], Client]


def body(answer: Any) -> bytes:
    """Read to the end, which also closes the file behind a streamed answer."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


@pytest.fixture
def full(drafting: Cast) -> Cast:
    """A campaign with everything on it: brief, call, concepts, a draft with the client, an asset with a right."""
    briefing.plan_call(
        drafting.campaign, by=drafting.manager, starts_at=timezone.now(), partnerships=[drafting.partnership]
    )
    first = factories.submitted_draft(drafting.deliverable, drafting.kol)
    review.ask_for_changes(first, by=drafting.reviewer, comment="Logo lebih besar")
    second = factories.submitted_draft(
        drafting.deliverable,
        drafting.kol,
        asset=factories.uploaded(drafting.deliverable, drafting.kol, factories.picture_file()),
    )
    review.approve(second, by=drafting.reviewer)
    asset = Asset.objects.order_by("pk").first()
    assert asset is not None
    rights.grant(
        asset, by=drafting.manager, channel="Meta", starts=timezone.localdate(), ends=timezone.localdate()
    )
    return drafting


def pages(cast: Cast) -> dict[str, tuple[str, list[str]]]:
    """URL → who may open it."""
    campaign, deliverable, partnership = cast.campaign.pk, cast.deliverable.pk, cast.partnership.pk
    version = briefing.current_version(campaign)
    draft = Draft.objects.get(version=2)
    asset = draft.asset_id
    concept = Concept.objects.order_by("pk").first()
    call = cast.campaign.briefing_calls.get().pk
    right = rights.UsageRight.objects.get()
    assert version is not None and concept is not None
    staff = ["manager", "reviewer", "viewer"]
    kol, client = ["kol", "talent"], ["client", "looker"]

    def url(name: str, *args: Any) -> str:
        return reverse(f"briefs:{name}", args=args)

    return {
        url("campaign_brief", campaign): ("staff", staff),
        url("brief_edit", campaign): ("staff", ["manager"]),
        url("brief_publish", version.brief_id): ("staff", ["manager"]),
        url("version", version.pk): ("staff", staff),
        url("version_pdf", version.pk): ("staff", staff),
        url("call_new", campaign): ("staff", ["manager"]),
        url("call_move", call): ("staff", ["manager"]),
        url("call_hold", call): ("staff", ["manager"]),
        url("call_ics", call): ("staff", staff),
        url("campaign_content", campaign): ("staff", staff),
        url("campaign_library", campaign): ("staff", staff),
        url("review_settings", campaign): ("staff", ["manager"]),
        url("concepts", deliverable): ("staff", staff),
        url("concept_choose", concept.pk): ("staff", ["manager", "reviewer"]),
        url("grant_round", deliverable): ("staff", ["manager"]),
        url("draft_new", deliverable): ("staff", ["manager"]),
        url("draft", draft.pk): ("staff", staff),
        url("draft_delegate", draft.pk): ("staff", ["manager", "reviewer"]),
        url("asset", asset): ("staff", staff),
        url("asset_edit", asset): ("staff", ["manager", "reviewer"]),
        url("asset_file", asset): ("staff", staff),
        url("asset_preview", asset): ("staff", staff),
        url("asset_upload", campaign): ("staff", ["manager", "reviewer"]),
        url("right_new", asset): ("staff", ["manager"]),
        url("right_extend", right.pk): ("staff", ["manager"]),
        url("portal_brief", partnership): ("portal", kol),
        url("portal_brief_pdf", partnership): ("portal", kol),
        url("portal_call_ics", call): ("portal", kol),
        url("portal_deliverable", deliverable): ("portal", kol),
        url("portal_concepts_new", deliverable): ("portal", kol),
        url("portal_concept_revise", concept.pk): ("portal", kol),
        url("portal_draft_new", deliverable): ("portal", kol),
        url("portal_asset_file", asset): ("portal", kol),
        url("portal_asset_preview", asset): ("portal", kol),
        url("client_campaign_content", campaign): ("client", client),
        url("client_draft", draft.pk): ("client", client),
        url("client_asset_file", asset): ("client", client),
        url("client_asset_preview", asset): ("client", client),
    }


EVERYBODY = (
    "manager",
    "reviewer",
    "viewer",
    "kol",
    "talent",
    "client",
    "looker",
    "other_kol",
    "other_client",
    "other_staff",
)
AREA = {
    "manager": "staff", "reviewer": "staff", "viewer": "staff", "other_staff": "staff", "kol": "portal", "talent": "portal",
    "other_kol": "portal", "client": "client", "looker": "client", "other_client": "client",
}  # fmt: skip


def test_every_page_opens_for_its_people_only(full: Cast, client_for: ClientFor) -> None:
    wrong = []
    for who in EVERYBODY:
        browser = client_for(getattr(full, who))
        for url, (area, people) in pages(full).items():
            answer = browser.get(url)
            status = answer.status_code
            body(answer)
            insider = AREA[who] == area and not who.startswith("other")
            expected = 200 if who in people else 403 if insider else 404
            if status != expected:
                wrong.append((who, url, status, expected))
    assert wrong == []


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("manager", "queue"),
        ("manager", "home_reviews"),
        ("manager", "assets"),
        ("kol", "portal_tasks"),
        ("kol", "portal_content"),
        ("client", "client_content"),
    ],
)
@pytest.mark.parametrize("language", ["en", "id"])
def test_lists_open_in_both_languages(
    full: Cast, client_for: ClientFor, who: str, name: str, language: str
) -> None:
    user = getattr(full, who)
    user.language = language
    user.save()

    assert client_for(user).get(reverse(f"briefs:{name}")).status_code == 200


def test_strangers_find_nothing_in_the_lists(full: Cast, client_for: ClientFor) -> None:
    for who, name in (
        ("other_staff", "queue"),
        ("other_staff", "assets"),
        ("other_kol", "portal_content"),
        ("other_client", "client_content"),
    ):
        text = client_for(getattr(full, who)).get(reverse(f"briefs:{name}")).content.decode()
        assert full.deliverable.title not in text, who
        assert str(full.creator) not in text, who


def test_no_fee_on_any_guest_page(full: Cast, client_for: ClientFor) -> None:
    full.deliverable.refresh_from_db()
    for url, (area, people) in pages(full).items():
        if area != "client" or "files" in url:
            continue
        text = client_for(getattr(full, people[0])).get(url).content.decode()
        for secret in ("5000000", "5.000.000", "5,000,000", "10.000.000"):
            assert secret not in text, (url, secret)


def test_files_cannot_run_in_the_browser(full: Cast, client_for: ClientFor) -> None:
    asset = Draft.objects.get(version=2).asset_id
    answer = client_for(full.manager).get(reverse("briefs:asset_file", args=[asset]))

    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert (
        "sandbox" in answer["Content-Security-Policy"]
        and "default-src 'none'" in answer["Content-Security-Policy"]
    )
    assert answer["Content-Disposition"].startswith("inline")
    saved = client_for(full.manager).get(answer.request["PATH_INFO"], {"download": 1})
    assert saved["Content-Disposition"].startswith("attachment")
    body(saved)
    body(answer)


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=99999999-", 416, None),
        ("bytes=a-b", 200, slice(0, None)),
        ("bytes=-", 200, slice(0, None)),
    ],
)
def test_a_player_may_ask_for_a_part(
    full: Cast, client_for: ClientFor, wanted: str, status: int, part: slice | None
) -> None:
    asset = Draft.objects.get(version=1).asset
    assert asset is not None
    with asset.file.open("rb") as file:
        whole = file.read()

    answer = client_for(full.manager).get(
        reverse("briefs:asset_file", args=[asset.pk]), headers={"range": wanted}
    )

    assert answer.status_code == status
    if part is not None:
        assert body(answer) == whole[part]


# --- what the pages do -----------------------------------------------------------------------------------------


def test_the_brief_is_written_and_published_from_the_page(cast: Cast, client_for: ClientFor) -> None:
    browser = client_for(cast.manager)
    data = {
        "story": "Kopi", "narrative": "Pagi", "freedom": "Musik", "dont": "Alkohol\nRokok", "labels": "#ad", "place": "start",
        "hashtags": "#Pagi Sari", "pillar_1": "A", "pillar_2": "B", "pillar_3": "C", "pillar_3_text": "c",
    }  # fmt: skip

    saved = browser.post(reverse("briefs:brief_edit", args=[cast.campaign.pk]), data)
    assert saved.status_code == 302
    published = browser.post(
        reverse("briefs:brief_publish", args=[cast.campaign.brief.pk]), {"note": "Pertama"}
    )

    version = briefing.current_version(cast.campaign.pk)
    assert published.status_code == 302
    assert version is not None
    assert version.guardrails["dont"] == ["Alkohol", "Rokok"]
    assert version.mandatory["hashtags"] == ["#Pagi", "#Sari"]
    assert [p["title"] for p in version.pillars] == ["A", "B", "C"]


def test_a_bad_brief_keeps_what_was_typed(cast: Cast, client_for: ClientFor) -> None:
    answer = client_for(cast.manager).post(
        reverse("briefs:brief_edit", args=[cast.campaign.pk]),
        {"story": "Kopi enak", "hashtags": "#pagi-sari", "place": "start"},
    )

    assert answer.status_code == 422
    assert "Kopi enak" in answer.content.decode()
    assert answer.context["form"].errors["hashtags"]


def test_reading_the_brief_writes_the_receipt_and_the_button_confirms_it(
    cast: Cast, client_for: ClientFor
) -> None:
    factories.published_brief(cast.campaign, cast.manager)
    browser = client_for(cast.kol)

    browser.get(reverse("briefs:portal_brief", args=[cast.partnership.pk]))
    assert BriefReceipt.objects.get().acknowledged_at is None
    browser.post(reverse("briefs:portal_brief_acknowledge", args=[cast.partnership.pk]))

    assert BriefReceipt.objects.get().acknowledged_at is not None
    cast.partnership.refresh_from_db()
    assert cast.partnership.state == "briefed"


def test_concepts_from_the_phone_keep_what_was_typed(cast: Cast, client_for: ClientFor) -> None:
    url = reverse("briefs:portal_concepts_new", args=[cast.deliverable.pk])
    browser = client_for(cast.kol)
    one = {"c1-title": "Jendela", "c1-body": "Buka jendela."}

    refused = browser.post(url, one)
    assert refused.status_code == 422
    assert "Buka jendela." in refused.content.decode()
    half = browser.post(url, {**one, "c2-title": "Hujan"})
    assert half.status_code == 422
    sent = browser.post(
        url, {**one, "c2-title": "Hujan", "c2-body": "Hujan turun.", "c2-references": "https://x.example/1"}
    )

    assert sent.status_code == 302
    assert list(Concept.objects.values_list("title", "number")) == [("Jendela", 1), ("Hujan", 2)]


def test_a_draft_from_the_phone_with_a_file(drafting: Cast, client_for: ClientFor) -> None:
    url = reverse("briefs:portal_draft_new", args=[drafting.deliverable.pk])
    browser = client_for(drafting.kol)

    refused = browser.post(url, {"file": factories.video_file(), "caption": "Pagi!"})
    assert refused.status_code == 422
    kept = refused.context["kept"]
    assert kept is not None and kept.kind == "video"
    sent = browser.post(url, {"asset": kept.pk, "caption": factories.GOOD_CAPTION})

    assert sent.status_code == 302
    assert Draft.objects.get().asset == kept


def test_a_hostile_file_is_refused_at_its_field(drafting: Cast, client_for: ClientFor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client_for(drafting.kol).post(
        reverse("briefs:portal_draft_new", args=[drafting.deliverable.pk]),
        {"file": SimpleUploadedFile("a.mp4", b"<html>", "video/mp4"), "caption": factories.GOOD_CAPTION},
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert factories.GOOD_CAPTION.split(".")[0] in answer.content.decode()
    assert not Asset.objects.exists()


def test_somebody_elses_file_cannot_be_handed_in(drafting: Cast, client_for: ClientFor) -> None:
    foreign = factories.uploaded(drafting.other.deliverable, drafting.other_kol)

    answer = client_for(drafting.kol).post(
        reverse("briefs:portal_draft_new", args=[drafting.deliverable.pk]),
        {"asset": foreign.pk, "caption": factories.GOOD_CAPTION},
    )

    assert answer.status_code == 404
    assert not Draft.objects.exists()


def test_checks_while_typing(drafting: Cast, client_for: ClientFor) -> None:
    url = reverse("briefs:live_checks", args=[drafting.deliverable.pk])

    text = client_for(drafting.kol).post(url, {"caption": "#ad gratis"}).content.decode()

    assert "gratis" in text and "check-fail" in text
    assert client_for(drafting.other_kol).post(url, {"caption": "x"}).status_code == 404
    assert client_for(drafting.viewer).post(url, {"caption": "x"}).status_code == 404


def test_decisions_from_the_pages(drafting: Cast, client_for: ClientFor) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)

    client_for(drafting.reviewer).post(
        reverse("briefs:draft_decide", args=[draft.pk]), {"decision": "approve", "comment": ""}
    )
    empty = client_for(drafting.client).post(
        reverse("briefs:client_draft_decide", args=[draft.pk]), {"decision": "changes", "comment": ""}
    )
    assert empty.status_code == 422
    client_for(drafting.client).post(
        reverse("briefs:client_draft_decide", args=[draft.pk]), {"decision": "approve"}
    )

    draft.refresh_from_db()
    assert draft.state == "approved"


def test_a_client_viewer_looks_but_does_not_decide(drafting: Cast, client_for: ClientFor) -> None:
    draft = review.approve(
        factories.submitted_draft(drafting.deliverable, drafting.kol), by=drafting.reviewer
    )

    answer = client_for(drafting.looker).post(
        reverse("briefs:client_draft_decide", args=[draft.pk]), {"decision": "approve"}
    )

    assert answer.status_code == 403
    draft.refresh_from_db()
    assert draft.state == "client_review"


def test_comments_from_each_side(drafting: Cast, client_for: ClientFor) -> None:
    draft = review.approve(
        factories.submitted_draft(drafting.deliverable, drafting.kol), by=drafting.reviewer
    )
    pin = {"body": "Di sini", "x": "0.25", "y": "0.5", "at_seconds": "3.20"}

    for who, name in (
        ("manager", "draft_comment"),
        ("kol", "portal_draft_comment"),
        ("client", "client_draft_comment"),
    ):
        answer = client_for(getattr(drafting, who)).post(reverse(f"briefs:{name}", args=[draft.pk]), pin)
        assert answer.status_code == 302, who

    assert list(Comment.objects.values_list("side", "audience")) == [
        ("agency", "creator"), ("creator", "creator"), ("client", "client"),
    ]  # fmt: skip


def test_an_upload_from_the_browser(drafting: Cast, client_for: ClientFor) -> None:
    data = factories.video(size=3000)
    browser = client_for(drafting.kol)
    started = browser.post(
        reverse("briefs:upload_start"),
        {"filename": "a.mp4", "size": len(data), "deliverable": drafting.deliverable.pk},
    )
    assert started.status_code == 201
    url = reverse("briefs:upload_part", args=[started.json()["id"]])

    half = browser.patch(
        url, data[:1000], content_type="application/octet-stream", headers={"upload-offset": "0"}
    )
    again = browser.patch(
        url, data[:1000], content_type="application/octet-stream", headers={"upload-offset": "0"}
    )
    foreign = client_for(drafting.other_kol).get(url)
    rest = browser.patch(
        url, data[1000:], content_type="application/octet-stream", headers={"upload-offset": "1000"}
    )

    assert (half.json()["offset"], again.status_code, foreign.status_code) == (1000, 409, 404)
    assert rest.json()["state"] == "done"
    assert Upload.objects.get().asset_id == rest.json()["asset"]
    assert (
        browser.post(
            reverse("briefs:upload_start"),
            {"filename": "a.svg", "size": 5, "deliverable": drafting.deliverable.pk},
        ).status_code
        == 422
    )
    assert (
        browser.post(
            reverse("briefs:upload_start"),
            {"filename": "a.jpg", "size": 5, "deliverable": drafting.other.deliverable.pk},
        ).status_code
        == 404
    )


def test_review_settings_from_the_page(cast: Cast, client_for: ClientFor) -> None:
    answer = client_for(cast.manager).post(
        reverse("briefs:review_settings", args=[cast.campaign.pk]),
        {
            "agency_hours": 12,
            "client_hours": 24,
            "legal_hours": 24,
            "legal_step": "on",
            "agency_reviewer": cast.reviewer.pk,
        },
    )

    assert answer.status_code == 302
    chosen = ReviewSettings.objects.get()
    assert (chosen.agency_hours, chosen.legal_step, chosen.agency_reviewer, chosen.concepts_required) == (
        12,
        True,
        cast.reviewer,
        False,
    )


def test_the_kols_list_of_tasks(cast: Cast) -> None:
    from briefs import reading

    factories.published_brief(cast.campaign, cast.manager)

    assert [t.key for t in reading.tasks_of(cast.kol)] == ["concepts", "brief"]
    assert [t.key for t in reading.tasks_of(cast.other_kol)] == ["concepts"]
    assert reading.tasks_of(cast.manager) is not None


def test_a_file_in_a_draft_stays_and_a_loose_one_goes(full: Cast, client_for: ClientFor) -> None:
    browser = client_for(full.manager)
    browser.post(
        reverse("briefs:asset_upload", args=[full.campaign.pk]),
        {"file": factories.picture_file(), "purpose": "brand"},
    )
    loose = Asset.objects.get(purpose="brand")
    used = Draft.objects.get(version=2).asset
    assert used is not None

    browser.post(reverse("briefs:asset_remove", args=[loose.pk]))
    browser.post(reverse("briefs:asset_remove", args=[used.pk]))

    assert not Asset.objects.filter(pk=loose.pk).exists()
    assert Asset.objects.filter(pk=used.pk).exists()


# --- queries ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("manager", "queue"),
        ("manager", "assets"),
        ("manager", "home_reviews"),
        ("manager", "campaign_content"),
        ("manager", "campaign_brief"),
        ("kol", "portal_content"),
        ("kol", "portal_tasks"),
        ("client", "client_content"),
    ],
)
def test_query_budgets(
    full: Cast, client_for: ClientFor, query_budget: Any, constant_queries: Any, who: str, name: str
) -> None:
    browser = client_for(getattr(full, who))
    args = [full.campaign.pk] if name.startswith("campaign_") else []
    url = reverse(f"briefs:{name}", args=args)

    def grow() -> None:
        for _n in range(2):
            deliverable = factories.add_deliverable(full.partnership, state="drafting")
            draft = factories.submitted_draft(deliverable, full.kol)
            review.approve(draft, by=full.reviewer)
            factories.three_concepts(factories.add_deliverable(full.partnership), full.kol)

    grow()
    constant_queries(lambda: browser.get(url), grow)
    with query_budget(f"briefs.{name}"):
        browser.get(url)
