"""Possible duplicates, the side-by-side before a merge, and merges with their way back."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators import discovery, jobs
from creators.duplicates import finding, merging
from creators.models import Creator, DuplicatePair, MergeRecord, PairState
from krm.accounts.permissions import allowed, check
from krm.web.forms import REFUSALS, KrmForm, refusal_text
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, redirect, verb_view

CRUMBS = [(_("Creators"), "creators:list"), (_("Possible duplicates"), "creators:duplicates")]


def reasons_html(pair: DuplicatePair) -> Any:
    return format_html_join(
        " ",
        '<span class="tag" title="{}">{}</span>',
        ((reason["value"], finding.REASONS.get(reason["kind"], reason["kind"])) for reason in pair.reasons),
    )


class PairFilter(df.FilterSet):
    state = df.ChoiceFilter(label=_("State"), choices=PairState.choices)
    reason = df.ChoiceFilter(label=_("Reason"), choices=list(finding.REASONS.items()), method="on_reason")

    class Meta:
        model = DuplicatePair
        fields: list[str] = []

    def on_reason(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(reasons__contains=[{"kind": value}])


class DuplicateList(ListPage):
    name = "creators.duplicates"
    title = _("Possible duplicates")
    subtitle = _("Creators that may be one person; each reason can be read on the pair's page.")
    model = DuplicatePair
    perm = "creators.view"
    filterset_class = PairFilter
    columns = [
        Column("first", _("Creator"), width="wide", value=lambda o: str(o.first), link=lambda o: o.get_absolute_url(),
               sub=lambda o: o.first.email or o.first.city or None),
        Column("second", _("May also be"), value=lambda o: str(o.second), link=lambda o: o.second.get_absolute_url(),
               sub=lambda o: o.second.email or o.second.city or None),
        Column("confidence", _("Confidence"), kind="percent", sort="confidence", value=lambda o: round(o.confidence, 2)),
        Column("reasons", _("Why"), kind="html", value=reasons_html,
               export=lambda o: ", ".join(reason["kind"] for reason in o.reasons)),
        Column("found_at", _("Found"), kind="ago", sort="found_at"),
        Column("state", _("State"), kind="state", default=False),
    ]  # fmt: skip
    search_fields = ["first__search_text", "second__search_text"]
    default_sort = "-confidence"
    empty = Empty(
        _("No duplicates in sight"),
        _("Looked for every night and whenever a creator is added: contacts, handles, links and names."),
        icon="users",
    )
    actions = [
        (_("Merges"), "creators:merges", ""),
        (_("Look now"), "creators:duplicates_search", "", "creators.merge"),
    ]
    breadcrumbs = CRUMBS[:1]

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset().select_related("first", "second")
        return rows if self.request.GET.get("state") else rows.open()


class DuplicateSearch(FormPage):
    title = _("Look for duplicates")
    subtitle = _(
        "Everybody is compared: contacts, handles, links, names, and alike names within one city. "
        "It is done every night by itself; a million creators take some minutes."
    )
    perm = "creators.merge"
    form_class = KrmForm
    submit_label = _("Look now")
    cancel_url = "creators:duplicates"
    breadcrumbs = CRUMBS

    def save(self, form: Any) -> Any:
        return jobs.start_duplicates(by=self.request.user)  # type: ignore[arg-type]


dismiss = verb_view(
    DuplicatePair, finding.dismiss, perm="creators.merge", success=_("Kept apart."),
    success_url=lambda *_args: reverse("creators:duplicates"),
)  # fmt: skip


class MergeList(ListPage):
    name = "creators.merges"
    title = _("Merges")
    model = MergeRecord
    perm = "creators.view"
    columns = [
        Column(
            "kept", _("Kept"), width="wide", value=lambda o: str(o.kept), link=lambda o: o.get_absolute_url()
        ),
        Column("gone", _("Merged"), value=lambda o: str(o.gone)),
        Column("merged_at", _("When"), kind="ago", sort="merged_at"),
        Column("merged_by", _("By"), value=lambda o: str(o.merged_by)),
        Column("undo_until", _("Can be undone until"), kind="date"),
        Column("undone_at", _("Undone"), kind="date"),
    ]
    search_fields = ["kept__search_text", "gone__search_text"]
    default_sort = "-merged_at"
    exports = False
    empty = Empty(
        _("Nothing merged yet"),
        _("Open a pair of possible duplicates and look at both side by side."),
        icon="users",
    )
    breadcrumbs = CRUMBS

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("kept", "gone", "merged_by").defer("moved")


class MergePage(DetailPage):
    """Side by side: what is kept from which, what moves, what stays; then the button."""

    model = Creator
    perm = "creators.merge"
    template_name = "creators/merge.html"
    history = False
    breadcrumbs = CRUMBS

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("owner", "tier")

    def get_title(self) -> Any:
        return gettext("Merge %(name)s") % {"name": self.object}

    @cached_property
    def other(self) -> Creator | None:
        given = self.request.POST.get("other") or self.request.GET.get("other") or ""
        if not given:
            return None
        if not given.isdigit() or len(given) > 18:
            raise Http404
        found = self.get_queryset().filter(pk=int(given)).first()
        if found is None:
            raise Http404
        return found

    def get_context(self) -> dict[str, Any]:
        creator: Creator = self.object
        if self.other is None:
            return {"pairs": finding.of_creator(creator), **self._search(creator)}
        context: dict[str, Any] = {"other": self.other, "pair": self._pair(creator, self.other)}
        try:
            context["preview"] = merging.preview(
                creator,
                self.other,
                by=self.request.user,
                choices=self._choices(),  # type: ignore[arg-type]
            )
        except REFUSALS as refusal:
            context["refusal"] = refusal_text(refusal)
        return context

    def _search(self, creator: Creator) -> dict[str, Any]:
        term = self.request.GET.get("q", "").strip()[:100]
        if not term:
            return {"term": ""}
        rows = discovery.search(Creator.objects.visible_to(self.request.user).filter(merged_into=None), term)
        return {"term": term, "hits": list(rows.exclude(pk=creator.pk).order_by("name", "pk")[:20])}

    def _pair(self, creator: Creator, other: Creator) -> DuplicatePair | None:
        first, second = sorted((creator.pk, other.pk))
        return DuplicatePair.objects.filter(first_id=first, second_id=second, state=PairState.OPEN).first()

    def _choices(self) -> dict[str, str]:
        return {
            name.removeprefix("choice_"): value
            for name, value in self.request.POST.items()
            if name.startswith("choice_") and isinstance(value, str)
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        check(request.user, "creators.merge", self.object)
        if self.other is None:
            return redirect(request, reverse("creators:merge", args=[self.object.pk]))
        try:
            merged = merging.merge(self.object, self.other, by=request.user, choices=self._choices())  # type: ignore[arg-type]
        except REFUSALS as refusal:
            return self.render(status=409, object=self.object, creator=self.object,
                               **{**self.get_context(), "refusal": refusal_text(refusal)})  # fmt: skip
        from django.contrib import messages

        messages.success(request, gettext("Merged. You can undo this on the merge's page."))
        return redirect(request, merged.get_absolute_url())


class MergeRecordPage(DetailPage):
    model = MergeRecord
    perm = "creators.view"
    template_name = "creators/merge_record.html"
    breadcrumbs = [*CRUMBS, (_("Merges"), "creators:merges")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("kept", "gone", "merged_by", "undone_by")

    def get_title(self) -> Any:
        return gettext("%(gone)s merged into %(kept)s") % {"gone": self.object.gone, "kept": self.object.kept}

    def get_context(self) -> dict[str, Any]:
        from django.utils.timezone import now

        from creators.duplicates.movers import pointer_of

        merged: MergeRecord = self.object
        changed = [
            (merging.label_of(name), merged.before.get(name), after)
            for name, after in merged.after.items()
            if after != merged.before.get(name)
        ]
        moved = [
            (pointer_of(part["model"], part["field"]).mover.label, len(part["pks"])) for part in merged.moved
        ]
        return {
            "merged": merged,
            "changed": changed,
            "moved": moved,
            "may_undo": merged.undone_at is None
            and merged.undo_until > now()
            and allowed(self.request.user, "creators.merge", merged.kept),
        }


undo = verb_view(
    MergeRecord, merging.undo, perm="creators.merge", success=_("Undone: both creators are as before.")
)
