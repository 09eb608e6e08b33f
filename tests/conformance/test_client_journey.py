"""The whole journey through a client that openapi-python-client made from our description: brand to paid and reported.

Five people, each with a key of their own, and nothing but typed calls. Subscribers run between the calls, as a worker
would have them run.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import sys
import typing
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from krm.events import relay
from krm.local.demo.journey import demo_npwp
from tests.conformance.test_generated_client import generated_client  # noqa: F401
from tests.journeys.world import BRIEF, CAPTION, IDEAS, World, picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def package(generated_client: Path) -> Iterator[Any]:  # noqa: F811
    spec = importlib.util.spec_from_file_location(
        "krm_client", generated_client / "__init__.py", submodule_search_locations=[str(generated_client)]
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["krm_client"] = module
    spec.loader.exec_module(module)
    module.operations = {file.stem: file.parent.name for file in generated_client.glob("api/*/*.py")}  # type: ignore[attr-defined]
    yield module
    for name in [n for n in sys.modules if n.split(".")[0] == "krm_client"]:
        del sys.modules[name]


@pytest.fixture
def call(package: Any, live_server: Any, api_for: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """`call(user, "brands_create", name=…)`: the generated function of that operation with that person's key."""
    clients: dict[int, Any] = {}

    def run(
        person: Any, operation: str, /, *path: Any, query: dict[str, Any] | None = None, **body: Any
    ) -> Any:
        if person.pk not in clients:
            secret = api_for(person)._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
            clients[person.pk] = package.AuthenticatedClient(base_url=live_server.url, token=secret)
        module = importlib.import_module(f"krm_client.api.{package.operations[operation]}.{operation}")
        hints = typing.get_type_hints(module.sync_detailed)
        options = dict(query or {})
        if "body" in hints:
            kinds = [
                k for k in (typing.get_args(hints["body"]) or (hints["body"],)) if hasattr(k, "from_dict")
            ]
            files = any(hasattr(value, "payload") for value in body.values())
            options["body"] = kinds[0](**body) if files else kinds[0].from_dict(body)
        answer = module.sync_detailed(*path, client=clients[person.pk], **options)
        assert 200 <= answer.status_code < 300, (
            f"{operation}: {answer.status_code} {answer.content.decode()[:800]}"
        )
        assert answer.parsed is not None or not answer.content, (
            f"{operation}: the client could not read the answer"
        )
        relay.run()
        if isinstance(answer.parsed, list):
            return [item.to_dict() for item in answer.parsed]
        return answer.parsed.to_dict() if hasattr(answer.parsed, "to_dict") else answer.parsed

    yield run
    for client in clients.values():
        client.get_httpx_client().close()


def test_brand_to_report(call: Callable[..., Any], package: Any) -> None:
    world = World.build()

    def file(name: str) -> Any:
        kind = importlib.import_module("krm_client.types").File
        return kind(payload=io.BytesIO(picture(name)), file_name=name, mime_type="image/jpeg")

    people, today = world.users, timezone.localdate()
    admin, manager, kol, client = people["admin"], people["manager"], people["kol"], people["client"]
    finance, second = people["finance"], people["finance2"]
    team = manager.teams.get()

    brand = call(
        admin, "brands_create", name="Senja Kosmetik", team=team.pk, category="beauty", currency="IDR"
    )
    call(admin, "brands_members", brand["id"], user=client.pk)
    campaign = call(
        manager, "campaigns_create", brand=brand["id"], name="Senja di Kota", objective="awareness",
        starts_on=str(today - timedelta(days=1)), ends_on=str(today + timedelta(days=30)), budget="100000000",
        hashtags=["SerumRona"], mentions=["ronaskincare"],
    )  # fmt: skip
    call(manager, "campaigns_start_planning", campaign["id"])

    (candidate,) = call(manager, "campaigns_candidates", campaign["id"], creators=[world.creator.pk])
    call(manager, "candidates_update", candidate["id"], sell_price="5480000", buy_estimate="4000000")
    call(manager, "campaigns_submit", campaign["id"], message="Mohon pilihannya.")
    decided = call(client, "candidates_decide", candidate["id"], approve=True, comment="Setuju")
    assert decided["state"] == "client_approved" and "buy_estimate" not in decided
    (partnership,) = call(manager, "campaigns_invite_approved", campaign["id"])
    call(manager, "campaigns_activate", campaign["id"])

    line = {
        "platform": "instagram",
        "format": "reel",
        "quantity": 1,
        "due_on": str(today + timedelta(days=5)),
    }
    offer = call(
        manager,
        "offers_create",
        partnership=partnership["id"],
        send=True,
        rounds=2,
        lines=[{**line, "unit_price": "4000000"}],
    )
    counter = call(
        kol, "offers_counter", offer["id"], lines=[{**line, "unit_price": "5000000"}], message="Bisa 5 juta?"
    )
    call(manager, "offers_accept", counter["id"])
    agreement = call(manager, "agreements_create", partnership=partnership["id"], schedule="deliverables")
    agreement = call(manager, "agreements_send", agreement["id"])
    call(kol, "agreements_sign", agreement["id"], name=kol.name, sha256=agreement["document_sha256"])
    agreement = call(
        manager, "agreements_sign", agreement["id"], name=manager.name, sha256=agreement["document_sha256"]
    )
    assert agreement["state"] == "signed"
    (deliverable,) = call(kol, "deliverables_list", query={"partnership": partnership["id"]})["results"]

    pillars = [{"title": title} for title in BRIEF["pillars"]]
    brief = call(manager, "briefs_create", campaign=campaign["id"], **{**BRIEF, "pillars": pillars})
    version = call(manager, "briefs_publish", brief["id"], note="")
    call(kol, "brief_versions_read", version["id"], partnership=partnership["id"])
    call(kol, "brief_versions_acknowledge", version["id"], partnership=partnership["id"])
    made = call(kol, "concepts_submit", deliverable=deliverable["id"], concepts=IDEAS)
    call(manager, "concepts_choose", made[0]["id"], comment="Yang ini.")
    draft = call(
        kol,
        "drafts_create",
        deliverable=deliverable["id"],
        link="https://drive.example/draf.mp4",
        caption=CAPTION,
    )
    call(manager, "drafts_approve", draft["id"], comment="Bagus.")
    draft = call(client, "drafts_approve", draft["id"], comment="Setuju.")
    assert draft["state"] == "approved"
    call(kol, "deliverables_publish", deliverable["id"], url="https://www.instagram.com/reel/C0FFEE1234/")
    accepted = call(manager, "deliverables_accept", deliverable["id"])
    assert accepted["state"] == "accepted"

    payee = call(
        kol, "payees_create", creator=world.creator.pk, kind="individual", legal_name="Kirana Putri", npwp=demo_npwp(7),
        nik="3174040108941234", bank_code="014", account_number="7000123456", account_holder="Kirana Putri",
    )  # fmt: skip
    call(finance, "payees_verify", payee["id"], tax_id_valid=True)
    claims = call(kol, "invoices_claims", query={"partnership": partnership["id"]})
    invoice = call(
        kol, "invoices_create", partnership=partnership["id"], number="INV/1", issued_on=str(today),
        lines=[{"claim": claim["claim"]} for claim in claims],
    )  # fmt: skip
    call(kol, "invoices_document", invoice["id"], document=file("tagihan.jpg"))
    invoice = call(kol, "invoices_submit", invoice["id"], number="INV/1")
    if invoice["state"] != "matched":
        invoice = call(finance, "invoices_match", invoice["id"])
    assert invoice["state"] == "matched"
    invoice = call(second, "invoices_approve", invoice["id"])
    call(
        finance,
        "invoices_pay",
        invoice["id"],
        amount=invoice["net"],
        bank_code="014",
        reference="TRF1",
        paid_on=today,
        proof=file("bukti.jpg"),
    )
    invoice = call(kol, "invoices_retrieve", invoice["id"])
    assert invoice["state"] == "paid"

    report = call(manager, "reports_create", campaign=campaign["id"], title="Laporan Senja", summary="Baik.")
    call(manager, "reports_lock", report["id"])
    call(manager, "reports_share", report["id"])
    (shown,) = call(client, "reports_list", query={"campaign": campaign["id"]})["results"]
    assert shown["title"] == "Laporan Senja"
    for stranger in (people["other_kol"], people["other_client"]):
        assert call(stranger, "invoices_list")["results"] == []
        assert call(stranger, "reports_list")["results"] == []
        assert call(stranger, "campaigns_list")["results"] == []
