"""Addresses of X and Facebook as people paste them."""

from __future__ import annotations

import pytest

from creators.handles import BadHandle, parse_handle

CASES = [
    ("https://x.com/Rani_Official", ("x", "rani_official", None)),
    ("twitter.com/@rani/status/19812345", ("x", "rani", None)),
    ("https://mobile.twitter.com/rani?s=21", ("x", "rani", None)),
    ("x:@Rani", ("x", "rani", None)),
    ("https://www.facebook.com/DapurBunda.id/posts/123", ("facebook", "DapurBunda.id", None)),
    ("https://m.facebook.com/profile.php?id=100012345678901", ("facebook", "", "100012345678901")),
    ("https://www.facebook.com/people/Dapur-Bunda/61550123456789/", ("facebook", "", "61550123456789")),
    ("facebook.com/pages/Dapur-Bunda/100012345678901", ("facebook", "", "100012345678901")),
    ("https://facebook.com/61550123456789", ("facebook", "", "61550123456789")),
    ("fb:dapurbunda", ("facebook", "dapurbunda", None)),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_profiles(text: str, wanted: tuple[str, str, str | None]) -> None:
    found = parse_handle(text)
    assert (found.platform, found.handle, found.external_id) == wanted


@pytest.mark.parametrize(
    "text",
    ["https://x.com/i/status/1", "https://x.com/home", "https://www.facebook.com/groups/99", "facebook.com/watch",
     "https://www.facebook.com/permalink.php?story_fbid=1&id=2", "https://x.com/"],
)  # fmt: skip
def test_not_profiles(text: str) -> None:
    with pytest.raises(BadHandle):
        parse_handle(text)
