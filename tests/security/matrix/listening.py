"""Hashtags and found posts: all staff read, managers follow; no guest knows of them."""

from __future__ import annotations

from tests.security.matrix import MANAGERS, STAFF, Route, Side


def make_objects(side: Side) -> None:
    from django.utils.timezone import now

    from creators.models import FoundPost, TrackedHashtag

    number = side["creator"].pk
    side["hashtag"] = TrackedHashtag.objects.create(term=f"matrix{number}", due_at=now())
    side["found_post"] = FoundPost.objects.create(
        platform="instagram", external_id=f"f{number}", found_by="hashtag", hashtag=side["hashtag"],
        first_seen_at=now(), observed_at=now(),
    )  # fmt: skip


TAG = {"obj": "hashtag", "foreign": STAFF, "sees": STAFF}

ROUTES = {
    "creators:found_posts": Route(GET=STAFF),
    "creators:hashtags": Route(GET=STAFF),
    "creators:hashtag_add": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "api:hashtags-list": Route(GET=STAFF, POST=MANAGERS, sees=STAFF),
    "api:hashtags-detail": Route(GET=STAFF, **TAG),
    "api:hashtags-stop": Route(POST=MANAGERS, **TAG),
    "api:hashtags-search": Route(POST=MANAGERS, **TAG),
    "api:found-posts-list": Route(GET=STAFF),
    "api:found-posts-detail": Route(GET=STAFF, obj="found_post", foreign=STAFF, sees=STAFF),
}
