"""openapi-python-client, which we did not write, makes a client from our OpenAPI file without a warning.

The journey through the generated client stands in tests/journeys/.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def generated_client(tmp_path_factory: Any, django_db_setup: None) -> Path:
    """The package `krm_client`, generated from the description that the API serves."""
    from krm.api.docs import description

    folder = tmp_path_factory.mktemp("client")
    source = folder / "openapi.json"
    source.write_bytes(description("en")[0])
    config = folder / "config.yml"
    config.write_text(
        "project_name_override: krm-client\npackage_name_override: krm_client\npost_hooks: []\n"
        "content_type_overrides:\n  application/pdf: application/octet-stream\n"  # kinds it does not know are files
        "  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream\n"
    )
    command = [
        str(Path(sys.executable).with_name("openapi-python-client")),
        "generate",
        f"--path={source}",
        f"--config={config}",
        f"--output-path={folder / 'krm-client'}",
        "--meta=none",
        "--fail-on-warning",
    ]
    found = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-3000:]
    assert "WARNING" not in found.stdout + found.stderr, found.stdout[-6000:]
    return folder / "krm-client"


def test_every_operation_becomes_a_function(generated_client: Path) -> None:
    from krm.api.docs import description

    paths = json.loads(description("en")[0])["paths"]
    operations = [operation["operationId"] for path in paths.values() for operation in path.values()]
    made = {file.stem for file in generated_client.glob("api/*/*.py")}
    assert sorted(set(operations) - made) == []


def test_it_speaks_with_a_real_server(
    generated_client: Path, live_server: Any, make_user: Any, api_for: Any
) -> None:
    """A client in its own process signs in with a key and reads who it is."""
    user = make_user("administrator", all_teams=True)
    api = api_for(user)
    secret = api._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    program = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('krm_client', {str(generated_client / '__init__.py')!r},"
        f" submodule_search_locations=[{str(generated_client)!r}])\n"
        "module = importlib.util.module_from_spec(spec); sys.modules['krm_client'] = module\n"
        "spec.loader.exec_module(module)\n"
        "from krm_client import AuthenticatedClient\n"
        "from krm_client.api.me import me_retrieve\n"
        f"client = AuthenticatedClient(base_url={live_server.url!r}, token={secret!r})\n"
        "print(me_retrieve.sync(client=client).email)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert found.stdout.strip() == user.email, found.stderr[-3000:]
