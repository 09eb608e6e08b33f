"""Scores: all staff read them and their formulas; computing them anew belongs to administrators."""

from __future__ import annotations

from tests.security.matrix import ADMINISTRATORS, STAFF, Route, Side


def of_account(side: Side) -> dict[str, object]:
    return {"pk": side["account"].pk, "kind": "engagement"}


ROUTES = {
    "creators:score_kinds": Route(GET=STAFF),
    "creators:score_kind": Route(GET=STAFF, kwargs=lambda side: {"kind": "engagement"}, foreign=STAFF),
    "creators:score_card": Route(GET=STAFF, kwargs=lambda side: {"kind": "prediction"}, foreign=STAFF),
    "creators:score_recompute": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF),
    "creators:account_score": Route(GET=STAFF, kwargs=of_account, foreign=STAFF),
    "api:scores-changes": Route(GET=STAFF, obj="score", foreign=STAFF),
    "api:scores-recompute": Route(POST=ADMINISTRATORS, sees=STAFF),
    "api:score-definitions-list": Route(GET=STAFF),
}
