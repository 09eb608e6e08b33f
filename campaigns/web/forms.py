"""Forms of the campaigns room. They parse; rules live in the verbs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import brands, planning
from campaigns.models import Brand, Campaign, Partnership
from campaigns.models.agreements import Trigger
from campaigns.models.plans import BudgetKind, Metric, Objective
from campaigns.models.selection import Layer, Option, ShareCovers, ShareScope
from creators.models import PLATFORM_FORMATS, Platform, RateFormat, SocialAccount, Tier
from krm.accounts.models import BrandTeam, User
from krm.accounts.models.users import STAFF_ROLES
from krm.web.forms import KrmForm, MoneyField

CURRENCIES = ("IDR", "USD", "SGD", "MYR", "EUR", "AUD", "JPY")


class WordsField(forms.CharField):
    """A list of words typed with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        return brands.unique_words(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != (initial or [])


def staff_people(user: User) -> Any:
    people = User.objects.filter(role__in=[str(r) for r in STAFF_ROLES], is_active=True)
    if not user.all_teams:
        people = people.filter(teams__in=user.teams.all()).distinct() | people.filter(pk=user.pk).distinct()
    return people.order_by("name")


class BrandForm(KrmForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=BrandTeam.objects.none())
    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("One word, such as beauty or food; exclusivity and fit are judged by it."),
    )
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(c, c) for c in CURRENCIES])
    competitors = WordsField(
        label=gettext_lazy("Competitors"), required=False, help_text=gettext_lazy("Names, parted by commas.")
    )
    countries = WordsField(
        label=gettext_lazy("Target countries"),
        required=False,
        help_text=gettext_lazy("Codes such as ID, MY."),
    )
    genders = forms.MultipleChoiceField(
        label=gettext_lazy("Target gender"),
        required=False,
        choices=[("female", gettext_lazy("Women")), ("male", gettext_lazy("Men"))],
        widget=forms.CheckboxSelectMultiple,
    )
    ages = forms.MultipleChoiceField(
        label=gettext_lazy("Target age"),
        required=False,
        choices=[(a, a) for a in ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")],
        widget=forms.CheckboxSelectMultiple,
    )
    interests = WordsField(label=gettext_lazy("Interests"), required=False)
    banned_words = WordsField(
        label=gettext_lazy("Banned words"),
        required=False,
        help_text=gettext_lazy("Captions of candidates are searched for these."),
    )
    trend_notes = forms.CharField(
        label=gettext_lazy("Market and trend notes"), required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, user: User, brand: Brand | None = None, **kwargs: Any) -> None:
        if brand is not None:
            target = brand.target_audience
            kwargs["initial"] = {
                **{
                    name: getattr(brand, name)
                    for name in (
                        "name", "team", "category", "website", "currency", "competitors", "banned_words", "trend_notes"
                    )
                },
                "countries": target.get("countries", []),
                "genders": target.get("gender", []),
                "ages": target.get("age", []),
                "interests": target.get("interests", []),
                **kwargs.get("initial", {}),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        teams = BrandTeam.objects.visible_to(user)
        field: Any = self.fields["team"]
        field.queryset = teams
        if brand is None and teams.count() == 1:
            field.initial = teams.first()

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["target_audience"] = {
            "countries": [c.upper() for c in data.pop("countries")],
            "gender": data.pop("genders"),
            "age": data.pop("ages"),
            "interests": data.pop("interests"),
        }
        return data


class WeightsForm(KrmForm):
    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for layer, label in Layer.choices:
            self.fields[layer] = forms.IntegerField(
                label=label, min_value=0, max_value=100, initial=brand.weights.get(layer, 0)
            )
        self.dress()


class ProductForm(KrmForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    sku = forms.CharField(label=gettext_lazy("SKU"), max_length=60, required=False)
    url = forms.URLField(label=gettext_lazy("Link"), required=False, assume_scheme="https")
    price = MoneyField(label=gettext_lazy("Retail price"), required=False)
    description = forms.CharField(label=gettext_lazy("Description"), required=False, widget=forms.Textarea)


class MemberForm(KrmForm):
    user = forms.ModelChoiceField(label=gettext_lazy("Client user"), queryset=User.objects.none())

    def __init__(self, *args: Any, brand: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        field.queryset = User.objects.filter(
            role__in=["client_viewer", "client_approver"], is_active=True
        ).exclude(client_members__brand=brand)


class CampaignForm(KrmForm):
    brand = forms.ModelChoiceField(label=gettext_lazy("Brand"), queryset=Brand.objects.none())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    objective = forms.ChoiceField(
        label=gettext_lazy("Objective"),
        choices=Objective.choices,
        help_text=gettext_lazy("It proposes the KPIs; you change their targets afterwards."),
    )
    starts_on = forms.DateField(label=gettext_lazy("Starts on"), widget=forms.DateInput)
    ends_on = forms.DateField(label=gettext_lazy("Ends on"), widget=forms.DateInput)
    budget = MoneyField(
        label=gettext_lazy("Budget"),
        help_text=gettext_lazy(
            "Split into fees 65 %, amplification 15 %, management 12.5 %, contingency 7.5 % to start with."
        ),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(c, c) for c in CURRENCIES], required=False
    )
    hashtags = WordsField(
        label=gettext_lazy("Hashtags"),
        required=False,
        help_text=gettext_lazy("Posts are found by them, so make at least one your own."),
    )
    mentions = WordsField(label=gettext_lazy("Mentions"), required=False)
    summary = forms.CharField(
        label=gettext_lazy("Summary"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("The client and the KOLs read this."),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("Left empty, one is made."),
    )
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none(), required=False)
    internal_note = forms.CharField(
        label=gettext_lazy("Internal note"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("Staff only."),
    )

    def __init__(self, *args: Any, user: User, campaign: Campaign | None = None, **kwargs: Any) -> None:
        if campaign is not None:
            kwargs["initial"] = {
                name: getattr(campaign, name) for name in planning.FIELDS if name != "product"
            }
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = staff_people(user)
        if campaign is not None:
            del self.fields["brand"], self.fields["currency"]
            self.fields["product"] = forms.ModelChoiceField(
                label=_("Product"),
                queryset=campaign.brand.products.filter(is_active=True),
                required=False,
                initial=campaign.product_id,
            )
            self.dress()
        else:
            brand: Any = self.fields["brand"]
            brand.queryset = Brand.objects.visible_to(user).filter(is_archived=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The end must not be before the start."))
        return data


class AllocationForm(KrmForm):
    def __init__(self, *args: Any, planned: dict[str, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in BudgetKind.choices:
            self.fields[kind] = MoneyField(label=label, initial=planned.get(kind, Decimal(0)))
        self.dress()


class KpiForm(KrmForm):
    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        have = {kpi.metric: kpi.target for kpi in campaign.kpis.all()}
        names = dict.fromkeys([*planning.METRICS_OF[campaign.objective], *have, *Metric.values])
        labels = dict(Metric.choices)
        for name in names:
            hint = _("As a share: 0.04 is 4 %.") if name == "engagement_rate" else ""
            self.fields[name] = MoneyField(
                label=labels[name], required=False, initial=have.get(name), min_value=None, help_text=hint
            )
        self.dress()


class TierForm(KrmForm):
    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = list(Tier.objects.all())
        have = {plan.tier_id: plan for plan in campaign.tier_plans.all()}
        for tier in self.tiers:
            plan = have.get(tier.pk)
            self.fields[f"role_{tier.pk}"] = forms.CharField(
                label=_("%(tier)s: role") % {"tier": tier.name},
                max_length=160,
                required=False,
                initial=plan.role if plan else "",
            )
            self.fields[f"count_{tier.pk}"] = forms.IntegerField(
                label=_("%(tier)s: number of KOLs") % {"tier": tier.name},
                min_value=0,
                max_value=10000,
                required=False,
                initial=plan.count if plan else 0,
            )
            self.fields[f"share_{tier.pk}"] = forms.DecimalField(
                label=_("%(tier)s: share of fees (%%)") % {"tier": tier.name},
                min_value=0,
                max_value=100,
                decimal_places=2,
                required=False,
                initial=plan.share if plan else 0,
            )
        self.dress()

    def grid(self) -> list[dict[str, Any]]:
        return [
            {
                "tier": t,
                "role": self[f"role_{t.pk}"],
                "count": self[f"count_{t.pk}"],
                "share": self[f"share_{t.pk}"],
            }
            for t in self.tiers
        ]

    def rows(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        return [
            {
                "tier": t,
                "role": data[f"role_{t.pk}"],
                "count": data[f"count_{t.pk}"] or 0,
                "share": data[f"share_{t.pk}"] or Decimal(0),
            }
            for t in self.tiers
            if data[f"count_{t.pk}"] or data[f"share_{t.pk}"]
        ]


class WaiverForm(KrmForm):
    amount = MoneyField(label=gettext_lazy("Amount above the fees line"))
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea)


class ReasonForm(KrmForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=240, widget=forms.Textarea)


class OptionalReasonForm(KrmForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=240, widget=forms.Textarea, required=False
    )


class SpendForm(KrmForm):
    kind = forms.ChoiceField(label=gettext_lazy("Line"), choices=BudgetKind.choices, initial="amplification")
    amount = MoneyField(label=gettext_lazy("Amount"))
    occurred_on = forms.DateField(
        label=gettext_lazy("Date"), widget=forms.DateInput, initial=timezone.localdate
    )
    note = forms.CharField(label=gettext_lazy("What for"), max_length=200)


class CandidateForm(KrmForm):
    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"), queryset=SocialAccount.objects.none(), required=False
    )
    option = forms.ChoiceField(label=gettext_lazy("Option"), choices=Option.choices)
    deliverables = forms.CharField(
        label=gettext_lazy("Planned content"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For the client, such as 1 reel and 3 stories."),
    )
    sell_price = MoneyField(label=gettext_lazy("Price to the client"), required=False)
    buy_estimate = MoneyField(
        label=gettext_lazy("Expected fee"),
        required=False,
        help_text=gettext_lazy("Never shown to the client."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why this KOL"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("The client reads this."),
    )
    internal_note = forms.CharField(
        label=gettext_lazy("Internal note"), required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, candidate: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(candidate, name)
            for name in (
                "account",
                "option",
                "deliverables",
                "sell_price",
                "buy_estimate",
                "reason",
                "internal_note",
            )
        }
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = SocialAccount.objects.filter(creator_id=candidate.creator_id)


class SubmitForm(KrmForm):
    options = forms.MultipleChoiceField(
        label=gettext_lazy("Options"), choices=Option.choices, widget=forms.CheckboxSelectMultiple
    )
    message = forms.CharField(
        label=gettext_lazy("Message to the client"), required=False, widget=forms.Textarea
    )


class StaffDecisionForm(KrmForm):
    approve = forms.TypedChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("yes", gettext_lazy("Approved")), ("no", gettext_lazy("Rejected"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    on_behalf = forms.CharField(label=gettext_lazy("Who at the client decided"), max_length=160)
    comment = forms.CharField(label=gettext_lazy("Comment"), required=False, widget=forms.Textarea)


class ShareForm(KrmForm):
    label = forms.CharField(label=gettext_lazy("For whom"), max_length=160)
    covers = forms.ChoiceField(label=gettext_lazy("Shows"), choices=ShareCovers.choices)
    scope = forms.ChoiceField(label=gettext_lazy("May"), choices=ShareScope.choices)
    expires_at = forms.DateTimeField(label=gettext_lazy("Valid until"), widget=forms.DateTimeInput)


class PartnershipForm(KrmForm):
    account = forms.ModelChoiceField(
        label=gettext_lazy("Main account"), queryset=SocialAccount.objects.none(), required=False
    )
    sell_total = MoneyField(label=gettext_lazy("Price to the client"), required=False)
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none(), required=False)
    internal_note = forms.CharField(
        label=gettext_lazy("Internal note"), required=False, widget=forms.Textarea
    )

    def __init__(self, *args: Any, partnership: Partnership, user: User, **kwargs: Any) -> None:
        names = ("account", "sell_total", "owner", "internal_note")
        kwargs["initial"] = {name: getattr(partnership, name) for name in names}
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.queryset = SocialAccount.objects.filter(creator_id=partnership.creator_id)
        owner: Any = self.fields["owner"]
        owner.queryset = staff_people(user)


class LineForm(KrmForm):
    what = forms.ChoiceField(label=gettext_lazy("Content"), required=False)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"), min_value=1, max_value=100, required=False, initial=1
    )
    unit_price = MoneyField(label=gettext_lazy("Price each"), required=False)
    due_on = forms.DateField(label=gettext_lazy("Publish by"), required=False, widget=forms.DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["what"]
        field.choices = [
            ("", "—"),
            *(
                (f"{platform}:{kind}", f"{Platform(platform).label} · {RateFormat(kind).label}")
                for platform, kinds in PLATFORM_FORMATS.items()
                for kind in kinds
            ),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("what") and data.get("unit_price") is None and "unit_price" not in self.errors:
            self.add_error("unit_price", _("Give the price of one piece."))
        if not data.get("what") and data.get("unit_price"):
            self.add_error("what", _("Choose what is made."))
        return data


class LineFormSetBase(forms.BaseFormSet):  # type: ignore[type-arg]
    def lines(self) -> list[dict[str, Any]]:
        found = []
        for form in self.forms:
            data = form.cleaned_data
            if not data or not data.get("what"):
                continue
            platform, _colon, kind = data["what"].partition(":")
            found.append(
                {
                    "platform": platform,
                    "format": kind,
                    "quantity": data.get("quantity") or 1,
                    "unit_price": data["unit_price"],
                    "due_on": data.get("due_on"),
                }
            )
        return found


def line_formset(rows: int) -> Any:
    return forms.formset_factory(LineForm, formset=LineFormSetBase, extra=rows, max_num=30, validate_max=True)


class OfferForm(KrmForm):
    message = forms.CharField(label=gettext_lazy("Message"), required=False, widget=forms.Textarea)
    expires_at = forms.DateTimeField(label=gettext_lazy("Answer by"), widget=forms.DateTimeInput)
    usage_rights = forms.CharField(
        label=gettext_lazy("Usage rights"),
        max_length=240,
        required=False,
        help_text=gettext_lazy("Such as: brand may run it as an ad for 3 months."),
    )
    exclusivity_days = forms.IntegerField(
        label=gettext_lazy("Exclusivity after the campaign (days)"), min_value=0, max_value=730, initial=0
    )
    rounds = forms.IntegerField(
        label=gettext_lazy("Revision rounds included"), min_value=0, max_value=20, initial=2
    )


class CounterForm(KrmForm):
    message = forms.CharField(label=gettext_lazy("Message"), required=False, widget=forms.Textarea)


class AgreementStartForm(KrmForm):
    schedule = forms.ChoiceField(
        label=gettext_lazy("Payment"),
        choices=[
            ("half", gettext_lazy("Half on signing, half on completion")),
            ("deliverables", gettext_lazy("For each deliverable when accepted")),
            ("completion", gettext_lazy("All on completion")),
            ("signing", gettext_lazy("All on signing")),
        ],
    )
    usage_channels = WordsField(
        label=gettext_lazy("Usage channels"),
        required=False,
        help_text=gettext_lazy("Where the brand may use the content, such as Meta ads, website."),
    )
    usage_until = forms.DateField(label=gettext_lazy("Usage until"), required=False, widget=forms.DateInput)


class AgreementForm(KrmForm):
    rounds = forms.IntegerField(label=gettext_lazy("Revision rounds included"), min_value=0, max_value=20)
    usage_rights = forms.CharField(label=gettext_lazy("Usage rights"), required=False, widget=forms.Textarea)
    usage_channels = WordsField(label=gettext_lazy("Usage channels"), required=False)
    usage_until = forms.DateField(label=gettext_lazy("Usage until"), required=False, widget=forms.DateInput)
    exclusivity_category = forms.CharField(
        label=gettext_lazy("Exclusive category"), max_length=60, required=False
    )
    exclusivity_from = forms.DateField(
        label=gettext_lazy("Exclusive from"), required=False, widget=forms.DateInput
    )
    exclusivity_until = forms.DateField(
        label=gettext_lazy("Exclusive until"), required=False, widget=forms.DateInput
    )


class MilestoneForm(KrmForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    amount = MoneyField(label=gettext_lazy("Amount"), required=False)
    trigger = forms.ChoiceField(label=gettext_lazy("Due"), choices=Trigger.choices, required=False)
    deliverable = forms.ChoiceField(label=gettext_lazy("Deliverable"), required=False)
    due_on = forms.DateField(label=gettext_lazy("Date"), required=False, widget=forms.DateInput)

    def __init__(self, *args: Any, deliverables: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["deliverable"]
        field.choices = [("", "—"), *((str(d.pk), d.title) for d in deliverables)]


class DeliverableForm(KrmForm):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"), queryset=SocialAccount.objects.none(), required=False
    )
    due_on = forms.DateField(label=gettext_lazy("Draft due"), required=False, widget=forms.DateInput)
    publish_on = forms.DateTimeField(label=gettext_lazy("Publish on"), widget=forms.DateTimeInput)
    required_hashtags = WordsField(label=gettext_lazy("Required hashtags"), required=False)
    required_mentions = WordsField(label=gettext_lazy("Required mentions"), required=False)

    def __init__(self, *args: Any, deliverable: Any, **kwargs: Any) -> None:
        names = ("title", "account", "due_on", "publish_on", "required_hashtags", "required_mentions")
        kwargs["initial"] = {name: getattr(deliverable, name) for name in names}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = SocialAccount.objects.filter(
            creator_id=deliverable.partnership.creator_id, platform=deliverable.platform
        )

    def clean_required_hashtags(self) -> list[str]:
        return planning.clean_hashtags(self.cleaned_data["required_hashtags"])

    def clean_required_mentions(self) -> list[str]:
        return planning.clean_mentions(self.cleaned_data["required_mentions"])


class RescheduleForm(KrmForm):
    publish_on = forms.DateTimeField(label=gettext_lazy("New date"), widget=forms.DateTimeInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=240,
        required=False,
        help_text=gettext_lazy("After signing it is needed, and the KOL reads it."),
    )


class PostUrlForm(KrmForm):
    url = forms.CharField(
        label=gettext_lazy("Address of the post"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


class SignForm(KrmForm):
    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=160,
        help_text=gettext_lazy("Typing it and pressing the button is your signature."),
    )
    agree = forms.BooleanField(label=gettext_lazy("I have read the document and agree to it."))
    sha256 = forms.CharField(widget=forms.HiddenInput)


class LimitForm(KrmForm):
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=[(c, c) for c in CURRENCIES])
    amount = MoneyField(label=gettext_lazy("Limit of campaign managers"))


class VerifyForm(KrmForm):
    file = forms.FileField(label=gettext_lazy("Document (PDF)"), required=False)
    sha256 = forms.CharField(label=gettext_lazy("or its SHA-256 fingerprint"), max_length=64, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if not upload and not data.get("sha256"):
            raise forms.ValidationError(_("Choose the document, or paste its fingerprint."))
        if upload and upload.size > 20 * 1024 * 1024:
            self.add_error("file", _("The file is larger than 20 MB."))
        return data


class AddToShortlistForm(KrmForm):
    code = forms.CharField(
        label=gettext_lazy("Campaign code"),
        max_length=24,
        help_text=gettext_lazy("It stands at the head of the campaign."),
    )
    option = forms.ChoiceField(label=gettext_lazy("Option"), choices=Option.choices)


class RatingForm(KrmForm):
    score = forms.TypedChoiceField(
        label=gettext_lazy("Professionalism"),
        coerce=int,
        choices=[
            (5, gettext_lazy("5 – a pleasure")),
            (4, gettext_lazy("4 – good")),
            (3, gettext_lazy("3 – all right")),
            (2, gettext_lazy("2 – tiring")),
            (1, gettext_lazy("1 – never again")),
        ],
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only staff read this. It counts towards the reliability score."),
    )
