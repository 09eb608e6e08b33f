"""The list of creators and what can be done with many of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from creators import discovery, exporting, people, tagging
from creators.custom.fields import PREFIX
from creators.custom.filters import fields_for
from creators.custom.values import in_words
from creators.models import Creator, CustomField, FieldKind
from creators.web import vendors
from creators.web.forms import ExportForm, OptionalReasonForm, TagsForm
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.markup import joined, markup

SHORT = {"instagram": "IG", "tiktok": "TT", "youtube": "YT", "x": "X", "facebook": "FB"}
NAMES = {"instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube", "x": "X", "facebook": "Facebook"}


def platform_badges(platforms: list[str]) -> SafeString | None:
    return _badges(tuple(platforms)) if platforms else None


@lru_cache(256)
def _badges(platforms: tuple[str, ...]) -> SafeString:
    shown = joined(
        '<span class="tag" title="{}">{}</span>',
        ((NAMES.get(name, name), SHORT.get(name, name)) for name in platforms),
    )
    return markup('<span class="tags">{}</span>', shown)


def score_text(value: float | None) -> str | None:
    return None if value is None else f"{value:.0f}"


def add_tags(request: HttpRequest, chosen: QuerySet[Any], form: Any) -> str:
    by: Any = request.user
    count = tagging.tag(list(chosen.values_list("pk", flat=True)), form.cleaned_data["names"], by=by)
    return ngettext("%(count)s creator tagged.", "%(count)s creators tagged.", count) % {"count": count}


def remove_tags(request: HttpRequest, chosen: QuerySet[Any], form: Any) -> str:
    by: Any = request.user
    count = tagging.untag(list(chosen.values_list("pk", flat=True)), form.cleaned_data["names"], by=by)
    return ngettext("Tags taken off %(count)s creator.", "Tags taken off %(count)s creators.", count) % {
        "count": count
    }


def archive(request: HttpRequest, chosen: QuerySet[Any], form: Any) -> str:
    by: Any = request.user
    count = people.archive_many(
        list(chosen.values_list("pk", flat=True)),
        by=by,
        reason=form.cleaned_data["reason"],
    )
    return ngettext("%(count)s creator archived.", "%(count)s creators archived.", count) % {"count": count}


def custom_column(field: CustomField) -> Column:
    """A column of a custom field; not shown unless chosen."""

    def value(creator: Any) -> Any:
        held = creator.custom.get(field.key)
        if held is None:
            return None
        return held if field.kind == FieldKind.NUMBER else in_words(field, held)

    kind = "number" if field.kind == FieldKind.NUMBER else "text"
    return Column(PREFIX + field.key, field.label, kind=kind, value=value, default=False)


def export_chosen(request: HttpRequest, chosen: QuerySet[Any], form: Any) -> str:
    """Of a selection, or of all that match: the chosen rows are read when the job runs."""
    by: Any = request.user
    job = exporting.start(list(chosen.values_list("pk", flat=True)), by=by, kind=form.cleaned_data["kind"])
    return markup(
        '{} <a href="{}">{}</a>',
        gettext("The export is being written."),
        job.get_absolute_url(),
        gettext("See how far it is"),
    )


class CreatorList(ListPage):
    name = "creators.creators"
    title = _("Creators")
    model = Creator
    perm = "creators.view"
    filterset_class = discovery.CreatorFilter
    search_label = _("Name or handle")
    default_sort = "-followers"
    export_job = "creators:export"
    columns = [
        Column("name", _("Name"), width="wide", value=str, link=lambda o: o.get_absolute_url(), sort="name",
               sub=lambda o: o.city or None),
        Column("platforms", _("Platforms"), kind="html", value=lambda o: platform_badges(o.platforms),
               export=lambda o: ", ".join(o.platforms)),
        Column("trend", _("Trend"), kind="sparkline", value="sparkline", export=False),
        Column("followers", _("Followers"), kind="count", sort="followers"),
        Column("tier", _("Tier"), kind="badge", value=lambda o: o.tier.name if o.tier_id else None),
        Column("engagement", _("Engagement"), kind="percent", value="engagement_rate", sort="engagement_rate"),
        Column("authenticity", _("Authenticity"), kind="number", value=lambda o: score_text(o.authenticity),
               export=lambda o: o.authenticity, sort="authenticity", help=_("0 to 100; open the profile for the reasons.")),
        Column("country", _("Country"), kind="text", sort="country"),
        Column("categories", _("Categories"), kind="tags"),
        Column("tags", _("Tags"), kind="tags"),
        Column("age", _("Updated"), kind="ago", value="figures_at", sort="figures_at"),
        Column("status", _("Status"), kind="state", default=False),
        Column("email", _("E-mail"), default=False, value=lambda o: o.email or None),
        Column("phone", _("Phone"), default=False, value=lambda o: o.phone or None),
        Column("created", _("Added"), kind="date", value="created_at", default=False),
    ]  # fmt: skip
    bulk_actions = [
        BulkAction("tag", _("Add tags"), add_tags, perm="creators.tag", form_class=TagsForm, icon="tag"),
        BulkAction("untag", _("Take tags off"), remove_tags, perm="creators.tag", form_class=TagsForm),
        BulkAction("reports", _("Audience reports"), vendors.ask_for_many, perm="creators.buy_reports",
                   form_class=vendors.BatchForm, icon="users-group"),
        BulkAction("export", _("Export in background"), export_chosen, perm="creators.view", form_class=ExportForm, icon="download"),
        BulkAction("archive", _("Archive"), archive, perm="creators.change", form_class=OptionalReasonForm,
                   icon="archive", danger=True),
    ]  # fmt: skip
    empty = Empty(
        _("No creators yet"), _("Import the list you have, or add the first one by hand."), action=(_("Import a list"), "creators:import"),
        icon="users",
    )  # fmt: skip
    actions = [
        (_("Tiers"), "creators:tiers", ""),
        (_("Duplicates"), "creators:duplicates", ""),
        (_("Dossiers"), "creators:dossiers", ""),
        (_("Fields"), "creators:custom_fields", "", "creators.custom_fields"),
        (_("Import"), "creators:import", "", "creators.import"),
        (_("Add creator"), "creators:create", "primary", "creators.change"),
    ]

    def get_columns(self) -> list[Column]:
        return [*self.columns, *(custom_column(field) for field in fields_for(self.request))]

    def get_queryset(self) -> QuerySet[Any]:
        rows = discovery.listed(Creator.objects.visible_to(self.request.user))
        return discovery.offered(rows, self.request.GET.get("status", ""))

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return discovery.search(queryset, term)

    def get_empty(self) -> Empty:
        if self.term:
            return Empty(
                gettext("Nobody found"),
                gettext("No name or handle holds “%(term)s”.") % {"term": self.term},
                icon="search",
            )
        return super().get_empty()
