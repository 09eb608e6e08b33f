"""Write exchange rates down and convert with them; every result says which rate it used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from krm.errors import Conflict
from krm.money.amounts import at_rate, round_amount
from krm.money.models import FxRate

PLACES = Decimal("0.000000000001")


@dataclass(frozen=True)
class Converted:
    """An amount in another currency, with the rate behind it."""

    amount: Decimal
    currency: str
    rate: Decimal
    source: str
    as_of: date


def record_rate(base: str, quote: str, rate: Decimal, *, as_of: date, source: str) -> FxRate:
    """Note a rate once per day and source; the same again changes nothing, another value is refused."""
    if isinstance(rate, float):
        raise TypeError("a rate is a Decimal, never a float")
    if base == quote:
        raise ValidationError({"quote": _("Choose two different currencies.")})
    if rate <= 0:
        raise ValidationError({"rate": _("A rate is greater than zero.")})
    rate = rate.quantize(PLACES, rounding=ROUND_HALF_UP)
    found, created = FxRate.objects.get_or_create(
        base=base, quote=quote, as_of=as_of, source=source, defaults={"rate": rate}
    )
    if not created and found.rate != rate:
        raise Conflict(_("This source gave another rate for that day already."))
    return found


def _latest(base: str, quote: str, day: date) -> tuple[FxRate, bool]:
    """The latest rate not after `day`, and whether it is the other way round."""
    pairs = FxRate.objects.filter(as_of__lte=day).order_by("-as_of", "-observed_at", "-pk")
    direct = pairs.filter(base=base, quote=quote).first()
    turned = pairs.filter(base=quote, quote=base).first()
    if turned is not None and (direct is None or turned.as_of > direct.as_of):
        return turned, True
    if direct is None:
        raise Conflict(
            _("There is no exchange rate from %(base)s to %(quote)s for %(day)s. Record one first.")
            % {"base": base, "quote": quote, "day": day.isoformat()}
        )
    return direct, False


def rate_on(base: str, quote: str, day: date) -> Converted:
    """The latest rate not after `day`, direct or turned round. One unit of `base` in `quote`."""
    if base == quote:
        return Converted(Decimal(1), quote, Decimal(1), "", day)
    found, turned = _latest(base, quote, day)
    rate = 1 / found.rate if turned else found.rate
    return Converted(Decimal(1), quote, rate, found.source, found.as_of)


def convert(amount: Decimal, base: str, quote: str, *, on: date) -> Converted:
    """`amount` of `base` in `quote`, rounded once to the minor unit of `quote`."""
    if base == quote:
        return Converted(round_amount(amount, quote), quote, Decimal(1), "", on)
    found, turned = _latest(base, quote, on)
    rate = 1 / found.rate if turned else found.rate
    return Converted(
        at_rate(amount, found.rate, quote, turned=turned), quote, rate, found.source, found.as_of
    )
