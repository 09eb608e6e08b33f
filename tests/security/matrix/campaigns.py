"""Who may do what in the campaigns room."""

from __future__ import annotations

from decimal import Decimal

from tests.security.matrix import (
    ADMINISTRATORS,
    ANYBODY,
    APPROVERS,
    CLIENTS,
    EVERYONE,
    FINANCE,
    MANAGERS,
    PORTAL,
    REVIEWERS,
    STAFF,
    Route,
    Side,
)

M = MANAGERS


def page(obj: str) -> Route:
    return Route(GET=STAFF, obj=obj)


def form(obj: str, who: frozenset[str] = M) -> Route:
    return Route(GET=who, POST=who, obj=obj, sees=STAFF)


def verb(obj: str, who: frozenset[str] = M) -> Route:
    return Route(POST=who, obj=obj, sees=STAFF)


ROUTES = {
    "campaigns:list": Route(GET=STAFF),
    "campaigns:new": Route(GET=M, POST=M, sees=STAFF),
    "campaigns:detail": page("campaign"),
    "campaigns:edit": form("campaign"),
    "campaigns:move": Route(
        POST=M, kwargs=lambda side: {"pk": side["campaign"].pk, "step": "back_to_planning"}, sees=STAFF
    ),
    "campaigns:kpis": form("campaign"),
    "campaigns:budget_tab": page("campaign"),
    "campaigns:allocate": form("campaign"),
    "campaigns:tiers": form("campaign"),
    "campaigns:budget_waive": form("campaign", ADMINISTRATORS),
    "campaigns:spend": form("campaign", M | FINANCE),
    "campaigns:hashtag_panel": page("campaign"),
    "campaigns:shortlist_tab": page("campaign"),
    "campaigns:shortlist_add": form("campaign"),
    "campaigns:shortlist_submit": form("campaign"),
    "campaigns:shortlist_assess": verb("campaign"),
    "campaigns:shortlist_invite": verb("campaign"),
    "campaigns:share": form("campaign"),
    "campaigns:share_revoke": verb("share_link"),
    "campaigns:candidate_edit": form("candidate"),
    "campaigns:candidate_decide": form("candidate"),
    "campaigns:candidate_drop": verb("candidate"),
    "campaigns:candidate_repropose": verb("candidate"),
    "campaigns:partnerships_tab": page("campaign"),
    "campaigns:partnership_detail": page("partnership"),
    "campaigns:partnership_edit": form("partnership"),
    "campaigns:partnership_cancel": form("partnership"),
    "campaigns:offer_new": form("partnership"),
    "campaigns:window_waive": form("partnership", ADMINISTRATORS),
    "campaigns:agreement_draft": form("partnership"),
    "campaigns:offer_send": verb("offer"),
    "campaigns:offer_counter": form("offer"),
    "campaigns:offer_accept": verb("offer"),
    "campaigns:offer_decline": form("offer"),
    "campaigns:offer_withdraw": verb("offer"),
    "campaigns:limits": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF),
    "campaigns:agreement_detail": page("agreement"),
    "campaigns:agreement_edit": form("agreement"),
    "campaigns:agreement_milestones": form("agreement"),
    "campaigns:agreement_send": verb("agreement"),
    "campaigns:agreement_take_back": form("agreement"),
    "campaigns:agreement_sign": form("agreement"),
    "campaigns:agreement_document": page("agreement"),
    "campaigns:agreement_certificate": page("agreement"),
    "campaigns:tracker_tab": page("campaign"),
    "campaigns:tracker": Route(GET=STAFF),
    "campaigns:board_move": Route(
        POST=REVIEWERS,
        kwargs=lambda side: {},
        data=lambda side: {"card": side["deliverable"].pk, "column": "concept"},
        sees=STAFF,
    ),
    "campaigns:deliverable_detail": page("deliverable"),
    "campaigns:deliverable_edit": form("deliverable"),
    "campaigns:deliverable_reschedule": form("deliverable", REVIEWERS),
    "campaigns:deliverable_publish": form("deliverable", REVIEWERS),
    "campaigns:deliverable_accept": verb("deliverable", REVIEWERS),
    "campaigns:deliverable_unpublish": form("deliverable", REVIEWERS),
    "campaigns:deliverable_cancel": form("deliverable"),
    "campaigns:calendar_tab": page("campaign"),
    "campaigns:calendar": Route(GET=STAFF),
    "campaigns:calendar_move": Route(
        POST=REVIEWERS,
        kwargs=lambda side: {},
        data=lambda side: {"id": side["deliverable"].pk, "start": "2027-01-05"},
        sees=STAFF,
    ),
    "campaigns:home_panel": Route(GET=STAFF),
    "campaigns:work_panel": Route(GET=STAFF),
    # KOLs
    "campaigns:portal_partnerships": Route(GET=PORTAL),
    "campaigns:portal_panel": Route(GET=PORTAL),
    "campaigns:portal_partnership": Route(GET=PORTAL, obj="partnership", foreign=frozenset()),
    "campaigns:portal_offer_accept": Route(POST=PORTAL, obj="offer", foreign=frozenset()),
    "campaigns:portal_offer_counter": Route(GET=PORTAL, POST=PORTAL, obj="offer", foreign=frozenset()),
    "campaigns:portal_offer_decline": Route(GET=PORTAL, POST=PORTAL, obj="offer", foreign=frozenset()),
    "campaigns:portal_offer_withdraw": Route(POST=PORTAL, obj="offer", foreign=frozenset()),
    "campaigns:portal_agreement": Route(GET=PORTAL, obj="agreement", foreign=frozenset()),
    "campaigns:portal_agreement_sign": Route(GET=PORTAL, POST=PORTAL, obj="agreement", foreign=frozenset()),
    "campaigns:portal_agreement_document": Route(GET=PORTAL, obj="agreement", foreign=frozenset()),
    "campaigns:portal_agreement_certificate": Route(GET=PORTAL, obj="agreement", foreign=frozenset()),
    "campaigns:portal_deliverable": Route(GET=PORTAL, obj="deliverable", foreign=frozenset()),
    "campaigns:portal_deliverable_publish": Route(
        GET=PORTAL, POST=PORTAL, obj="deliverable", foreign=frozenset()
    ),
    "campaigns:portal_calendar": Route(GET=PORTAL),
    # clients
    "campaigns:client_campaigns": Route(GET=CLIENTS),
    "campaigns:client_panel": Route(GET=CLIENTS),
    "campaigns:client_campaign": Route(GET=CLIENTS, obj="campaign", foreign=frozenset()),
    "campaigns:client_shortlist": Route(GET=CLIENTS, obj="campaign", foreign=frozenset()),
    "campaigns:client_decide": Route(
        POST=APPROVERS,
        obj="candidate",
        sees=CLIENTS,
        foreign=frozenset(),
        data=lambda side: {"decision": "approve"},
    ),
    "campaigns:client_calendar": Route(GET=CLIENTS),
    # brands
    "campaigns:brands": Route(GET=STAFF),
    "campaigns:brand_new": Route(GET=M, POST=M, sees=STAFF),
    "campaigns:brand_detail": page("brand"),
    "campaigns:brand_edit": form("brand"),
    "campaigns:brand_weights": form("brand"),
    "campaigns:brand_archive": verb("brand"),
    "campaigns:product_new": form("brand"),
    "campaigns:member_new": form("brand"),
    "campaigns:product_edit": form("product"),
    "campaigns:member_remove": verb("member"),
    # calendars, links, verification
    "campaigns:calendar_events": Route(GET=EVERYONE),
    "campaigns:feed_create": Route(POST=EVERYONE),
    "campaigns:feed_revoke": Route(
        POST=frozenset({"campaign_manager"}), obj="feed", foreign=frozenset(), why="only its owner"
    ),
    "campaigns:feed": Route(GET=ANYBODY, kwargs=lambda side: {"token": side["feed_token"]}, foreign=ANYBODY),
    "campaigns:shared": Route(
        GET=ANYBODY,
        POST=ANYBODY,
        kwargs=lambda side: {"token": side["share_token"]},
        data=lambda side: {"candidate": side["candidate"].pk, "name": "Rina", "decision": "approve"},
        foreign=ANYBODY,
        why="the token is the key",
    ),
    "campaigns:verify": Route(GET=ANYBODY, POST=ANYBODY),
}


def api(name: str, obj: str, sees: frozenset[str], **actions: frozenset[str]) -> None:
    ROUTES[f"api:{name}-detail"] = Route(
        GET=sees, obj=obj, PATCH=actions.pop("patch", None), sees=sees, foreign=FOREIGN
    )
    for action, who in actions.items():
        ROUTES[f"api:{name}-{action.replace('_', '-')}"] = Route(
            POST=who, obj=obj, sees=sees, foreign=FOREIGN
        )


FOREIGN = ADMINISTRATORS
READERS = STAFF | CLIENTS
KOLS = STAFF | PORTAL
ROUTES["api:brands-list"] = Route(GET=EVERYONE, POST=M, sees=EVERYONE)
api("brands", "brand", READERS, patch=M, archive=M, members=M)
ROUTES["api:products-list"] = Route(GET=EVERYONE, POST=M, sees=EVERYONE)
api("products", "product", READERS, patch=M)
ROUTES["api:campaigns-list"] = Route(GET=EVERYONE, POST=M, sees=EVERYONE)
api(
    "campaigns",
    "campaign",
    EVERYONE,
    patch=M,
    start_planning=M,
    back_to_planning=M,
    activate=M,
    start_reporting=M,
    reopen=M,
    close=M,
    cancel=M,
    allocate=M,
    tiers=M,
    waive=ADMINISTRATORS,
    spend=M | FINANCE,
    kpis=M,
    candidates=M,
    assess=M,
    submit=M,
    invite_approved=M,
    share=M,
)
ROUTES["api:campaigns-hashtags"] = Route(GET=STAFF, obj="campaign")
ROUTES["api:campaigns-budget"] = Route(GET=STAFF, obj="campaign")
ROUTES["api:share-links-list"] = Route(GET=EVERYONE)
api("share-links", "share_link", STAFF, revoke=M)
ROUTES["api:candidates-list"] = Route(GET=EVERYONE)
api("candidates", "candidate", READERS, patch=M, decide=M | APPROVERS, drop=M, repropose=M)
ROUTES["api:candidates-assessment"] = Route(GET=STAFF, obj="candidate")
ROUTES["api:partnerships-list"] = Route(GET=EVERYONE, POST=M, sees=EVERYONE)
api("partnerships", "partnership", EVERYONE, patch=M, cancel=M, waive_exclusivity=ADMINISTRATORS)
ROUTES["api:offers-list"] = Route(GET=EVERYONE, POST=M, sees=EVERYONE)
api(
    "offers",
    "offer",
    KOLS,
    send=M,
    counter=M | PORTAL,
    accept=M | PORTAL,
    decline=M | PORTAL,
    withdraw=M | PORTAL,
)
ROUTES["api:agreements-list"] = Route(GET=EVERYONE, POST=M, sees=EVERYONE)
api("agreements", "agreement", KOLS, patch=M, milestones=M, send=M, take_back=M, sign=M | PORTAL)
ROUTES["api:agreements-verify"] = Route(GET=KOLS, obj="agreement")
ROUTES["api:deliverables-list"] = Route(GET=EVERYONE)
ROUTES["api:deliverables-special-days"] = Route(GET=EVERYONE)
api(
    "deliverables",
    "deliverable",
    EVERYONE,
    patch=M,
    reschedule=REVIEWERS,
    publish=REVIEWERS | PORTAL,
    accept=REVIEWERS,
    unpublish=REVIEWERS,
    cancel=M,
)


def make_objects(side: Side) -> None:
    from campaigns import agreements, feeds, negotiation, selection, sharing
    from campaigns.models import Agreement, Candidate, ClientMember, Product
    from tests.campaigns.factories import LINES, make_campaign

    boss = side.users["administrator"]
    side["campaign"] = make_campaign(brand=side["brand"], by=boss)
    side["product"] = Product.objects.create(brand=side["brand"], name="Serum", price=Decimal(99_000))
    side["member"] = ClientMember.objects.filter(brand=side["brand"]).first()
    (candidate,) = selection.add_candidates(side["campaign"], by=boss, creators=[side["creator"]])
    selection.update_candidate(candidate, by=boss, sell_price=Decimal(20_000_000))
    selection.submit(side["campaign"], by=boss)
    side["candidate"] = Candidate.objects.get(pk=candidate.pk)
    side["share_link"], side["share_token"] = sharing.create_link(
        side["campaign"], by=boss, label="Rina", scope="approve"
    )
    side["feed"], side["feed_token"] = feeds.create_feed(by=side.users["campaign_manager"])
    side["partnership"] = negotiation.invite(side["campaign"], by=boss, creator=side["creator"])
    offer = negotiation.make_offer(side["partnership"], by=boss, lines=LINES)
    side["offer"] = negotiation.accept(offer, by=side.users["creator"])
    side["partnership"].refresh_from_db()
    agreement = agreements.send(agreements.draft(side["partnership"], by=boss), by=boss)
    agreements.sign(agreement, by=side.users["creator"], name="Sari Dewi")
    agreements.sign(agreement, by=boss, name="Budi Santoso")
    side["agreement"] = Agreement.objects.get(pk=agreement.pk)
    side["deliverable"] = side["agreement"].deliverables.first()
    side["campaign"].refresh_from_db()
    side["partnership"].refresh_from_db()
