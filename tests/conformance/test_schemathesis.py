"""schemathesis, which we did not write, reads our OpenAPI file and tries to break what it promises.

All phases (examples, coverage, fuzzing, stateful links) and all checks, signed in with an API key of an
administrator, against a real server with both sides of the matrix world in its database. The time is bounded;
`KRM_SCHEMATHESIS_SECONDS=3600` looks longer, `KRM_SCHEMATHESIS_ONLY=^/api/v1/creators` at one room.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

SECONDS = int(os.environ.get("KRM_SCHEMATHESIS_SECONDS", "40"))
ONLY = os.environ.get("KRM_SCHEMATHESIS_ONLY", "")
# They would take the key from under the run: it revokes itself, or its owner loses the role.
LEFT_OUT = ("api_keys_revoke", "users_access", "users_deactivate")


# A value may fit the schema and still be refused: a cursor of another list, a team name that is taken, a key used
# twice, a stale ETag. Those answers are declared in the schema; anything else to valid data is a fault.
SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 412, 422, 428, 429]
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(SECONDS + 240)
def test_the_api_keeps_its_promises(live_server: Any, tmp_path: Path) -> None:
    from krm.accounts import apikeys
    from tests.security.world import build

    world = build()
    owner = world.a.users["administrator"]
    _key, secret = apikeys.create(
        owner, by=owner, name="schemathesis", scopes=["*"], expires_at=timezone.now() + timedelta(days=1)
    )
    config = tmp_path / "schemathesis.toml"
    config.write_text(SETTINGS)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={config}",
        "run",
        f"{live_server.url}/api/v1/schema",
        f"--header=Authorization:Bearer {secret}",
        "--checks=all",
        f"--max-time={SECONDS}",
        "--max-examples=5",
        "--workers=1",
        "--no-shrink",
        "--seed=20261122",
        "--max-failures=20",
        "--request-timeout=20",
        "--output-sanitize=true",
        "--generation-database=none",
        "--warnings=off",
        "--no-color",
        f"--report-dir={tmp_path}",
        *[f"--exclude-operation-id={name}" for name in LEFT_OUT],
    ]
    if ONLY:
        command.append(f"--include-path-regex={ONLY}")
    found = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, timeout=SECONDS + 200, check=False
    )
    assert found.returncode == 0, found.stdout[-12000:] + found.stderr[-2000:]
