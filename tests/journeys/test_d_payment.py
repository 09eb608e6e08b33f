"""From the KOL's bank data to the money: invoice on a phone, match, a second person's yes, payment, balanced books."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from playwright.sync_api import expect

from krm.local.demo.journey import demo_npwp
from payments.models import Invoice, LedgerEntry, PayeeProfile, Payout
from tests.journeys.world import PASSWORD, PRICE, picture

ACCOUNT = "7000123456"


def prove_identity(page: Any) -> None:
    """Bank data asks again who is there."""
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Konfirmasi").click()


def test_invoice_to_payment(person: Any, world: Any, worker: Any, sees_nothing: Any) -> None:
    world.accepted()
    partnership = world.partnership

    # Bank data on the phone. Numbers that cannot be are refused at their fields; the rest stays typed.
    kol = person(world.users["kol"], phone=True)
    small = kol.go("/portal/invoices/")
    small.locator(".notice-warn").first.click()
    prove_identity(small)
    expect(small.locator("[name=legal_name]")).to_be_visible()
    kol.look()
    small.locator("[name=kind][value=individual]").check()
    small.locator("[name=legal_name]").fill("Kirana Putri")
    small.locator("[name=nik]").fill("123")
    small.locator("[name=npwp]").fill("99.999")
    small.locator("[name=bank_code]").select_option("014")
    small.locator("[name=account_number]").fill(ACCOUNT)
    small.locator("[name=account_holder]").fill("Kirana Putri")
    small.locator("main form .btn-primary").click()
    expect(
        small.locator(".field-bad", has=small.locator("[name=nik]")).locator(".field-error")
    ).to_be_visible()
    expect(small.locator("[name=legal_name]")).to_have_value("Kirana Putri")
    expect(small.locator("[name=account_number]")).to_have_value(ACCOUNT)
    assert not PayeeProfile.objects.exists()
    kol.look()
    small.locator("[name=nik]").fill("3174040108941234")
    small.locator("[name=npwp]").fill(demo_npwp(7))
    small.locator("main form .btn-primary").click()
    expect(small.locator("main")).not_to_contain_text(ACCOUNT)  # shown masked
    expect(small.locator("main")).to_contain_text("BCA")
    kol.look()
    payee = PayeeProfile.objects.get(creator=world.creator)

    # Finance verifies it.
    finance = person(world.users["finance"])
    desk = finance.go(f"/payments/payees/{payee.pk}/")
    assert ACCOUNT not in desk.content()
    desk.get_by_role("link", name="Verify").click()
    desk.get_by_label("Valid at DJP", exact=True).check()
    finance.look()
    desk.locator("#krm-dialog .btn-primary").click()
    expect(desk.locator(".page-header")).to_contain_text("Verified")

    # The invoice. No number, then an amount in words, then right.
    kol.go("/portal/invoices/")
    small.locator(f"a[href='/portal/invoices/new/{partnership.pk}/']").click()
    kol.look()
    amount = small.locator("input[name^=amount_]").first
    expect(amount).to_have_value(f"{PRICE:,.0f}".replace(",", "."))
    small.locator("[name=note]").fill("Terima kasih!")
    small.locator("main form .btn-primary").click()
    expect(
        small.locator(".field-bad", has=small.locator("[name=number]")).locator(".field-error")
    ).to_be_visible()
    expect(small.locator("[name=note]")).to_have_value("Terima kasih!")
    small.locator("[name=number]").fill("INV/KP/001")
    amount.fill("empat juta")
    small.locator("main form .btn-primary").click()
    expect(small.locator(".form-summary, .field-error").first).to_be_visible()
    expect(amount).to_have_value("empat juta")
    assert not Invoice.objects.exists()
    kol.look()
    amount.fill("4.000.000")
    small.locator("[name=document]").set_input_files(
        {"name": "tagihan.jpg", "mimeType": "image/jpeg", "buffer": picture("TAGIHAN")}
    )
    small.locator("main form .btn-primary").click()
    expect(small).to_have_url(re.compile(r"/portal/invoices/\d+/$"))
    kol.look()
    invoice = Invoice.objects.get(partnership=partnership)
    assert invoice.gross == PRICE

    # Finance matches it; who matched may not approve.
    finance.go(f"/payments/invoices/{invoice.pk}/")
    again = desk.get_by_role("button", name="Match again")
    if again.count():
        again.click()
    expect(desk.locator("main")).to_contain_text("Three-way match")
    expect(desk.get_by_text("Differs")).to_have_count(0)
    finance.look()
    second = person(world.users["finance2"])
    other = second.go(f"/payments/invoices/{invoice.pk}/")
    small.evaluate("window.same = true")
    other.get_by_role("link", name="Approve").click()
    expect(other.locator("#krm-dialog")).to_be_visible()
    second.look()
    other.locator("#krm-dialog .btn-primary").click()
    expect(other.locator("#krm-dialog")).to_be_hidden()
    expect(other.locator(".page-header")).to_contain_text("Approved")
    second.look()
    invoice.refresh_from_db()
    assert invoice.approved_by == world.users["finance2"]
    # The KOL's open page follows by itself.
    expect(small.locator(".page-header")).to_contain_text("Disetujui", timeout=30_000)
    assert small.evaluate("window.same"), "the page was loaded again"

    # Payment with proof. Too much is refused.
    finance.go(f"/payments/invoices/{invoice.pk}/", look=False)
    desk.get_by_role("link", name="Record payment").click()
    finance.look()
    desk.get_by_label("Amount").fill("9999999")
    desk.get_by_label("Paid on").fill(str(timezone.localdate()))
    desk.get_by_label("Paid from bank").select_option("014")
    desk.get_by_label("Bank reference").fill("TRF0001")
    desk.locator("main form .btn-primary").click()
    expect(desk.locator(".field-error, .form-summary").first).to_be_visible()
    expect(desk.get_by_label("Bank reference")).to_have_value("TRF0001")
    assert not Payout.objects.exists()
    finance.look()
    desk.get_by_label("Amount").fill(f"{invoice.net:.0f}")
    desk.get_by_label("Proof").set_input_files(
        {"name": "bukti.jpg", "mimeType": "image/jpeg", "buffer": picture("BUKTI")}
    )
    desk.locator("main form .btn-primary").click()
    expect(desk.locator(".page-header")).to_contain_text("Paid")
    finance.look()

    # The books balance, to the rupiah.
    finance.go("/payments/ledger/")
    expect(desk.get_by_text("Every transaction balances")).to_be_visible()
    expect(desk.locator("tfoot")).to_contain_text("balanced")
    expect(desk.locator("tfoot")).not_to_contain_text("not balanced")
    assert LedgerEntry.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 0
    invoice.refresh_from_db()
    assert invoice.state == "paid" and invoice.net + invoice.withheld == PRICE
    assert invoice.withheld > Decimal(0)

    # The KOL sees it is paid, and the proof.
    expect(small.locator(".page-header")).to_contain_text("Dibayar", timeout=30_000)
    proof = small.locator("a[href$='/proof/']").first.get_attribute("href")
    assert small.request.get(kol.server + proof).status == 200
    kol.go("/")
    kol.look()

    payout = Payout.objects.get(invoice=invoice)
    sees_nothing(
        world.strangers,
        paths=[
            f"/payments/invoices/{invoice.pk}/", f"/portal/invoices/{invoice.pk}/", f"/portal/invoices/{invoice.pk}/file/",
            f"/portal/payouts/{payout.pk}/proof/", f"/payments/payouts/{payout.pk}/proof/",
            f"/payments/payees/{payee.pk}/", f"/portal/payee/{world.creator.pk}/", "/payments/ledger/",
            f"/portal/invoices/new/{partnership.pk}/",
        ],
        lists=["/", "/portal/invoices/", "/portal/payee/", "/"],
        words=["INV/KP/001", "Kirana Putri"],
    )  # fmt: skip
    # The client's own room says nothing of fees, invoices or payments.
    client = person(world.users["client"])
    assert client.status(f"/portal/invoices/{invoice.pk}/") == 404
    for path in ("/", f"/room/campaigns/{world.campaign.pk}/", "/room/reports/"):
        text = client.page.request.get(client.server + path).text()
        assert "4.000.000" not in text and "INV/KP/001" not in text
