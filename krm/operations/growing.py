"""Migrations that only add, applied without drawing the whole model graph anew at every step.

Django renders again, at each AddField, AddConstraint or trigger, every model that is connected to the changed
one. Here nearly all are connected, through users: measured on the first chain of KRM, 38,264 classes were made
for 250 models and `migrate` took 85 s, of which the database had 3. Where all operations of a migration add
something, the classes that stand are extended in place instead, and no copy of the state from before is kept:
what is added is not yet used by anything. Every other migration runs the ordinary way.
A trigger may go, too.
`tests/operations/test_migrations.py` compares the two resulting schemas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

from django.contrib.postgres import operations as postgres
from django.db.migrations import Migration
from django.db.migrations import operations as ops
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

ADDING = (
    ops.CreateModel,
    ops.AddField,
    ops.AddIndex,
    ops.AddConstraint,
    ops.AlterModelOptions,
    ops.RunPython,
    postgres.CreateExtension,
    postgres.AddIndexConcurrently,
    AddTrigger,
    RemoveTrigger,
)
OPTIONS = ("indexes", "constraints", "triggers")


def adds(operation: Operation) -> bool:
    if isinstance(operation, ops.RunSQL):
        return all(adds(part) for part in operation.state_operations)
    if isinstance(operation, ops.SeparateDatabaseAndState):
        parts = operation.database_operations
        return all(isinstance(part, ops.RunSQL) for part in parts) and all(
            adds(part) for part in [*parts, *operation.state_operations]
        )
    if isinstance(operation, ops.AddField) and operation.field.many_to_many:
        return False  # its table is a model of its own, named when the field is drawn
    return isinstance(operation, ADDING)


class GrowingState(ProjectState):
    """A project state whose classes are extended in place while `grows` is set."""

    grows = False

    def clone(self) -> ProjectState:
        if self.grows:
            return Before(self)  # type: ignore[return-value]
        copy = super().clone()
        copy.__class__ = GrowingState
        return copy

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        if not self.grows:
            super().reload_model(app_label, model_name, delay=delay)
        elif "apps" in self.__dict__:
            self.extend(app_label, model_name)

    def extend(self, app_label: str, model_name: str) -> None:
        wanted = self.models[app_label, model_name.lower()]
        try:
            model: Any = self.apps.get_model(app_label, model_name)
        except LookupError:
            self.apps.render_multiple([wanted])
            return
        present = {field.name for field in model._meta.local_fields + model._meta.local_many_to_many}
        for name, field in wanted.fields.items():
            if name not in present:
                model.add_to_class(name, field.clone())
        for option in OPTIONS:
            if option in wanted.options:
                setattr(model._meta, option, list(wanted.options[option]))
        self.apps.clear_cache()


class Before:
    """A growing state as an operation sees it that asks what was: the same, but for the triggers of its models."""

    def __init__(self, state: GrowingState) -> None:
        self.state = state
        self.triggers = {key: model.options.get("triggers", []) for key, model in state.models.items()}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.state, name)

    def clone(self) -> GrowingState:
        return self.state

    @property
    def models(self) -> Mapping[tuple[str, str], Any]:
        return Models(self)


class Models(Mapping[tuple[str, str], Any]):
    def __init__(self, before: Before) -> None:
        self.before = before

    def __getitem__(self, key: tuple[str, str]) -> Any:
        model = copy(self.before.state.models[key])
        model.options = {**model.options, "triggers": self.before.triggers.get(key, [])}
        return model

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.before.state.models)

    def __len__(self) -> int:
        return len(self.before.state.models)


class GrowingExecutor(MigrationExecutor):
    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        state: ProjectState = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        state.__class__ = GrowingState
        return state

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        grows = isinstance(state, GrowingState) and not fake_initial and all(map(adds, migration.operations))
        if isinstance(state, GrowingState):
            state.grows = grows
        try:
            state = super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        finally:
            if isinstance(state, GrowingState):
                state.grows = False
        if not grows:
            # Its classes know the registry of the step they were drawn in; growing needs a single one.
            state.__dict__.pop("apps", None)
        return state
