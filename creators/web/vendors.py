"""Reports bought from vendors: asking with the price in view, what is there, and the credits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from creators.models import AudienceReport, Creator, SocialAccount, Vendor, VendorBudget, VendorCredit
from creators.platforms.registry import PROGRAMS, VENDORS
from creators.vendors import batch, credits, reports
from krm.accounts.permissions import allowed, check
from krm.connectors.models import Application
from krm.web import charts
from krm.web.forms import KrmForm
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, Page

MOVEMENTS = 12
QUALITY = {
    "score": _("Vendor's score"),
    "credibility": _("Credibility"),
    "real_share": _("Real people"),
    "fake_share": _("Fake followers"),
    "suspicious_share": _("Suspicious accounts"),
    "mass_share": _("Mass followers"),
    "influencer_share": _("Influencers"),
    "er": _("Engagement"),
}
SHARES = frozenset(QUALITY) - {"score"}


def quality_rows(report: AudienceReport) -> list[dict[str, Any]]:
    return [
        {"label": label, "value": report.quality[key], "share": key in SHARES}
        for key, label in QUALITY.items()
        if report.quality.get(key) is not None
        and not (key == "suspicious_share" and report.quality[key] == report.quality.get("fake_share"))
    ]


class ReportsPanel(DetailPage):
    """What vendors said about a creator's accounts, for the audience tab."""

    model = Creator
    perm = "creators.view"
    template_name = "creators/parts/reports.html"

    def get_context(self) -> dict[str, Any]:
        accounts = list(self.object.accounts.order_by("-followers", "pk"))
        found: dict[int, list[AudienceReport]] = {}
        for report in (
            AudienceReport.objects.filter(account__in=accounts)
            .select_related("requested_by")
            .order_by("-requested_at")[:100]
        ):
            found.setdefault(report.account_id, []).append(report)
        ready = {
            a.platform
            for a in Application.objects.filter(platform__in=VENDORS)
            if VENDORS[a.platform].ready(a)
        }
        covered = {p for key in ready for p in VENDORS[key].covers}
        return {
            "blocks": [
                {
                    "account": account,
                    "reports": [(r, quality_rows(r)) for r in found.get(account.pk, [])[:4]],
                    "can_ask": account.platform in covered,
                }
                for account in accounts
                if account.pk in found or account.platform in covered
            ],
            "may": allowed(self.request.user, "creators.buy_reports", self.object),
            "set_up": bool(ready),
        }


class RequestForm(KrmForm):
    vendor = forms.ChoiceField(label=_("Vendor"), widget=forms.RadioSelect)
    agreed = forms.BooleanField(
        label=_("Spend these credits"),
        help_text=_("They are set aside now, spent when the report comes, and given back if it does not."),
        required=False,
    )


def price_text(quote: reports.Quote) -> str:
    name = Vendor(quote.vendor).label
    if quote.existing is not None:
        if quote.existing.state == "pending":
            return gettext("%(vendor)s: asked for already, on its way; costs nothing more") % {"vendor": name}
        return gettext("%(vendor)s: the report of %(day)s is used again and costs nothing") % {
            "vendor": name,
            "day": quote.existing.as_of,
        }
    text = ngettext(
        "%(vendor)s: %(cost)s credit, %(left)s left",
        "%(vendor)s: %(cost)s credits, %(left)s left",
        1 if quote.credits == 1 else 2,
    )
    return text % {
        "vendor": name,
        "cost": credits.plain(quote.credits),
        "left": credits.plain(quote.available),
    }


class ReportRequest(ObjectFormPage):
    """Asks for a report on one account; the price stands beside each vendor."""

    model = SocialAccount
    perm = "creators.buy_reports"
    form_class = RequestForm
    submit_label = _("Ask for the report")
    success_message = _("Asked. The vendor takes minutes to hours; you are told when the report is there.")

    def get_title(self) -> Any:
        return _("Audience report on %(account)s") % {"account": self.object}

    def get_form(self) -> Any:
        self.quotes = {v: reports.quote(self.object, v) for v in reports.vendors_for(self.object)}
        form = RequestForm(**self.get_form_kwargs())
        field: Any = form.fields["vendor"]
        field.choices = [(v, price_text(q)) for v, q in self.quotes.items()]
        if len(self.quotes) == 1:
            field.initial = next(iter(self.quotes))
        if not self.quotes:
            field.help_text = _(
                "No vendor that covers this platform is set up. An administrator can do it under Connectors."
            )
        return form

    def save(self, form: Any) -> AudienceReport:
        vendor = form.cleaned_data["vendor"]
        quote = self.quotes[vendor]
        if quote.credits and not form.cleaned_data["agreed"]:
            from django.core.exceptions import ValidationError

            raise ValidationError({"agreed": _("Confirm that the credits may be spent.")})
        return reports.request_report(self.object, vendor, by=self.request.user, agreed=quote.credits)

    def get_success_url(self, obj: Any) -> str:
        account = obj.account
        if account.creator_id is None:
            return reverse("creators:account", args=[account.pk])
        return reverse("creators:detail", args=[account.creator_id]) + "?tab=audience"

    def get_cancel_url(self) -> str:
        account = self.object
        if account.creator_id is None:
            return reverse("creators:account", args=[account.pk])
        return reverse("creators:detail", args=[account.creator_id]) + "?tab=audience"


class ReportList(ListPage):
    name = "creators.reports"
    title = _("Audience reports")
    model = AudienceReport
    perm = "creators.view"
    default_sort = "-requested"
    columns = [
        Column("account", _("Account"), width="wide", value=lambda o: str(o.account),
               link=lambda o: reverse("creators:account", args=[o.account_id]),
               sub=lambda o: o.account.get_platform_display()),
        Column("vendor", _("Vendor"), value=lambda o: o.get_vendor_display(), sort="vendor",
               sub=lambda o: _("Demo: no vendor was asked") if o.raw_ref.startswith("demo/") else None),
        Column("state", _("State"), kind="state",
               sub=lambda o: gettext(o.reason) if o.reason and o.state == "failed" else None),
        Column("fake", _("Fake followers"), kind="percent", value=lambda o: o.quality.get("fake_share")),
        Column("score", _("Vendor's score"), kind="number", value=lambda o: o.quality.get("score")),
        Column("credits", _("Credits"), kind="number", value=lambda o: o.credits if o.state != "failed" else 0),
        Column("requested", _("Asked for"), kind="datetime", value="requested_at", sort="requested_at"),
        Column("by", _("By"), value=lambda o: str(o.requested_by or "–")),
        Column("reason", _("Reason"), value=lambda o: gettext(o.reason) if o.reason else None, default=False),
    ]  # fmt: skip
    search_fields = ["account__handle"]
    search_label = _("Handle")
    empty = Empty(
        _("No reports yet"),
        _("Open a creator's audience, or choose creators in the list, and ask a vendor."),
        icon="users-group",
    )
    breadcrumbs = [(_("Creators"), "creators:list")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("account", "requested_by")


class CreditsPage(Page):
    title = _("Vendor credits")
    subtitle = _("What is left at each vendor, what was spent, and what may be spent in a month.")
    perm = "creators.view"
    template_name = "creators/vendor_credits.html"
    actions = [(_("Audience reports"), "creators:reports", "")]

    def get_context(self) -> dict[str, Any]:
        now = timezone.now()
        rows = {b.vendor: b for b in VendorBudget.objects.all()}
        ready = {
            a.platform
            for a in Application.objects.filter(platform__in=VENDORS)
            if VENDORS[a.platform].ready(a)
        }
        blocks = []
        for key in VENDORS:
            held = rows.get(key) or VendorBudget(vendor=key)
            months = credits.by_month(key, now)
            blocks.append(
                {
                    "program": PROGRAMS[key],
                    "budget": held,
                    "ready": key in ready,
                    "month_spent": credits.spent_since(key, credits.month_start(now)),
                    "month_left": credits.left_this_month(held, now),
                    "chart": _by_month(months) if len(months) > 1 else None,
                    "movements": VendorCredit.objects.filter(vendor=key)
                    .exclude(kind="reserve", report__movements__kind__in=["spend", "release"])
                    .select_related("report__account", "by")
                    .order_by("-at", "-pk")[:MOVEMENTS],
                }
            )  # fmt: skip
        return {
            "blocks": blocks,
            "may": allowed(self.request.user, "creators.vendor_credits"),
        }


def _by_month(months: list[dict[str, Any]]) -> Any:
    spec = charts.bar(
        [{"month": date_format(m["month"], "M Y"), "credits": float(m["credits"])} for m in months],
        "month", "credits", x_title=gettext("Month"), y_title=gettext("Credits"), height=160,
    )  # fmt: skip
    spec["encoding"]["x"]["sort"] = None  # as they come, oldest first
    return spec


class GrantForm(KrmForm):
    credits = forms.DecimalField(label=_("Credits bought"), min_value=0, max_digits=10, decimal_places=2)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=200, help_text=_("Order or invoice number of the vendor.")
    )


class RulesForm(KrmForm):
    report_credits = forms.DecimalField(
        label=_("Credits a report"), max_digits=8, decimal_places=2,
        help_text=_("What your contract with the vendor says one report costs."),
    )  # fmt: skip
    monthly_credits = forms.DecimalField(
        label=_("Credits a month"), required=False, max_digits=12, decimal_places=2,
        help_text=_("No more than this is spent in a calendar month. Empty: no limit."),
    )  # fmt: skip
    cache_days = forms.IntegerField(
        label=_("Days a report is used again"), min_value=0, max_value=365,
        help_text=_("A report younger than this is shown again and costs nothing."),
    )  # fmt: skip


class VendorForm(FormPage):
    perm = "creators.view"
    success_url = "creators:vendor_credits"
    cancel_url = "creators:vendor_credits"
    success_message = _("Saved.")
    breadcrumbs = [(_("Vendor credits"), "creators:vendor_credits")]

    def prepare(self) -> None:
        if self.kwargs["vendor"] not in VENDORS:
            raise Http404
        check(self.request.user, "creators.vendor_credits")
        self.vendor = self.kwargs["vendor"]


class CreditsGrant(VendorForm):
    form_class = GrantForm
    submit_label = _("Add credits")

    def get_title(self) -> Any:
        return _("Credits bought from %(vendor)s") % {"vendor": Vendor(self.vendor).label}

    def save(self, form: Any) -> Any:
        credits.grant(self.vendor, by=self.request.user, **form.cleaned_data)
        return None


class CreditsRules(VendorForm):
    form_class = RulesForm

    def get_title(self) -> Any:
        return _("Rules for %(vendor)s") % {"vendor": Vendor(self.vendor).label}

    def get_initial(self) -> dict[str, Any]:
        held = VendorBudget.objects.filter(vendor=self.vendor).first() or VendorBudget(vendor=self.vendor)
        return {name: getattr(held, name) for name in credits.RULES}

    def save(self, form: Any) -> Any:
        credits.set_rules(self.vendor, by=self.request.user, **form.cleaned_data)
        return None


# -- many at once, from the list of creators


class BatchForm(KrmForm):
    vendor = forms.ChoiceField(label=_("Vendor"))
    at_most = forms.DecimalField(
        label=_("Spend at most"), min_value=0, max_digits=10, decimal_places=2,
        help_text=_("Credits. The job stops before it would spend more; young reports are used again and cost nothing."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = {b.vendor: b for b in VendorBudget.objects.all()}
        field: Any = self.fields["vendor"]
        field.choices = [
            (
                key,
                _("%(vendor)s: %(cost)s credits a report, %(left)s left")
                % {
                    "vendor": Vendor(key).label,
                    "cost": credits.plain((held.get(key) or VendorBudget(vendor=key)).report_credits),
                    "left": credits.plain((held.get(key) or VendorBudget(vendor=key)).available),
                },
            )
            for key in VENDORS
        ]


def ask_for_many(request: HttpRequest, chosen: Any, form: Any) -> str:
    by: Any = request.user
    job = batch.start(
        list(chosen.values_list("pk", flat=True)[: batch.MOST]),
        form.cleaned_data["vendor"],
        at_most=form.cleaned_data["at_most"],
        by=by,
    )
    count = len(job.params["accounts"])
    return ngettext(
        "A job asks for the report on %(count)s account. You are told when each is there.",
        "A job asks for reports on %(count)s accounts. You are told when each is there.",
        count,
    ) % {"count": count}
