"""Make the demo agency."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.db import connection
from django.utils import timezone

from briefs import briefing
from campaigns import brands, budget, planning, selection
from campaigns.models import Brand, Campaign, Candidate
from creators.models import Creator, CreatorAccess, SocialAccount
from krm.accounts.models import User
from krm.events import relay
from krm.local.demo import (
    DOMAIN,
    KOL,
    cast,
    consents,
    desk,
    find,
    journey,
    know,
    lists,
    people,
    safety,
    stories,
    vendors,
    vetting,
)
from krm.local.demo.journey import Stage
from krm.local.demo.stories import DemoBrand, DemoCampaign
from krm.local.sandbox import world
from krm.local.sandbox.state import State
from reporting import attribution, reports, tracking

FEES_USED = 0.6  # of the budget; the fees line holds 65 %
SMALLEST = 1_500_000  # kept for each KOL still to choose
MANAGED = 6  # creators beside that the talent manager's login speaks for


def load(sandbox: State, say: Callable[[str], None]) -> None:
    """All of it, in about a minute; call it on an installation without demo data."""
    now = timezone.now()
    say("people and creators")
    kol = world.demo_creators()[KOL]
    users, teams = people.make_people(kol.name)
    creators = cast.make_creators(users["manager"])
    say("eight months of figures, scores")
    cast.make_history(now)
    cast.make_rate_cards(now)
    cast.make_finds(users["manager"], now)
    let_books_balance_at_the_end()
    made_brands = {brand.key: make_brand(brand, users, teams) for brand in stories.BRANDS}
    accounts = {
        row.pk: account
        for row in SocialAccount.objects.filter(is_demo=True)
        if (account := world.by_id(row.platform, row.external_id or "")) is not None
    }
    stage = Stage(users, sandbox, accounts, now)
    chooser = Chooser(creators, users)
    say("six campaigns")
    plans = [
        (plan, campaign_story(stage, plan, made_brands[plan.brand], brand_of(plan), chooser))
        for plan in stories.CAMPAIGNS
    ]
    play([story for _plan, story in plans], now)
    journey.observe_posts(stage)
    cast.look_back(now)
    say("what the agency knows")
    cast.make_schedule(now)
    consents.load(sandbox, now)
    vetting.load(users, now)
    safety.load(stage)
    vetting.look_again(users, now)
    know.load(users["manager"], users["admin"])
    desk.load(users, now)
    vendors.load(users, sandbox, now)
    lists.load(users["manager"], now)
    SocialAccount.objects.filter(is_demo=True).exclude(followers=None).update(last_ok_at=now)
    relay.run()
    find.load(users)


def let_books_balance_at_the_end() -> None:
    """Keys are checked at once (see `cast.make_creators`); the books' own checks wait for a transaction's last leg."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 't' AND condeferred")
        names = ", ".join(connection.ops.quote_name(name) for (name,) in cursor.fetchall())
        if names:
            cursor.execute(f"SET CONSTRAINTS {names} DEFERRED")


def brand_of(plan: DemoCampaign) -> DemoBrand:
    return next(brand for brand in stories.BRANDS if brand.key == plan.brand)


def play(stories_: list[Iterator[Any]], now: datetime) -> None:
    """Resume every story at the moment it asked for, in order of time. A story may yield another story to start."""
    queue: list[tuple[datetime, int, Iterator[Any]]] = []
    order = 0

    def advance(story: Iterator[Any]) -> None:
        nonlocal order
        for step in story:
            if isinstance(step, datetime):
                if step < now:
                    order += 1
                    heapq.heappush(queue, (step, order, story))
                return
            advance(step)

    for story in stories_:
        advance(story)
    while queue:
        moment, _order, story = heapq.heappop(queue)
        with time_machine.travel(moment, tick=True):
            advance(story)
            relay.run()


def make_brand(plan: DemoBrand, users: dict[str, User], teams: dict[str, Any]) -> Brand:
    admin = users["admin"]
    brand = brands.create_brand(
        by=admin,
        team=teams[plan.team],
        name=plan.name,
        category=plan.category,
        currency="IDR",
        competitors=list(plan.competitors),
        target_audience={"countries": ["ID"], "ages": ["18-24", "25-34"], "genders": ["female"]},
        is_demo=True,
    )
    for name, price in plan.products:
        brands.save_product(brand, by=admin, name=name, price=Decimal(price))
    brands.add_member(brand, by=admin, user=users["client"])
    if plan.key in ("rona", "griya"):
        brands.add_member(brand, by=admin, user=users["client2"])
    return brand


def price(shown: world.DemoCreator) -> int:
    """The dearest of a creator's accounts: whichever is chosen, it fits the budget."""
    return max(cast.price_of(account) for account in shown.accounts)


class Chooser:
    """Takes creators for campaigns: fitting category, wanted size, nobody with bought followers, nobody too often."""

    def __init__(self, creators: dict[str, Creator], users: dict[str, User]) -> None:
        self.creators, self.users = creators, users
        self.taken: dict[str, int] = {}
        self.actors: dict[str, User] = {}

    def choose(self, plan: DemoCampaign, count: int, extra: int) -> list[tuple[world.DemoCreator, Creator]]:
        cast_ = [c for c in world.demo_creators() if c.accounts[0].story in ("organic", "viral", "new")]
        fitting = [c for c in cast_ if set(c.categories) & set(plan.categories)] or cast_
        if plan.key in ("serum", "kopi", "sunscreen", "dapur"):
            fitting.insert(0, world.demo_creators()[KOL])  # the KOL login has something in every state
        found: list[world.DemoCreator] = []
        left = plan.budget * FEES_USED
        for number in range(count + extra):
            size = plan.sizes[number % len(plan.sizes)]
            most = left - (count - number - 1) * SMALLEST if number < count else plan.budget
            free = [
                c for c in fitting
                if c not in found and self.taken.get(c.key, 0) < (4 if c is fitting[0] else 2) and price(c) <= most
            ]  # fmt: skip
            if not free:
                break
            first = number == 0 and fitting[0] in free
            pick = fitting[0] if first else next((c for c in free if c.accounts[0].size == size), free[-1])
            found.append(pick)
            self.taken[pick.key] = self.taken.get(pick.key, 0) + 1
            if number < count:
                left -= price(pick)
        return [(c, self.creators[c.key]) for c in found]

    def actor(self, shown: world.DemoCreator, creator: Creator) -> User:
        """The portal login that acts for a creator: their own, or their talent manager's."""
        if shown.key in self.actors:
            return self.actors[shown.key]
        if shown.key == world.demo_creators()[KOL].key:
            user, relation = self.users["kol"], "self"
        elif len(self.actors) <= MANAGED:
            user, relation = self.users["talent"], "manager"
        else:
            user = User.objects.create_user(
                f"{shown.key}@{DOMAIN}", None, name=creator.name, role="creator", language="id", is_demo=True
            )
            relation = "self"
        CreatorAccess.objects.get_or_create(user=user, creator=creator, defaults={"relation": relation})
        self.actors[shown.key] = user
        return user


def campaign_story(
    stage: Stage, plan: DemoCampaign, brand: Brand, about: DemoBrand, chooser: Chooser
) -> Iterator[Any]:
    """A campaign from its plan to where `plan.final` has it."""
    now = stage.now
    manager, client = stage.users[plan.manager], stage.users["client"]
    begin = now - timedelta(days=plan.begin)
    yield begin
    campaign = planning.create_campaign(
        by=manager,
        brand=brand,
        name=plan.name,
        objective=plan.objective,
        starts_on=(now - timedelta(days=plan.starts)).date(),
        ends_on=(now - timedelta(days=plan.ends)).date(),
        budget=Decimal(plan.budget),
        hashtags=[plan.hashtag],
        mentions=[about.handle],
        summary=plan.summary,
        is_demo=True,
    )
    planning.start_planning(campaign, by=manager)
    briefing.publish(briefing.save_brief(campaign, by=manager, **stories.brief_of(plan, about)), by=manager)
    if not plan.kols:
        return
    yield begin + timedelta(days=1.5)
    chosen = chooser.choose(plan, plan.kols, extra=2)
    by_creator = {creator.pk: shown for shown, creator in chosen}
    candidates = selection.add_candidates(
        campaign, by=manager, creators=[creator for _shown, creator in chosen]
    )
    for candidate in candidates:
        price = Decimal(journey.price_of(main_account(stage, candidate, by_creator)))
        selection.update_candidate(
            candidate, by=manager, buy_estimate=price, sell_price=price * Decimal("1.3"), deliverables="1 video",
            reason="Gaya dan penontonnya cocok dengan merek.",
        )  # fmt: skip
    yield begin + timedelta(days=2.5)
    selection.submit(campaign, by=manager, message="Daftar pendek kampanye ini, mohon pilihannya.")
    if plan.final == "client_review":
        for candidate in candidates[:2]:
            selection.decide(
                Candidate.objects.get(pk=candidate.pk), by=client, approve=True, comment="Cocok!"
            )
        return
    yield begin + timedelta(days=4)
    for number, candidate in enumerate(candidates):
        selection.decide(
            Candidate.objects.get(pk=candidate.pk), by=client, approve=number < plan.kols,
            comment="" if number < plan.kols else "Kurang sesuai untuk merek ini.",
        )  # fmt: skip
    campaign = Campaign.objects.select_related("brand").get(pk=campaign.pk)
    for number, candidate in enumerate(candidates[: plan.kols]):
        goal = plan.stages[number % len(plan.stages)]
        first = journey.begin_of(goal, begin + timedelta(days=5), now, number)
        yield invitation(stage, campaign, candidate.pk, plan, about, chooser, by_creator, goal, number, first)
    yield from finish(stage, campaign, plan, manager)


def main_account(
    stage: Stage, candidate: Candidate, by_creator: dict[int, world.DemoCreator]
) -> world.DemoAccount:
    if candidate.account_id in stage.accounts:
        return stage.accounts[candidate.account_id]
    return by_creator[candidate.creator_id].accounts[0]


def invitation(
    stage: Stage,
    campaign: Campaign,
    candidate_id: int,
    plan: DemoCampaign,
    about: DemoBrand,
    chooser: Chooser,
    by_creator: dict[int, world.DemoCreator],
    goal: str,
    number: int,
    first: datetime,
) -> Iterator[Any]:
    yield first
    candidate = Candidate.objects.select_related("creator", "account").get(pk=candidate_id)
    actor = chooser.actor(by_creator[candidate.creator_id], candidate.creator)
    account = candidate.account or candidate.creator.accounts.order_by("-followers").first()
    assert account is not None
    partnership = journey.invite(
        campaign, candidate.creator, account, by=stage.users[plan.manager], candidate=candidate
    )
    campaign.refresh_from_db()
    if campaign.state == "client_review":
        planning.activate(campaign, by=stage.users[plan.manager])
    yield journey.kol_story(stage, campaign, partnership, plan, about, actor, goal, number, first)


def finish(stage: Stage, campaign: Campaign, plan: DemoCampaign, manager: User) -> Iterator[Any]:
    """Links and codes while it runs, spend, the report at the end."""
    if plan.codes:
        yield stage.now - timedelta(days=max(plan.starts - 1, 1))
        yield orders_story(stage, campaign, plan, manager)
    if plan.final in ("closed", "reporting"):
        yield stage.now - timedelta(days=max(plan.ends, 1) - 0.5)
        campaign = Campaign.objects.select_related("brand").get(pk=campaign.pk)
        budget.record_spend(
            campaign, by=manager, kind="amplification", amount=Decimal(plan.budget) * Decimal("0.14"),
            occurred_on=timezone.localdate(), key=f"demo-ads-{campaign.pk}", note="Iklan dari konten KOL (demo)",
        )  # fmt: skip
        planning.start_reporting(campaign, by=manager)
    if plan.final == "closed":
        yield stage.now - timedelta(days=plan.ends - 8)
        journey.observe_posts(stage)
        report = reports.draft(
            campaign, by=manager, title=f"{plan.name}: laporan akhir",
            summary="Kampanye berjalan sesuai jadwal. KOL mikro memberi biaya per engagement terbaik; lanjutkan dengan mereka.",
        )  # fmt: skip
        reports.share(reports.lock(report, by=manager), by=manager)
        yield stage.now - timedelta(days=plan.ends - 10)
        planning.close(Campaign.objects.get(pk=campaign.pk), by=manager)


def orders_story(stage: Stage, campaign: Campaign, plan: DemoCampaign, manager: User) -> Iterator[Any]:
    """Links, codes, clicks and a shop's orders for each KOL who has published by then."""
    yield stage.now - timedelta(days=max(plan.ends, 0) + 0.4)
    rows = ["order,code,amount,date,new customer"]
    for partnership in campaign.partnerships.exclude(
        state__in=["declined", "invited", "negotiating"]
    ).select_related("creator", "account", "campaign__brand"):
        r = world.rng("orders", plan.key, partnership.creator.email)
        link = tracking.create_link(partnership, by=manager, target_url="https://shop.example/promo")
        code = attribution.create_promo_code(
            partnership,
            by=manager,
            code=f"{(partnership.account.handle if partnership.account else 'KOL')[:8].upper().strip('._')}{partnership.pk}",
        )
        for visit in range(r.randrange(30, 90)):
            tracking.record_click(
                link,
                tracking.Visit(
                    f"198.51.100.{visit % 250}",
                    f"Mozilla/5.0 demo {visit % 40}",
                    "https://www.instagram.com/",
                ),
            )
        for order in range(r.randrange(4, 22)):
            moment = timezone.localtime() - timedelta(hours=r.uniform(1, 30 * 12))
            new = r.choice(["yes", "no"])
            rows.append(
                f"{plan.key.upper()}-{partnership.pk}-{order},{code.code},{r.randrange(2, 14) * 37_000},{moment:%Y-%m-%d %H:%M},{new}"
            )
    attribution.import_conversions(campaign, by=manager, source="tokopedia", text="\n".join(rows))
