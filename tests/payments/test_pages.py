"""Every page of the room, opened and used by those it is for, and shut to the others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from payments import invoices, payees
from payments.models import Invoice, LedgerAccount, LedgerTransaction, Payout
from tests.payments.factories import Cast, pdf, png

pytestmark = pytest.mark.django_db


def url(name: str, *args: Any) -> str:
    return reverse(f"payments:{name}", args=args)


def text(response: Any) -> str:
    assert response.status_code in (200, 422), response
    return response.content.decode()


FINANCE_PAGES = (
    "home home_panel invoices payees ledger transactions transaction_new periods period_close policy"
)


@pytest.mark.parametrize("name", FINANCE_PAGES.split())
def test_finance_pages_open(cast: Cast, client_for: Any, name: str) -> None:
    cast.paid()
    text(client_for(cast.finance).get(url(name)))


@pytest.mark.parametrize("state", ["draft", "submitted", "approved", "paid", "rejected", "void", "mismatch"])
def test_invoice_page_shows_every_state(cast: Cast, client_for: Any, state: str) -> None:
    if state == "draft":
        invoice = cast.draft()
    elif state == "approved":
        invoice = cast.approved()
    elif state == "paid":
        invoice = cast.paid()
    elif state == "mismatch":
        invoice = cast.submitted(lines=[cast.claims()[0] | {"amount": Decimal(1)}])
    else:
        invoice = cast.submitted()
        if state == "rejected":
            invoice = invoices.reject(invoice, by=cast.finance, reason="Wrong name")
        if state == "void":
            invoice = invoices.void(invoice, by=cast.finance, reason="Twice")
    page = text(client_for(cast.finance).get(invoice.get_absolute_url()))
    assert invoice.number in page
    text(client_for(cast.manager).get(invoice.get_absolute_url()))
    portal = text(client_for(cast.kol).get(url("portal_invoice_detail", invoice.pk)))
    assert invoice.number in portal


def test_finance_approves_and_pays_through_the_pages(cast: Cast, client_for: Any) -> None:
    invoice = cast.submitted()
    browser = client_for(cast.finance)
    form = text(browser.get(url("invoice_approve", invoice.pk)))
    assert 'name="seen_run"' in form
    browser.post(url("invoice_approve", invoice.pk), {"seen_run": invoice.match_run})
    invoice.refresh_from_db()
    assert invoice.state == "approved"

    page = text(browser.get(url("invoice_pay", invoice.pk)))
    assert "19,500,000" in page
    sent = {
        "amount": "19500000",
        "paid_on": timezone.localdate().isoformat(),
        "bank_code": "014",
        "method": "bi_fast",
        "reference": "FT1",
    }
    refused = browser.post(url("invoice_pay", invoice.pk), sent)
    assert refused.status_code == 422 and "proof" in text(refused)
    assert not Payout.objects.exists()
    browser.post(url("invoice_pay", invoice.pk), sent | {"proof": png()})
    invoice.refresh_from_db()
    assert invoice.state == "paid"

    payout = Payout.objects.get()
    proof = browser.get(url("payout_proof", payout.pk))
    assert proof["Content-Disposition"].startswith("attachment")
    assert proof.content.startswith(b"\x89PNG")
    browser.post(
        url("payout_reverse", payout.pk), {"on": timezone.localdate().isoformat(), "reason": "account closed"}
    )
    invoice.refresh_from_db()
    assert invoice.state == "approved"


def test_refusal_of_a_maker_is_shown_not_a_500(cast: Cast, client_for: Any) -> None:
    invoice = invoices.match(cast.submitted(), by=cast.finance)
    answer = client_for(cast.finance).post(
        url("invoice_approve", invoice.pk), {"seen_run": invoice.match_run}
    )
    assert answer.status_code == 422
    assert "Another person approves it" in text(answer)
    invoice.refresh_from_db()
    assert invoice.state == "matched"


def test_kol_writes_and_sends_an_invoice_on_the_phone(cast: Cast, client_for: Any) -> None:
    phone = client_for(cast.kol)
    page = text(phone.get(url("portal_invoice_new", cast.partnership.pk)))
    assert 'value="20.000.000"' in page
    key = cast.claims()[0]["claim"]
    bad = phone.post(
        url("portal_invoice_new", cast.partnership.pk),
        {"number": "", "issued_on": "2026-11-20", "claim": key, f"amount_{key}": "19.000.000"},
    )
    assert bad.status_code == 422
    assert 'value="19.000.000"' in text(bad)  # what was typed stays
    assert not Invoice.objects.exists()
    sent = phone.post(
        url("portal_invoice_new", cast.partnership.pk),
        {
            "number": "A-1",
            "issued_on": "2026-11-20",
            "claim": key,
            f"amount_{key}": "Rp 20.000.000",
            "document": pdf(),
            "note": "",
        },
    )
    invoice = Invoice.objects.get()
    assert sent.status_code == 302 and sent["Location"] == url("portal_invoice_detail", invoice.pk)
    assert (invoice.state, invoice.gross) == ("matched", Decimal(20_000_000))


def test_nothing_half_written_when_the_file_is_bad(cast: Cast, client_for: Any) -> None:
    key = cast.claims()[0]["claim"]
    evil = pdf("invoice.pdf")
    evil.file.write(b"MZ")
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client_for(cast.kol).post(
        url("portal_invoice_new", cast.partnership.pk),
        {
            "number": "A-1",
            "issued_on": "2026-11-20",
            "claim": key,
            f"amount_{key}": "20000000",
            "document": SimpleUploadedFile("x.pdf", b"MZ\x90\x00 program", "application/pdf"),
        },
    )
    assert answer.status_code == 422
    assert not Invoice.objects.exists()


def test_submit_refused_leaves_no_draft_behind(cast: Cast, client_for: Any) -> None:
    key = cast.claims()[0]["claim"]
    answer = client_for(cast.kol).post(
        url("portal_invoice_new", cast.partnership.pk),
        {"number": "A-1", "issued_on": "2026-11-20", "claim": key, f"amount_{key}": "20000000"},
    )
    assert answer.status_code == 422
    assert not Invoice.objects.exists()


def test_portal_pages_open_and_tell_the_date(cast: Cast, confirmed_for: Any) -> None:
    invoice = cast.approved()
    phone = confirmed_for(cast.kol)
    for name in ("portal_invoices", "portal_panel", "portal_payees"):
        text(phone.get(url(name)))
    page = text(phone.get(url("portal_invoice_detail", invoice.pk)))
    assert "19.500.000" in page
    text(phone.get(url("portal_payee", cast.creator.pk)))


def test_bank_numbers_are_never_in_a_page(cast: Cast, confirmed_for: Any) -> None:
    cast.paid()
    number = cast.payee.account_number
    for person, pages in (
        (cast.kol, [url("portal_payees"), url("portal_payee", cast.creator.pk), url("portal_invoices")]),
        (cast.finance, [cast.payee.get_absolute_url(), url("payees"), url("creator_tab", cast.creator.pk)]),
    ):
        for address in pages:
            page = text(confirmed_for(person).get(address))
            assert number not in page and cast.payee.nik not in page, address


def test_reveal_shows_numbers_once_to_finance_with_a_reason(
    cast: Cast, client_for: Any, confirmed_for: Any
) -> None:
    address = url("payee_reveal", cast.payee.pk)
    assert confirmed_for(cast.admin).post(address, {"reason": "curious"}).status_code == 403
    long_ago = client_for(cast.finance)
    session = long_ago.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}]
    session.save()
    assert long_ago.post(address, {"reason": "typing the transfer"}).status_code == 302
    assert not payees.last_seen(cast.payee)
    browser = confirmed_for(cast.finance)
    assert cast.payee.account_number not in text(browser.post(address, {"reason": ""}))
    assert cast.payee.account_number in text(browser.post(address, {"reason": "typing the transfer"}))
    seen = payees.last_seen(cast.payee)
    assert [(event.actor_id, event.data["reason"]) for event in seen] == [
        (cast.finance.pk, "typing the transfer")
    ]


def test_tabs_open(cast: Cast, client_for: Any) -> None:
    cast.approved()
    text(client_for(cast.manager).get(url("campaign_tab", cast.campaign.pk)))
    text(client_for(cast.finance).get(url("creator_tab", cast.creator.pk)))
    text(client_for(cast.finance).get(url("account_detail", LedgerAccount.objects.get(code="2100").pk)))
    text(client_for(cast.finance).get(url("transaction_detail", LedgerTransaction.objects.get().pk)))


def test_manual_posting_and_its_reversal_through_the_pages(cast: Cast, client_for: Any) -> None:
    browser = client_for(cast.finance)
    accounts = {account.code: account.pk for account in LedgerAccount.objects.all()}
    sent = {
        "occurred_on": "2026-11-20", "memo": "PPh 21 October", "debit": accounts["2210"], "credit": accounts["1100"],
        "amount": "500000", "currency": "IDR", "token": "0b0e7e2e-6a3b-4d4f-9f0e-2a1a3c1d5e6f",
    }  # fmt: skip
    for _twice in range(2):
        assert browser.post(url("transaction_new"), sent).status_code == 302
    posted = LedgerTransaction.objects.get()
    assert browser.post(url("transaction_new"), sent | {"amount": "1"}).status_code == 422
    browser.post(url("transaction_reverse", posted.pk), {"occurred_on": "2026-11-21", "memo": "wrong month"})
    assert LedgerTransaction.objects.filter(reverses=posted).count() == 1


def test_trial_balance_exports(cast: Cast, client_for: Any) -> None:
    cast.paid()
    csv = client_for(cast.finance).get(url("ledger"), {"export": "csv"})
    body = b"".join(csv.streaming_content).decode() if csv.streaming else csv.content.decode()
    assert "5100" in body and "20000000" in body.replace(".", "").replace(",", "")
    xlsx = client_for(cast.finance).get(url("ledger"), {"export": "xlsx"})
    assert xlsx.status_code == 200
    xlsx.close()


@pytest.mark.parametrize(
    "name", ["portal_invoice_detail", "portal_invoice_edit", "portal_invoice_file", "portal_invoice_withdraw"]
)
def test_another_kol_gets_404(cast: Cast, make_cast: Any, client_for: Any, name: str) -> None:
    invoice = cast.paid()
    assert client_for(make_cast().kol).get(url(name, invoice.pk)).status_code == 404


def test_other_people_get_nothing_of_payments(
    cast: Cast, client_for: Any, staff: Any, client_user: Any
) -> None:
    invoice = cast.paid()
    payout = Payout.objects.get()
    outsiders = {
        "reviewer": (staff("reviewer", teams=[cast.team]), 403),
        "other team": (staff(), 404),
        "client": (client_user(cast.campaign.brand), 404),
        "kol": (cast.kol, 404),
    }
    for who, (person, status) in outsiders.items():
        browser = client_for(person)
        for address in (
            invoice.get_absolute_url(),
            url("payout_proof", payout.pk),
            url("invoice_file", invoice.pk),
        ):
            assert browser.get(address).status_code in (status, 404), (who, address)
        assert browser.get(url("ledger")).status_code in (403, 404), who
        assert browser.get(cast.payee.get_absolute_url()).status_code in (403, 404), who


def test_list_costs_the_same_for_twice_the_rows(
    make_cast: Any, client_for: Any, constant_queries: Any
) -> None:
    cast = make_cast([1_000_000, 2_000_000, 3_000_000, 4_000_000])
    claims = cast.claims()
    for claim in claims[:2]:
        cast.submitted(lines=[claim])
    browser = client_for(cast.finance)

    def grow() -> None:
        for claim in claims[2:]:
            cast.submitted(lines=[claim])

    constant_queries(lambda: browser.get(url("invoices")), grow)


def test_query_budgets(cast: Cast, client_for: Any, query_budget: Any) -> None:
    invoice = cast.paid()
    browser, phone = client_for(cast.finance), client_for(cast.kol)
    for name, who, address in (
        ("payments.home", browser, url("home")),
        ("payments.invoices", browser, url("invoices")),
        ("payments.invoice", browser, invoice.get_absolute_url()),
        ("payments.payee", browser, cast.payee.get_absolute_url()),
        ("payments.ledger", browser, url("ledger")),
        ("payments.campaign_tab", browser, url("campaign_tab", cast.campaign.pk)),
        ("payments.portal_invoices", phone, url("portal_invoices")),
        ("payments.portal_invoice", phone, url("portal_invoice_detail", invoice.pk)),
    ):
        who.get(address)
        with query_budget(name):
            assert who.get(address).status_code == 200


def test_many_invoices_are_approved_at_once_and_each_refusal_is_said(make_cast: Any, client_for: Any) -> None:
    """Two by other people, one that finance sent in, one above the limit, one that does not match."""
    fine = [make_cast([10_000_000]).submitted(), make_cast([11_000_000]).submitted()]
    cast = make_cast([12_000_000])
    finance = cast.finance
    own = invoices.submit(cast.draft(), by=finance)
    big_cast = make_cast([40_000_000])
    big = big_cast.submitted()
    from payments.models import ApprovalLimit

    ApprovalLimit.objects.filter(role="finance", currency="IDR").update(amount=Decimal(30_000_000))
    wrong_cast = make_cast([13_000_000])
    wrong = wrong_cast.submitted(lines=[wrong_cast.claims()[0] | {"amount": Decimal(1)}])
    everything = [*fine, own, big, wrong]

    answer = client_for(finance).post(
        url("invoices"),
        {"_bulk": "approve", "_confirmed": "1", "pk": [i.pk for i in everything]},
        follow=True,
    )
    page = text(answer)
    assert "2 approved." in page
    assert f"{own.number}: " in page and f"{big.number}: " in page
    states = [Invoice.objects.get(pk=invoice.pk).state for invoice in everything]
    assert states == ["approved", "approved", "matched", "matched", "mismatch"]
    assert LedgerTransaction.objects.count() == 2


def test_approving_many_needs_the_right_and_reaches_only_own_teams(
    cast: Cast, client_for: Any, staff: Any
) -> None:
    invoice = cast.submitted()
    posted = {"_bulk": "approve", "_confirmed": "1", "pk": [invoice.pk]}
    assert client_for(cast.manager).post(url("invoices"), posted).status_code == 403
    client_for(staff("finance", teams=[])).post(url("invoices"), posted)
    invoice.refresh_from_db()
    assert invoice.state == "matched"


def test_invoice_says_which_tax_rules_are_not_verified(cast: Cast, client_for: Any, api_for: Any) -> None:
    invoice = cast.approved()
    assert "not verified yet" in text(client_for(cast.finance).get(invoice.get_absolute_url()))
    assert "belum diverifikasi" in text(client_for(cast.kol).get(url("portal_invoice_detail", invoice.pk)))
    answer = api_for(cast.finance).get(f"/api/v1/invoices/{invoice.pk}").json()
    assert "PPh 21 of non-employees (pmk-168-2023): first day" in answer["tax_unverified"]
    assert "Not verified" in text(client_for(cast.finance).get(url("policy")))


def test_bank_data_sent_with_an_old_login_is_not_kept_in_the_session(cast: Cast, confirmed_for: Any) -> None:
    import json
    import time

    phone = confirmed_for(cast.kol)
    address = url("portal_payee", cast.partnership.creator_id)
    assert phone.get(address).status_code == 200
    session = phone.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**row, "at": time.time() - 1000} for row in records]
    session.save()
    answer = phone.post(address, {"legal_name": "Kirana", "account_number": "7733190042"})
    assert answer.status_code == 302 and "/confirm/" in answer["Location"]
    assert "7733190042" not in json.dumps(dict(phone.session.items()), default=str)
