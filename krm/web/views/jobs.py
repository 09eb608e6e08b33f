from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from krm.web import jobs
from krm.web.lists import Column, Empty, ListPage
from krm.web.lists.export import csv_response
from krm.web.models import Job
from krm.web.pages import ObjectMixin, Page, verb_view


class JobList(ListPage):
    name = "web.jobs"
    title = _("Jobs")
    model = Job
    columns = (
        Column("title", _("Job"), link=lambda job: job.get_absolute_url()),
        Column("state", _("State"), kind="state"),
        Column("share", _("Progress"), kind="progress"),
        Column("error_count", _("Errors"), kind="number", default=False),
        Column("by", _("Started by"), default=False),
        Column("created_at", _("Started"), kind="ago", sort="created_at"),
    )
    search_fields = ("title",)
    empty = Empty(_("No jobs yet"), _("Imports, reports and other long work appear here."))
    exports = False

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("by")


class JobPage(ObjectMixin, Page):
    area = "any"
    perm = None
    model = Job
    template_name = "web/job.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = self.get_object()
        errors = list(job.errors.all()[:100]) if job.error_count else []
        fragment = getattr(request, "htmx", False) and request.htmx.target == "job"  # type: ignore[attr-defined]
        return self.render(
            "web/job_body.html" if fragment else None,
            job=job,
            errors=errors,
            title=job.title,
            link=job.result.get("url") if isinstance(job.result, dict) else None,
            facts=[
                (key.replace("_", " ").capitalize(), value)
                for key, value in (job.result or {}).items()
                if key not in ("url", "label", "traceback", "message")
                and isinstance(value, str | int | float)
            ],
        )


class JobErrors(ObjectMixin, Page):
    """The errors of a job as CSV."""

    area = "any"
    perm = None
    model = Job

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        job = self.get_object()
        rows = ([error.row, error.field, error.message] for error in job.errors.iterator(chunk_size=2000))
        return csv_response(request, f"job-{job.pk}-errors", [_("Row"), _("Field"), _("Message")], rows)


job_cancel = verb_view(Job, jobs.cancel, area="any", success=_("Stopping…"))
