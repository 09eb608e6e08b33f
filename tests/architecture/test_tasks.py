"""Tasks: every name that is queued exists, and none can be given out twice while it runs."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from krm.celery import app
from tests.architecture.test_rooms import ROOMS, modules

app.loader.import_default_modules()
app.finalize()
OURS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def calls(*names: str) -> list[tuple[str, ast.Call]]:
    found = []
    for path, tree in modules("krm", *ROOMS):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in names:
                found.append((f"{path}:{node.lineno}", node))
    return found


def test_every_queued_name_is_a_task() -> None:
    wrong = []
    for place, call in calls("enqueue", "send_task"):
        first = call.args[0] if call.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value not in OURS:
            wrong.append(f"{place} queues {first.value!r}")
    assert not wrong, f"no task has this name: {wrong}"


def test_queues_are_those_that_workers_listen_to() -> None:
    wrong = []
    for place, call in calls("enqueue", "send_task", "shared_task", "apply_async"):
        for keyword in call.keywords:
            named = keyword.arg == "queue" and isinstance(keyword.value, ast.Constant) and keyword.value.value
            if named and named not in settings.QUEUES:
                wrong.append(f"{place} {named!r}")
    assert not wrong, f"nobody works on this queue, choose one of {settings.QUEUES}: {wrong}"


def test_nothing_is_put_off_by_more_than_ten_minutes() -> None:
    """Redis gives a task with a far ETA out again and again (kombu 337); later work is a row with `due_at`."""
    wrong = []
    for place, call in calls("apply_async", "send_task", "retry"):
        for keyword in call.keywords:
            if keyword.arg == "eta":
                wrong.append(place)
            if (
                keyword.arg == "countdown"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value > 600
            ):
                wrong.append(place)
    assert not wrong, f"write a row with due_at instead: {wrong}"


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_task_ends_before_it_is_given_out_again(name: str) -> None:
    task: Any = OURS[name]
    limit = task.time_limit or settings.CELERY_TASK_TIME_LIMIT
    if task.acks_late is False:
        return  # acknowledged when it starts; it is found again by its own row
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert 2 * limit <= visibility, (
        f"{name} may run {limit} s, but is given out again after {visibility} s: lower its time_limit, or set "
        "acks_late=False and let a row bring it back"
    )


def test_the_schedule_names_tasks_that_exist() -> None:
    wrong = []
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.tasks") is None:
            continue
        schedule = getattr(import_module(f"{config.name}.tasks"), "SCHEDULE", {})
        wrong += [name for name in schedule if name not in OURS]
        for name in schedule:
            assert name in app.conf.beat_schedule, f"{name} is not collected"
    assert not wrong, f"scheduled, but no task: {wrong}"
