"""The updates page: who is read how often, how old figures are, what budgets allow, what another policy would cost."""

from __future__ import annotations

import math
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from creators import connections
from creators.models import Cadence, Platform
from creators.pulling import outlook
from creators.web.connectors import BUCKETS, KINDS
from krm.accounts.permissions import allowed, check
from krm.connectors.outcomes import Kind
from krm.web import charts
from krm.web.forms import KrmForm
from krm.web.pages import FormPage, redirect

AGES = {
    "day": _("Under a day"),
    "week": _("1 to 7 days"),
    "month": _("7 to 30 days"),
    "older": _("Over 30 days"),
    "never": _("Not read yet"),
}


class PolicyForm(KrmForm):
    """Hours between two updates of an account."""

    live = forms.IntegerField(label=_("In a live campaign (hours)"), min_value=1, max_value=720)
    shortlisted = forms.IntegerField(label=_("Shortlisted or contracted (hours)"), min_value=1, max_value=720)
    warm = forms.IntegerField(label=_("Watched (hours)"), min_value=1, max_value=720)
    cold = forms.IntegerField(
        label=_("In the file (hours)"),
        min_value=1,
        max_value=720,
        help_text=_("At most 720 hours: public data is read again or deleted within 30 days."),
    )


class UpdatesPage(FormPage):
    title = _("Updates")
    subtitle = _("How often KRM reads each account, how old its figures are, and what budgets allow.")
    perm = "connectors.view"
    template_name = "creators/updates.html"
    form_class = PolicyForm
    success_message = _("Saved. The new hours count from the next update of each account.")
    success_url = "creators:updates"
    cancel_url = "creators:updates"
    breadcrumbs = ((_("Connectors"), "creators:connectors"),)

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        if self.request.method == "GET" and self.request.GET:
            given["data"] = self.request.GET  # shows what is wrong with the hours asked about
        return given

    def get_initial(self) -> dict[str, Any]:
        policy = outlook.current()
        asked = self._asked()
        return asked or {name: getattr(policy, name) for name in outlook.HOURS}

    def _asked(self) -> dict[str, int] | None:
        """Hours in the address: somebody wants to know what they would cost."""
        form = PolicyForm(self.request.GET)
        return form.cleaned_data if self.request.GET and form.is_valid() else None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        check(request.user, "connectors.change")
        if (
            "work_out" in request.POST
        ):  # asked in the address, so that it can be kept and shown to a colleague
            hours = {name: request.POST.get(name, "") for name in outlook.HOURS}
            return redirect(request, f"{reverse('creators:updates')}?{urlencode(hours)}")
        return super().post(request, *args, **kwargs)

    def save(self, form: Any) -> Any:
        return outlook.change(by=self.request.user, **form.cleaned_data)

    def get_context(self) -> dict[str, Any]:
        found = outlook.lines()
        hours = outlook.current_hours()
        plans = outlook.alternatives(found, hours)
        plans = [plans[0], *(plan for plan in plans[1:] if _differs(plan[1], plans[0][1]))]
        asked = self._asked()
        if asked is not None:
            chosen = {name: float(value) for name, value in asked.items()}
            plans.insert(
                0, (gettext("What you asked about"), outlook.cost(chosen, found, outlook.capacities()))
            )
        names = dict(Platform.choices)
        overview = connections.overview()
        in_force = {cost.platform: cost for cost in plans[1 if asked else 0][1]}
        return {
            "may": allowed(self.request.user, "connectors.change"),
            "totals": _totals(found),
            "rows": [_row(line, names, in_force[line.platform]) for line in found],
            "ages": _ages(found),
            "plans": [(name, [_priced(cost) for cost in costs]) for name, costs in plans],
            "columns": [names.get(cost.platform, cost.platform) for cost in plans[0][1]],
            "platforms": [
                {
                    "name": names.get(shown.program.connector, shown.program.connector),
                    "shown": shown,
                    "budgets": [(BUCKETS.get(r.bucket.name, r.bucket.name), r) for r in shown.budgets or []],
                    "errors": [(KINDS[Kind(e.kind)], e) for e in shown.errors],
                }
                for shown in overview
                if shown.budgets is None or shown.budgets or shown.errors
            ],
            "unread": any(shown.budgets is None for shown in overview),
            "fixed": [
                (Cadence(name).label, span(hours[name] / 24)) for name in outlook.settled_by_settings()
            ],
        }


def _differs(costs: list[outlook.Cost], others: list[outlook.Cost]) -> bool:
    return any(round(a.calls) != round(b.calls) for a, b in zip(costs, others, strict=True))


def _totals(found: list[outlook.Line]) -> dict[str, Any]:
    total = sum(line.total for line in found)
    fresh = sum(line.ages["day"] for line in found)
    return {
        "total": total,
        "due": sum(line.due for line in found),
        "late": sum(line.late for line in found),
        "leased": sum(line.leased for line in found),
        "paused": sum(line.paused for line in found),
        "fresh": fresh / total if total else None,
    }


def _row(line: outlook.Line, names: dict[str, str], cost: outlook.Cost) -> dict[str, Any]:
    real = cost.real_days[line.cadence]
    return {
        "platform": names.get(line.platform, line.platform),
        "cadence": Cadence(line.cadence).label,
        "line": line,
        "wanted": span(cost.wanted_days[line.cadence]),
        "real": span(real),
        "stretched": real > cost.wanted_days[line.cadence] * 1.001,
    }


def _priced(cost: outlook.Cost) -> dict[str, Any]:
    return {
        "cost": cost,
        "calls": round(cost.calls),
        "cold": span(cost.real_days["cold"]),
        "live": span(cost.real_days["live"]),
    }


def span(days: float) -> str:
    """A time between two updates, in words."""
    if math.isinf(days):
        return gettext("not at all")
    hours = days * 24
    if hours < 1:
        minutes = round(hours * 60)
        return ngettext("every minute", "every %(n)s minutes", minutes) % {"n": minutes}
    if hours < 48:
        return ngettext("every hour", "every %(n)s hours", 1 if _short(hours) == "1" else 2) % {
            "n": _short(hours)
        }
    return ngettext("every day", "every %(n)s days", 1 if _short(days) == "1" else 2) % {"n": _short(days)}


def _short(number: float) -> str:
    return number_format(round(number, 1), 0 if round(number, 1) % 1 == 0 else 1)


def _ages(found: list[outlook.Line]) -> Any:
    rows = [
        {"cadence": str(Cadence(cadence).label), "age": str(AGES[age]), "accounts": number, "place": place}
        for cadence in outlook.HOURS
        for place, age in enumerate(outlook.AGES)
        if (number := sum(line.ages[age] for line in found if line.cadence == cadence))
    ]
    if not rows:
        return None
    spec = charts.bar(rows, "cadence", "accounts", series="age", horizontal=True, x_title=gettext("Kept how"),
                      y_title=gettext("Accounts"), height=160)  # fmt: skip
    spec["encoding"]["y"]["title"] = None  # the names say it
    spec["encoding"]["y"]["sort"] = [str(Cadence(name).label) for name in outlook.HOURS]
    spec["encoding"]["color"]["sort"] = [str(label) for label in AGES.values()]
    spec["encoding"]["order"] = {"field": "place", "type": "quantitative"}
    return spec
