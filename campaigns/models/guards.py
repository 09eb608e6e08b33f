"""Conditions of the triggers that keep signed and sent rows as they are."""

from __future__ import annotations

import pgtrigger
from django.db import models


class ChangedWhile(pgtrigger.Condition):
    """True when one of `fields` changes on a row for which `sql` holds."""

    def __init__(self, sql: str, *fields: str) -> None:
        super().__init__(sql)
        self.fields = fields

    def resolve(self, model: type[models.Model]) -> str:
        columns = [model._meta.get_field(name).column for name in self.fields]  # type: ignore[union-attr]
        changes = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
        return f"(({self.sql}) AND ({changes}))"
