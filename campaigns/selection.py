"""The shortlist: propose, assess, price, submit in options, let the client decide, invite."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.assessment import assess
from campaigns.models import Assessment, Campaign, Candidate, ClientMember, Partnership
from campaigns.models.selection import Option
from campaigns.moves import lock, move
from campaigns.partnerships import invite
from creators.models import Creator, RateCard, SocialAccount
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict, Refusal
from krm.events import enqueue, notify, record
from krm.events.texts import Text

MAX_CANDIDATES = 500


def _open(campaign: Campaign) -> None:
    if campaign.state not in ("draft", "planning", "client_review", "active"):
        raise Conflict(
            _("This campaign is “%(state)s”; its shortlist cannot be changed any more.")
            % {"state": campaign.get_state_display()}
        )


def add_candidates(
    campaign: Campaign, *, by: User, creators: Iterable[Creator], option: str = "A"
) -> list[Candidate]:
    """Put creators on the shortlist and assess them. Who is there already or blocked is passed over."""
    check(by, "campaigns.manage_shortlist", campaign)
    if option not in Option.values:
        raise ValidationError({"option": _("Choose option A, B or C.")})
    with transaction.atomic():
        campaign = lock(campaign)
        _open(campaign)
        wanted = list(creators)
        taken = set(campaign.candidates.filter(option=option).values_list("creator_id", flat=True))
        rows = [
            Candidate(
                campaign=campaign, creator=creator, account_id=creator.primary_account_id, option=option
            )
            for creator in {c.pk: c for c in wanted}.values()
            if creator.pk not in taken
            and creator.status not in ("blocked", "archived")
            and not creator.merged_into_id
        ]
        if len(rows) + campaign.candidates.count() > MAX_CANDIDATES:
            raise ValidationError(_("A shortlist has %(max)d candidates at most.") % {"max": MAX_CANDIDATES})
        _fill_accounts(rows)
        found = Candidate.objects.bulk_create(rows)
        if found:
            _estimate(campaign, found)
            record(
                "campaigns.candidates_added",
                campaign,
                actor=by,
                data={"candidate_ids": [c.pk for c in found], "option": option},
            )
            if len(found) <= 50:
                assess(found)
            else:
                enqueue("campaigns.assess", campaign.pk)
    return found


def _fill_accounts(rows: list[Candidate]) -> None:
    missing = {row.creator_id for row in rows if row.account_id is None}
    best = {
        a.creator_id: a.pk for a in SocialAccount.objects.filter(creator_id__in=missing).order_by("followers")
    }
    for row in rows:
        if row.account_id is None:
            row.account_id = best.get(row.creator_id)


def _estimate(campaign: Campaign, candidates: list[Candidate]) -> None:
    """First fee estimate from the KOL's own rate card on the account's platform, where there is one."""
    today = timezone.localdate()
    cards = RateCard.objects.filter(
        creator_id__in=[c.creator_id for c in candidates], currency=campaign.currency, valid_from__lte=today
    ).order_by("price")
    price: dict[tuple[int, str], Decimal] = {}
    for card in cards:
        if card.valid_to is None or card.valid_to >= today:
            price[(card.creator_id, card.platform)] = card.price
    platforms = dict(
        SocialAccount.objects.filter(pk__in=[c.account_id for c in candidates if c.account_id]).values_list(
            "pk", "platform"
        )
    )
    for candidate in candidates:
        platform = platforms.get(candidate.account_id or 0, "")
        candidate.buy_estimate = price.get((candidate.creator_id, platform))
    Candidate.objects.bulk_update(candidates, ["buy_estimate"])


EDITABLE = {"account", "deliverables", "sell_price", "buy_estimate", "reason", "internal_note", "option"}


def update_candidate(candidate: Candidate, *, by: User, **fields: Any) -> Candidate:
    check(by, "campaigns.manage_shortlist", candidate)
    unknown = set(fields) - EDITABLE
    if unknown:
        raise TypeError(f"unknown candidate fields: {sorted(unknown)}")
    for name in ("sell_price", "buy_estimate"):
        if fields.get(name) is not None and fields[name] < 0:
            raise ValidationError({name: _("A price cannot be negative.")})
    account = fields.get("account")
    if account is not None and account.creator_id != candidate.creator_id:
        raise ValidationError({"account": _("Choose an account of this KOL.")})
    with transaction.atomic():
        candidate = lock(candidate)
        _open(candidate.campaign)
        priced = {"sell_price", "deliverables", "option"} & {
            k for k, v in fields.items() if getattr(candidate, k) != v
        }
        if priced and candidate.state in ("client_approved",):
            raise Conflict(
                _("The client has approved this candidate at the price shown. Drop and propose it again.")
            )
        other = campaign_option_taken(candidate, fields.get("option"))
        if other:
            raise ValidationError(
                {"option": _("%(creator)s is in that option already.") % {"creator": candidate.creator}}
            )
        again = account is not None and account.pk != candidate.account_id
        for name, value in fields.items():
            setattr(candidate, name, value)
        candidate.save(update_fields=[*fields, "updated_at"])
        record("campaigns.candidate_updated", candidate, actor=by, data={"changed": sorted(fields)})
        if again:
            assess([candidate])
            candidate.refresh_from_db()
    return candidate


def campaign_option_taken(candidate: Candidate, option: str | None) -> bool:
    if not option or option == candidate.option:
        return False
    return Candidate.objects.filter(
        campaign_id=candidate.campaign_id, creator_id=candidate.creator_id, option=option
    ).exists()


def reassess(campaign: Campaign, *, by: User | None = None) -> int:
    """Judge the whole shortlist anew (new figures, other weights)."""
    if by is not None:
        check(by, "campaigns.manage_shortlist", campaign)
    return assess(campaign.candidates.exclude(state="dropped"))


def submit(
    campaign: Campaign, *, by: User, options: Iterable[str] = ("A", "B", "C"), message: str = ""
) -> list[Candidate]:
    """Show the proposed candidates of these options to the client. Each needs its price."""
    check(by, "campaigns.manage_shortlist", campaign)
    options = list(options)
    with transaction.atomic():
        campaign = lock(campaign)
        _open(campaign)
        rows = list(
            campaign.candidates.select_for_update(of=("self",)).filter(state="proposed", option__in=options)
        )
        if not rows:
            raise Conflict(_("There is no proposed candidate to submit. Add some to the shortlist first."))
        unpriced = [c for c in rows if c.sell_price is None]
        if unpriced:
            raise ValidationError(
                _("Give every candidate a price to the client first; missing: %(names)s.")
                % {"names": ", ".join(str(c.creator) for c in unpriced[:5])}
            )
        now = timezone.now()
        for candidate in rows:
            move(candidate, "submit")
            candidate.submitted_at = now
            candidate.save(update_fields=["state", "submitted_at", "updated_at"])
        campaign.submitted_at = now
        if campaign.state == "draft":
            move(campaign, "start_planning")
        if campaign.state == "planning":
            move(campaign, "to_client")
        campaign.save(update_fields=["state", "submitted_at", "updated_at"])
        record(
            "campaigns.shortlist_submitted",
            campaign,
            actor=by,
            data={"candidate_ids": [c.pk for c in rows], "options": options},
        )
        notify(
            "campaigns.shortlist_submitted",
            [m.user for m in ClientMember.objects.filter(brand=campaign.brand).select_related("user")],
            campaign,
            title=Text(gettext_lazy("Shortlist for your approval: %(campaign)s"), campaign=campaign.name),
            text=message.strip()
            or Text(gettext_lazy("%(count)s KOLs are waiting for your decision."), count=len(rows)),
            url=reverse("campaigns:client_shortlist", args=[campaign.pk]),
            key=f"shortlist:{campaign.pk}:{now:%Y%m%d%H%M%S}",
        )
    return rows


def decide(
    candidate: Candidate, *, by: User | None, approve: bool, comment: str = "", on_behalf: str = ""
) -> Candidate:
    """The client's yes or no. Staff may write down a decision given elsewhere, naming who gave it."""
    if by is not None:
        check(by, "campaigns.decide_shortlist", candidate)
        if by.is_staff_member and not on_behalf.strip():
            raise ValidationError({"on_behalf": _("Name the person at the client who decided.")})
    elif not on_behalf.strip():
        raise ValidationError({"on_behalf": _("Type your name.")})
    if not approve and not comment.strip():
        raise ValidationError({"comment": _("Say why not, so that we can propose a better one.")})
    with transaction.atomic():
        candidate = lock(candidate)
        _open(candidate.campaign)
        if (
            approve is False
            and Partnership.objects.filter(
                candidate=candidate, state__in=["agreed", "briefed", "in_production", "live", "completed"]
            ).exists()
        ):
            raise Conflict(_("The agreement with this KOL is signed already. Talk to your agency."))
        target = "client_approved" if approve else "client_rejected"
        if candidate.state != target:
            move(candidate, "approve" if approve else "reject")
        candidate.decided_at = timezone.now()
        candidate.decided_by = by
        candidate.decided_by_name = on_behalf.strip()[:160] or str(by)
        candidate.client_comment = comment.strip()
        candidate.save(
            update_fields=[
                "state",
                "decided_at",
                "decided_by",
                "decided_by_name",
                "client_comment",
                "updated_at",
            ]
        )
        record(
            "campaigns.candidate_approved" if approve else "campaigns.candidate_rejected",
            candidate,
            actor=by,
            data={
                "campaign_id": candidate.campaign_id,
                "creator_id": candidate.creator_id,
                "option": candidate.option,
            },
        )
        notify(
            "campaigns.shortlist_decided",
            [candidate.campaign.owner],
            candidate,
            title=Text(
                gettext_lazy("Approved: %(creator)s") if approve else gettext_lazy("Rejected: %(creator)s"),
                creator=str(candidate.creator),
            ),
            text=Text(
                "%(campaign)s. %(comment)s",
                campaign=candidate.campaign.name,
                comment=candidate.client_comment,
            ),
            url=candidate.campaign.get_absolute_url() + "?tab=shortlist",
            key=f"candidate:{candidate.pk}:{candidate.decided_at:%Y%m%d%H%M%S%f}",
        )
    return candidate


def drop(candidate: Candidate, *, by: User) -> Candidate:
    check(by, "campaigns.manage_shortlist", candidate)
    return _step(candidate, by, "drop", "campaigns.candidate_dropped")


def repropose(candidate: Candidate, *, by: User) -> Candidate:
    """Back to proposed, to change it or take it back from the client."""
    check(by, "campaigns.manage_shortlist", candidate)
    return _step(candidate, by, "repropose", "campaigns.candidate_reproposed")


def _step(candidate: Candidate, by: User, name: str, event: str) -> Candidate:
    with transaction.atomic():
        candidate = lock(candidate)
        _open(candidate.campaign)
        if (
            Partnership.objects.filter(candidate=candidate)
            .exclude(state__in=["cancelled", "declined"])
            .exists()
        ):
            raise Conflict(_("There is a partnership from this candidate. Cancel it first."))
        move(candidate, name)
        candidate.save(update_fields=["state", "updated_at"])
        record(event, candidate, actor=by, data={"campaign_id": candidate.campaign_id})
    return candidate


def invite_approved(campaign: Campaign, *, by: User) -> tuple[list[Partnership], list[str]]:
    """Invite every approved candidate that is not in the campaign yet. Returns partnerships and refusals."""
    check(by, "campaigns.negotiate", campaign)
    joined = set(campaign.partnerships.values_list("creator_id", flat=True))
    done: list[Partnership] = []
    refused: list[str] = []
    rows = campaign.candidates.filter(state="client_approved").select_related(
        "creator__primary_account", "account", "campaign__brand"
    )
    for candidate in rows:
        if candidate.creator_id in joined:
            continue
        try:
            done.append(
                invite(
                    campaign, by=by, creator=candidate.creator, account=candidate.account, candidate=candidate
                )
            )
            joined.add(candidate.creator_id)
        except (Refusal, ValidationError) as refusal:
            refused.append(str(refusal))
    return done, refused


def totals(campaign: Campaign, *, for_client: bool = False) -> list[dict[str, Any]]:
    """Per option: how many, price to the client, expected views; for staff the expected fee and margin too."""
    rows = campaign.candidates.exclude(state="dropped")
    if for_client:
        rows = rows.filter(state__in=["submitted", "client_approved", "client_rejected"])
    found = []
    for row in (
        rows.exclude(state="client_rejected")
        .values("option")
        .annotate(
            count=Count("pk"), sell=Sum("sell_price"), buy=Sum("buy_estimate"), views=Sum("forecast_mid")
        )
        .order_by("option")
    ):
        item = {"option": row["option"], "count": row["count"], "sell": row["sell"], "views": row["views"]}
        if not for_client:
            item["buy"] = row["buy"]
            item["margin"] = (
                row["sell"] - row["buy"] if row["sell"] is not None and row["buy"] is not None else None
            )
        found.append(item)
    return found


def matrix(candidates: Iterable[Candidate]) -> dict[int, dict[str, Assessment]]:
    """Assessments by candidate and layer, one query."""
    found: dict[int, dict[str, Assessment]] = {}
    for row in Assessment.objects.filter(candidate__in=[c.pk for c in candidates]):
        found.setdefault(row.candidate_id, {})[row.layer] = row
    return found
