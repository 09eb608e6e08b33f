"""Row counts that never scan a million rows: exact up to the cap, '10,000+' above it."""

from __future__ import annotations

from typing import Any

from django.db import models

from krm.web import format

CAP = 10_000


class Count:
    def __init__(self, number: int, capped: bool) -> None:
        self.number, self.capped = number, capped

    def __str__(self) -> str:
        return format.number(self.number) + ("+" if self.capped else "")


def capped_count(queryset: models.QuerySet[Any], cap: int = CAP) -> Count:
    found = queryset.order_by().values("pk")[: cap + 1].count()
    return Count(min(found, cap), found > cap)
