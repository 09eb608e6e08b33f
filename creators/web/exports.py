"""The export of creators as a job, and its file."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views import View

from creators import exporting
from krm.web.access import AccessMixin
from krm.web.forms import REFUSALS, refusal_text
from krm.web.models import Job
from krm.web.pages import redirect


class Start(AccessMixin, View):
    """All that match the list's filters; the job's page shows the bar and then the file."""

    perm = "creators.view"
    area = "staff"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            job = exporting.start(
                None, by=request.user, kind=request.POST.get("kind", "csv"),  # type: ignore[arg-type]
                query=request.POST.get("query", "")[:4000], search=request.POST.get("q", "")[:200],
            )  # fmt: skip
        except REFUSALS as refusal:
            messages.error(request, refusal_text(refusal))
            return redirect(request, reverse("creators:list"))
        return redirect(request, job.get_absolute_url())


class ExportFile(AccessMixin, View):
    perm = "creators.view"
    area = "staff"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = Job.objects.filter(pk=pk, kind=exporting.KIND, by=request.user, state=Job.State.DONE).first()  # type: ignore[misc]
        name = (job.result or {}).get("file") if job else None
        if not job or not name or not default_storage.exists(name):
            raise Http404
        answer = FileResponse(default_storage.open(name), as_attachment=True, filename=job.result["name"])
        answer["X-Content-Type-Options"] = "nosniff"
        return answer  # type: ignore[return-value]


start = Start.as_view()
