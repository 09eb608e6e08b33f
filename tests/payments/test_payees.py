"""Payee profiles: validation, verification by another person, cooling-off, masking, who looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from payments import chores, invoices, payees, policy
from payments.models import PayeeChange, PayeeProfile
from tests.payments.factories import NIK, NPWP, Cast, creator, user

pytestmark = pytest.mark.django_db

GOOD = {
    "kind": "individual",
    "legal_name": "Siti Aminah",
    "tax_country": "ID",
    "nik": NIK,
    "npwp": "",
    "is_pkp": False,
    "bank_code": "014",
    "account_number": "5271 100 123",
    "account_holder": "SITI AMINAH",
}


def entered(cast: Cast, **values: Any) -> PayeeProfile:
    person = creator()
    cast.grant(cast.kol, person)
    return payees.save_profile(person, by=cast.kol, **(GOOD | values))


def test_entered_by_the_kol_stored_encrypted_verified_by_finance(cast: Cast) -> None:
    payee = entered(cast)
    assert (payee.state, payee.account_number, payee.account_last4) == ("unverified", "5271100123", "0123")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_number, nik, account_holder, account_index FROM payments_payeeprofile WHERE id = %s",
            [payee.pk],
        )
        raw = cursor.fetchone()
    assert all("5271100123" not in value and NIK not in value and "SITI" not in value for value in raw)
    assert raw[0].startswith("v1.")
    payee = payees.verify(payee, by=cast.finance, tax_id_valid=True)
    assert (payee.state, payee.has_tax_id, payee.verified_by) == ("verified", True, cast.finance)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nik", "3171011708450"),
        ("nik", "9971011708450001"),
        ("npwp", "013000667091000"),
        ("npwp", "12"),
        ("account_number", "12"),
        ("account_number", "52711A0123"),
        ("account_number", "DE89370400440532013001"),
        ("account_holder", "S"),
        ("legal_name", ""),
        ("kind", "dog"),
        ("bank_code", ""),
        ("tax_country", "Indonesia"),
        ("is_pkp", True),  # without NPWP
    ],
)
def test_bad_input_names_the_field(cast: Cast, field: str, value: Any) -> None:
    before = PayeeProfile.objects.count()
    with pytest.raises(ValidationError) as error:
        entered(cast, **{field: value})
    assert set(error.value.message_dict) <= {field, "npwp"}
    assert PayeeProfile.objects.count() == before


def test_a_company_has_npwp_and_no_nik(cast: Cast) -> None:
    with pytest.raises(ValidationError) as error:
        entered(cast, kind="company")
    assert list(error.value.message_dict) == ["nik"]
    assert entered(cast, kind="company", nik="", npwp="01.300.066.6-091.000").npwp == NPWP


def test_an_iban_is_an_account_number(cast: Cast) -> None:
    payee = entered(cast, account_number="DE89 3704 0044 0532 0130 00", tax_country="DE", nik="")
    assert payee.account_last4 == "3000"


def test_nobody_verifies_what_they_entered_and_only_finance_verifies(cast: Cast) -> None:
    payee = entered(cast)
    with pytest.raises(Denied):
        payees.verify(payee, by=cast.manager, tax_id_valid=True)
    PayeeProfile.objects.filter(pk=payee.pk).update(entered_by=cast.finance)
    payee.refresh_from_db()
    with pytest.raises(Denied, match="You entered"):
        payees.verify(payee, by=cast.finance, tax_id_valid=True)
    with pytest.raises(ValidationError):
        payees.verify(entered(cast, nik=""), by=cast.finance, tax_id_valid=True)


def test_staff_do_not_enter_bank_data_for_a_kol(cast: Cast) -> None:
    for person in (cast.finance, cast.admin, cast.manager, user("creator")):
        with pytest.raises(Denied):
            payees.save_profile(cast.creator, by=person, **GOOD)


def test_a_change_cools_off_is_told_to_the_old_contact_and_verified_again(cast: Cast) -> None:
    old_email = cast.creator.email
    payee = payees.save_profile(cast.creator, by=cast.kol, **(GOOD | {"account_number": "9999888877"}))

    assert (payee.state, payee.verified_by, payee.version) == ("cooling_off", None, 2)
    assert payee.cooling_until is not None
    assert timedelta(days=2, hours=23) < payee.cooling_until - timezone.now() <= timedelta(days=3)
    change = PayeeChange.objects.get()
    assert change.noticed_email == old_email
    assert Notification.objects.filter(user=cast.kol, kind="payments.bank_data_changed").count() == 1
    chores.mail_bank_change(change.pk)
    chores.mail_bank_change(change.pk)  # the task may run twice
    assert [message.to for message in mail.outbox] == [[old_email]]
    assert "9999888877" not in mail.outbox[0].body

    with pytest.raises(Conflict, match="cools off until"):
        payees.verify(payee, by=cast.finance, tax_id_valid=True)
    PayeeProfile.objects.filter(pk=payee.pk).update(cooling_until=timezone.now() - timedelta(seconds=1))
    assert payees.verify(payee, by=cast.finance, tax_id_valid=True).state == "verified"


def test_cooling_off_is_not_escaped_by_a_refusal_in_between(cast: Cast) -> None:
    payee = payees.save_profile(cast.creator, by=cast.kol, **(GOOD | {"account_number": "9999888877"}))
    payees.refuse(payee, by=cast.finance, reason="name differs")
    payee = payees.save_profile(cast.creator, by=cast.kol, **(GOOD | {"account_number": "1111222233"}))
    assert payee.state == "cooling_off"
    with pytest.raises(Conflict):
        payees.verify(payee, by=cast.finance, tax_id_valid=True)


def test_days_of_cooling_are_a_setting(cast: Cast) -> None:
    policy.change(policy.current(), by=cast.admin, cooling_days=7)
    payee = payees.save_profile(cast.creator, by=cast.kol, **(GOOD | {"account_number": "9999888877"}))
    assert payee.cooling_until is not None and payee.cooling_until > timezone.now() + timedelta(
        days=6, hours=23
    )


def test_saving_the_same_again_changes_nothing(cast: Cast) -> None:
    payee = entered(cast)
    again = payees.save_profile(payee.creator, by=cast.kol, **GOOD)
    assert (again.version, again.state) == (1, "unverified")
    assert PayeeChange.objects.filter(payee=payee).count() == 1


def test_history_is_masked_everywhere(cast: Cast) -> None:
    payees.save_profile(cast.creator, by=cast.kol, **(GOOD | {"account_number": "9999888877"}))
    change = PayeeChange.objects.get()
    assert change.after["account_number"] == "•••• 8877"
    kept = str(PayeeChange.objects.values_list("before", "after")) + str(
        list(Event.objects.values_list("data", flat=True))
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM payments_payeeprofileevent e")
        kept += str(cursor.fetchall())
    for secret in ("9999888877", cast.payee.account_number, NIK, "SITI AMINAH"):
        assert secret not in kept


def test_duplicates_are_found_by_blind_index(cast: Cast) -> None:
    twin = entered(cast, account_number=cast.payee.account_number)
    assert {(hit["field"], hit["payee"].pk) for hit in payees.duplicates(twin)} == {
        ("nik", cast.payee.pk),
        ("account_number", cast.payee.pk),
    }
    assert payees.duplicates(entered(cast, nik="", account_number="44443333")) == []


def test_reveal_is_for_the_finance_role_with_a_reason_and_on_record(cast: Cast) -> None:
    for person in (cast.admin, cast.manager, cast.kol):
        with pytest.raises(Denied):
            payees.reveal(cast.payee, by=person, reason="curious")
    with pytest.raises(ValidationError):
        payees.reveal(cast.payee, by=cast.finance, reason="")
    assert not Event.objects.filter(name="payments.bank_data_seen").exists()
    shown = payees.reveal(cast.payee, by=cast.finance, reason="paying by hand")
    assert shown["account_number"] == cast.payee.account_number
    event = Event.objects.get(name="payments.bank_data_seen")
    assert event.actor == cast.finance and event.data["fields"] == ["account_number", "account_holder", "nik"]
    assert shown["account_number"] not in str(event.data)


def test_refused_data_is_corrected_by_the_kol(cast: Cast) -> None:
    payee = payees.refuse(entered(cast), by=cast.finance, reason="The name is not the bank's")
    assert (payee.state, payee.refused_reason) == ("refused", "The name is not the bank's")
    payee = payees.save_profile(payee.creator, by=cast.kol, **(GOOD | {"account_holder": "Siti A"}))
    assert (payee.state, payee.refused_reason) == ("unverified", "")


def test_who_sees_payees(cast: Cast, make_cast: Any) -> None:
    stranger = make_cast()
    seen = PayeeProfile.objects
    assert list(seen.visible_to(cast.kol)) == [cast.payee]
    assert list(seen.visible_to(stranger.kol)) == [stranger.payee]
    assert seen.visible_to(cast.finance).count() == 2
    assert not seen.visible_to(cast.manager).exists()


def test_verifying_lets_waiting_invoices_match(cast: Cast, drain_events: Any) -> None:
    PayeeProfile.objects.filter(pk=cast.payee.pk).update(
        state="cooling_off", cooling_until=timezone.now() - timedelta(hours=1)
    )
    invoice = cast.submitted()
    assert invoice.state == "mismatch"
    payees.verify(cast.payee, by=cast.finance, tax_id_valid=True)
    drain_events()
    invoice.refresh_from_db()
    assert invoice.state == "matched"
    assert invoices.approve(invoice, by=cast.finance).state == "approved"
