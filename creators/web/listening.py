"""Hashtags that are followed, and posts of others that were found by them or mention us."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from creators.listening import hashtags
from creators.models import FoundBy, FoundPost, TrackedHashtag
from creators.web.connectors import KINDS
from krm.connectors.outcomes import Kind
from krm.errors import Conflict
from krm.web.forms import KrmForm
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.pages import FormPage

CRUMBS = [(_("Hashtags and mentions"), "creators:found_posts")]


def outcome_text(tag: TrackedHashtag) -> Any:
    if not tag.last_outcome:
        return None
    if tag.last_outcome == Kind.OK:
        return _("Searched")
    if tag.last_outcome == hashtags.WAITING:
        return _("Waits for room")
    return KINDS[Kind(tag.last_outcome)]


def reason_text(tag: TrackedHashtag) -> Any:
    if tag.last_outcome == hashtags.WAITING:
        return hashtags.no_room(tag.due_at)
    return tag.last_reason if tag.last_outcome != Kind.OK else None


class FoundFilter(df.FilterSet):
    found_by = df.ChoiceFilter(label=_("Found by"), choices=FoundBy.choices)
    hashtag = df.ModelMultipleChoiceFilter(
        label=_("Hashtag"), queryset=TrackedHashtag.objects.order_by("term")
    )
    known = df.ChoiceFilter(
        label=_("Author"),
        choices=[("yes", _("A creator in the file")), ("no", _("Not in the file"))],
        method="on_known",
    )
    published_at = df.DateFromToRangeFilter(label=_("Published"))

    class Meta:
        model = FoundPost
        fields: list[str] = []

    def on_known(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(post__isnull=value == "no")


def creator_of(found: FoundPost) -> Any:
    account = found.post.account if found.post is not None else None
    return account.creator if account is not None else None


class FoundPostList(ListPage):
    name = "creators.found_posts"
    title = _("Hashtags and mentions")
    subtitle = _(
        "Posts of others: with a hashtag you follow, or that mention an account that gave its consent."
    )
    model = FoundPost
    perm = "creators.view"
    filterset_class = FoundFilter
    columns = [
        Column("caption", _("Post"), width="wide", value=lambda o: (o.comment or o.caption)[:140] or o.external_id,
               link=lambda o: o.url or None, export=lambda o: o.comment or o.caption),
        Column("why", _("Found by"), kind="badge", value=lambda o: o.why),
        Column("author", _("Author"), value=lambda o: f"@{o.author}" if o.author else None, sort="author"),
        Column("creator", _("Creator"), value=lambda o: str(c) if (c := creator_of(o)) else None,
               link=lambda o: c.get_absolute_url() if (c := creator_of(o)) else None),
        Column("likes", _("Likes"), kind="count", sort="likes"),
        Column("comments", _("Comments"), kind="count", sort="comments"),
        Column("published_at", _("Published"), kind="datetime", sort="published_at"),
        Column("first_seen_at", _("Found"), kind="datetime", sort="first_seen_at"),
        Column("observed_at", _("Figures of"), kind="datetime", sort="observed_at", default=False),
    ]  # fmt: skip
    search_fields = ["caption", "author", "comment"]
    default_sort = "-first_seen_at"
    empty = Empty(
        _("Nothing found yet"),
        _("Follow a hashtag, or let Meta tell us of mentions: the webhook is on the page Connectors."),
        action=(_("Follow a hashtag"), "creators:hashtag_add"),
        icon="hash",
    )
    actions = [
        (_("Followed hashtags"), "creators:hashtags", ""),
        (_("Follow a hashtag"), "creators:hashtag_add", "primary"),
    ]
    breadcrumbs = [(_("Creators"), "creators:list")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("hashtag", "account", "post__account__creator")


class HashtagFilter(df.FilterSet):
    state = df.ChoiceFilter(
        label=_("State"), choices=[("on", _("Followed")), ("off", _("Stopped"))], method="on_state"
    )

    class Meta:
        model = TrackedHashtag
        fields: list[str] = []

    def on_state(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(active=value == "on")


def stop_many(request: HttpRequest, chosen: QuerySet[Any], form: Any) -> str:
    by: Any = request.user
    count = 0
    for tag in chosen.order_by("pk"):
        try:
            hashtags.stop(tag, by=by)
        except Conflict:
            continue  # stopped before
        count += 1
    return ngettext("%(count)s hashtag stopped.", "%(count)s hashtags stopped.", count) % {"count": count}


def search_many(request: HttpRequest, chosen: QuerySet[Any], form: Any) -> str:
    by: Any = request.user
    count = 0
    for tag in chosen.filter(active=True).order_by("pk"):
        hashtags.search_now(tag, by=by)
        count += 1
    return ngettext(
        "%(count)s hashtag is searched within minutes.",
        "%(count)s hashtags are searched within minutes.",
        count,
    ) % {"count": count}


class HashtagList(ListPage):
    name = "creators.hashtags"
    title = _("Followed hashtags")
    model = TrackedHashtag
    perm = "creators.view"
    filterset_class = HashtagFilter
    columns = [
        Column("term", _("Hashtag"), width="wide", value=str, link=lambda o: o.get_absolute_url(), sort="term"),
        Column("active", _("Followed"), kind="bool"),
        Column("found_count", _("Posts found"), kind="count", sort="found_count"),
        Column("last_pulled_at", _("Last search"), kind="datetime", sort="last_pulled_at"),
        Column("outcome", _("Last outcome"), kind="badge", value=outcome_text,
               sub=reason_text),
        Column("due_at", _("Next search"), kind="datetime", value=lambda o: o.due_at if o.active else None, sort="due_at"),
        Column("campaign_id", _("Campaign number"), kind="number", default=False),
    ]  # fmt: skip
    search_fields = ["term"]
    default_sort = "term"
    bulk_actions = [
        BulkAction("search", _("Search now"), perm="creators.listen", run=search_many),
        BulkAction("stop", _("Stop"), perm="creators.listen", run=stop_many),
    ]
    empty = Empty(
        _("No hashtag followed yet"),
        _(
            "Instagram lets us search 30 different ones in seven days; posts of the last day come in every few hours."
        ),
        action=(_("Follow a hashtag"), "creators:hashtag_add"),
        icon="hash",
    )
    actions = [(_("Follow a hashtag"), "creators:hashtag_add", "primary")]
    breadcrumbs = CRUMBS

    @property
    def subtitle(self) -> Any:  # type: ignore[override]
        state = hashtags.budget()
        return gettext("%(used)s of %(limit)s different hashtags searched in the last seven days.") % {
            "used": state.used,
            "limit": state.limit,
        }


class HashtagForm(KrmForm):
    term = forms.CharField(
        label=_("Hashtag"), max_length=101, help_text=_("One word, with or without #. Instagram only.")
    )


class HashtagAdd(FormPage):
    title = _("Follow a hashtag")
    perm = "creators.listen"
    form_class = HashtagForm
    submit_label = _("Follow")
    success_message = _("Followed. The first posts come within minutes.")
    success_url = "creators:hashtags"
    cancel_url = "creators:hashtags"
    breadcrumbs = (*CRUMBS, (_("Followed hashtags"), "creators:hashtags"))

    def save(self, form: Any) -> TrackedHashtag:
        return hashtags.track(form.cleaned_data["term"], by=self.request.user)  # type: ignore[arg-type]
