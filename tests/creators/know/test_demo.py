"""The demo agency's part: it can be shown, and nothing of it stays."""

from __future__ import annotations

from typing import Any

from creators.models import Creator, CreatorTask, CustomField, Dossier, DuplicatePair
from krm.local.demo import know
from krm.local.demo.remove import remove
from tests.creators.factories import CreatorFactory, SocialAccountFactory


def test_the_demo_has_fields_tasks_a_duplicate_and_a_signed_dossier(admin_user: Any, staff: Any) -> None:
    for nr in range(3):
        creator = CreatorFactory(is_demo=True, email=f"demo{nr}@example.com", followers=1000 * (3 - nr))
        SocialAccountFactory(creator=creator, is_demo=True)
    know.load(staff(), admin_user)
    assert Dossier.objects.get().state == "signed"
    assert DuplicatePair.objects.get().confidence >= 0.9
    assert CreatorTask.objects.filter(done_at=None).count() == 2
    assert Creator.objects.exclude(custom={}).count() == 3
    remove(lambda _line: None)
    assert not CustomField.objects.exists()
