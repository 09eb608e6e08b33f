"""The Celery application; tasks live in each room's `tasks.py`, their schedule in `SCHEDULE` there."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")

app = Celery("krm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def collect_schedule(sender: Celery, **kwargs: Any) -> None:
    """Collect `SCHEDULE = {"task.name": seconds or crontab}` of every installed app."""
    from django.apps import apps

    for config in apps.get_app_configs():
        name = f"{config.name}.tasks"
        if find_spec(name) is None:
            continue
        for task, every in getattr(import_module(name), "SCHEDULE", {}).items():
            sender.conf.beat_schedule[task] = {"task": task, "schedule": every}
