"""What rooms above say about creators: same columns from everybody, no query per creator, teams kept apart."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import partnerships
from campaigns.models import Deliverable, PartnershipRating
from creators import records
from krm.errors import Conflict, Denied
from tests.campaigns import factories as f


def test_a_record_nobody_knows_has_its_columns() -> None:
    assert list(records.record("brands", []).columns) == list(records.COLUMNS["brands"])
    with pytest.raises(LookupError, match="no record is called"):
        records.register_record("stars", lambda ids: pd.DataFrame())


@pytest.mark.django_db
class TestFromCampaigns:
    def test_every_record_answers_for_a_signed_partnership(self) -> None:
        piece = f.deliverable_in("published")
        creator = piece.partnership.creator_id
        made = records.record("deliveries", [creator])
        assert set(made["creator_id"]) == {creator}
        assert made["on_time"].notna().sum() <= 1
        deals = records.record("deals", [creator])
        assert sorted(deals["price"]) == [Decimal(1_500_000), Decimal(12_000_000)]
        assert all(isinstance(price, Decimal) for price in deals["price"])
        assert set(deals["currency"]) == {"IDR"}
        assert records.record("offers", [creator])["outcome"].tolist() == ["accepted"]
        assert records.record("offers", [creator])["hours"].notna().all()
        assert records.record("brands", [creator])["partnerships"].tolist() == [1]
        assert records.record("standing", [creator])["status"].tolist() == ["working"]
        assert records.record("ratings", [creator]).empty

    def test_late_and_missing_pieces_are_told_apart(self) -> None:
        piece = f.deliverable_in("published")
        now = timezone.now()
        Deliverable.objects.filter(pk=piece.pk).update(
            publish_on=now - timedelta(days=5), published_at=now - timedelta(days=2)
        )
        Deliverable.objects.filter(partnership=piece.partnership, state="planned").update(
            publish_on=now - timedelta(days=20)
        )
        made = records.record("deliveries", [piece.partnership.creator_id]).set_index("deliverable_id")
        assert made.loc[piece.pk, "days_late"] == 3 and made.loc[piece.pk, "on_time"] is False
        assert made["no_show"].sum() == len(made) - 1

    def test_queries_do_not_grow_with_creators(self) -> None:
        first = f.make_offer().partnership.creator_id

        def ask(ids: list[int]) -> int:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                for name in records.COLUMNS:
                    records.record(name, ids)
            return len(seen)

        one = ask([first])
        many = ask([first, *(f.make_offer().partnership.creator_id for _ in range(3))])
        assert one == many <= len(records.COLUMNS)

    def test_a_staff_member_reads_the_rows_of_their_teams(self, staff: Any) -> None:
        mine, other = f.accepted(), f.accepted()
        ids = [mine.partnership.creator_id, other.partnership.creator_id]
        everything = records.record("deals", ids)
        member = staff(teams=[mine.partnership.campaign.brand.team])
        assert set(records.visible(everything, member)["creator_id"]) == {ids[0]}
        assert set(records.visible(everything, f.make_admin())["creator_id"]) == set(ids)
        assert records.visible(everything, f.portal_for(mine.partnership.creator)).empty


@pytest.mark.django_db
class TestRating:
    def test_a_person_rates_once_and_may_change_it(self) -> None:
        partnership = f.signed().partnership
        admin = f.make_admin()
        partnerships.rate(partnership, by=admin, score=2)
        partnerships.rate(partnership, by=admin, score=4, remark=" Quick and kind ")
        held = PartnershipRating.objects.get()
        assert (held.score, held.remark) == (4, "Quick and kind")
        assert records.record("ratings", [partnership.creator_id])["score"].tolist() == [4]

    def test_only_after_work_only_in_range_only_by_us(self) -> None:
        partnership = f.make_partnership()
        with pytest.raises(Conflict, match="Work together first"):
            partnerships.rate(partnership, by=f.make_admin(), score=3)
        signed = f.signed().partnership
        with pytest.raises(ValidationError):
            partnerships.rate(signed, by=f.make_admin(), score=6)
        with pytest.raises(Denied):
            partnerships.rate(signed, by=f.portal_for(signed.creator), score=5)
        assert not PartnershipRating.objects.visible_to(f.portal_for(signed.creator)).exists()
