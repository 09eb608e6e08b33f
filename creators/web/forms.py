"""Forms of the creators room; each is the input of one verb."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from creators.custom.fields import PREFIX, live_fields
from creators.models import CreatorStatus, CustomField, FieldKind, Platform, RateFormat, Relation, Source
from krm.accounts.models import User
from krm.accounts.models.users import STAFF_ROLES
from krm.web.forms import KrmForm, MoneyField


class Words(forms.CharField):
    """Words separated by commas, as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [part.strip() for part in text.split(",") if part.strip()]


def custom_form_field(field: CustomField) -> forms.Field:
    """The input of one custom field. The verb reads and checks what comes of it; this only helps to type it."""
    options = [(option, option) for option in field.options]
    common: dict[str, Any] = {"label": field.label, "required": field.required, "help_text": field.help}
    match field.kind:
        case FieldKind.NUMBER:
            return forms.CharField(
                **common, max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"})
            )
        case FieldKind.DATE:
            return forms.DateField(**common, widget=forms.DateInput)
        case FieldKind.BOOLEAN:
            return forms.ChoiceField(**common, choices=[("", "–"), ("yes", _("yes")), ("no", _("no"))])
        case FieldKind.CHOICE:
            return forms.ChoiceField(**common, choices=[("", "–"), *options])
        case FieldKind.CHOICES:
            return forms.MultipleChoiceField(**common, choices=options, widget=forms.CheckboxSelectMultiple)
        case _:
            return forms.CharField(**common, max_length=2000)


def custom_initial(field: CustomField, value: Any) -> Any:
    """A kept value as its input shows it."""
    if field.kind == FieldKind.BOOLEAN and value is not None:
        return "yes" if value else "no"
    return value


class CustomValues(KrmForm):
    """Adds the agency's own fields to a form about a creator; `cleaned_data["custom"]` has their values by key."""

    custom_fields: list[CustomField]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom_fields = live_fields()
        held = self.initial.get("custom") or {}
        for field in self.custom_fields:
            self.fields[PREFIX + field.key] = custom_form_field(field)
            self.initial[PREFIX + field.key] = custom_initial(field, held.get(field.key))
        self.dress()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        values["custom"] = {
            field.key: values.pop(PREFIX + field.key)
            for field in self.custom_fields
            if PREFIX + field.key in values
        }
        self.cleaned_data = values
        return values


class CreatorForm(KrmForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    display_name = forms.CharField(
        label=_("Display name"),
        max_length=200,
        required=False,
        help_text=_("As shown in lists and to clients."),
    )
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    city = forms.CharField(label=_("City"), required=False, max_length=100)
    country = forms.CharField(
        label=_("Country"), required=False, max_length=60, help_text=_("Name or two-letter code.")
    )
    languages = Words(
        label=_("Languages"), required=False, help_text=_("Codes separated by commas: id, en, jv.")
    )
    categories = Words(label=_("Categories"), required=False, help_text=_("Separated by commas."))
    bio = forms.CharField(label=_("Bio"), required=False, widget=forms.Textarea)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("name")


class CreatorCreateForm(CustomValues, CreatorForm):
    account = forms.CharField(
        label=_("First account"),
        required=False,
        help_text=_("Handle or address of the profile; more can be added later."),
    )
    platform = forms.ChoiceField(
        label=_("Platform"), required=False, choices=[("", _("From the address")), *Platform.choices]
    )
    tags = Words(label=_("Tags"), required=False, help_text=_("Separated by commas."))
    field_order = ["name", "display_name", "account", "platform"]


class CreatorEditForm(CustomValues, CreatorForm):
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (CreatorStatus.PROSPECT, CreatorStatus.PROSPECT.label), (CreatorStatus.ACTIVE, CreatorStatus.ACTIVE.label),
        ]  # fmt: skip
        if self.initial.get("status") not in ("prospect", "active"):
            del self.fields["status"]


class ContactForm(KrmForm):
    display_name = forms.CharField(label=_("Display name"), max_length=200, required=False)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("WhatsApp number, such as 0812 3456 7890."),
    )
    city = forms.CharField(label=_("City"), required=False, max_length=100)
    languages = Words(
        label=_("Languages"), required=False, help_text=_("Codes separated by commas: id, en, jv.")
    )
    bio = forms.CharField(label=_("Bio"), required=False, widget=forms.Textarea)


class ReasonForm(KrmForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000)


class OptionalReasonForm(KrmForm):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=2000, required=False)


class AccountForm(KrmForm):
    handle = forms.CharField(
        label=_("Handle or address"), max_length=500, help_text=_("@rani, or the address of the profile.")
    )
    platform = forms.ChoiceField(
        label=_("Platform"), required=False, choices=[("", _("From the address")), *Platform.choices]
    )


class TagsForm(KrmForm):
    names = Words(label=_("Tags"), help_text=_("Separated by commas; new ones are made."), max_length=500)


class SetTagsForm(KrmForm):
    names = Words(
        label=_("Tags"),
        help_text=_("Separated by commas; new ones are made."),
        max_length=500,
        required=False,
    )


class ExportForm(KrmForm):
    kind = forms.ChoiceField(label=_("File"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])


class NoteForm(KrmForm):
    body = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000)
    pinned = forms.BooleanField(label=_("Pin to the top"), required=False)


class FileForm(KrmForm):
    file = forms.FileField(label=_("File"))


class Contents(forms.CharField):
    """1 reel, 3 story ↔ [{"format": "reel", "quantity": 1}, …]"""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(f"{part['quantity']} {part['format']}" for part in value)
        return value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = []
        for part in (part.strip().lower() for part in text.split(",") if part.strip()):
            number, _space, name = part.partition(" ")
            name = name.strip() or number
            found.append(
                {"format": name, "quantity": int(number) if number.isdigit() and len(number) < 4 else 1}
            )
        return found


class RateForm(KrmForm):
    platform = forms.ChoiceField(label=_("Platform"), choices=Platform.choices)
    format = forms.ChoiceField(label=_("Format"), choices=RateFormat.choices)
    price = MoneyField(label=_("Price"))
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, initial="IDR")
    valid_from = forms.DateField(label=_("Valid from"), initial=localdate, widget=forms.DateInput)
    valid_to = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput, help_text=_("Empty: until replaced.")
    )
    usage_uplift = forms.DecimalField(
        label=_("Usage rights, % a month"), required=False, min_value=0, max_value=1000, decimal_places=2
    )
    exclusivity_uplift = forms.DecimalField(
        label=_("Exclusivity, % a month"), required=False, min_value=0, max_value=1000, decimal_places=2
    )
    whitelisting_uplift = forms.DecimalField(
        label=_("Whitelisting, % a month"), required=False, min_value=0, max_value=1000, decimal_places=2,
        help_text=_("For ads run from the creator's account."),
    )  # fmt: skip
    contents = Contents(
        label=_("Contents of the bundle"),
        required=False,
        help_text=_("Such as: 1 reel, 3 story. Only for bundles."),
    )
    remark = forms.CharField(label=_("Remark"), required=False, max_length=300)


class NewRateForm(RateForm):
    replace = forms.BooleanField(label=_("End the rate that holds now on the day before"), required=False)


class AccessForm(KrmForm):
    email = forms.CharField(label=_("E-mail"), max_length=254, widget=forms.EmailInput)
    relation = forms.ChoiceField(label=_("Who is it?"), choices=Relation.choices)
    name = forms.CharField(label=_("Name"), required=False, max_length=150)


class UploadForm(KrmForm):
    file = forms.FileField(
        label=_("CSV or XLSX file"), help_text=_("Up to 100 MB. The first row holds the headers.")
    )


class PasteForm(KrmForm):
    text = forms.CharField(label=_("Handles or addresses"), widget=forms.Textarea(attrs={"rows": 8}), max_length=1_000_000,
                           help_text=_("One a line, or separated by commas."))  # fmt: skip
    platform = forms.ChoiceField(
        label=_("Platform of bare handles"),
        required=False,
        choices=[("", _("All are addresses")), *Platform.choices],
    )


class MappingForm(KrmForm):
    platform = forms.ChoiceField(label=_("Platform"), required=False)
    as_of = forms.DateField(label=_("Figures as of"), required=False, widget=forms.DateInput)
    source = forms.ChoiceField(label=_("Source"))
    tags = Words(label=_("Tags for every creator"), required=False, help_text=_("Separated by commas."))
    same_name = forms.BooleanField(label=_("Rows of the same name are one creator"), required=False)
    strict = forms.BooleanField(label=_("Import nothing if any row has an error"), required=False)

    def __init__(
        self,
        *args: Any,
        columns: list[str],
        choices: list[tuple[str, Any]],
        mapping: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].choices = [("", _("From a column or the addresses")), *Platform.choices]  # type: ignore[attr-defined]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (value, label) for value, label in Source.choices if value != Source.AUTHORISED
        ]
        self.columns = columns
        for place, column in enumerate(columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=[("", _("Leave out")), *choices],
                initial=mapping.get(column, ""),
            )
        self.dress()

    def chosen(self) -> dict[str, str]:
        return {
            column: self.cleaned_data.get(f"column_{place}", "") for place, column in enumerate(self.columns)
        }

    def column_fields(self) -> list[Any]:
        return [self[f"column_{place}"] for place in range(len(self.columns))]


class TierForm(KrmForm):
    name = forms.CharField(label=_("Name"), max_length=30, required=False)
    floor = forms.IntegerField(label=_("From followers"), min_value=0, required=False)
