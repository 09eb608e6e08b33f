"""Words, languages, disguises, models and the command line: no database."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.text import LABELS, TASKS, answers, classify, language, lexicon, sentiment, stream, wording
from creators.text.linear import squash

ROOT = Path(__file__).resolve().parents[3]


def test_words_come_in_plain_spelling() -> None:
    assert wording.words("Bangeeeet bgt, gak enakkk!!!") == ["banget", "banget", "tidak", "enak", "!"]
    assert wording.words("anak2 yg @rani https://x.id/a") == ["anak", "anak", "yang", "atuser", "aturl"]


def test_a_negation_marks_three_words_and_stops_at_a_clause() -> None:
    assert wording.negated(wording.words("tidak enak sekali makanan ini")) == [
        "tidak", "~enak", "~banget", "~makanan", "ini",
    ]  # fmt: skip
    assert wording.negated(["tidak", "enak", "tapi", "murah"]) == ["tidak", "~enak", "tapi", "murah"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ini bagus banget kak", "id"),
        ("this is really good", "en"),
        ("aku suka banget, this is the best video dan lucu", "mixed"),
        ("12345 !!!", ""),
    ],
)
def test_the_language_is_told_by_small_words(text: str, told: str) -> None:
    assert language(text) == told


@pytest.mark.parametrize(
    "written", ["judi", "JUDI", "jud1", "j.u.d.i", "j*di", "juuudiii", "j u d i", "judi-judi"]
)
def test_disguised_words_are_found(written: str) -> None:
    text = f"main {written} yuk"
    hits = lexicon.Matcher.of({"g": ["judi"]}).find(text)
    assert hits, written
    assert text[hits[0].start : hits[0].end].lower()[0] == "j"


@pytest.mark.parametrize("written", ["judika", "prejudice", "jadi", "j 1 d i 5", "Djudi"])
def test_other_words_are_not(written: str) -> None:
    assert lexicon.Matcher.of({"g": ["judi"]}).find(f"main {written} yuk") == []


def test_a_star_at_the_end_stands_for_any_ending_and_phrases_need_every_word() -> None:
    matcher = lexicon.Matcher.of({"g": ["slot gacor", "korup*"]})
    assert [hit.term for hit in matcher.find("Slot, gacor! dan koruptor")] == ["slot gacor", "korup*"]
    assert matcher.find("slot parkir yang gacor") == []


@pytest.mark.parametrize(
    ("task", "lang", "text", "label"),
    [
        ("sentiment", "id", "makanannya enak sekali, pelayanan ramah dan memuaskan", "positive"),
        ("sentiment", "id", "pelayanan buruk, sangat mengecewakan dan mahal", "negative"),
        ("sentiment", "en", "I love this so much, best day ever :)", "positive"),
        ("sentiment", "en", "This is terrible, I hate it", "negative"),
        ("spam", "en", "Please check out my channel and subscribe http://youtu.be/x", "spam"),
        ("spam", "en", "love this song", "not_spam"),
        ("spam", "id", "cek bio kak, slot gacor depo 10k, klik link https://x.id", "spam"),
        ("abusive", "id", "dasar goblok lo anjing", "abusive"),
        ("abusive", "id", "semangat terus kak, sukses selalu", "not_abusive"),
        ("abusive", "id", "kucing dan anjing peliharaan kami sudah vaksin", "not_abusive"),
        ("hate", "id", "usir semua cina kafir itu", "hate"),
        ("hate", "id", "selamat hari raya untuk semua umat", "not_hate"),
        ("abusive", "en", "you stupid bitch", "abusive"),
        ("abusive", "en", "have a nice day everyone", "not_abusive"),
        ("hate", "en", "have a nice day everyone", "not_hate"),
    ],
)
def test_plain_cases_are_labelled(task: str, lang: str, text: str, label: str) -> None:
    answer = answers(task, [text], [lang])[0]
    assert answer.label == label
    assert 0 <= answer.probability <= 1


def test_reasons_are_words_of_the_text() -> None:
    answer = answers("sentiment", ["pelayanan buruk dan mengecewakan"], ["id"])[0]
    assert set(answer.reasons) & {"buruk", "mengecewakan", "pelayanan buruk"}


def test_a_mixed_text_is_read_by_both_languages() -> None:
    frame = classify("abusive", ["kamu you are a stupid bitch dan aku suka banget sama the video"], "auto")
    assert (frame.loc[0, "language"], frame.loc[0, "label"]) == ("mixed", "abusive")


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.text(max_size=200), min_size=1, max_size=6),
    st.sampled_from(TASKS),
    st.sampled_from(["id", "en", "auto"]),
)
def test_any_text_gets_a_label_and_order_does_not_matter(texts: list[str], task: str, lang: str) -> None:
    frame = classify(task, texts, lang)
    assert frame["label"].isin(LABELS[task]).all()
    assert frame["probability"].between(0, 1).all()
    back = classify(task, texts[::-1], lang)
    assert back["label"].tolist()[::-1] == frame["label"].tolist()
    assert np.allclose(back["probability"].to_numpy()[::-1], frame["probability"].to_numpy(), atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=300))
def test_hits_lie_inside_the_text(text: str) -> None:
    for hit in lexicon.matcher("abuse_id").find(text):
        assert 0 <= hit.start < hit.end <= len(text)


def test_probabilities_are_shares() -> None:
    assert squash(np.array([[1.0, 2.0, 3.0]]), sigmoid=False).sum() == pytest.approx(1)
    assert squash(np.array([[0.0]]), sigmoid=False).tolist() == [[0.5, 0.5]]


def test_sentiment_gives_a_frame() -> None:
    assert list(sentiment(["bagus"], "id").columns) == ["label", "probability", "reasons", "language"]


def test_lines_are_answered_one_by_one_blank_and_broken_ones_too() -> None:
    out = io.StringIO()
    count = stream.run("sentiment", "id", io.BytesIO(b"bagus sekali\r\n\n\xff\xfe buruk\nlast"), out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert count == len(found) == 4
    assert all(set(one) == {"label", "probability", "reasons"} for one in found)
    assert found[1] == {"label": "neutral", "probability": 1.0, "reasons": []}


def test_the_command_answers_while_the_pipe_is_open() -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "classify_text", "--task", "abusive", "--lang", "id"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"dasar goblok\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["label"] == "abusive"
    process.stdin.close()
    assert process.wait(20) == 0
    process.stdout.close()
