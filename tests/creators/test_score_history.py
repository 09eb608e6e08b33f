"""What changed between two scores, versions side by side, computing anew, and the pages and endpoints of it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.core.management import call_command
from django.utils.timezone import now

from creators import frames, profiles, rescoring, score_history, scoring_runs
from creators.models import Score, SocialAccount
from creators.scoring import registry, run
from creators.scoring.definition import Definition, Frames, Part, Peers, Result
from krm.errors import Conflict, Denied
from krm.web import jobs
from tests.creators.factories import PostFactory
from tests.creators.test_scoring_runs import population

pytestmark = pytest.mark.django_db

PAIR = ("A {n:count}", "B {n:count}")


def score(
    parts: list[list[Any]],
    value: float | None,
    account: SocialAccount,
    version: str = "auth-1.0",
    **fields: Any,
) -> Score:
    return Score.objects.create(
        account=account, kind="authenticity", value=value, confidence=0.5, formula_version=version, inputs_hash="0",
        components=parts, computed_at=fields.pop("computed_at", now()), **fields,
    )  # fmt: skip


@pytest.fixture
def accounts() -> list[SocialAccount]:
    return population(21)


def test_the_parts_of_a_change_add_up_to_the_whole(accounts: list[SocialAccount]) -> None:
    growth = ["growth", 0.5, 0.5, None, 20, {"case": "flagged", "flagged": 2.0, "raw": 0.1}]
    better = ["growth", 0.9, 0.4, None, 30, {"case": "clean", "flagged": 0.0, "raw": 0.1}]
    following = ["following", 1.0, 0.5, None, 1, {"raw": 0.1}]
    same = ["following", 1.0, 0.4, None, 1, {"raw": 0.1}]
    share = ["authentic_share", 0.7, 0.2, None, 1, {"raw": 0.7}]
    first = score(
        [growth, following], 75.0, accounts[0], is_current=False, computed_at=now() - timedelta(days=1)
    )
    later = score([better, same, share], 90.0, accounts[0])
    assert score_history.before(later) == first
    found = score_history.compare(first, later, "en")
    assert found.moved == pytest.approx(15.0)
    assert sum(change.moved or 0 for change in found.changes) == pytest.approx(15.0)
    assert [(c.name, round(c.moved or 0, 6)) for c in found.changes] == [
        ("authentic_share", 14.0), ("growth", 11.0), ("following", -10.0),
    ]  # fmt: skip
    assert (
        found.words
        == "+15 points: Authentic share of engagement +14, Follower growth +11, Accounts followed −10."
    )
    assert score_history.compare(first, later, "id").words.startswith(
        "+15 poin: Porsi engagement yang autentik +14"
    )
    growth_now = next(change for change in found.changes if change.name == "growth")
    assert growth_now.sentence_was == "2 of 20 growth steps jump far above the account's own habit."
    assert growth_now.sentence_now == "None of 30 growth steps stands out."


def test_components_of_before_keep_their_sentences(accounts: list[SocialAccount]) -> None:
    held = score(
        [["growth", 0.5, 1.0, None, 3, {"sentence_en": "Steady.", "sentence_id": "Stabil."}]],
        50.0,
        accounts[0],
        "gone-0.1",
    )
    assert [part.sentence for part in profiles.parts_of(held, "id")] == ["Stabil."]
    assert [part.sentence for part in profiles.parts_of(held, "en")] == ["Steady."]


def test_an_older_formula_is_written_beside_the_current_one_and_compared(
    accounts: list[SocialAccount], admin_user: Any
) -> None:
    scoring_runs.score_accounts([a.pk for a in accounts])
    job = rescoring.start(by=admin_user, kind="engagement", version="er-1.0")
    with pytest.raises(Conflict):
        rescoring.start(by=admin_user)
    done = jobs.run(job.pk)
    assert done is not None
    done.refresh_from_db()
    assert (done.state, done.result["written"], done.done) == ("done", 21, 21)
    current = Score.objects.filter(account=accounts[0], kind="engagement", is_current=True)
    assert set(current.values_list("formula_version", flat=True)) == {"er-1.0", "er-2.0"}
    assert Score.objects.filter(account=accounts[0], kind="engagement").current().count() == 1
    account = SocialAccount.objects.get(pk=accounts[0].pk)
    assert (
        account.engagement_rate
        == Score.objects.filter(account=account, kind="engagement").current().get().value
    )
    held = score_history.sample("engagement")
    compared = score_history.compare_versions(held, "er-1.0", "er-2.0")
    assert compared is not None
    assert (compared.count, compared.mean_old) == (21, pytest.approx(compared.mean_new))
    again = rescoring.start(by=admin_user, kind="engagement", version="er-1.0")
    assert jobs.run(again.pk).result["written"] == 0  # type: ignore[union-attr]


def test_recomputing_belongs_to_administrators(staff: Any) -> None:
    with pytest.raises(Denied):
        rescoring.start(by=staff("campaign_manager"))


def test_the_command_says_what_it_wrote(accounts: list[SocialAccount]) -> None:
    out = StringIO()
    call_command("rescore", "--kind", "consistency", stdout=out)
    assert out.getvalue().startswith("21 accounts, cons-1.0: 21 scores written in")


def broken(frames: Frames, peers: Peers, at: Any) -> Result:
    raise ZeroDivisionError("no")


def plain_score(frames: Frames, peers: Peers, at: Any) -> Result:
    index = frames.accounts["account_id"]
    return Result(
        pd.DataFrame(
            {"value": 50.0, "confidence": 1.0, "verdict": "fine\ttab"[:4], "seen": 'a "b" \\N'}, index=index
        ),
        [
            Part(
                "a", np.full(len(index), 0.5), 1.0, facts={"n": 1234.0, "note": 'tab\t, back\\slash, "quote"'}
            )
        ],
    )


def test_a_definition_that_breaks_takes_nothing_from_the_others(accounts: list[SocialAccount]) -> None:
    good = Definition(
        "safety",
        "test-1",
        plain_score,
        ("Test", "Uji"),
        sentences={"a": PAIR},
        names={"a": ("Part", "Bagian")},
    )
    bad = Definition("pods", "test-2", broken, ("Bad", "Buruk"))
    with pytest.raises(scoring_runs.ScoringFailed, match="test-2: ZeroDivisionError"):
        scoring_runs.score_accounts([a.pk for a in accounts], definitions=[bad, good])
    row = Score.objects.get(account=accounts[0], kind="safety")
    assert row.components == [["a", 0.5, 1.0, None, 0, {"n": 1234.0, "note": 'tab\t, back\\slash, "quote"'}]]
    assert row.inputs == {"seen": 'a "b" \\N'}


def test_every_frame_loads_for_accounts_with_and_without_rows(accounts: list[SocialAccount]) -> None:
    ids = [accounts[0].pk, accounts[1].pk]
    held = frames.load(ids, frames.LOADERS)
    assert held.names() == sorted(frames.LOADERS)
    for name in held.names():
        assert any(str(column).endswith("_id") for column in getattr(held, name)), name
    posts = held.posts
    assert posts.groupby("account_id").size().tolist() == [8, 8]
    assert str(posts["published_at"].dtype).startswith("datetime64") and posts["likes"].dtype == float
    empty = frames.load([10**12], frames.LOADERS)
    assert all(len(getattr(empty, name)) == 0 for name in empty.names())
    batch = run.score(empty, Peers(), now())
    assert not batch.failures
    with pytest.raises(LookupError, match="No loader for nothing"):
        frames.load(ids, ["nothing"])


def test_pages_show_value_reasons_history_and_formula(
    accounts: list[SocialAccount], staff: Any, client_for: Any, query_budget: Any
) -> None:
    ids = [a.pk for a in accounts]
    scoring_runs.score_accounts(ids, at=now() - timedelta(days=2))
    PostFactory(account=accounts[0], likes=900, comments=50, published_at=now() - timedelta(days=3))
    scoring_runs.score_accounts(ids)
    client = client_for(staff("viewer"))
    for kind in registry.current_definitions():
        page = client.get(f"/creators/accounts/{accounts[0].pk}/scores/{kind}/")
        assert page.status_code == 200, kind
    with query_budget("creators.account_score"):
        page = client.get(f"/creators/accounts/{accounts[0].pk}/scores/engagement/")
    text = page.content.decode()
    assert "What changed" in text and "er-2.0" in text and "Interactions are" in text
    rows = Score.objects.filter(account=accounts[0], kind="engagement").order_by("computed_at")
    older = client.get(
        f"/creators/accounts/{accounts[0].pk}/scores/engagement/?score={rows[1].pk}&since={rows[0].pk}"
    )
    assert "posts, above" in older.content.decode()
    assert client.get(f"/creators/accounts/{accounts[0].pk}/scores/nothing/").status_code == 404
    assert (
        client.get(f"/creators/accounts/{accounts[0].pk}/scores/engagement/?score=99999999").status_code
        == 404
    )
    assert "er-1.0, er-2.0" in client.get("/creators/scores/").content.decode()
    with query_budget("creators.score_kind"):
        kind_page = client.get("/creators/scores/consistency/")
    assert "Posts a week" in kind_page.content.decode()
    tab = client.get(f"/creators/{accounts[0].creator_id}/scores/").content.decode()
    assert "Authenticity" in tab and "Innovation and collaboration" in tab


def test_recompute_page_starts_a_job(admin_user: Any, client_for: Any) -> None:
    client = client_for(admin_user)
    wrong = client.post("/creators/scores/recompute/", {"kind": "consistency", "version": "er-1.0"})
    assert "of another score" in wrong.content.decode()
    answer = client.post(
        "/creators/scores/recompute/", {"kind": "", "version": "er-1.0", "platform": "tiktok"}
    )
    job = jobs.Job.objects.get(kind="creators.rescore")
    assert answer.url == job.get_absolute_url()
    assert job.params == {"kind": "engagement", "version": "er-1.0", "platform": "tiktok"}


def test_the_api_gives_components_changes_and_formulas(
    accounts: list[SocialAccount], admin_user: Any, api_for: Any
) -> None:
    ids = [a.pk for a in accounts]
    scoring_runs.score_accounts(ids, at=now() - timedelta(days=2))
    api = api_for(admin_user)
    first = api.get(f"/api/v1/scores?account={ids[0]}&kind=engagement&in_force=true").json()["results"][0]
    named = next(part for part in first["components"] if part["name"] == "by_followers")
    assert named["sentence_en"].startswith("Interactions are")
    assert named["sentence_id"].startswith("Interaksi")
    assert api.get(f"/api/v1/scores/{first['id']}/changes").status_code == 409
    PostFactory(account=accounts[0], likes=900, comments=50, published_at=now() - timedelta(days=3))
    scoring_runs.score_accounts(ids)
    newest = api.get(f"/api/v1/scores?account={ids[0]}&kind=engagement&in_force=true").json()["results"][0]
    changed = api.get(f"/api/v1/scores/{newest['id']}/changes?since={first['id']}").json()
    assert changed["before"] == first["id"]
    assert changed["moved"] == pytest.approx(newest["value"] - first["value"])
    assert api.get(f"/api/v1/scores/{newest['id']}/changes?since=7000000000").status_code == 400
    formulas = api.get("/api/v1/score-definitions").json()
    assert {"er-1.0", "er-2.0"} <= {one["version"] for one in formulas}
    assert next(one for one in formulas if one["version"] == "er-2.0")["current"] is True
    started = api.post("/api/v1/scores/recompute", {"kind": "engagement"}, format="json")
    assert started.status_code == 202, started.content
