"""The style page: every component in every state, on made-up figures. Staff only; it writes nothing."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from krm.errors import Conflict
from krm.web import charts
from krm.web.access import AccessMixin
from krm.web.forms import KrmForm
from krm.web.pages import FormPage, Page

_TOKENS = """canvas surface raised sunken line line-strong ink ink-2 ink-3 accent accent-tint good good-tint
    warn warn-tint bad bad-tint chart-1 chart-2 chart-3 chart-4 chart-5 chart-6"""
_STATES = (
    "draft sent countered accepted declined in_review approved changes_requested overdue paid live failed"
)


class StyleForm(KrmForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("As it is written on the invoice.")
    )
    budget = forms.DecimalField(label=gettext_lazy("Budget"), min_value=0)
    due = forms.DateField(label=gettext_lazy("Due date"), widget=forms.DateInput(), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("a", "Reel"), ("b", "Story"), ("c", "Video")]
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Channels"),
        choices=[("ig", "Instagram"), ("tt", "TikTok")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    notes = forms.CharField(label=gettext_lazy("Notes"), widget=forms.Textarea, required=False)
    file = forms.FileField(label=gettext_lazy("File"), required=False)
    agree = forms.BooleanField(label=gettext_lazy("Send a message to the creator"), required=False)


def _series() -> list[dict[str, Any]]:
    start = timezone.localdate() - timedelta(days=89)
    rows = []
    for index in range(90):
        for name, base in (("Instagram", 180_000), ("TikTok", 95_000)):
            value = base * (1 + index / 240 + 0.03 * math.sin(index / 6 + base))
            rows.append({"date": start + timedelta(days=index), "followers": round(value), "platform": name})
    return rows


class Style(Page):
    template_name = "web/style.html"
    title = gettext_lazy("Style")
    subtitle = gettext_lazy("Every component, in every state")

    def get_context(self) -> dict[str, Any]:
        rows = _series()
        broken = StyleForm({"name": "", "budget": "-5", "kind": "a"}, auto_id="broken_%s")
        broken.is_valid()
        return {
            "tokens": _TOKENS.split(),
            "states": _STATES.split(),
            "form": StyleForm(initial={"kind": "b"}),
            "broken": broken,
            "line": charts.line(rows, "date", "followers", series="platform", y_title=_("Followers")),
            "area": charts.area([r for r in rows if r["platform"] == "TikTok"], "date", "followers"),
            "bar": charts.bar(
                [{"tier": t, "fee": f} for t, f in (("Mega", 410), ("Mid", 260), ("Micro", 120), ("Nano", 44))],
                "tier", "fee", sort=["Mega", "Mid", "Micro", "Nano"],
            ),
            "scatter": charts.scatter(
                [{"name": f"@demo{i}", "followers": 900 * 1.6**i, "er": 0.09 / (1 + i / 3)} for i in range(1, 18)],
                "followers", "er", format="percent", label="name", log=False,
            ),
            "target": charts.rule(
                charts.line([r for r in rows if r["platform"] == "TikTok"], "date", "followers"), 130_000, _("Target")
            ),
            "rising": [10, 12, 11, 14, 18, 17, 22], "falling": [22, 21, 21, 18, 17, 12, 9], "gaps": [4, None, 5, 6, None, 6],
            "now": timezone.now(),
            "yesterday": timezone.now() - timedelta(hours=26),
            "amount": Decimal("19500000"),
            "columns": [
                {"key": "draft", "label": _("Draft"), "cards": [
                    {"id": 1, "title": "Reel · Kopi Pagi", "url": "#", "lines": ["@demo.ayu", "24 Nov"]},
                    {"id": 2, "title": "Story × 3", "url": "#", "lines": ["@demo.bayu", "25 Nov"]}]},
                {"key": "in_review", "label": _("In review"), "cards": [
                    {"id": 3, "title": "Video 60 s", "url": "#", "lines": ["@demo.citra"], "state": "overdue"}]},
                {"key": "approved", "label": _("Approved"), "cards": []},
            ],
        }  # fmt: skip


class StyleDialog(FormPage):
    form_class = StyleForm
    title = gettext_lazy("A form in a dialog")
    success_message = gettext_lazy("Saved. Nothing was written: this is the style page.")
    success_url = "web:style"

    def save(self, form: Any) -> Any:
        if form.cleaned_data["name"].lower() == "conflict":
            raise Conflict(_("The offer is accepted already; withdraw it first."))
        return None


class MoveCard(AccessMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("column") == "approved":
            return JsonResponse(
                {"detail": _("Only a reviewer can approve. Ask one to open this draft.")}, status=409
            )
        return HttpResponse(status=204)


class CalendarEvents(AccessMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        tones = ("good", "busy", "warn", "bad", "quiet")
        return JsonResponse(
            [
                {
                    "id": str(index),
                    "title": f"@demo{index} · Reel",
                    "start": (today + timedelta(days=index * 2 - 4)).isoformat(),
                    "tone": tone,
                    "hint": tone,
                }
                for index, tone in enumerate(tones)
            ],
            safe=False,
        )


class MoveEvent(AccessMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            day = parse_date(str(json.loads(request.body)["start"])[:10])
        except (ValueError, KeyError, TypeError):
            day = None
        if day is None:
            return JsonResponse({"detail": _("Choose a date.")}, status=400)
        if day < timezone.localdate():
            return JsonResponse({"detail": _("That day has passed. Choose today or later.")}, status=409)
        return JsonResponse({"message": _("Moved.")})


class StylePanel(AccessMixin, View):
    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind == "ok":
            return HttpResponse(format_html('<p class="muted">{}</p>', _("This part was loaded by itself.")))
        if kind == "broken":
            return HttpResponseServerError("broken on purpose")
        raise Http404
