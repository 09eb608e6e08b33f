"""Thirty-two clients at once against real PostgreSQL: one key, one effect; never more than is open."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections, connection
from django.utils import timezone
from rest_framework.test import APIClient

from krm.errors import Conflict, Denied
from payments import invoices, ledger, payouts, periods
from payments.models import Invoice, LedgerEntry, LedgerTransaction, Payout
from tests.payments.factories import Cast, png

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 32
DAY = date(2026, 11, 20)


def at_once(work: Callable[[int], Any], clients: int = CLIENTS) -> Counter[str]:
    """Run `work(n)` in threads that start together; counts of outcomes by class name."""
    barrier, outcomes, lock = threading.Barrier(clients), Counter[str](), threading.Lock()

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(30)
            work(number)
            result = "done"
        except (Conflict, Denied, ValidationError) as refusal:
            result = type(refusal).__name__
        except Exception as error:
            result = f"{type(error).__name__}: {error}"
        finally:
            connection.close()
        with lock:
            outcomes[result] += 1

    threads = [threading.Thread(target=run, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    close_old_connections()
    return outcomes


def legs(amount: int) -> list[ledger.Leg]:
    return [ledger.debit("5100", Decimal(amount), "IDR"), ledger.credit("1100", Decimal(amount), "IDR")]


def test_one_key_is_one_posting_for_32_clients() -> None:
    ids: set[int] = set()

    def work(number: int) -> None:
        for key in range(20):
            ids.add(ledger.post(key=f"k{key}", kind="manual", occurred_on=DAY, entries=legs(1000 + key)).pk)

    assert at_once(work) == {"done": CLIENTS}
    assert LedgerTransaction.objects.count() == len(ids) == 20
    assert LedgerEntry.objects.count() == 40
    assert ledger.audit() == []


def test_one_key_with_other_content_is_refused_to_all_but_one_content() -> None:
    outcome = at_once(lambda n: ledger.post(key="k", kind="manual", occurred_on=DAY, entries=legs(1 + n % 2)))
    assert set(outcome) == {"done", "Conflict"} and sum(outcome.values()) == CLIENTS
    assert LedgerTransaction.objects.count() == 1


def test_the_same_payment_sent_by_32_clients_is_paid_once() -> None:
    cast = Cast()
    invoice = cast.approved()

    def work(number: int) -> None:
        payouts.record_payment(
            Invoice.objects.get(pk=invoice.pk), by=cast.finance, amount=invoice.net, bank_code="014", reference="FT1",
            paid_on=timezone.localdate(), proof=png(),
        )  # fmt: skip

    assert at_once(work) == {"done": CLIENTS}
    assert Payout.objects.count() == 1
    assert LedgerTransaction.objects.filter(kind="payout").count() == 1
    assert Invoice.objects.get().state == "paid"
    assert ledger.audit() == []


def test_different_payments_at_once_never_exceed_what_is_open() -> None:
    cast = Cast()
    invoice = cast.approved()
    part = Decimal(5_000_000)  # 19.5 million open: three fit, a fourth does not

    def work(number: int) -> None:
        payouts.record_payment(
            Invoice.objects.get(pk=invoice.pk), by=cast.finance, amount=part, bank_code="014", reference=f"FT{number}",
            paid_on=timezone.localdate(), proof=png(),
        )  # fmt: skip

    assert at_once(work) == {"done": 3, "ValidationError": CLIENTS - 3}
    assert payouts.open_amount(invoice) == Decimal(4_500_000)
    assert ledger.audit() == []


def test_an_invoice_is_approved_once_by_many() -> None:
    cast = Cast()
    invoice = cast.submitted()
    people = [cast.finance, cast.finance2, cast.admin]
    outcome = at_once(lambda n: invoices.approve(Invoice.objects.get(pk=invoice.pk), by=people[n % 3]))
    assert outcome == {"done": 1, "Conflict": CLIENTS - 1}
    assert LedgerTransaction.objects.count() == 1


def test_the_same_work_is_invoiced_once() -> None:
    cast = Cast()
    line = cast.claims()
    outcome = at_once(
        lambda n: invoices.save_draft(cast.partnership, by=cast.kol, lines=line, number=f"N{n}")
    )
    assert outcome["done"] == 1 and outcome["ValidationError"] + outcome["Conflict"] == CLIENTS - 1
    assert Invoice.objects.count() == 1


def test_tax_of_a_month_adds_up_when_approved_at_once() -> None:
    cast = Cast([80_000_000, 80_000_000])
    made = [cast.submitted(lines=[claim]) for claim in cast.claims()]
    outcome = at_once(
        lambda n: invoices.approve(Invoice.objects.get(pk=made[n].pk), by=cast.finance), clients=2
    )
    assert outcome == {"done": 2}
    assert sorted(Invoice.objects.values_list("withheld", flat=True)) == [
        Decimal(2_000_000),
        Decimal(4_000_000),
    ]


def test_a_payment_comes_back_once() -> None:
    cast = Cast()
    payout = cast.pay(cast.approved())
    outcome = at_once(
        lambda n: payouts.reverse_payment(
            Payout.objects.get(pk=payout.pk), by=cast.finance, reason="account closed"
        )
    )
    assert outcome == {"done": 1, "Conflict": CLIENTS - 1}
    assert LedgerTransaction.objects.exclude(reverses=None).count() == 1
    assert ledger.audit() == []


def test_nothing_slips_into_a_month_while_it_is_closed() -> None:
    cast = Cast()
    last_month = date(2026, 10, 15)

    def work(number: int) -> None:
        if number == CLIENTS // 2:
            periods.close(last_month, by=cast.finance)
        else:
            ledger.post(key=f"k{number}", kind="manual", occurred_on=last_month, entries=legs(10))

    outcome = at_once(work)
    assert outcome["done"] + outcome["Conflict"] == CLIENTS, outcome
    before = LedgerTransaction.objects.count()
    assert before == outcome["done"] - 1
    with pytest.raises(Conflict):
        ledger.post(key="late", kind="manual", occurred_on=last_month, entries=legs(10))


def test_one_idempotency_key_is_one_effect_for_16_programs(api_for: Any) -> None:
    """A program that got no answer sends the same again, many times at once; each money route does it once."""
    cast = Cast()
    bill = cast.submitted()
    paying = {"amount": str(bill.gross), "bank_code": "014", "paid_on": str(timezone.localdate())}

    proof = png().read()  # drawn once: the same request has the same bytes

    def everywhere(who: Any, path: str, key: str, body: dict[str, Any], file: bool = False) -> list[Any]:
        answers: list[Any] = []

        def send(number: int) -> None:
            client = APIClient()
            client.credentials(**who._credentials)
            for _try in range(200):
                data = body | {"proof": SimpleUploadedFile("proof.png", proof, "image/png")} if file else body
                answer = client.post(
                    path, data, format="multipart" if file else "json", headers={"Idempotency-Key": key}
                )
                if answer.status_code != 409 or "Retry-After" not in answer.headers:
                    break
            answers.append(answer)

        assert at_once(send, clients=16) == {"done": 16}
        assert len(answers) == 16
        assert {answer.content for answer in answers} == {answers[0].content}, {
            a.status_code for a in answers
        }
        assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
        return answers

    finance = api_for(cast.finance)
    address = f"/api/v1/invoices/{bill.pk}"
    approved = everywhere(finance, f"{address}/approve", "approve-1", {"seen_run": bill.match_run})
    assert approved[0].status_code == 200
    bill.refresh_from_db()
    paying["amount"] = str(bill.net)
    paid = everywhere(finance, f"{address}/pay", "pay-1", paying | {"reference": "FT77"}, file=True)
    assert paid[0].status_code == 201
    (payout,) = Payout.objects.all()
    everywhere(finance, f"/api/v1/payouts/{payout.pk}/reverse", "reverse-1", {"reason": "account closed"})

    assert Payout.objects.count() == 1
    assert Counter(LedgerTransaction.objects.values_list("kind", flat=True)) == {
        "invoice_approved": 1,
        "payout": 1,
        "payout_reversed": 1,
    }
    assert ledger.audit() == []
