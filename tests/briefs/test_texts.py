"""Every finding and every refusal has a sentence, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from briefs import check_texts, file_texts
from briefs.checks import Content, Rules, run

SOURCE = Path("briefs/checks.py").read_text()
FILES = "".join(p.read_text() for p in [*Path("briefs/files").glob("*.py"), Path("briefs/assets.py")])


def test_every_code_of_a_check_has_a_sentence() -> None:
    codes = set(re.findall(r'Finding\(\s*"(\w+)"', SOURCE)) | {"banned_word", "banned_claim"}
    known = {code for code, _status in check_texts.TEXTS} | {"media_kind"}

    assert codes == known


def test_every_finding_of_many_captions_can_be_said() -> None:
    rules = Rules(["#a"], ["@b"], ["#ad"], "start", ["c"], ["d"], ["e f"])
    captions = ["", "#ad d e f", "x" * 5000 + "#ad", "#1 #2 #3 #4 #5 #6 #ad", "nomor satu"]
    for platform in ("instagram", "x", "youtube", "tiktok"):
        for fmt in ("reel", "story", "post", "short"):
            for caption in captions:
                for kind in ("image", "video"):
                    content = Content(caption, platform, fmt, kind, False, 1920, 1080, 4000.0)
                    for row in check_texts.as_rows(run(content, rules)):
                        assert row["text"] != row["code"], row
                        assert "{" not in row["text"], row


def test_every_refusal_of_a_file_has_a_sentence() -> None:
    from briefs.files.inspect import ADVICE

    codes = set(re.findall(r'Refused\(\s*"(\w+)"', FILES)) | set(ADVICE.values())

    assert codes <= set(file_texts.TEXTS)
