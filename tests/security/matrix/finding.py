"""Discovery and segments: staff only; a segment is its owner's, or everybody's where it is shared."""

from __future__ import annotations

from tests.security.matrix import NOBODY, STAFF, Route, Side


def make_objects(side: Side) -> None:
    from creators.finding import table
    from creators.models import Segment

    table.refresh([side["account"].pk])
    # each person's own: a colleague may not know of it
    side["segment"] = {
        role: Segment.objects.create(
            owner=user, name=f"{side.name} {role}", filters={"platform": ["instagram"]}
        )
        for role, user in side.users.items()
    }
    side["shared_segment"] = Segment.objects.create(
        owner=side.users["administrator"], name="Shared", filters={"platform": ["instagram"]}, shared=True
    )


ROUTES = {
    "creators:find": Route(GET=STAFF, POST=STAFF, data={"_columns": "reset"}),
    "creators:find_facets": Route(GET=STAFF),
    "creators:compare": Route(GET=STAFF),
    "creators:segments": Route(GET=STAFF, POST=STAFF, data={"_columns": "reset"}),
    "creators:segment_create": Route(GET=STAFF, POST=STAFF),
    "creators:segment": Route(GET=STAFF, POST=STAFF, obj="segment", foreign=NOBODY),
    "creators:segment_delete": Route(POST=STAFF, obj="segment", foreign=NOBODY),
    "creators:segment_file": Route(
        GET=NOBODY, kwargs={"pk": 1}, foreign=NOBODY, why="an export that was never started"
    ),
    "api:discovery-list": Route(GET=STAFF),
    "api:discovery-detail": Route(GET=STAFF, obj="account", foreign=STAFF),
    "api:discovery-facets": Route(GET=STAFF),
    "api:discovery-similar": Route(POST=STAFF),
    "api:discovery-overlap": Route(POST=STAFF),
    "api:segments-list": Route(GET=STAFF, POST=STAFF),
    "api:segments-detail": Route(GET=STAFF, PATCH=STAFF, DELETE=STAFF, obj="segment", foreign=NOBODY),
    "api:segments-members": Route(GET=STAFF, obj="segment", foreign=NOBODY),
    "api:segments-count": Route(GET=STAFF, obj="segment", foreign=NOBODY),
    "api:segments-export": Route(POST=STAFF, obj="segment", foreign=NOBODY),
}
