"""The agency's own history with creators as a frame for scoring: one row an account whose creator we worked with."""

from __future__ import annotations

import pandas as pd

from creators import records
from creators.frames import frame, read
from creators.scoring.reliability import COLUMNS

WORKED = ("running", "completed")


def of_creators(creator_ids: list[int]) -> pd.DataFrame:
    """The COLUMNS of `creators.scoring.reliability`, by creator; only creators of whom anything is known."""
    out = pd.DataFrame(index=pd.Index(sorted(set(creator_ids)), name="creator_id"))
    made = records.record("deliveries", creator_ids)
    judged = made[made["on_time"].notna()]
    done = made[made["state"].isin(["published", "accepted"])]
    out["pieces"] = judged.groupby("creator_id").size()
    out["on_time"] = _true(judged, "on_time")
    out["no_shows"] = _true(judged, "no_show")
    out["delivered"] = done.groupby("creator_id").size()
    out["revisions"] = _sum(done, "revisions")
    out["rounds"] = _sum(done, "rounds")
    sent = records.record("offers", creator_ids)
    over = sent[sent["outcome"] != "sent"]
    out["offers"] = over.groupby("creator_id").size()
    out["unanswered"] = over[over["outcome"] == "expired"].groupby("creator_id").size()
    out["hours"] = _mean(over[over["hours"].notna()], "hours")
    standing = records.record("standing", creator_ids).set_index("creator_id")
    broken = records.record("cancellations", creator_ids)
    signed = broken[broken["signed"].astype(bool)] if len(broken) else broken
    out["cancelled"] = signed.groupby("creator_id").size()
    worked = standing[list(WORKED)].astype(float).sum(axis=1) if len(standing) else pd.Series(dtype=float)
    agreed = worked.reindex(out.index).fillna(0.0) + out["cancelled"].fillna(0.0)
    out["worked"] = agreed.where(agreed > 0)
    given = records.record("ratings", creator_ids)
    out["ratings"] = given.groupby("creator_id").size()
    out["rating"] = _mean(given, "score")
    opened = records.record("reading", creator_ids)
    out["briefs"] = opened.groupby("creator_id").size()
    out["reading_hours"] = (
        opened.assign(hours=opened["hours"].astype(float)).groupby("creator_id")["hours"].median()
    )
    billed = records.record("invoices", creator_ids)
    billed = billed[billed["clean"].notna()]
    out["invoices"] = billed.groupby("creator_id").size()
    out["clean"] = _true(billed, "clean")
    return out.astype(float)


def _true(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[rows[column].astype(object).eq(True)].groupby("creator_id").size()


def _sum(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.assign(**{column: rows[column].astype(float)}).groupby("creator_id")[column].sum()


def _mean(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows.assign(**{column: rows[column].astype(float)}).groupby("creator_id")[column].mean()


@frame("history")
def history(ids: list[int]) -> pd.DataFrame:
    """account_id and what our own work with its creator counts up to (see `creators.scoring.reliability`).

    Only accounts whose creator we ever worked or talked with, and those that had a score before.
    """
    owners = read(
        "SELECT a.id AS account_id, a.creator_id, EXISTS (SELECT FROM creators_score s WHERE s.account_id = a.id"
        " AND s.kind = 'reliability' AND s.is_current) AS scored FROM creators_socialaccount a"
        " WHERE a.id = ANY({ids}) ORDER BY a.id",
        ids,
        numbers=("creator_id",),
    )
    known = of_creators([int(pk) for pk in owners["creator_id"].dropna().unique()])
    known = known[known.notna().any(axis=1)]
    wanted = owners[owners["creator_id"].isin(known.index) | owners["scored"].astype(bool)]
    return wanted.merge(known, how="left", left_on="creator_id", right_index=True).reindex(columns=COLUMNS)
