"""What a person, a list or a program gave for a custom field, as the value that is kept; or the sentence with the fix."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from creators.models import CustomField, FieldKind

LONGEST = 2_000
_YES = frozenset({"yes", "y", "true", "1", "ya", "iya", "benar", "on", "x"})
_NO = frozenset({"no", "n", "false", "0", "tidak", "tak", "bukan", "off"})
_SHAPES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_url = URLValidator(schemes=["http", "https"])


def is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def clean_value(field: CustomField, value: Any) -> Any:
    """The value as JSON keeps it; None for an empty one."""
    if is_empty(value):
        return None
    read = _READ[field.kind](field, value)
    return None if is_empty(read) else read


def _text(field: CustomField, value: Any) -> str:
    text = " ".join(str(value).replace("\x00", "").split())
    if len(text) > LONGEST:
        raise ValidationError(_("At most %(count)s characters.") % {"count": LONGEST})
    return text


def _number(field: CustomField, value: Any) -> int | float:
    if isinstance(value, bool):
        raise ValidationError(_("Enter a number such as 12 or 12.5."))
    text = str(value).strip().replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", text):  # 1.234.567,8
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):  # 1,234,567.8
        text = text.replace(",", "")
    elif re.fullmatch(r"-?\d+,\d+", text):
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValidationError(_("Enter a number such as 12 or 12.5.")) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise ValidationError(_("This number is too large. Use at most 15 digits."))
    plain = float(number)
    if not math.isfinite(plain):
        raise ValidationError(_("Enter a number such as 12 or 12.5."))
    return int(number) if number == number.to_integral_value() else plain


def _date(field: CustomField, value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    for shape in _SHAPES:
        try:
            return datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise ValidationError(_("Write the day as 2026-01-31."))


def _boolean(field: CustomField, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise ValidationError(_("Answer yes or no."))


def _choice(field: CustomField, value: Any) -> str:
    text = str(value).strip().casefold()
    for option in field.options:
        if option.casefold() == text:
            return str(option)
    raise ValidationError(_("Choose one of: %(options)s.") % {"options": ", ".join(field.options)})


def _choices(field: CustomField, value: Any) -> list[str] | None:
    parts: Iterable[Any] = re.split(r"[|;,]", value) if isinstance(value, str) else value
    if isinstance(parts, Mapping) or not isinstance(parts, Iterable):
        raise ValidationError(_("Choose among: %(options)s.") % {"options": ", ".join(field.options)})
    chosen = {_choice(field, part) for part in parts if str(part).strip()}
    return [option for option in field.options if option in chosen] or None


def _address(field: CustomField, value: Any) -> str:
    text = str(value).strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        _url(text)
    except ValidationError:
        raise ValidationError(_("Enter the address of a page such as https://example.com/page.")) from None
    return _text(field, text)


_READ: dict[str, Any] = {
    FieldKind.TEXT: _text, FieldKind.NUMBER: _number, FieldKind.DATE: _date, FieldKind.BOOLEAN: _boolean,
    FieldKind.CHOICE: _choice, FieldKind.CHOICES: _choices, FieldKind.URL: _address,
}  # fmt: skip


def in_words(field: CustomField, value: Any) -> str:
    """A kept value as lists and exports say it."""
    if is_empty(value):
        return ""
    if field.kind == FieldKind.BOOLEAN:
        return _("yes") if value else _("no")
    if field.kind == FieldKind.CHOICES and isinstance(value, list):
        return ", ".join(str(part) for part in value)
    return str(value)
