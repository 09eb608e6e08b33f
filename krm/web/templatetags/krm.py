"""`{% load krm %}`: numbers, states, icons, charts, fields."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from krm.web import charts, format, furniture
from krm.web.forms import dress_field
from krm.web.lists.columns import state_label
from krm.web.markup import markup
from krm.web.pages import resolve
from krm.web.panels import panels_for

register = template.Library()

register.simple_tag(format.money, name="money")
register.simple_tag(format.count, name="count")
register.simple_tag(format.number, name="number")
register.simple_tag(format.percent, name="percent")
register.simple_tag(format.day, name="day")
register.simple_tag(format.moment, name="moment")
register.simple_tag(furniture.icon, name="icon")
register.simple_tag(furniture.avatar, name="avatar")
register.simple_tag(furniture.sparkline, name="sparkline")
register.simple_tag(furniture.progress, name="progress")
register.simple_tag(furniture.source, name="source")
register.filter("day", format.day)
register.filter("moment", format.moment)
register.filter("count", format.count)
register.filter("number", format.number)
register.filter("percent", format.percent)
register.filter("ago", format.ago)
register.filter("label_lower", lambda obj: obj._meta.label_lower)


@register.simple_tag
def ago(value: Any) -> SafeString | str:
    if not value:
        return format.NONE
    return markup(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), format.moment(value), format.ago(value)
    )


@register.simple_tag
def state(obj: Any, field: str = "", tone: str | None = None) -> SafeString | str:
    """A badge from `obj.state` (or status, or `field`); a plain string works too."""
    if obj is None or obj == "":
        return ""
    if isinstance(obj, str):
        return furniture.badge(obj, getattr(obj, "label", obj.replace("_", " ").capitalize()), tone)
    name = field or ("state" if hasattr(obj, "state") else "status")
    value = getattr(obj, name)
    display = getattr(obj, f"get_{name}_display", None)
    label = display() if display else state_label(obj, value)
    return furniture.badge(str(value), label, tone)


@register.simple_tag
def badge(label: Any, tone: str = "quiet") -> SafeString:
    return furniture.badge("", label, tone)


@register.simple_tag
def kpi(label: Any, value: Any, hint: Any = "", tone: str = "", url: str = "") -> SafeString:
    inner = markup(
        '<span class="kpi-label">{}</span><span class="kpi-value">{}</span><span class="kpi-hint">{}</span>',
        label,
        value if value not in (None, "") else format.NONE,
        hint,
    )
    classes = f"kpi kpi-{tone}" if tone else "kpi"
    if url:
        return markup('<a class="{}" href="{}">{}</a>', classes, resolve(url), inner)
    return markup('<div class="{}">{}</div>', classes, inner)


@register.simple_tag
def delta(value: Any, good: str = "up") -> SafeString | str:
    """A change as share: +3.4 % in the colour of its meaning."""
    if value is None:
        return ""
    number = float(value)
    tone = "flat" if abs(number) < 0.0005 else "good" if (number > 0) == (good == "up") else "bad"
    text = ("+" if number > 0 else "") + format.percent(value)
    return markup('<span class="delta delta-{}">{}</span>', tone, text)


@register.simple_tag
def empty_state(
    title: Any, text: Any = "", label: Any = "", url: Any = "", icon: str = "inbox", level: int = 2
) -> SafeString:
    """What an empty place says: what it is, what to do next."""
    button = ""
    if label and url:
        button = markup('<a class="btn btn-primary" href="{}">{}</a>', resolve(url), label)
    words = markup("<p>{}</p>", text) if text else ""
    return markup(
        '<div class="empty-state"><div class="empty-icon">{}</div><h{} class="empty-title">{}</h{}>{}{}</div>',
        furniture.icon(icon),
        level,
        title,
        level,
        words,
        button,
    )


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """A labelled field with help and errors tied to it by aria-describedby."""
    dress_field(bound.field)  # forms of other packages look like ours
    kind = getattr(bound.field.widget, "input_type", "") or bound.widget_type
    context = {"field": bound, "kind": kind, "widget_type": bound.widget_type, **options}
    return render_to_string("web/parts/field.html", context)  # type: ignore[return-value]


@register.filter
def marked_fields(form: Any) -> int:
    """How many fields show a message; a refusal of the whole form, or of what is not shown, marks none."""
    return sum(name != NON_FIELD_ERRORS and not form[name].is_hidden for name in form.errors)


@register.filter
def general_errors(form: Any) -> list[str]:
    """What belongs to no field that is shown: said at the head of the form."""
    hidden = [error for bound in form.hidden_fields() for error in bound.errors]
    return list(dict.fromkeys([*form.non_field_errors(), *hidden]))


@register.simple_tag
def form_fields(form: Any, *names: str) -> SafeString:
    """Hidden fields, the error summary and every visible field (or those named)."""
    shown = [form[name] for name in names] if names else list(form.visible_fields())
    return render_to_string("web/parts/form_fields.html", {"form": form, "fields": shown})  # type: ignore[return-value]


@register.simple_tag
def chart(
    spec: Any, title: Any = "", subtitle: Any = "", height: int = 0, compact: bool = False
) -> SafeString | str:
    """A Vega-Lite chart with its title, and the same data as a table behind a toggle."""
    if not spec:
        return ""
    if height:
        spec = {**spec, "height": height}
    headings, rows = charts.table_of(spec)
    return render_to_string(  # type: ignore[return-value]
        "web/parts/chart.html",
        {
            "spec": json.dumps(spec, separators=(",", ":"), default=str),
            "title": title,
            "subtitle": subtitle,
            "headings": headings,
            "rows": rows[:500],
            "height": min(max(int(spec.get("height") or 220) // 20 * 20, 60), 600),
            "empty": not rows,
            "compact": compact,
        },
    )


@register.inclusion_tag("web/parts/panels.html", takes_context=True)
def panels(context: Any, place: str, obj: Any = None) -> dict[str, Any]:
    return {"panels": panels_for(place, context["request"].user, obj)}


@register.simple_tag
def allowed(user: Any, perm: str, obj: Any = None) -> bool:
    from krm.accounts.permissions import allowed as answer

    return answer(user, perm, obj)


@register.simple_tag
def live(obj: Any) -> SafeString:
    """The `data-live` attribute that has an element fetched again when this object changes."""
    return markup('data-live="{}:{}"', obj._meta.label_lower, obj.pk)


@register.filter
def cell_value(value: Any) -> Any:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return format.number(value)
    return format.NONE if value is None else value
