from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefs import checks
from briefs.checks import Content, Rules

RULES = Rules(
    hashtags=["#PagiSari"],
    mentions=["@sari.kopi"],
    disclosure_labels=["#ad", "Kerja sama berbayar"],
    banned_words=["gratis"],
    banned_claims=["menyembuhkan maag"],
    ctas=["link di bio"],
)


def statuses(caption: str, rules: Rules = RULES, **content: object) -> dict[tuple[str, str], str]:
    content.setdefault("platform", "instagram")
    content.setdefault("format", "reel")
    found = checks.run(Content(caption=caption, **content), rules)  # type: ignore[arg-type]
    return {(f.code, f.item): f.status for f in found}


def test_a_caption_that_keeps_the_brief_passes_everything() -> None:
    found = statuses("#ad Pagi bareng @sari.kopi. #pagisari, cek link di bio")

    assert set(found.values()) == {"pass"}


@pytest.mark.parametrize(
    ("_case", "caption", "code", "status"),
    [
        ("missing hashtag", "#ad @sari.kopi link di bio", ("hashtag", "#PagiSari"), "fail"),
        ("hashtag as part of a longer one", "#ad #PagiSariKopi", ("hashtag", "#PagiSari"), "fail"),
        ("full-width hash sign", "#ad ＃PagiSari", ("hashtag", "#PagiSari"), "pass"),
        ("missing mention", "#ad #PagiSari", ("mention", "@sari.kopi"), "fail"),
        ("mention at the end of a sentence", "#ad dengan @sari.kopi.", ("mention", "@sari.kopi"), "pass"),
        ("an e-mail address is no mention", "#ad me@sari.kopi", ("mention", "@sari.kopi"), "fail"),
        ("no label", "Pagi @sari.kopi", ("disclosure", ""), "fail"),
        ("label as words", "Kerja sama berbayar dengan Sari", ("disclosure", ""), "pass"),
        ("#adventure is no #ad", "#adventure", ("disclosure", ""), "fail"),
        ("label at the start", "#ad pagi", ("disclosure_place", ""), "pass"),
        ("label after the fold", "x" * 130 + " #ad", ("disclosure_place", ""), "fail"),
        ("label behind a block of tags", "#a1 #b1 #c1 #d1 #e1 #ad", ("disclosure_block", ""), "fail"),
        ("banned word", "#ad GRATIS hari ini", ("banned_word", "gratis"), "fail"),
        ("banned word with digits", "#ad gr4t1s", ("banned_word", "gratis"), "fail"),
        ("banned word spelled out", "#ad g.r.a.t.i.s", ("banned_word", "gratis"), "fail"),
        ("banned word with invisible characters", "#ad gra\u200btis", ("banned_word", "gratis"), "fail"),
        (
            "banned claim over a line break",
            "#ad menyembuhkan\n maag",
            ("banned_claim", "menyembuhkan maag"),
            "fail",
        ),
        ("none banned", "#ad kopi", ("banned_none", ""), "pass"),
        ("superlative without proof", "#ad kopi nomor satu", ("risky_claim", "nomor satu"), "warn"),
        ("no side effects", "#ad tanpa efek samping", ("risky_claim", "tanpa efek samping"), "warn"),
        ("call to action missing", "#ad kopi", ("cta", "link di bio"), "warn"),
        ("too long", "#ad " + "a" * 2200, ("caption_length", ""), "fail"),
        ("no caption", "", ("caption_missing", ""), "warn"),
        ("too many hashtags", " ".join(f"#t{i}" for i in range(31)), ("hashtag_count", ""), "fail"),
    ],
)
def test_findings(_case: str, caption: str, code: tuple[str, str], status: str) -> None:
    assert statuses(caption)[code] == status


def test_a_word_inside_another_is_not_banned() -> None:
    assert ("banned_word", "gratis") not in statuses("#ad gratisan")


def test_a_story_shows_its_tags_in_the_picture_so_a_person_looks() -> None:
    found = statuses("", format="story")

    assert found[("hashtag", "#PagiSari")] == "warn"
    assert found[("disclosure", "")] == "warn"


def test_the_platforms_own_label_counts_where_the_brief_says_so() -> None:
    rules = Rules(disclosure_labels=["#ad"], disclosure_place="platform")

    assert statuses("kopi", rules, uses_platform_label=True)[("disclosure_platform", "")] == "pass"
    assert statuses("kopi", rules)[("disclosure", "")] == "fail"


def test_media_that_does_not_fit_the_format() -> None:
    found = statuses("#ad", media_kind="image", width=1920, height=1080)

    assert found[("media_kind", "video")] == "warn"
    assert found[("orientation", "")] == "warn"


def test_a_short_that_is_too_long() -> None:
    assert statuses("#ad", platform="youtube", format="short", seconds=200.0)[("too_long", "")] == "warn"


@pytest.mark.parametrize(
    ("text", "platform", "length"),
    [
        ("aé", "instagram", 2),
        ("👍", "instagram", 2),
        ("👍", "x", 2),
        ("https://example.com/very/long/path", "x", 23),
    ],
)
def test_caption_length_as_the_platform_counts(text: str, platform: str, length: int) -> None:
    assert checks.caption_length(text, platform) == length


@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_no_text_breaks_the_checks_and_every_finding_is_unique(caption: str, words: list[str]) -> None:
    rules = Rules(hashtags=words, mentions=words, banned_words=words, ctas=words, disclosure_labels=words)
    found = checks.run(Content(caption=caption, platform="x", format="post"), rules)

    assert len({(f.code, f.item) for f in found}) == len(found)


@given(st.text(alphabet="abcdefghij ", max_size=60), st.sampled_from(["gratis", "menyembuhkan maag"]))
def test_a_banned_phrase_is_found_wherever_it_stands(around: str, phrase: str) -> None:
    assert checks.contains_phrase(f"{around} {phrase.upper()}! {around}", phrase)
