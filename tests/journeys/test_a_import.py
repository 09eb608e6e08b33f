"""Two months of a real list are imported through the page; then a worker reads one of its accounts over HTTP."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from creators.models import AccountSnapshot, Creator, CreatorImport, SocialAccount
from krm.local.connect import connect_sandbox


def upload(page: Any, file: Path | dict[str, Any]) -> None:
    page.get_by_label("CSV or XLSX file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()


def import_list(staff: Any, file: Path, as_of: str) -> None:
    """Upload, look at mapping and preview, confirm the month, start, wait for the result."""
    page = staff.go("/creators/import/")
    upload(page, file)
    expect(page).to_have_url(re.compile(r"/creators/imports/\d+/"))
    # The file's name gives the month; the year is the person's to confirm.
    expect(page.get_by_label("Figures as of")).to_have_value(re.compile(rf"-{as_of[5:]}$"))
    expect(page.get_by_text("does not say the year")).to_be_visible()
    page.get_by_label("Figures as of").fill(as_of)
    expect(page.get_by_label("Platform", exact=False).first).to_have_value("instagram")
    expect(page.get_by_label("Subscribers")).to_have_value("followers")
    expect(page.get_by_role("region", name="Preview").locator("tbody tr").first).to_contain_text("acct_")
    staff.look()
    page.get_by_role("button", name="Start import").click()
    expect(page).to_have_url(re.compile(r"/jobs/\d+/"))
    expect(page.locator("#job .job-head")).to_contain_text("Done", timeout=60_000)
    staff.look()


def test_import_refresh_profile(
    person: Any, world: Any, worker: Any, lists: Path, sees_nothing: Any, monkeypatch: Any, settings: Any
) -> None:
    monkeypatch.setenv("KRM_REPLAY", str(lists))
    connect_sandbox()
    before = Creator.objects.count()
    staff = person(world.users["manager"])
    rows = len((lists / "Instagram_Dec.csv").read_text("utf-8-sig").splitlines()) - 1

    import_list(staff, lists / "Instagram_Nov.csv", "2022-11-30")
    first = Creator.objects.count() - before
    import_list(staff, lists / "Instagram_Dec.csv", "2022-12-31")
    assert first > rows * 0.9
    both = AccountSnapshot.objects.filter(as_of__year=2022).values("account_id").distinct().count()
    assert (
        SocialAccount.objects.filter(handle__startswith="acct_").count()
        == both
        == Creator.objects.count() - before
    )

    # One account, two months: the profile shows a history.
    with (lists / "Instagram_Dec.csv").open(encoding="utf-8-sig") as file:
        december = {line.split(",")[0] for line in file}
    with (lists / "Instagram_Nov.csv").open(encoding="utf-8-sig") as file:
        handle = next(key for key in (line.split(",")[0] for line in list(file)[3:]) if key in december)
    account = SocialAccount.objects.select_related("creator").get(handle=handle)
    assert account.snapshots.filter(source="vendor_estimate").count() == 2
    page = staff.go("/creators/?q=" + handle, look=False)
    page.get_by_role("link", name=handle).first.click()
    expect(page).to_have_url(re.compile(rf"/creators/{account.creator_id}/$"))
    expect(page.locator("krm-chart[ready]").first).to_be_attached()
    staff.look()

    # Refresh now: the page shows the answer without being loaded again.
    expect(page.get_by_text("No posts read yet")).to_be_visible()
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_text("Asking the platform now")).to_be_visible()
    page.evaluate("window.same = true")
    expect(page.get_by_text("No posts read yet")).to_have_count(0, timeout=30_000)
    assert page.evaluate("window.same"), "the page was loaded again"
    expect(page.get_by_role("region", name="Best posts").locator("tbody tr").first).to_be_visible()
    account.refresh_from_db()
    assert account.last_ok_at is not None
    assert account.snapshots.filter(source="platform_public").exists()
    staff.look()

    sees_nothing(
        world.strangers,
        paths=[
            f"/creators/{account.creator_id}/",
            f"/portal/profile/{account.creator_id}/",
            "/creators/imports/",
        ],
        lists=["/", "/portal/profile/", "/", "/creators/"],
        words=[handle],
    )


def test_a_bad_file_is_refused(person: Any, world: Any) -> None:
    """A picture, an empty file, a list without a usable column: one message at the field, nothing written."""
    before = (Creator.objects.count(), SocialAccount.objects.count())
    staff = person(world.users["manager"])
    page = staff.go("/creators/import/")
    for name, content in (
        ("list.csv", b""),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 200),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600),
    ):
        upload(page, {"name": name, "mimeType": "application/octet-stream", "buffer": content})
        expect(
            page.locator(".field-bad", has=page.get_by_label("CSV or XLSX file")).locator(".field-error")
        ).to_be_visible()
        staff.look()
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".field-error").first).to_be_visible()
    assert not CreatorImport.objects.exists()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".field-bad", has=page.get_by_label("Handles or addresses"))).to_be_visible()
    assert not CreatorImport.objects.exists()

    # Bare handles may be of any platform: their rows say so, and starting is refused.
    page.get_by_label("Handles or addresses").fill("@rani\n@sari")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The platform is not known").first).to_be_visible()
    staff.look()

    # A date that is none: the other choices keep standing.
    page = staff.go("/creators/import/", look=False)
    upload(
        page,
        {
            "name": "Instagram_Nov.csv",
            "mimeType": "text/csv",
            "buffer": b"AccountName,Subscribers\nacct_1,7.2K\nacct_2,much\n",
        },
    )
    page.get_by_label("Tags for every creator").fill("top, november")
    page.get_by_label("Subscribers").select_option("")
    page.get_by_label("AccountName").select_option("")
    page.get_by_role("button", name="Start import").click()
    expect(page.locator(".field-error, .notice-bad").first).to_be_visible()
    expect(page.get_by_label("Tags for every creator")).to_have_value("top, november")
    expect(page.get_by_label("Subscribers")).to_have_value("")
    staff.look()
    assert (Creator.objects.count(), SocialAccount.objects.count()) == before
