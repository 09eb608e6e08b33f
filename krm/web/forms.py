"""Base classes of every form, and how a verb's refusal becomes form errors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from krm.errors import Refusal
from krm.money.typed import read_amount


def dress(form: Any) -> None:
    """The house look of every widget of a form, KRM's own or not."""
    for field in form.fields.values():
        dress_field(field)


def dress_field(field: forms.Field) -> None:
    widget = field.widget
    classes = set(str(widget.attrs.get("class", "")).split())
    match widget:
        case forms.CheckboxInput():
            classes.add("form-check-input")
        case forms.RadioSelect() | forms.CheckboxSelectMultiple():
            pass  # the class would land on the group as well as on each box
        case forms.Select():
            classes.add("form-select")
        case _:
            classes.add("form-control")
    widget.attrs["class"] = " ".join(sorted(classes))
    match widget:
        case forms.DateTimeInput():
            widget.input_type = "datetime-local"
            widget.format = widget.format or "%Y-%m-%dT%H:%M"
        case forms.DateInput():
            widget.input_type = "date"
            widget.format = widget.format or "%Y-%m-%d"
        case forms.Textarea():
            if str(widget.attrs.get("rows", "10")) == "10":  # Django's default is a wall
                widget.attrs["rows"] = 4
        case forms.NumberInput() if isinstance(field, forms.DecimalField | forms.FloatField):
            widget.attrs.setdefault("inputmode", "decimal")


class _Furniture:
    """Gives widgets the house look and remembers names of files, which browsers do not send back."""

    fields: dict[str, forms.Field]
    files: Any

    def dress(self) -> None:
        dress(self)

    @property
    def lost_files(self) -> list[str]:
        """Names of the files that were sent with a form that came back with errors."""
        return [upload.name for uploads in (self.files or {}).values() for upload in [uploads] if upload]


class KrmForm(_Furniture, forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


class KrmModelForm(_Furniture, forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()


def amount_text(value: Decimal) -> str:
    """An amount for an input, in the groups of the page's language; `read_amount` reads it back."""
    plain = f"{value.normalize():f}"
    if "." not in plain:
        return str(number_format(plain, force_grouping=True))
    return plain + "0" if len(plain.partition(".")[2]) == 3 else plain  # 125.125 reads as thousands


class MoneyField(forms.DecimalField):
    """An amount as people write it, 19.500.000 or 19,500,000, shown in the groups of the page's language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 4)
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return amount_text(value) if isinstance(value, Decimal) and value.is_finite() else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                value = read_amount(value)
            except ValueError:
                raise ValidationError(
                    _("Write the amount in digits, such as 2.500.000."), code="invalid"
                ) from None
        return super().to_python(value)


def add_refusal(form: forms.BaseForm, refusal: Exception) -> None:
    """Put a verb's ValidationError, Denied or Conflict on the form; unknown fields become form errors."""
    if isinstance(refusal, ValidationError):
        if hasattr(refusal, "error_dict"):
            for name, errors in refusal.error_dict.items():
                known = name in form.fields
                for error in errors:
                    form.add_error(name if known else None, error)
        else:
            form.add_error(None, refusal)
        return
    form.add_error(None, str(refusal))


def refusal_text(refusal: Exception) -> str:
    """One sentence for a flash message."""
    if isinstance(refusal, ValidationError):
        if hasattr(refusal, "error_dict"):
            parts: list[str] = []
            for errors in refusal.message_dict.values():
                parts.extend(str(error) for error in errors)
            return " ".join(parts)
        return " ".join(refusal.messages)
    return str(refusal)


REFUSALS = (ValidationError, Refusal)
