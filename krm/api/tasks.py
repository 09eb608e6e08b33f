"""Tidying up of the API."""

from __future__ import annotations

from celery import shared_task

from krm.api import idempotency

SCHEDULE = {"api.forget_keys": 3600.0}


@shared_task(name="api.forget_keys")
def forget_keys() -> None:
    idempotency.forget_old()
