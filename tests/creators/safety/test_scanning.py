"""Reading posts, deciding about flags, changing packs, telling people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils.timezone import now

from creators import scoring_runs
from creators.models import BrandMention, PostComment, PostText, SafetyFlag, SafetyPack, Score
from creators.safety import packs, reading, review, rules, scanning
from creators.scoring import safety
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from tests.creators.factories import PostFactory, SocialAccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_books() -> None:
    packs._BOOKS.clear()


def post(caption: str, **more: Any) -> Any:
    return PostFactory(caption=caption, **{"published_at": now() - timedelta(days=3), **more})


def comment(under: Any, text: str, number: int) -> PostComment:
    return PostComment.objects.create(
        post=under, account=under.account, external_id=f"c{number}", author_key=f"k{number}", text=text,
        source="platform_public", observed_at=now() - timedelta(hours=1),
    )  # fmt: skip


def scan(*posts: Any, **more: Any) -> scanning.Scanned:
    return scanning.scan_accounts([one.account_id for one in posts], **more)


def test_a_post_is_flagged_with_evidence_and_brands_are_kept() -> None:
    one = post("Slot gacor hari ini! #iklan @kopikita")
    done = scan(one)
    flag = SafetyFlag.objects.get(post=one, category="gambling")
    assert (done.posts, flag.severity, flag.origin, flag.source, flag.state) == (
        1, "floor", "rule", "gambling:judol", "open",
    )  # fmt: skip
    start, end = flag.evidence["spans"][0]
    assert flag.evidence["excerpt"][start:end] == "Slot gacor"
    mention = BrandMention.objects.get(post=one)
    assert (mention.brand, mention.sponsored) == ("kopikita", "yes")
    event = Event.objects.get(name="creators.safety_flagged")
    assert (event.data["account_id"], event.data["worst"]) == (one.account_id, "floor")
    assert "gacor" not in str(event.data)


def test_a_second_scan_reads_nothing_and_new_words_are_read() -> None:
    one = post("Pagi semua")
    scan(one)
    assert scan(one).posts == 0
    one.caption = "Vaksin itu racun"
    one.save()
    assert scan(one).posts == 1
    assert SafetyFlag.objects.filter(post=one, category="misinformation").exists()


def test_a_decision_outlives_scans_and_what_is_gone_no_longer_counts(staff: Any) -> None:
    one = post("Pakai kode ini, pasti profit!")
    scan(one)
    flag = SafetyFlag.objects.get(post=one, category="spam")
    review.dismiss(flag, by=staff("reviewer"), reason="Quotes somebody")
    scan(one, everything=True)
    flag.refresh_from_db()
    assert (flag.state, flag.reason, flag.is_current) == ("dismissed", "Quotes somebody", True)
    one.caption = "Tidak apa-apa"
    one.save()
    scan(one)
    flag.refresh_from_db()
    assert not flag.is_current
    assert flag.state == "dismissed"


def test_comments_are_counted_and_flagged_together() -> None:
    one = post("Halo semua")
    words = [
        "dasar goblok lo anjing",
        "tolol banget lo",
        "bangsat lo",
        "cantik banget kak",
        "suka banget",
        "semangat kak",
    ]
    for number, text in enumerate(words):
        comment(one, text, number)
    scan(one)
    row = PostText.objects.get(post=one)
    assert row.comments_read == 6 == row.positive + row.neutral + row.negative
    assert row.abusive >= 3
    flag = SafetyFlag.objects.get(post=one, place="comments", category="profanity")
    assert (flag.severity, flag.evidence["of"]) == ("low", 6)
    account = one.account
    assert reading.moods([account])[account.pk]["comments"] == 6


def test_a_transcript_is_read(staff: Any) -> None:
    one = post("Vlog hari ini")
    scanning.give_transcript(one, by=staff("campaign_manager"), text="yuk main slot gacor", source="by hand")
    scan(one)
    assert SafetyFlag.objects.get(post=one).place == "transcript"
    with pytest.raises(Denied):
        scanning.give_transcript(one, by=staff("viewer"), text="x", source="y")


def test_the_score_follows_flags_and_decisions(staff: Any) -> None:
    one = post("Link slot gacor di bio")
    scan(one)
    ids = [one.account_id]
    scoring_runs.score_accounts(ids, definitions=[safety.DEFINITION])
    first = Score.objects.get(account=one.account, kind="safety", is_current=True)
    assert first.value is not None
    assert first.value < 40
    assert reading.standings(ids)[one.account_id].worst == "gambling"
    review.dismiss(SafetyFlag.objects.get(post=one, category="gambling"), by=staff("reviewer"), reason="No")
    scoring_runs.score_accounts(ids, definitions=[safety.DEFINITION])
    assert Score.objects.get(account=one.account, kind="safety", is_current=True).value == 100


def test_a_band_that_changed_is_an_event_once(staff: Any, drain_events: Any) -> None:
    one = post("Link slot gacor di bio")
    scan(one)
    scoring_runs.score_accounts([one.account_id], definitions=[safety.DEFINITION])
    drain_events()
    assert not Event.objects.filter(name="creators.safety_changed").exists()
    review.dismiss(SafetyFlag.objects.get(post=one, category="gambling"), by=staff("reviewer"), reason="No")
    scoring_runs.score_accounts([one.account_id], definitions=[safety.DEFINITION])
    drain_events()
    event = Event.objects.get(name="creators.safety_changed")
    assert event.data["to"] == "low"
    from creators.safety import changes

    changes.after_scores(Event.objects.filter(name="creators.scores_updated").last())
    assert Event.objects.filter(name="creators.safety_changed").count() == 1


def test_the_owner_is_told_of_serious_flags(staff: Any, drain_events: Any) -> None:
    owner = staff("campaign_manager")
    account = SocialAccountFactory()
    account.creator.owner = owner
    account.creator.save()
    scan(post("Link slot gacor di bio", account=account))
    drain_events()
    assert Notification.objects.filter(user=owner, kind="creators.safety").count() == 1


def test_moves_that_are_not_allowed(staff: Any) -> None:
    one = post("Pasti profit ya")
    scan(one)
    flag = SafetyFlag.objects.get(post=one, category="spam")
    reviewer = staff("reviewer")
    with pytest.raises(ValidationError):
        review.dismiss(flag, by=reviewer, reason=" ")
    with pytest.raises(Denied):
        review.confirm(flag, by=staff("viewer"))
    review.escalate(flag, by=reviewer)
    review.confirm(flag, by=reviewer, severity="low")
    with pytest.raises(Conflict):
        review.escalate(flag, by=reviewer)
    held = SafetyFlag.objects.get(pk=flag.pk)
    assert (held.state, held.severity, held.decided_by) == ("confirmed", "low", reviewer)
    with pytest.raises(DatabaseError), transaction.atomic():  # the database knows the moves as well
        SafetyFlag.objects.filter(pk=flag.pk).update(state="dismissed", reason="x")
    review.reopen(held, by=reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyFlag.objects.filter(pk=flag.pk).update(state="dismissed", reason="", decided_at=now())


def test_many_at_once(staff: Any) -> None:
    rows = [post("Pasti profit"), post("Vaksin itu racun")]
    scan(*rows)
    flags = SafetyFlag.objects.all()
    assert review.decide_many(flags, "confirm", by=staff("reviewer")) == flags.count() == 2
    assert review.decide_many(flags, "escalate", by=staff("reviewer")) == 0


def test_an_administrator_changes_a_pack_and_posts_are_read_again(staff: Any) -> None:
    one = post("Minum jamu kuat")
    scan(one)
    assert not SafetyFlag.objects.exists()
    boss = staff("administrator")
    own = [{"id": "jamu", "category": "misinformation", "severity": "high", "terms": ["jamu kuat"]}]
    row = packs.change_pack("misinformation", by=boss, rules_given=own, note="Try")
    assert (row.version, packs.pack("misinformation")["rules"]) == (2, own)  # type: ignore[index]
    packs._BOOKS.clear()
    assert scan(one).posts == 1
    assert SafetyFlag.objects.get().source == "misinformation:jamu"
    with pytest.raises(Denied):
        packs.change_pack("misinformation", by=staff("reviewer"), rules_given=own)
    with pytest.raises(ValidationError):
        packs.change_pack("misinformation", by=boss, rules_given=[])
    packs.restore_pack("misinformation", by=boss)
    assert packs.pack("misinformation")["rules"] == rules.shipped()["misinformation"]["rules"]  # type: ignore[index]
    assert SafetyPack.objects.filter(is_current=True).count() == 0


def test_a_scan_takes_few_queries_however_many_posts(django_assert_max_num_queries: Any) -> None:
    account = SocialAccountFactory()
    for _ in range(30):
        post("Pasti profit, pakai kode RANI di @kopikita", account=account)
    packs.book()
    with django_assert_max_num_queries(32):
        scanning.scan_accounts([account.pk])
