"""Base classes of every form, and how a verb's refusal becomes form errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from krm.errors import Refusal


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
