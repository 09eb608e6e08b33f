"""`ListPage`: one view for every list of KRM, staff, portal or client."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from krm.accounts.permissions import allowed, check
from krm.web.forms import REFUSALS, add_refusal, dress, refusal_text
from krm.web.lists.cells import cell
from krm.web.lists.chips import Chip, chips_for
from krm.web.lists.columns import BulkAction, Column, Empty, registered_bulk, state_label
from krm.web.lists.counting import CAP, Count, capped_count
from krm.web.lists.export import csv_response, xlsx_response
from krm.web.lists.keyset import Keyset, Order, Slice
from krm.web.markup import escape, markup
from krm.web.models import ColumnChoice, SavedView
from krm.web.pages import Page, back, redirect, resolve

RESERVED = frozenset({"q", "sort", "after", "before", "view", "per", "export", "row", "cols"})
SIZES = (25, 50, 100, 200)
EXPORT_BATCH = 2000

__all__ = ["ListPage", "state_label"]


@dataclass(frozen=True)
class ShownRow:
    pk: Any
    html: str  # the <tr>


class ListPage(Page):
    """Declare `name`, `title`, `model`, `columns`; see the class attributes for the rest."""

    template_name = "web/list.html"
    name: ClassVar[str] = ""
    model: ClassVar[type[models.Model]]
    filterset_class: ClassVar[Any] = None
    columns: ClassVar[Any] = ()
    search_fields: ClassVar[Any] = ()
    search_label: Any = None
    default_sort: ClassVar[str] = "-id"
    bulk_actions: ClassVar[Any] = ()
    empty: ClassVar[Empty | None] = None
    page_size: ClassVar[int] = 50
    exports: ClassVar[bool] = True
    export_job: ClassVar[str] = ""  # name of the address that writes all matches to a file in the background
    count_cap: ClassVar[int] = CAP

    # What a room may override -------------------------------------------------------------------

    def get_queryset(self) -> models.QuerySet[Any]:
        return self.model.objects.visible_to(self.request.user)  # type: ignore[attr-defined,no-any-return]

    def get_columns(self) -> list[Column]:
        return list(self.columns)

    def get_bulk_actions(self) -> list[BulkAction]:
        return [*self.bulk_actions, *registered_bulk(self.name)]

    def search(self, queryset: models.QuerySet[Any], term: str) -> models.QuerySet[Any]:
        """Every word must be found in some field."""
        for word in term.split()[:8]:
            any_field = Q()
            for field in self.search_fields:
                any_field |= Q(**{f"{field}__icontains": word})
            queryset = queryset.filter(any_field)
        return queryset

    def row_label(self, row: Any) -> str:
        return str(row)

    def get_empty(self) -> Empty:
        return self.empty or Empty(_("Nothing here yet"))

    # State of the request -----------------------------------------------------------------------

    @property
    def user(self) -> Any:
        return self.request.user

    @cached_property
    def params(self) -> QueryDict:
        """The query without paging, as links and saved views carry it."""
        kept = self.request.GET.copy()
        for name in ("after", "before", "export", "row"):
            kept.pop(name, None)
        for name in [name for name in kept if not any(kept.getlist(name))]:
            del kept[name]
        return kept

    def url(self, **changes: Any) -> str:
        kept = self.params.copy()
        for name, value in changes.items():
            kept.pop(name, None)
            if value not in (None, ""):
                kept[name] = str(value)
        text = kept.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    @cached_property
    def allowed_columns(self) -> list[Column]:
        user = self.request.user
        return [column for column in self.get_columns() if not column.perm or allowed(user, column.perm)]

    @cached_property
    def views(self) -> list[SavedView]:
        return list(SavedView.objects.offered_to(self.request.user, self.name))  # type: ignore[arg-type]

    @cached_property
    def open_view(self) -> SavedView | None:
        wanted = self.request.GET.get("view", "")
        return next((view for view in self.views if str(view.pk) == wanted), None)

    @cached_property
    def shown_columns(self) -> list[Column]:
        keys: list[str] = list(self.open_view.columns) if self.open_view else []
        if not keys:
            choice = ColumnChoice.objects.filter(user=self.user, page=self.name).first()
            keys = list(choice.columns) if choice else []
        known = {column.key: column for column in self.allowed_columns}
        chosen = [known[key] for key in keys if key in known]
        return chosen or [column for column in self.allowed_columns if column.default]

    @cached_property
    def filterset(self) -> Any:
        if self.filterset_class is None:
            return None
        found = self.filterset_class(
            data=self.request.GET, queryset=self.get_queryset(), request=self.request
        )
        found.form.auto_id = "filter_%s"
        dress(found.form)
        return found

    @cached_property
    def term(self) -> str:
        return self.request.GET.get("q", "").strip().replace("\x00", "")[:200]

    @cached_property
    def found(self) -> models.QuerySet[Any]:
        """Visible rows that match filters and search."""
        if self.filterset is None:
            queryset = self.get_queryset()
        else:
            self.filterset.form.is_valid()  # a filter with an error is shown as such and left out
            queryset = self.filterset.filter_queryset(self.filterset.queryset)
        return self.search(queryset, self.term) if self.term else queryset

    @cached_property
    def sort(self) -> str:
        wanted = self.request.GET.get("sort", "")
        sortable = {column.key for column in self.allowed_columns if column.sort is not None}
        return wanted if wanted.removeprefix("-") in sortable else ""

    @cached_property
    def order(self) -> Order:
        key = self.sort or self.default_sort
        descending, key = key.startswith("-"), key.removeprefix("-")
        by: Any = key
        for column in self.allowed_columns:
            if column.key == key and column.sort is not None:
                by = column.sort
        if isinstance(by, str) and by.startswith("-"):
            by, descending = by[1:], not descending
        return Order(by, descending)

    @cached_property
    def size(self) -> int:
        try:
            wanted = int(self.request.GET.get("per", ""))
        except ValueError:
            return self.page_size
        return wanted if wanted in SIZES else self.page_size

    @cached_property
    def slice(self) -> Slice:
        keyset = Keyset(self.found, self.order)
        return keyset.page(
            self.size, after=self.request.GET.get("after"), before=self.request.GET.get("before")
        )

    @cached_property
    def count(self) -> Count:
        if self.slice.next is None and self.slice.previous is None:
            return Count(len(self.slice.rows), False)
        return capped_count(self.found, self.count_cap)

    @cached_property
    def chips(self) -> list[Chip]:
        return chips_for(self.filterset, self.params, self.request.path) if self.filterset is not None else []

    # Rendering ----------------------------------------------------------------------------------

    @cached_property
    def openings(self) -> list[tuple[Column, str]]:
        """Each shown column with its cells' opening tag, the same in every row."""
        return [
            (
                column,
                markup(
                    '<td class="kind-{}{}" data-label="{}">', column.kind, " end" * column.right, column.label
                ),
            )
            for column in self.shown_columns
        ]

    @cached_property
    def row_opening(self) -> str:
        """What the rows share, with places for key and label."""
        path = escape(self.request.path).replace("%", "%%")
        check = ""
        if self.permitted_bulk():
            check = (
                '<td class="col-check"><input type="checkbox" class="form-check-input" name="pk" value="%(pk)s"'
                ' aria-label="%(select)s"></td>'
            )
        return (
            f'<tr data-row="%(pk)s" data-live="{self.model._meta.label_lower}:%(pk)s"'
            f' data-live-url="{path}?row=%(pk)s">{check}'
        )

    @cached_property
    def row_select(self) -> str:
        return _("Select %(label)s")

    def shown_row(self, row: Any) -> ShownRow:
        # Joined here and not in the template: fifty rows of ten cells took 20 ms of template nodes.
        select = escape(self.row_select % {"label": self.row_label(row)})
        opening = self.row_opening % {"pk": escape(row.pk), "select": select}
        cells = "".join([f"{before}{cell(column, row)}</td>" for column, before in self.openings])
        return ShownRow(row.pk, SafeString(f"{opening}{cells}</tr>"))  # the parts are escaped

    def headings(self) -> Iterator[dict[str, Any]]:
        current = self.sort or self.default_sort
        for column in self.shown_columns:
            state = ""
            if current.removeprefix("-") == column.key:
                state = "descending" if current.startswith("-") else "ascending"
            first_down = column.right or column.kind in ("date", "datetime", "ago", "sparkline")
            if state == "descending":
                following = column.key
            elif state == "ascending":
                following = f"-{column.key}"
            else:
                following = f"-{column.key}" if first_down else column.key
            yield {
                "column": column,
                "state": state,
                "url": self.url(sort=following) if column.sort is not None else "",
            }

    def permitted_bulk(self) -> list[BulkAction]:
        user = self.request.user
        return [action for action in self.get_bulk_actions() if not action.perm or allowed(user, action.perm)]

    def list_context(self) -> dict[str, Any]:
        shown = {column.key for column in self.shown_columns}
        empty = self.get_empty()
        return {
            "list": self,
            "rows": [self.shown_row(row) for row in self.slice.rows],
            "headings": list(self.headings()),
            "count": self.count,
            "term": self.term,
            "chips": self.chips,
            "filter_form": self.filterset.form if self.filterset is not None else None,
            "hidden": [(k, v) for k, vs in self.params.lists() for v in vs],
            "hidden_for_filter": [
                (k, v) for k, vs in self.params.lists() for v in vs if k in RESERVED - {"view"}
            ],
            "bulk": self.permitted_bulk(),
            "next_url": self.url(after=self.slice.next) if self.slice.next else "",
            "previous_url": self.url(before=self.slice.previous) if self.slice.previous else "",
            "first_url": self.url(),
            "clear_url": self.request.path,
            "narrowed": bool(self.chips or self.term),
            "all_columns": [(column, column.key in shown) for column in self.ordered_choices()],
            "saved_views": [
                (
                    view,
                    f"{self.request.path}?{view.query + '&' if view.query else ''}view={view.pk}",
                    view == self.open_view,
                )
                for view in self.views
            ],
            "empty": empty,
            "empty_url": resolve(empty.action[1]) if empty.action else "",
            "export_action": reverse(self.export_job) if self.export_job else "",
            "export_csv": self.url(export="csv"),
            "export_xlsx": self.url(export="xlsx"),
            "sizes": [(size, self.url(per=size), size == self.size) for size in SIZES],
        }

    def ordered_choices(self) -> list[Column]:
        """Chosen columns first in their order, then the rest."""
        rest = [column for column in self.allowed_columns if column not in self.shown_columns]
        return [*self.shown_columns, *rest]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = request.GET.get("export")
        if kind and self.exports:
            return self.export(kind)
        if "row" in request.GET:
            return self.one_row(request.GET["row"])
        fragment = getattr(request, "htmx", False) and request.htmx.target == "list"  # type: ignore[attr-defined]
        template = "web/list_body.html" if fragment else None
        response = self.render(template, **{**self.list_context(), **self.get_context()})
        response["Vary"] = "HX-Request, HX-Target"
        return response

    def one_row(self, pk: str) -> HttpResponse:
        """A single row, fetched again when a live event names it."""
        try:
            row = self.get_queryset().get(pk=pk)
        except (ObjectDoesNotExist, ValueError, OverflowError) as error:
            raise Http404 from error
        return self.render("web/list_row.html", row=self.shown_row(row), list=self)

    # Export -------------------------------------------------------------------------------------

    def export(self, kind: str) -> HttpResponse:
        headings, rows = self.export_table()
        name = f"{slugify(str(self.title)) or 'list'}-{localdate():%Y-%m-%d}"
        if kind == "csv":
            return csv_response(self.request, name, headings, rows)
        if kind == "xlsx":
            return xlsx_response(name, str(self.title), headings, rows)
        raise Http404

    def export_table(self) -> tuple[list[str], Iterator[list[Any]]]:
        columns = [column for column in self.shown_columns if column.export is not False]
        headings: list[str] = []
        for column in columns:
            headings.append(str(column.label))
            if column.kind == "money":
                headings.append(_("%(column)s currency") % {"column": column.label})

        def rows() -> Iterator[list[Any]]:
            for row in self.every_row():
                line: list[Any] = []
                for column in columns:
                    line.append(column.export_of(row))
                    if column.kind == "money":
                        line.append(column.currency_of(row))
                yield line

        return headings, rows()

    def every_row(self) -> Iterator[Any]:
        keyset, cursor = Keyset(self.found, self.order), None
        while True:
            part = keyset.page(EXPORT_BATCH, after=cursor)
            yield from part.rows
            cursor = part.next
            if cursor is None:
                return

    # Writes: bulk actions, saved views, columns -----------------------------------------------------

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        for key, handler in (
            ("_bulk", self.run_bulk),
            ("_save_view", self.save_view),
            ("_delete_view", self.delete_view),
            ("_columns", self.choose_columns),
        ):
            if key in request.POST:
                return handler(request.POST[key])
        raise Http404

    def chosen(self) -> models.QuerySet[Any]:
        if self.request.POST.get("_all") == "1":
            return self.found
        keys = []
        for key in self.request.POST.getlist("pk"):
            try:
                keys.append(self.model._meta.pk.to_python(key))
            except Exception as error:
                raise Http404 from error
        return self.get_queryset().filter(pk__in=keys)

    def run_bulk(self, key: str) -> HttpResponse:
        action = next((action for action in self.get_bulk_actions() if action.key == key), None)
        if action is None:
            raise Http404
        if action.perm:
            check(self.request.user, action.perm)
        chosen = self.chosen()
        number = capped_count(chosen, self.count_cap)
        if not number.number:
            messages.warning(self.request, _("Select at least one row first."))
            return redirect(self.request, self.after())
        form = None
        if action.form_class is not None:
            sent = self.request.POST.get("_confirmed") == "1"
            form = action.form_class(self.request.POST, self.request.FILES) if sent else action.form_class()
            if not sent or not form.is_valid():
                return self.bulk_form(action, form, number, 422 if sent else 200)
        try:
            message = _run(action, self.request, chosen, form)
        except REFUSALS as refusal:
            if form is not None:
                add_refusal(form, refusal)
                return self.bulk_form(action, form, number, 422)
            messages.error(self.request, refusal_text(refusal))
        else:
            if isinstance(message, HttpResponse):
                return message
            if message:
                messages.success(self.request, str(message))
        return redirect(self.request, self.after())

    def after(self) -> str:
        """Where a bulk action leads: to the page it was started from (`next`), else to the list."""
        return back(self.request, self.url()) if self.request.POST.get("next") else self.url()

    def bulk_form(self, action: BulkAction, form: Any, number: Count, status: int) -> HttpResponse:
        return self.render(
            "web/list_bulk.html",
            status=status,
            action=action,
            form=form,
            number=number,
            keys=self.request.POST.getlist("pk"),
            every=self.request.POST.get("_all") == "1",
            cancel_url=self.after(),
            title=action.label,
        )

    def save_view(self, title: str) -> HttpResponse:
        title = title.strip()[:80]
        if not title:
            messages.error(self.request, _("Give the view a name."))
            return redirect(self.request, self.url())
        user: Any = self.request.user
        kept = [(k, v) for k, v in parse_qsl(self.params.urlencode()) if k not in ("view", "per")]
        shared = self.request.POST.get("_share") == "1" and user.is_staff_member
        view, _created = SavedView.objects.update_or_create(
            user=user,
            page=self.name,
            title=title,
            defaults={
                "query": urlencode(kept),
                "columns": [column.key for column in self.shown_columns],
                "shared": shared,
            },
        )
        messages.success(self.request, _("View “%(title)s” saved.") % {"title": title})
        return redirect(self.request, self.url(view=view.pk))

    def delete_view(self, pk: str) -> HttpResponse:
        deleted, _rows = SavedView.objects.filter(
            user=self.user, page=self.name, pk=int(pk) if pk.isdecimal() else 0
        ).delete()
        if not deleted:
            raise Http404
        messages.success(self.request, _("View deleted."))
        return redirect(self.request, self.request.path)

    def choose_columns(self, value: str) -> HttpResponse:
        known = {column.key for column in self.allowed_columns}
        keys = [key for key in self.request.POST.getlist("col") if key in known]
        user: Any = self.request.user
        if value == "reset" or not keys:
            ColumnChoice.objects.filter(user=user, page=self.name).delete()
        else:
            try:
                with transaction.atomic():
                    ColumnChoice.objects.update_or_create(
                        user=user, page=self.name, defaults={"columns": keys}
                    )
            except IntegrityError:  # two tabs at once; the other one won
                pass
        return redirect(self.request, back(self.request, self.url(view=None)))


def _run(action: BulkAction, request: HttpRequest, chosen: models.QuerySet[Any], form: Any) -> Any:
    if form is None:
        return action.run(request, chosen)
    if "form" in inspect.signature(action.run).parameters:
        return action.run(request, chosen, form=form)
    return action.run(request, chosen, form)
