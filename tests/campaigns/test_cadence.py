"""What hangs on an account decides how often it is read."""

from __future__ import annotations

import pytest

from campaigns import cadence
from campaigns.models import Partnership
from creators.models import AccountSchedule
from tests.campaigns.factories import make_partnership, signed

pytestmark = pytest.mark.django_db


def cadence_of(partnership: Partnership) -> str:
    return str(AccountSchedule.objects.get(account_id=partnership.account_id).cadence)


def test_from_talking_to_live_to_over() -> None:
    partnership = make_partnership()
    assert partnership.account_id is not None
    cadence.follow_accounts()
    assert cadence_of(partnership) == "shortlisted"
    assert cadence.follow_accounts() == 0

    Partnership.objects.filter(pk=partnership.pk).delete()
    cadence.follow_accounts()
    assert AccountSchedule.objects.get(account_id=partnership.account_id).cadence == "warm"


def test_a_signed_agreement_is_live() -> None:
    agreement = signed()
    cadence.follow_accounts()
    assert cadence_of(agreement.partnership) == "live"
    assert cadence.follow_accounts() == 0
