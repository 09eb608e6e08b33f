"""The books: what the verbs refuse, and what the database refuses when the verbs are passed by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from krm.errors import Conflict, Denied
from payments import ledger, periods
from payments.ledger import credit, debit
from payments.models import LedgerEntry, LedgerPeriod, LedgerTransaction
from tests.payments.factories import Cast

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def post(key: str = "k1", amount: int = 1000, **values: Any) -> LedgerTransaction:
    legs = values.pop("entries", None) or [
        debit("5100", Decimal(amount), "IDR"),
        credit("1100", Decimal(amount), "IDR"),
    ]
    return ledger.post(
        key=key, entries=legs, kind="manual", occurred_on=values.pop("occurred_on", TODAY), **values
    )


def sql(statement: str, *args: Any) -> None:
    """Raw SQL with the deferred checks run at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, args)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_posting_twice_under_one_key_is_one_posting() -> None:
    assert post().pk == post().pk
    assert LedgerTransaction.objects.count() == 1
    assert LedgerEntry.objects.count() == 2
    check_now()


def test_another_content_under_the_same_key_is_a_conflict() -> None:
    post(amount=1000)
    with pytest.raises(Conflict, match="something else under the key"):
        post(amount=1001)
    assert LedgerEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("why", "entries"),
    [
        ("unbalanced", [debit("5100", Decimal(10), "IDR"), credit("1100", Decimal(9), "IDR")]),
        (
            "balanced across currencies only",
            [debit("5100", Decimal(10), "IDR"), credit("1100", Decimal(10), "SGD")],
        ),
        ("one leg", [debit("5100", Decimal(10), "IDR")]),
        ("zero legs", [debit("5100", Decimal(0), "IDR"), credit("1100", Decimal(0), "IDR")]),
        ("unknown account", [debit("9999", Decimal(10), "IDR"), credit("1100", Decimal(10), "IDR")]),
    ],
)
def test_the_verb_refuses(why: str, entries: list[ledger.Leg]) -> None:
    with pytest.raises(ValidationError):
        post(entries=entries)
    assert not LedgerTransaction.objects.exists(), why


def test_amounts_are_whole_minor_units() -> None:
    with pytest.raises(ValueError, match="finer"):
        debit("5100", Decimal("0.5"), "IDR")
    assert debit("5100", Decimal("0.55"), "USD").amount_minor == 55


INSERT = """
INSERT INTO payments_ledgertransaction (kind, key, fingerprint, occurred_on, memo, leg_count, posted_at, is_demo, reverses_id)
VALUES ('manual', %s, '', '2026-11-20', '', %s, now(), false, %s) RETURNING id
"""


def raw(
    legs: list[tuple[str, int, str]], key: str = "raw", count: int | None = None, reverses: int | None = None
) -> int:
    """Post by raw SQL, as an intruder or a bug would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [key, len(legs) if count is None else count, reverses])
        number = int(cursor.fetchone()[0])
        for code, amount, currency in legs:
            cursor.execute(
                "INSERT INTO payments_ledgerentry (transaction_id, account_id, amount_minor, currency, is_demo) "
                "SELECT %s, id, %s, %s, false FROM payments_ledgeraccount WHERE code = %s",
                [number, amount, currency, code],
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return number


@pytest.mark.parametrize(
    ("why", "legs", "count"),
    [
        ("unbalanced", [("5100", 10, "IDR"), ("1100", -9, "IDR")], None),
        ("unbalanced in one currency", [("5100", 10, "IDR"), ("1100", -10, "IDR"), ("5100", 5, "SGD")], None),
        ("no legs", [], 2),
        ("one leg", [("5100", 10, "IDR")], 2),
        ("fewer legs than announced", [("5100", 10, "IDR"), ("1100", -10, "IDR")], 3),
        ("announced as single", [("5100", 10, "IDR"), ("1100", -10, "IDR")], 1),
        ("zero leg", [("5100", 10, "IDR"), ("1100", -10, "IDR"), ("2100", 0, "IDR")], None),
        ("odd currency", [("5100", 10, "rp"), ("1100", -10, "rp")], None),
    ],
)
def test_the_database_refuses(why: str, legs: list[tuple[str, int, str]], count: int | None) -> None:
    with pytest.raises(DatabaseError):
        raw(legs, count=count)
    assert not LedgerTransaction.objects.exists(), why


def test_the_database_takes_what_is_right() -> None:
    assert raw([("5100", 10, "IDR"), ("1100", -10, "IDR")])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_ledgerentry SET amount_minor = amount_minor * 2",
        "UPDATE payments_ledgertransaction SET memo = 'other'",
        "UPDATE payments_ledgertransaction SET is_demo = true",
        "UPDATE payments_ledgerentry SET is_demo = true",
        "DELETE FROM payments_ledgerentry",
        "DELETE FROM payments_ledgertransaction",
        "TRUNCATE payments_ledgerentry",
        "TRUNCATE payments_ledgertransaction CASCADE",
    ],
)
def test_what_is_posted_stays(statement: str) -> None:
    post()
    check_now()
    with pytest.raises(DatabaseError):
        sql(statement)
    assert list(LedgerEntry.objects.values_list("amount_minor", flat=True)) == [1000, -1000]


def test_a_balanced_pair_cannot_be_slipped_into_an_old_transaction() -> None:
    posted = post()
    check_now()
    with pytest.raises(DatabaseError):
        sql(
            "INSERT INTO payments_ledgerentry (transaction_id, account_id, amount_minor, currency, is_demo) "
            "SELECT %s, id, CASE code WHEN '5100' THEN 7 ELSE -7 END, 'IDR', false "
            "FROM payments_ledgeraccount WHERE code IN ('5100', '1100')",
            posted.pk,
        )
    assert LedgerEntry.objects.count() == 2


def test_demo_rows_may_go_and_real_ones_beside_them_stay() -> None:
    real, demo = post("real"), post("demo", is_demo=True)
    check_now()
    LedgerTransaction.objects.filter(pk=demo.pk).delete()
    assert list(LedgerTransaction.objects.values_list("pk", flat=True)) == [real.pk]
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerTransaction.objects.filter(pk=real.pk).delete()


def test_reversal_is_the_mirror_once_and_never_reversed() -> None:
    original = post()
    mirror = ledger.reverse(original, key="r1", occurred_on=TODAY)
    assert sorted(mirror.entries.values_list("amount_minor", flat=True)) == [-1000, 1000]
    check_now()
    with pytest.raises(Conflict, match="reversed already"):
        ledger.reverse(original, key="r2", occurred_on=TODAY)
    with pytest.raises(Conflict, match="not reversed"):
        ledger.reverse(mirror, key="r3", occurred_on=TODAY)
    assert LedgerTransaction.objects.count() == 2


@pytest.mark.parametrize(
    "legs", [[("5100", -999, "IDR"), ("1100", 999, "IDR")], [("5200", -1000, "IDR"), ("1100", 1000, "IDR")]]
)
def test_the_database_refuses_a_crooked_mirror(legs: list[tuple[str, int, str]]) -> None:
    original = post()
    check_now()
    with pytest.raises(DatabaseError):
        raw(legs, reverses=original.pk)


def test_the_database_refuses_a_second_reversal_and_the_reversal_of_one() -> None:
    original = post()
    mirror = raw([("5100", -1000, "IDR"), ("1100", 1000, "IDR")], key="m", reverses=original.pk)
    for target, legs in ((original.pk, -1000), (mirror, 1000)):
        with pytest.raises(DatabaseError):
            raw([("5100", legs, "IDR"), ("1100", -legs, "IDR")], key=f"n{target}", reverses=target)


# Closed months


def test_a_closed_month_takes_no_postings(cast: Cast) -> None:
    post("before", occurred_on=date(2026, 10, 31))
    check_now()
    periods.close(date(2026, 10, 15), by=cast.finance)
    with pytest.raises(Conflict, match="2026-10 are closed"):
        post("late", occurred_on=date(2026, 10, 1))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT.replace("2026-11-20", "2026-10-31"), ["raw", 2, None])
    post("next", occurred_on=date(2026, 11, 1))
    period = LedgerPeriod.objects.get()
    with pytest.raises(Denied):
        periods.reopen(period, by=cast.finance, reason="forgot one")
    periods.reopen(period, by=cast.admin, reason="forgot one")
    post("late", occurred_on=date(2026, 10, 1))


def test_a_running_month_is_not_closed_and_closing_is_for_finance(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        periods.close(timezone.localdate(), by=cast.finance)
    with pytest.raises(Denied):
        periods.close(date(2026, 9, 1), by=cast.manager)
    periods.close(date(2026, 9, 1), by=cast.finance)
    with pytest.raises(Conflict):
        periods.close(date(2026, 9, 1), by=cast.finance)


# Reading and manual postings


def test_trial_balance_of_a_paid_invoice(cast: Cast) -> None:
    cast.paid()
    rows = {row.account.code: row for row in ledger.trial_balance()}
    assert {code: row.balance for code, row in rows.items()} == {
        "1100": Decimal(-19_500_000),
        "2100": Decimal(0),
        "2210": Decimal(-500_000),
        "5100": Decimal(20_000_000),
    }
    assert (rows["2100"].debit, rows["2100"].credit) == (Decimal(19_500_000), Decimal(19_500_000))
    assert sum(row.balance for row in rows.values()) == 0
    assert ledger.trial_balance(until=date(2020, 1, 1)) == []


def test_manual_posting_is_for_finance_and_says_what_for(cast: Cast) -> None:
    legs = [debit("2210", Decimal(500_000), "IDR"), credit("1100", Decimal(500_000), "IDR")]
    with pytest.raises(Denied):
        ledger.post_manual(by=cast.manager, key="t", occurred_on=TODAY, memo="PPh 21", entries=legs)
    with pytest.raises(ValidationError):
        ledger.post_manual(by=cast.finance, key="t", occurred_on=TODAY, memo=" ", entries=legs)
    posted = ledger.post_manual(by=cast.finance, key="t", occurred_on=TODAY, memo="PPh 21", entries=legs)
    ledger.reverse_manual(posted, by=cast.finance, occurred_on=TODAY, memo="wrong month")
    with pytest.raises(Conflict):
        ledger.reverse_manual(posted, by=cast.finance, occurred_on=TODAY, memo="again")


def test_postings_of_invoices_are_not_reversed_by_hand(cast: Cast) -> None:
    cast.approved()
    posted = LedgerTransaction.objects.get()
    with pytest.raises(Conflict, match="Void the invoice"):
        ledger.reverse_manual(posted, by=cast.finance, occurred_on=TODAY, memo="x")


def test_audit_finds_what_the_documents_do_not_say(cast: Cast) -> None:
    cast.approved()
    assert ledger.audit() == []
    post(
        "odd",
        entries=[debit("5100", Decimal(7), "IDR"), credit("2100", Decimal(7), "IDR", cast.payee)],
    )
    (found,) = ledger.audit()
    assert (found.rule, "documents 19500000, books 19500007" in found.detail) == ("payable", True)
