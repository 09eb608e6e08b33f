"""The same verbs over REST, with the same refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from payments.models import Invoice, LedgerTransaction, PayeeProfile, Payout
from tests.payments.factories import Cast, creator, pdf, png
from tests.payments.test_payees import GOOD

pytestmark = pytest.mark.django_db

V1 = "/api/v1"


def test_the_whole_journey_by_program(cast: Cast, api_for: Any) -> None:
    kol, finance = api_for(cast.kol), api_for(cast.finance)

    (claim,) = kol.get(f"{V1}/invoices/claims", {"partnership": cast.partnership.pk}).json()
    assert (claim["amount"], claim["open"]) == ("20000000.0000", True)
    made = kol.post(
        f"{V1}/invoices",
        {"partnership": cast.partnership.pk, "lines": [{"claim": claim["claim"]}], "number": "A-1"},
        format="json",
    )
    assert made.status_code == 201, made.json()
    address = f"{V1}/invoices/{made.json()['id']}"
    early = kol.post(f"{address}/submit", {}, format="json")
    assert early.status_code == 400 and "document" in str(early.json())
    assert kol.post(f"{address}/document", {"document": pdf()}, format="multipart").status_code == 200
    sent = kol.post(f"{address}/submit", {}, format="json").json()
    assert sent["state"] == "matched" and all(result["ok"] for result in sent["match"])
    assert sent["promise"]["due_on"]

    approved = finance.post(f"{address}/approve", {"seen_run": sent["match_run"]}, format="json").json()
    assert (approved["state"], approved["withheld"], approved["net"]) == (
        "approved",
        "500000.0000",
        "19500000.0000",
    )
    paying = {
        "amount": "19500000",
        "bank_code": "014",
        "reference": "FT1",
        "paid_on": timezone.localdate().isoformat(),
    }
    first = finance.post(f"{address}/pay", paying | {"proof": png()}, format="multipart")
    again = finance.post(f"{address}/pay", paying | {"proof": png()}, format="multipart")
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert Payout.objects.count() == 1
    assert kol.get(address).json()["state"] == "paid"
    back = finance.post(f"{V1}/payouts/{first.json()['id']}/reverse", {"reason": "closed"}, format="json")
    assert back.json()["state"] == "reversed"
    assert kol.get(address).json()["state"] == "approved"
    file = kol.get(f"{address}/file")
    assert file.content.startswith(b"%PDF")
    balance = {
        row["code"]: row["balance"] for row in finance.get(f"{V1}/ledger-accounts/trial_balance").json()
    }
    assert Decimal(balance["2100"]) == -19_500_000


def test_an_idempotency_key_makes_one_effect(cast: Cast, api_for: Any) -> None:
    invoice, finance = cast.approved(), api_for(cast.finance)
    body = {"on": timezone.localdate().isoformat()}
    answers = [
        finance.post(
            f"{V1}/invoices/{invoice.pk}/schedule", body, format="json", headers={"Idempotency-Key": "k-1"}
        )
        for _twice in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    other = finance.post(
        f"{V1}/invoices/{invoice.pk}/schedule",
        {"on": "2099-01-01"},
        format="json",
        headers={"Idempotency-Key": "k-1"},
    )
    assert other.status_code in (409, 422)


@pytest.mark.parametrize("who", ["finance", "kol", "manager"])
def test_maker_checker_holds_over_rest(cast: Cast, api_for: Any, who: str) -> None:
    api = api_for(cast.finance)
    drafted = api.post(f"{V1}/invoices/draft", {"partnership": cast.partnership.pk}, format="json").json()
    api.post(f"{V1}/invoices/{drafted['id']}/submit", {}, format="json")
    answer = api_for(getattr(cast, who)).post(f"{V1}/invoices/{drafted['id']}/approve", {}, format="json")
    assert answer.status_code == 403
    assert Invoice.objects.get().state == "matched"
    assert not LedgerTransaction.objects.exists()


def test_amounts_state_and_approver_cannot_be_written(cast: Cast, api_for: Any) -> None:
    invoice = cast.draft()
    before = Invoice.objects.values().get(pk=invoice.pk)
    answer = api_for(cast.kol).patch(
        f"{V1}/invoices/{invoice.pk}",
        {
            "state": "approved",
            "net": "1",
            "approved_by": cast.finance.pk,
            "withheld": "0",
            "payee": 1,
            "due_on": "2020-01-01",
            "note": "hi",
        },
        format="json",
    )
    assert answer.status_code == 200, answer.json()
    after = Invoice.objects.values().get(pk=invoice.pk)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"note", "updated_at"}


def test_payee_numbers_go_in_and_never_come_out(cast: Cast, api_for: Any) -> None:
    person = creator()
    cast.grant(cast.kol, person)
    kol, finance = api_for(cast.kol), api_for(cast.finance)
    made = kol.post(f"{V1}/payees", GOOD | {"creator": person.pk}, format="json")
    assert made.status_code == 201, made.json()
    for answer in (made, kol.get(f"{V1}/payees/{made.json()['id']}"), finance.get(f"{V1}/payees")):
        assert "5271100123" not in answer.content.decode() and GOOD["nik"] not in answer.content.decode()
    assert (
        finance.post(f"{V1}/payees/{made.json()['id']}/verify", {"tax_id_valid": True}, format="json").json()[
            "state"
        ]
        == "verified"
    )
    changed = kol.patch(
        f"{V1}/payees/{made.json()['id']}", {"account_number": "7777666655"}, format="json"
    ).json()
    assert changed["state"] == "cooling_off"
    assert (
        api_for(cast.admin)
        .post(f"{V1}/payees/{made.json()['id']}/reveal", {"reason": "see"}, format="json")
        .status_code
        == 403
    )
    shown = finance.post(
        f"{V1}/payees/{made.json()['id']}/reveal", {"reason": "paying"}, format="json"
    ).json()
    assert shown["account_number"] == "7777666655"


def test_another_kol_gets_404_everywhere(cast: Cast, make_cast: Any, api_for: Any) -> None:
    invoice, stranger = cast.paid(), api_for(make_cast().kol)
    payout = Payout.objects.get()
    for method, address in (
        ("get", f"invoices/{invoice.pk}"),
        ("get", f"invoices/{invoice.pk}/file"),
        ("post", f"invoices/{invoice.pk}/submit"),
        ("post", f"invoices/{invoice.pk}/void"),
        ("post", f"invoices/{invoice.pk}/pay"),
        ("get", f"payouts/{payout.pk}"),
        ("get", f"payouts/{payout.pk}/proof"),
        ("get", f"payees/{cast.payee.pk}"),
        ("patch", f"payees/{cast.payee.pk}"),
        ("get", f"invoices/claims?partnership={cast.partnership.pk}"),
    ):
        assert getattr(stranger, method)(f"{V1}/{address}").status_code == 404, address
    assert stranger.get(f"{V1}/invoices").json()["results"] == []
    refused = stranger.post(
        f"{V1}/invoices", {"partnership": cast.partnership.pk, "lines": [{"claim": "m1"}]}, format="json"
    )
    assert refused.status_code == 400 and "partnership" in str(refused.json())


def test_books_by_program(cast: Cast, api_for: Any) -> None:
    finance = api_for(cast.finance)
    body = {
        "key": "deposit-10",
        "occurred_on": "2026-11-16",
        "memo": "PPh 21 October",
        "entries": [{"account": "2210", "amount": "500000"}, {"account": "1100", "amount": "-500000"}],
    }
    first = finance.post(f"{V1}/ledger-transactions", body, format="json")
    again = finance.post(f"{V1}/ledger-transactions", body, format="json")
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    off = finance.post(
        f"{V1}/ledger-transactions", body | {"key": "x", "entries": body["entries"][:1] * 2}, format="json"
    )
    assert off.status_code == 400
    address = f"{V1}/ledger-transactions/{first.json()['id']}"
    assert finance.patch(address, {"memo": "x"}, format="json").status_code == 405
    assert finance.delete(address).status_code == 405
    assert (
        finance.post(
            f"{address}/reverse", {"occurred_on": "2026-11-17", "memo": "twice"}, format="json"
        ).status_code
        == 200
    )
    assert api_for(cast.manager).get(f"{V1}/ledger-transactions").json()["results"] == []
    assert finance.post(f"{V1}/ledger-periods/close", {"month": "2026-10-01"}, format="json").json()[
        "is_closed"
    ]


def test_rules_are_changed_by_an_administrator(cast: Cast, api_for: Any) -> None:
    address = f"{V1}/payment-policy/1"
    assert api_for(cast.finance).patch(address, {"terms_days": 7}, format="json").status_code == 403
    assert api_for(cast.admin).patch(address, {"terms_days": 7}, format="json").json()["terms_days"] == 7
    assert cast.draft().terms_days == 7
    limit = {"role": "finance", "currency": "IDR", "amount": "1000"}
    assert api_for(cast.finance).post(f"{V1}/invoice-limits", limit, format="json").status_code == 403
    made = api_for(cast.admin).post(f"{V1}/invoice-limits", limit, format="json")
    assert made.status_code == 201, made.json()
    assert api_for(cast.admin).delete(f"{V1}/invoice-limits/{made.json()['id']}").status_code == 204


def test_list_costs_the_same_for_twice_the_rows(make_cast: Any, api_for: Any, constant_queries: Any) -> None:
    cast = make_cast([1_000_000, 2_000_000, 3_000_000, 4_000_000])
    claims = cast.claims()
    for claim in claims[:2]:
        cast.submitted(lines=[claim])
    api = api_for(cast.finance)

    def grow() -> None:
        for claim in claims[2:]:
            cast.submitted(lines=[claim])

    constant_queries(lambda: api.get(f"{V1}/invoices"), grow)
    assert PayeeProfile.objects.exists()
