"""The demo agency's part: it can be shown, and nothing of it stays."""

from __future__ import annotations

from typing import Any

from creators.models import Creator, CreatorTask, CustomField, DuplicatePair, MergeRecord
from krm.local.demo import know
from krm.local.demo.remove import remove
from tests.creators.factories import CreatorFactory, SocialAccountFactory


def test_the_demo_has_fields_tasks_duplicates_and_merges(admin_user: Any, staff: Any) -> None:
    for nr in range(6):
        creator = CreatorFactory(
            is_demo=True, email=f"demo{nr}@example.com", phone=f"+62811551300{nr}", followers=1000 * (6 - nr)
        )
        SocialAccountFactory(creator=creator, is_demo=True)
    know.load(staff(), admin_user)
    assert DuplicatePair.objects.open().count() == 2
    assert max(pair.confidence for pair in DuplicatePair.objects.open()) >= 0.9
    assert sorted(record.undone_at is None for record in MergeRecord.objects.all()) == [False, True]
    assert CreatorTask.objects.filter(done_at=None).count() == 3
    assert Creator.objects.exclude(custom={}).count() == 6
    remove(lambda _line: None)
    assert not CustomField.objects.exists()
