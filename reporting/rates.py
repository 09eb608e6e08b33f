"""The EMV rate table: dated rows, a new row for a new value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from krm.accounts.permissions import check
from krm.events import record
from reporting.models import EmvRate

if TYPE_CHECKING:
    from krm.accounts.models import User


def set_rate(
    *,
    by: User,
    platform: str,
    metric: str,
    per: int,
    value: Decimal,
    currency: str,
    valid_from: date,
    source: str,
) -> EmvRate:
    """Add a rate from a day on. Older reports keep the rate they were locked with."""
    check(by, "reporting.edit_rates")
    rate = EmvRate(
        platform=platform,
        metric=metric,
        per=per,
        value=value,
        currency=currency,
        valid_from=valid_from,
        source=source,
    )
    rate.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            rate.save()
            record("reporting.emv_rate_set", rate, actor=by, data={"platform": platform, "metric": metric})
    except IntegrityError:
        raise ValidationError(
            {
                "valid_from": _(
                    "There is a rate for this platform and metric from that day already. Choose another day."
                )
            }
        ) from None
    return rate


def remove_rate(rate: EmvRate, *, by: User) -> None:
    """Remove a rate that was entered by mistake; locked reports do not change."""
    check(by, "reporting.edit_rates")
    with transaction.atomic():
        record("reporting.emv_rate_removed", rate, actor=by, data={"rate": str(rate)})
        rate.delete()
