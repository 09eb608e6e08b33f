"""The books of vendor credits: never below zero, every entry kept, a report settled once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators.models import AudienceReport, VendorBudget, VendorCredit
from creators.vendors import credits
from krm.errors import Conflict, Denied
from tests.creators.factories import SocialAccountFactory

pytestmark = pytest.mark.django_db


def a_report(**fields: Any) -> AudienceReport:
    return AudienceReport.objects.create(
        **{
            "account": SocialAccountFactory(),
            "vendor": "hypeauditor",
            "requested_at": timezone.now(),
            **fields,
        }
    )


def test_bought_set_aside_and_spent(admin_user: Any) -> None:
    credits.grant("hypeauditor", Decimal(10), by=admin_user, note="Order 7")
    report = a_report()
    credits.reserve(report, Decimal(3), by=admin_user)
    held = credits.budget_of("hypeauditor")
    assert (held.balance, held.reserved, held.available) == (10, 3, 7)
    credits.settle(report, spent=True)
    credits.settle(report, spent=True)  # told twice
    held.refresh_from_db()
    assert (held.balance, held.reserved) == (7, 0)
    assert list(VendorCredit.objects.order_by("pk").values_list("kind", "credits")) == [
        ("grant", 10), ("reserve", 3), ("spend", 3),
    ]  # fmt: skip
    assert credits.by_month("hypeauditor")[-1]["credits"] == 3


def test_given_back_when_no_report_came(admin_user: Any) -> None:
    credits.grant("modash", Decimal(2), by=admin_user)
    report = a_report(vendor="modash")
    credits.reserve(report, Decimal(2), by=admin_user)
    with pytest.raises(Conflict, match="0 left"):
        credits.reserve(a_report(vendor="modash"), Decimal(1), by=admin_user)
    credits.settle(report, spent=False)
    assert credits.budget_of("modash").available == 2


def test_a_month_has_its_limit(admin_user: Any) -> None:
    credits.grant("modash", Decimal(100), by=admin_user)
    credits.set_rules("modash", by=admin_user, monthly_credits=Decimal(2))
    credits.reserve(first := a_report(vendor="modash"), Decimal(1), by=admin_user)
    credits.settle(first, spent=True)
    credits.reserve(a_report(vendor="modash"), Decimal(1), by=admin_user)
    with pytest.raises(Conflict, match="limit"):
        credits.reserve(a_report(vendor="modash"), Decimal(1), by=admin_user)
    next_month = timezone.now() + timedelta(days=32)
    held = credits.budget_of("modash")
    assert credits.left_this_month(held, next_month) == 1  # what is set aside still counts


def test_who_may(staff: Any) -> None:
    with pytest.raises(Denied):
        credits.grant("modash", Decimal(1), by=staff("campaign_manager"))
    credits.grant("modash", Decimal(1), by=staff("finance"))
    with pytest.raises(ValidationError):
        credits.grant("modash", Decimal(0), by=staff("finance"))


def test_the_database_keeps_the_books(admin_user: Any) -> None:
    entry = credits.grant("modash", Decimal(1), by=admin_user)
    for wrong in (lambda: VendorCredit.objects.update(credits=5), lambda: entry.delete()):
        with pytest.raises((InternalError, ProgrammingError, IntegrityError)), transaction.atomic():
            wrong()
    for values in ({"balance": -1}, {"reserved": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            VendorBudget.objects.filter(vendor="modash").update(**values)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["grant", "reserve", "spend", "release"]), st.integers(1, 5)), max_size=10
    )
)
def test_whatever_happens_the_balance_is_the_sum(admin_user: Any, moves: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        account = SocialAccountFactory()
        waiting: list[AudienceReport] = []
        for kind, number in moves:
            if kind == "grant":
                credits.grant("modash", Decimal(number), by=admin_user)
            elif kind == "reserve":
                report = AudienceReport.objects.create(
                    account=account, vendor="modash", requested_at=timezone.now(), state="failed"
                )
                try:
                    credits.reserve(report, Decimal(number), by=admin_user)
                    waiting.append(report)
                except Conflict:
                    pass
            elif waiting:
                credits.settle(waiting.pop(), spent=kind == "spend")
        held = credits.budget_of("modash")
        total = {"grant": Decimal(0), "spend": Decimal(0), "reserve": Decimal(0), "release": Decimal(0)}
        for entry in VendorCredit.objects.filter(vendor="modash"):
            total[entry.kind] += entry.credits
        assert held.balance == total["grant"] - total["spend"] >= 0
        assert held.reserved == total["reserve"] - total["spend"] - total["release"] >= 0
        transaction.set_rollback(True)
