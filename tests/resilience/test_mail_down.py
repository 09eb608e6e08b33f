"""The mail server is gone: what should have been mailed waits, and goes out once when it is back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from krm.accounts.models import Invitation
from krm.accounts.tasks import send_waiting
from krm.events import notify
from krm.events.models import Notification
from krm.events.tasks import send_digests
from payments import payees
from payments.tasks import mail_bank_change, mail_bank_changes
from tests.payments.factories import Cast

pytestmark = pytest.mark.django_db

DOWN = "tests.resilience.test_mail_down.Down"
UP = "django.core.mail.backends.locmem.EmailBackend"


class Down:
    """A mail server that answers nobody."""

    def __init__(self, **options: Any) -> None: ...

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError

    open = close = lambda self: None


def test_a_bank_change_is_told_when_mail_is_back(settings: Any) -> None:
    cast = Cast()
    cast.creator.email = "known@kol.example"
    cast.creator.save()
    payees.save_profile(
        cast.creator, by=cast.kol, kind="individual", legal_name=cast.payee.legal_name, nik=cast.payee.nik,
        bank_code="008", account_number="9988776655", account_holder=cast.payee.account_holder,
    )  # fmt: skip
    change = cast.payee.changes.get()
    mail.outbox.clear()

    settings.EMAIL_BACKEND = DOWN
    with pytest.raises(OSError):
        mail_bank_change(change.pk)
    mail_bank_changes()
    settings.EMAIL_BACKEND = UP
    for _run in range(3):
        mail_bank_changes()
        mail_bank_change(change.pk)
    assert [message.to for message in mail.outbox] == [["known@kol.example"]]


def test_invitations_and_digests_wait(settings: Any, admin_user: Any) -> None:
    from krm.accounts import invitations

    invitations.invite(by=admin_user, email="new@agency.example", role="viewer", all_teams=True)
    notify("payments.invoice_paid", [admin_user], title="Paid", key="paid:1")
    Notification.objects.update(created_at=timezone.now() - timedelta(hours=1))
    mail.outbox.clear()

    settings.EMAIL_BACKEND = DOWN
    send_waiting()
    send_digests()
    assert Invitation.objects.get().sent_at is None
    assert Notification.objects.get().emailed_at is None
    settings.EMAIL_BACKEND = UP
    for _run in range(2):
        send_waiting()
        send_digests()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        ["new@agency.example", admin_user.email]
    )
