"""From the published brief to the published post: concepts, a draft with its checks, two approvals, found by the worker."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from briefs.models import BriefReceipt, Concept, Draft
from campaigns.models import Deliverable
from creators.models import AccountSchedule
from krm.local.connect import connect_sandbox
from tests.journeys.world import CAPTION, HANDLE, HASHTAG, IDEAS, picture


def test_brief_to_published_post(
    person: Any, world: Any, worker: Any, sandbox: Any, lists: Any, sees_nothing: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("KRM_REPLAY", str(lists))
    connect_sandbox(replayed=False)
    world.signed()
    deliverable, campaign, partnership = world.deliverable, world.campaign, world.partnership
    staff = person(world.users["manager"])

    # The brief. Publishing half of one is refused and says what is missing.
    page = staff.go(f"/briefs/campaigns/{campaign.pk}/brief/edit/")
    page.get_by_label("Brand story core").fill("Rona dibuat oleh orang yang memakai sendiri produknya.")
    page.locator("main form .btn-primary").click()
    expect(page.get_by_text("The brief is not published yet.")).to_be_visible()
    staff.look()
    page.get_by_role("link", name="Publish").click()
    page.locator("main form .btn-primary").click()
    expect(page.locator(".form-summary, .notice-bad, .field-error").first).to_be_visible()
    staff.look()
    page = staff.go(f"/briefs/campaigns/{campaign.pk}/brief/edit/", look=False)
    for name, text in (
        ("narrative", "Ceritakan pagimu dengan serum."), ("do", "Tunjukkan produk tiga detik"),
        ("dont", "Tidak menjanjikan hasil"), ("banned_words", "paling ampuh"),
        ("freedom", "Gaya dan musik pilihanmu."), ("hashtags", f"#{HASHTAG}"), ("mentions", f"@{HANDLE}"),
        ("labels", "#ad"), ("ctas", "Cek tautan di bio"),
        ("pillar_1", "Pengalaman sendiri"), ("pillar_2", "Dipakai"), ("pillar_3", "Satu alasan"),
    ):  # fmt: skip
        page.locator(f"[name={name}]").fill(text)
    page.locator("main form .btn-primary").click()
    page.get_by_role("link", name="Publish").click()
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("heading", name="Creative brief, version 1")).to_be_visible()
    expect(page.locator(".reader")).to_contain_text("Kirana Putri")
    staff.look()

    # The KOL reads it on the phone and says so.
    kol = person(world.users["kol"], phone=True)
    small = kol.go(f"/portal/campaigns/{partnership.pk}/")
    small.locator(f"a[href='/portal/briefs/{partnership.pk}/']").click()
    expect(small.get_by_text("Gaya dan musik pilihanmu.")).to_be_visible()
    kol.look()
    small.locator("form[action$='/acknowledge/'] button").click()
    expect(small.locator(".brief-foot .text-good")).to_be_visible()
    assert BriefReceipt.objects.get(partnership=partnership).acknowledged_at is not None

    # Two concepts. One alone is refused, and stays typed.
    small.goto(f"{kol.server}/portal/work/{deliverable.pk}/")
    kol.look()
    small.locator(f"a[href='/portal/work/{deliverable.pk}/concepts/']").click()
    first, second = small.locator("fieldset").nth(0), small.locator("fieldset").nth(1)
    first.locator("[name$=title]").fill(IDEAS[0]["title"])
    first.locator("[name$=body]").fill(IDEAS[0]["body"])
    small.locator("main form .btn-primary").click()
    expect(small.locator(".form-summary, .field-error").first).to_be_visible()
    expect(first.locator("[name$=title]")).to_have_value(IDEAS[0]["title"])
    assert not Concept.objects.exists()
    kol.look()
    second.locator("[name$=title]").fill(IDEAS[1]["title"])
    second.locator("[name$=body]").fill(IDEAS[1]["body"])
    small.locator("main form .btn-primary").click()
    expect(small.get_by_text(IDEAS[1]["title"])).to_be_visible()
    kol.look()

    # The agency chooses the first.
    staff.go(f"/briefs/deliverables/{deliverable.pk}/concepts/")
    concept = page.locator(".concept", has_text=IDEAS[0]["title"])
    concept.get_by_role("link", name="Choose").click()
    page.locator("main form .btn-primary, dialog .btn-primary").first.click()
    expect(page.locator(".concept-chosen")).to_contain_text(IDEAS[0]["title"])
    staff.look()

    # The draft: a text file is refused; the checks answer while the caption is typed.
    expect(small.locator(f"a[href='/portal/work/{deliverable.pk}/draft/']")).to_be_visible()  # by itself
    small.locator(f"a[href='/portal/work/{deliverable.pk}/draft/']").click()
    expect(small.locator("#live-checks .check").first).to_be_visible()
    kol.look()
    caption = small.locator("#id_caption")
    caption.fill("Serum ini paling ampuh!")
    expect(small.locator("#live-checks .check-fail").first).to_be_visible()
    small.locator("input[type=file]").set_input_files(
        {"name": "catatan.txt", "mimeType": "text/plain", "buffer": b"bukan gambar"}
    )
    small.locator("[data-submit]").click()
    expect(small.locator(".upload-state, .form-summary, .field-error").first).to_be_visible()
    expect(caption).to_have_value("Serum ini paling ampuh!")
    assert not Draft.objects.exists()
    kol.page.krm_console[:] = [text for text in kol.page.krm_console if "status of 400" not in text]
    small.goto(f"{kol.server}/portal/work/{deliverable.pk}/draft/")
    small.locator("input[type=file]").set_input_files(
        {"name": "draf.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(small.locator("[name=asset]")).to_have_value(re.compile(r"\d+"))
    caption.fill(CAPTION)
    expect(small.locator("#live-checks .check-fail")).to_have_count(0)
    expect(small.locator("#live-checks .check-pass").first).to_be_visible()
    kol.look()
    small.locator("[data-submit]").click()
    expect(small).to_have_url(re.compile(rf"/portal/work/{deliverable.pk}/$"))
    kol.look()
    draft = Draft.objects.get(deliverable=deliverable)

    # The agency approves; until then the client sees nothing of it.
    client = person(world.users["client"])
    assert client.status(f"/room/content/{draft.pk}/") == 404
    staff.go(f"/briefs/drafts/{draft.pk}/")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("main")).to_contain_text("Client")
    draft.refresh_from_db()
    assert draft.state == "client_review"
    staff.look()

    # The client approves; a wish for changes without words is refused.
    room = client.go("/room/content/")
    room.get_by_role("link", name=re.compile("Look and decide")).click()
    client.look()
    room.get_by_role("button", name="Ask for changes").click()
    expect(room.locator(".field-error, .toast, .notice-bad, [role=alert]").first).to_be_visible()
    draft.refresh_from_db()
    assert draft.state == "client_review"
    if not room.url.endswith(f"/room/content/{draft.pk}/"):
        client.go(f"/room/content/{draft.pk}/", look=False)
    room.get_by_role("button", name="Approve").click()
    expect(room.locator("main")).to_contain_text("Approved")
    client.look()
    assert "4.000.000" not in room.content()
    assert Deliverable.objects.get(pk=deliverable.pk).state == "approved"

    # The post appears on the platform; the scheduled pull finds it, and the open page shows it by itself.
    staff.go(f"/campaigns/deliverables/{deliverable.pk}/")
    expect(page.locator(".page-header dd").first).to_have_text("Approved")
    page.evaluate("window.same = true")
    sandbox.publish(world.shown, CAPTION, kind="reel")
    AccountSchedule.objects.filter(account=world.account).update(
        due_at=timezone.now()
    )  # its next turn has come
    expect(page.locator(".page-header dd").first).to_have_text("Published", timeout=90_000)
    assert page.evaluate("window.same"), "the page was loaded again"
    found = Deliverable.objects.select_related("post").get(pk=deliverable.pk)
    assert found.state == "published" and found.post is not None and HASHTAG in found.post.caption
    staff.look()
    kol.go(f"/portal/content/{deliverable.pk}/")
    expect(small.locator("main")).to_contain_text("Tayang")

    sees_nothing(
        world.strangers,
        paths=[
            f"/briefs/drafts/{draft.pk}/", f"/briefs/deliverables/{deliverable.pk}/concepts/",
            f"/portal/work/{deliverable.pk}/", f"/portal/briefs/{partnership.pk}/", f"/portal/content/{deliverable.pk}/",
            f"/room/content/{draft.pk}/", f"/portal/files/{draft.asset_id}/", f"/room/files/{draft.asset_id}/",
            f"/briefs/library/{draft.asset_id}/file/",
        ],
        lists=["/", "/portal/work/", "/portal/tasks/", "/", "/room/content/", "/portal/results/"],
        words=[campaign.name, IDEAS[0]["title"], HASHTAG],
    )  # fmt: skip
