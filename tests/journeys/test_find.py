"""A manager finds accounts by filters and by description, keeps the search, lays two accounts side by side, and vets one.

The dossier is signed off layer by layer; whoever holds its PDF can check its fingerprint without a login.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from creators.finding import table, words
from creators.models import Dossier, Segment, VettingLayer
from tests.creators.factories import CreatorFactory, PostFactory, SocialAccountFactory

PEOPLE = (
    ("Sari Kulit", "tiktok", "Skincare reviewer di Bandung", "Review serum #skincare"),
    ("Tini Glow", "instagram", "Beauty", "Sunscreen baru #skincare #racunskincare"),
    ("Rudi Masak", "tiktok", "Resep rumahan", "Resep rendang #resep"),
)


def vet(staff: Any, page: Any) -> None:
    """From the creator's page to the signed dossier."""
    page.get_by_role("tab", name="Vetting").or_(
        page.get_by_role("link", name="Vetting", exact=True)
    ).first.click()
    page.get_by_label("For").fill("Serum launch")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vetting dossier: Sari Kulit")
    staff.look()
    for layer in VettingLayer:
        page.get_by_role("link", name=f"Sign off: {layer.label}").click()
        page.get_by_label("Passed", exact=True).check()
        page.get_by_label("Remark").fill(f"Read what there is about {layer.label}.")
        page.get_by_role("button", name="Sign off").click()
        expect(page.get_by_role("link", name=f"Change sign-off: {layer.label}")).to_be_visible()
    page.get_by_role("link", name="Sign", exact=True).click()
    expect(page.get_by_label("Valid until")).not_to_have_value("")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Unchanged since it was signed.")).to_be_visible()
    staff.look()


def test_find_compare_and_vet(person: Any, world: Any, sees_nothing: Any) -> None:
    made = []
    for name, platform, bio, caption in PEOPLE:
        account = SocialAccountFactory(
            creator=CreatorFactory(name=name, bio=bio, city="Bandung"), platform=platform, handle=name.split()[0].lower(), followers=20_000
        )  # fmt: skip
        PostFactory.create_batch(3, account=account, caption=caption)
        made.append(account.pk)
    table.refresh(made)
    words.rebuild()
    staff = person(world.users["manager"])
    page = staff.go("/creators/find/")

    page.locator("#facet-platform").get_by_label("TikTok").check()
    expect(page).to_have_url(re.compile("platform=tiktok"))
    expect(page.locator("#list")).to_contain_text("Rudi Masak")
    expect(page.locator("#list")).not_to_contain_text("Tini Glow")
    page.locator('input[name="not"][value="platform"]').check()
    expect(page.locator("#list")).to_contain_text("Tini Glow")
    expect(page.locator("#list")).not_to_contain_text("Rudi Masak")

    page = staff.go("/creators/find/")
    page.locator("#find-about").fill("skincre")
    page.locator("#find-about").press("Enter")
    expect(page.locator("#find-said")).to_contain_text("read as “skincare”")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    staff.look()
    for name in ("Sari Kulit", "Tini Glow"):
        page.locator("#list tbody tr", has_text=name).locator("input[name=pk]").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".compare-table thead")).to_contain_text("Sari Kulit")
    expect(page.locator(".compare-table thead")).to_contain_text("Tini Glow")
    staff.look()

    page.locator(".compare-table thead").get_by_role("link", name="Sari Kulit").click()
    vet(staff, page)
    fingerprint = page.locator("code.break").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF EN").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    dossier = Dossier.objects.get()
    assert (dossier.state, dossier.sha256) == ("signed", fingerprint) and dossier.purpose == "Serum launch"
    sees_nothing(
        world.strangers, [f"/creators/dossiers/{dossier.pk}/", f"/creators/dossiers/{dossier.pk}/pdf/"],
        ["/creators/dossiers/"], [dossier.number],
    )  # fmt: skip
    holder = person(None)
    paper = holder.go("/verify/dossier/")
    paper.get_by_label("SHA-256 fingerprint").fill(fingerprint.upper())
    paper.get_by_role("button", name="Check").click()
    expect(paper.get_by_text("Genuine and unchanged")).to_be_visible()
    expect(paper.get_by_text(dossier.number)).to_be_visible()
    holder.look()

    page = staff.go("/creators/segments/add/?about=skincare", look=False)
    page.get_by_label("Name").fill("Skincare people")
    page.get_by_role("button", name="Save segment").click()
    expect(page.locator("#list tbody tr")).to_have_count(2)
    assert Segment.objects.get(name="Skincare people").filters == {"about": ["skincare"]}
