"""Who may do what with briefs, concepts, drafts and files."""

from __future__ import annotations

from typing import Any

from tests.security.matrix import (
    ANYBODY,
    APPROVERS,
    CLIENTS,
    EVERYONE,
    MANAGERS,
    PORTAL,
    REVIEWERS,
    STAFF,
    Route,
    Side,
)

M, R = MANAGERS, REVIEWERS
NOT_CLIENTS = STAFF | PORTAL
MAKERS = PORTAL | M
IDEA = {"title": "Jendela", "body": "Buka jendela."}


def pk_of(name: str) -> Any:
    return lambda side: {"pk": side[name].pk}


ROUTES = {
    # the brief
    "briefs:campaign_brief": Route(GET=STAFF, obj="campaign"),
    "briefs:brief_edit": Route(GET=M, POST=M, obj="campaign", sees=STAFF, data={"place": "start"}),
    "briefs:brief_publish": Route(GET=M, POST=M, obj="brief", sees=STAFF),
    "briefs:version": Route(GET=STAFF, obj="brief_version"),
    "briefs:version_pdf": Route(GET=STAFF, obj="brief_version"),
    "briefs:call_new": Route(GET=M, POST=M, obj="campaign", sees=STAFF),
    "briefs:call_move": Route(GET=M, POST=M, obj="call", sees=STAFF),
    "briefs:call_hold": Route(GET=M, POST=M, obj="call", sees=STAFF),
    "briefs:call_cancel": Route(POST=M, obj="call", sees=STAFF),
    "briefs:call_ics": Route(GET=STAFF, obj="call"),
    # what is made
    "briefs:campaign_content": Route(GET=STAFF, obj="campaign"),
    "briefs:review_settings": Route(GET=M, POST=M, obj="campaign", sees=STAFF),
    "briefs:concepts": Route(GET=STAFF, obj="deliverable"),
    "briefs:deliverable_panel": Route(GET=STAFF, obj="deliverable"),
    "briefs:grant_round": Route(GET=M, POST=M, obj="deliverable", sees=STAFF),
    "briefs:draft_new": Route(GET=M, POST=M, obj="deliverable", sees=STAFF),
    "briefs:live_checks": Route(
        POST=MAKERS, obj="deliverable", why="others who see the deliverable have no draft to check: 404"
    ),
    "briefs:concept_choose": Route(GET=R, POST=R, obj="concept", sees=STAFF),
    "briefs:concept_changes": Route(
        GET=R, POST=R, obj="concept", sees=STAFF, data={"comment": "Lebih singkat"}
    ),
    "briefs:concept_reject": Route(GET=R, POST=R, obj="concept", sees=STAFF),
    "briefs:concept_comment": Route(GET=STAFF, POST=STAFF, obj="concept", data={"body": "Bagus"}),
    "briefs:queue": Route(GET=STAFF, POST=STAFF, data={"_columns": "reset"}),
    "briefs:home_reviews": Route(GET=STAFF),
    "briefs:draft": Route(GET=STAFF, obj="draft"),
    "briefs:draft_decide": Route(GET=R, POST=R, obj="draft", sees=STAFF, data={"decision": "approve"}),
    "briefs:draft_delegate": Route(GET=R, POST=R, obj="draft", sees=STAFF),
    "briefs:draft_comment": Route(GET=STAFF, POST=STAFF, obj="draft", data={"body": "Bagus"}),
    "briefs:draft_withdraw": Route(POST=M, obj="draft", sees=STAFF),
    "briefs:comment_resolve": Route(POST=STAFF, obj="comment"),
    # files
    "briefs:assets": Route(GET=STAFF, POST=STAFF, data={"_columns": "reset"}),
    "briefs:campaign_library": Route(GET=STAFF, obj="campaign"),
    "briefs:asset_upload": Route(GET=R, POST=R, obj="campaign", sees=STAFF),
    "briefs:asset": Route(GET=STAFF, obj="asset"),
    "briefs:asset_edit": Route(GET=R, POST=R, obj="asset", sees=STAFF, data={"name": "a.jpg"}),
    "briefs:asset_remove": Route(POST=R, obj="asset", sees=STAFF),
    "briefs:asset_file": Route(GET=STAFF, obj="asset"),
    "briefs:asset_preview": Route(GET=STAFF, obj="asset"),
    "briefs:right_new": Route(GET=M, POST=M, obj="asset", sees=STAFF),
    "briefs:right_extend": Route(GET=M, POST=M, obj="right", sees=STAFF, data={"ends": "2030-01-01"}),
    "briefs:right_end": Route(POST=M, obj="right", sees=STAFF),
    "briefs:upload_start": Route(
        POST=EVERYONE,
        why="without a visible campaign or deliverable nothing starts; the verb's own tests say who may",
    ),
    "briefs:upload_part": Route(
        GET=frozenset({"creator"}),
        PATCH=frozenset({"creator"}),
        DELETE=frozenset({"creator"}),
        obj="upload",
        foreign=frozenset(),
        why="an upload is its sender's alone",
    ),
    # portal
    "briefs:portal_tasks": Route(GET=PORTAL),
    "briefs:portal_content": Route(GET=PORTAL),
    "briefs:portal_brief": Route(GET=PORTAL, obj="partnership"),
    "briefs:portal_brief_acknowledge": Route(POST=PORTAL, obj="partnership"),
    "briefs:portal_brief_pdf": Route(GET=PORTAL, obj="partnership"),
    "briefs:portal_call_ics": Route(GET=PORTAL, obj="call"),
    "briefs:portal_deliverable": Route(GET=PORTAL, obj="deliverable"),
    "briefs:portal_deliverable_panel": Route(GET=PORTAL, obj="deliverable"),
    "briefs:portal_partnership_panel": Route(GET=PORTAL, obj="partnership"),
    "briefs:portal_concepts_new": Route(GET=PORTAL, POST=PORTAL, obj="deliverable"),
    "briefs:portal_draft_new": Route(GET=PORTAL, POST=PORTAL, obj="deliverable"),
    "briefs:portal_concept_revise": Route(GET=PORTAL, POST=PORTAL, obj="concept", data=IDEA),
    "briefs:portal_concept_comment": Route(GET=PORTAL, POST=PORTAL, obj="concept", data={"body": "Siap"}),
    "briefs:portal_draft_comment": Route(GET=PORTAL, POST=PORTAL, obj="draft", data={"body": "Siap"}),
    "briefs:portal_draft_withdraw": Route(POST=PORTAL, obj="draft"),
    "briefs:portal_asset_file": Route(GET=PORTAL, obj="asset"),
    "briefs:portal_asset_preview": Route(GET=PORTAL, obj="asset"),
    # client room
    "briefs:client_content": Route(GET=CLIENTS),
    "briefs:client_home_panel": Route(GET=CLIENTS),
    "briefs:client_campaign_content": Route(GET=CLIENTS, obj="campaign"),
    "briefs:client_draft": Route(GET=CLIENTS, obj="client_draft"),
    "briefs:client_draft_decide": Route(
        GET=APPROVERS, POST=APPROVERS, obj="client_draft", sees=CLIENTS, data={"decision": "approve"}
    ),
    "briefs:client_draft_delegate": Route(GET=APPROVERS, POST=APPROVERS, obj="client_draft", sees=CLIENTS),
    "briefs:client_draft_comment": Route(
        GET=CLIENTS, POST=CLIENTS, obj="client_draft", data={"body": "Bagus"}
    ),
    "briefs:client_asset_file": Route(GET=CLIENTS, obj="asset"),
    "briefs:client_asset_preview": Route(GET=CLIENTS, obj="asset"),
    # REST
    "api:briefs-list": Route(
        GET=EVERYONE,
        POST=M,
        sees=EVERYONE,
        data=lambda side: {"campaign": side["campaign"].pk, "story": "Kopi"},
    ),
    "api:briefs-detail": Route(GET=STAFF, PATCH=M, obj="brief", sees=STAFF, data={"story": "Kopi"}),
    "api:briefs-publish": Route(POST=M, obj="brief", sees=STAFF),
    "api:brief-versions-list": Route(GET=EVERYONE),
    "api:brief-versions-detail": Route(GET=EVERYONE, obj="brief_version"),
    "api:brief-versions-as-pdf": Route(GET=EVERYONE, obj="brief_version"),
    "api:brief-versions-read": Route(
        POST=PORTAL,
        obj="brief_version",
        sees=EVERYONE,
        data=lambda side: {"partnership": side["partnership"].pk},
    ),
    "api:brief-versions-acknowledge": Route(
        POST=PORTAL,
        obj="brief_version",
        sees=EVERYONE,
        data=lambda side: {"partnership": side["partnership"].pk},
    ),
    "api:brief-receipts-list": Route(GET=EVERYONE),
    "api:brief-receipts-detail": Route(GET=NOT_CLIENTS, obj="receipt"),
    "api:briefing-calls-list": Route(
        GET=EVERYONE,
        POST=M,
        sees=EVERYONE,
        data=lambda side: {
            "campaign": side["campaign"].pk,
            "partnerships": [side["partnership"].pk],
            "starts_at": "2027-01-05T10:00:00Z",
        },
    ),
    "api:briefing-calls-detail": Route(GET=NOT_CLIENTS, obj="call"),
    "api:briefing-calls-invite": Route(GET=NOT_CLIENTS, obj="call"),
    "api:briefing-calls-move": Route(
        POST=M, obj="call", sees=NOT_CLIENTS, data={"starts_at": "2027-01-05T10:00:00Z"}
    ),
    "api:briefing-calls-hold": Route(POST=M, obj="call", sees=NOT_CLIENTS),
    "api:briefing-calls-cancel": Route(POST=M, obj="call", sees=NOT_CLIENTS),
    "api:concepts-list": Route(GET=EVERYONE),
    "api:concepts-detail": Route(GET=NOT_CLIENTS, obj="concept"),
    "api:concepts-submit": Route(
        POST=MAKERS,
        sees=EVERYONE,
        data=lambda side: {"deliverable": side["deliverable"].pk, "concepts": [IDEA, IDEA]},
    ),
    "api:concepts-revise": Route(POST=MAKERS, obj="concept", sees=NOT_CLIENTS, data={"body": "Dua gelas."}),
    "api:concepts-choose": Route(POST=R, obj="concept", sees=NOT_CLIENTS),
    "api:concepts-ask-for-changes": Route(POST=R, obj="concept", sees=NOT_CLIENTS, data={"comment": "Lagi"}),
    "api:concepts-reject": Route(POST=R, obj="concept", sees=NOT_CLIENTS),
    "api:concepts-comment": Route(POST=NOT_CLIENTS, obj="concept", data={"body": "Bagus"}),
    "api:drafts-list": Route(
        GET=EVERYONE,
        POST=MAKERS,
        sees=EVERYONE,
        data=lambda side: {"deliverable": side["deliverable"].pk, "link": "https://drive.example/x"},
    ),
    "api:drafts-check": Route(
        POST=MAKERS,
        sees=EVERYONE,
        data=lambda side: {"deliverable": side["deliverable"].pk, "caption": "#ad"},
    ),
    "api:drafts-detail": Route(GET=EVERYONE, obj="client_draft"),
    "api:drafts-approve": Route(POST=R, obj="draft", sees=NOT_CLIENTS),
    "api:drafts-ask-for-changes": Route(POST=R, obj="draft", sees=NOT_CLIENTS, data={"comment": "Logo"}),
    "api:drafts-withdraw": Route(POST=MAKERS, obj="draft", sees=NOT_CLIENTS),
    "api:drafts-delegate": Route(
        POST=R, obj="draft", sees=NOT_CLIENTS, data=lambda side: {"to": side.users["reviewer"].pk}
    ),
    "api:drafts-comment": Route(POST=EVERYONE, obj="client_draft", data={"body": "Bagus"}),
    "api:drafts-grant-round": Route(POST=M, obj="draft", sees=NOT_CLIENTS, data={"reason": "Brief berubah"}),
    # behind a client's link: no login, the token is the key
    "briefs:shared_content": Route(
        GET=ANYBODY, kwargs=lambda side: {"token": side["content_token"]}, foreign=ANYBODY
    ),
    "briefs:shared_draft": Route(
        GET=ANYBODY,
        POST=ANYBODY,
        kwargs=lambda side: {"token": side["content_token"], "pk": side["client_draft"].pk},
        data={"name": "Rina", "decision": "approve"},
        foreign=ANYBODY,
        why="the token is the key",
    ),
    "briefs:shared_file": Route(
        GET=ANYBODY,
        kwargs=lambda side: {"token": side["content_token"], "pk": side["client_draft"].pk},
        foreign=ANYBODY,
    ),
    "briefs:shared_preview": Route(
        GET=ANYBODY,
        kwargs=lambda side: {"token": side["content_token"], "pk": side["picture_draft"].pk},
        foreign=ANYBODY,
    ),
    "api:comments-list": Route(GET=EVERYONE),
    "api:comments-detail": Route(GET=NOT_CLIENTS, obj="comment"),
    "api:comments-resolve": Route(POST=STAFF, obj="comment", sees=NOT_CLIENTS),
    "api:review-settings-list": Route(
        GET=EVERYONE, POST=M, sees=EVERYONE, data=lambda side: {"campaign": side["campaign"].pk}
    ),
    "api:review-settings-detail": Route(GET=STAFF, obj="review_settings"),
    "api:assets-list": Route(GET=EVERYONE),
    "api:assets-detail": Route(
        GET=EVERYONE, PATCH=R, DELETE=R, obj="asset", sees=EVERYONE, data={"name": "a.jpg"}
    ),
    "api:assets-file": Route(GET=EVERYONE, obj="asset"),
    "api:usage-rights-list": Route(
        GET=EVERYONE,
        POST=M,
        sees=EVERYONE,
        data=lambda side: {
            "asset": side["asset"].pk,
            "channel": "Website",
            "starts": "2027-01-01",
            "ends": "2027-02-01",
        },
    ),
    "api:usage-rights-detail": Route(GET=EVERYONE, obj="right"),
    "api:usage-rights-extend": Route(POST=M, obj="right", sees=EVERYONE, data={"ends": "2030-01-01"}),
    "api:usage-rights-end": Route(POST=M, obj="right", sees=EVERYONE),
    "api:uploads-list": Route(
        GET=EVERYONE,
        POST=R | PORTAL,
        sees=EVERYONE,
        data=lambda side: {"filename": "a.jpg", "size": 9, "deliverable": side["deliverable"].pk},
    ),
    "api:uploads-detail": Route(
        GET=frozenset({"creator"}), DELETE=frozenset({"creator"}), obj="upload", foreign=frozenset()
    ),
    "api:uploads-data": Route(PUT=frozenset({"creator"}), obj="upload", foreign=frozenset()),
}


def make_objects(side: Side) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from briefs import assets, briefing, comments, review, rights, uploads
    from campaigns import sharing
    from tests.briefs import factories

    boss, kol = side.users["administrator"], side.users["creator"]
    side["brief_version"] = factories.published_brief(side["campaign"], boss)
    side["brief"] = side["brief_version"].brief
    side["receipt"] = briefing.open_version(side["brief_version"], partnership=side["partnership"], by=kol)
    side["call"] = briefing.plan_call(
        side["campaign"],
        by=boss,
        starts_at=timezone.now() + timedelta(days=1),
        partnerships=[side["partnership"]],
    )
    side["review_settings"] = review.save_settings(side["campaign"], by=boss, client_hours=24)
    side["concept"] = factories.three_concepts(side["deliverable"], kol)[0]
    side["draft"] = factories.submitted_draft(
        factories.add_deliverable(side["partnership"], state="drafting"), kol
    )
    shown = factories.submitted_draft(factories.add_deliverable(side["partnership"], state="drafting"), kol)
    side["client_draft"] = review.approve(shown, by=boss)
    pictured = factories.add_deliverable(side["partnership"], state="drafting")
    side["picture_draft"] = review.approve(
        factories.submitted_draft(
            pictured, kol, asset=factories.uploaded(pictured, kol, factories.picture_file())
        ),
        by=boss,
        comment="A picture is fine here",
    )
    _link, side["content_token"] = sharing.create_link(
        side["campaign"], by=boss, label="Rina", scope="approve", covers="content"
    )
    side["comment"] = comments.add(side["draft"], by=boss, body="Lebih cerah")
    asset = assets.upload_file(factories.picture_file(), by=boss, campaign=side["campaign"], purpose="brand")
    side["asset"] = assets.describe(asset, by=boss, share_with_creators=True, share_with_client=True)
    side["right"] = rights.grant(
        asset,
        by=boss,
        channel="Meta",
        starts=timezone.localdate(),
        ends=timezone.localdate() + timedelta(days=60),
    )
    side["upload"] = uploads.start(by=kol, filename="a.jpg", size=9, deliverable=side["deliverable"])
