"""Who may do what with fits, fair prices, forecasts and ratings: nobody outside the agency ever."""

from __future__ import annotations

from tests.security.matrix import MANAGERS, REVIEWERS, STAFF, Route

ROUTES = {
    "campaigns:creator_fit": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "campaigns:partnership_prices": Route(GET=MANAGERS, obj="partnership", sees=STAFF),
    "campaigns:partnership_rate": Route(GET=REVIEWERS, POST=REVIEWERS, obj="partnership", sees=STAFF),
    "creators:outlook_panel": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "creators:price_panel": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "api:creators-fair-price": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "api:creators-forecasts": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "api:brands-fit": Route(GET=STAFF, obj="brand"),
    "api:campaigns-fit": Route(GET=STAFF, obj="campaign"),
    "api:partnerships-ratings": Route(GET=STAFF, obj="partnership"),
    "api:partnerships-rate": Route(POST=REVIEWERS, obj="partnership", sees=STAFF),
}
