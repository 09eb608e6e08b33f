"""Staff pages of payees: list, detail with masked data, verify, refuse, reveal."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Creator
from krm.accounts.permissions import allowed
from krm.accounts.stepup import require_recent_login
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, ObjectFormPage, TabPage
from payments import ledger, payees
from payments.models import Invoice, PayeeProfile, PayeeState
from payments.web import forms


class PayeeFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=PayeeState.choices)
    kind = django_filters.ChoiceFilter(label=gettext_lazy("Paid as"), choices=PayeeProfile.Kind.choices)
    is_pkp = django_filters.BooleanFilter(label=gettext_lazy("Taxable firm (PKP)"))

    class Meta:
        model = PayeeProfile
        fields: list[str] = []


class PayeeList(ListPage):
    name = "payments.payees"
    perm = "payments.view_payees"
    title = gettext_lazy("Payees")
    model = PayeeProfile
    filterset_class = PayeeFilter
    breadcrumbs = ((gettext_lazy("Payments"), "payments:home"),)
    search_fields = ("legal_name", "creator__name", "creator__display_name", "account_last4")
    default_sort = "legal_name"
    columns = (
        Column(
            "legal_name",
            gettext_lazy("Legal name"),
            link=lambda o: o.get_absolute_url(),
            sort="legal_name",
            sub=lambda o: str(o.creator),
        ),
        Column("state", gettext_lazy("State"), kind="state", sort="state"),
        Column("kind", gettext_lazy("Paid as"), value=lambda o: o.get_kind_display()),
        Column("bank", gettext_lazy("Bank"), value="bank_name", sub="account_masked"),
        Column("tax", gettext_lazy("Tax number"), value=lambda o: o.get_tax_id_status_display()),
        Column("is_pkp", gettext_lazy("PKP"), kind="bool", default=False),
        Column("verified_at", gettext_lazy("Verified"), kind="date", sort=F("verified_at")),
    )
    empty = Empty(
        gettext_lazy("No payees yet"),
        gettext_lazy("KOLs enter their tax and bank data in the portal; you verify it here."),
    )

    def get_queryset(self) -> Any:
        return PayeeProfile.objects.visible_to(self.request.user).select_related("creator")


class PayeeDetail(DetailPage):
    model = PayeeProfile
    perm = "payments.view_payees"
    template_name = "payments/payee.html"
    tabset = "payee"
    history = False  # the masked list of changes below says it without the sealed columns
    breadcrumbs = ((gettext_lazy("Payments"), "payments:home"), (gettext_lazy("Payees"), "payments:payees"))

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("creator", "entered_by", "verified_by")

    def get_context(self) -> dict[str, Any]:
        payee, user = self.object, self.request.user
        return {
            "payee": payee,
            "duplicates": payees.duplicates(payee),
            "changes": payee.changes.select_related("changed_by")[:20],
            "seen": payees.last_seen(payee),
            "invoices": Invoice.objects.visible_to(user).filter(payee=payee).for_list().order_by("-pk")[:10],
            "payable": ledger.payable_to(payee, "IDR"),
            "is_enterer": payee.entered_by_id == user.pk,
            "can_verify": allowed(user, "payments.verify_payee", payee)
            and payee.state in ("unverified", "cooling_off"),
            "can_refuse": allowed(user, "payments.verify_payee", payee) and payee.state != "refused",
            "can_reveal": allowed(user, "payments.reveal_bank_data", payee),
        }


class Reveal(ObjectFormPage):
    """Ask why, then show the full numbers on this answer only."""

    model = PayeeProfile
    perm = "payments.reveal_bank_data"
    form_class = forms.RevealForm
    template_name = "web/form.html"
    submit_label = gettext_lazy("Show the full numbers")

    def get_title(self) -> Any:
        return _("Full bank and tax numbers of %(name)s") % {"name": self.object}

    def prepare(self) -> None:
        super().prepare()
        require_recent_login(self.request)

    def save(self, form: Any) -> HttpResponse:
        shown = payees.reveal(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
        template = (
            "payments/revealed_dialog.html"
            if getattr(self.request, "htmx", False)
            else "payments/revealed.html"
        )
        answer = self.render(template, shown=shown, payee=self.object)
        answer["Cache-Control"] = "no-store"
        return answer


class CreatorTab(TabPage):
    """Payee and invoices on the creator's page."""

    model = Creator
    tabset = "creator"
    tab_key = "payments"
    perm = "payments.view_payees"
    template_name = "payments/creator_tab.html"

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        payee = PayeeProfile.objects.visible_to(user).filter(creator=self.object).first()
        return {
            "payee": payee,
            "invoices": Invoice.objects.visible_to(user)
            .filter(partnership__creator=self.object)
            .for_list()
            .order_by("-pk")[:30],
        }
