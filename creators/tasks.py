"""Jobs of this room by name; each is a thin wrapper around one verb and safe to run twice."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.schedules import crontab
from django.utils.timezone import localdate, now

from krm.events import enqueue
from krm.events.leases import once, run_once

SCHEDULE = {
    "creators.rescan_dossiers": crontab(hour=20, minute=30),  # 03:30 in Jakarta, after the nightly scores
    "creators.find_duplicates": crontab(hour=19, minute=30),  # 02:30 in Jakarta
    "creators.remind_tasks": crontab(hour=1, minute=0),  # 08:00 in Jakarta
    "creators.take_due": 30.0,
    "creators.reports_due": 60.0,
    "creators.consents_daily": crontab(hour=2, minute=30),  # 09:30 in Jakarta
    "creators.renew_consents": 3600.0,
    "creators.keep_feeds": 600.0,
    "creators.schedule_missed": 3600.0,
    "creators.make_partitions": crontab(hour=17, minute=10),  # 00:10 in Jakarta
    "creators.pull_hashtags": 300.0,
    "creators.forget_comments": crontab(hour=19, minute=20),
    "creators.check_discovery": crontab(hour=20, minute=10),
    "creators.scan_safety_stale": crontab(hour=17, minute=30),  # 00:30 in Jakarta, before the scores
    "creators.score_all": crontab(hour=18, minute=0),
    "creators.compare_forecasts": crontab(hour=20, minute=15),
}

SCORE_BATCH = 5_000
SAFETY_BATCH = 500


@shared_task(name="creators.score_accounts")
def score_accounts(account_ids: list[int]) -> None:
    from creators.scoring_runs import score_accounts as score

    score(account_ids)


@shared_task(name="creators.score_all")
def score_all() -> None:
    """Nightly: draw the peers afresh, then hand out every account in batches."""
    run_once("creators.score_all", localdate().isoformat(), draw_and_hand_out)


def draw_and_hand_out() -> None:
    from creators import benchmarks

    benchmarks.rebuild()
    hand_out_scoring()


def hand_out_scoring() -> int:
    from creators.scoring_runs import due_for_scoring

    after, batches = 0, 0
    while ids := due_for_scoring(after=after, limit=SCORE_BATCH):
        enqueue("creators.score_accounts", ids)
        after = ids[-1]
        batches += 1
    return batches


@shared_task(name="creators.keep_forecasts")
def keep_forecasts(account_ids: list[int]) -> None:
    from creators.forecasting import keep

    keep(account_ids)


@shared_task(name="creators.compare_forecasts")
def compare_forecasts() -> None:
    """Daily: what posts reached, beside what was forecast."""
    from creators.forecasting import compare

    run_once("creators.compare_forecasts", localdate().isoformat(), compare)


@shared_task(name="creators.retier")
def retier() -> None:
    from creators.tiers import retier as place

    place()


@shared_task(name="creators.make_partitions")
def make_partitions() -> None:
    """Months ahead and a home for waiting rows; retention where `KRM_SNAPSHOT_MONTHS` asks for it."""
    from django.conf import settings

    from creators import partitions

    today = localdate()
    if not once("creators.make_partitions", today.isoformat()):
        return
    partitions.make_ahead(today)
    keep = int(getattr(settings, "KRM_SNAPSHOT_MONTHS", 0) or 0)
    if keep > 0:
        partitions.detach_before(partitions.months_back(today, keep))


@shared_task(name="creators.forget_comments")
def forget_comments() -> None:
    """Once a day: what people wrote is not kept for ever (`KRM_COMMENT_DAYS`)."""
    from datetime import timedelta

    from django.conf import settings

    from creators import ingest

    if settings.KRM_COMMENT_DAYS > 0 and once("creators.forget_comments", localdate().isoformat()):
        ingest.forget_comments(now() - timedelta(days=settings.KRM_COMMENT_DAYS))


@shared_task(name="creators.find_duplicates")
def find_duplicates() -> None:
    """Nightly: which creators may be one person."""
    from creators.duplicates import finding

    run_once("creators.find_duplicates", localdate().isoformat(), finding.refresh)


@shared_task(name="creators.rescan_dossiers")
def rescan_dossiers() -> None:
    """Nightly: expire dossiers that are over, look again at the ground of those that stand."""
    from creators.dossiers import vetting

    run_once("creators.rescan_dossiers", localdate().isoformat(), vetting.nightly)


@shared_task(name="creators.remind_tasks")
def remind_tasks() -> None:
    """Each morning: tell people of the tasks that are due or late."""
    from creators import todos

    run_once("creators.remind_tasks", localdate().isoformat(), todos.remind)


@shared_task(name="creators.pull_hashtags")
def pull_hashtags() -> None:
    """Every five minutes: search the hashtags that are due. Two at once take different ones."""
    from creators.listening import hashtags

    hashtags.pull_due()


@shared_task(name="creators.read_mention", bind=True, max_retries=8)
def read_mention(self: Any, mentioned_id: str, media_id: str, comment_id: str = "") -> None:
    """What a webhook named; a platform that is busy is asked again, in ten minutes at most."""
    from creators.listening import mentions

    try:
        mentions.read(mentioned_id, media_id, comment_id)
    except mentions.TryLater as later:
        raise self.retry(exc=later, countdown=min(600, 15 * 2**self.request.retries)) from None


@shared_task(name="creators.take_due")
def take_due() -> None:
    """Each half minute: lease what is due and queue the pulls. Two at once take different rows."""
    from creators.pulling import runner

    runner.hand_out()


@shared_task(name="creators.schedule_missed")
def schedule_missed() -> None:
    from creators.pulling import schedule

    if once("creators.schedule_missed", f"{now():%Y-%m-%dT%H}"):
        schedule.add_missed()


@shared_task(name="creators.pull_accounts")
def pull_accounts(account_ids: list[int], token: str, interactive: bool = False) -> None:
    from creators.pulling import runner

    runner.pull(account_ids, token, interactive=interactive)


@shared_task(name="creators.reports_due")
def reports_due() -> None:
    """Each minute: ask vendors again for what they had not ready. Two at once ask for different reports."""
    from creators.vendors import reports

    for report_id in reports.due():
        reports.read(report_id)


@shared_task(name="creators.read_reports")
def read_reports(report_ids: list[int]) -> None:
    from creators.vendors import reports

    for report_id in report_ids:
        reports.read(report_id)


@shared_task(name="creators.refresh_discovery")
def refresh_discovery(account_ids: list[int], words: bool = True) -> None:
    """Rows of the search table, and the words of the accounts where what they wrote has changed."""
    from creators.finding import sketches, table
    from creators.finding import words as vocabulary

    table.refresh(account_ids)
    if words:
        vocabulary.refresh(account_ids)
        sketches.refresh(account_ids)


@shared_task(name="creators.check_discovery")
def check_discovery() -> None:
    """Nightly: every row of the search table against what it was made of."""
    run_once("creators.check_discovery", localdate().isoformat(), hand_out_discovery)


def hand_out_discovery() -> int:
    from creators.finding import table
    from creators.finding import words as vocabulary

    vocabulary.count_accounts()
    batches = 0
    for ids in table.batches():
        enqueue("creators.refresh_discovery", ids)
        batches += 1
    return batches


@shared_task(name="creators.consents_daily")
def consents_daily() -> None:
    """Each morning: remind owners whose consent ends or ended."""
    from creators.consents import health

    if once("creators.consents_daily", localdate().isoformat()):
        health.remind()


@shared_task(name="creators.renew_consents")
def renew_consents() -> None:
    """Each hour: renew tokens that are read too seldom to be renewed in passing; empty what nobody chose."""
    from creators.consents import connect, health

    if once("creators.renew_consents", f"{now():%Y-%m-%dT%H}"):
        connect.forget_unfinished()
        health.renew_dying()


@shared_task(name="creators.scan_safety")
def scan_safety(account_ids: list[int]) -> None:
    """Read what is new in the words of these accounts and under their posts; their scores follow."""
    from creators.safety import scanning

    scanning.rescan(account_ids)


@shared_task(name="creators.scan_safety_stale")
def scan_safety_stale() -> None:
    """Nightly, and when a pack changed: hand out every account with posts; each finds what it has to read."""
    from creators.safety.scanning import stale_accounts

    after = 0
    while ids := stale_accounts(after=after, limit=SAFETY_BATCH):
        enqueue("creators.scan_safety", ids)
        after = ids[-1]


@shared_task(name="creators.keep_feeds")
def keep_feeds() -> None:
    """Each ten minutes: ask YouTube's hub for uploads of watched channels, and renew leases that end soon."""
    from creators.pulling import feeds

    feeds.keep()
