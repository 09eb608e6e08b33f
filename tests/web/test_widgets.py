"""Widgets rendered from Python are what Django's templates make, and nothing gets out of its attribute or cell."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from krm.web.markup import escape, joined, markup
from krm.web.widgets import WidgetRenderer

BAD = "\"'><script>&amp;"


class Form(forms.Form):
    text = forms.CharField(
        widget=forms.TextInput(attrs={"data-x": BAD, "disabled": True, "hidden": False}), required=False
    )
    number = forms.DecimalField()
    email = forms.EmailField()
    url = forms.URLField(assume_scheme="https")
    password = forms.CharField(widget=forms.PasswordInput)
    day = forms.DateField()
    agreed = forms.BooleanField(required=False)
    kept = forms.CharField(widget=forms.HiddenInput)
    one = forms.ChoiceField(
        choices=[("", "–"), (BAD, BAD), (_("Group"), [("c", _("Name")), ("d", mark_safe("<b>"))])]
    )
    many = forms.MultipleChoiceField(choices=[(1, "one"), (2, "two")])
    numbers = forms.ChoiceField(choices=[(1, 12345), (2, 2.5)])
    radio = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    unknown = forms.NullBooleanField()
    file = forms.FileField()
    long = forms.CharField(widget=forms.Textarea)


@pytest.mark.parametrize("name", Form.base_fields)
@pytest.mark.parametrize(
    "data",
    [
        None,
        {"text": BAD, "number": "1,5", "day": "2026-11-22", "agreed": "on", "one": BAD, "many": ["1", "2"]},
        {"text": "", "one": "c", "many": "2", "numbers": "1", "kept": BAD, "long": BAD, "radio": "a"},
    ],
)
def test_the_same_bytes_as_djangos(name: str, data: Any) -> None:
    made = [str(Form(data, renderer=renderer)[name]) for renderer in (WidgetRenderer(), DjangoTemplates())]
    assert made[0] == made[1]


def test_it_is_the_renderer_of_every_form() -> None:
    assert isinstance(get_default_renderer(), WidgetRenderer)


@pytest.mark.parametrize("value", [BAD, mark_safe("<b>"), _("Name"), 5, None, 2.5])
def test_markup_escapes_as_django_does(value: Any) -> None:
    assert markup("<p>{}</p>", value) == format_html("<p>{}</p>", value)
    assert joined("<i>{}</i>", [(value,), (BAD,)]) == format_html("<i>{}</i><i>{}</i>", value, BAD)
    assert escape(markup("{}", value)) == markup("{}", value)
