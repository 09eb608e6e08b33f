"""Counts, dates, countries and handles as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creators.handles import BadHandle, parse_handle
from creators.importing.countries import code_of
from creators.importing.filenames import propose_as_of, propose_platform
from creators.importing.numbers import LARGEST, BadNumber, parse_count


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("409.8M", 409_800_000), ("7.2K", 7_200), ("1,2 jt", 1_200_000), ("15 rb", 15_000), ("1.2 juta", 1_200_000),
        ("2,5 miliar", 2_500_000_000), ("400100000", 400_100_000), ("1,234,567", 1_234_567), ("1.234.567", 1_234_567),
        ("1.234,5", 1_234), ("1,234.6", 1_235), ("1.200 rb", 1_200_000), ("1,200K", 1_200_000), ("1.234M", 1_234_000),
        ("0", 0), (" 12 ", 12), ("１２３", 123), ("1 234 567", 1_234_567), ("10k+", 10_000), ("", None), ("-", None),
        ("N/A", None), ("400100000.0", 400_100_000), ("3B", 3_000_000_000),
    ],
)  # fmt: skip
def test_counts_are_read_as_written(text: str, value: int | None) -> None:
    assert parse_count(text) == value


@pytest.mark.parametrize(
    "text", ["-5", "abc", "=1+1", "1.2.3,4,5", "12 apples", "1e400", "inf", "999999999999999", "1K2"]
)
def test_what_is_no_count_says_so(text: str) -> None:
    with pytest.raises(BadNumber):
        parse_count(text)


def test_followers_are_whole() -> None:
    with pytest.raises(BadNumber):
        parse_count("12.7", whole=True)
    assert parse_count("12.7") == 13
    assert parse_count("12.7K", whole=True) == 12_700


@given(st.text(max_size=60))
def test_any_cell_is_a_count_none_or_a_sentence(text: str) -> None:
    try:
        value = parse_count(text)
    except BadNumber as error:
        assert str(error)
    else:
        assert value is None or 0 <= value <= LARGEST


@given(st.integers(min_value=0, max_value=LARGEST))
def test_plain_integers_survive(value: int) -> None:
    assert parse_count(str(value)) == value
    assert parse_count(f"{value:,}") == value
    assert parse_count(f"{value:,}".replace(",", ".")) == value


TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("name", "context", "as_of", "known"),
    [
        ("Instagram_Dec.csv", "", date(2025, 12, 31), False),
        ("Instagram_Oct.csv", "", date(2026, 10, 31), False),
        ("Instagram_Dec.csv", "top1000_2022", date(2022, 12, 31), True),
        ("instagram-global-top-1000_2022Q1.csv", "", date(2022, 3, 31), True),
        ("list Desember 2023.xlsx", "", date(2023, 12, 31), True),
        ("tiktok_2024-02.csv", "", date(2024, 2, 29), True),
        ("export 2025-06-15.csv", "", date(2025, 6, 15), True),
        ("kol.csv", "", None, False),
    ],
)
def test_the_file_name_proposes_the_day(name: str, context: str, as_of: date | None, known: bool) -> None:
    found = propose_as_of(name, TODAY, context=context)
    assert (found.as_of, found.year_known) == (as_of, known)


def test_the_file_name_proposes_the_platform() -> None:
    assert propose_platform("Youtube_Sep.csv") == "youtube"
    assert propose_platform("daftar_ig.csv") == "instagram"
    assert propose_platform("kol.csv") == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [("United States", "US"), ("Indonesia", "ID"), ("Amerika Serikat", "US"), ("Russia", "RU"), ("South Korea", "KR"),
     ("Türkiye", "TR"), ("id", "ID"), ("Atlantis", "")],
)  # fmt: skip
def test_country_names(name: str, code: str) -> None:
    assert code_of(name) == code


@pytest.mark.parametrize(
    ("text", "platform", "expected"),
    [
        ("@Rani.K", "instagram", ("instagram", "rani.k", None)),
        ("https://www.instagram.com/rani_k/?hl=id", None, ("instagram", "rani_k", None)),
        ("tiktok.com/@rani", None, ("tiktok", "rani", None)),
        ("https://youtube.com/@RaniTV", None, ("youtube", "RaniTV", None)),
        (
            "https://youtube.com/channel/UC1234567890123456789012",
            None,
            ("youtube", "", "UC1234567890123456789012"),
        ),
        ("yt:@rani", None, ("youtube", "rani", None)),
        ("acct_ea3e89caa4", "instagram", ("instagram", "acct_ea3e89caa4", None)),
    ],
)
def test_handles_and_addresses(
    text: str, platform: str | None, expected: tuple[str, str, str | None]
) -> None:
    found = parse_handle(text, platform)
    assert (found.platform, found.handle, found.external_id) == expected


@pytest.mark.parametrize(
    "text", ["", "two words", "https://example.com/rani", "https://instagram.com/p/abc", "http://[", "@"]
)
def test_what_is_no_profile_says_so(text: str) -> None:
    with pytest.raises(BadHandle):
        parse_handle(text)


@given(st.text(max_size=80), st.sampled_from([None, "instagram", "tiktok", "youtube", "x", "facebook"]))
def test_any_text_is_a_handle_or_a_sentence(text: str, platform: str | None) -> None:
    try:
        found = parse_handle(text, platform)
    except BadHandle as error:
        assert str(error)
    else:
        assert found.handle or found.external_id
        assert "\x00" not in found.handle
