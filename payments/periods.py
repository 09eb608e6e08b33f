"""Close and reopen a month of the books."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from krm import events
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from payments.models import LedgerPeriod


def close(month: date, *, by: User) -> LedgerPeriod:
    """Close a month that is over. Waits for postings under way, then none gets in."""
    check(by, "payments.close_period")
    first = month.replace(day=1)
    if first >= timezone.localdate().replace(day=1):
        raise ValidationError({"month": _("This month is not over. Close it when it is.")})
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE payments_ledgertransaction IN SHARE ROW EXCLUSIVE MODE")
        period, _created = LedgerPeriod.objects.select_for_update().get_or_create(month=first)
        if period.is_closed:
            raise Conflict(_("%(month)s is closed already.") % {"month": period})
        period.is_closed, period.closed_by, period.closed_at, period.reason = True, by, timezone.now(), ""
        period.save(update_fields=["is_closed", "closed_by", "closed_at", "reason", "updated_at"])
        events.record("payments.period_closed", period, actor=by, data={"month": f"{first:%Y-%m}"})
        return period


def reopen(period: LedgerPeriod, *, by: User, reason: str) -> LedgerPeriod:
    """An administrator reopens a month, with a reason."""
    check(by, "payments.reopen_period")
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the month is reopened.")})
    with transaction.atomic():
        period = LedgerPeriod.objects.select_for_update().get(pk=period.pk)
        if not period.is_closed:
            raise Conflict(_("%(month)s is open already.") % {"month": period})
        period.is_closed, period.reason = False, reason
        period.save(update_fields=["is_closed", "reason", "updated_at"])
        events.record("payments.period_reopened", period, actor=by, data={"month": f"{period.month:%Y-%m}"})
        return period
