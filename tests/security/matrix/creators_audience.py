"""Samples of followers: staff reads, who may change creators uploads and deletes; nobody else knows of them."""

from __future__ import annotations

from datetime import date

from tests.security.matrix import MANAGERS, STAFF, Route, Side


def make_objects(side: Side) -> None:
    from creators.models import FollowerSample

    side["follower_sample"] = FollowerSample.objects.create(
        account=side["account"], as_of=date(2026, 1, 1), size=1, features={"posts": [1]}, sha256="0" * 64
    )


SAMPLE = {"obj": "follower_sample", "foreign": STAFF, "sees": STAFF}

ROUTES = {
    "creators:sample_add": Route(GET=MANAGERS, POST=MANAGERS, obj="account", foreign=STAFF, sees=STAFF),
    "creators:sample_delete": Route(POST=MANAGERS, **SAMPLE),
    "api:follower-samples-list": Route(GET=STAFF, POST=MANAGERS, sees=STAFF),
    "api:follower-samples-upload": Route(POST=MANAGERS, sees=STAFF),
    "api:follower-samples-detail": Route(GET=STAFF, DELETE=MANAGERS, **SAMPLE),
}
