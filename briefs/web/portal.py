"""The KOL's pages: read the brief, see what to do, send concepts and content. Made for a phone."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from briefs import briefing, concepts, drafts, reading
from briefs.models import Asset, BriefingCall, BriefVersion, Concept, Draft
from briefs.models.scoping import BRIEFED
from briefs.web.brief import CallIcs, pdf_response
from briefs.web.content import DraftNew, _say
from briefs.web.files import AssetFile, AssetPreview
from briefs.web.forms import CommentForm, ConceptForm
from campaigns.models import Deliverable, Partnership
from krm.errors import Refusal
from krm.web.access import AccessMixin
from krm.web.forms import add_refusal
from krm.web.pages import DetailPage, ObjectFormPage, ObjectMixin, Page, redirect, verb_view


class Tasks(Page):
    """'Tugas saya' on the portal's home; loads by itself."""

    area = "portal"
    template_name = "briefs/portal/tasks.html"

    def get_context(self) -> dict[str, Any]:
        return {"tasks": reading.tasks_of(self.request.user)}  # type: ignore[arg-type]


class Content(Page):
    """Every deliverable of the KOL, what waits for them first."""

    area = "portal"
    title = gettext_lazy("Content")
    template_name = "briefs/portal/content.html"

    def get_context(self) -> dict[str, Any]:
        user: Any = self.request.user
        found = (
            Deliverable.objects.visible_to(user)
            .exclude(state="cancelled")
            .filter(partnership__state__in=BRIEFED)
        )
        campaigns = list(found.order_by().values_list("partnership__campaign", flat=True).distinct())
        rows = reading.work_rows(found.order_by("-pk")[:100], required=reading.concepts_required(campaigns))
        rows.sort(key=lambda r: (r.turn.who != "creator", r.turn.key == "publish", r.turn.who == "nobody"))
        return {"rows": rows, "tasks": reading.tasks_of(user)}


class BriefReader(DetailPage):
    """Opening it writes the receipt; the button at the end says 'read and understood'."""

    model = Partnership
    area = "portal"
    template_name = "briefs/portal/brief.html"
    history = False

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(state__in=BRIEFED).select_related("campaign__brand", "creator")

    def get_title(self) -> Any:
        return _("Brief: %(campaign)s") % {"campaign": self.object.campaign}

    def get_context(self) -> dict[str, Any]:
        partnership, user = self.object, self.request.user
        versions = BriefVersion.objects.visible_to(user).filter(brief__campaign=partnership.campaign_id)
        number = self.request.GET.get("version", "")
        chosen = versions.filter(number=int(number)) if number.isdigit() and len(number) < 6 else versions
        version = chosen.select_related("brief__campaign").order_by("-number").first()
        if number and version is None:
            raise Http404
        receipt = None
        if version is not None and self.request.method == "GET":
            receipt = briefing.open_version(version, partnership=partnership, by=user)  # type: ignore[arg-type]
        previous = versions.filter(number__lt=version.number).order_by("-number").first() if version else None
        newest = versions.order_by("-number").values_list("number", flat=True).first()
        return {
            "partnership": partnership,
            "version": version,
            "content": version,
            "receipt": receipt,
            "newest": version is not None and version.number == newest,
            "newest_number": newest,
            "diff": briefing.diff(previous, version) if previous and version else {},
            "previous": previous,
            "calls": BriefingCall.objects.visible_to(user)
            .filter(campaign=partnership.campaign_id)
            .exclude(state="cancelled"),
            "assets": Asset.objects.visible_to(user).filter(
                campaign=partnership.campaign_id, share_with_creators=True
            ),
            "deliverables": Deliverable.objects.visible_to(user)
            .filter(partnership=partnership)
            .exclude(state="cancelled"),
        }


def _acknowledge(partnership: Partnership, *, by: Any) -> Any:
    version = briefing.current_version(partnership.campaign_id)
    if version is None:
        raise ValidationError(_("There is no brief yet."))
    return briefing.acknowledge(version, partnership=partnership, by=by)


brief_acknowledge = verb_view(
    Partnership,
    _acknowledge,
    area="portal",
    success=gettext_lazy("Thank you. The agency knows that you have read it."),
)


class BriefPdf(ObjectMixin, AccessMixin, View):
    model = Partnership
    area = "portal"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        partnership = self.get_object()
        versions = BriefVersion.objects.visible_to(request.user).select_related("brief__campaign__brand")
        version = versions.filter(brief__campaign=partnership.campaign_id).order_by("-number").first()
        if version is None or partnership.state not in BRIEFED:
            raise Http404
        return pdf_response(version, request.GET.get("lang", ""))


class PortalCallIcs(CallIcs):
    area = "portal"


class Workspace(DetailPage):
    """One deliverable: where it stands, concepts, drafts, and what everybody said."""

    model = Deliverable
    area = "portal"
    template_name = "briefs/portal/deliverable.html"
    history = False

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .filter(partnership__state__in=BRIEFED)
            .select_related("partnership__campaign__brand", "partnership__creator", "account", "agreement")
        )

    def get_title(self) -> Any:
        return self.object.title

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(_("Content"), reverse("briefs:portal_content"))]

    def get_context(self) -> dict[str, Any]:
        return {
            **reading.workspace(self.object, self.request.user),  # type: ignore[arg-type]
            "comment_form": CommentForm(auto_id=False),
        }


class DeliverablePanel(DetailPage):
    """On the campaign room's page of a deliverable: whose turn it is, and the way to the work."""

    model = Deliverable
    area = "portal"
    template_name = "briefs/portal/deliverable_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        found = Deliverable.objects.filter(pk=self.object.pk)
        needs = reading.concepts_required([self.object.partnership.campaign_id])
        return {
            "row": reading.work_rows(found, required=needs)[0],
            "open": self.object.partnership.state in BRIEFED,
        }


class PartnershipPanel(DetailPage):
    """On the campaign room's page of a partnership: the brief, and whether it was read."""

    model = Partnership
    area = "portal"
    template_name = "briefs/portal/partnership_panel.html"
    history = False

    def get_context(self) -> dict[str, Any]:
        version = None
        if self.object.state in BRIEFED:
            version = briefing.current_version(self.object.campaign_id)
        receipt = self.object.brief_receipts.filter(version=version).first() if version else None
        return {"version": version, "receipt": receipt, "open": self.object.state in BRIEFED}


class ConceptsNew(ObjectMixin, Page):
    """Two or three ideas on one page; what is typed stays when something is missing."""

    model = Deliverable
    area = "portal"
    perm = "briefs.submit_concept"
    title = gettext_lazy("Your concepts")
    template_name = "briefs/portal/concepts_form.html"

    def forms(self, deliverable: Any) -> list[ConceptForm]:
        alive = deliverable.concepts.exclude(state=Concept.State.REJECTED).count()
        data = self.request.POST if self.request.method == "POST" else None
        return [ConceptForm(data, prefix=f"c{n}") for n in range(1, max(concepts.MOST - alive, 0) + 1)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deliverable = self.get_object()
        return self.show(deliverable, self.forms(deliverable))

    def show(
        self, deliverable: Any, shown: list[ConceptForm], error: str = "", status: int = 200
    ) -> HttpResponse:
        needed = max(concepts.LEAST - (concepts.MOST - len(shown)), 0)
        return self.render(status=status, deliverable=deliverable, forms=shown, error=error, needed=needed)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        deliverable = self.get_object()
        shown = self.forms(deliverable)
        filled = [form for form in shown if not form.is_empty()]
        rows, good = [], True
        for form in filled:
            if not form.is_valid():
                good = False
                continue
            try:
                rows.append(concepts.clean(form.cleaned_data))
            except ValidationError as refusal:
                add_refusal(form, refusal)
                good = False
        if not good:
            return self.show(deliverable, shown, status=422)
        try:
            concepts.submit(deliverable, by=request.user, concepts=rows)  # type: ignore[arg-type]
        except ValidationError as refusal:
            return self.show(deliverable, shown, " ".join(refusal.messages), 422)
        except Refusal as refusal:
            return self.show(deliverable, shown, str(refusal), 422)
        from django.contrib import messages

        messages.success(request, _("Sent. The agency looks at your concepts now."))
        return redirect(request, reverse("briefs:portal_deliverable", args=[deliverable.pk]))


class ConceptRevise(ObjectFormPage):
    model = Concept
    area = "portal"
    perm = "briefs.submit_concept"
    form_class = ConceptForm
    title = gettext_lazy("Change the concept")
    submit_label = gettext_lazy("Send")
    success_message = gettext_lazy("Sent. The agency looks at it again.")

    def get_initial(self) -> dict[str, Any]:
        c = self.object
        return {"title": c.title, "body": c.body, "format": c.format, "references": "\n".join(c.references)}

    def save(self, form: ConceptForm) -> Any:
        return concepts.revise(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self, obj: Any) -> str:
        return reverse("briefs:portal_deliverable", args=[self.object.deliverable_id])

    def get_cancel_url(self) -> str:
        return reverse("briefs:portal_deliverable", args=[self.object.deliverable_id])


def _workspace(subject: Any) -> str:
    thing = getattr(subject, "draft", None) or getattr(subject, "concept", None) or subject
    return reverse("briefs:portal_deliverable", args=[thing.deliverable_id])


concept_comment = verb_view(
    Concept, _say, area="portal", form=CommentForm, title=gettext_lazy("Comment"), submit_label=gettext_lazy("Send"),
    success=gettext_lazy("Comment sent."), success_url=_workspace,
)  # fmt: skip
draft_comment = verb_view(
    Draft, _say, area="portal", form=CommentForm, title=gettext_lazy("Comment"), submit_label=gettext_lazy("Send"),
    success=gettext_lazy("Comment sent."), success_url=_workspace,
)  # fmt: skip
draft_withdraw = verb_view(
    Draft, drafts.withdraw, area="portal", success=gettext_lazy("Taken back. Send the right version when it is ready."),
    success_url=_workspace,
)  # fmt: skip


class PortalDraftNew(DraftNew):
    area = "portal"

    def get_success_url(self, obj: Any) -> str:
        return reverse("briefs:portal_deliverable", args=[self.object.pk])

    def get_cancel_url(self) -> str:
        return reverse("briefs:portal_deliverable", args=[self.object.pk])


class PortalAssetFile(AssetFile):
    area = "portal"


class PortalAssetPreview(AssetPreview):
    area = "portal"
