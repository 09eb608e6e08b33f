"""How many postings a second the books take, alone and from several threads, and what a repeated key costs.

    python benchmarks/ledger.py [postings] [threads]

Everything it posts is marked as demo and removed at the end.
"""

from __future__ import annotations

import sys
import threading
import time
import uuid
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common

common.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from payments import ledger  # noqa: E402
from payments.models import LedgerTransaction  # noqa: E402


def post(key: str) -> None:
    ledger.post(
        key=key,
        kind="manual",
        occurred_on=timezone.localdate(),
        entries=[ledger.debit("5100", Decimal(1000), "IDR"), ledger.credit("1100", Decimal(1000), "IDR")],
        is_demo=True,
    )


def measure(label: str, keys: list[list[str]]) -> None:
    def run(mine: list[str]) -> None:
        for key in mine:
            post(key)
        connection.close()

    threads = [threading.Thread(target=run, args=(mine,)) for mine in keys]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    count = sum(map(len, keys))
    print(f"{label:<38} {count / seconds:8.0f} /s   ({count} in {seconds:.2f} s)")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    clients = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    run = uuid.uuid4().hex[:12]
    try:
        measure("new postings, 1 client", [[f"bench:{run}:a{n}" for n in range(count)]])
        measure("the same keys again, 1 client", [[f"bench:{run}:a{n}" for n in range(count)]])
        each = count // clients
        measure(
            f"new postings, {clients} clients",
            [[f"bench:{run}:{c}:{n}" for n in range(each)] for c in range(clients)],
        )
        measure(
            f"{clients} clients, all the same keys", [[f"bench:{run}:s{n}" for n in range(each)]] * clients
        )
        made = LedgerTransaction.objects.filter(key__startswith=f"bench:{run}").count()
        print(f"transactions in the books: {made} (expected {count + each * clients + each})")
        print(f"differences found by the audit: {len(ledger.audit())}")
    finally:
        LedgerTransaction.objects.filter(key__startswith=f"bench:{run}").delete()


if __name__ == "__main__":
    main()
