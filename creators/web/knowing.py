"""The profile beyond figures: timeline, fields edited in place, what a client sees and the links for it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import get_current_timezone, make_aware
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from creators import audience_words, people
from creators.custom import fields as custom
from creators.custom.fields import PREFIX
from creators.knowing import clientview, pdf, sharing, timeline
from creators.models import Creator, CustomField, ProfileShare
from creators.web.forms import CreatorForm, custom_form_field, custom_initial
from creators.web.known import EDITABLE, field_rows
from creators.web.profile import CreatorTab
from krm.accounts.permissions import allowed
from krm.web import charts
from krm.web.forms import KrmForm
from krm.web.pages import DetailPage, ObjectFormPage, Page, verb_view


class TimelineTab(CreatorTab):
    tab_key = "timeline"
    template_name = "creators/tabs/timeline.html"

    def get_context(self) -> dict[str, Any]:
        wanted = self.request.GET.get("kind", "")
        kind = wanted if wanted in timeline.KINDS else ""
        return {
            "entries": timeline.entries(self.object, self.request.user, kind=kind),
            "kinds": list(timeline.KINDS.items()),
            "kind": kind,
            "shown": timeline.SHOWN,
        }


# One field at a time ----------------------------------------------------------------------------------------------


class FieldInPlace(ObjectFormPage):
    """GET: the little form of one field; POST: the verb, then the field as it reads now; errors at the field."""

    model = Creator
    perm = "creators.change"
    template_name = "creators/parts/field_form.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("owner")

    def prepare(self) -> None:
        super().prepare()
        self.name: str = self.kwargs["name"]
        self.custom_field: CustomField | None = None
        if self.name.startswith(PREFIX):
            key = self.name.removeprefix(PREFIX)
            self.custom_field = next((f for f in custom.live_fields() if f.key == key), None)
            if self.custom_field is None:
                raise Http404
        elif self.name not in EDITABLE:
            raise Http404

    def get_form(self) -> Any:
        bound = self.request.method == "POST"
        data = self.request.POST if bound else None
        if self.custom_field is not None:
            form: Any = KrmForm(data, auto_id="place_%s")
            form.fields[self.name] = custom_form_field(self.custom_field)
            form.initial = {
                self.name: custom_initial(self.custom_field, self.object.custom.get(self.custom_field.key))
            }
        else:
            value = self.object.owner_id if self.name == "owner" else getattr(self.object, self.name)
            form = CreatorForm(data, initial={self.name: value}, auto_id="place_%s")
            for other in [n for n in form.fields if n != self.name]:
                del form.fields[other]
        form.fields[self.name].widget.attrs["autofocus"] = True
        form.dress()
        return form

    def save(self, form: Any) -> HttpResponse:
        value = form.cleaned_data[self.name]
        by: Any = self.request.user
        if self.custom_field is not None:
            saved = custom.set_values(self.object, {self.custom_field.key: value}, by=by)
        else:
            saved = people.update_creator(self.object, by=by, **{self.name: value})
        return self.shown(saved)

    def shown(self, creator: Creator) -> HttpResponse:
        creator = self.get_queryset().get(pk=creator.pk)
        rows = field_rows(creator, [self.custom_field] if self.custom_field else [])
        row = next(row for row in rows if row["name"] == self.name)
        return self.render("creators/parts/field_shown.html", row=row, creator=creator, may=True)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.prepare()
        if "shown" in request.GET:
            return self.shown(self.object)
        return self.form_response(self.get_form())

    def get_context(self) -> dict[str, Any]:
        return {"name": self.name, "creator": self.object}


# What a client sees -----------------------------------------------------------------------------------------------


class ShareForm(KrmForm):
    label = forms.CharField(label=_("For whom"), max_length=160)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("id", "Bahasa Indonesia")])
    expires_on = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput, help_text=_("Two weeks, if empty.")
    )


class ClientTab(CreatorTab):
    """The links that show this creator to clients, and a look at what they see."""

    tab_key = "client"
    template_name = "creators/tabs/client.html"

    def get_context(self) -> dict[str, Any]:
        return {
            "shares": list(self.object.shares.select_related("created_by")[:50]),
            "share_form": ShareForm(initial={"language": get_language()}),
            "may_share": allowed(self.request.user, "creators.share_profile", self.object),
            "seen": shown(self.object),
        }


def shown(creator: Creator) -> dict[str, Any]:
    """The client view with its charts."""
    seen = clientview.collect(creator)
    rows = seen.pop("growth_rows")
    titles = {
        "age": gettext("Age"),
        "gender": gettext("Gender"),
        "countries": gettext("Countries"),
        "cities": gettext("Cities"),
    }
    for block in seen["accounts"]:
        block["shares"] = [
            (titles[key], [(audience_words.group(key, row["group"]), row["share"])
                           for row in sorted(groups, key=lambda row: row["group"] if key == "age" else "")
                           if row["share"] >= 0.005])
            for key, groups in block["groups"]
        ]  # fmt: skip
    growth = (
        charts.line(rows, "day", "followers", series="account", x_title=gettext("Day"), y_title=gettext("Followers"),
                    points=len(rows) < 60)
        if rows else None
    )  # fmt: skip
    return {**seen, "growth": growth}


class ShareCreate(ObjectFormPage):
    model = Creator
    perm = "creators.share_profile"
    form_class = ShareForm
    title = _("Share with a client")
    submit_label = _("Make the link")

    def get_initial(self) -> dict[str, Any]:
        return {"language": get_language()}

    def save(self, form: Any) -> HttpResponse:
        day = form.cleaned_data["expires_on"]
        until = make_aware(datetime.combine(day, time(23, 59)), get_current_timezone()) if day else None
        try:
            row, token = sharing.share(
                self.object, by=self.request.user, label=form.cleaned_data["label"],  # type: ignore[arg-type]
                language=form.cleaned_data["language"], expires_at=until,
            )  # fmt: skip
        except people.ValidationError as error:
            found = error.message_dict
            raise people.ValidationError(
                {("expires_on" if name == "expires_at" else name): texts for name, texts in found.items()}
            ) from None
        url = self.request.build_absolute_uri(reverse("creators:shared_profile", args=[token]))
        return self.render(
            "creators/share_made.html", share=row, url=url, object=self.object, creator=self.object
        )


class Shared(Page):
    """The profile behind a link: no login, one creator."""

    area = "any"
    template_name = "creators/shared.html"

    def refuse(self, request: HttpRequest) -> HttpResponse | None:
        return None  # the token in the address is the key

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = sharing.open_share(kwargs["token"])
        if row is None:
            raise Http404
        with translation.override(row.language):
            response = self.render(
                title=str(row.creator), seen=shown(row.creator), creator=row.creator, token=kwargs["token"],
                krm_layout="web/layouts/guest.html",
            ).render()  # fmt: skip
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response


class SharedPdf(Shared):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = sharing.open_share(kwargs["token"], count=False)
        if row is None:
            raise Http404
        return document(row.creator, row.language)


class ClientPdf(DetailPage):
    model = Creator
    perm = "creators.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lang = request.GET.get("lang") or get_language() or "en"
        return document(self.get_object(), "id" if lang.startswith("id") else "en")


def document(creator: Creator, lang: str) -> HttpResponse:
    answer = HttpResponse(pdf.render(creator, lang), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="creator-{creator.pk}-{lang}.pdf"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _tab(obj: Any) -> str:
    return str(obj.get_absolute_url())


share_revoke = verb_view(
    ProfileShare, sharing.revoke, perm="creators.share_profile", success=_("Link revoked."), success_url=_tab
)
