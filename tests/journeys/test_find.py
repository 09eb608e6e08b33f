"""A manager finds accounts by filters and by description, keeps the search, and lays two accounts side by side."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from creators.finding import table, words
from creators.models import Segment
from tests.creators.factories import CreatorFactory, PostFactory, SocialAccountFactory

PEOPLE = (
    ("Sari Kulit", "tiktok", "Skincare reviewer di Bandung", "Review serum #skincare"),
    ("Tini Glow", "instagram", "Beauty", "Sunscreen baru #skincare #racunskincare"),
    ("Rudi Masak", "tiktok", "Resep rumahan", "Resep rendang #resep"),
)


def test_find_and_compare(person: Any, world: Any) -> None:
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

    page = staff.go("/creators/segments/add/?about=skincare", look=False)
    page.get_by_label("Name").fill("Skincare people")
    page.get_by_role("button", name="Save segment").click()
    expect(page.locator("#list tbody tr")).to_have_count(2)
    assert Segment.objects.get(name="Skincare people").filters == {"about": ["skincare"]}
