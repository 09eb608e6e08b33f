"""Vetting dossiers: list, page with the five layers, sign-offs, PDF, and the check of a fingerprint."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import django_filters as df
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from creators.dossiers import content, pdf, vetting
from creators.dossiers.reading import document_of
from creators.models import Creator, Dossier, DossierState, Verdict, VettingLayer
from creators.web.profile import CreatorTab
from krm.accounts.permissions import allowed
from krm.web.forms import KrmForm
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, verb_view

CRUMBS = [(_("Creators"), "creators:list"), (_("Vetting dossiers"), "creators:dossiers")]
TONES = {"pass": "good", "caution": "warn", "fail": "bad", "unknown": "quiet"}


class StartForm(KrmForm):
    purpose = forms.CharField(
        label=_("For"),
        required=False,
        max_length=160,
        help_text=_("The brand or campaign, if it is for one."),
    )


class LayerForm(KrmForm):
    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    remark = forms.CharField(
        label=_("Remark"), widget=forms.Textarea(attrs={"rows": 5}), max_length=4000,
        help_text=_("What you looked at and what you make of it. It becomes part of the signed document."),
    )  # fmt: skip


class SignForm(KrmForm):
    valid_until = forms.DateField(label=_("Valid until"), widget=forms.DateInput)


class VerifyForm(KrmForm):
    sha256 = forms.CharField(label=_("SHA-256 fingerprint"), max_length=100)


class DossierFilter(df.FilterSet):
    state = df.ChoiceFilter(label=_("State"), choices=DossierState.choices)
    changed = df.ChoiceFilter(
        label=_("Since signing"), choices=[("yes", _("Ground changed"))], method="on_changed"
    )
    valid_until = df.DateFromToRangeFilter(label=_("Valid until"))

    class Meta:
        model = Dossier
        fields: list[str] = []

    def on_changed(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.exclude(changes=[])


class DossierList(ListPage):
    name = "creators.dossiers"
    title = _("Vetting dossiers")
    model = Dossier
    perm = "creators.view"
    filterset_class = DossierFilter
    columns = [
        Column(
            "number",
            _("Number"),
            width="wide",
            link=lambda o: o.get_absolute_url(),
            sub=lambda o: o.purpose or None,
        ),
        Column(
            "creator",
            _("Creator"),
            value=lambda o: str(o.creator),
            link=lambda o: o.creator.get_absolute_url(),
        ),
        Column("state", _("State"), kind="state"),
        Column("signed_at", _("Signed"), kind="date", sort="signed_at"),
        Column("signed_by", _("By"), value=lambda o: str(o.signed_by) if o.signed_by_id else None),
        Column("valid_until", _("Valid until"), kind="date", sort="valid_until"),
        Column("changes", _("Changed since"), kind="number", value=lambda o: len(o.changes) or None),
        Column("sha256", _("Fingerprint"), default=False, value=lambda o: o.sha256 or None),
    ]
    search_fields = ["number", "creator__name", "creator__display_name", "purpose", "sha256"]
    default_sort = "-id"
    empty = Empty(
        _("No dossiers yet"), _("Open a creator's page, tab Vetting, and start one."), action=(_("Creators"), "creators:list"),
        icon="shield-check",
    )  # fmt: skip
    actions = [(_("Check a fingerprint"), "creators:dossier_verify", "")]
    breadcrumbs = CRUMBS[:1]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("creator", "signed_by").defer("body", "document")


class DossiersTab(CreatorTab):
    tab_key = "dossiers"
    template_name = "creators/tabs/dossiers.html"

    def get_context(self) -> dict[str, Any]:
        rows = list(self.object.dossiers.select_related("signed_by").defer("body", "document"))
        return {
            "dossiers": rows,
            "preparing": next((row for row in rows if row.state in ("draft", "reviewed")), None),
            "start_form": StartForm(),
        }


def shown_figures(rows: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    from creators.models import Source

    out = []
    for row in rows:
        low, high = row.get("low"), row.get("high")
        out.append(
            {
                "label": row["label"][lang], "account": row.get("account", ""), "text": content.in_words(row["value"], row["unit"]),
                "interval": f"{content.in_words(low, row['unit'])} – {content.in_words(high, row['unit'])}"
                if low is not None and high is not None else "",
                "confidence": row.get("confidence"), "evidence": row.get("evidence"), "version": row.get("version", ""),
                "source": row.get("source") if row.get("source") in Source.values else "",
                "as_of": pdf._day(row["as_of"]) if row.get("as_of") else None,
            }
        )  # fmt: skip
    return out


def shown_changes(changes: list[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
    return [
        {
            "layer": VettingLayer(change["layer"]).label if change["layer"] in VettingLayer.values else gettext("Accounts"),
            "label": change["label"][lang], "account": change["account"],
            "before": content.in_words(change["before"], change["unit"]),
            "after": content.in_words(change["after"], change["unit"]),
        }
        for change in changes
    ]  # fmt: skip


class DossierPage(DetailPage):
    model = Dossier
    perm = "creators.view"
    template_name = "creators/dossier.html"
    breadcrumbs = CRUMBS

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("creator", "signed_by", "created_by")

    def get_title(self) -> Any:
        return gettext("Vetting dossier: %(name)s") % {"name": self.object.creator}

    def get_context(self) -> dict[str, Any]:
        dossier: Dossier = self.object
        lang = "id" if (get_language() or "").startswith("id") else "en"
        document = document_of(dossier)
        words = {row["layer"]: row for row in document["layers"]}
        blocks = []
        for layer in VettingLayer.values:
            part, word = document["body"]["layers"][layer], words.get(layer)
            blocks.append(
                {
                    "key": layer, "name": VettingLayer(layer).label, "word": word,
                    "verdict": Verdict(word["verdict"]).label if word else "",
                    "tone": TONES[word["verdict"]] if word else "quiet",
                    "at": pdf._moment(word["signed_at"]) if word else None,
                    "figures": shown_figures(part["figures"], lang),
                    "reasons": [(row["label"][lang], row["sentence"][lang], row["evidence"]) for row in part["reasons"]],
                    "evidence": [
                        {"label": item["label"][lang], "note": item["note"][lang], "state": item["state"][lang],
                         "text": item["text"], "url": item["url"], "day": pdf._day(item["day"]) if item["day"] else None}
                        for item in part["evidence"]
                    ],
                }
            )  # fmt: skip
        user = self.request.user
        preparing = dossier.state in ("draft", "reviewed")
        return {
            "dossier": dossier, "blocks": blocks, "document": document, "accounts": document["body"]["accounts"],
            "preparing": preparing, "done": len(words), "may_vet": preparing and allowed(user, "creators.vet", dossier.creator),
            "may_sign": dossier.state == "reviewed" and allowed(user, "creators.sign_dossier", dossier.creator),
            "may_look": not preparing and allowed(user, "creators.vet", dossier.creator),
            "intact": None if preparing else vetting.verify(dossier),
            "changes": shown_changes(dossier.changes, lang),
        }  # fmt: skip


class LayerPage(ObjectFormPage):
    """Sign off one layer: verdict and remark, the figures in sight on the page behind."""

    model = Dossier
    perm = "creators.vet"
    form_class = LayerForm
    submit_label = _("Sign off")
    success_message = _("Signed off.")
    breadcrumbs = CRUMBS

    def prepare(self) -> None:
        super().prepare()
        self.layer = self.kwargs["layer"]
        if self.layer not in VettingLayer.values:
            raise Http404

    def get_title(self) -> Any:
        return f"{self.object}: {VettingLayer(self.layer).label}"

    def get_initial(self) -> dict[str, Any]:
        held = self.object.layers.filter(layer=self.layer).first()
        if held is not None:
            return {"verdict": held.verdict, "remark": held.remark}
        return {"verdict": content.proposal(self.object.body, self.layer)}

    def save(self, form: Any) -> Dossier:
        return vetting.sign_layer(self.object, by=self.request.user, layer=self.layer, **form.cleaned_data)  # type: ignore[arg-type]


class SignPage(ObjectFormPage):
    model = Dossier
    perm = "creators.sign_dossier"
    form_class = SignForm
    title = _("Sign the dossier")
    subtitle = _("Numbers, evidence and remarks are fixed from here on.")
    submit_label = _("Sign")
    success_message = _("Signed.")
    breadcrumbs = CRUMBS

    def get_initial(self) -> dict[str, Any]:
        return {"valid_until": localdate() + timedelta(days=vetting.VALID_DAYS)}

    def save(self, form: Any) -> Dossier:
        return vetting.sign(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class DossierPdf(DetailPage):
    model = Dossier
    perm = "creators.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        dossier = self.get_object()
        lang = "id" if request.GET.get("lang", get_language() or "").startswith("id") else "en"
        answer = HttpResponse(pdf.render(dossier, lang), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{dossier.number}-{lang}.pdf"'
        return answer


def _discard(dossier: Dossier, *, by: Any) -> Creator:
    creator = dossier.creator
    vetting.discard(dossier, by=by)
    return creator


def _looked(changes: list[dict[str, Any]]) -> str:
    if not changes:
        return gettext("Nothing that matters has changed since.")
    return gettext("%(count)s differences since signing; they are listed below.") % {"count": len(changes)}


def _tab(obj: Any) -> str:
    pk = obj.pk if isinstance(obj, Creator) else obj.creator_id
    return f"{reverse('creators:detail', args=[pk])}?tab=dossiers"


sign = SignPage.as_view()
start = verb_view(Creator, vetting.start, perm="creators.vet", form=StartForm, title=_("Start a dossier"),
                  submit_label=_("Start"), success=_("The figures of today are in. Sign off each layer."),
                  success_url=lambda obj: obj.get_absolute_url())  # fmt: skip
refresh = verb_view(
    Dossier, vetting.refresh, perm="creators.vet", success=_("Figures read anew; sign off again.")
)
discard = verb_view(Dossier, _discard, perm="creators.vet", success=_("Draft thrown away."), success_url=_tab)
look_again = verb_view(Dossier, vetting.look_again, perm="creators.vet", success=_looked)


class VerifyPage(FormPage):
    """Paste a fingerprint: is there such a dossier, and is it unchanged?"""

    title = _("Check a fingerprint")
    subtitle = _("Every signed dossier carries a SHA-256 fingerprint on each page.")
    perm: ClassVar[str | None] = "creators.view"
    template_name = "creators/dossier_verify.html"
    form_class = VerifyForm
    submit_label = _("Check")
    cancel_url: Any = "creators:dossiers"
    breadcrumbs: ClassVar[Any] = CRUMBS
    extra: dict[str, Any]

    def get_context(self) -> dict[str, Any]:
        return getattr(self, "extra", {})

    def save(self, form: Any) -> HttpResponse:
        found = vetting.find_by_hash(form.cleaned_data["sha256"])
        self.extra = {"looked": True, "dossier": found, "intact": found is not None and vetting.verify(found)}
        return self.form_response(form)


class PublicVerify(VerifyPage):
    """The same without a login, for whoever holds a dossier: only what the paper says anyway."""

    area = "any"
    perm = None
    cancel_url = "/"
    breadcrumbs: ClassVar[Any] = ()

    def refuse(self, request: HttpRequest) -> HttpResponse | None:
        return None

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "krm_layout": "web/layouts/plain.html", "public": True}
