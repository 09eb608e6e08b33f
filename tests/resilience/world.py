"""A compact agency with rows in every state that a task looks at, made by verbs; and what a database holds, in words.

`build()` fills the database that Django is connected to; `state()` says what it holds in a form in which two databases
that mean the same are equal: numbers of rows that tasks made are replaced by what those rows say.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.db import connection

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)  # a Friday morning in Jakarta

# What may differ between two runs that mean the same, and why.
NOT_COMPARED: dict[str, str] = {
    "events_lease": "a lease says who was first, not what was done",
    "events_delivery.attempts": "how often, not whether",
    "creators_accountschedule.due_at": "jitter: due times are spread at random on purpose",
    "creators_accountschedule.lease_token": "a lease",
    "creators_accountschedule.lease_until": "a lease",
    "creators_accountschedule.last_attempt_at": "when, not whether",
    "creators_discoveryterm.accounts": "counted nightly, of what the night before had written",
    "creators_discoveryrow.refreshed_at": "when, not whether",
    "connectors_rawresponse": "a log: every answer of a platform is kept for a while",
    "connectors_outcomecount": "a log: how often each kind of answer came",
    "accounts_invitation.digest": "the hash of a random token",
    "accounts_loginlink.digest": "the hash of a random token",
    "briefs_asset.file": "files get a random name",
    "briefs_asset.preview": "files get a random name",
    "briefs_uploadchunk.path": "files get a random name",
    "web_job.heartbeat_at": "a heartbeat",
    "web_job.attempts": "how often, not whether",
    "pghistory_context": "a log",
}
EVENT_KEY = re.compile(
    r"^([a-z_]+\.[a-z_]+:)(\d+)$"
)  # a notification's key that names an event by its number
PASSING = {"creators.scores_updated"}  # events that say that a figure moved, as often as it did
# Everywhere: clocks of the database (the tests stop only Python's clock) and numbers of history rows.
ANYWHERE = {"created_at", "updated_at", "pgh_created_at", "pgh_id", "pgh_context_id"}


def stopped() -> Any:
    """The clock stands still, so that no difference comes from time that passed."""
    return time_machine.travel(NOW, tick=False)


def build() -> None:
    with stopped():
        _accounts()
        _events_and_mail()
        _negotiations()
        _content()
        _money()
        _jobs_and_uploads()
        _known_creators()
        from krm.events.models import Event

        assert Event.objects.filter(relayed_at=None).count() > 30  # the relay finds its work


def _accounts() -> None:
    """Accounts without a schedule, with old figures, due and leased; the nightly jobs' raw material."""
    from creators import ingest
    from creators.ingest import AccountReading, PostReading
    from creators.pulling import schedule
    from tests.campaigns import factories as f

    made = [
        f.make_creator(platform, followers=9_000 * n)
        for n in range(1, 5)
        for platform in ("instagram", "tiktok")
    ]
    readings, posts = [], []
    for number, creator in enumerate(made):
        account = creator.primary_account
        for days in (0, 1, 40, 400):
            readings.append(
                AccountReading(
                    account_id=account.pk,
                    source="platform_public",
                    as_of=(NOW - timedelta(days=days)).date(),
                    observed_at=NOW - timedelta(days=days, hours=1),
                    followers=account.followers - days * 10,
                )
            )
        for post in range(12):
            posts.append(
                PostReading(
                    account_id=account.pk,
                    platform=account.platform,
                    external_id=f"post-{number}-{post}",
                    source="platform_public",
                    as_of=NOW.date(),
                    observed_at=NOW - timedelta(hours=1),
                    kind="video",
                    published_at=NOW - timedelta(days=3 * post + 2),
                    likes=100 * post + number,
                    comments=7 * post,
                    views=9_000 + post,
                )
            )
    ingest.account_snapshots(readings)
    ingest.posts(posts)
    assert schedule.take_one(made[0].primary_account.pk) is not None


def _events_and_mail() -> None:
    from django.db import transaction

    from creators.models import Creator
    from krm.accounts import invitations, links
    from krm.connectors import credentials, inbox
    from krm.connectors.credentials import Tokens
    from krm.connectors.models import InboundEvent
    from krm.events import notify, record, webhooks
    from krm.events.models import Event, Notification
    from tests.campaigns import factories as f

    admin = f.make_admin()
    for email, role in (("new@agency.example", "viewer"), ("again@agency.example", "finance")):
        invitations.invite(by=admin, email=email, role=role, all_teams=True)
    guest = f.portal_for(f.make_creator())
    links.request_link(guest.email, ip="198.51.100.7")
    old = links.request_link(guest.email, ip="198.51.100.8")
    if old is not None:
        type(old).objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=400))
    webhooks.create_endpoint(
        by=admin, name="Ledger of the client", url="https://hooks.example/krm", patterns=["*"]
    )
    creator = Creator.objects.earliest("pk")
    with transaction.atomic():
        for _number in range(3):
            record("creators.creator_updated", creator, actor=admin, data={"changed": ["city"]})
        notify("creators.import_done", [admin], creator, title="Import", key="import:1") if _known(
            "creators.import_done"
        ) else None
    Notification.objects.update(created_at=NOW - timedelta(hours=1))
    for number in range(3):
        inbox.receive("slack", {}, f'{{"n": {number}}}'.encode())
    InboundEvent.objects.filter(pk=InboundEvent.objects.earliest("pk").pk).update(
        state="done", received_at=NOW - timedelta(days=90), processed_at=NOW - timedelta(days=90)
    )
    for number, days in enumerate((-3, 2, 40)):
        credentials.save_credential(
            "tiktok",
            f"consent-{number}",
            Tokens("access", expires_at=NOW + timedelta(days=days)),
            by=admin,
            purpose="account",
        )
    assert Event.objects.exists()


def _known(kind: str) -> bool:
    from krm.events.notifications import kinds

    return kind in {found.name for found in kinds()}


def _negotiations() -> None:
    """Offers in every state, two of them overdue; agreements in every state; pieces of work due, late and done."""
    from campaigns import agreements, negotiation
    from campaigns.models import Deliverable, Offer
    from tests.campaigns import factories as f

    admin = f.make_admin()
    campaign = f.make_campaign(by=admin, budget=Decimal(900_000_000))
    for ending in ("sent", "overdue", "overdue", "countered", "declined", "withdrawn"):
        offer = f.make_offer(f.make_partnership(campaign, by=admin), by=admin)
        person = f.portal_for(offer.partnership.creator)
        if ending == "overdue":
            Offer.objects.filter(pk=offer.pk).update(expires_at=NOW - timedelta(minutes=5))
        elif ending == "countered":
            negotiation.counter(offer, by=person, lines=f.LINES)
        elif ending == "declined":
            negotiation.decline(offer, by=person)
        elif ending == "withdrawn":
            negotiation.withdraw(offer, by=admin)
    accepted = f.accepted(f.make_partnership(campaign, by=admin))
    agreements.draft(accepted.partnership, by=admin)
    for schedule in ("half", "deliverables"):
        signed = f.signed(f.drafted(f.accepted(f.make_partnership(campaign, by=admin)), schedule=schedule))
        for number, piece in enumerate(Deliverable.objects.filter(agreement=signed)):
            Deliverable.objects.filter(pk=piece.pk).update(
                publish_on=NOW + timedelta(days=(3, -1, 0)[number % 3])
            )
    milestone = signed.milestones.first()
    if milestone is not None:
        type(milestone).objects.filter(pk=milestone.pk).update(
            trigger="on_date", deliverable=None, due_on=(NOW - timedelta(days=1)).date()
        )
    f.deliverable_in("accepted", f.signed(f.drafted(f.accepted(f.make_partnership(campaign, by=admin)))))


def _content() -> None:
    """Drafts whose review is due soon, late, very late; rights that end."""
    from briefs.models import ApprovalStep, UsageRight
    from krm.accounts.models import BrandTeam, User
    from tests.briefs import factories as b

    team = BrandTeam.objects.create(name="Content team")
    manager = User.objects.create_user("content@krm.example", "x", role="campaign_manager", name="Content")
    manager.teams.set([team])
    made = b.world(team, manager)
    b.published_brief(made.campaign, manager)
    for hours in (3, -1, -72):
        piece = b.add_deliverable(made.partnership, state="drafting")
        draft = b.submitted_draft(piece, manager)
        ApprovalStep.objects.filter(draft=draft, state="open").update(
            due_at=NOW + timedelta(hours=hours), next_action_at=NOW - timedelta(minutes=1)
        )
    asset = b.uploaded(made.deliverable, manager)
    for days in (14, 3, 0, -2, 90):
        UsageRight.objects.create(
            asset=asset, channel=f"Ads {days}",
            starts=(NOW - timedelta(days=60)).date(), ends=(NOW + timedelta(days=days)).date(),
        )  # fmt: skip


def _money() -> None:
    """Invoices in every state, some overdue; a payment that came back; a bank change whose notice waits."""
    from payments import payees, payouts
    from payments.models import Invoice
    from tests.payments.factories import Cast

    cast = Cast([3_000_000] * 7)
    lines = [[claim] for claim in cast.claims()]
    cast.draft(lines=lines[0])
    cast.submitted(lines=lines[1])
    cast.submitted(lines=[{**lines[2][0], "amount": Decimal(3_000_001)}])
    late = cast.approved(lines=lines[3])
    Invoice.objects.filter(pk=late.pk).update(due_on=(NOW - timedelta(days=4)).date())
    cast.pay(cast.approved(lines=lines[4]))
    payouts.reverse_payment(cast.pay(cast.approved(lines=lines[5])), by=cast.finance, reason="account closed")
    cast.creator.email = "old-address@kol.example"
    cast.creator.save()
    cast.payee.refresh_from_db()
    payees.save_profile(
        cast.creator,
        by=cast.kol,
        kind="individual",
        legal_name=cast.payee.legal_name,
        nik=cast.payee.nik,
        bank_code="008",
        account_number="9988776655",
        account_holder=cast.payee.account_holder,
    )


def _known_creators() -> None:
    """Two that may be one person, a late task, signed dossiers, an old comment, reports that are awaited."""
    from creators import todos
    from creators.dossiers import vetting
    from creators.models import AudienceReport, CreatorTask, Post, PostComment, VettingLayer
    from krm.accounts.models import User
    from tests.campaigns import factories as f

    manager = User.objects.get(email="content@krm.example")
    twins = [f.make_creator("instagram"), f.make_creator("tiktok")]
    for twin in twins:
        type(twin).objects.filter(pk=twin.pk).update(email="twin@kol.example")
    todos.add_task(twins[0], by=manager, title="Ask for the media kit")
    CreatorTask.objects.update(due_on=(NOW - timedelta(days=2)).date())
    for creator, days in ((twins[0], 90), (twins[1], 1)):
        dossier = vetting.start(creator, by=manager)
        for layer in VettingLayer.values:
            dossier = vetting.sign_layer(dossier, by=manager, layer=layer, verdict="pass", remark="Read.")
        vetting.sign(dossier, by=manager, valid_until=(NOW + timedelta(days=days)).date())
    post = Post.objects.earliest("pk")
    PostComment.objects.create(
        post=post, account=post.account, external_id="old", author_key="a", text="Bagus", source="platform_public",
        published_at=NOW - timedelta(days=900), observed_at=NOW - timedelta(days=900),
    )  # fmt: skip
    for vendor in ("hypeauditor", "modash"):
        AudienceReport.objects.create(
            account=post.account, vendor=vendor, requested_at=NOW - timedelta(hours=1), next_try_at=NOW
        )


def _jobs_and_uploads() -> None:
    from krm.web import jobs
    from krm.web.models import Job
    from tests.campaigns import factories as f

    admin = f.make_admin()
    jobs.start(KIND, by=admin, title="A count", params={})
    Job.objects.filter(pk=jobs.start(KIND, by=admin, title="Its worker is gone", params={}).pk).update(
        state="running",
        attempts=1,
        started_at=NOW - timedelta(hours=1),
        heartbeat_at=NOW - timedelta(hours=1),
    )


KIND = "resilience.count"


def waiting_upload() -> None:
    """A file that is here in two pieces and waits for a worker; made on each copy, for its pieces lie in a folder."""
    import uuid

    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    from briefs.models import Upload, UploadChunk
    from campaigns.models import Deliverable
    from krm.accounts.models import User
    from tests.briefs.factories import picture

    manager = User.objects.get(email="content@krm.example")
    piece = Deliverable.objects.filter(partnership__campaign__owner=manager).earliest("pk")
    for number, (content, days) in enumerate(((picture(), 1), (b"not a picture", 1), (picture(), -1))):
        upload = Upload.objects.create(
            id=uuid.UUID(int=number + 1),
            user=manager,
            campaign=piece.partnership.campaign,
            deliverable=piece,
            filename=f"kopi{number}.jpg",
            declared_type="image/jpeg",
            size=len(content),
            offset=len(content),
            state="assembling" if days > 0 else "open",
            expires_at=NOW + timedelta(days=days),
        )
        for start, half in ((0, content[:9]), (9, content[9:])):
            path = default_storage.save(f"incoming/{upload.pk}/{start:012d}", ContentFile(half))
            UploadChunk.objects.create(upload=upload, start=start, length=len(half), path=path)
    Upload.objects.update(updated_at=NOW - timedelta(hours=1))


# What a database holds ---------------------------------------------------------------------------------------


def tables() -> list[str]:
    with connection.cursor() as cursor:
        found = set(connection.introspection.table_names(cursor))
        cursor.execute("SELECT relname FROM pg_class WHERE relispartition")
        return sorted(found - {name for (name,) in cursor.fetchall()})


def rows_of(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t')
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def references() -> dict[tuple[str, str], str]:
    """(table, column) → the table that its foreign key points to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 1"
        )
        return {(table, column): target for table, column, target in cursor.fetchall()}


def known_ids() -> dict[str, set[Any]]:
    """Numbers of the rows that were there before any task ran."""
    return {table: {row["id"] for row in rows_of(table) if "id" in row} for table in tables()}


def state(known: dict[str, set[Any]], *, history: bool = True) -> dict[str, list[str]]:
    """Every table as a sorted list of its rows; a row that a task made is known by what it says, not by its number."""
    everything = {
        table: rows_of(table)
        for table in tables()
        if table not in NOT_COMPARED and (history or not _is_history(table))
    }
    if not history:
        _leave_out_the_way(everything)
    targets = references()
    by_id = {
        table: {row["id"]: row for row in rows if "id" in row and row["id"] not in known.get(table, set())}
        for table, rows in everything.items()
    }

    def words(table: str, row: dict[str, Any]) -> str:
        said = {}
        for column, value in row.items():
            if column in ANYWHERE or f"{table}.{column}" in NOT_COMPARED:
                continue
            target = table if column == "id" else targets.get((table, column))
            if target is not None and value in by_id.get(target, {}):
                value = "new" if column == "id" else mark(target, by_id[target][value])
            if (table, column) == ("creators_discoveryrow", "labels"):
                labels = by_id["creators_discoverylabel"]
                value = sorted(
                    mark("creators_discoverylabel", labels[pk]) if pk in labels else str(pk) for pk in value
                )
            if (table, column) == ("events_notification", "key"):
                value = EVENT_KEY.sub(known_event, value)
            said[column] = value
        return json.dumps(said, sort_keys=True, default=str)

    def known_event(found: re.Match[str]) -> str:
        event = by_id["events_event"].get(int(found[2]))
        return found[1] + mark("events_event", event) if event else found[0]

    def mark(table: str, row: dict[str, Any]) -> str:
        return hashlib.sha256(words(table, row).encode()).hexdigest()[:12]

    return {table: sorted(words(table, row) for row in rows) for table, rows in everything.items()}


def _leave_out_the_way(everything: dict[str, list[dict[str, Any]]]) -> None:
    """Scores that others replaced, and that they were announced: how often depends on what was read when."""
    everything["creators_score"] = [row for row in everything["creators_score"] if row["is_current"]]
    passing = {row["id"] for row in everything["events_event"] if row["name"] in PASSING}
    everything["events_event"] = [row for row in everything["events_event"] if row["id"] not in passing]
    for table in ("events_delivery", "events_webhookdelivery"):
        everything[table] = [row for row in everything[table] if row["event_id"] not in passing]


def _is_history(table: str) -> bool:
    return table.endswith("event") and table not in ("events_event", "connectors_inboundevent")


def difference(one: dict[str, list[str]], other: dict[str, list[str]]) -> str:
    """In which tables two states differ, and by which rows."""
    lines = []
    for table in sorted(one.keys() | other.keys()):
        first, second = list(one.get(table, [])), list(other.get(table, []))
        for row in list(first):
            if row in second:
                first.remove(row)
                second.remove(row)
        lines += [f"- {table}: {row[:600]}" for row in first[:4]] + [
            f"+ {table}: {row[:600]}" for row in second[:4]
        ]
    return "\n".join(lines)


@contextmanager
def queue() -> Iterator[list[tuple[str, tuple[Any, ...]]]]:
    """What is queued meanwhile, in order, instead of going to a broker."""
    from celery import current_app

    sent: list[tuple[str, tuple[Any, ...]]] = []
    plain = current_app.send_task

    def keep(name: str, args: Any = (), **options: Any) -> None:
        sent.append((name, tuple(args)))

    current_app.send_task = keep
    try:
        yield sent
    finally:
        current_app.send_task = plain
