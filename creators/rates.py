"""Rate cards: what a creator asks for a format, from when to when, and what rights cost on top."""

from __future__ import annotations

from datetime import date, datetime
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
from krm.money.amounts import round_amount

FIELDS = (
    "platform", "format", "price", "currency", "valid_from", "valid_to", "usage_uplift", "exclusivity_uplift",
    "whitelisting_uplift", "contents", "remark",
)  # fmt: skip


def add_rate(creator: Creator, *, by: User, platform: str, format: str, price: Decimal, currency: str = "IDR",
             valid_from: date | None = None, valid_to: date | None = None, usage_uplift: Decimal | None = None,
             exclusivity_uplift: Decimal | None = None, whitelisting_uplift: Decimal | None = None,
             contents: list[dict[str, Any]] | None = None, remark: str = "", replace: bool = False) -> RateCard:  # fmt: skip
    """A new rate. With `replace`, the open-ended one before it ends on the day before."""
    check(by, "creators.rates", creator)
    card = RateCard(
        creator=creator, platform=platform, format=format, price=price, currency=(currency or "IDR").upper(),
        valid_from=valid_from or localdate(), valid_to=valid_to, usage_uplift=usage_uplift or Decimal(0),
        exclusivity_uplift=exclusivity_uplift or Decimal(0), whitelisting_uplift=whitelisting_uplift or Decimal(0),
        contents=contents or [], remark=remark,
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
        if name.endswith("_uplift"):
            value = value or Decimal(0)
        setattr(card, name, (value or []) if name == "contents" else value)
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


def _contents_problem(card: RateCard) -> str:
    """A bundle may say what it holds: formats of its platform, each with how many."""
    known = set(PLATFORM_FORMATS.get(card.platform, ())) - {"bundle"}
    for part in card.contents:
        quantity = part.get("quantity") if isinstance(part, dict) else None
        if not isinstance(quantity, int) or not 1 <= quantity <= 100 or part.get("format") not in known:
            return _("Write each part as 2 reel or 3 story; formats of this platform: %(names)s.") % {
                "names": ", ".join(sorted(known))
            }
    return ""


def quote(
    card: RateCard, *, usage_months: int = 0, exclusivity_months: int = 0, whitelisting_months: int = 0
) -> Decimal:
    """The price of one piece (or the bundle) with rights on top, to the currency's smallest unit."""
    months = {"usage": usage_months, "exclusivity": exclusivity_months, "whitelisting": whitelisting_months}
    if any(number < 0 or number > 60 for number in months.values()):
        raise ValidationError(_("Give months from 0 to 60."))
    percent = sum((getattr(card, f"{name}_uplift") * number for name, number in months.items()), Decimal(0))
    return round_amount(card.price * (1 + percent / 100), card.currency)


def price_history(creator: Creator, viewer: User) -> list[dict[str, Any]]:
    """What was asked and what was agreed, oldest first, a row a price; deals of teams the viewer is not in stay out."""
    from creators import records

    asked = [
        {"day": card.valid_from, "price": card.price, "currency": card.currency, "platform": card.platform,
         "format": card.format, "kind": "asked", "brand": ""}
        for card in creator.rate_cards.all()  # type: ignore[attr-defined]
    ]  # fmt: skip
    deals = records.visible(records.record("deals", [creator.pk]), viewer)
    agreed = [
        {"day": row["agreed_on"], "price": row["price"], "currency": row["currency"], "platform": row["platform"],
         "format": row["format"], "kind": "agreed", "brand": row["brand"]}
        for row in deals.to_dict("records")
        if row["agreed_on"] is not None and row["price"] is not None
    ]  # fmt: skip
    rows = [*asked, *agreed]
    for row in rows:
        day: Any = row["day"]
        row["day"] = day.date() if isinstance(day, datetime) else day
    return sorted(rows, key=lambda row: (row["day"], row["kind"]))


def _store(card: RateCard) -> None:
    errors: dict[str, str] = {}
    if card.format not in PLATFORM_FORMATS.get(card.platform, ()):
        errors["format"] = _("This platform has no such format. Choose another one.")
    if card.price is None or card.price < 0:
        errors["price"] = _("Enter a price of 0 or more.")
    if card.valid_to and card.valid_to < card.valid_from:
        errors["valid_to"] = _("The end lies before the beginning.")
    if card.format == "bundle":
        wrong = _contents_problem(card)
        if wrong:
            errors["contents"] = wrong
    elif card.contents:
        errors["contents"] = _("Only a bundle has contents.")
    for name in ("usage_uplift", "exclusivity_uplift", "whitelisting_uplift"):
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
