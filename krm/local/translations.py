"""Texts of pages and code, and their Bahasa Indonesia: collected, merged, checked and compiled without gettext.

Each room, and each of its capability packages that wants to, keeps translations in `i18n_id.py` (`ID = {"English":
"Bahasa"}`); `locale/id/LC_MESSAGES/django.po`
is what translators and Django read. Keys: a plain text; `"context\\x04text"`; a tuple (singular, plural).
"""

from __future__ import annotations

import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGE = "id"
ROOMS = ("creators", "campaigns", "briefs", "payments", "reporting")
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-z]|%%|%[sdifr]|\{\w*(?:[.\[!:][^{}]*)?\}")
ALIASED = re.compile(r"\b(\w*gettext\w*) as (\w+)")  # a module may call them as it likes
IN_TEMPLATE = re.compile(r"\b(n?p?gettext|_)\(")

Key = str | tuple[str, str]  # a context is part of the text: "context\x04text"


def packages() -> list[str]:
    """Whoever may hold an `i18n_id.py`: ground floor, rooms, and a room's capability packages."""
    base = Path(settings.BASE_DIR)
    ground = sorted(path.parent.name for path in (base / "krm").glob("*/__init__.py"))
    found = [f"krm.{name}" for name in ground]
    for room in ROOMS:
        if (base / room).is_dir():
            inner = sorted(path.parent.relative_to(base) for path in (base / room).glob("*/**/i18n_id.py"))
            found += [room, *(".".join(path.parts) for path in inner)]
    return found


def catalogue_path() -> Path:
    return Path(settings.BASE_DIR) / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


# -- collecting ----------------------------------------------------------------------


def source_files() -> Iterator[Path]:
    base = Path(settings.BASE_DIR)
    for package in ("krm", *ROOMS):
        for path in sorted((base / package).rglob("*.py")):
            if "migrations" not in path.parts and path.name != "i18n_id.py":
                yield path
    for folder in [base / "templates", *(base / name for name in ("krm", *ROOMS))]:
        for suffix in ("*.html", "*.txt"):
            yield from sorted(path for path in folder.rglob(suffix) if "templates" in path.parts)


def in_python(text: str) -> Iterator[Key]:
    keywords = KEYWORDS | {alias: KEYWORDS[name] for name, alias in ALIASED.findall(text) if name in KEYWORDS}
    found = extract("python", io.BytesIO(text.encode()), keywords=keywords, comment_tags=())  # type: ignore[arg-type]
    for _line, message, _comments, context in found:
        yield with_context(message, context)


def with_context(message: object, context: str | None) -> Key:
    if isinstance(message, str):
        return f"{context}\x04{message}" if context else message
    assert isinstance(message, list | tuple)
    first, second = str(message[0]), str(message[1])
    return (f"{context}\x04{first}" if context else first, second)


def in_template(text: str, origin: str) -> Iterator[Key]:
    """Texts of a Django template, through Django's own reading of it."""
    code = templatize(text, origin=origin)
    for match in IN_TEMPLATE.finditer(code):
        call = one_call(code[match.start() :])
        if call:
            yield from in_python(call)


def one_call(code: str) -> str | None:
    """The text of the call that `code` begins with. Around it stands filler that is no Python."""
    depth, rows = 0, code.splitlines(keepends=True)
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.string == "(":
                depth += 1
            elif token.string == ")":
                depth -= 1
                if depth == 0:
                    row, column = token.end
                    return "".join(rows[: row - 1]) + rows[row - 1][:column]
    except (tokenize.TokenError, IndentationError):
        pass
    return None


def collect() -> dict[Key, list[str]]:
    """Every text with the files it stands in."""
    found: dict[Key, list[str]] = {}
    for path in source_files():
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(settings.BASE_DIR).as_posix()
        for key in in_python(text) if path.suffix == ".py" else in_template(text, name):
            if key and key != "":
                places = found.setdefault(key, [])
                if name not in places:
                    places.append(name)
    return found


# -- merging -------------------------------------------------------------------------


@dataclass
class Merged:
    texts: dict[Key, str] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)


def dictionaries() -> Merged:
    """The `i18n_id.py` of every room as one; the first room that has a text decides."""
    merged = Merged()
    for package in packages():
        name = f"{package}.i18n_id"
        if find_spec(name) is None:
            continue
        for key, text in import_module(name).ID.items():
            if merged.texts.setdefault(key, text) != text:
                merged.conflicts.append(
                    f"{name}: {show(key)} is {text!r} here and {merged.texts[key]!r} elsewhere"
                )
    return merged


def empty_catalogue() -> Catalog:
    result = Catalog(locale=LANGUAGE, project="KRM", version="1", domain="django", fuzzy=False)
    # Indonesian has one form for every number, as Django's own catalogue says; Babel assumes two.
    result._num_plurals, result._plural_expr = 1, "0"  # type: ignore[assignment]
    return result


def catalogue(found: dict[Key, list[str]], texts: dict[Key, str]) -> Catalog:
    result = empty_catalogue()
    result.header_comment = (
        "# Bahasa Indonesia of KRM. Written by `make translations` from each room's i18n_id.py."
    )
    singulars = {key[0]: key for key in found if isinstance(key, tuple)}
    for key in sorted(found, key=lambda item: item if isinstance(item, str) else item[0]):
        if isinstance(key, str) and key in singulars:
            continue  # gettext knows one entry for a text: its plural serves the plain use too
        text = texts.get(key) or texts.get(key[0] if isinstance(key, tuple) else key, "")
        if not text and isinstance(key, str):
            text = next(
                (value for other, value in texts.items() if isinstance(other, tuple) and other[0] == key), ""
            )
        context, message = split(key)
        places = found[key] + [place for place in found.get(key[0], []) if isinstance(key, tuple)]
        result.add(
            message,
            plural(text, message),
            locations=[(place, 0) for place in sorted(set(places))],
            context=context,
        )
    return result


def plural(text: str, message: str | tuple[str, str]) -> str | tuple[str, ...]:
    return (text,) if isinstance(message, tuple) else text


def split(key: Key) -> tuple[str | None, str | tuple[str, str]]:
    text = key if isinstance(key, str) else key[0]
    context, found, rest = text.rpartition("\x04")
    message = rest if found else text
    return (context if found else None), (message if isinstance(key, str) else (message, key[1]))


def show(key: Key) -> str:
    context, message = split(key)
    text = message if isinstance(message, str) else message[0]
    return f"{text!r} (context {context!r})" if context else repr(text)


def po_bytes(content: Catalog) -> bytes:
    """The catalogue without dates and line numbers, which would change it at every edit."""
    output = io.BytesIO()
    write_po(output, content, width=100, include_lineno=False, omit_header=False)
    dropped = tuple(
        f'"{name}'.encode()
        for name in ("POT-Creation", "PO-Revision", "Last-Trans", "Language-Team", "Report-", "Generated-")
    )
    lines = [line for line in output.getvalue().splitlines(keepends=True) if not line.startswith(dropped)]
    return b"".join(lines)


# -- checking --------------------------------------------------------------------------


def problems(found: dict[Key, list[str]], merged: Merged) -> list[str]:
    """What keeps the translation from being complete and safe, one line each."""
    lines = []
    content = catalogue(found, merged.texts)
    for message in content:
        if not message.id:
            continue
        original = message.id if isinstance(message.id, str) else message.id[-1]
        shown = message.id if isinstance(message.id, str) else message.id[0]
        text = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
        places = ", ".join(place for place, _line in message.locations[:3])
        if not text:
            lines.append(f"missing: {shown!r} in {places}")
        elif placeholders(original) != placeholders(text):
            lines.append(f"placeholders differ: {shown!r} -> {text!r} in {places}")
    return lines


def placeholders(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text))


def unused(found: dict[Key, list[str]], merged: Merged) -> list[Key]:
    texts = {key if isinstance(key, str) else key[0] for key in found}
    return [key for key in merged.texts if (key if isinstance(key, str) else key[0]) not in texts]


# -- compiling ---------------------------------------------------------------------------


def compile_catalogue() -> Path:
    """Write django.mo from django.po and, over it, the rooms' dictionaries, so that a new text shows at once."""
    path = catalogue_path()
    content = empty_catalogue()
    if path.exists():
        with path.open("rb") as handle:
            content = read_po(handle, locale=LANGUAGE, domain="django")
    for key, text in dictionaries().texts.items():
        context, message = split(key)
        plain = message if isinstance(message, str) else message[0]
        known = content.get(plain, context=context)
        if known is not None and isinstance(known.id, tuple):
            known.string = (text,)
        elif known is not None:
            known.string = text
        else:
            content.add(message, plural(text, message), context=context)
    target = path.with_suffix(".mo")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{id(content):x}")
    with fresh.open("wb") as output:
        write_mo(output, content)
    fresh.replace(target)
    return target


def sources_of_catalogue() -> list[Path]:
    base = Path(settings.BASE_DIR)
    rooms = [base.joinpath(*package.split("."), "i18n_id.py") for package in packages()]
    return [path for path in [catalogue_path(), *rooms] if path.exists()]


def compile_if_older() -> bool:
    """Compile when a source is newer than the result; cheap enough for every start."""
    target = catalogue_path().with_suffix(".mo")
    newest = max((path.stat().st_mtime for path in sources_of_catalogue()), default=0.0)
    if not newest or (target.exists() and target.stat().st_mtime >= newest):
        return False
    compile_catalogue()
    return True
