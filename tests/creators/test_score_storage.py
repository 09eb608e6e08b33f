"""How components are carried over from their own table and back, and the frame that says how right scores are."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.utils.timezone import now

from benchmarks import quality
from creators import model_cards, profiles
from creators.models import Score
from creators.scoring import engagement_v2
from tests.creators.factories import SocialAccountFactory


@pytest.mark.django_db
def test_components_go_into_their_scores_and_back() -> None:
    name = next(Path("creators/migrations").glob("*_components_into_scores.py")).stem
    carry = importlib.import_module(f"creators.migrations.{name}")
    score = Score.objects.create(
        account=SocialAccountFactory(), kind="authenticity", value=70, confidence=0.5, formula_version="auth-1.0",
        inputs_hash="0", computed_at=now(),
    )  # fmt: skip
    rows = [
        (score.pk, "following", 1.0, 0.4, None, 1, "Follows few.", "Mengikuti sedikit."),
        (score.pk, "growth", 0.5, 0.6, 0.25, 30, 'None of "30" stands out.', "Tidak ada yang menonjol."),
    ]
    columns = "score_id, name, value, weight, percentile, evidence, sentence_en, sentence_id"
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE creators_scorecomponent (score_id bigint, name varchar(40), value float, weight float,"
            " percentile float, evidence int, sentence_en text, sentence_id text) ON COMMIT DROP"
        )
        cursor.executemany(
            f"INSERT INTO creators_scorecomponent ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", rows
        )
        cursor.execute(carry.INTO)
        score.refresh_from_db()
        assert [part[:5] for part in score.components] == [
            ["growth", 0.5, 0.6, 0.25, 30],
            ["following", 1, 0.4, None, 1],
        ]
        assert [part.sentence for part in profiles.parts_of(score, "id")] == [
            "Tidak ada yang menonjol.",
            "Mengikuti sedikit.",
        ]
        cursor.execute("DELETE FROM creators_scorecomponent")
        cursor.execute(carry.BACK)
        cursor.execute(f"SELECT {columns} FROM creators_scorecomponent ORDER BY name")
        assert cursor.fetchall() == rows


@pytest.mark.parametrize(
    ("ours", "target", "said"),
    [
        (0.955, ">= .955", "met"), (0.9549, ">= .955", "missed"), (0.33, "<= .33", "met"), (0.34, "<= .33", "missed"),
        (0.95, 0.9, "met"), (0.95, None, ""), ("n/a", ">= .9", ""), (0.9, "see text", ""), (1e-12, "<= 1e-9", "met"),
    ],
)  # fmt: skip
def test_a_target_is_met_or_missed(ours: float | str, target: float | str | None, said: str) -> None:
    assert quality.met(quality.Row("score", "set", "AUC", ours, target=target)) == said


def test_the_table_shows_ours_beside_baseline_and_published() -> None:
    row = quality.Row("engagement", "list", "Spearman", 0.9334, 0.933, None, ">= .93", "temporal")
    table = quality.markdown([row]).splitlines()
    assert table[2] == "| engagement | list | Spearman | temporal | .933 | .933 |  | >= .93 | met |"


def test_every_topic_can_be_evaluated_and_the_page_has_room_for_the_table() -> None:
    for topic in quality.topics():
        assert callable(importlib.import_module(f"benchmarks.quality_{topic}").rows), topic
    page = quality.PAGE.read_text()
    assert page.index(quality.BEGIN) < page.index(quality.END)


def test_a_model_card_is_read_as_blocks() -> None:
    page = "# Title\n\nOne `line`\nand [another](x.md).\n\n| a | b |\n|---|--:|\n| 1 | **2** |\n\n- one\n- two\n\n```sh\nrun <it>\n```\n"
    found = [(b.kind, b.text, b.items, b.rows) for b in model_cards.blocks(page)]
    assert found == [
        ("heading", "Title", [], []),
        ("text", "One line and another.", [], []),
        ("table", "", [], [["a", "b"], ["1", "2"]]),
        ("list", "", ["one", "two"], []),
        ("code", "run <it>\n", [], []),
    ]


def test_a_card_is_a_page_of_docs_and_nothing_else() -> None:
    def card(name: str) -> bool:
        return model_cards.path_of(replace(engagement_v2.DEFINITION, card=name)) is not None

    assert card("scoring.md")
    assert not card("../manage.py")
    assert not card("models/none.md")
    assert not card("")
