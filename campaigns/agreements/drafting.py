"""Write an agreement from the accepted offer: clauses, deliverables, milestones; change it while it is a draft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns import budget
from campaigns.agreements.clauses import standard
from campaigns.models import Agreement, Campaign, Deliverable, Milestone, Offer, Partnership
from campaigns.models.agreements import Trigger
from campaigns.moves import lock
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record
from krm.money.amounts import round_amount, split
from krm.web.format import day

SCHEDULES = ("half", "deliverables", "completion", "signing")


def next_number(campaign: Campaign) -> str:
    last = Agreement.objects.filter(partnership__campaign=campaign).aggregate(last=Max("number"))["last"]
    number = int(last.rsplit("/", 1)[1]) + 1 if last else 1
    return f"{campaign.code}/{number:03d}"


def draft(
    partnership: Partnership,
    *,
    by: User,
    schedule: str = "half",
    usage_channels: Iterable[str] = (),
    usage_until: date | None = None,
) -> Agreement:
    """An agreement with one deliverable per ordered piece and milestones by `schedule`."""
    check(by, "campaigns.negotiate", partnership)
    if schedule not in SCHEDULES:
        raise ValidationError({"schedule": _("Choose one of the payment schedules.")})
    with transaction.atomic():
        partnership = lock(partnership)
        campaign = lock(partnership.campaign)  # numbers of one campaign are given one after the other
        if getattr(partnership, "agreement", None) is not None:
            raise Conflict(_("There is an agreement already."))
        offer = partnership.offers.filter(state="accepted").prefetch_related("lines").first()
        if offer is None:
            raise Conflict(_("No offer is accepted yet. The agreement is written from the accepted offer."))
        start = timezone.localdate()
        window: dict[str, Any] = {}
        if offer.exclusivity_days and campaign.brand.category:
            window = {
                "exclusivity_category": campaign.brand.category,
                "exclusivity_from": min(start, campaign.starts_on),
                "exclusivity_until": campaign.ends_on + timedelta(days=offer.exclusivity_days),
            }
        agreement = Agreement(
            partnership=partnership,
            offer=offer,
            number=next_number(campaign),
            currency=offer.currency,
            total=offer.total,
            rounds=offer.rounds,
            usage_rights=offer.usage_rights,
            usage_channels=list(usage_channels),
            usage_until=usage_until,
            created_by=by,
            **window,
        )
        agreement.clauses = standard(clause_values(agreement))
        agreement.save()
        deliverables = _deliverables(agreement, offer)
        _milestones(agreement, deliverables, schedule)
        record(
            "campaigns.agreement_drafted",
            agreement,
            actor=by,
            data={"partnership_id": partnership.pk, "campaign_id": campaign.pk, "number": agreement.number},
        )
    return agreement


def clause_values(agreement: Agreement) -> dict[str, str]:
    """What the clause library needs, in both languages."""
    campaign = agreement.partnership.campaign
    values: dict[str, str] = {
        "brand": campaign.brand.name,
        "campaign": campaign.name,
        "rounds": str(agreement.rounds),
        "total": budget.money_text(agreement.total, agreement.currency),
    }
    until = agreement.usage_until
    channels = ", ".join(agreement.usage_channels)
    for language, none_usage, usage, none_window, window in (
        (
            "en",
            "The brand may repost the content on its own accounts with credit. Any other use needs a new agreement.",
            "The brand may use the content as follows: {what}{until}.",
            "There is no exclusivity.",
            "From {start} to {end} the KOL does not advertise for another brand in the category “{category}”.",
        ),
        (
            "id",
            "Brand boleh mengunggah ulang konten di akunnya dengan menyebut KOL. Selain itu perlu perjanjian baru.",
            "Brand boleh menggunakan konten sebagai berikut: {what}{until}.",
            "Tidak ada eksklusivitas.",
            "Sejak {start} sampai {end} KOL tidak mengiklankan brand lain dalam kategori “{category}”.",
        ),
    ):
        with override(language):
            what = " · ".join(part for part in (agreement.usage_rights, channels) if part)
            last = f", {'until' if language == 'en' else 'sampai'} {day(until)}" if until else ""
            values[f"usage_{language}"] = usage.format(what=what, until=last) if what else none_usage
            values[f"exclusivity_{language}"] = (
                window.format(
                    start=day(agreement.exclusivity_from),
                    end=day(agreement.exclusivity_until),
                    category=agreement.exclusivity_category,
                )
                if agreement.exclusivity_until
                else none_window
            )
    return values


def _publish_at(day_: date) -> datetime:
    """Noon-ish of the organisation's zone is no time to post; 19:00 is when people look."""
    return timezone.make_aware(datetime.combine(day_, time(19, 0)))


def _deliverables(agreement: Agreement, offer: Offer) -> list[Deliverable]:
    partnership, campaign = agreement.partnership, agreement.partnership.campaign
    pieces = [(line, n) for line in offer.lines.all() for n in range(line.quantity)]
    if len(pieces) > 200:
        raise ValidationError(_("An agreement has 200 deliverables at most."))
    found = []
    span = max((campaign.ends_on - campaign.starts_on).days, 0)
    for order, (line, n) in enumerate(pieces):
        publish = line.due_on or campaign.starts_on + timedelta(days=span * (order + 1) // (len(pieces) + 1))
        title = f"{line.get_format_display()} {line.get_platform_display()}"
        found.append(
            Deliverable(
                agreement=agreement,
                partnership=partnership,
                account_id=line.account_id,
                platform=line.platform,
                format=line.format,
                title=f"{title} {n + 1}/{line.quantity}" if line.quantity > 1 else title,
                due_on=publish - timedelta(days=5),
                publish_on=_publish_at(publish),
                amount=line.unit_price,
                currency=agreement.currency,
                required_hashtags=campaign.hashtags,
                required_mentions=campaign.mentions,
                order=order,
            )
        )
    return Deliverable.objects.bulk_create(found)


def _milestones(agreement: Agreement, deliverables: list[Deliverable], schedule: str) -> None:
    total, currency = agreement.total, agreement.currency
    rows: list[dict[str, Any]]
    match schedule:
        case "deliverables":
            rows = [
                {
                    "name": d.title[:120],
                    "amount": d.amount,
                    "trigger": Trigger.ON_DELIVERABLE,
                    "deliverable": d,
                }
                for d in deliverables
            ]
        case "completion":
            rows = [{"name": _("On completion"), "amount": total, "trigger": Trigger.ON_COMPLETION}]
        case "signing":
            rows = [{"name": _("On signing"), "amount": total, "trigger": Trigger.ON_SIGNING}]
        case _:
            first, second = split(total, [1, 1], currency)
            rows = [
                {"name": _("Down payment"), "amount": first, "trigger": Trigger.ON_SIGNING},
                {"name": _("Final payment"), "amount": second, "trigger": Trigger.ON_COMPLETION},
            ]
    Milestone.objects.bulk_create(
        Milestone(agreement=agreement, currency=currency, order=order, **row)
        for order, row in enumerate(rows)
    )


def only_draft(agreement: Agreement) -> None:
    if agreement.state != "draft":
        raise Conflict(
            _("This agreement is “%(state)s”; only a draft can be changed. Take it back first.")
            % {"state": agreement.get_state_display()}
        )


EDITABLE = {
    "usage_rights",
    "usage_channels",
    "usage_until",
    "exclusivity_category",
    "exclusivity_from",
    "exclusivity_until",
    "rounds",
    "clauses",
}


def edit(agreement: Agreement, *, by: User, **fields: Any) -> Agreement:
    """Change terms of a draft. Unless clauses are given, the standard ones are written anew from the terms."""
    check(by, "campaigns.negotiate", agreement)
    unknown = set(fields) - EDITABLE
    if unknown:
        raise TypeError(f"unknown agreement fields: {sorted(unknown)}")
    with transaction.atomic():
        agreement = lock(agreement)
        only_draft(agreement)
        for name, value in fields.items():
            setattr(agreement, name, value)
        agreement.exclusivity_category = (agreement.exclusivity_category or "").strip().lower()
        _check_window(agreement)
        if "clauses" in fields:
            agreement.clauses = clean_clauses(fields["clauses"])
        else:
            agreement.clauses = standard(clause_values(agreement))
        agreement.save()
        record("campaigns.agreement_edited", agreement, actor=by, data={"changed": sorted(fields)})
    return agreement


def _check_window(agreement: Agreement) -> None:
    start, end = agreement.exclusivity_from, agreement.exclusivity_until
    if (start is None) != (end is None):
        missing = "exclusivity_until" if end is None else "exclusivity_from"
        raise ValidationError({missing: _("Give both days, or none for no exclusivity.")})
    if start and end:
        if end < start:
            raise ValidationError({"exclusivity_until": _("The end must not be before the start.")})
        if (end - start).days > 1095:
            raise ValidationError({"exclusivity_until": _("Three years at most.")})
        if not agreement.exclusivity_category:
            raise ValidationError({"exclusivity_category": _("Name the category that is exclusive.")})


def clean_clauses(clauses: Any) -> list[dict[str, str]]:
    """Every clause has both titles and both texts."""
    names = ("key", "title_en", "title_id", "text_en", "text_id")
    found = []
    for index, clause in enumerate(clauses or []):
        row = {name: str(clause.get(name, "")).strip() for name in names}
        if not all(row[name] for name in names[1:]):
            raise ValidationError(
                {
                    "clauses": _("Clause %(number)d needs a title and a text in both languages.")
                    % {"number": index + 1}
                }
            )
        row["key"] = row["key"] or f"clause-{index + 1}"
        found.append(row)
    if not found:
        raise ValidationError({"clauses": _("An agreement has at least one clause.")})
    return found


def set_milestones(agreement: Agreement, *, by: User, rows: list[dict[str, Any]]) -> Agreement:
    """Replace the milestones of a draft; they must add up to the total."""
    check(by, "campaigns.negotiate", agreement)
    errors: dict[str, str] = {}
    with transaction.atomic():
        agreement = lock(agreement)
        only_draft(agreement)
        own = {d.pk: d for d in agreement.deliverables.all()}
        found = []
        for index, row in enumerate(rows):
            amount = round_amount(Decimal(row["amount"]), agreement.currency)
            trigger = str(row["trigger"])
            piece = row.get("deliverable")
            piece_id = piece.pk if isinstance(piece, Deliverable) else piece
            if amount <= 0:
                errors[f"rows.{index}.amount"] = _("Give an amount above zero.")
            if trigger not in Trigger.values:
                errors[f"rows.{index}.trigger"] = _("Choose what makes it due.")
            if trigger == Trigger.ON_DELIVERABLE and piece_id not in own:
                errors[f"rows.{index}.deliverable"] = _("Choose a deliverable of this agreement.")
            if trigger == Trigger.ON_DATE and not row.get("due_on"):
                errors[f"rows.{index}.due_on"] = _("Give the date.")
            found.append(
                Milestone(
                    agreement=agreement,
                    name=str(row.get("name") or "").strip()[:120] or _("Milestone %(n)d") % {"n": index + 1},
                    amount=amount,
                    currency=agreement.currency,
                    trigger=trigger,
                    deliverable=own.get(int(piece_id or 0)) if trigger == Trigger.ON_DELIVERABLE else None,
                    due_on=row.get("due_on") or None,
                    order=index,
                )
            )
        if errors:
            raise ValidationError(errors)
        check_sum(found, agreement)
        agreement.milestones.all().delete()
        Milestone.objects.bulk_create(found)
        record("campaigns.agreement_edited", agreement, actor=by, data={"changed": ["milestones"]})
    return agreement


def check_sum(milestones: Iterable[Milestone], agreement: Agreement) -> None:
    total = sum((m.amount for m in milestones), Decimal(0))
    if total != agreement.total:
        raise ValidationError(
            _("The milestones add up to %(sum)s, but the fee is %(total)s. Make them equal.")
            % {
                "sum": budget.money_text(total, agreement.currency),
                "total": budget.money_text(agreement.total, agreement.currency),
            }
        )


def edit_deliverable(deliverable: Deliverable, *, by: User, **fields: Any) -> Deliverable:
    """Title, account, dates and required tags of a deliverable whose agreement is still a draft."""
    check(by, "campaigns.negotiate", deliverable)
    unknown = set(fields) - {
        "title",
        "account",
        "due_on",
        "publish_on",
        "required_hashtags",
        "required_mentions",
    }
    if unknown:
        raise TypeError(f"unknown deliverable fields: {sorted(unknown)}")
    with transaction.atomic():
        agreement = lock(deliverable.agreement)
        only_draft(agreement)
        deliverable = lock(deliverable)
        account = fields.get("account")
        if account is not None and account.creator_id != deliverable.partnership.creator_id:
            raise ValidationError({"account": _("Choose an account of this KOL.")})
        if account is not None and account.platform != deliverable.platform:
            raise ValidationError({"account": _("Choose an account on the platform of this deliverable.")})
        for name, value in fields.items():
            setattr(deliverable, name, value)
        if not deliverable.title.strip():
            raise ValidationError({"title": _("Give a title.")})
        deliverable.save(update_fields=[*fields, "updated_at"])
        record("campaigns.deliverable_edited", deliverable, actor=by, data={"changed": sorted(fields)})
    return deliverable
