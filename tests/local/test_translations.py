"""Collecting, merging, checking and compiling texts without gettext."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest

from krm.local import translations
from krm.local.translations import Merged


def test_texts_of_python() -> None:
    code = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as later
a = _("plain")
b = _("joined " "together")
c = ngettext("%(n)s post", "%(n)s posts", 2)
d = pgettext_lazy("button", "Post")
e = other("not a text")
f = _(variable)
g = later("by another name")
"""
    assert list(translations.in_python(code)) == [
        "plain",
        "joined together",
        ("%(n)s post", "%(n)s posts"),
        "button\x04Post",
        "by another name",
    ]


def test_texts_of_templates() -> None:
    text = """
      {% load i18n %}
    <p title="{% translate 'a title' %}">{{ x|default:_("nothing yet") }}</p>
  {% translate "May" context "month" %}
      {% blocktranslate count n=posts|length trimmed %}
        {{ n }} post
        of {{ name }}
      {% plural %}
        {{ n }} posts
        of {{ name }}
      {% endblocktranslate %}
    {# a note: _("not this") #}
    {% blocktranslate %}100 % "sure"{% endblocktranslate %}
    """
    assert set(translations.in_template(text, "x.html")) == {
        "a title",
        "nothing yet",
        "month\x04May",
        ("%(n)s post of %(name)s", "%(n)s posts of %(name)s"),
        '100 %% "sure"',
    }


@pytest.mark.parametrize(
    ("case", "key", "text", "problem"),
    [
        ("complete", "Save", "Simpan", None),
        ("missing", "Save", "", "missing: 'Save' in a.html"),
        ("placeholder lost", "%(n)s left", "tersisa", "placeholders differ"),
        ("placeholder misspelt", "Hello {name}", "Halo {nama}", "placeholders differ"),
        ("order may change", "%(a)s of %(b)s", "%(b)s, %(a)s", None),
        ("a per cent sign", "100 %%", "100 %%", None),
        ("plural", ("%(n)s post", "%(n)s posts"), "%(n)s kiriman", None),
        ("plural without its number", ("one post", "%(n)s posts"), "kiriman", "placeholders differ"),
    ],
)
def test_problems(case: str, key: translations.Key, text: str, problem: str | None) -> None:
    found = translations.problems({key: ["a.html"]}, Merged({key: text} if text else {}))
    assert (found == []) if problem is None else (problem in found[0]), case


def test_what_is_compiled_is_what_gettext_reads() -> None:
    from babel.messages.mofile import write_mo

    found: dict[translations.Key, list[str]] = {
        "Save": ["a.html"],
        ("%(n)s post", "%(n)s posts"): ["a.html"],
        "month\x04May": ["a.html"],
    }
    texts: dict[translations.Key, str] = {
        "Save": "Simpan",
        ("%(n)s post", "%(n)s posts"): "%(n)s kiriman",
        "month\x04May": "Mei",
    }
    output = io.BytesIO()
    write_mo(output, translations.catalogue(found, texts))
    output.seek(0)
    read = gettext.GNUTranslations(output)
    assert read.gettext("Save") == "Simpan"
    assert [read.ngettext("%(n)s post", "%(n)s posts", n) for n in (0, 1, 2)] == ["%(n)s kiriman"] * 3
    assert read.pgettext("month", "May") == "Mei"


def test_the_file_does_not_change_by_being_written_again() -> None:
    found: dict[translations.Key, list[str]] = {"B": ["b.py", "a.py"], "A": ["a.py"]}
    first = translations.po_bytes(translations.catalogue(found, {"A": "a"}))
    again = translations.po_bytes(translations.catalogue(dict(reversed(found.items())), {"A": "a"}))
    assert first == again
    assert b"Date" not in first and b"nplurals=1" in first
    assert first.index(b'msgid "A"') < first.index(b'msgid "B"')


def test_two_rooms_that_disagree_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class One:
        ID = {"Post": "Kiriman"}

    class Two:
        ID = {"Post": "Unggahan"}

    modules = {"one.i18n_id": One, "two.i18n_id": Two}
    monkeypatch.setattr(translations, "packages", lambda: ["one", "two"])
    monkeypatch.setattr(translations, "find_spec", lambda name: True)
    monkeypatch.setattr(translations, "import_module", modules.__getitem__)
    merged = translations.dictionaries()
    assert merged.texts == {"Post": "Kiriman"}
    assert merged.conflicts == ["two.i18n_id: 'Post' is 'Unggahan' here and 'Kiriman' elsewhere"]


def test_one_english_text_has_one_indonesian_text() -> None:
    assert translations.dictionaries().conflicts == []


def test_every_template_of_the_project_can_be_read() -> None:
    from django.conf import settings

    for path in translations.source_files():
        if path.suffix != ".py":
            list(translations.in_template(Path(path).read_text(), str(path.relative_to(settings.BASE_DIR))))
