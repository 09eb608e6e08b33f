"""Run a state machine on the database: each example in a frame of its own that leaves nothing behind."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def run_machine(machine: type[RuleBasedStateMachine], *, examples: int, steps: int) -> None:
    class Run(machine):  # type: ignore[misc,valid-type]
        def __init__(self) -> None:
            super().__init__()
            self.frame: Any = transaction.atomic()
            self.frame.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.frame.__exit__(None, None, None)

    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
