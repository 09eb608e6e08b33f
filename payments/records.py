"""What this room knows about creators, for the rooms below: whether their invoices were right the first time."""

from __future__ import annotations

import pandas as pd
from django.db.models import Case, F, Q, Value, When

from creators.records import Ids, frame, register_record
from payments.models import Invoice

SETTLED = ("matched", "approved", "scheduled", "paid")


def invoices(ids: Ids) -> pd.DataFrame:
    """Invoices a creator's side sent in; `clean`: one matching run sufficed and nobody rejected it."""
    sent = Invoice.objects.filter(submitted_at__isnull=False, origin="portal").exclude(state="void")
    if ids is not None:
        sent = sent.filter(partnership__creator_id__in=ids)
    rows = sent.values(
        "partnership_id", "submitted_at", "state",
        creator_id=F("partnership__creator_id"),
        team_id=F("partnership__campaign__brand__team_id"),
        clean=Case(
            When(Q(state__in=["mismatch", "rejected"]) | Q(rejected_at__isnull=False) | Q(match_run__gt=1),
                 then=Value(False)),
            When(state__in=SETTLED, then=Value(True)),
            default=Value(None),
        ),
    )  # fmt: skip
    return frame(rows, "invoices")


def register() -> None:
    register_record("invoices", invoices)
