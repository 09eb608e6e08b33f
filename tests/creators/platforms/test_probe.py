"""A probe says where answers leave the contract, and its file holds no value of anybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from creators.models import AccountSnapshot
from creators.platforms.registry import CONNECTORS
from creators.pulling import probe
from krm.connectors.models import RawResponse
from krm.local.sandbox import world
from tests.sandbox import Running, demo

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdef", min_size=1, max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_an_answer_never_differs_from_its_own_shape(body: Any) -> None:
    assert probe.differences(probe.shape(body), probe.shape(body)) == []


@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3), min_size=1, max_size=4))
def test_each_of_many_fits_the_shape_of_all(bodies: list[Any]) -> None:
    together = probe.union([probe.shape(b) for b in bodies])
    assert all(probe.differences(together, probe.shape(b)) == [] for b in bodies)


def test_differences_by_hand() -> None:
    contract = probe.shape(
        {"id": "12", "counts": {"likes": 3, "views": 4}, "items": [{"a": 1}, {"a": 1, "b": "x"}]}
    )
    answer = probe.shape({"id": "12", "counts": {"likes": "3", "plays": 4}, "items": {"a": 1}})
    assert sorted(probe.differences(contract, answer)) == [
        "counts.likes: digits instead of integer",
        "counts.plays: new",
        "counts.views: missing",
        "items: an object instead of a list",
    ]
    assert (
        probe.differences(
            contract, probe.shape({"id": "12", "counts": {"likes": 1, "views": None}, "items": []})
        )
        == []
    )


def test_values_stay_out_of_shapes() -> None:
    body = {"username": "rani", "audience": {"ID": 12, "MY": 3}, "by": {"1784": {"x": "secret"}}, "n": 17}
    text = json.dumps(probe.shape(body))
    assert not any(value in text for value in ("rani", "ID", "MY", "1784", "secret", "17"))


def run(tmp_path: Path, capsys: Any, platform: str, *handles: str) -> tuple[str, dict[str, Any], str]:
    path = tmp_path / "probe.json"
    arguments = [f"--account={handle}" for handle in handles]
    call_command("connector_probe", platform, f"--output={path}", *arguments)
    text = path.read_text()
    return capsys.readouterr().out, json.loads(text), text


@pytest.mark.parametrize("platform", sorted(CONNECTORS))
def test_the_sandbox_is_as_the_contract_says(
    connected: Running, consent: Any, tmp_path: Path, capsys: Any, platform: str
) -> None:
    assert set(probe.contract_of(platform)), "manage.py connector_probe … --keep-as-contract makes it"
    own = {"instagram": "insights", "tiktok": "business", "facebook": "page"}.get(platform)
    found = [a for a in world.demo_accounts() if a.platform == platform and (own is None or a.consent == own)]
    source = max(found, key=lambda a: a.target)
    if platform == "instagram":
        connected.publish(source, "Cek", kind="story", minutes_ago=200)
        connected.publish(next(a for a in found if a is not source), f"Bareng @{source.handle}")
    if own:
        consent(source)
        if own == "business":
            consent(source, flavour="business")
    said, report, text = run(tmp_path, capsys, platform, source.handle)
    assert report["differences"] == [], said
    assert "As the contract says" in said and report["shapes"]
    assert source.handle not in text and source.external_id not in text and source.name not in text
    assert not RawResponse.objects.exists() and not AccountSnapshot.objects.exists()


def test_a_deviating_platform_is_named(connected: Running, tmp_path: Path, capsys: Any) -> None:
    connected.http.post("/_sandbox/shape", json={"platform": "x", "shape": "deviating"})
    said, report, _text = run(tmp_path, capsys, "x", demo("x").handle)
    assert "DIFFERS  users: data[].public_metrics.followers_count: digits instead of integer" in said
    assert "users: data[].public_metrics.subscriber_count: new" in report["differences"]
    assert "users: data[].protected: missing" in report["differences"]
    connected.http.post("/_sandbox/shape", json={"platform": "x", "shape": "tweet"})
    said, report, _text = run(tmp_path, capsys, "x", demo("x").handle)
    assert "users: data[].public_metrics.tweet_count: new" in report["differences"]
    assert report["quota_headers"]["users"] == [
        "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset",
    ]  # fmt: skip


def test_without_keys_it_says_what_to_do(db: None, connected: Running, tmp_path: Path) -> None:
    from krm.connectors import credentials

    credentials.save_application("x", by=None, options={"monthly_usd": "0"})
    with pytest.raises(CommandError, match="Connectors"):
        call_command("connector_probe", "x", f"--output={tmp_path / 'p.json'}")
    connected.fault("facebook", "private")
    credentials.save_application("facebook", by=None, client_secret="wrong")
    with pytest.raises(CommandError, match="Check the keys"):
        call_command("connector_probe", "facebook", "--account=x", f"--output={tmp_path / 'p.json'}")
    assert now()
