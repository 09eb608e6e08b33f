"""How form widgets are rendered: the commonest from Python, the same bytes as Django's templates make, the rest by those.

A filter menu holds selects with a hundred options; Django renders each option by two included templates.
"""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.functional import Promise

from krm.web.markup import escape

FOLDER = "django/forms/widgets/"
INPUTS = frozenset(
    f"{FOLDER}{name}.html"
    for name in [
        "input",
        "text",
        "number",
        "email",
        "url",
        "password",
        "hidden",
        "date",
        "datetime",
        "time",
        "checkbox",
    ]
)
SELECT, OPTION = f"{FOLDER}select.html", f"{FOLDER}select_option.html"


class WidgetRenderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget")
        found = None
        if template_name in INPUTS:
            found = _input(widget)
        elif template_name == SELECT:
            found = _select(widget)
        return super().render(template_name, context, request) if found is None else found.strip()


def _attributes(found: dict[str, Any]) -> str:
    parts = []
    for name, value in found.items():
        if value is True:
            parts.append(f" {escape(name)}")
        elif value is not False:
            parts.append(f' {escape(name)}="{_text(value)}"')
    return "".join(parts)


def _text(value: Any) -> str:
    return escape(value if isinstance(value, str) else str(value))


def _input(widget: Any) -> str:
    held = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return (
        f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{held}'
        f"{_attributes(widget['attrs'])}>"
    )


def _select(widget: Any) -> str | None:
    parts = [f'<select name="{escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_text(group)}">')
        for option in options:
            label = option["label"]
            if option["template_name"] != OPTION or not isinstance(label, str | Promise):
                return None  # a widget of its own, or a number that is written by the language's rules
            parts.append(
                f'\n  <option value="{_text(option["value"])}"{_attributes(option["attrs"])}>{escape(label)}</option>\n'
            )
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>")
    return "".join(parts)
