"""Segments: a search under a name, whoever matches it now, and the file of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from creators.finding import exporting, segments
from creators.finding.search import Search
from creators.models import Segment
from creators.web.finding.panel import chips_of
from krm.accounts.permissions import allowed, check
from krm.web.forms import KrmForm
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.pages import FormPage, Page, redirect, verb_view


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


def _edit_link(segment: Any) -> Any:
    if not getattr(segment, "may_change", False):
        return ""
    return format_html('<a href="{}">{}</a>', reverse("creators:segment", args=[segment.pk]), gettext("Edit"))


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
               value=_edit_link),
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
        row.may_change = allowed(self.request.user, "creators.change_segment", row)
        return super().shown_row(row)

    def every_row(self) -> Any:
        for row in super().every_row():
            row.members = str(segments.search_of(row, self.request.user).counted())
            yield row

    def get_bulk_actions(self) -> list[BulkAction]:
        return [
            BulkAction("export", _("Export members as CSV"), partial(export_members, kind="csv"), icon="file-type-csv"),
            BulkAction("export_xlsx", _("Export members as Excel"), partial(export_members, kind="xlsx"), icon="file-type-xls"),
        ]  # fmt: skip


def export_members(request: HttpRequest, chosen: QuerySet[Any], *, kind: str) -> Any:
    by: Any = request.user
    started = [exporting.start(segment, by=by, kind=kind) for segment in chosen[:10]]
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
