"""Partnerships, offers and counter-offers: two sides, one offer on the table, the same figures for both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import budget, exclusivity
from campaigns.models import ApprovalLimit, Offer, OfferLine, Partnership
from campaigns.moves import lock, move
from campaigns.partnerships import cancel_partnership, invite, portal_users, staff_of, update_partnership
from creators.models import PLATFORM_FORMATS, SocialAccount
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict, Denied
from krm.events import notify, record
from krm.events.texts import Text, moment_text
from krm.money.amounts import round_amount

__all__ = [
    "accept",
    "cancel_partnership",
    "check_limit",
    "counter",
    "decline",
    "draft_offer",
    "expire_due",
    "invite",
    "limit_of",
    "make_offer",
    "portal_users",
    "rate_hints",
    "send_offer",
    "set_limit",
    "staff_of",
    "update_partnership",
    "withdraw",
]

VALID_DAYS = 7
MAX_LINES = 30

# Where nobody set a limit: what a campaign manager may promise alone, per currency. Others have none, so ask.
DEFAULT_LIMITS: dict[str, Decimal] = {"IDR": Decimal(75_000_000), "USD": Decimal(5_000)}


def limit_of(user: User, currency: str) -> Decimal | None:
    """Up to which total this person may promise; None is without limit (administrators)."""
    if user.role == "administrator":
        return None
    row = ApprovalLimit.objects.filter(role=user.role, currency=currency).first()
    return row.amount if row else DEFAULT_LIMITS.get(currency, Decimal(0))


def check_limit(user: User, total: Decimal, currency: str) -> None:
    limit = limit_of(user, currency)
    if limit is not None and total > limit:
        raise Denied(
            _(
                "%(total)s is above your approval limit of %(limit)s. Ask an administrator to send or accept it."
            )
            % {"total": budget.money_text(total, currency), "limit": budget.money_text(limit, currency)}
        )


def set_limit(*, by: User, role: str, currency: str, amount: Decimal) -> ApprovalLimit:
    check(by, "campaigns.manage_limits")
    if amount < 0:
        raise ValidationError({"amount": _("A limit cannot be negative.")})
    with transaction.atomic():
        limit, _created = ApprovalLimit.objects.update_or_create(
            role=role, currency=currency, defaults={"amount": amount}
        )
        record(
            "campaigns.limit_set",
            limit,
            actor=by,
            data={"role": role, "currency": currency, "amount": str(amount)},
        )
    return limit


def clean_lines(partnership: Partnership, lines: Iterable[dict[str, Any]], currency: str) -> list[OfferLine]:
    """Offer lines from plain values; each refusal names its line."""
    found: list[OfferLine] = []
    errors: dict[str, list[str]] = {}
    accounts = {a.pk: a for a in SocialAccount.objects.filter(creator_id=partnership.creator_id)}
    for index, line in enumerate(lines):

        def refuse(key: str, message: str, index: int = index) -> None:
            errors.setdefault(f"lines.{index}.{key}", []).append(message)

        platform, kind = str(line.get("platform") or ""), str(line.get("format") or "")
        if platform not in PLATFORM_FORMATS:
            refuse("platform", _("Choose a platform."))
        elif kind not in PLATFORM_FORMATS[platform]:
            refuse("format", _("Choose a format that this platform has."))
        try:
            quantity = int(line.get("quantity") or 1)
            price = Decimal(str(line.get("unit_price")))
        except (TypeError, ValueError, InvalidOperation):
            refuse("unit_price", _("Give the price of one piece."))
            continue
        if not 1 <= quantity <= 100:
            refuse("quantity", _("Give a number from 1 to 100."))
        if not price.is_finite() or price < 0 or price >= Decimal(10) ** 14:
            refuse("unit_price", _("Give a price of zero or more."))
            continue
        account = line.get("account")
        account_id = account.pk if isinstance(account, SocialAccount) else account
        if account_id and int(account_id) not in accounts:
            refuse("account", _("Choose an account of this KOL."))
            continue
        if not account_id:
            own = [a for a in accounts.values() if a.platform == platform]
            account_id = max(own, key=lambda a: a.followers or 0).pk if own else None
        found.append(
            OfferLine(
                platform=platform,
                format=kind,
                quantity=quantity,
                unit_price=round_amount(price, currency),
                due_on=line.get("due_on") or None,
                note=str(line.get("note") or "")[:200],
                account_id=int(account_id) if account_id else None,
            )
        )
    if errors:
        raise ValidationError(errors)
    if not found:
        raise ValidationError(_("Add at least one line: what the KOL makes, and its price."))
    if len(found) > MAX_LINES:
        raise ValidationError(_("An offer has %(max)d lines at most.") % {"max": MAX_LINES})
    return found


def _write_offer(
    partnership: Partnership,
    *,
    by: User,
    side: str,
    lines: Iterable[dict[str, Any]],
    message: str,
    expires_at: datetime | None,
    usage_rights: str,
    exclusivity_days: int,
    rounds: int,
) -> Offer:
    campaign = partnership.campaign
    rows = clean_lines(partnership, lines, campaign.currency)
    expires_at = expires_at or timezone.now() + timedelta(days=VALID_DAYS)
    if expires_at <= timezone.now():
        raise ValidationError({"expires_at": _("Choose a moment in the future.")})
    if expires_at > timezone.now() + timedelta(days=180):
        raise ValidationError({"expires_at": _("An offer may stay open for 180 days at most.")})
    if not 0 <= exclusivity_days <= 730:
        raise ValidationError({"exclusivity_days": _("Give 0 to 730 days.")})
    if not 0 <= rounds <= 20:
        raise ValidationError({"rounds": _("Give 0 to 20 rounds.")})
    number = (partnership.offers.aggregate(last=Max("number"))["last"] or 0) + 1
    offer = Offer.objects.create(
        partnership=partnership,
        number=number,
        side=side,
        currency=campaign.currency,
        total=sum((row.amount for row in rows), Decimal(0)),
        message=message.strip(),
        usage_rights=usage_rights.strip()[:240],
        exclusivity_days=exclusivity_days,
        rounds=rounds,
        expires_at=expires_at,
        created_by=by,
    )
    for row in rows:
        row.offer = offer
    OfferLine.objects.bulk_create(rows)
    return offer


def _open_for_offers(partnership: Partnership) -> None:
    if partnership.state not in ("invited", "negotiating", "declined"):
        raise Conflict(
            _("This partnership is “%(state)s”; offers are made before it is agreed.")
            % {"state": partnership.get_state_display()}
        )
    if not partnership.campaign.is_open:
        raise Conflict(_("This campaign is closed; no offers can be made."))
    if partnership.offers.filter(state="accepted").exists():
        raise Conflict(_("An offer is accepted already. Write the agreement from it."))
    if getattr(partnership, "agreement", None) is not None:
        raise Conflict(_("There is an agreement already."))


def draft_offer(
    partnership: Partnership,
    *,
    by: User,
    lines: Iterable[dict[str, Any]],
    message: str = "",
    expires_at: datetime | None = None,
    usage_rights: str = "",
    exclusivity_days: int = 0,
    rounds: int = 2,
) -> Offer:
    """A draft of ours; an earlier draft of ours is replaced."""
    check(by, "campaigns.negotiate", partnership)
    with transaction.atomic():
        partnership = lock(partnership)
        _open_for_offers(partnership)
        if partnership.offers.filter(state="sent").exists():
            raise Conflict(_("An offer is on the table. Withdraw it or wait for the answer."))
        for old in partnership.offers.select_for_update().filter(state="draft"):
            move(old, "withdraw")
            old.save(update_fields=["state", "updated_at"])
        offer = _write_offer(
            partnership,
            by=by,
            side="agency",
            lines=lines,
            message=message,
            expires_at=expires_at,
            usage_rights=usage_rights,
            exclusivity_days=exclusivity_days,
            rounds=rounds,
        )
        record("campaigns.offer_drafted", offer, actor=by, data=_facts(offer))
    return offer


def _facts(offer: Offer) -> dict[str, Any]:
    return {
        "offer_id": offer.pk,
        "number": offer.number,
        "side": offer.side,
        "partnership_id": offer.partnership_id,
        "campaign_id": offer.partnership.campaign_id,
        "creator_id": offer.partnership.creator_id,
    }


def send_offer(offer: Offer, *, by: User) -> Offer:
    """Put our draft on the table: within the sender's limit, the fees line and other clients' exclusivity."""
    check(by, "campaigns.negotiate", offer)
    with transaction.atomic():
        partnership = lock(offer.partnership)
        offer = lock(offer)
        _open_for_offers(partnership)
        check_limit(by, offer.total, offer.currency)
        budget.check_commitment(partnership.campaign, offer.total, without=partnership)
        exclusivity.check_creator(partnership.campaign, partnership.creator)
        if offer.expires_at <= timezone.now():
            raise ValidationError({"expires_at": _("The offer's last day has passed. Write it again.")})
        move(offer, "send")
        offer.sent_at = timezone.now()
        offer.save(update_fields=["state", "sent_at", "updated_at"])
        if partnership.state != "negotiating":
            move(partnership, "negotiate")
            partnership.save(update_fields=["state", "updated_at"])
        record("campaigns.offer_sent", offer, actor=by, data=_facts(offer))
        _tell_creator(
            offer,
            gettext_lazy("New offer: %(campaign)s"),
            gettext_lazy("%(total)s, please answer by %(date)s."),
        )
    return offer


def make_offer(partnership: Partnership, *, by: User, send: bool = True, **terms: Any) -> Offer:
    """Draft and send in one go: either both happen or neither."""
    with transaction.atomic():
        offer = draft_offer(partnership, by=by, **terms)
        return send_offer(offer, by=by) if send else offer


def _side_of(by: User, offer: Offer) -> str:
    """Which side `by` answers for; it must be the other side's offer."""
    if by.is_portal:
        check(by, "campaigns.answer_offer", offer)
        side = "creator"
    else:
        check(by, "campaigns.negotiate", offer)
        side = "agency"
    if offer.side == side:
        raise Conflict(_("This is your own offer; the other side answers it. You may withdraw it."))
    return side


def _still_open(offer: Offer) -> None:
    if offer.state == "sent" and offer.expires_at <= timezone.now():
        raise Conflict(
            _("This offer ran out on %(when)s. Ask for a new one.") % {"when": moment_text(offer.expires_at)}
        )


def counter(
    offer: Offer,
    *,
    by: User,
    lines: Iterable[dict[str, Any]],
    message: str = "",
    expires_at: datetime | None = None,
    usage_rights: str | None = None,
    exclusivity_days: int | None = None,
    rounds: int | None = None,
) -> Offer:
    """Answer an offer with other terms; what is not given stays as it was."""
    side = _side_of(by, offer)
    with transaction.atomic():
        partnership = lock(offer.partnership)
        offer = lock(offer)
        _still_open(offer)
        move(offer, "mark_countered")
        _answered(offer, by, message)
        new = _write_offer(
            partnership,
            by=by,
            side=side,
            lines=lines,
            message=message,
            expires_at=expires_at,
            usage_rights=offer.usage_rights if usage_rights is None else usage_rights,
            exclusivity_days=offer.exclusivity_days if exclusivity_days is None else exclusivity_days,
            rounds=offer.rounds if rounds is None else rounds,
        )
        if side == "agency":
            check_limit(by, new.total, new.currency)
            budget.check_commitment(partnership.campaign, new.total, without=partnership)
            exclusivity.check_creator(partnership.campaign, partnership.creator)
        move(new, "send")
        new.sent_at = timezone.now()
        new.save(update_fields=["state", "sent_at", "updated_at"])
        record("campaigns.offer_countered", new, actor=by, data={**_facts(new), "answers": offer.pk})
        if side == "agency":
            _tell_creator(
                new,
                gettext_lazy("Counter-offer: %(campaign)s"),
                gettext_lazy("%(total)s, please answer by %(date)s."),
            )
        else:
            _tell_staff(
                new,
                gettext_lazy("%(creator)s made a counter-offer"),
                gettext_lazy("%(total)s for %(campaign)s."),
            )
    return new


def accept(offer: Offer, *, by: User) -> Offer:
    """Agree to the terms on the table. Ours to accept is bound by limit, fees line and exclusivity."""
    side = _side_of(by, offer)
    with transaction.atomic():
        partnership = lock(offer.partnership)
        offer = lock(offer)
        _still_open(offer)
        if side == "agency":
            check_limit(by, offer.total, offer.currency)
            budget.check_commitment(partnership.campaign, offer.total, without=partnership)
        exclusivity.check_creator(partnership.campaign, partnership.creator)
        move(offer, "accept")
        _answered(offer, by, "")
        record("campaigns.offer_accepted", offer, actor=by, data=_facts(offer))
        if side == "creator":
            _tell_staff(
                offer,
                gettext_lazy("%(creator)s accepted"),
                gettext_lazy("%(total)s for %(campaign)s. Write the agreement."),
            )
        else:
            _tell_creator(
                offer,
                gettext_lazy("Your counter-offer was accepted: %(campaign)s"),
                gettext_lazy("%(total)s. The agreement comes next."),
            )
    return offer


def decline(offer: Offer, *, by: User, reason: str = "") -> Offer:
    """Say no. A KOL's no ends the talks until a new offer is made; ours leaves them open."""
    side = _side_of(by, offer)
    with transaction.atomic():
        partnership = lock(offer.partnership)
        offer = lock(offer)
        move(offer, "decline")
        _answered(offer, by, reason)
        if side == "creator":
            move(partnership, "decline")
            partnership.closed_reason = reason.strip()[:240]
            partnership.save(update_fields=["state", "closed_reason", "updated_at"])
        record("campaigns.offer_declined", offer, actor=by, data=_facts(offer))
        if side == "creator":
            _tell_staff(offer, gettext_lazy("%(creator)s declined"), gettext_lazy("%(campaign)s: %(answer)s"))
        else:
            _tell_creator(
                offer, gettext_lazy("Counter-offer not accepted: %(campaign)s"), gettext_lazy("%(answer)s")
            )
    return offer


def withdraw(offer: Offer, *, by: User) -> Offer:
    """Take back one's own offer."""
    if by.is_portal:
        check(by, "campaigns.answer_offer", offer)
        side = "creator"
    else:
        check(by, "campaigns.negotiate", offer)
        side = "agency"
    if offer.side != side:
        raise Conflict(_("This offer is the other side's. Accept, counter or decline it."))
    with transaction.atomic():
        lock(offer.partnership)
        offer = lock(offer)
        was_sent = offer.state == "sent"
        move(offer, "withdraw")
        _answered(offer, by, "")
        record("campaigns.offer_withdrawn", offer, actor=by, data=_facts(offer))
        if was_sent and side == "agency":
            _tell_creator(
                offer,
                gettext_lazy("Offer withdrawn: %(campaign)s"),
                gettext_lazy("You need not do anything."),
            )
    return offer


def expire_due(now: datetime | None = None) -> int:
    """End offers whose time has passed; a row a person is answering right now is left for the next round."""
    now = now or timezone.now()
    count = 0
    due = Offer.objects.filter(state="sent", expires_at__lte=now).values_list("pk", flat=True)[:500]
    for pk in list(due):
        with transaction.atomic():
            offer = (
                Offer.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(pk=pk, state="sent", expires_at__lte=now)
                .first()
            )
            if offer is None:
                continue
            move(offer, "expire")
            offer.answered_at = now
            offer.save(update_fields=["state", "answered_at", "updated_at"])
            record("campaigns.offer_expired", offer, data=_facts(offer))
            _tell_staff(
                offer,
                gettext_lazy("Offer to %(creator)s ran out"),
                gettext_lazy("%(campaign)s: send a new one or drop it."),
            )
            count += 1
    return count


def _answered(offer: Offer, by: User, answer: str) -> None:
    offer.answered_at = timezone.now()
    offer.answered_by = by
    offer.answer = answer.strip()[:240]
    offer.save(update_fields=["state", "answered_at", "answered_by", "answer", "updated_at"])


def _words(offer: Offer) -> dict[str, Any]:
    return {
        "campaign": offer.partnership.campaign.name,
        "creator": str(offer.partnership.creator),
        "total": budget.money_text(offer.total, offer.currency),
        "date": offer.expires_at,
        "answer": offer.answer or "–",
    }


def _tell_creator(offer: Offer, title: Any, text: Any) -> None:
    notify(
        "campaigns.offer_received",
        portal_users(offer.partnership.creator_id),
        offer,
        title=Text(title, **_words(offer)),
        text=Text(text, **_words(offer)),
        url=reverse("campaigns:portal_partnership", args=[offer.partnership_id]),
        key=f"offer:{offer.pk}:{offer.state}",
    )


def _tell_staff(offer: Offer, title: Any, text: Any) -> None:
    notify(
        "campaigns.offer_answered",
        staff_of(offer.partnership),
        offer,
        title=Text(title, **_words(offer)),
        text=Text(text, **_words(offer)),
        url=reverse("campaigns:partnership_detail", args=[offer.partnership_id]),
        key=f"offer:{offer.pk}:{offer.state}",
    )


def rate_hints(partnership: Partnership) -> list[dict[str, Any]]:
    """The KOL's own rate card lines that hold today, as starting points of an offer."""
    today = timezone.localdate()
    cards = partnership.creator.rate_cards.filter(
        valid_from__lte=today, currency=partnership.campaign.currency
    )
    return [
        {"platform": c.platform, "format": c.format, "unit_price": c.price, "quantity": 1}
        for c in cards
        if c.valid_to is None or c.valid_to >= today
    ]
