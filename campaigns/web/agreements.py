"""Agreements on screen and as files, signing by the agency, and the verification page."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from campaigns import agreements
from campaigns.models import Agreement, Deliverable
from campaigns.web.forms import (
    AgreementForm,
    DeliverableForm,
    MilestoneForm,
    OptionalReasonForm,
    SignForm,
    VerifyForm,
)
from campaigns.web.network import address_of
from krm.accounts.permissions import allowed
from krm.web.access import AccessMixin
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, ObjectMixin, verb_view

if TYPE_CHECKING:
    from krm.web.access import PersonalRequest


class AgreementDetail(DetailPage):
    model = Agreement
    template_name = "campaigns/agreement.html"
    tabset = "agreement"

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator", "offer")
        )

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        partnership = self.object.partnership
        return [
            (partnership.campaign.name, f"{partnership.campaign.get_absolute_url()}?tab=partnerships"),
            (str(partnership.creator), partnership.get_absolute_url()),
        ]

    def get_context(self) -> dict[str, Any]:
        return agreement_context(self.object, self.request)


def agreement_context(agreement: Agreement, request: PersonalRequest) -> dict[str, Any]:
    signatures = list(agreement.signatures.select_related("signed_by"))
    current = [s for s in signatures if s.sha256 == agreement.document_sha256]
    side = "creator" if request.user.is_portal else "agency"
    own = allowed(request.user, f"campaigns.sign_{side}", agreement)
    can_sign = agreement.state == "sent" and own and not any(s.side == side for s in current)
    return {
        "agreement": agreement,
        "partnership": agreement.partnership,
        "deliverables": list(agreement.deliverables.select_related("account")),
        "milestones": list(agreement.milestones.select_related("deliverable")),
        "signatures": current,
        "old_signatures": [s for s in signatures if s not in current],
        "checks": agreements.verify(agreement) if agreement.signed_at else None,
        "can_sign": can_sign,
        "sign_form": SignForm(initial={"name": request.user.name, "sha256": agreement.document_sha256})
        if can_sign
        else None,
        "may": allowed(request.user, "campaigns.negotiate", agreement),
        "clauses": agreement.clauses,
    }


class AgreementEdit(ObjectFormPage):
    guards = True
    model = Agreement
    form_class = AgreementForm
    perm = "campaigns.negotiate"
    title = gettext_lazy("Edit agreement")
    success_message = gettext_lazy("Saved. The clauses were written anew from the terms.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in AgreementForm.base_fields}

    def save(self, form: AgreementForm) -> Agreement:
        data = {name: form.cleaned_data[name] for name in AgreementForm.base_fields}
        return agreements.edit(self.object, by=self.request.user, **data)


class EditMilestones(ObjectFormPage):
    model = Agreement
    form_class = OptionalReasonForm
    perm = "campaigns.negotiate"
    title = gettext_lazy("Payment milestones")
    template_name = "campaigns/milestones_form.html"
    success_message = gettext_lazy("Milestones saved.")

    def rows(self) -> Any:
        if not hasattr(self, "_rows"):
            start = [
                {
                    "name": m.name,
                    "amount": m.amount,
                    "trigger": m.trigger,
                    "deliverable": str(m.deliverable_id or ""),
                    "due_on": m.due_on,
                }
                for m in self.object.milestones.all()
            ]
            factory = forms.formset_factory(MilestoneForm, extra=2, max_num=40)
            extra = {"deliverables": list(self.object.deliverables.all())}
            if self.request.method == "POST":
                self._rows = factory(data=self.request.POST, prefix="rows", form_kwargs=extra)
            else:
                self._rows = factory(initial=start, prefix="rows", form_kwargs=extra)
        return self._rows

    def get_form(self) -> Any:
        return forms.Form(data=self.request.POST if self.request.method == "POST" else None)

    def is_valid(self, form: Any) -> bool:
        return bool(form.is_valid() & self.rows().is_valid())

    def save(self, form: Any) -> Any:
        plain = [
            {**data, "deliverable": int(data["deliverable"]) if data.get("deliverable") else None}
            for data in self.rows().cleaned_data
            if data and data.get("amount") is not None and data["amount"] > Decimal(0)
        ]
        return agreements.set_milestones(self.object, by=self.request.user, rows=plain)

    def get_context(self) -> dict[str, Any]:
        return {"rows": self.rows(), "agreement": self.object}


class DeliverableEdit(ObjectFormPage):
    guards = True
    model = Deliverable
    form_class = DeliverableForm
    perm = "campaigns.negotiate"
    title = gettext_lazy("Edit deliverable")
    success_message = gettext_lazy("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "deliverable": self.object}

    def save(self, form: DeliverableForm) -> Deliverable:
        return agreements.edit_deliverable(self.object, by=self.request.user, **form.cleaned_data)

    def get_success_url(self, obj: Any) -> str:
        return str(self.object.agreement.get_absolute_url())


agreement_send = verb_view(
    Agreement,
    agreements.send,
    perm="campaigns.negotiate",
    success=gettext_lazy("Sent. The document is fixed and waits for both signatures."),
)
agreement_take_back = verb_view(
    Agreement,
    agreements.take_back,
    perm="campaigns.negotiate",
    form=OptionalReasonForm,
    title=gettext_lazy("Take back to change it"),
    submit_label=gettext_lazy("Take back"),
    success=gettext_lazy("Back to draft. Signatures given so far no longer count."),
)


class SignPage(ObjectFormPage):
    """Sign for one's side. The portal has its own subclass with its own address."""

    model = Agreement
    form_class = SignForm
    perm = "campaigns.sign_agency"
    title = gettext_lazy("Sign agreement")
    submit_label = gettext_lazy("Sign")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.request.user.name, "sha256": self.object.document_sha256}

    def save(self, form: SignForm) -> Any:
        return agreements.sign(
            self.object,
            by=self.request.user,
            name=form.cleaned_data["name"],
            sha256=form.cleaned_data["sha256"],
            address=address_of(self.request),
        )

    def get_success_message(self, obj: Any) -> str:
        self.object.refresh_from_db()
        if self.object.state == "signed":
            return _("Signed by both sides. The agreement holds.")
        return _("Signed. The other side signs next.")

    def get_success_url(self, obj: Any) -> str:
        return str(self.object.get_absolute_url())


class DocumentFile(ObjectMixin, AccessMixin, View):
    """The PDF that is (to be) signed; never cached by others, always as a download of its own origin."""

    model = Agreement
    perm = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        agreement = self.get_object()
        if not agreement.document or not agreement.document_sha256:
            raise Http404
        try:
            with agreement.document.open("rb") as stored:
                content = stored.read()
        except OSError as error:
            raise Http404 from error
        response = HttpResponse(content, content_type="application/pdf")
        name = f"{agreement.number.replace('/', '-')}.pdf"
        response["Content-Disposition"] = f'inline; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


class CertificateFile(ObjectMixin, AccessMixin, View):
    model = Agreement
    perm = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        agreement = self.get_object()
        if agreement.signed_at is None:
            raise Http404
        response = HttpResponse(agreements.certificate(agreement), content_type="application/pdf")
        name = f"{agreement.number.replace('/', '-')}-certificate.pdf"
        response["Content-Disposition"] = f'inline; filename="{name}"'
        response["Cache-Control"] = "private, no-store"
        return response


class PortalDocument(DocumentFile):
    area = "portal"


class PortalCertificate(CertificateFile):
    area = "portal"


class Verify(FormPage):
    """Anybody who holds a document may ask whether it is what was signed. Nothing about its content is said."""

    area = "any"
    form_class = VerifyForm
    title = gettext_lazy("Verify a signed document")
    submit_label = gettext_lazy("Verify")
    template_name = "campaigns/verify.html"
    cancel_url = "/"

    def refuse(self, request: HttpRequest) -> HttpResponse | None:
        return None  # no login: whoever has the file may check it

    def save(self, form: VerifyForm) -> HttpResponse:
        upload = form.cleaned_data.get("file")
        if upload:
            digest = hashlib.sha256()
            for chunk in upload.chunks():
                digest.update(chunk)
            sha256 = digest.hexdigest()
        else:
            sha256 = form.cleaned_data["sha256"].strip().lower()
        agreement = agreements.find_by_sha256(sha256)
        return self.render(
            form=VerifyForm(),
            submit_label=self.submit_label,
            cancel_url="/",
            asked=sha256,
            found=agreement,
            checks=agreements.verify(agreement) if agreement else None,
        )
