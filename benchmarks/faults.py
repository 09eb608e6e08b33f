"""A pull of 10,000 accounts while the worker, Redis and PostgreSQL are killed with -9, one after the other.

    python benchmarks/faults.py [--accounts 10000]

Servers, sandbox network and workers of its own, on loopback, all stopped at the end. At each kill something is in
flight. It ends when every account has been read, and then counts: one snapshot an account and day, one a post and day,
no lease left, nobody forgotten. The lease of ten minutes of a dead worker's accounts is not waited for: the clock of
those rows is put forward, which is said in the table.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PYTHON = sys.executable
END = 540.0  # seconds; it stops by itself


def lists(folder: Path, accounts: int) -> None:
    with (folder / "Youtube_Dec.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["AccountName", "Subscribers", "Views", "Likes", "Comments", "Country"])
        for n in range(accounts):
            out.writerow(
                [f"fault_{n:06d}", f"{10 + n % 900}K", f"{1 + n % 80}K", str(40 + n % 700), str(n % 60), "ID"]
            )


class Stage:
    def __init__(self, folder: Path, accounts: int) -> None:
        from krm.local import processes, services

        services.LOCAL = folder / "local"
        services.LOCAL.mkdir()
        self.folder, self.accounts = folder, accounts
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        self.services = services.Services("bench")
        self.port = processes.free_port()
        self.children: list[subprocess.Popen[bytes]] = []
        self.began = time.monotonic()

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        with (self.folder / "processes.log").open("ab") as log:
            child = subprocess.Popen(
                [PYTHON, *command],
                cwd=ROOT,
                env=dict(os.environ),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.children.append(child)
        return child

    def worker(self) -> subprocess.Popen[bytes]:
        return self.start(
            "-m", "celery", "-A", "krm", "worker", "-c", "2", "-Q", "default,pulls", "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def set_up(self) -> None:
        lists(self.folder, self.accounts)
        os.environ.update(self.services.start())
        os.environ["KRM_SANDBOX_URL"] = f"http://127.0.0.1:{self.port}"
        os.environ["KRM_LOCAL"] = "True"
        os.environ["DJANGO_SETTINGS_MODULE"] = "krm.settings"
        self.start(
            "-m",
            "krm.local.sandbox",
            "--port",
            str(self.port),
            "--state",
            "",
            "--replay",
            str(self.folder),
            "--youtube-units",
            "10000000",
        )
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from creators.models import AccountSchedule, SocialAccount
        from krm.connectors import credentials
        from krm.local.sandbox import tokens

        credentials.save_application(
            "youtube", by=None, enabled=True, api_key=tokens.YOUTUBE_KEY, options={"daily_units": 10_000_000}
        )
        made = SocialAccount.objects.bulk_create(
            [SocialAccount(platform="youtube", handle=f"fault_{n:06d}") for n in range(self.accounts)],
            batch_size=2000,
        )
        from django.utils import timezone

        AccountSchedule.objects.bulk_create(
            [AccountSchedule(account=a, platform="youtube", due_at=timezone.now()) for a in made],
            batch_size=2000,
        )

    def say(self, text: str, *figures: Any) -> None:
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", *figures, flush=True)

    # -- looking, through whatever is just dead

    def ask(self, question: Callable[[], Any], default: Any = None) -> Any:
        from django.db import OperationalError, connection

        try:
            return question()
        except (OperationalError, Exception):
            connection.close()
            return default

    def read(self) -> int:
        from creators.models import AccountSchedule

        return int(self.ask(lambda: AccountSchedule.objects.exclude(last_ok_at=None).count(), -1))

    def leased(self) -> int:
        from creators.models import AccountSchedule

        return int(self.ask(lambda: AccountSchedule.objects.exclude(lease_until=None).count(), -1))

    def hand_out(self) -> None:
        """What the scheduler does every half minute."""
        from creators.pulling import runner

        self.ask(runner.hand_out, 0)

    def time_passes(self) -> int:
        """Put the leases of the dead forward by their ten minutes."""
        from django.db.models import F

        from creators.models import AccountSchedule
        from creators.pulling import schedule

        rows = AccountSchedule.objects.exclude(lease_until=None)
        return int(self.ask(lambda: rows.update(lease_until=F("lease_until") - schedule.LEASE), 0))

    def until(self, count: int) -> None:
        last = self.read()
        still = time.monotonic()
        while self.read() < count:
            if time.monotonic() - self.began > END:
                raise SystemExit(f"stopped after {END:.0f} s with {self.read()} of {self.accounts} read")
            self.hand_out()
            if self.read() != last:
                last, still = self.read(), time.monotonic()
            elif time.monotonic() - still > 25 and self.leased() > 0:
                self.say(f"{self.time_passes()} leases run out (clock put forward)")
                still = time.monotonic()
            time.sleep(0.5)

    def play(self) -> None:
        part = self.accounts // 5
        worker = self.worker()
        self.until(part)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.say("worker killed:", f"{self.read():,} accounts read, {self.leased():,} leased")
        worker = self.worker()
        self.until(2 * part)
        assert self.services.redis is not None and self.services.postgres is not None
        os.kill(self.services.redis.pid() or 0, signal.SIGKILL)
        self.say("Redis killed:", f"{self.read():,} accounts read, {self.leased():,} leased")
        time.sleep(2)
        self.say("started again:", ", ".join(self.services.revive()))
        self.until(3 * part)
        os.kill(self.services.postgres.pid() or 0, signal.SIGKILL)
        self.say("PostgreSQL killed")
        time.sleep(2)
        self.say("started again:", ", ".join(self.services.revive()))
        self.until(self.accounts)
        self.say("all read")
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)

    def count(self) -> None:
        from django.db import connection
        from django.db.models import Count

        from creators.models import AccountSchedule, AccountSnapshot, Post, PostSnapshot

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM (SELECT account_id FROM creators_accountsnapshot GROUP BY account_id, as_of"
                " HAVING count(*) > 1) twice"
            )
            twice = cursor.fetchone()[0]
        missing = self.accounts - AccountSnapshot.objects.values("account_id").distinct().count()
        posts = Post.objects.count()
        days = AccountSnapshot.objects.values("as_of").distinct().count()
        uneven = Post.objects.annotate(n=Count("snapshots")).exclude(n__range=(1, days)).count()
        wrong = Post.objects.values("account_id").annotate(n=Count("pk")).exclude(n=12).count()
        print(f"accounts without a snapshot: {missing}; with two for one day: {twice}")
        print(f"posts: {posts:,} (12 an account; accounts with another number: {wrong}); snapshots of posts:"
              f" {PostSnapshot.objects.count():,}, posts without one or with two for one day: {uneven}")  # fmt: skip
        overdue = AccountSchedule.objects.filter(last_ok_at=None).count()
        print(f"accounts forgotten by the schedule: {overdue}; leases left: {self.leased()}")
        assert not (missing or twice or uneven or wrong or overdue)

    def end(self) -> None:
        for child in self.children:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.services.remove()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=10_000)
    folder = Path(tempfile.mkdtemp(prefix="krm-faults-"))
    folder.chmod(0o755)
    stage = Stage(folder, parser.parse_args().accounts)
    try:
        stage.set_up()
        stage.say(f"{stage.accounts:,} accounts are due")
        stage.play()
        stage.count()
    except BaseException:
        print((folder / "processes.log").read_text(errors="replace")[-3000:])
        raise
    finally:
        stage.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
