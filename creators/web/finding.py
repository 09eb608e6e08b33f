"""Discovery: find accounts by anything that is known of them, compare them, keep searches as segments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from creators.finding import comparing, exporting, facets, filters, segments
from creators.finding.search import About, Search
from creators.finding.table import STEPS
from creators.models import Creator, DiscoveryRow, SafetyBand, Segment, SocialAccount, Tier
from creators.web.lists import CreatorList, platform_badges, score_text
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.web import format as formats
from krm.web.forms import KrmForm
from krm.web.furniture import badge
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.lists.chips import Chip
from krm.web.lists.columns import registered_bulk
from krm.web.lists.counting import Count
from krm.web.lists.keyset import Slice
from krm.web.pages import FormPage, Page, redirect, verb_view

SHOWN_VALUES = 10
TONES = {"clear": "good", "low": "good", "medium": "warn", "high": "bad", "floor": "bad"}
KEPT = ("q", "about", "like", "sort", "per", "view")


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


def _price(row: DiscoveryRow) -> float | None:
    return row.price_low


# -- bulk ----------------------------------------------------------------------------------------------------------


def to_creators(action: BulkAction) -> BulkAction:
    """An action of the list of creators, for the creators of the chosen accounts."""

    def run(request: HttpRequest, chosen: QuerySet[Any], form: Any = None) -> Any:
        owners = chosen.filter(creator__isnull=False).order_by().values("creator")
        creators = Creator.objects.visible_to(request.user).filter(pk__in=owners)  # type: ignore[arg-type]
        if not creators.exists():
            raise Conflict(gettext("None of these accounts belongs to a creator. Link them first."))
        return action.run(request, creators, form) if form is not None else action.run(request, creators)

    return BulkAction(
        action.key,
        action.label,
        run,
        action.perm,
        action.form_class,
        action.confirm,
        action.danger,
        action.icon,
    )


def compare_chosen(request: HttpRequest, chosen: QuerySet[Any]) -> Any:
    keys = list(chosen.order_by("-followers").values_list("pk", flat=True)[: comparing.MOST + 1])
    if not comparing.LEAST <= len(keys) <= comparing.MOST:
        raise Conflict(
            gettext("Select %(least)s to %(most)s accounts to compare.")
            % {"least": comparing.LEAST, "most": comparing.MOST}
        )
    url = f"{reverse('creators:compare')}?{urlencode([('account', pk) for pk in keys])}"
    return redirect(request, url)


def like_chosen(request: HttpRequest, chosen: QuerySet[Any]) -> Any:
    keys = list(chosen.values_list("pk", flat=True)[:21])
    if len(keys) > 20:
        raise Conflict(gettext("Select at most 20 accounts to find others like them."))
    return redirect(request, f"{reverse('creators:find')}?{urlencode({'like': ','.join(map(str, keys))})}")


# -- the panel of filters ------------------------------------------------------------------------------------------


def _score_of(key: str) -> Callable[[Any], str | None]:
    return lambda row: score_text(getattr(row, key))


@dataclass
class Shown:
    """A filter as the panel shows it."""

    filter: filters.Filter
    turned: bool
    values: dict[str, str]
    choices: list[tuple[str, Any, bool, str]] = field(default_factory=list)  # value, label, chosen, count
    steps: tuple[int, ...] = ()
    error: str = ""

    @property
    def used(self) -> bool:
        return bool(self.values) or any(chosen for _v, _l, chosen, _n in self.choices)

    @property
    def open_ended(self) -> bool:
        """Any value may be typed."""
        return self.filter.kind in ("choice", "label") and self.filter.choices is None

    @property
    def names(self) -> list[tuple[str, str]]:
        return [(name, self.values.get(name, "")) for name in self.filter.names]


def panel(
    search: Search, counted: dict[str, facets.Facet] | None = None
) -> list[tuple[str, Any, list[Shown], bool]]:
    """Groups of filters; `counted` brings the values that are there and how many accounts each leaves."""
    groups: dict[str, list[Shown]] = {}
    turned = set(search.params.get("not", []))
    for one in filters.all_filters(search.known):
        groups.setdefault(one.group, []).append(shown(search, one, turned, counted))
    return [
        (key, filters.GROUPS[key], found, key == "account" or any(s.used for s in found))
        for key, found in groups.items()
    ]


def shown(
    search: Search, one: filters.Filter, turned: set[str], counted: dict[str, facets.Facet] | None = None
) -> Shown:
    given = search.params
    opposite = f"not_{one.key}" in given and one.key not in given
    prefix = "not_" if opposite else ""
    out = Shown(
        one,
        one.key in turned or opposite,
        {},
        error=" ".join(search.errors.get(n, "") for n in one.names).strip(),
    )
    chosen = given.get(prefix + one.key, [])
    if one.kind in ("choice", "label", "own_choice", "segment", "rivals"):
        out.choices = offered(search, one, chosen, counted)
    else:
        out.values = {name: ", ".join(given[prefix + name]) for name in one.names if prefix + name in given}
    if one.kind == "share":
        out.steps = STEPS
    return out


def offered(
    search: Search, one: filters.Filter, chosen: list[str], counted: dict[str, facets.Facet] | None
) -> list[tuple[str, Any, bool, str]]:
    facet = (counted or {}).get(one.key)
    labels = {str(value): label for value, label in one.choices(search.known)} if one.choices else {}
    values = list(labels)
    if facet is not None and ((one.facet and not labels) or len(labels) > SHOWN_VALUES):
        values = list(facet.counts)[:SHOWN_VALUES]
    values = [v for v in chosen if v not in values] + values
    found = []
    for value in values:
        if one.choices and value not in labels:
            continue
        number = ""
        if facet is not None:
            n = facet[value]
            number = formats.number(n) if facet.exact else gettext("≈ %(n)s") % {"n": formats.number(n)}
        found.append((value, labels.get(value, value), value in chosen, number))
    return found


# -- the page ------------------------------------------------------------------------------------------------------


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
        Column("platform", _("Platform"), kind="html", value=lambda o: platform_badges([o.platform]),
               export=lambda o: o.get_platform_display()),
        Column("why", _("Matches"), kind="tags", value=_why, export=lambda o: ", ".join(_why(o))),
        Column("followers", _("Followers"), kind="count", sort="followers"),
        Column("tier", _("Tier"), kind="badge", value=lambda o: getattr(o, "tier_name", None)),
        Column("engagement_rate", _("Engagement"), kind="percent", sort="engagement_rate"),
        Column("engagement_percentile", _("Above peers"), kind="percent", sort="engagement_percentile",
               help=_("How many of the accounts nearest in size have a lower engagement.")),
        Column("authenticity", _("Authenticity"), kind="number", value=lambda o: score_text(o.authenticity), sort="authenticity"),
        Column("growth_30d", _("Growth"), kind="percent", sort="growth_30d", help=_("Followers in 30 days.")),
        Column("safety_band", _("Brand safety"), kind="html", value=band_badge,
               export=lambda o: str(SafetyBand(o.safety_band).label) if o.safety_band else None),
        Column("place", _("Place"), value=_place),
        Column("audience_country", _("Audience"), default=False),
        Column("audience_female", _("Women"), kind="percent", sort="audience_female", default=False),
        Column("price_low", _("Price from"), kind="money", value=_price, sort="price_low", default=False),
        Column("last_post_on", _("Last post"), kind="date", sort="last_post_on"),
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
        ranked = bool(self.params.get("about") or self.params.get("like"))
        return [column for column in self.columns if column.key != "why" or ranked]

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
            why = page.relevance.why([row.pk for row in page.slice.rows])
            for row in page.slice.rows:
                row.why = why.get(row.pk, [])
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

    def facets_url(self) -> str:
        """Where the panel's counts come from; where the list's count is an estimate they bring a better one along."""
        estimated = "&estimated=1" if isinstance(self.count, About) and self.count.number < 60_000 else ""
        return f"{reverse('creators:find_facets')}?{self.params.urlencode()}{estimated}"

    def get_context(self) -> dict[str, Any]:
        ranking = self.answer.relevance
        htmx: Any = getattr(self.request, "htmx", None)
        return {
            "groups": panel(self.asked),
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
    account = row.account
    under = f"@{account.handle}" if account.handle and account.creator_id else ""
    return format_html(
        '<a class="row-link" href="{}">{}</a>{}', row.get_absolute_url(), _named(row),
        format_html('<span class="cell-sub">{}</span>', under) if under else "",
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


def chips_of(search: Search, params: Any, path: str) -> list[Chip]:
    """What is asked, in words, each with the address without it."""
    found = []

    def without(names: list[str], turned: str = "") -> str:
        kept = params.copy()
        for name in names:
            kept.pop(name, None)
        if turned:
            kept.setlist("not", [key for key in kept.getlist("not") if key != turned])
        query = kept.urlencode()
        return f"{path}?{query}" if query else path

    search.condition  # noqa: B018  reading it finds the errors
    for given in search.given:
        one = given.filter
        turned = one.key in search.params.get("not", []) and f"not_{one.key}" not in search.params
        prefix = "not_" if given.negated and not turned else ""
        text = in_words(given, search.known)
        label = gettext("not %(filter)s") % {"filter": one.label} if given.negated else str(one.label)
        error = " ".join(search.errors[name] for name in one.names if name in search.errors)
        names = [prefix + name for name in one.names]
        found.append(Chip(label, text, without(names, one.key if turned else ""), error))
    if search.about:
        found.append(Chip(gettext("Described as"), search.about, without(["about"])))
    if search.like:
        found.append(Chip(gettext("Similar to"), str(len(search.like)), without(["like"])))
    return found


def in_words(given: filters.Given, known: filters.Known) -> str:
    one = given.filter
    if one.kind == "number":
        low, high = (given.values.get(f"{one.key}_{end}", [""])[0] for end in ("min", "max"))
        unit = " %" if one.percent else ""
        if low and high:
            return f"{low} – {high}{unit}"
        return (
            gettext("from %(low)s") % {"low": low} if low else gettext("to %(high)s") % {"high": high}
        ) + unit
    if one.kind in ("flag", "own_flag"):
        return gettext("yes") if given.words[0].lower() in ("1", "true", "yes", "on", "ya") else gettext("no")
    labels = {value: str(label) for value, label in one.choices(known)} if one.choices else {}
    text = ", ".join(labels.get(word, word) for word in given.words)
    if one.kind == "share":
        share = (given.values.get(f"{one.key}_share") or ["10"])[0]
        return gettext("%(what)s, at least %(share)s %%") % {"what": text, "share": share}
    return text


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


# -- compare -------------------------------------------------------------------------------------------------------

FIGURES: tuple[tuple[str, Any, str], ...] = (
    ("followers", _("Followers"), "count"),
    ("engagement_rate", _("Engagement"), "percent"),
    ("engagement_percentile", _("Engagement above so many of its peers"), "percent"),
    ("er_followers", _("Engagement by followers"), "percent"),
    ("er_views", _("Engagement by views"), "percent"),
    ("er_reach", _("Engagement by reach"), "percent"),
    ("growth_30d", _("Growth in 30 days"), "percent"),
    ("last_post_on", _("Last post"), "day"),
)
SCORES: tuple[tuple[str, Any, str], ...] = (
    ("authenticity", _("Authenticity"), "score"),
    ("audience_quality", _("Audience quality"), "score"),
    ("growth", _("Follower growth (score)"), "score"),
    ("comment_quality", _("Comment quality"), "score"),
    ("pods", _("Engagement pods"), "score"),
    ("consistency", _("Content consistency"), "score"),
    ("formats", _("Format strength"), "score"),
    ("innovation", _("Innovation and collaboration"), "score"),
    ("prediction", _("Expected performance"), "score"),
    ("safety", _("Brand safety"), "score"),
    ("reliability", _("Reliability"), "score"),
)
AUDIENCE: tuple[tuple[str, Any, str], ...] = (
    ("audience_female", _("Women"), "percent"),
    ("audience_male", _("Men"), "percent"),
    ("audience_13_17", _("Aged 13 to 17"), "percent"),
    ("audience_18_24", _("Aged 18 to 24"), "percent"),
    ("audience_25_34", _("Aged 25 to 34"), "percent"),
    ("audience_35_44", _("Aged 35 to 44"), "percent"),
    ("audience_45_up", _("Aged 45 and over"), "percent"),
)


class ComparePage(Page):
    perm = "creators.view"
    title = _("Compare")
    template_name = "creators/finding/compare.html"
    breadcrumbs = ((_("Find creators"), "creators:find"),)

    def get_context(self) -> dict[str, Any]:
        keys = [int(pk) for pk in self.request.GET.getlist("account") if pk.isdecimal() and len(pk) < 19]
        try:
            found = comparing.compare(keys, self.request.user)
        except ValidationError as error:
            return {"refusal": " ".join(error.messages), "comparison": None}
        names = {c.account.pk: str(c.account) for c in found.columns}
        overlap = found.overlap
        return {
            "comparison": found,
            "too_few": len(found.columns) < comparing.LEAST,
            "sections": [
                (_("Figures"), lines(found, FIGURES)),
                (_("Scores"), lines(found, SCORES)),
                (_("Audience"), lines(found, AUDIENCE)),
            ],
            "pairs": [(names[p.a], names[p.b], p) for p in overlap.pairs] if overlap else [],
            "exclusive": [(names[pk], share) for pk, share in overlap.exclusive.items()] if overlap else [],
            "widths": range(len(found.columns)),
        }


def lines(
    found: comparing.Comparison, wanted: tuple[tuple[str, Any, str], ...]
) -> list[tuple[Any, list[Any]]]:
    """Rows of the table; those that nobody has a value for are left out. The best one of a row is marked."""
    rows = []
    for key, label, kind in wanted:
        values = [getattr(column.row, key) for column in found.columns]
        known = [value for value in values if value is not None]
        if not known:
            continue
        best = (
            max(known)
            if len(set(known)) > 1
            and kind in ("score", "percent", "count")
            and not key.startswith("audience_1")
            else None
        )
        rows.append(
            (label, [
                (written(value, kind), best is not None and value == best and wanted is not AUDIENCE,
                 column.confidence.get(key) if kind == "score" else None)
                for value, column in zip(values, found.columns, strict=True)
            ])
        )  # fmt: skip
    return rows


def written(value: Any, kind: str) -> str:
    if value is None:
        return formats.NONE
    if kind == "count":
        return formats.count(value)
    if kind == "percent":
        return formats.percent(value)
    if kind == "day":
        return formats.day(value)
    return f"{value:.0f}"


# -- segments ------------------------------------------------------------------------------------------------------


class SegmentForm(KrmForm):
    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("What it is for"), max_length=300, required=False)
    shared = forms.BooleanField(label=_("Share with colleagues"), required=False)


class SegmentCreate(FormPage):
    perm = "creators.segment"
    title = _("Save as segment")
    form_class = SegmentForm
    template_name = "creators/finding/segment_form.html"
    submit_label = _("Save segment")
    cancel_url = "creators:find"
    success_message = _("Segment saved. It always holds whoever matches.")

    def save(self, form: Any) -> Segment:
        return segments.create(by=self.request.user, filters=self.request.GET, **form.cleaned_data)

    def get_context(self) -> dict[str, Any]:
        search = Search(self.request.GET, self.request.user)
        return {"chips": chips_of(search, self.request.GET.copy(), reverse("creators:segment_create"))}


class SegmentEdit(FormPage):
    perm = "creators.view"
    form_class = SegmentForm
    template_name = "creators/finding/segment_form.html"
    cancel_url = "creators:segments"
    success_url = "creators:segments"
    success_message = _("Segment saved.")

    def prepare(self) -> None:
        self.object = Segment.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if self.object is None:
            raise Http404
        check(self.request.user, "creators.change_segment", self.object)

    def get_title(self) -> Any:
        return str(self.object)

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name", "description", "shared")}

    def save(self, form: Any) -> Segment:
        return segments.update(self.object, by=self.request.user, **form.cleaned_data)

    def get_context(self) -> dict[str, Any]:
        given = QueryDict(mutable=True)
        for name, values in self.object.filters.items():
            given.setlist(name, values)
        return {"chips": chips_of(Search(given, self.request.user), given, "")}


class SegmentList(ListPage):
    name = "creators.segments"
    title = _("Segments")
    model = Segment
    perm = "creators.view"
    search_fields = ["name", "description"]
    default_sort = "name"
    columns = [
        Column("name", _("Name"), link=lambda o: o.get_absolute_url(), sort="name", sub=lambda o: o.description or None),
        Column("members", _("Accounts"), value=lambda o: o.members, align="right",
               help=_("Who matches now.")),
        Column("shared", _("Shared"), kind="bool"),
        Column("owner", _("Owner"), value=lambda o: str(o.owner)),
        Column("created", _("Saved"), kind="date", value="created_at", sort="created_at"),
        Column("edit", _("Edit"), kind="html", export=False,
               value=lambda o: format_html('<a href="{}">{}</a>', reverse("creators:segment", args=[o.pk]), gettext("Edit"))),
    ]  # fmt: skip
    empty = Empty(
        _("No segments yet"), _("Set filters in discovery and save them: the segment holds whoever matches from then on."),
        action=(_("Find creators"), "creators:find"), icon="filter",
    )  # fmt: skip
    page_size = 25

    def get_queryset(self) -> QuerySet[Any]:
        return Segment.objects.visible_to(self.request.user).select_related("owner")

    def shown_row(self, row: Any) -> Any:
        row.members = str(segments.search_of(row, self.request.user).counted())
        return super().shown_row(row)

    def export_table(self) -> Any:
        headings, rows = super().export_table()
        return headings, rows

    def every_row(self) -> Any:
        for row in super().every_row():
            row.members = str(segments.search_of(row, self.request.user).counted())
            yield row

    def get_bulk_actions(self) -> list[BulkAction]:
        return [BulkAction("export", _("Export members"), export_members, icon="download")]


def export_members(request: HttpRequest, chosen: QuerySet[Any]) -> Any:
    by: Any = request.user
    started = [exporting.start(segment, by=by) for segment in chosen[:10]]
    if len(started) == 1:
        return redirect(request, reverse("web:job", args=[started[0].pk]))
    return ngettext("%(count)s export started.", "%(count)s exports started.", len(started)) % {
        "count": len(started)
    }


segment_delete = verb_view(
    Segment, segments.delete, success=_("Segment deleted."), success_url="creators:segments"
)


class SegmentFile(Page):
    """An export, for whoever started it."""

    perm = "creators.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = exporting.file_of(self.kwargs["pk"], self.request.user)
        if found is None:
            raise Http404
        answer: Any = FileResponse(found[0], as_attachment=True, filename=found[1])
        return answer  # type: ignore[no-any-return]
