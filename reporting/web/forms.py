"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Partnership
from creators.models.choices import Platform
from krm.web.forms import KrmForm, MoneyField
from reporting.models import EmvRate


class PartnershipField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.creator)


class OfCampaignForm(KrmForm):
    """A form about one KOL of a campaign."""

    partnership = PartnershipField(label=_("KOL"), queryset=Partnership.objects.none())

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partnership"].queryset = (  # type: ignore[attr-defined]
            Partnership.objects.filter(campaign=campaign)
            .exclude(state__in=["declined", "cancelled"])
            .select_related("creator", "account", "campaign")
            .order_by("creator__name")
        )


class LinkForm(OfCampaignForm):
    target_url = forms.URLField(
        label=_("Target address"),
        max_length=1000,
        assume_scheme="https",
        help_text=_("The page that visitors come to."),
    )
    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=40,
        help_text=_("The end of the short link. Leave empty to have one drawn."),
    )


class PromoCodeForm(OfCampaignForm):
    code = forms.CharField(label=_("Code"), max_length=40, help_text=_("As followers type it at checkout."))
    note = forms.CharField(label=_("Note"), required=False, max_length=200)


class ConversionsForm(KrmForm):
    source = forms.CharField(
        label=_("Shop"), max_length=60, help_text=_("Where the orders come from, for example shopee.")
    )
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_(
            "Columns: order, code, amount, date; optional: currency, new customer. Exports of shops work as they are."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


class ReportForm(KrmForm):
    title = forms.CharField(label=_("Title"), max_length=160)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What happened and what to do next, in your words."),
    )


class RateForm(KrmForm):
    platform = forms.ChoiceField(label=_("Platform"), choices=Platform.choices)
    metric = forms.ChoiceField(label=_("Metric"), choices=EmvRate.Metric.choices)
    value = MoneyField(label=_("Value"))
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="IDR")
    per = forms.IntegerField(
        label=_("Per"), min_value=1, initial=1000, help_text=_("1000 for a price per thousand.")
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput())
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Where this rate comes from and of when.")
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()
