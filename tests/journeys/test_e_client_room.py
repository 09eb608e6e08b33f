"""The client's room: only their brand, their decisions, their report; and a share link without a login."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from campaigns.models import Candidate
from reporting import reports

COSTS = ("4.000.000", "rahasia dapur", "Margin", "Fee")


def test_shortlist_by_member_and_by_link(person: Any, world: Any, sees_nothing: Any) -> None:
    world.shortlisted()
    campaign = world.campaign
    first = Candidate.objects.get(campaign=campaign, creator=world.creator)
    second = Candidate.objects.get(campaign=campaign, creator=world.other_creator)

    # Who may only look is offered no decision, and cannot force one.
    viewer = person(world.users["viewer"])
    page = viewer.go(f"/room/campaigns/{campaign.pk}/shortlist/")
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    token = page.context.cookies()
    csrf = next((c["value"] for c in token if c["name"] == "csrftoken"), "")
    answer = page.request.post(
        f"{viewer.server}/room/campaigns/candidates/{first.pk}/decide/",
        form={"decision": "approve"}, headers={"X-CSRFToken": csrf, "Referer": viewer.server}, max_redirects=0,
    )  # fmt: skip
    assert answer.status in (302, 403)
    assert Candidate.objects.get(pk=first.pk).state == "submitted"
    page.krm_console.clear()

    # The staff makes a link for somebody without a login.
    staff = person(world.users["manager"])
    desk = staff.go(f"/campaigns/{campaign.pk}/?tab=shortlist")
    desk.get_by_role("link", name="Share by link").click()
    desk.locator("main form .btn-primary").click()
    expect(
        desk.locator(".field-bad", has=desk.get_by_label("For whom")).locator(".field-error")
    ).to_be_visible()
    desk.get_by_label("For whom").fill("Direktur Rona")
    staff.look()
    desk.locator("main form .btn-primary").click()
    address = desk.get_by_label("Link").input_value()
    staff.look()

    guest = person(None)
    shared = guest.go(address)
    expect(shared.get_by_text("Kirana Putri").first).to_be_visible()
    for word in COSTS:
        assert word not in shared.locator("main").inner_text(), word
    expect(shared.locator("main")).to_contain_text("Rp5.480.000")
    card = shared.locator(f"#candidate-{first.pk}")
    card.get_by_label("Your name").fill("Dewi Direktur")
    card.get_by_label("Comment").fill("Setuju")
    card.get_by_role("button", name="Approve").click()
    expect(card).to_contain_text("Dewi Direktur")
    guest.look()
    assert Candidate.objects.get(pk=first.pk).state == "client_approved"
    # The link opens this page and nothing else.
    assert guest.status(f"/room/campaigns/{campaign.pk}/") == 302
    assert guest.status(address.removeprefix(guest.server)[:-2] + "x/") == 404

    # An approver in the room, on a phone.
    client = person(world.users["client"], phone=True)
    room = client.go("/")
    expect(room.locator("main")).to_contain_text(campaign.name)
    room.get_by_role("link", name=re.compile(campaign.name)).first.click()
    client.look()
    room.get_by_role("link", name="Open the shortlist").click()
    card = room.locator(f"#candidate-{second.pk}")
    card.get_by_role("button", name="Reject").click()
    expect(room.get_by_text("Say why not")).to_be_visible()
    assert Candidate.objects.get(pk=second.pk).state == "submitted"
    card.get_by_label("Comment").fill("Kurang cocok")
    card.get_by_role("button", name="Reject").click()
    expect(room.locator(f"#candidate-{second.pk}")).to_contain_text("Citra Klien")
    client.look()
    for word in COSTS:
        assert word not in room.locator("main").inner_text(), word
    assert Candidate.objects.get(pk=second.pk).state == "client_rejected"

    # The staff sees both, and takes the link back.
    staff.go(f"/campaigns/{campaign.pk}/?tab=shortlist", look=False)
    expect(desk.locator(f"#candidate-{first.pk}")).to_contain_text("Dewi Direktur")
    desk.get_by_role("button", name="Revoke").click()
    expect(desk.get_by_text("Revoked").first).to_be_visible()
    assert guest.status(address.removeprefix(guest.server)) == 404

    sees_nothing(
        world.strangers,
        paths=[f"/room/campaigns/{campaign.pk}/", f"/room/campaigns/{campaign.pk}/shortlist/", f"/campaigns/{campaign.pk}/",
               f"/campaigns/{campaign.pk}/shortlist/"],
        lists=["/", "/room/campaigns/", "/", "/portal/campaigns/"],
        words=[campaign.name],
    )  # fmt: skip


def test_content_and_report(person: Any, world: Any, sees_nothing: Any) -> None:
    world.accepted()
    campaign, manager = world.campaign, world.users["manager"]
    report = reports.draft(campaign, by=manager, title="Laporan Rona", summary="Hasilnya baik.")
    client = person(world.users["client"])
    assert client.status(f"/room/reports/{report.pk}/") == 404  # not shared yet
    reports.share(reports.lock(report, by=manager), by=manager)

    page = client.go(f"/room/campaigns/{campaign.pk}/")
    page.get_by_role("link", name=re.compile("Laporan Rona")).first.click()
    expect(page.get_by_text("Hasilnya baik.")).to_be_visible()
    client.look()
    text = page.locator("main").inner_text()
    for word in ("4.000.000", "CPE", "CPM", "Committed", "Budget use"):
        assert word not in text, word
    client.go("/room/reports/")
    client.go("/room/content/")
    client.go("/room/calendar/")

    sees_nothing(
        world.strangers,
        paths=[f"/room/reports/{report.pk}/", f"/room/reports/{report.pk}/pdf/", f"/room/reports/{report.pk}/xlsx/",
               f"/reports/{report.pk}/", f"/reports/campaign/{campaign.pk}/results/"],
        lists=["/", "/room/reports/", "/", "/portal/results/"],
        words=["Laporan Rona", campaign.name],
    )  # fmt: skip
