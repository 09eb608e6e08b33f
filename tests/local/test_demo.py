"""The demo agency: what `demo_load` promises is there, and `demo_remove` takes all of it and nothing else."""

from __future__ import annotations

import io
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, models
from django.test import Client
from django.utils import timezone, translation

from krm.local import demo
from krm.local.pytest_plugin import WORKER
from tests.copies import Copies, copies  # noqa: F401

REMOVED_WITHIN = 60  # seconds, on a machine that is busy with other tests; 5 alone
# Filled by any work with accounts: the market's figures, not rows of somebody.
OF_THE_MARKET = {"creators_benchmarkrow", "creators_peersample"}


@pytest.fixture
def sandbox_state(tmp_path: Path) -> Path:
    return tmp_path / "sandbox"


@pytest.fixture
def agency(
    copies: Copies,  # noqa: F811
    sandbox_state: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A database in which `manage.py demo_load` has run, and the sandbox's file as it left it."""
    base = tmp_path_factory.getbasetemp()
    made = (
        base.parent if WORKER else base
    ) / "demo-sandbox"  # the world is made once for all parallel workers
    made.mkdir(exist_ok=True)

    def beside(folder: Path) -> None:
        for name in ("demo_load", "demo_remove"):
            monkeypatch.setattr(f"krm.local.management.commands.{name}.LOCAL", folder)

    beside(made)
    with copies.of("demo", lambda: call_command("demo_load", stdout=io.StringIO())) as database:
        shutil.copytree(made, sandbox_state)
        beside(sandbox_state)
        yield database


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Some of the demo's people read Indonesian; the next test starts in English."""
    with translation.override("en"):
        yield


def counts() -> dict[str, int]:
    """Rows of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def states(model: Any) -> Counter[str]:
    return Counter(model.objects.values_list("state", flat=True))


def test_it_is_the_agency_it_promises(agency: str) -> None:
    from campaigns.models import Brand, Campaign, Deliverable, Offer, Partnership
    from creators.models import AccountSnapshot, Creator, Post, Score, SocialAccount
    from krm.accounts.models import User
    from krm.accounts.models.users import Role
    from payments import ledger
    from payments.models import Invoice, Payout

    assert 280 <= Creator.objects.count() <= 320
    assert Brand.objects.count() == 4
    assert Campaign.objects.count() == 6
    assert len(states(Campaign)) >= 5, "campaigns at different stages"
    assert {"draft", "mismatch", "matched", "approved", "rejected", "paid"} <= set(states(Invoice))
    assert {"sent", "countered", "accepted", "declined"} <= set(states(Offer))
    assert len(states(Partnership)) >= 6 and len(states(Deliverable)) >= 5

    days = AccountSnapshot.objects.dates("as_of", "month")
    assert len(days) >= 6, "months of figures"
    scored = Score.objects.filter(is_current=True).values("account_id").distinct().count()
    assert scored > SocialAccount.objects.count() * 0.9
    assert Post.objects.filter(published_at__gt=timezone.now()).count() == 0, "nothing from the future"

    assert ledger.audit() == []
    paid = Payout.objects.filter(state="succeeded").aggregate(sum=models.Sum("amount"))["sum"]
    assert paid == sum(invoice.net for invoice in Invoice.objects.filter(state="paid"))

    for login in demo.LOGINS:
        user = User.objects.get(email=login.email)
        assert (user.role, user.is_demo, user.is_active) == (login.role, True, True)
        assert user.check_password(demo.PASSWORD)
    assert {login.role for login in demo.LOGINS} == set(Role.values)


def test_every_room_of_the_creators_has_something_to_show(agency: str) -> None:
    from creators import models as c
    from krm.connectors.models import Credential
    from krm.web.models import Job

    held = Counter(Credential.objects.values_list("status", flat=True))
    assert set(held) == {"active", "expiring", "expired", "revoked"} and held["active"] > 0.9 * held.total()
    assert {"given", "withdrawn", "denied", "failed"} <= set(states(c.Consent))
    assert c.SocialAccount.objects.filter(state="needs_consent").exists(), "an owner withdrew"

    assert {"ready", "failed"} <= set(states(c.AudienceReport))
    for report in c.AudienceReport.objects.all():
        assert report.raw_ref.startswith("demo/"), "no vendor was asked, and the report says so"
    for budget in c.VendorBudget.objects.all():
        moved: dict[str, Decimal] = defaultdict(Decimal)
        for kind, credits in c.VendorCredit.objects.filter(vendor=budget.vendor).values_list(
            "kind", "credits"
        ):
            moved[kind] += credits
        assert budget.balance == moved["grant"] - moved["spend"] > 0
        assert budget.reserved == moved["reserve"] - moved["spend"] - moved["release"]

    assert states(c.CreatorImport) == {"done": 2, "failed": 1, "uploaded": 1}
    partly = Job.objects.get(state="done", error_count__gt=0)
    assert {error.row for error in partly.errors.all()} >= {7, 8} and partly.result["accounts_created"] == 3
    assert Job.objects.filter(state="failed").exclude(message="").exists()
    assert {"open", "dismissed", "merged"} <= set(states(c.DuplicatePair))
    merged, undone = (
        c.MergeRecord.objects.filter(undone_at=None),
        c.MergeRecord.objects.exclude(undone_at=None),
    )
    assert merged.get().undo_until > timezone.now() and merged.get().moved and undone.count() == 1

    assert set(states(c.Dossier)) == {"draft", "reviewed", "signed", "expired"}
    standing = c.Dossier.objects.filter(state="signed")
    assert any(d.changes for d in standing) and any(not d.changes for d in standing)
    assert set(states(c.SafetyFlag)) == {"open", "escalated", "confirmed", "dismissed"}
    assert c.Note.objects.filter(pinned=True).exists() and c.CreatorFile.objects.count() >= 3
    assert {None} < set(c.CreatorTask.objects.values_list("due_on", flat=True))
    assert {True, False} == set(c.Segment.objects.values_list("shared", flat=True))
    shares = c.ProfileShare.objects.all()
    assert any(s.views for s in shares) and any(s.revoked_at for s in shares)
    assert any(s.expires_at < timezone.now() for s in shares)
    assert {"hashtag", "mention", "comment"} == set(c.FoundPost.objects.values_list("found_by", flat=True))
    assert c.CustomField.objects.exclude(archived_at=None).exists()
    assert c.RateCard.objects.filter(valid_to__lt=timezone.localdate()).exists(), "what was asked before"
    assert c.AccountSchedule.objects.filter(cadence="live", last_ok_at__isnull=False).exists()


def test_consents_are_as_the_sandbox_has_them(agency: str, sandbox_state: Path) -> None:
    """What ended here ended there too, and connecting the sandbox anew does not bring it back to life."""
    import json

    from krm.connectors.models import Credential
    from krm.local.connect import connect_sandbox

    def standing() -> Counter[tuple[str, str]]:
        rows = Credential.objects.filter(purpose="account", platform__in=("instagram", "tiktok", "facebook"))
        return Counter(rows.values_list("platform", "status"))

    revoked = set(Credential.objects.filter(status="revoked").values_list("external_account_id", flat=True))
    assert revoked and revoked <= set(json.loads((sandbox_state / "sandbox.json").read_text())["revoked"])
    before = standing()
    connect_sandbox(replayed=False)
    assert standing() == before


def test_every_login_sees_its_first_page(agency: str) -> None:
    from krm.accounts.models import User

    for login in demo.LOGINS:
        client = Client()
        client.force_login(
            User.objects.get(email=login.email), backend="django.contrib.auth.backends.ModelBackend"
        )
        answer = client.get("/", follow=True)
        assert answer.status_code == 200, (login.key, answer.status_code)


def test_every_row_is_marked(agency: str) -> None:
    """Whatever can carry the mark carries it, and every other business row hangs on one that does."""
    for model in apps.get_models():
        if any(field.name == "is_demo" for field in model._meta.get_fields()) and not model.__name__.endswith(
            "Event"
        ):
            rows = model._base_manager.exclude(is_demo=True)
            if model._meta.label in ("payments.LedgerAccount",):
                continue
            assert not rows.exists(), f"{model._meta.label}: {rows.count()} rows without the mark"


def test_it_is_loaded_once_and_not_beside_real_people(agency: str) -> None:
    with pytest.raises(CommandError, match="demo_remove"):
        call_command("demo_load", stdout=io.StringIO())
    before = counts()
    call_command("demo_load", "--if-empty", stdout=io.StringIO())
    assert counts() == before


def real_rows() -> dict[str, Any]:
    """What somebody began beside the demo: with their own login, and with a demo login."""
    from campaigns import brands, negotiation, planning
    from creators import people
    from creators.vendors import credits
    from krm.accounts.models import BrandTeam, User

    own = User.objects.create_user(
        "owner@agency.example", "correct horse battery", name="Owner", role="administrator", all_teams=True
    )
    manager = User.objects.get(email=f"manager@{demo.DOMAIN}")
    team = BrandTeam.objects.create(name="Own team")
    shared = BrandTeam.objects.filter(is_demo=True).first()
    today = timezone.localdate()
    plan: dict[str, Any] = {
        "objective": "awareness",
        "starts_on": today,
        "ends_on": today + timedelta(days=30),
        "budget": Decimal(90_000_000),
    }
    made: dict[str, Any] = {"own": own, "manager": manager, "team": team, "shared": shared}
    made["brand"] = brands.create_brand(
        by=own, team=team, name="Own brand", category="beauty", currency="IDR"
    )
    made["other_brand"] = brands.create_brand(
        by=own, team=shared, name="Own brand 2", category="food", currency="IDR"
    )
    made["campaign"] = planning.create_campaign(by=own, brand=made["brand"], name="Own campaign", **plan)
    made["by_login"] = planning.create_campaign(
        by=manager, brand=made["other_brand"], name="Made with a demo login", **plan
    )
    made["creator"] = people.create_creator(by=own, name="Own creator", email="own@kol.example")
    made["campaign"] = planning.start_planning(made["campaign"], by=own)
    made["credits"] = credits.grant("modash", Decimal(12), by=own)
    made["partnership"] = negotiation.invite(made["campaign"], by=own, creator=made["creator"])
    made["offer"] = negotiation.make_offer(
        made["partnership"],
        by=own,
        lines=[{"platform": "instagram", "format": "reel", "quantity": 1, "unit_price": Decimal(1_000_000)}],
    )
    return made


def test_removing_it_leaves_nothing_of_it(agency: str, copies: Copies) -> None:  # noqa: F811
    began = time.monotonic()
    call_command("demo_remove", stdout=io.StringIO())
    took = time.monotonic() - began
    left = counts()
    assert took < REMOVED_WITHIN, f"{took:.1f} s"
    with copies.of("empty", lambda: None):
        fresh = counts()
    more = {
        table: (fresh.get(table, 0), number)
        for table, number in left.items()
        if number != fresh.get(table, 0) and "snapshot_p" not in table and table not in OF_THE_MARKET
    }
    assert more == {}, "rows of a fresh installation, and rows now"


def test_removing_it_keeps_what_is_real(agency: str) -> None:
    made = real_rows()
    from krm.events.models import Event

    kept_events = set(
        Event.objects.filter(subject_type="campaigns.campaign", subject_id=made["by_login"].pk).values_list(
            "pk", flat=True
        )
    )
    assert kept_events
    said = io.StringIO()
    call_command("demo_remove", stdout=said)

    for key in (
        "own",
        "team",
        "brand",
        "other_brand",
        "campaign",
        "by_login",
        "creator",
        "partnership",
        "offer",
        "shared",
        "credits",
    ):
        row = made[key]
        assert type(row)._base_manager.filter(pk=row.pk).exists(), key
        row.refresh_from_db()
    from creators.models import VendorBudget, VendorCredit

    assert VendorCredit.objects.get() == made["credits"], "own credits stay, the demo's are gone"
    assert VendorBudget.objects.get(vendor="modash").balance == 12
    assert not VendorBudget.objects.exclude(vendor="modash").exists()
    assert made["offer"].lines.count() == 1 and made["offer"].total == 1_000_000
    assert set(Event.objects.filter(pk__in=kept_events).values_list("pk", flat=True)) == kept_events

    # The demo login that made a real campaign is named by it: it stays, without a way in, and the command says so.
    manager = made["manager"]
    manager.refresh_from_db()
    assert not manager.is_active and not manager.has_usable_password()
    assert manager.email in said.getvalue()
    assert made["shared"].is_demo is False and made["shared"].name in said.getvalue()

    from campaigns.models import Campaign
    from creators.models import Creator
    from krm.accounts.models import User

    assert Creator.objects.count() == 1 and Campaign.objects.count() == 2
    assert set(User.objects.values_list("email", flat=True)) == {"owner@agency.example", manager.email}
