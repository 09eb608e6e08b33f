"""Import pages: upload or paste, map the columns, look at a preview, start."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators import jobs
from creators.importing import mapping, uploads
from creators.models import CreatorImport, ImportState
from creators.web import forms
from krm.web.lists import Column, Empty, ListPage
from krm.web.models import Job
from krm.web.pages import FormPage, ObjectFormPage, verb_view

CRUMBS = [(_("Creators"), "creators:list"), (_("Imports"), "creators:imports")]


class ImportList(ListPage):
    name = "creators.imports"
    title = _("Imports")
    model = CreatorImport
    perm = "creators.import"
    exports = False
    columns = [
        Column("filename", _("List"), link=lambda o: o.get_absolute_url(), sort="filename"),
        Column("platform", _("Platform"), value=lambda o: o.get_platform_display() or None),
        Column("as_of", _("Figures as of"), kind="date", sort="as_of"),
        Column("state", _("State"), kind="state"),
        Column("rows", _("Rows"), kind="number", value="row_count"),
        Column("left_out", _("Left out"), kind="number", value=lambda o: o.result.get("errors") or None),
        Column("created", _("Uploaded"), kind="ago", value="created_at", sort="created_at"),
        Column("by", _("By"), value=lambda o: str(o.created_by) if o.created_by_id else None),
    ]
    search_fields = ["filename"]
    empty = Empty(
        _("No lists imported yet"),
        _("Upload a CSV or XLSX file, or paste handles."),
        action=(_("Import a list"), "creators:import"),
        icon="upload",
    )
    actions = [(_("Import a list"), "creators:import", "primary")]
    breadcrumbs = CRUMBS[:1]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("created_by").defer("sample", "columns", "mapping")


class ImportUpload(FormPage):
    title = _("Import creators")
    subtitle = _("Nothing is imported before you have confirmed how the columns are read.")
    perm = "creators.import"
    template_name = "creators/import_upload.html"
    form_class = forms.UploadForm
    submit_label = _("Upload")
    cancel_url = "creators:list"
    breadcrumbs = CRUMBS

    def get_context(self) -> dict[str, Any]:
        return {"paste_form": forms.PasteForm()}

    def save(self, form: Any) -> CreatorImport:
        return uploads.receive(form.cleaned_data["file"], by=self.request.user)  # type: ignore[arg-type]


class ImportPaste(FormPage):
    title = _("Paste handles")
    perm = "creators.import"
    form_class = forms.PasteForm
    submit_label = _("Go on")
    cancel_url = "creators:import"
    breadcrumbs = CRUMBS

    def save(self, form: Any) -> CreatorImport:
        by: Any = self.request.user
        return uploads.paste(form.cleaned_data["text"], by=by, platform=form.cleaned_data["platform"])


class ImportMapping(ObjectFormPage):
    """Mapping and preview on one page; `preview` shows again, `start` begins the job."""

    model = CreatorImport
    perm = "creators.import"
    template_name = "creators/import_mapping.html"
    form_class = forms.MappingForm
    breadcrumbs = CRUMBS
    cancel_url = "creators:imports"

    def get_title(self) -> Any:
        return self.object.filename

    def get_form_kwargs(self) -> dict[str, Any]:
        batch = self.object
        return {
            **super().get_form_kwargs(),
            "columns": batch.columns,
            "choices": [(field.key, field.label) for field in mapping.all_fields()],
            "mapping": batch.mapping,
        }

    def get_initial(self) -> dict[str, Any]:
        batch = self.object
        return {
            "platform": batch.platform, "as_of": batch.as_of, "source": batch.source, "tags": batch.options.get("tags", []),
            "same_name": batch.options.get("same_name"), "strict": batch.options.get("strict"),
        }  # fmt: skip

    def get_context(self) -> dict[str, Any]:
        batch: CreatorImport = self.object
        job = Job.objects.filter(pk=batch.job_id).first() if batch.job_id else None
        return {
            "batch": batch,
            "job": job,
            "year_known": batch.options.get("year_known", True),
            "preview": uploads.preview(batch),
            "running": batch.state == ImportState.RUNNING and job is not None and not job.is_over,
        }

    def save(self, form: Any) -> Any:
        values = form.cleaned_data
        try:
            batch = uploads.configure(
                self.object, by=self.request.user, mapping_=form.chosen(), platform=values["platform"],  # type: ignore[arg-type]
                as_of=values["as_of"], source=values["source"], tags=values["tags"], same_name=values["same_name"],
                strict=values["strict"],
            )  # fmt: skip
        except ValidationError as error:
            found = error.message_dict
            raise ValidationError(
                {("__all__" if name == "mapping" else name): texts for name, texts in found.items()}
            ) from None
        if "start" in self.request.POST:
            return jobs.start_import(batch, by=self.request.user)  # type: ignore[arg-type]
        return batch

    def get_success_url(self, obj: Any) -> str:
        return reverse("web:job", args=[obj.pk]) if isinstance(obj, Job) else str(obj.get_absolute_url())

    def get_success_message(self, obj: Any) -> str:
        return gettext("Import started.") if isinstance(obj, Job) else gettext("Preview made anew.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs)


def _discard(batch: CreatorImport, *, by: Any) -> None:
    uploads.discard(batch, by=by)


import_discard = verb_view(
    CreatorImport,
    _discard,
    perm="creators.import",
    success=_("Upload discarded."),
    success_url=lambda *_args: reverse("creators:imports"),
)
