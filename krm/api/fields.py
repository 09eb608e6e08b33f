"""Serializer fields that take what the schema says and nothing else."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class Text(serializers.CharField):
    """A text. REST framework's own field also takes numbers; here one is a mistake of the caller."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Exact(serializers.DecimalField):
    """A decimal number as text. A number of JSON is a float on its way, and money never is."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
