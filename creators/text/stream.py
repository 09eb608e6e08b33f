"""A text a line in, an answer a line out, as they come."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import IO

from creators.text.classifying import answers

AT_ONCE = 1_000


def lines(source: IO[bytes], size: int = 1 << 16) -> Iterator[list[bytes]]:
    """Whole lines in the portions in which they arrive; a last one without a line end counts."""
    try:
        handle = source.fileno()
    except (OSError, AttributeError):
        handle = None
    rest = b""
    while True:
        portion = os.read(handle, size) if handle is not None else source.read(size)
        if not portion:
            break
        *whole, rest = (rest + portion).split(b"\n")
        for start in range(0, len(whole), AT_ONCE):
            yield whole[start : start + AT_ONCE]
    if rest:
        yield [rest]


def run(task: str, lang: str, source: IO[bytes], out: IO[str]) -> int:
    """Answer every line, blank and broken ones too; how many."""
    count = 0
    for part in lines(source):
        texts = [line.rstrip(b"\r").decode("utf-8", errors="replace") for line in part]
        for answer in answers(task, texts, [lang] * len(texts)):
            out.write(
                json.dumps(
                    {
                        "label": answer.label,
                        "probability": answer.probability,
                        "reasons": list(answer.reasons),
                    },
                    ensure_ascii=True,
                )
                + "\n"
            )
        out.flush()
        count += len(texts)
    return count
