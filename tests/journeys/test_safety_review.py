"""A post is flagged; a reviewer decides with the keyboard; the profile and the score follow."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.utils.timezone import now
from playwright.sync_api import expect

from creators.models import Post, SafetyFlag, SocialAccount
from creators.safety import packs, scanning
from creators.scoring import safety
from creators.scoring_runs import score_accounts

CAPTIONS = ("Link slot gacor di bio, depo 10k maxwin", "Seruan: coblos nomor 2 #ad @kopikita")


def test_safety_review(person: Any, world: Any) -> None:
    packs._BOOKS.clear()
    account = SocialAccount.objects.exclude(creator=None).order_by("pk").first()
    assert account is not None
    for number, caption in enumerate(CAPTIONS):
        Post.objects.create(
            account=account, platform=account.platform, external_id=f"safety{number}", caption=caption,
            published_at=now() - timedelta(days=1),
        )  # fmt: skip
    scanning.scan_accounts([account.pk])
    first = SafetyFlag.objects.get(post__external_id="safety0", category="gambling")

    staff = person(world.users["manager"])
    page = staff.go("/creators/safety/")
    expect(page.get_by_role("row").nth(1)).to_contain_text("s••• g••••")
    staff.look()
    page.get_by_role("link", name="Review one by one").click()
    expect(page).to_have_url(re.compile(rf"/safety/flags/{first.pk}/"))
    staff.look()
    expect(page.locator(".evidence")).not_to_contain_text("slot gacor")
    page.keyboard.press("r")
    expect(page.locator(".evidence")).to_contain_text("slot gacor")
    page.keyboard.press("c")
    second = SafetyFlag.objects.get(post__external_id="safety1", category="politics")
    expect(page).to_have_url(re.compile(rf"/safety/flags/{second.pk}/"))
    page.wait_for_load_state("load")
    page.keyboard.press("d")
    expect(page.get_by_label("Why it is no concern")).to_be_focused()
    page.keyboard.type("Quotes somebody")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/creators/safety/$"))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.reason) == ("confirmed", "dismissed", "Quotes somebody")

    score_accounts([account.pk], definitions=[safety.DEFINITION])
    page = staff.go(f"/creators/{account.creator_id}/?tab=safety")
    expect(page.get_by_text("Decided by the worst category: Gambling (judol).")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("@kopikita"))).to_be_visible()
    staff.look()
