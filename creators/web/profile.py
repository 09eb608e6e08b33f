"""One creator: overview and the tabs of this room."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators import profiles
from creators.custom.fields import live_fields
from creators.knowing import identity
from creators.models import (
    Creator,
    Platform,
    Post,
    RateCard,
    SocialAccount,
)
from creators.web import headline, wording
from creators.web.forms import FileForm, NoteForm
from creators.web.known import audience_summary, field_rows, marked, price_charts, rates_now, safety_of, work
from krm.accounts.permissions import allowed
from krm.web import charts, format
from krm.web.lists.columns import registered_bulk
from krm.web.pages import DetailPage, TabPage

SHOWN_POSTS = 5


def overview(
    creator: Creator, viewer: Any, accounts: list[SocialAccount], rates: list[RateCard]
) -> dict[str, Any]:
    """What decides: figures at a glance, growth, audience, posts, safety."""
    if not accounts:
        return {"cards": []}
    scores = profiles.scores_of(accounts, headline.KINDS)
    rows = profiles.growth_rows(accounts, profiles.history(accounts))
    usual = profiles.benchmarks_of(accounts)
    cards = [
        {
            "account": account,
            "basis": wording.BASES.get(account.engagement_basis, ""),
            "usual": usual.get(account.pk),
        }
        for account in accounts
    ]
    recent = profiles.recent_posts(accounts)
    paid = [post for post in recent if post.is_sponsored]
    return {
        "cards": cards,
        "figures": headline.figures(accounts, scores, usual, rates),
        "growth": marked(charts.line(rows, "day", "followers", series="account", x_title=gettext("Day"),
                                     y_title=gettext("Followers"), points=len(rows) < 60), rows,
                         profiles.growth_marks(accounts, scores)) if rows else None,
        "versus": _versus(cards),
        "audience": audience_summary(accounts, scores),
        "best": [(post, profiles.interactions(post)) for post in profiles.best_of(recent, SHOWN_POSTS)],
        "sponsored": [(post, profiles.interactions(post)) for post in paid[:SHOWN_POSTS]],
        "posts_read": len(recent),
        "safety": safety_of(accounts, scores),
        "dossier": creator.dossiers.standing().defer("body", "document").first(),  # type: ignore[attr-defined]
    }  # fmt: skip


def about(
    creator: Creator, viewer: Any, accounts: list[SocialAccount], rates: list[RateCard]
) -> dict[str, Any]:
    """Beside it: what they ask, work together, what is to be done, fields edited in place, who is who."""
    return {
        "rates_now": rates,
        **work(creator, accounts, viewer),
        "identity": identity.graph(creator, accounts, viewer),
        "field_rows": field_rows(creator, live_fields()),
        "open_tasks": list(creator.todos.filter(done_at=None)[:5]),  # type: ignore[attr-defined]
        "today": localdate(),
    }


def _versus(cards: list[dict[str, Any]]) -> Any:
    rows = []
    for card in cards:
        if card["account"].engagement_rate is None or card["usual"] is None:
            continue
        label = f"{card['account'].get_platform_display()} {card['account']}"
        rows.append(
            {"account": label, "rate": card["account"].engagement_rate, "whose": gettext("This account")}
        )
        rows.append({"account": label, "rate": card["usual"].median, "whose": gettext("Usual for its size")})
    if not rows:
        return None
    spec = charts.bar(rows, "account", "rate", series="whose", format="percent", horizontal=True, stack=False,
                      y_title=gettext("Engagement"), height=60 + 44 * (len(rows) // 2))  # fmt: skip
    encoding = spec.get("encoding", {})
    if "y" in encoding:
        encoding["yOffset"] = {"field": "whose"}
    return spec


class CreatorPage(DetailPage):
    model = Creator
    perm = "creators.view"
    tabset = "creator"
    template_name = "creators/detail.html"
    breadcrumbs = [(_("Creators"), "creators:list")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("tier", "owner", "merged_into").prefetch_related("tags")

    @cached_property
    def found(self) -> Creator:
        creator: Creator = super().get_object()
        return creator

    def get_object(self) -> Creator:
        return self.found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.found
        if found.merged_into_id is None:
            return super().get(request, *args, **kwargs)
        from django.contrib import messages
        from django.shortcuts import redirect

        from creators.duplicates.merging import survivor

        kept = survivor(found)
        messages.info(request, gettext("%(gone)s was merged into this creator.") % {"gone": found})
        return redirect(kept.get_absolute_url())

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        # what the rooms above do with creators of the list they also do with this one: put on a shortlist
        context: dict[str, Any] = {
            "room_actions": [
                one for one in registered_bulk("creators.creators") if not one.perm or allowed(user, one.perm)
            ],
        }
        if self.request.GET.get("tab"):
            return context
        held = (self.object, user, profiles.accounts_of(self.object), rates_now(self.object))
        return {**context, **overview(*held), **about(*held)}


class OverviewPanel(CreatorPage):
    """One side of the overview alone, fetched again when a pull, a score or a change arrives."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        side = request.GET.get("part") == "about"
        accounts, rates = profiles.accounts_of(self.object), rates_now(self.object)
        return self.render(
            "creators/parts/about.html" if side else "creators/parts/overview.html",
            object=self.object,
            creator=self.object,
            **(about if side else overview)(self.object, request.user, accounts, rates),
        )


class CreatorTab(TabPage):
    model = Creator
    perm = "creators.view"
    tabset = "creator"
    breadcrumbs = [(_("Creators"), "creators:list")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("tier", "owner")


class AccountsTab(CreatorTab):
    tab_key = "accounts"
    template_name = "creators/tabs/accounts.html"

    def get_context(self) -> dict[str, Any]:
        from creators.models import AccountSchedule

        accounts = profiles.accounts_of(self.object)
        plans = {
            plan.account_id: plan
            for plan in AccountSchedule.objects.filter(account__in=[a.pk for a in accounts])
        }
        usual = profiles.benchmarks_of(accounts)
        videos = [a for a in accounts if a.platform == Platform.YOUTUBE]
        watched = profiles.watch_times(videos) if videos else {}
        return {
            "rows": [
                {
                    "account": a,
                    **_watched(watched.get(a.pk)),
                    "plan": plans.get(a.pk),
                    "basis": wording.BASES.get(a.engagement_basis, ""),
                    "usual": usual.get(a.pk),
                }
                for a in accounts
            ],
            "access": self.object.access.filter(revoked_at=None).select_related("user"),
        }


def _watched(reading: Any) -> dict[str, Any]:
    """Watch time in words: hours in all, minutes and seconds a view."""
    if reading is None:
        return {"watched": None}
    hours = format.number(reading.watch_minutes / 60, 0)
    seconds = reading.average_view_seconds or 0
    return {
        "watched": reading,
        "hours": gettext("%(n)s hours") % {"n": hours},
        "average": gettext("%(time)s a view") % {"time": f"{seconds // 60}:{seconds % 60:02d}"},
    }


class PostsTab(CreatorTab):
    tab_key = "posts"
    template_name = "creators/tabs/posts.html"
    SHOWN = 60

    def get_context(self) -> dict[str, Any]:
        rows = (
            Post.objects.visible_to(self.request.user)
            .filter(account__creator=self.object)
            .select_related("account")
            .order_by(F("published_at").desc(nulls_last=True), "-pk")[: self.SHOWN]
        )
        return {"posts": [(post, profiles.interactions(post)) for post in rows], "shown": self.SHOWN}


class RatesTab(CreatorTab):
    tab_key = "rates"
    template_name = "creators/tabs/rates.html"

    def get_context(self) -> dict[str, Any]:
        from creators import rates

        history = rates.price_history(self.object, self.request.user)
        return {
            "rates": list(self.object.rate_cards.order_by("platform", "format", "-valid_from")),
            "today": localdate(),
            "agreed": [
                {**row, "what": wording.piece(row["platform"], row["format"])}
                for row in reversed(history)
                if row["kind"] == "agreed"
            ][:50],
            "charts": price_charts(history),
        }


class NotesTab(CreatorTab):
    tab_key = "notes"
    template_name = "creators/tabs/notes.html"

    def get_context(self) -> dict[str, Any]:
        return {
            "notes": list(self.object.notes.select_related("author")),
            "files": list(self.object.files.select_related("uploaded_by")),
            "note_form": NoteForm(),
            "file_form": FileForm(),
        }


class AccountPage(DetailPage):
    """One account's own page: address of events and notifications; it leads to its creator."""

    model = SocialAccount
    perm = "creators.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from django.shortcuts import redirect

        account = self.get_object()
        if account.creator_id:
            return redirect(f"{reverse('creators:detail', args=[account.creator_id])}?tab=accounts")
        return redirect(reverse("creators:list"))
