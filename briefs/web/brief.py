"""Staff pages of the brief: the campaign's tab, the editor, versions, calls."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views import View

from briefs import briefing, pdf, reading
from briefs.models import Brief, BriefingCall, BriefVersion
from briefs.models.scoping import BRIEFED
from briefs.web.forms import BriefForm, CallForm, HoldCallForm, MoveCallForm, PublishForm
from campaigns.models import Campaign, Partnership
from krm.accounts.permissions import allowed
from krm.web.access import AccessMixin
from krm.web.pages import DetailPage, ObjectFormPage, ObjectMixin, TabPage, verb_view


def brief_tab(obj: Any) -> str:
    """The campaign's page with the brief open; `obj` is anything that belongs to a campaign."""
    campaign_id = (
        obj.pk if isinstance(obj, Campaign) else getattr(obj, "campaign_id", None) or obj.brief.campaign_id
    )
    return reverse("briefs:campaign_brief", args=[campaign_id])


class CampaignBrief(TabPage):
    model = Campaign
    tabset = "campaign"
    tab_key = "brief"
    template_name = "briefs/campaign_brief.html"

    def get_context(self) -> dict[str, Any]:
        campaign = self.object
        brief = Brief.objects.filter(campaign=campaign).first()
        versions = list(brief.versions.select_related("published_by")) if brief else []
        current = versions[0] if versions else None
        changed = brief is not None and (current is None or current.sha256 != briefing.content_hash(brief))
        return {
            "campaign": campaign,
            "brief": brief,
            "content": current or brief,
            "current": current,
            "versions": versions,
            "changed": changed,
            "gaps": briefing.gaps(brief) if brief and changed else {},
            "readers": reading.readers_of(campaign, current),
            "calls": campaign.briefing_calls.prefetch_related("attendances__partnership__creator"),
            "may_edit": allowed(self.request.user, "briefs.edit_brief", campaign),
        }


class BriefEdit(ObjectFormPage):
    guards = True
    model = Campaign
    perm = "briefs.edit_brief"
    title = _("Creative brief")
    template_name = "briefs/brief_form.html"
    form_class = BriefForm
    submit_label = _("Save brief")
    success_message = _("Brief saved. KOLs see it once you publish it.")

    def get_initial(self) -> dict[str, Any]:
        brief = Brief.objects.filter(campaign=self.object).first()
        if brief is None:
            brief = Brief(campaign=self.object, mandatory=briefing._starting_mandatory(self.object))
        return BriefForm.initial_of(brief)

    def save(self, form: BriefForm) -> Any:
        return briefing.save_brief(self.object, by=self.request.user, **form.content())  # type: ignore[arg-type]

    def get_success_url(self, obj: Any) -> str:
        return brief_tab(self.object)

    def get_cancel_url(self) -> str:
        return brief_tab(self.object)

    def get_context(self) -> dict[str, Any]:
        return {"campaign": self.object}


brief_publish = verb_view(
    Brief,
    briefing.publish,
    perm="briefs.publish_brief",
    form=PublishForm,
    title=_("Publish the brief"),
    submit_label=_("Publish brief"),
    success=lambda version: _("Version %(n)s is published. Its KOLs are told.") % {"n": version.number},
    success_url=brief_tab,
)


class VersionPage(DetailPage):
    """One version as it was published, with what changed against the one before."""

    model = BriefVersion
    template_name = "briefs/version.html"
    history = False

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brief__campaign__brand", "published_by")

    def get_title(self) -> Any:
        return _("Brief of %(campaign)s, version %(n)s") % {
            "campaign": self.object.brief.campaign,
            "n": self.object.number,
        }

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [(str(self.object.brief.campaign), brief_tab(self.object.brief))]

    def get_context(self) -> dict[str, Any]:
        others = BriefVersion.objects.filter(brief=self.object.brief_id)
        against = self.request.GET.get("against", "")
        previous = (
            others.filter(number=int(against)).first()
            if against.isdigit() and len(against) < 6
            else others.filter(number__lt=self.object.number).first()
        )
        return {
            "content": self.object,
            "previous": previous,
            "others": others.exclude(pk=self.object.pk),
            "diff": briefing.diff(previous, self.object) if previous else {},
            "part_labels": PART_LABELS,
            "receipts": self.object.receipts.select_related("partnership__creator").order_by("read_at"),
        }


PART_LABELS = {
    "story": _("Brand story core"),
    "narrative": _("Campaign narrative"),
    "pillars": _("Messaging pillars"),
    "guardrails": _("Guardrails"),
    "freedom": _("Freedom framework"),
    "mandatory": _("Mandatory elements"),
}


def pdf_response(version: BriefVersion, language: str) -> HttpResponse:
    language = language if language in ("en", "id") else (get_language() or "en")
    answer = HttpResponse(pdf.brief_pdf(version, language), content_type="application/pdf")
    name = f"brief-{version.brief.campaign.code}-v{version.number}-{language}.pdf"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


class VersionPdf(ObjectMixin, AccessMixin, View):
    model = BriefVersion
    area = "staff"
    http_method_names = ["get", "head", "options"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brief__campaign__brand")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return pdf_response(self.get_object(), request.GET.get("lang", ""))


class CallIcs(ObjectMixin, AccessMixin, View):
    model = BriefingCall
    area = "staff"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        call = self.get_object()
        answer = HttpResponse(briefing.calendar_invite(call), content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="briefing-{call.pk}.ics"'
        return answer


def signed_kols(campaign: Campaign) -> Any:
    return (
        Partnership.objects.filter(campaign=campaign, state__in=BRIEFED)
        .select_related("creator")
        .order_by("creator__name")
    )


class CallNew(ObjectFormPage):
    model = Campaign
    perm = "briefs.plan_call"
    title = _("Plan a briefing call")
    form_class = CallForm
    submit_label = _("Plan the call")
    success_message = _("The call is planned. The KOLs are told.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "partnerships": signed_kols(self.object)}

    def get_initial(self) -> dict[str, Any]:
        return {"partnerships": list(signed_kols(self.object))}

    def save(self, form: CallForm) -> Any:
        return briefing.plan_call(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self, obj: Any) -> str:
        return brief_tab(self.object)

    def get_cancel_url(self) -> str:
        return brief_tab(self.object)


class CallMove(ObjectFormPage):
    model = BriefingCall
    perm = "briefs.plan_call"
    title = _("Move the call")
    form_class = MoveCallForm
    success_message = _("The call is moved. The KOLs are told.")

    def get_initial(self) -> dict[str, Any]:
        return {
            "starts_at": self.object.starts_at,
            "minutes": self.object.minutes,
            "place": self.object.place,
        }

    def save(self, form: MoveCallForm) -> Any:
        return briefing.move_call(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class CallHold(ObjectFormPage):
    model = BriefingCall
    perm = "briefs.plan_call"
    title = _("Notes of the call")
    form_class = HoldCallForm
    success_message = _("The call is recorded.")

    def get_form_kwargs(self) -> dict[str, Any]:
        invited = Partnership.objects.filter(briefing_attendances__call=self.object).select_related("creator")
        return {**super().get_form_kwargs(), "partnerships": invited}

    def get_initial(self) -> dict[str, Any]:
        rows = self.object.attendances.exclude(attended=False)
        return {"notes": self.object.notes, "attended": list(rows.values_list("partnership", flat=True))}

    def save(self, form: HoldCallForm) -> Any:
        return briefing.hold_call(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


call_cancel = verb_view(
    BriefingCall, briefing.cancel_call, perm="briefs.plan_call", success=_("The call is cancelled.")
)


class LiveChecks(AccessMixin, View):  # type: ignore[misc]
    """What the machine says about a caption while it is being typed; writes nothing."""

    area = "any"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        from django.shortcuts import render

        from briefs import drafts
        from briefs.check_texts import as_rows
        from briefs.models import Asset
        from campaigns.models import Deliverable

        found = Deliverable.objects.visible_to(request.user).select_related("partnership__campaign__brand")
        deliverable = found.filter(pk=pk).first()
        if deliverable is None or not allowed(request.user, "briefs.submit_draft", deliverable):
            raise Http404
        chosen = request.POST.get("asset", "")
        asset = (
            Asset.objects.visible_to(request.user).filter(pk=int(chosen)).first()
            if chosen.isdigit()
            else None
        )
        findings = drafts.check_content(
            deliverable,
            caption=request.POST.get("caption", ""),
            asset=asset,
            uses_platform_label="uses_platform_label" in request.POST,
        )
        return render(request, "briefs/parts/checks.html", {"checks": as_rows(findings), "live": True})
