"""Tasks about creators: on the profile, as a list, and mine on the home page."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django import forms
from django.db.models import Case, DateField, F, Value, When
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from creators import todos
from creators.models import Creator, CreatorTask
from creators.web.profile import CreatorTab
from krm.accounts.models import User
from krm.accounts.models.users import STAFF_ROLES
from krm.web.forms import KrmForm
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import ObjectFormPage, Page, verb_view


class TaskForm(KrmForm):
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    due_on = forms.DateField(label=_("Due"), required=False, widget=forms.DateInput)
    assignee = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), required=False, help_text=_("You, if empty.")
    )
    detail = forms.CharField(label=_("Details"), required=False, widget=forms.Textarea, max_length=5000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["assignee"]
        people.queryset = User.objects.filter(role__in=STAFF_ROLES, is_active=True).order_by("name")


class TaskFilter(df.FilterSet):
    state = df.ChoiceFilter(
        label=_("State"),
        choices=[("open", _("Open")), ("late", _("Late")), ("done", _("Done"))],
        method="on_state",
    )
    whose = df.ChoiceFilter(label=_("Whose"), choices=[("mine", _("Mine"))], method="on_whose")
    due_on = df.DateFromToRangeFilter(label=_("Due"))

    class Meta:
        model = CreatorTask
        fields: list[str] = []

    def on_state(self, queryset: Any, name: str, value: str) -> Any:
        if value == "done":
            return queryset.exclude(done_at=None)
        rows = queryset.filter(done_at=None)
        return rows.filter(due_on__lt=localdate()) if value == "late" else rows

    def on_whose(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(assignee=self.request.user)


# By the day they are due; what is done comes last, with what has no day.
OPEN_FIRST = Case(
    When(done_at__isnull=False, then=Value(None)), default=F("due_on"), output_field=DateField(null=True)
)


class TaskList(ListPage):
    name = "creators.tasks"
    title = _("Tasks about creators")
    model = CreatorTask
    perm = "creators.view"
    filterset_class = TaskFilter
    columns = [
        Column("title", _("Task"), width="wide", link=lambda o: o.get_absolute_url()),
        Column(
            "creator",
            _("Creator"),
            value=lambda o: str(o.creator),
            link=lambda o: o.creator.get_absolute_url(),
        ),
        Column("assignee", _("Who"), value=lambda o: str(o.assignee) if o.assignee_id else None),
        Column("due_on", _("Due"), kind="date", sort=OPEN_FIRST),
        Column("late", _("Late"), kind="badge", value=lambda o: _("Late") if _late(o) else None),
        Column("done_at", _("Done"), kind="date", sort="done_at"),
    ]
    search_fields = ["title", "creator__name"]
    default_sort = "due_on"
    empty = Empty(
        _("No tasks"), _("Open a creator's page and add what is to be done."),
        action=(_("Creators"), "creators:list"), icon="checklist",
    )  # fmt: skip
    breadcrumbs = [(_("Creators"), "creators:list")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("creator", "assignee")


def _late(task: CreatorTask) -> bool:
    return task.done_at is None and task.due_on is not None and task.due_on < localdate()


class TasksTab(CreatorTab):
    tab_key = "tasks"
    template_name = "creators/tabs/tasks.html"

    def get_context(self) -> dict[str, Any]:
        rows = list(todos.of_creator(self.object))
        return {
            "open_tasks": [task for task in rows if task.done_at is None],
            "done_tasks": [task for task in rows if task.done_at is not None][:50],
            "task_form": TaskForm(),
            "today": localdate(),
        }


class MyTasksPanel(Page):
    """Home: what I have to do about creators."""

    template_name = "creators/home_tasks.html"
    perm = "creators.view"
    SHOWN = 8

    def get_context(self) -> dict[str, Any]:
        rows = todos.open_tasks(self.request.user)
        return {"tasks": list(rows[: self.SHOWN]), "today": localdate()}


class TaskEdit(ObjectFormPage):
    model = CreatorTask
    perm = "creators.note"
    form_class = TaskForm
    title = _("Edit task")
    success_message = _("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {
            **{name: getattr(self.object, name) for name in todos.FIELDS},
            "assignee": self.object.assignee_id,
        }

    def save(self, form: Any) -> CreatorTask:
        return todos.update_task(self.object, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


def _deleted(task: CreatorTask, *, by: Any) -> Creator:
    creator = task.creator
    todos.delete_task(task, by=by)
    return creator


def _tab(obj: Any) -> str:
    pk = obj.pk if isinstance(obj, Creator) else obj.creator_id
    from django.urls import reverse

    return f"{reverse('creators:detail', args=[pk])}?tab=tasks"


task_add = verb_view(Creator, todos.add_task, perm="creators.note", form=TaskForm, title=_("Add task"),
                     submit_label=_("Add"), success=_("Task added."), success_url=_tab)  # fmt: skip
finish = verb_view(CreatorTask, todos.finish_task, perm="creators.note", success=_("Done."))
reopen = verb_view(CreatorTask, todos.reopen_task, perm="creators.note", success=_("Task is open again."))
delete = verb_view(CreatorTask, _deleted, perm="creators.note", success=_("Task deleted."), success_url=_tab)
