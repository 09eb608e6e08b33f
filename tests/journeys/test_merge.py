"""Two records of one person: the suggestion, both side by side, the merge, and the way back."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from creators import people
from creators.duplicates import finding
from creators.models import MergeRecord
from tests.creators.factories import CreatorFactory, SocialAccountFactory


def test_merge_and_undo(person: Any, world: Any, sees_nothing: Any) -> None:
    manager = world.users["manager"]
    kept = CreatorFactory(name="Sari Kulit", email="sari@mail.example", city="Bandung")
    mine = SocialAccountFactory(creator=kept, platform="tiktok", handle="sarikulit", followers=80_000)
    gone = people.create_creator(
        by=manager, name="Sari Kulit Official", email="sari@mail.example", city="Jakarta"
    )
    other = SocialAccountFactory(creator=gone, platform="instagram", handle="sari.kulit", followers=20_000)
    finding.refresh([kept.pk, gone.pk])
    staff = person(manager)

    page = staff.go("/creators/duplicates/")
    row = page.locator("#list tbody tr", has_text="Sari Kulit Official")
    expect(row).to_contain_text("Same e-mail")
    row.get_by_role("link", name="Sari Kulit", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge Sari Kulit")
    expect(page.get_by_text("sari@mail.example").first).to_be_visible()
    expect(page.get_by_role("region", name="What is kept")).to_contain_text("Jakarta")
    staff.look()
    page.locator('input[name="choice_city"][value="gone"]').check()
    page.get_by_role("button", name="Merge into Sari Kulit").click()
    expect(page.get_by_text("Merged. You can undo this").first).to_be_visible()
    merged = MergeRecord.objects.get()
    kept.refresh_from_db()
    gone.refresh_from_db()
    other.refresh_from_db()
    assert (merged.kept_id, kept.city, gone.merged_into_id, other.creator_id) == (
        kept.pk,
        "Jakarta",
        kept.pk,
        kept.pk,
    )
    expect(page.get_by_role("heading", level=1)).to_contain_text("merged into Sari Kulit")
    staff.look()
    expect(staff.go("/creators/?q=sari", look=False).locator("#list tbody tr")).to_have_count(1)
    sees_nothing(
        world.strangers,
        [f"/creators/merges/{merged.pk}/", f"/creators/{kept.pk}/merge/"],
        ["/creators/duplicates/"],
        ["Sari Kulit"],
    )

    staff.go("/creators/merges/", look=False).get_by_role("link", name="Sari Kulit", exact=True).first.click()
    page.get_by_role("button", name="Undo merge").click()
    page.get_by_role("dialog").locator("button.btn-primary, button.btn-danger").first.click()
    expect(page.get_by_text("Undone: both creators are as before.").first).to_be_visible()
    expect(page.get_by_role("button", name="Undo merge")).to_have_count(0)
    staff.look()
    kept.refresh_from_db()
    gone.refresh_from_db()
    other.refresh_from_db()
    mine.refresh_from_db()
    assert (kept.city, gone.city, gone.merged_into_id) == ("Bandung", "Jakarta", None)
    assert (mine.creator_id, other.creator_id) == (kept.pk, gone.pk)
    expect(staff.go("/creators/?q=sari", look=False).locator("#list tbody tr")).to_have_count(2)
