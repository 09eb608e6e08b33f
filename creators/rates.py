"""Rate cards: what a creator asks for a format, from when to when, and what rights cost on top."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators.models import PLATFORM_FORMATS, Creator, RateCard
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.events import record

FIELDS = (
    "platform", "format", "price", "currency", "valid_from", "valid_to", "usage_uplift", "exclusivity_uplift", "remark",
)  # fmt: skip


def add_rate(creator: Creator, *, by: User, platform: str, format: str, price: Decimal, currency: str = "IDR",
             valid_from: date | None = None, valid_to: date | None = None, usage_uplift: Decimal | None = None,
             exclusivity_uplift: Decimal | None = None, remark: str = "", replace: bool = False) -> RateCard:  # fmt: skip
    """A new rate. With `replace`, the open-ended one before it ends on the day before."""
    check(by, "creators.rates", creator)
    card = RateCard(
        creator=creator, platform=platform, format=format, price=price, currency=(currency or "IDR").upper(),
        valid_from=valid_from or localdate(), valid_to=valid_to, usage_uplift=usage_uplift or Decimal(0),
        exclusivity_uplift=exclusivity_uplift or Decimal(0), remark=remark,
    )  # fmt: skip
    with transaction.atomic():
        if replace:
            _end_before(card)
        _store(card)
        record(
            "creators.rate_added", creator, actor=by, data={"creator_id": creator.pk, "rate_card_id": card.pk}
        )
    return card


def update_rate(card: RateCard, *, by: User, **changes: Any) -> RateCard:
    check(by, "creators.rates", card.creator)
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise ValidationError({name: _("There is no such field.") for name in sorted(unknown)})
    for name, value in changes.items():
        setattr(card, name, value)
    with transaction.atomic():
        _store(card)
        record(
            "creators.rate_changed",
            card.creator,
            actor=by,
            data={"creator_id": card.creator_id, "rate_card_id": card.pk},
        )
    return card


def delete_rate(card: RateCard, *, by: User) -> None:
    check(by, "creators.rates", card.creator)
    with transaction.atomic():
        record(
            "creators.rate_deleted",
            card.creator,
            actor=by,
            data={"creator_id": card.creator_id, "rate_card_id": card.pk},
        )
        card.delete()


def current_rate(
    creator: Creator, platform: str, format: str, *, on: date | None = None, currency: str = "IDR"
) -> RateCard | None:
    """The rate that holds on a day."""
    day = on or localdate()
    return (
        RateCard.objects.filter(
            creator=creator, platform=platform, format=format, currency=currency, valid_from__lte=day
        )
        .filter(Q(valid_to=None) | Q(valid_to__gte=day))
        .first()
    )


def _end_before(card: RateCard) -> None:
    from datetime import timedelta

    before = RateCard.objects.select_for_update().filter(
        creator=card.creator, platform=card.platform, format=card.format, currency=card.currency,
        valid_from__lt=card.valid_from, valid_to=None,
    )  # fmt: skip
    for old in before:
        old.valid_to = card.valid_from - timedelta(days=1)
        old.save(update_fields=["valid_to", "updated_at"])


def _store(card: RateCard) -> None:
    errors: dict[str, str] = {}
    if card.format not in PLATFORM_FORMATS.get(card.platform, ()):
        errors["format"] = _("This platform has no such format. Choose another one.")
    if card.price is None or card.price < 0:
        errors["price"] = _("Enter a price of 0 or more.")
    if card.valid_to and card.valid_to < card.valid_from:
        errors["valid_to"] = _("The end lies before the beginning.")
    for name in ("usage_uplift", "exclusivity_uplift"):
        value = getattr(card, name)
        if value is not None and not 0 <= value <= 1000:
            errors[name] = _("Enter a percentage from 0 to 1000.")
    if errors:
        raise ValidationError(errors)
    card.clean_fields(exclude=["creator"])
    try:
        with transaction.atomic():
            card.save()
    except IntegrityError as error:
        if "creators_ratecard_no_overlap" not in str(error):
            raise
        raise ValidationError(
            {
                "valid_from": _(
                    "Another rate for this format holds on some of these days. End it first, or let this one replace it."
                )
            }
        ) from None
