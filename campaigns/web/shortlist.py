"""The shortlist tab: candidates with their five layers, picker, submission, decisions, share links."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from campaigns import exclusivity, fitting, selection, sharing
from campaigns.assessment import explain
from campaigns.models import Campaign, Candidate, ShareLink
from campaigns.models.selection import Layer, Option, ShareCovers
from campaigns.web.forms import CandidateForm, ShareForm, StaffDecisionForm, SubmitForm
from campaigns.web.workspace import CampaignFacts, CampaignPartForm
from creators.models import Creator, Platform, Tier
from krm.accounts.permissions import allowed
from krm.web.forms import REFUSALS, refusal_text
from krm.web.pages import ObjectFormPage, TabPage, redirect, verb_view


def rows_of(candidates: list[Candidate]) -> list[dict[str, Any]]:
    found = selection.matrix(candidates)
    return [
        {
            "candidate": candidate,
            "layers": [
                {
                    "key": layer,
                    "label": label,
                    "row": (row := found.get(candidate.pk, {}).get(layer)),
                    "reasons": explain(row.explanation) if row else [],
                }
                for layer, label in Layer.choices
            ],
        }
        for candidate in candidates
    ]


def fit_column(campaign: Campaign, candidates: list[Candidate]) -> dict[int, dict[str, Any] | None]:
    """Fit of every candidate's account to the campaign; a fixed number of queries."""
    ids = [c.account_id for c in candidates if c.account_id]
    if not ids:
        return {}
    found = fitting.fits_of(campaign.brand, ids, campaign)
    lang = get_language() or "en"
    return {pk: fitting.shown(found, pk, lang) for pk in ids}


class ShortlistTab(CampaignFacts, TabPage):
    template_name = "campaigns/shortlist_tab.html"
    tab_key = "shortlist"

    def get_context(self) -> dict[str, Any]:
        campaign = self.object
        candidates = list(
            campaign.candidates.select_related("creator__tier", "account").order_by("option", "-score", "pk")
        )
        may = allowed(self.request.user, "campaigns.manage_shortlist", campaign)
        windows = exclusivity.conflicts(campaign, {c.creator_id for c in candidates})
        rows = rows_of(candidates)
        fit = fit_column(campaign, candidates)
        for row in rows:
            row["fit"] = fit.get(row["candidate"].account_id or 0)
            row["windows"] = [exclusivity.describe(w) for w in windows.get(row["candidate"].creator_id, [])]
        return {
            **super().get_context(),
            "options": [
                {"key": key, "rows": [r for r in rows if r["candidate"].option == key]}
                for key in Option.values
            ],
            "any": bool(candidates),
            "totals": selection.totals(campaign),
            "layers": Layer.choices,
            "may": may,
            "proposed": sum(c.state == "proposed" for c in candidates),
            "approved": sum(c.state == "client_approved" for c in candidates),
            "links": campaign.share_links.select_related("created_by")[:20],
            "now": timezone.now(),
        }


FITTED = 400  # the largest matches that are put in order of fit


class Picker(CampaignFacts, TabPage):
    """Search creators and put them on the shortlist; GET shows results, POST adds the ticked ones."""

    template_name = "campaigns/picker.html"
    tab_key = "shortlist"
    perm = "campaigns.manage_shortlist"

    def get_context(self) -> dict[str, Any]:
        campaign = self.object
        term = self.request.GET.get("q", "").strip()[:100]
        tier = self.request.GET.get("tier", "")
        platform = self.request.GET.get("platform", "")
        rows = Creator.objects.visible_to(self.request.user).live().exclude(status="blocked")
        for word in term.lower().split()[:6]:
            rows = rows.filter(Q(search_text__icontains=word) | Q(categories__icontains=word))
        if tier.isdigit():
            rows = rows.filter(tier_id=int(tier))
        if platform:
            rows = rows.filter(platforms__contains=[platform])
        if self.request.GET.get("fit") and campaign.brand.category:
            rows = rows.filter(categories__contains=[campaign.brand.category])
        taken = set(campaign.candidates.values_list("creator_id", flat=True))
        best = self.request.GET.get("sort") == "fit"
        found = list(
            rows.select_related("tier", "primary_account").order_by(
                F("followers").desc(nulls_last=True), "-pk"
            )[: FITTED if best else 40]
        )
        fit = fitting.fits_of(
            campaign.brand, [c.primary_account_id for c in found if c.primary_account_id], campaign
        ).table
        value = {int(pk): float(v) for pk, v in fit["value"].items() if v == v}
        for creator in found:
            creator.fit = value.get(creator.primary_account_id or 0)  # type: ignore[attr-defined]
        if best:
            found.sort(key=lambda c: (c.fit is None, -(c.fit or 0.0), -(c.followers or 0), c.pk))  # type: ignore[attr-defined]
        return {
            **super().get_context(),
            "results": found[:40],
            "best": best,
            "taken": taken,
            "term": term,
            "tiers": Tier.objects.all(),
            "platforms": Platform.choices,
            "options": Option.values,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        ids = [int(pk) for pk in request.POST.getlist("creator") if pk.isdigit()][:500]
        chosen = Creator.objects.visible_to(self.request.user).filter(pk__in=ids)
        try:
            found = selection.add_candidates(
                self.object, by=self.request.user, creators=chosen, option=request.POST.get("option", "A")
            )
        except REFUSALS as refusal:
            messages.error(request, refusal_text(refusal))
        else:
            text = ngettext("%(n)d KOL added.", "%(n)d KOLs added.", len(found)) % {"n": len(found)}
            (messages.success if found else messages.info)(request, text)
        return redirect(request, f"{self.object.get_absolute_url()}?tab=shortlist")


class CandidateEdit(ObjectFormPage):
    guards = True
    model = Candidate
    form_class = CandidateForm
    perm = "campaigns.manage_shortlist"
    success_message = gettext_lazy("Saved.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand", "creator")

    def get_title(self) -> Any:
        return str(self.object.creator)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "candidate": self.object}

    def save(self, form: CandidateForm) -> Candidate:
        return selection.update_candidate(self.object, by=self.request.user, **form.cleaned_data)

    def get_success_url(self, obj: Any) -> str:
        return f"{self.object.campaign.get_absolute_url()}?tab=shortlist"

    def get_cancel_url(self) -> str:
        return self.get_success_url(None)


class CandidateDecide(CandidateEdit):
    form_class = StaffDecisionForm  # type: ignore[assignment]
    perm = "campaigns.manage_shortlist"
    success_message = gettext_lazy("Decision written down.")
    submit_label = gettext_lazy("Write down decision")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("candidate")
        return kwargs

    def save(self, form: Any) -> Candidate:
        return selection.decide(self.object, by=self.request.user, **form.cleaned_data)


def _to_shortlist(candidate: Candidate) -> str:
    return f"{candidate.campaign.get_absolute_url()}?tab=shortlist"


candidate_drop = verb_view(
    Candidate, selection.drop, perm="campaigns.manage_shortlist", success=gettext_lazy("Dropped."),
    success_url=_to_shortlist,
)  # fmt: skip
candidate_repropose = verb_view(
    Candidate, selection.repropose, perm="campaigns.manage_shortlist",
    success=gettext_lazy("Back on the shortlist."), success_url=_to_shortlist,
)  # fmt: skip


class Submit(CampaignPartForm):
    form_class = SubmitForm
    perm = "campaigns.manage_shortlist"
    title = gettext_lazy("Submit shortlist to the client")
    submit_label = gettext_lazy("Submit")
    success_message = gettext_lazy("Submitted. The client can decide now.")
    back_to = "shortlist"

    def get_initial(self) -> dict[str, Any]:
        used = self.object.candidates.filter(state="proposed").values_list("option", flat=True)
        return {"options": sorted(set(used))}

    def save(self, form: SubmitForm) -> Any:
        return selection.submit(self.object, by=self.request.user, **form.cleaned_data)


def reassess_verb(campaign: Campaign, *, by: Any) -> int:
    return selection.reassess(campaign, by=by)


def invite_verb(campaign: Campaign, *, by: Any) -> Any:
    return selection.invite_approved(campaign, by=by)


def _invited(result: Any) -> str:
    done, refused = result
    text = ngettext("%(n)d KOL invited.", "%(n)d KOLs invited.", len(done)) % {"n": len(done)}
    return " ".join([text, *refused])


shortlist_assess = verb_view(
    Campaign,
    reassess_verb,
    perm="campaigns.manage_shortlist",
    success=lambda n: ngettext("%(n)d candidate assessed.", "%(n)d candidates assessed.", n) % {"n": n},
)
shortlist_invite = verb_view(Campaign, invite_verb, perm="campaigns.negotiate", success=_invited)


class ShareNew(CampaignPartForm):
    form_class = ShareForm
    perm = "campaigns.share"
    title = gettext_lazy("Share with the client by link")
    submit_label = gettext_lazy("Make link")
    success_message = ""  # type: ignore[assignment]
    back_to = "shortlist"

    def get_initial(self) -> dict[str, Any]:
        wanted = self.request.GET.get("covers", "")
        return {
            "expires_at": timezone.localtime() + timedelta(days=14),
            "scope": "approve",
            "covers": wanted if wanted in ShareCovers.values else "shortlist",
        }

    def save(self, form: ShareForm) -> HttpResponse:
        link, token = sharing.create_link(self.object, by=self.request.user, **form.cleaned_data)
        address = self.request.build_absolute_uri(reverse("campaigns:shared", args=[token]))
        return self.render(
            "campaigns/link_made.html",
            link=link,
            address=address,
            campaign=self.object,
            back_url=self.get_success_url(None),
        )


share_revoke = verb_view(
    ShareLink,
    sharing.revoke_link,
    perm="campaigns.share",
    success=gettext_lazy("The link no longer works."),
    success_url=lambda link: f"{link.campaign.get_absolute_url()}?tab=shortlist",
)


def add_to_shortlist(request: HttpRequest, queryset: Any, form: Any = None) -> str:
    """Bulk action of the creators list."""
    campaign = (
        Campaign.objects.visible_to(request.user)
        .filter(code__iexact=form.cleaned_data["code"].strip())
        .first()
    )
    if campaign is None:
        raise ValidationError({"code": _("None of your campaigns has this code.")})
    found = selection.add_candidates(
        campaign,
        by=request.user,  # type: ignore[arg-type]
        creators=queryset[: selection.MAX_CANDIDATES],
        option=form.cleaned_data["option"],
    )
    text = ngettext("%(n)d KOL added to “%(campaign)s”.", "%(n)d KOLs added to “%(campaign)s”.", len(found))
    return text % {"n": len(found), "campaign": campaign}
