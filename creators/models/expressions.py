"""How contacts, names and handles are compared: expressions that an index holds and `creators.duplicates` asks for."""

from __future__ import annotations

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Lower


def replaced(value: F | Func, pattern: str, by: str, *flags: str) -> Func:
    parts = [Value(part, output_field=TextField()) for part in (pattern, by, *flags)]
    return Func(value, *parts, function="regexp_replace", output_field=TextField())


def phone_digits(column: str) -> Func:
    """0812…, 62812…, +62 812… and 0062812… are one number."""
    return replaced(replaced(replaced(F(column), "[^0-9]", "", "g"), "^00", ""), "^0", "62")


def plain_name(column: str) -> Func:
    return Lower(replaced(F(column), "[^[:alnum:]]+", " ", "g"))


def plain_handle(column: str) -> Func:
    return replaced(Lower(F(column), output_field=TextField()), "[._]", "", "g")
