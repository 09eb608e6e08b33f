"""The creators room: all staff read every creator; guests know of their own creators only."""

from __future__ import annotations

from datetime import date

from tests.security.matrix import ADMINISTRATORS, EVERYONE, MANAGERS, PORTAL, REVIEWERS, STAFF, Route, Side


def make_objects(side: Side) -> None:
    from django.core.files.base import ContentFile
    from django.utils.timezone import now

    from creators.models import (
        CreatorAccess,
        CreatorFile,
        CreatorImport,
        Note,
        Post,
        RateCard,
        Score,
        SocialAccount,
        Tag,
        Tier,
    )

    creator = side["creator"]
    author = side.users["administrator"]
    side["account"] = SocialAccount.objects.create(
        creator=creator, platform="instagram", handle=f"matrix{creator.pk}", followers=12_000
    )
    side["note"] = Note.objects.create(creator=creator, author=author, body="Internal.")
    side["rate_card"] = RateCard.objects.create(
        creator=creator, platform="instagram", format="reel", price=1_000_000, valid_from=date(2026, 1, 1)
    )
    side["creator_file"] = CreatorFile.objects.create(
        creator=creator, file=ContentFile(b"x", name="kit.txt"), name="kit.txt", size=1, sha256=f"{creator.pk:064d}",
        uploaded_by=author,
    )  # fmt: skip
    side["creator_access"] = CreatorAccess.objects.filter(
        creator=creator
    ).first() or CreatorAccess.objects.create(creator=creator, user=side.users["creator"], relation="self")
    side["post"] = Post.objects.create(
        account=side["account"], platform="instagram", external_id=f"p{creator.pk}"
    )
    side["score"] = Score.objects.create(
        account=side["account"], kind="engagement", value=0.03, confidence=0.5, formula_version="er-1.0",
        inputs_hash="0", computed_at=now(),
    )  # fmt: skip
    side["tag"] = Tag.objects.create(name=f"tag {creator.pk}")
    side["tier"] = Tier.objects.order_by("-floor").first()
    side["creator_import"] = CreatorImport.objects.create(
        file=ContentFile(b"account\n@rani\n", name="list.csv"), filename="list.csv", sha256="0" * 64, created_by=author,
        columns=["account"], sample=[[2, ["@rani"]]], mapping={"account": "handle"}, platform="instagram",
    )  # fmt: skip


def read(obj: str) -> Route:
    return Route(GET=STAFF, obj=obj, foreign=STAFF)


def change(obj: str, who: frozenset[str] = MANAGERS) -> Route:
    return Route(POST=who, obj=obj, foreign=STAFF, sees=STAFF)


def form(obj: str, who: frozenset[str] = MANAGERS) -> Route:
    return Route(GET=who, POST=who, obj=obj, foreign=STAFF, sees=STAFF)


ROUTES = {
    "creators:list": Route(GET=STAFF, POST=STAFF, data={"_columns": "reset"}),
    "creators:create": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "creators:tiers": Route(GET=STAFF, POST=ADMINISTRATORS, sees=STAFF),
    "creators:import": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "creators:import_paste": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF),
    "creators:imports": Route(GET=MANAGERS, POST=MANAGERS, sees=STAFF, data={"_columns": "reset"}),
    "creators:import_detail": form("creator_import"),
    "creators:import_discard": change("creator_import"),
    "creators:detail": read("creator"),
    "creators:overview": read("creator"),
    "creators:accounts_tab": read("creator"),
    "creators:posts_tab": read("creator"),
    "creators:audience_tab": read("creator"),
    "creators:scores_tab": read("creator"),
    "creators:rates_tab": read("creator"),
    "creators:notes_tab": read("creator"),
    "creators:edit": form("creator"),
    "creators:set_tags": form("creator", REVIEWERS),
    "creators:block": form("creator"),
    "creators:archive": form("creator"),
    "creators:restore": change("creator"),
    "creators:account_add": form("creator"),
    "creators:note_add": form("creator", STAFF),
    "creators:file_add": form("creator"),
    "creators:rate_add": form("creator"),
    "creators:access_add": form("creator"),
    "creators:account": read("account"),
    "creators:account_refresh": change("account", REVIEWERS),
    "creators:account_unlink": change("account"),
    "creators:account_pause": change("account"),
    "creators:account_resume": change("account"),
    "creators:note_edit": form("note", STAFF),
    "creators:note_pin": change("note", STAFF),
    "creators:note_delete": Route(
        POST=ADMINISTRATORS, obj="note", foreign=STAFF, sees=STAFF, why="the author is the administrator"
    ),
    "creators:file": read("creator_file"),
    "creators:file_delete": change("creator_file"),
    "creators:rate_edit": form("rate_card"),
    "creators:rate_delete": change("rate_card"),
    "creators:access_revoke": change("creator_access"),
    "creators:portal_profiles": Route(GET=PORTAL),
    "creators:portal_profile": Route(GET=PORTAL, obj="creator"),
    "creators:portal_contact": Route(GET=PORTAL, POST=PORTAL, obj="creator"),
    "api:creators-list": Route(GET=EVERYONE, POST=MANAGERS, sees=EVERYONE),
    "api:creators-detail": Route(
        GET=STAFF | PORTAL, PATCH=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF | PORTAL
    ),
    "api:creators-contact": Route(POST=MANAGERS | PORTAL, obj="creator", foreign=STAFF, sees=STAFF),
    "api:creators-block": Route(POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF | PORTAL),
    "api:creators-archive": Route(POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF | PORTAL),
    "api:creators-restore": Route(POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF | PORTAL),
    "api:creators-tags": Route(POST=REVIEWERS, obj="creator", foreign=STAFF, sees=STAFF | PORTAL),
    "api:creators-tag": Route(POST=REVIEWERS, sees=EVERYONE),
    "api:creators-accounts": Route(POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF | PORTAL),
    "api:creators-invite": Route(POST=MANAGERS, obj="creator", foreign=STAFF, sees=STAFF | PORTAL),
    "api:accounts-list": Route(GET=STAFF),
    "api:accounts-detail": read("account"),
    "api:accounts-snapshots": read("account"),
    "api:accounts-posts": read("account"),
    "api:accounts-audience": read("account"),
    "api:accounts-active-audience": read("account"),
    "api:accounts-scores": read("account"),
    "api:accounts-refresh": change("account", REVIEWERS),
    "api:accounts-link": change("account"),
    "api:accounts-unlink": change("account"),
    "api:accounts-pause": change("account"),
    "api:accounts-resume": change("account"),
    "api:posts-list": Route(GET=STAFF),
    "api:posts-detail": read("post"),
    "api:scores-list": Route(GET=STAFF),
    "api:scores-detail": read("score"),
    "api:rate-cards-list": Route(GET=EVERYONE, POST=MANAGERS, sees=EVERYONE),
    "api:rate-cards-detail": Route(
        GET=STAFF | PORTAL,
        PATCH=MANAGERS,
        DELETE=MANAGERS,
        obj="rate_card",
        foreign=STAFF,
        sees=STAFF | PORTAL,
    ),
    "api:tags-list": Route(GET=STAFF, POST=REVIEWERS, sees=STAFF),
    "api:tags-detail": Route(
        GET=STAFF, PATCH=REVIEWERS, DELETE=REVIEWERS, obj="tag", foreign=STAFF, sees=STAFF
    ),
    "api:tiers-list": Route(GET=STAFF),
    "api:tiers-detail": read("tier"),
    "api:tiers-ladder": Route(POST=ADMINISTRATORS, sees=STAFF),
    "api:notes-list": Route(GET=STAFF, POST=STAFF),
    "api:notes-detail": Route(
        GET=STAFF, PATCH=STAFF, DELETE=ADMINISTRATORS, obj="note", foreign=STAFF, sees=STAFF
    ),
    "api:creator-access-list": Route(GET=STAFF),
    "api:creator-access-detail": read("creator_access"),
    "api:creator-access-revoke": change("creator_access"),
    "api:creator-imports-list": Route(GET=STAFF, POST=MANAGERS, sees=STAFF),
    "api:creator-imports-detail": Route(
        GET=STAFF, DELETE=MANAGERS, obj="creator_import", foreign=STAFF, sees=STAFF
    ),
    "api:creator-imports-paste": Route(POST=MANAGERS, sees=STAFF),
    "api:creator-imports-configure": change("creator_import"),
    "api:creator-imports-start": change("creator_import"),
}
