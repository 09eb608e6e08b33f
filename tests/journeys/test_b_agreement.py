"""From a brand that nobody knew to an agreement that both sides signed; the KOL answers on a phone, in Bahasa."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Agreement, Brand, Campaign, Candidate, Deliverable, Offer, Partnership
from campaigns.models import ClientMember as Member


def answers(page: Any, words: str) -> None:
    """What the house says after an act."""
    expect(page.locator("krm-toasts, .toasts, .toast, .messages").get_by_text(words).first).to_be_visible()


def field_error(page: Any, label: str) -> Any:
    return page.locator(".field-bad", has=page.get_by_label(label)).locator(".field-error")


def test_brand_to_signed_agreement(person: Any, world: Any, worker: Any, sees_nothing: Any) -> None:
    staff = person(world.users["manager"])
    today = timezone.localdate()

    # A brand, with its client. First a mistake: the message stands at the field and nothing typed is lost.
    page = staff.go("/brands/new/")
    page.get_by_label("Category").fill("beauty")
    page.get_by_label("Website").fill("bukan alamat")
    page.locator("main form .btn-primary").click()
    expect(field_error(page, "Website")).to_be_visible()
    expect(page.get_by_label("Category")).to_have_value("beauty")
    expect(page.get_by_label("Website")).to_have_value("bukan alamat")
    assert not Brand.objects.filter(category="beauty").exclude(pk=world.brand.pk).exists()
    staff.look()
    page.get_by_label("Name", exact=True).fill("Senja Kosmetik")
    page.get_by_label("Website").fill("https://senja.example")
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Senja Kosmetik")
    staff.look()
    brand = Brand.objects.get(name="Senja Kosmetik")
    page.locator(".panel", has_text="Client users").get_by_role("link", name="Add").click()
    page.get_by_label("Client user").select_option(label=str(world.users["client"]))
    staff.look()
    page.locator("main form .btn-primary, dialog .btn-primary").first.click()
    expect(page.get_by_text("Citra Klien")).to_be_visible()
    assert Member.objects.filter(brand=brand, user=world.users["client"]).exists()

    # A campaign. An end before the start is refused.
    page.get_by_role("link", name="New campaign").click()
    page.get_by_label("Name", exact=True).fill("Senja di Kota")
    page.get_by_label("Starts on").fill(str(today + timedelta(days=2)))
    page.get_by_label("Ends on").fill(str(today))
    page.get_by_label("Budget").fill("100.000.000")
    page.get_by_label("Hashtags").fill("SenjaDiKota")
    page.get_by_role("button", name="Create campaign").click()
    expect(field_error(page, "Ends on")).to_be_visible()
    expect(page.get_by_label("Budget")).to_have_value("100.000.000")
    assert not Campaign.objects.filter(brand=brand).exists()
    staff.look()
    page.get_by_label("Ends on").fill(str(today + timedelta(days=40)))
    page.get_by_role("button", name="Create campaign").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Senja di Kota")
    staff.look()
    campaign = Campaign.objects.get(brand=brand)
    page.get_by_role("button", name="Start planning").click()
    campaign_url = f"/campaigns/{campaign.pk}/"
    expect(page.locator("main")).to_contain_text("Planning")

    # The shortlist, and what the client is told of it.
    staff.go(f"{campaign_url}?tab=shortlist")
    page.get_by_role("link", name="Add KOLs").first.click()
    page.get_by_label("Kirana Putri").first.check()
    page.get_by_label("Omar Lain").first.check()
    staff.look()
    page.get_by_role("button", name="Add to shortlist").click()
    expect(page.get_by_role("link", name="Kirana Putri").first).to_be_visible()
    staff.look()
    for candidate in Candidate.objects.filter(campaign=campaign):
        page.goto(f"{staff.server}/campaigns/candidates/{candidate.pk}/edit/")
        page.get_by_label("Price to the client").fill("5.480.000")
        page.get_by_label("Expected fee").fill("4.123.456")
        page.get_by_label("Internal note").fill("rahasia dapur")
        page.locator("main form .btn-primary").click()
        expect(page.locator(f"#candidate-{candidate.pk}")).to_contain_text("4.123.456")
    page.get_by_role("link", name="Submit to client").click()
    staff.look()
    page.locator("main form .btn-primary").click()
    expect(page.locator("main")).to_contain_text("With the client")

    # The client room: prices to the client, no fee, no note; one yes, one no.
    client = person(world.users["client"])
    room = client.go("/")
    room.get_by_role("link", name=re.compile("Senja di Kota")).first.click()
    client.look()
    room.get_by_role("link", name=re.compile("shortlist", re.I)).first.click()
    expect(room.get_by_text("Kirana Putri").first).to_be_visible()
    client.look()
    assert "4.123.456" not in room.content() and "rahasia dapur" not in room.content()
    chosen = Candidate.objects.get(campaign=campaign, creator=world.creator)
    other = Candidate.objects.get(campaign=campaign, creator=world.other_creator)
    room.locator(f"#candidate-{chosen.pk}").get_by_role("button", name="Approve").click()
    expect(room.locator(f"#candidate-{chosen.pk}")).to_contain_text("Citra Klien")
    room.locator(f"#candidate-{other.pk}").get_by_label("Comment").fill("Kurang cocok")
    room.locator(f"#candidate-{other.pk}").get_by_role("button", name="Reject").click()
    expect(room.locator(f"#candidate-{other.pk}")).to_contain_text("Kurang cocok")
    client.look()

    # Only the approved one is invited, and gets an offer. A line without a price is refused at the line.
    staff.go(f"{campaign_url}?tab=shortlist", look=False)
    page.get_by_role("button", name="Invite approved").click()
    expect(page.get_by_text("1 KOL invited")).to_be_visible()
    partnership = Partnership.objects.get(campaign=campaign)
    assert partnership.creator == world.creator
    staff.go(f"{campaign_url}?tab=partnerships")
    page.locator("main").get_by_role("link", name="Kirana Putri").click()
    staff.look()
    page.get_by_role("link", name="Make offer").first.click()
    line = page.get_by_role("group", name="Line 1")
    line.get_by_label("Content").select_option("instagram:reel")
    line.get_by_label("Price each").fill("")
    page.get_by_label("Message").fill("Halo Kirana, mau ikut?")
    page.get_by_role("button", name="Send offer").click()
    expect(line.locator(".field-error")).to_be_visible()
    expect(page.get_by_label("Message")).to_have_value("Halo Kirana, mau ikut?")
    assert not Offer.objects.filter(partnership=partnership).exists()
    staff.look()
    line.get_by_label("Price each").fill("4.000.000")
    line.get_by_label("Publish by").fill(str(today + timedelta(days=10)))
    page.get_by_role("button", name="Send offer").click()
    expect(page.locator("main")).to_contain_text("Rp4.000.000")
    staff.look()

    # The KOL on a phone, in Bahasa: reads the same figures, asks for more.
    kol = person(world.users["kol"], phone=True)
    small = kol.go("/")
    expect(small.locator("html")).to_have_attribute("lang", "id")
    small.locator("main").get_by_role("link", name=re.compile("Jawab|tawaran", re.I)).first.click()
    expect(small.locator("main")).to_contain_text("Rp4.000.000")
    kol.look()
    small.get_by_role("link", name="Tawar balik").or_(small.locator("a[href$='/counter/']")).first.click()
    price = small.locator("[name=lines-0-unit_price]")
    price.fill("lima juta")
    small.locator("main form .btn-primary").click()
    expect(small.locator(".field-bad", has=price).locator(".field-error")).to_be_visible()
    expect(price).to_have_value("lima juta")
    kol.look()
    price.fill("5.000.000")
    small.locator("[name=message]").fill("Bisa 5 juta?")
    small.locator("main form .btn-primary").click()
    expect(small.locator("main")).to_contain_text("Rp5.000.000")
    kol.look()

    # The agency accepts, writes the agreement and sends it.
    staff.go(f"/campaigns/partnerships/{partnership.pk}/", look=False)
    expect(page.locator("main")).to_contain_text("Bisa 5 juta?")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("link", name="Write agreement").click()
    staff.look()
    page.get_by_label("Payment").select_option("deliverables")
    page.locator("main form .btn-primary").click()
    expect(page.locator("main")).to_contain_text("Rp5.000.000")
    staff.look()
    page.get_by_role("button", name="Send for signature").click()
    expect(page.get_by_role("heading", name="Sign for the agency")).to_be_visible()
    agreement = Agreement.objects.get(partnership=partnership)

    # Both sides sign. A wrong name is refused.
    small.goto(f"{kol.server}/portal/campaigns/{partnership.pk}/")
    small.locator(f"a[href$='/agreements/{agreement.pk}/']").first.click()
    kol.look()
    sign = small.locator("form[action$='/sign/']")
    sign.locator("[name=name]").fill("")
    for box in sign.locator("input[type=checkbox]").all():
        box.check()
    sign.locator(".btn-primary").click()
    expect(small.locator("[name=name]:invalid, .field-error").first).to_be_attached()
    assert not agreement.signatures.exists()
    small.locator("main [name=name]").fill("Kirana Putri")
    for box in small.locator("main form input[type=checkbox]").all():
        box.check()
    small.locator("main form .btn-primary").click()
    expect(small.locator("main")).to_contain_text("Kirana Putri")
    kol.look()
    page.reload()
    for box in page.locator("form[action$='/sign/'] input[type=checkbox]").all():
        box.check()
    page.locator("form[action$='/sign/'] [name=name]").fill("Bima Manajer")
    page.locator("form[action$='/sign/'] .btn-primary").click()
    expect(page.get_by_role("link", name="Certificate")).to_be_visible()
    staff.look()

    # What follows: deliverables, the signed document, a KOL who can read it.
    agreement.refresh_from_db()
    partnership.refresh_from_db()
    assert (agreement.state, partnership.state) == ("signed", "agreed")
    deliverable = Deliverable.objects.get(agreement=agreement)
    assert (deliverable.amount, deliverable.state) == (5_000_000, "planned")
    document = page.request.get(f"{staff.server}/campaigns/agreements/{agreement.pk}/document.pdf")
    assert document.status == 200 and document.body().startswith(b"%PDF")
    kol.go(f"/portal/campaigns/{partnership.pk}/")
    expect(small.locator("main")).to_contain_text(agreement.number)

    sees_nothing(
        [*world.strangers, world.users["other_manager"]],
        paths=[
            campaign_url, f"/campaigns/partnerships/{partnership.pk}/", f"/campaigns/agreements/{agreement.pk}/",
            f"/campaigns/agreements/{agreement.pk}/document.pdf", f"/portal/campaigns/{partnership.pk}/",
            f"/portal/campaigns/agreements/{agreement.pk}/", f"/room/campaigns/{campaign.pk}/",
        ],
        lists=["/campaigns/", "/", "/portal/campaigns/", "/", "/room/campaigns/", "/campaigns/home/campaigns/"],
        words=["Senja di Kota", "5.000.000"],
    )  # fmt: skip
