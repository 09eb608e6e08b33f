"""An owner connects an account on the phone: the plain words, the platform's page, the wrong account, the right one, the end."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from creators.models import Consent, SocialAccount
from krm.connectors.models import Credential
from krm.local.connect import connect_sandbox
from krm.local.sandbox import world as network


def test_an_account_is_connected_and_withdrawn(
    person: Any, world: Any, sandbox: Any, lists: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("KRM_REPLAY", str(lists))
    connect_sandbox(replayed=False)
    account = SocialAccount.objects.select_related("creator").get(
        creator__access__user=world.users["kol"], platform="instagram"
    )
    Credential.objects.filter(external_account_id=account.external_id).delete()  # not connected yet
    other = next(
        a for a in network.demo_accounts() if a.platform == "instagram" and a.handle != account.handle
    )
    kol = person(world.users["kol"], phone=True)

    page = kol.go(f"/portal/profile/{account.creator_id}/")
    page.get_by_role("link", name="Hubungkan atau cabut").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Akun terhubung")
    kol.look()

    def to_the_platform() -> None:
        page.get_by_role("link", name="Hubungkan Instagram", exact=True).click()
        expect(page.get_by_text("Kami hanya membaca.")).to_be_visible()
        kol.look()
        page.get_by_role("link", name="Lanjut ke Instagram").click()
        expect(page.get_by_role("heading", name="Instagram sandbox")).to_be_visible()

    # At the platform somebody else is logged in: nothing is connected before the owner has chosen.
    to_the_platform()
    page.get_by_label("Logged in as").fill(other.handle)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Akun yang mana?")
    kol.look()
    assert not Credential.objects.filter(flavour="login").exists()
    page.get_by_role("button", name="Akunnya keliru").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Akun terhubung")
    assert Consent.objects.latest("pk").held == ""

    # Declined, then allowed.
    to_the_platform()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("Anda menolak di halaman platform.").first).to_be_visible()
    to_the_platform()
    page.get_by_label("Logged in as").fill(account.handle)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_text(re.compile("sudah terhubung")).first).to_be_visible()
    kol.look()
    credential = Credential.objects.get(flavour="login")
    assert credential.external_account_id == account.external_id and credential.status == "active"

    # The agency sees it.
    staff = person(world.users["manager"])
    expect(
        staff.go(f"/creators/connectors/consents/?q={account.handle}").get_by_text(f"@{account.handle}").first
    ).to_be_visible()
    staff.look()

    # The owner ends it; the keys are gone.
    page.get_by_role("button", name="Akhiri koneksi").click()
    page.get_by_role("dialog").locator("button.btn-primary, button.btn-danger").first.click()
    expect(page.get_by_text(re.compile("dihapus")).first).to_be_visible()
    credential.refresh_from_db()
    assert (credential.access_token, credential.refresh_token, credential.status) == ("", "", "revoked")
    assert Consent.objects.filter(state="withdrawn", account=account).count() == 1
