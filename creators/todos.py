"""Tasks about creators: who does what until when; reminded on the morning of the day, and when it is late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Creator, CreatorTask
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import notify, record

FIELDS = ("title", "detail", "due_on", "assignee")


def add_task(
    creator: Creator, *, by: User, title: str, detail: str = "", due_on: date | None = None,
    assignee: User | None = None,
) -> CreatorTask:  # fmt: skip
    """A task about a creator; whoever it is given to is told."""
    check(by, "creators.note", creator)
    task = CreatorTask(creator=creator, created_by=by, assignee=assignee or by)
    _fill(task, title=title, detail=detail, due_on=due_on)
    _check_assignee(task.assignee)
    with transaction.atomic():
        task.save()
        record(
            "creators.task_added", creator, actor=by,
            data={"creator_id": creator.pk, "task_id": task.pk, "assignee_id": task.assignee_id},
        )  # fmt: skip
        _tell(task, by)
    return task


def update_task(task: CreatorTask, *, by: User, **changes: Any) -> CreatorTask:
    check(by, "creators.note", task.creator)
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise ValidationError({name: _("There is no such field.") for name in sorted(unknown)})
    with transaction.atomic():
        held = CreatorTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        before = held.assignee_id
        if "assignee" in changes:
            held.assignee = changes.pop("assignee")
            _check_assignee(held.assignee)
        _fill(
            held, **{name: changes.get(name, getattr(held, name)) for name in ("title", "detail", "due_on")}
        )
        held.save()
        record(
            "creators.task_changed",
            held.creator,
            actor=by,
            data={"creator_id": held.creator_id, "task_id": held.pk},
        )
        if held.assignee_id != before:
            _tell(held, by)
    task.refresh_from_db()
    return task


def finish_task(task: CreatorTask, *, by: User) -> CreatorTask:
    return _done(task, by, True)


def reopen_task(task: CreatorTask, *, by: User) -> CreatorTask:
    return _done(task, by, False)


def _done(task: CreatorTask, by: User, done: bool) -> CreatorTask:
    check(by, "creators.note", task.creator)
    with transaction.atomic():
        held = CreatorTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if (held.done_at is not None) == done:
            raise Conflict(_("This task is done already.") if done else _("This task is open already."))
        held.done_at, held.done_by = (now(), by) if done else (None, None)
        held.save(update_fields=["done_at", "done_by", "updated_at"])
        record(
            "creators.task_done" if done else "creators.task_reopened", held.creator, actor=by,
            data={"creator_id": held.creator_id, "task_id": held.pk},
        )  # fmt: skip
    task.refresh_from_db()
    return task


def delete_task(task: CreatorTask, *, by: User) -> None:
    check(by, "creators.note", task.creator)
    with transaction.atomic():
        record(
            "creators.task_deleted", task.creator, actor=by,
            data={"creator_id": task.creator_id, "task_id": task.pk},
        )  # fmt: skip
        task.delete()


def open_tasks(user: User, *, until: date | None = None) -> Any:
    """What this person has to do, the most pressing first."""
    rows = CreatorTask.objects.visible_to(user).filter(assignee=user, done_at=None).select_related("creator")
    return rows.filter(due_on__lte=until) if until else rows


def remind(today: date | None = None) -> int:
    """Tell assignees of what is due today or late: once on the day, then once a week while it stays open."""
    day = today or localdate()
    due = CreatorTask.objects.filter(done_at=None, due_on__lte=day, assignee__is_active=True).select_related(
        "assignee", "creator"
    )
    told = 0
    for task in due.iterator(chunk_size=500):
        assert task.due_on is not None and task.assignee is not None
        week = (day - task.due_on).days // 7
        title = gettext_lazy("Due today: {title}") if task.due_on == day else gettext_lazy("Late: {title}")
        told += len(
            notify(
                "creators.task_due", [task.assignee], task.creator, title=format_lazy(title, title=task.title),
                text=str(task.creator), url=task.get_absolute_url(), key=f"creators.task:{task.pk}:{task.due_on}:{week}",
            )
        )  # fmt: skip
    return told


def _tell(task: CreatorTask, by: User) -> None:
    if task.assignee is None or task.assignee_id == by.pk:
        return
    notify(
        "creators.task_given", [task.assignee], task.creator,
        title=format_lazy(gettext_lazy("{name} gave you a task: {title}"), name=by.name or by.email, title=task.title),
        text=str(task.creator), url=task.get_absolute_url(), key=f"creators.task_given:{task.pk}:{task.assignee_id}",
    )  # fmt: skip


def _check_assignee(user: User | None) -> None:
    if user is not None and not user.is_staff_member:
        raise ValidationError({"assignee": _("Only staff members get tasks.")})


def _fill(task: CreatorTask, *, title: str, detail: str, due_on: date | None) -> None:
    errors: dict[str, str] = {}
    text = " ".join(str(title or "").replace("\x00", "").split())
    if not text:
        errors["title"] = _("Say what is to be done.")
    elif len(text) > 200:
        errors["title"] = _("At most %(count)s characters.") % {"count": 200}
    if due_on is not None and not localdate() - timedelta(days=3660) < due_on < localdate() + timedelta(
        days=3660
    ):
        errors["due_on"] = _("Choose a day within ten years.")
    if errors:
        raise ValidationError(errors)
    task.title, task.detail, task.due_on = text, str(detail or "").replace("\x00", "").strip()[:5000], due_on


def of_creator(creator: Creator) -> Iterable[CreatorTask]:
    return creator.todos.select_related("assignee", "done_by")  # type: ignore[attr-defined,no-any-return]
