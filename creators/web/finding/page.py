"""The page of discovery: filters beside the list, description above it, counts fetched after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators.finding import facets, filters, hints
from creators.finding.search import SORTS, About, Search
from creators.models import DiscoveryRow, SafetyBand, SocialAccount, Tier
from creators.web.finding.bulk import compare_chosen, like_chosen, to_creators
from creators.web.finding.panel import chips_of, panel, shown
from creators.web.lists import CreatorList, platform_badges, score_text
from krm.web import format as formats
from krm.web.furniture import badge
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.lists.chips import Chip
from krm.web.lists.columns import registered_bulk
from krm.web.lists.counting import Count
from krm.web.lists.keyset import Slice
from krm.web.pages import Page

TONES = {"clear": "good", "low": "good", "medium": "warn", "high": "bad", "floor": "bad"}
KEPT = ("q", "about", "like", "sort", "per", "view")
RANKED_AWAY = ("growth_30d", "last_post_on")  # columns that make room for the reasons of a ranked list
MOST_REASONS = 3


def band_badge(row: DiscoveryRow) -> Any:
    if not row.safety_band:
        return None
    return badge(row.safety_band, str(SafetyBand(row.safety_band).label), TONES[row.safety_band])


def _named(row: DiscoveryRow) -> str:
    account = row.account
    return str(account.creator) if account.creator else str(account)


def _place(row: DiscoveryRow) -> str | None:
    return ", ".join(part for part in (row.city, row.country) if part) or None


def _why(row: DiscoveryRow) -> list[str]:
    return getattr(row, "why", [])


def reasons(row: DiscoveryRow) -> Any:
    """The words that matched, and those of the description that did not."""
    words, missing = _why(row), getattr(row, "missing", [])
    most = 2 if getattr(row, "alike", False) else MOST_REASONS
    if not words and not missing:
        return None
    found = format_html_join("", '<span class="tag">{}</span>', ((word,) for word in words[:most]))
    if len(words) > most:
        found += format_html('<span class="tag tag-more" title="{0}">+{1}<span class="visually-hidden">: {0}</span></span>',
                             ", ".join(words[most:]), len(words) - most)  # fmt: skip
    found += format_html_join(
        "", '<span class="tag tag-missing"><span class="visually-hidden">{}</span><s>{}</s></span>',
        ((gettext("not found:"), word) for word in missing),
    )  # fmt: skip
    return format_html('<span class="tags find-why">{}</span>', found)


def _above(row: DiscoveryRow) -> str | None:
    if row.engagement_percentile is None:
        return None
    return gettext("above %(share)s") % {"share": formats.percent(row.engagement_percentile, 0)}


def _likeness(row: DiscoveryRow) -> str | None:
    likeness = getattr(row, "likeness", None)
    return None if likeness is None else formats.percent(likeness, 0)


def _score_of(key: str) -> Callable[[Any], str | None]:
    return lambda row: score_text(getattr(row, key))


class DiscoveryList(ListPage):
    name = "creators.discovery"
    title = _("Find creators")
    template_name = "creators/finding/find.html"
    model = DiscoveryRow
    perm = "creators.view"
    search_label = _("Name or handle")
    default_sort: str = "-followers"  # type: ignore[misc]
    columns = [
        Column("search_text", _("Account"), kind="html", width="wide", value=lambda o: account_cell(o), sort="search_text",
               export=_named),
        Column("why", _("Matches"), kind="html", value=reasons, export=lambda o: ", ".join(_why(o))),
        Column("likeness", _("Likeness"), align="right", value=_likeness, export=lambda o: getattr(o, "likeness", None),
               help=_("How much of what they write is the same.")),
        Column("platform", _("Platform"), kind="html", value=lambda o: platform_badges([o.platform]),
               export=lambda o: o.get_platform_display(), default=False),
        Column("followers", _("Followers"), kind="count", sort="followers", sub=lambda o: getattr(o, "tier_name", None)),
        Column("tier", _("Tier"), kind="badge", value=lambda o: getattr(o, "tier_name", None), default=False),
        Column("engagement_rate", _("Engagement"), kind="percent", sort="engagement_rate", sub=_above,
               help=_("Below it: how many of the accounts nearest in size have less.")),
        Column("engagement_percentile", _("Above peers"), kind="percent", sort="engagement_percentile", default=False,
               help=_("How many of the accounts nearest in size have a lower engagement.")),
        Column("authenticity", _("Authenticity"), kind="number", value=lambda o: score_text(o.authenticity), sort="authenticity",
               help=_("0 to 100; open the profile for the reasons.")),
        Column("growth_30d", _("Growth"), kind="percent", sort="growth_30d", help=_("Followers in 30 days.")),
        Column("safety_band", _("Brand safety"), kind="html", value=band_badge,
               export=lambda o: str(SafetyBand(o.safety_band).label) if o.safety_band else None),
        Column("last_post_on", _("Last post"), kind="date", sort="last_post_on"),
        Column("handle", _("Handle"), value=lambda o: o.account.handle or None, default=False),
        Column("place", _("Place"), value=_place, default=False),
        Column("audience_country", _("Audience"), default=False),
        Column("audience_female", _("Women"), kind="percent", sort="audience_female", default=False),
        Column("price_low", _("Price from"), kind="money", sort="price_low", default=False),
        Column("standing", _("With us"), kind="badge",
               value=lambda o: filters.STANDINGS.get(o.standing) if o.standing else None, default=False),
        Column("deals", _("Deals"), kind="number", sort="deals", default=False),
        *(
            Column(key, label, kind="percent" if key.startswith("er_") else "number",
                   value=key if key.startswith("er_") else _score_of(key), sort=key, default=False)
            for key, label in (
                ("er_followers", _("Engagement by followers")), ("er_views", _("Engagement by views")),
                ("er_reach", _("Engagement by reach")), ("audience_quality", _("Audience quality")),
                ("growth", _("Follower growth (score)")), ("comment_quality", _("Comment quality")),
                ("pods", _("Engagement pods")), ("consistency", _("Content consistency")),
                ("formats", _("Format strength")), ("innovation", _("Innovation and collaboration")),
                ("prediction", _("Expected performance")), ("safety", _("Brand safety (score)")),
                ("reliability", _("Reliability")),
            )
        ),
    ]  # fmt: skip
    empty = Empty(
        _("Nobody to find yet"), _("Import the list you have; every account can be found as soon as it is there."),
        action=(_("Import a list"), "creators:import"), icon="search",
    )  # fmt: skip

    def get_actions(self) -> list[dict[str, Any]]:
        found = [{"label": gettext("Segments"), "url": reverse("creators:segments"), "style": ""}]
        if self.narrowed_by:
            query = self.params.urlencode()
            found.append(
                {
                    "label": gettext("Save as segment"),
                    "url": f"{reverse('creators:segment_create')}?{query}",
                    "style": "primary",
                }
            )
        return found

    def get_columns(self) -> list[Column]:
        ranked, alike = (
            bool(self.params.get("about") or self.params.get("like")),
            bool(self.params.get("like")),
        )
        away = {"why": not ranked, "likeness": not alike}
        return [column for column in self.columns if not away.get(column.key)]

    @cached_property
    def shown_columns(self) -> list[Column]:
        found = super().shown_columns
        if not (self.asked.about or self.asked.like) or self.open_view:
            return found
        known = {column.key: column for column in self.allowed_columns}
        # why somebody is in a ranked list stands there whatever columns a person chose for the plain one
        first = [known[key] for key in ("search_text", "why", "likeness") if key in known]
        return [*first, *(c for c in found if c not in first and c.key not in RANKED_AWAY)]

    def get_bulk_actions(self) -> list[BulkAction]:
        lower = [*CreatorList.bulk_actions, *registered_bulk(CreatorList.name)]
        return [
            BulkAction("compare", _("Compare"), compare_chosen, icon="columns-3"),
            BulkAction("like", _("Find similar"), like_chosen, icon="users"),
            *(to_creators(action) for action in lower if action.key != "archive"),
            *registered_bulk(self.name),
        ]

    @cached_property
    def asked(self) -> Search:
        return Search(self.params, self.request.user)

    @property
    def narrowed_by(self) -> bool:
        return bool(self.asked.given or self.asked.about or self.asked.term)

    def get_queryset(self) -> QuerySet[Any]:
        return DiscoveryRow.objects.visible_to(self.request.user)

    @cached_property
    def found(self) -> QuerySet[Any]:
        return self.asked.queryset

    @cached_property
    def answer(self) -> Any:
        sort = self.sort or self.default_sort
        page = self.asked.page(
            sort, self.size, after=self.request.GET.get("after"), before=self.request.GET.get("before")
        )
        attach(page.slice.rows, self.request.user)
        if page.relevance is not None:
            keys = [row.pk for row in page.slice.rows]
            why, missing = page.relevance.why(keys), page.relevance.missing(keys)
            for row in page.slice.rows:
                row.why, row.missing = why.get(row.pk, []), missing.get(row.pk, [])
                row.alike = bool(self.asked.like)
                row.likeness = page.relevance.scores.get(row.pk)
        return page

    @cached_property
    def slice(self) -> Slice:
        return self.answer.slice  # type: ignore[no-any-return]

    @cached_property
    def count(self) -> Count:
        return self.answer.count  # type: ignore[no-any-return]

    @cached_property
    def chips(self) -> list[Chip]:
        return chips_of(self.asked, self.params, self.request.path)

    def every_row(self) -> Any:
        """All matches for an export, in batches by account."""
        if self.asked.ranking is not None:
            rows = list(self.found.order_by("pk"))
            place = {pk: n for n, pk in enumerate(self.asked.ranking.keys)}
            attach(rows, self.request.user)
            yield from sorted(rows, key=lambda row: place.get(row.pk, len(place)))
            return
        after = None
        while True:
            page = self.asked.page(self.sort or self.default_sort, 1_000, after=after)
            attach(page.slice.rows, self.request.user)
            yield from page.slice.rows
            after = page.slice.next
            if after is None:
                return

    def one_row(self, pk: str) -> HttpResponse:
        row = self.get_queryset().filter(pk=pk if pk.isdigit() else 0).first()
        if row is None:
            raise Http404
        attach([row], self.request.user)
        return self.render("web/list_row.html", row=self.shown_row(row), list=self)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.asked.about or self.asked.like:
            self.default_sort = "relevance"  # no column's
        htmx: Any = getattr(request, "htmx", None)
        if htmx and htmx.target == "list" and "row" not in request.GET and "export" not in request.GET:
            response = self.render(
                "creators/finding/list_fragment.html", **self.list_context(), **self.get_context()
            )
            response["Vary"] = "HX-Request, HX-Target"
            return response
        return super().get(request, *args, **kwargs)

    def sorts(self, order: str) -> list[tuple[str, Any, bool]]:
        """Every order there is, those of columns that are not shown too: value, label, whether it is the present one."""
        found = [(f"-{column.key}", column.label) for column in self.columns if column.sort in SORTS]
        found.append(("search_text", _("Name")))
        if self.asked.about or self.asked.like:
            found.insert(0, ("", _("Best match")))
        now = "" if order == "relevance" else order
        return [
            (now if value and value.removeprefix("-") == now.removeprefix("-") else value, label,
             value.removeprefix("-") == now.removeprefix("-"))
            for value, label in found
        ]  # fmt: skip

    def hinted(self) -> list[tuple[str, str]]:
        """What the description names that is a filter, each with the address where it is one."""
        return [
            (hint.label, f"{self.request.path}?{hints.applied(self.params, [hint]).urlencode()}")
            for hint in self.asked.hints
            if not all(value in self.params.getlist(name) for name, value in hint.params)
        ]

    def facets_url(self) -> str:
        """Where the panel's counts come from; where the list's count is an estimate they bring a better one along."""
        estimated = "&estimated=1" if isinstance(self.count, About) and self.count.number < 60_000 else ""
        return f"{reverse('creators:find_facets')}?{self.params.urlencode()}{estimated}"

    def get_context(self) -> dict[str, Any]:
        ranking = self.answer.relevance
        order = self.sort or self.default_sort
        htmx: Any = getattr(self.request, "htmx", None)
        return {
            "groups": panel(self.asked),
            "sorts": self.sorts(order),
            "descending": order.startswith("-"),
            "kept_sorting": [(k, v) for k, vs in self.params.lists() for v in vs if k != "sort"],
            "turn_sort": ""
            if order == "relevance"
            else self.url(sort=order[1:] if order[0] == "-" else f"-{order}"),
            "hinted": self.hinted(),
            "about": self.asked.about,
            "seeds": seeds_of(self.asked, self.request.user),
            "concepts": ranking.concepts if ranking else [],
            "unknown": ranking.unknown if ranking else [],
            "facets_url": self.facets_url(),
            "panel_stays": bool(htmx and htmx.trigger == "find-filters"),
            "kept": [
                (name, value) for name in KEPT for value in self.params.getlist(name) if name != "about"
            ],
            "search_errors": self.asked.errors,
        }


def account_cell(row: DiscoveryRow) -> Any:
    """The name over platform, handle and place: two lines in every row."""
    account, name = row.account, _named(row)
    if account.creator_id:
        handle = f"@{account.handle}" if account.handle else ""
        under = " · ".join(part for part in (handle, row.city) if part)
    else:
        under = gettext("no creator linked")
    return format_html(
        '<span class="find-who"><a class="row-link" href="{}" title="{}">{}</a><span class="cell-sub">{} {}</span></span>',
        row.get_absolute_url(), name, name, platform_badges([row.platform]), under,
    )  # fmt: skip


def attach(rows: list[DiscoveryRow], user: Any) -> None:
    """The accounts, creators and tiers behind the rows of a page, by key."""
    accounts = (
        SocialAccount.objects.visible_to(user).select_related("creator").in_bulk([row.pk for row in rows])
    )
    tiers = dict(Tier.objects.values_list("pk", "name"))
    for row in rows:
        row.account = accounts[row.pk]
        row.tier_name = tiers.get(row.tier or 0)  # type: ignore[attr-defined]


def seeds_of(search: Search, user: Any) -> list[SocialAccount]:
    if not search.like:
        return []
    return list(
        SocialAccount.objects.visible_to(user).select_related("creator").filter(pk__in=search.like[:20])
    )


class DiscoveryFacets(Page):
    """Counts for the panel, fetched after the page: each value of the filters with how many accounts it leaves."""

    perm = "creators.view"
    template_name = "creators/finding/facets.html"

    def get_context(self) -> dict[str, Any]:
        search = Search(self.request.GET, self.request.user)
        counted = facets.counts(search)
        turned = set(search.params.get("not", []))
        return {
            "filters": [
                shown(search, one, turned, counted)
                for one in filters.all_filters(search.known)
                if one.key in counted
            ],
            "count": search.counted() if "estimated" in self.request.GET else None,
        }
