"""Books of vendor credits and the reports they bought. No vendor was asked: the sandbox's answers are read in process.

Every report says so in `raw_ref`, every purchase in its note.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import time_machine
from django.conf import settings
from django.utils import timezone

from creators import scoring_runs, summary
from creators.models import AudienceReport, SocialAccount
from creators.platforms.hypeauditor import schema as hypeauditor
from creators.platforms.modash import schema as modash
from creators.vendors import credits, reports
from creators.vendors.base import Report, Subject
from krm.accounts.models import User
from krm.connectors.outcomes import Kind
from krm.local.sandbox import tokens, vendors, world
from krm.local.sandbox.state import State
from krm.local.sandbox.wire import Request

NOTE = "Demo: tidak ada pembelian sungguhan"
SOURCE = "demo"  # how `raw_ref` of an invented report begins
BOUGHT = (("hypeauditor", 138, 30), ("hypeauditor", 47, 20), ("modash", 110, 40))  # vendor, days ago, credits
ASKED = (  # vendor, days ago; each on the next account
    ("hypeauditor", 131), ("hypeauditor", 128), ("modash", 104), ("hypeauditor", 97), ("modash", 96), ("hypeauditor", 95),
    ("modash", 71), ("hypeauditor", 66), ("hypeauditor", 64), ("modash", 41), ("hypeauditor", 38), ("modash", 36),
    ("hypeauditor", 19), ("modash", 12), ("hypeauditor", 9), ("hypeauditor", 5), ("modash", 3), ("hypeauditor", 2),
)  # fmt: skip


def load(users: dict[str, User], sandbox: State, now: datetime) -> None:
    chosen = accounts()
    for vendor, days, number in BOUGHT:
        with time_machine.travel(now - timedelta(days=days), tick=True):
            credits.grant(vendor, Decimal(number), by=users["admin"], note=NOTE)
    credits.set_rules("hypeauditor", by=users["admin"], monthly_credits=Decimal(15))
    credits.set_rules("modash", by=users["admin"], monthly_credits=Decimal(10), cache_days=45)
    ready = []
    for (vendor, days), account in zip(ASKED, chosen, strict=False):
        who = users["manager" if days % 3 else "reviewer"]
        ready.append(
            bought(account, vendor, by=who, sandbox=sandbox, then=now - timedelta(days=days)).account_id
        )
    with time_machine.travel(now - timedelta(days=7), tick=True):
        refused = ask(chosen[len(ASKED)], "hypeauditor", by=users["manager"])
        reports.give_up(refused, reports.ENDS[Kind.UNAVAILABLE])
    if settings.SANDBOX_URL and settings.PLATFORM_URLS["modash"] == settings.SANDBOX_URL:
        waiting = ask(chosen[len(ASKED) + 1], "modash", by=users["manager"])  # the sandbox will answer it
        AudienceReport.objects.filter(pk=waiting.pk).update(next_try_at=now)
    summary.refresh(ready)
    scoring_runs.score_accounts(ready, at=now)


def accounts() -> list[SocialAccount]:
    """The largest Instagram accounts whose audience nobody showed us, those with bought followers first."""
    there = {
        row.external_id: row
        for row in SocialAccount.objects.filter(is_demo=True, platform="instagram").order_by("-followers")
    }
    closed = [a for a in world.demo_accounts() if a.platform == "instagram" and not a.consent]
    closed.sort(key=lambda a: -a.target)
    bought_ = [a for a in closed if a.story == "bought"][:5]
    plain = [a for a in closed if a.story != "bought"]
    mixed = [
        a for four in range(0, 20, 4) for a in (*plain[four : four + 4], *bought_[four // 4 : four // 4 + 1])
    ]
    return [there[a.external_id] for a in mixed if a.external_id in there]


def ask(account: SocialAccount, vendor: str, *, by: User) -> AudienceReport:
    """As `reports.request_report`, which would want the vendor's key."""
    price = credits.budget_of(vendor).report_credits
    report = AudienceReport.objects.create(
        account=account, vendor=vendor, requested_by=by, requested_at=timezone.now(), credits=price,
        raw_ref=f"{SOURCE}/{vendor}",
    )  # fmt: skip
    credits.reserve(report, price, by=by)
    return report


def bought(
    account: SocialAccount, vendor: str, *, by: User, sandbox: State, then: datetime
) -> AudienceReport:
    with time_machine.travel(then, tick=True):
        report = ask(account, vendor, by=by)
    with time_machine.travel(then + timedelta(minutes=11), tick=True):
        reports.arrive(report, answer(account, vendor, sandbox), timezone.now())
        AudienceReport.objects.filter(pk=report.pk).update(raw_ref=f"{SOURCE}/{vendor}/{account.handle}")
    return report


def answer(account: SocialAccount, vendor: str, sandbox: State) -> Report:
    """What the sandbox's vendor says at this moment, read as a real answer is read."""
    subject = Subject(account.pk, account.platform, account.handle, account.external_id or "")
    client, secret = tokens.APPS[vendor]
    if vendor == "hypeauditor":
        path, query = "/api/method/auditor.report/", {"username": account.handle, "v": "2"}
        headers = {"x-auth-id": client, "x-auth-token": secret}
    else:
        path, query = f"/v1/{account.platform}/profile/{account.handle}/report", {}
        headers = {"authorization": f"Bearer {secret}"}
    body = {}
    for _asked in range(2):  # the first time it is being made
        body = vendors.handle(Request("GET", path, query, headers, b"", sandbox)).body
    if vendor == "hypeauditor":
        return hypeauditor.report(body["result"], subject, timezone.now(), "auditor.report")
    return modash.report(body, subject, timezone.now())
