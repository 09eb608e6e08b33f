"""What this room knows about creators, for the room below: deliveries, offers, deals, brands, standing, ratings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
from django.db.models import Case, Count, DateField, F, Max, Min, Q, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from campaigns.models import (
    Agreement,
    Deliverable,
    ExclusivityWindow,
    Offer,
    OfferLine,
    Partnership,
    PartnershipRating,
)
from creators.records import Ids, frame, register_record

RUNNING = ("agreed", "briefed", "in_production", "live")
WORKED = (*RUNNING, "completed")
GRACE = timedelta(days=7)  # published this much after the day, or not at all, is a no-show


def _of(queryset: Any, ids: Ids, path: str) -> Any:
    return queryset if ids is None else queryset.filter(**{f"{path}__in": ids})


def deliveries(ids: Ids) -> pd.DataFrame:
    now = timezone.now()
    rows = (
        _of(Deliverable.objects.all(), ids, "partnership__creator_id")
        .exclude(agreement__state="draft")
        .values(
            "state", "platform", "format", "publish_on", "published_at", "revisions",
            "partnership_id", "post_id",
            creator_id=F("partnership__creator_id"),
            team_id=F("partnership__campaign__brand__team_id"),
            brand_id=F("partnership__campaign__brand_id"),
            deliverable_id=F("pk"),
            rounds=F("agreement__rounds"),
        )
    )  # fmt: skip
    found = []
    for row in rows:
        due, out = row["publish_on"], row["published_at"]
        done = row["state"] in ("published", "accepted")
        missed = not done and row["state"] != "cancelled" and due is not None and due + GRACE < now
        on_time, late = None, None
        if done and due is not None and out is not None:
            late = max(0, (timezone.localdate(out) - timezone.localdate(due)).days)
            on_time = late == 0
        elif missed:
            on_time, late = False, (timezone.localdate(now) - timezone.localdate(due)).days
        found.append({**row, "on_time": on_time, "days_late": late, "no_show": missed})
    return frame(found, "deliveries")


def offers(ids: Ids) -> pd.DataFrame:
    rows = (
        _of(Offer.objects.filter(side="agency", sent_at__isnull=False), ids, "partnership__creator_id")
        .exclude(state__in=["draft", "withdrawn"])
        .values(
            "partnership_id", "sent_at", "answered_at", "currency", "total",
            creator_id=F("partnership__creator_id"),
            team_id=F("partnership__campaign__brand__team_id"),
            offer_id=F("pk"),
            outcome=F("state"),
        )
    )  # fmt: skip
    found = []
    for row in rows:
        took = row["answered_at"] - row["sent_at"] if row["answered_at"] else None
        given = row["outcome"] in ("countered", "accepted", "declined") and took is not None
        found.append({**row, "hours": took.total_seconds() / 3600 if given and took is not None else None})
    return frame(found, "offers")


def deals(ids: Ids) -> pd.DataFrame:
    lines = _of(OfferLine.objects.filter(offer__state="accepted"), ids, "offer__partnership__creator_id")
    rows = lines.values(
        "platform", "format", "quantity",
        creator_id=F("offer__partnership__creator_id"),
        team_id=F("offer__partnership__campaign__brand__team_id"),
        brand_id=F("offer__partnership__campaign__brand_id"),
        brand=F("offer__partnership__campaign__brand__name"),
        category=F("offer__partnership__campaign__brand__category"),
        partnership_id=F("offer__partnership_id"),
        answered=F("offer__answered_at"),
        price=F("unit_price"),
        currency=F("offer__currency"),
        usage=F("offer__usage_rights"),
        usage_until=F("offer__partnership__agreement__usage_until"),
        ends_on=F("offer__partnership__campaign__ends_on"),
        exclusivity_days=F("offer__exclusivity_days"),
        state=F("offer__partnership__state"),
    )  # fmt: skip
    found = []
    for row in rows:
        until, ends, answered = row.pop("usage_until"), row.pop("ends_on"), row.pop("answered")
        row["agreed_on"] = timezone.localdate(answered) if answered else None
        row["usage_days"] = max(0, (until - ends).days) if until else None
        found.append(row)
    return frame(found, "deals")


def brands(ids: Ids) -> pd.DataFrame:
    rows = (
        _of(Partnership.objects.filter(state__in=WORKED), ids, "creator_id")
        .values(
            "creator_id",
            team_id=F("campaign__brand__team_id"),
            brand_id=F("campaign__brand_id"),
            brand=F("campaign__brand__name"),
            category=F("campaign__brand__category"),
        )
        .annotate(
            first_on=Min("campaign__starts_on"),
            last_on=Max("campaign__ends_on"),
            signed=Max("agreement__signed_at"),
            published=Max(
                "deliverables__published_at", filter=Q(deliverables__state__in=("published", "accepted"))
            ),
            partnerships=Count("pk", distinct=True),
            completed=Count("pk", filter=Q(state="completed"), distinct=True),
        )
        .order_by()
    )
    found = []
    for row in rows:
        done = [at for at in (row.pop("signed"), row.pop("published")) if at is not None]
        found.append({**row, "worked_on": timezone.localdate(max(done)) if done else None})
    return frame(found, "brands")


def exclusivities(ids: Ids) -> pd.DataFrame:
    rows = _of(ExclusivityWindow.objects.filter(released_at=None), ids, "creator_id").values(
        "creator_id", "category", "brand_id", "during", called=F("brand__name"), team_id=F("brand__team_id")
    )
    found = []
    for row in rows:
        during, called = row.pop("during"), row.pop("called")
        ends = during.upper - timedelta(days=1) if during.upper else None  # PostgreSQL keeps [from, to)
        found.append({**row, "brand": called, "starts_on": during.lower, "ends_on": ends})
    return frame(found, "exclusivities")


def standing(ids: Ids) -> pd.DataFrame:
    """Where a creator stands with us: working, talking, worked before, declined, invited."""
    rows = (
        _of(Partnership.objects.all(), ids, "creator_id")
        .values("creator_id")
        .annotate(
            since=Cast(Min("created_at"), DateField()),
            partnerships=Count("pk"),
            running=Count("pk", filter=Q(state__in=RUNNING)),
            talking=Count("pk", filter=Q(state="negotiating")),
            invited=Count("pk", filter=Q(state="invited")),
            completed=Count("pk", filter=Q(state="completed")),
            cancelled=Count("pk", filter=Q(state="cancelled")),
            declined=Count("pk", filter=Q(state="declined")),
        )
        .annotate(
            status=Case(
                When(running__gt=0, then=Value("working")),
                When(talking__gt=0, then=Value("negotiating")),
                When(invited__gt=0, then=Value("invited")),
                When(completed__gt=0, then=Value("worked")),
                When(declined__gt=0, then=Value("declined")),
                default=Value("cancelled"),
            )
        )
        .order_by()
    )
    return frame(
        ({k: v for k, v in row.items() if k not in ("talking", "invited")} for row in rows), "standing"
    )


def cancellations(ids: Ids) -> pd.DataFrame:
    signed = Agreement.objects.filter(signed_at__isnull=False).values("partnership_id")
    rows = _of(Partnership.objects.filter(state="cancelled"), ids, "creator_id").values(
        "creator_id",
        team_id=F("campaign__brand__team_id"),
        partnership_id=F("pk"),
        signed=Case(When(pk__in=signed, then=Value(True)), default=Value(False)),
        cancelled_on=Cast(Coalesce("updated_at", "created_at"), DateField()),
        reason=F("closed_reason"),
    )
    return frame(rows, "cancellations")


def ratings(ids: Ids) -> pd.DataFrame:
    rows = _of(PartnershipRating.objects.all(), ids, "partnership__creator_id").values(
        "score", "remark", "partnership_id",
        creator_id=F("partnership__creator_id"),
        team_id=F("partnership__campaign__brand__team_id"),
        rated_on=Cast("updated_at", DateField()),
    )  # fmt: skip
    return frame(rows, "ratings")


def register() -> None:
    for name, provider in (
        ("deliveries", deliveries),
        ("offers", offers),
        ("deals", deals),
        ("brands", brands),
        ("exclusivities", exclusivities),
        ("standing", standing),
        ("cancellations", cancellations),
        ("ratings", ratings),
    ):
        register_record(name, provider)
