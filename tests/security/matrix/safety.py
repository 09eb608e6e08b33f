"""Brand safety: all staff read, reviewers decide, administrators change the packs; guests know nothing of it."""

from __future__ import annotations

from tests.security.matrix import ADMINISTRATORS, MANAGERS, REVIEWERS, STAFF, Route, Side


def make_objects(side: Side) -> None:
    from django.utils.timezone import now

    from creators.models import BrandMention, PostText, SafetyFlag

    post = side["post"]
    side["safety_flag"] = SafetyFlag.objects.create(
        post=post, account=post.account, category="politics", severity="medium", place="caption", origin="rule",
        source="politics:party", version="1", key="k", evidence={"excerpt": "x", "spans": []}, probability=0.9,
        found_at=now(),
    )  # fmt: skip
    side["brand_mention"] = BrandMention.objects.create(
        post=post, account=post.account, brand="kopikita", sponsored="yes"
    )
    side["post_text"] = PostText.objects.create(post=post, account=post.account, scanned_at=now())


def read(obj: str) -> Route:
    return Route(GET=STAFF, obj=obj, foreign=STAFF)


def decide(obj: str = "safety_flag") -> Route:
    return Route(POST=REVIEWERS, obj=obj, foreign=STAFF, sees=STAFF)


PACK = {"key": "politics"}
ROUTES = {
    "creators:safety": Route(GET=STAFF, POST=STAFF, data={"_columns": "reset"}),
    "creators:safety_next": Route(GET=REVIEWERS, sees=STAFF),
    "creators:safety_rescan": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "creators:safety_packs": Route(GET=STAFF),
    "creators:safety_pack": Route(
        GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF, foreign=STAFF, kwargs=lambda side: PACK
    ),
    "creators:safety_flag": read("safety_flag"),
    "creators:safety_decide": Route(
        POST=REVIEWERS, obj="safety_flag", foreign=STAFF, sees=STAFF,
        kwargs=lambda side: {"pk": side["safety_flag"].pk, "decision": "escalate"},
    ),
    "creators:safety_tab": read("creator"),
    "creators:safety_scan_creator": Route(POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF),
    "api:safety-flags-list": Route(GET=STAFF),
    "api:safety-flags-detail": read("safety_flag"),
    "api:safety-flags-confirm": decide(),
    "api:safety-flags-dismiss": decide(),
    "api:safety-flags-escalate": decide(),
    "api:safety-flags-reopen": decide(),
    "api:safety-flags-decide": Route(POST=REVIEWERS, sees=STAFF),
    "api:safety-flags-rescan": Route(POST=MANAGERS, sees=STAFF),
    "api:safety-packs-list": Route(GET=STAFF),
    "api:safety-packs-detail": Route(GET=STAFF, foreign=STAFF, kwargs=lambda side: {"pk": "politics"}),
    "api:safety-packs-change": Route(POST=ADMINISTRATORS, sees=STAFF, foreign=STAFF, kwargs=lambda side: {"pk": "politics"}),
    "api:safety-packs-restore": Route(POST=ADMINISTRATORS, sees=STAFF, foreign=STAFF, kwargs=lambda side: {"pk": "politics"}),
    "api:brand-mentions-list": Route(GET=STAFF),
    "api:brand-mentions-detail": read("brand_mention"),
    "api:post-texts-list": Route(GET=STAFF),
    "api:post-texts-detail": read("post_text"),
    "api:post-texts-transcript": Route(POST=MANAGERS, sees=STAFF),
    "api:texts-classify": Route(POST=STAFF),
}  # fmt: skip
