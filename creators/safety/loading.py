"""Frames of the safety score: flags that count, and how much was read."""

from __future__ import annotations

import pandas as pd

from creators.frames import frame, read


@frame("safety_flags")
def safety_flags(ids: list[int]) -> pd.DataFrame:
    """account_id, category, severity, place, state, probability, published_at: flags the last scan still finds, and
    those a person confirmed."""
    return read(
        "SELECT account_id, category, severity, place, state, probability, published_at FROM creators_safetyflag"
        " WHERE account_id = ANY({ids}) AND state <> 'dismissed' AND (is_current OR state IN ('confirmed', 'escalated'))"
        " ORDER BY account_id, id",
        ids,
        numbers=("probability",),
        moments=("published_at",),
        texts=("category", "severity", "place", "state"),
    )


@frame("safety_texts")
def safety_texts(ids: list[int]) -> pd.DataFrame:
    """account_id, posts read, and of those how many with comments and with a transcript."""
    return read(
        "SELECT account_id, count(*) AS posts, count(comments_read) AS with_comments,"
        " count(nullif(transcript, '')) AS with_transcript FROM creators_posttext"
        " WHERE account_id = ANY({ids}) AND scanned_at IS NOT NULL GROUP BY account_id ORDER BY account_id",
        ids,
        numbers=("posts", "with_comments", "with_transcript"),
    )
