"""What happens between a creator and us is in the table that Find reads as soon as the event is handled."""

from __future__ import annotations

from typing import Any

import pytest

from campaigns import partnerships
from creators import tagging
from creators.custom import fields
from creators.models import DiscoveryRow
from tests.campaigns.factories import accepted, drafted, make_admin, make_creator, make_partnership, signed

pytestmark = pytest.mark.django_db


def row(creator: Any) -> DiscoveryRow:
    return DiscoveryRow.objects.get(account__creator=creator)


def test_standing_and_deals_follow_the_partnership(drain_events: Any) -> None:
    creator = make_creator()
    partnership = make_partnership(creator=creator)
    drain_events()
    assert (row(creator).standing, row(creator).deals) == ("invited", 0)

    offer = accepted(partnership)
    drain_events()
    assert (row(creator).standing, row(creator).deals) == ("negotiating", 2)

    agreement = signed(drafted(offer))
    drain_events()
    assert row(creator).standing == "working"
    labels = row(creator).labels
    assert labels  # the client among them

    partnerships.cancel_partnership(agreement.partnership, by=make_admin(), reason="Brand stopped")
    drain_events()
    assert row(creator).standing == "cancelled"
    assert row(creator).labels != labels


def test_tags_and_own_fields_follow_an_edit(drain_events: Any) -> None:
    admin, creator = make_admin(), make_creator()
    field = fields.create_field(by=admin, label="Shoe size", kind="number")
    drain_events()
    tagging.tag([creator.pk], ["Runner"], by=admin)
    fields.set_values(creator, {field.key: 42}, by=admin)
    drain_events()
    assert row(creator).custom == {field.key: 42}
    tagged = row(creator).labels
    tagging.untag([creator.pk], ["Runner"], by=admin)
    drain_events()
    assert len(row(creator).labels) == len(tagged) - 1
