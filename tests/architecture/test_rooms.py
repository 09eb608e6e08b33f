"""Rules of the house that import-linter cannot see; each failure says what to do instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

BASE = Path(settings.BASE_DIR)
ROOMS = ["creators", "campaigns", "briefs", "payments", "reporting"]  # from the ground up
GROUND = [
    "krm.money",
    "krm.accounts",
    "krm.events",
    "krm.connectors",
    "krm.web",
    "krm.api",
    "krm.operations",
    "krm.local",
]
FLOORS = {name: height for height, name in enumerate([*GROUND, *ROOMS])}
ENTRIES = {
    *("web", "api", "tasks", "admin", "urls", "apps", "subscribers"),
    *("management", "migrations", "templatetags", "i18n_id"),
}


def modules(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted(BASE.joinpath(*package.split(".")).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(BASE), ast.parse(path.read_text(), filename=str(path))


def imported(tree: ast.Module, package: str) -> Iterator[str]:
    """Names a module imports, also inside functions; not what only the type checker sees."""
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = package.split(".")[: -node.level + 1 or None] if node.level else []
            module = ".".join([*parent, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def floor_of(app_name: str) -> int:
    return FLOORS.get(app_name, -1)  # Django's and other packages lie below everything


def test_foreign_keys_point_down() -> None:
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        here = floor_of(model._meta.app_config.name)  # type: ignore[union-attr]
        for field in model._meta.get_fields():
            if field.auto_created or not field.is_relation or field.related_model in (None, "self"):
                continue
            there = floor_of(field.related_model._meta.app_config.name)  # type: ignore[union-attr]
            if here >= 0 and there > here:
                wrong.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")  # type: ignore[union-attr]
    assert not wrong, f"a lower room names a higher one; put the key in the higher room: {wrong}"


def test_verbs_and_models_know_neither_http_nor_the_queue() -> None:
    """Views, API, tasks, admin and subscribers are callers of verbs, never the other way round."""
    wrong = []
    for room in ROOMS:
        above = {f"{room}.{entry}" for entry in ("web", "api", "tasks", "admin", "urls", "subscribers")}
        for path, tree in modules(room):
            if path.parts[1].removesuffix(".py") in ENTRIES or path.parts[1] == "__init__.py":
                continue
            package = ".".join(path.with_suffix("").parts[:-1])
            for name in imported(tree, package):
                root = name.split(".")[0]
                if root in {"rest_framework", "celery"} or any(
                    name == part or name.startswith(f"{part}.") for part in above
                ):
                    wrong.append(f"{path} imports {name}")
    assert not wrong, (
        f"move this to the entry point, or queue by name with krm.events.enqueue: {sorted(set(wrong))}"
    )


def test_no_model_signals() -> None:
    wrong = [
        f"{path}"
        for path, tree in modules(*ROOMS)
        for name in imported(tree, ".".join(path.parts[:-1]))
        if name.startswith("django.db.models.signals")
    ]
    assert not wrong, f"no model signals here: record an event in the verb and subscribe to it: {wrong}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_and_has_the_same_doors(room: str) -> None:
    text = ast.get_docstring(ast.parse((BASE / room / "__init__.py").read_text())) or ""
    assert text.count(".") >= 3, (
        f"{room}/__init__.py says in three sentences what it owns, may import, and its verbs"
    )
    doors = {"models", "web", "api", "permissions.py", "urls.py", "apps.py", "migrations"}
    missing = {
        door
        for door in doors
        if not (BASE / room / door).exists() and not (BASE / room / f"{door}.py").exists()
    }
    assert not missing, f"{room} lacks {sorted(missing)}"


def test_notifications_are_translated_for_their_reader():
    """`notify` writes in each reader's language: a sentence made in the caller's is in the wrong one for most."""
    wrong = []
    for path, tree in modules("krm", *ROOMS):
        eager = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if alias.name in ("gettext", "ngettext", "pgettext", "npgettext")
        }
        for call in ast.walk(tree):
            if (
                not isinstance(call, ast.Call)
                or getattr(call.func, "attr", getattr(call.func, "id", "")) != "notify"
            ):
                continue
            for keyword in call.keywords:
                if keyword.arg not in ("title", "text"):
                    continue
                made = {getattr(n.func, "id", "") for n in ast.walk(keyword.value) if isinstance(n, ast.Call)}
                filled = isinstance(keyword.value, ast.BinOp) and isinstance(keyword.value.op, ast.Mod)
                if made & eager or filled:
                    wrong.append(f"{path}:{keyword.value.lineno}")
    assert not wrong, f"hand notify a lazy text or krm.events.texts.Text: {wrong}"
