"""The list component: filters, search, sort, columns, views, bulk, export, and a constant number of queries."""

from __future__ import annotations

from typing import Any

import django_filters
import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils.translation import gettext_lazy as _

from krm.errors import Denied
from krm.web.forms import KrmForm
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.models import ColumnChoice, Job, SavedView

pytestmark = pytest.mark.django_db


class JobFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label="State", choices=Job.State.choices)
    total = django_filters.RangeFilter(label="Total")

    class Meta:
        model = Job
        fields = ["state", "total"]


class RenameForm(KrmForm):
    suffix = forms.CharField(label="Suffix")


def rename(request: Any, jobs: Any, form: Any) -> str:
    if form.cleaned_data["suffix"] == "bad":
        raise ValidationError({"suffix": "Not this one."})
    for job in jobs:
        job.title += form.cleaned_data["suffix"]
        job.save(update_fields=["title"])
    return f"{len(jobs)} renamed"


def erase(request: Any, jobs: Any) -> str:
    number, _rows = jobs.delete()
    return f"{number} erased"


class Jobs(ListPage):
    name = "test.jobs"
    title = "Jobs"
    model = Job
    filterset_class = JobFilter
    columns = (
        Column("title", _("Title"), link=lambda job: job.get_absolute_url(), sort="title"),
        Column("state", _("State"), kind="state"),
        Column("total", _("Total"), kind="count", sort="total"),
        Column("by", _("By"), value="by.name", default=False),
        Column("kind", _("Kind"), perm="accounts.manage_people"),
    )
    search_fields = ("title", "kind")
    bulk_actions = (
        BulkAction("rename", "Rename", rename, form_class=RenameForm),
        BulkAction("erase", "Erase", erase, perm="accounts.manage_people"),
    )
    empty = Empty("No jobs", "Start one.", ("Start", "web:home"))

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("by")


@pytest.fixture
def ask(admin_user: Any) -> Any:
    """Call the list as `admin_user` or somebody else; the answer's text is in `.body`."""

    def call(query: str = "", post: dict[str, Any] | None = None, user: Any = None, htmx: Any = None) -> Any:
        factory = RequestFactory()
        path = f"/test/?{query}"
        request: Any = factory.post(path, post) if post is not None else factory.get(path)
        request.user = user or admin_user
        request.session = {}
        request._messages = FallbackStorage(request)
        request.htmx = htmx or False
        response: Any = Jobs.as_view()(request)
        if hasattr(response, "render"):
            response.render()
        response.body = (
            b"".join(response.streaming_content).decode(errors="replace")
            if response.streaming
            else response.content.decode()
        )
        for (
            closer
        ) in response._resource_closers:  # not close(), which would close the database connection too
            closer()
        response.said = [str(message) for message in get_messages(request)]
        return response

    return call


@pytest.fixture
def make(admin_user: Any) -> Any:
    def build(number: int, **fields: Any) -> list[Job]:
        fields = {"kind": "test", "by": admin_user, **fields}
        return [Job.objects.create(title=f"Job {i:03}", total=i, **fields) for i in range(number)]

    return build


def test_rows_links_and_count(ask: Any, make: Any) -> None:
    jobs = make(3)
    page = ask().body
    assert f'<a class="row-link" href="/jobs/{jobs[1].pk}/">Job 001</a>' in page
    assert "3 rows" in page


def test_empty_list_says_what_to_do(ask: Any) -> None:
    page = ask().body
    assert "No jobs" in page and "Start one." in page and 'href="/"' in page


def test_search_finds_every_word_and_keeps_what_was_typed(ask: Any, make: Any) -> None:
    make(12)
    page = ask("q=job+011").body
    assert "Job 011" in page and "Job 001" not in page and 'value="job 011"' in page
    assert "Nothing matches" in ask("q=xyz").body


def test_filters_become_chips_that_take_themselves_off(ask: Any, make: Any) -> None:
    make(5)
    page = ask("state=queued&total_min=2&total_max=3&sort=title").body
    assert "Job 002" in page and "Job 004" not in page
    assert "Queued" in page and "2 – 3" in page
    assert 'href="/test/?state=queued&amp;sort=title"' in page


def test_a_bad_filter_value_is_said_and_left_out(ask: Any, make: Any) -> None:
    make(2)
    page = ask("state=nonsense&total_min=abc").body
    assert "chip-bad" in page and "Job 001" in page


def test_sort_and_paging(ask: Any, make: Any) -> None:
    make(30)
    page = ask("sort=-total&per=25").body
    assert page.index("Job 029") < page.index("Job 005") and "Job 004" not in page
    assert 'aria-sort="descending"' in page and 'rel="next"' in page
    assert "30 rows" in page


def test_unknown_sort_and_page_size_are_ignored(ask: Any, make: Any) -> None:
    make(2)
    assert ask("sort=by__password&per=99999&after=zzz&view=abc").status_code == 200


def test_a_column_without_its_permission_is_nowhere(ask: Any, make: Any, staff: Any) -> None:
    viewer = staff("viewer")
    make(2, by=viewer)
    page = ask("sort=kind", user=viewer).body
    assert ">Kind<" not in page and "Kind" not in ask("export=csv", user=viewer).body
    assert "Kind" in ask("export=csv").body


def test_columns_are_kept_per_person(ask: Any, make: Any, admin_user: Any) -> None:
    make(1)
    ask(post={"_columns": "set", "col": ["by", "title", "unknown"]})
    assert ColumnChoice.objects.get().columns == ["by", "title"]
    assert ask("export=csv").body.lstrip("\ufeff").splitlines()[0] == "By,Title"
    ask(post={"_columns": "reset"})
    assert not ColumnChoice.objects.exists()


def test_views_are_saved_shared_and_deleted_by_their_owner(
    ask: Any, make: Any, staff: Any, admin_user: Any
) -> None:
    colleague = staff()
    ask("state=done&sort=title&after=x", post={"_save_view": "Finished", "_share": "1"})
    view = SavedView.objects.get()
    assert (view.title, view.query, view.shared, view.user) == (
        "Finished",
        "state=done&sort=title",
        True,
        admin_user,
    )

    assert f"?state=done&amp;sort=title&amp;view={view.pk}" in ask(user=colleague).body
    with pytest.raises(Http404):
        ask(post={"_delete_view": str(view.pk)}, user=colleague)
    ask(post={"_delete_view": str(view.pk)})
    assert not SavedView.objects.exists()


def test_a_private_view_is_nobody_elses(ask: Any, staff: Any) -> None:
    ask("state=done", post={"_save_view": "Mine"})
    assert "Mine" not in ask(user=staff()).text
    assert ask(post={"_save_view": "  "}).said == ["Give the view a name."]


def test_bulk_needs_its_permission_and_rows(ask: Any, make: Any, staff: Any) -> None:
    viewer = staff("viewer")
    jobs = make(2, by=viewer)
    with pytest.raises(Denied):
        ask(post={"_bulk": "erase", "pk": [jobs[0].pk]}, user=viewer)
    assert Job.objects.count() == 2
    assert ask(post={"_bulk": "erase"}).said == ["Select at least one row first."]
    assert ask(post={"_bulk": "erase", "pk": [jobs[0].pk]}).said == ["1 erased"]


def test_bulk_reaches_only_what_the_person_may_see(ask: Any, make: Any, staff: Any) -> None:
    owner, other = staff(), staff()
    (job,) = make(1, by=owner)
    response = ask(post={"_bulk": "rename", "_confirmed": "1", "suffix": "!", "pk": [job.pk]}, user=other)
    job.refresh_from_db()
    assert (job.title, response.said) == ("Job 000", ["Select at least one row first."])


def test_bulk_on_every_matching_row_follows_the_filter(ask: Any, make: Any) -> None:
    make(4)
    response = ask("total_min=2", post={"_bulk": "rename", "_all": "1", "_confirmed": "1", "suffix": "!"})
    assert response.said == ["2 renamed"]
    assert list(Job.objects.order_by("pk").values_list("title", flat=True)) == [
        "Job 000",
        "Job 001",
        "Job 002!",
        "Job 003!",
    ]


def test_bulk_form_comes_first_and_keeps_what_was_typed(ask: Any, make: Any) -> None:
    (job,) = make(1)
    first = ask(post={"_bulk": "rename", "pk": [job.pk]})
    assert first.status_code == 200 and f'name="pk" value="{job.pk}"' in first.body
    again = ask(post={"_bulk": "rename", "pk": [job.pk], "_confirmed": "1", "suffix": "bad"})
    assert again.status_code == 422 and "Not this one." in again.body and 'value="bad"' in again.body


def test_unknown_bulk_and_posts_are_not_found(ask: Any) -> None:
    for body in ({"_bulk": "drop"}, {}):
        with pytest.raises(Http404):
            ask(post=body)


def test_export_has_every_matching_row(ask: Any, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krm.web.lists.page.EXPORT_BATCH", 7)
    make(30)
    lines = ask("export=csv&total_min=10&sort=total").body.splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [f"Job {i:03}" for i in range(10, 30)]
    assert ask("export=xlsx").headers["Content-Type"].startswith("application/vnd.openxml")
    with pytest.raises(Http404):
        ask("export=exe")


def test_one_row_for_live_updates(ask: Any, make: Any, staff: Any) -> None:
    (job,) = make(1)
    assert f'data-live="web.job:{job.pk}"' in ask(f"row={job.pk}").body
    for query, user in ((f"row={job.pk}", staff()), ("row=0", None), ("row=x", None)):
        with pytest.raises(Http404):
            ask(query, user=user)


def test_markup_in_data_stays_text(ask: Any, admin_user: Any) -> None:
    Job.objects.create(kind="<i>", title="<script>alert(1)</script>", by=admin_user)
    page = ask("q=%3Cscript").body
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_twice_the_rows_cost_no_more_queries(ask: Any, make: Any, constant_queries: Any) -> None:
    make(6)
    constant_queries(lambda: ask(), lambda: make(6))


def test_search_with_a_null_byte_is_no_error(ask: Any) -> None:
    response: HttpResponse = ask("q=%00a")
    assert response.status_code == 200
