"""Do the same accounts answer each other's posts by agreement? Who comments where, how often, how soon, and how.

The graph part (who answers whom) is an indicator of its own: reciprocity and closure among those who answer back.
It is blind to a pod of which most members are not known; recurrence, the first hour and the style of comments need
nobody else's account. Weights are judgement; no labelled pods are open.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

RECIPROCAL_PRIOR = 5.0  # commenters of whom nothing is assumed
CLOSED_PRIOR = 6.0
FIRST_HOUR = 3600.0


def graph(source: np.ndarray, target: np.ndarray) -> pd.DataFrame:
    """Per account (index) of directed edges "source comments under target's posts": answered, commenters, reciprocity
    (the part of commenters who are answered), closure (how far those partners comment under each other), indicator.

    Work grows with the sum of squared partners; the order of edges does not matter.
    """
    names, flat = np.unique(np.concatenate([source, target]), return_inverse=True)
    a, b = flat[: len(source)].astype(np.int64), flat[len(source) :].astype(np.int64)
    size = np.int64(len(names))
    keep = a != b
    codes = np.unique(a[keep] * size + b[keep])
    back = np.isin((codes % size) * size + codes // size, codes, assume_unique=True)
    commenters = np.bincount(codes % size, minlength=len(names)).astype(float)
    mutual = codes[back]
    left, right = mutual // size, mutual % size
    answered = np.bincount(left, minlength=len(names)).astype(float)
    closed = np.zeros(len(names))
    starts = np.searchsorted(left, np.arange(len(names) + 1))
    for one in np.flatnonzero(answered >= 2):
        partners = right[starts[one] : starts[one + 1]]
        pairs = (partners[:, None] * size + partners[None, :]).ravel()
        places = np.searchsorted(codes, pairs)
        closed[one] = (codes[np.minimum(places, len(codes) - 1)] == pairs).sum()
    reciprocity = answered / (commenters + RECIPROCAL_PRIOR)
    closure = closed / (answered * np.maximum(answered - 1, 0) + CLOSED_PRIOR)
    return pd.DataFrame(
        {
            "answered": answered,
            "commenters": commenters,
            "reciprocity": reciprocity,
            "closure": closure,
            "indicator": 1.0 - (1.0 - np.minimum(reciprocity, 1.0)) * (1.0 - closure),
        },
        index=names,
    )


def recurrence(comments: pd.DataFrame) -> pd.DataFrame:
    """Per account: how alike the sets of commenters are from post to post, and how many posts say so.

    The mean Jaccard of the commenters of each two posts (newest twelve with at least three commenters).
    """
    rows = []
    for account, mine in comments.groupby("account_id"):
        sets = [set(keys) for _, keys in mine.groupby("post_id")["author_key"] if keys.nunique() >= 3][-12:]
        if len(sets) < 2:
            continue
        values = [
            len(one & other) / len(one | other) for n, one in enumerate(sets) for other in sets[n + 1 :]
        ]
        again = pd.Series([key for one in sets for key in one]).value_counts()
        rows.append((account, float(np.mean(values)), len(sets), float((again > len(sets) / 2).sum())))
    return pd.DataFrame(rows, columns=["account_id", "jaccard", "posts", "regulars"]).set_index("account_id")


def first_hour(comments: pd.DataFrame) -> pd.DataFrame:
    """Per account: the part of comments in the first hour after the post, and of how many comments."""
    known = comments[comments["published_at"].notna() & comments["post_published_at"].notna()]
    if known.empty:
        return pd.DataFrame(columns=["share", "comments"])
    late = (known["published_at"] - known["post_published_at"]).dt.total_seconds()
    early = ((late >= 0) & (late <= FIRST_HOUR)).astype(float)
    by = early.groupby(known["account_id"])
    return pd.DataFrame({"share": by.mean(), "comments": by.size()})
