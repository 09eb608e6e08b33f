"""Two people at one form: what somebody else saved meanwhile is shown at its field, never overwritten unseen.

A page with `guards` hands out the seal of the values it shows. When the form comes back, fields whose stored value
has changed since are named; a second press of the button then means it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from krm.web.forms import amount_text

NAME = "krm_seen"


def plain(value: Any) -> str:
    """One text for a value, however a form or a model writes it."""
    if callable(value):
        value = value()
    match value:
        case None | "" | False:
            return ""
        case Model():
            return str(value.pk)
        case QuerySet():
            return ",".join(sorted(str(row.pk) for row in value))
        case Decimal() | int() | float() if not isinstance(value, bool):
            return f"{Decimal(str(value)).normalize():f}"
        case datetime():
            moment = value if timezone.is_aware(value) else timezone.make_aware(value)
            return moment.astimezone(timezone.get_default_timezone()).strftime("%Y-%m-%dT%H:%M")
        case date():
            return value.isoformat()
        case list() | tuple() | set():
            return ",".join(plain(item) for item in value)
        case dict():
            return ",".join(f"{key}:{plain(item)}" for key, item in sorted(value.items()))
    return str(value).replace("\r\n", "\n").strip()


def digest(name: str, value: Any) -> str:
    return salted_hmac("krm.web.editing", f"{name}={plain(value)}").hexdigest()[:10]


def stored(form: Any) -> dict[str, Any]:
    """What the form would show untouched: the values as they are stored now."""
    return {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField) and not field.disabled
    }


def seal(form: Any) -> str:
    return ";".join(f"{name}={digest(name, value)}" for name, value in stored(form).items())


def stop_overwriting(form: Any, sent: str) -> bool:
    """Mark the fields that somebody else has changed since the form was opened; True when there are any."""
    told = dict(part.split("=", 1) for part in sent.split(";") if "=" in part)
    found = False
    for name, value in stored(form).items():
        if name not in told or told[name] == digest(name, value):
            continue
        typed = form.cleaned_data.get(name)
        if plain(typed) == plain(value):
            continue  # both wrote the same
        found = True
        if told[name] == digest(name, typed):
            put(form, name, value)
            text = _("Somebody else changed this while you were editing: the new value stands here now.")
        else:
            text = _(
                "Somebody else changed this to “%(value)s” while you were editing. Yours is kept: save again to put it "
                "in its place."
            ) % {"value": shown(form.fields[name], value)}
        form.add_error(name, text)
    return found


def put(form: Any, name: str, value: Any) -> None:
    """Show another value in a form that was sent."""
    bound, field = form[name], form.fields[name]
    form.data = form.data.copy()
    key = bound.html_name
    ready = field.widget.format_value(field.prepare_value(value))
    if isinstance(field.widget, forms.CheckboxInput):
        form.data.pop(key, None)
        if value:
            form.data[key] = "on"
    elif isinstance(ready, list | tuple):
        form.data.setlist(key, [str(item) for item in ready])
    else:
        form.data[key] = "" if ready is None else str(ready)


def shown(field: forms.Field, value: Any) -> str:
    """A stored value in words, for the message."""
    choices: Any = getattr(field, "choices", None)
    if isinstance(field, forms.ModelChoiceField):
        row = value if isinstance(value, Model) else field.queryset.filter(pk=value or None).first()  # type: ignore[union-attr]
        text = str(row or "–")
    elif choices and not isinstance(value, list | tuple):
        text = next((str(label) for key, label in choices if str(key) == str(value)), plain(value))
    elif isinstance(value, Decimal):
        text = amount_text(value)
    else:
        ready = field.prepare_value(value)
        text = ready if isinstance(ready, str) else ", ".join(plain(value).split(","))
    return text[:77] + "…" if len(text) > 78 else text or "–"
