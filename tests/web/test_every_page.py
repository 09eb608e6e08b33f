"""Every page that the URL configuration knows, as each side sees it, in both languages.

The pages, who may open them and the objects they need come from the authorisation matrix, so a new page is looked
at here as soon as it is declared there (and it cannot stay undeclared).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.translation import trans_real

from tests.security.matrix import ROLES
from tests.security.world import World, build, declared, undone

# The one who sees most of each side; a page that they do not have is opened by somebody who has it.
EYES = ("administrator", "creator", "client_approver", "campaign_manager", "finance", "talent_manager")
ROUTES = declared()
PAGES = sorted(
    (name, role)
    for name, (_, route) in ROUTES.items()
    if not name.startswith("api:") and name != "events:stream" and route.GET  # the stream is no page
    for role in (
        [eye for eye in EYES[:3] if eye in route.GET] or [r for r in (*EYES, *ROLES) if r in route.GET]
    )[:3]
)
# Pages that send on: what they are about decides, and the small world has nothing for them to show.
SENT_ON = {
    "creators:portal_connect_answer": "the platform's answer leads back to the profile",
    "creators:portal_connect_go": "leads to the platform, or back with the reason",
    "creators:safety_next": "opens the next flag of the queue",
    "web:portal_root": "the portal begins at the home page",
    "web:room_root": "the client room begins at the home page",
    "accounts:confirm": "the login was confirmed a moment ago",
    "reporting:go": "a tracking link",
    "creators:portal_profiles": "a creator has one profile, so it is opened",
    "creators:account": "an account is shown in its creator's page",
}
# Other than 200, on purpose.
ANSWERS = {"operations:readyz": 503}
# English that no catalogue holds: words of the trade, names of people, brands, files and formats.
ENGLISH = re.compile(
    r"\b(the|and|with|your|you|this|these|that|are|not|from|has|have|when|will|cannot|can|of|for|is|was|yet|no one|"
    r"add|edit|save|cancel|delete|choose|show|please|every|each|none)\b",
    re.IGNORECASE,
)
# What people wrote, the law's own words and names of places stay as they are.
WRITTEN = {
    "accounts:profile": ("America/Port of Spain", "Europe/Isle of Man"),
    "payments:policy": ("article",),
    "reporting:rates": ("Midpoint of",),  # where a rate comes from
}
BY_PEOPLE = {
    "creators:safety_pack",  # the words that are looked for
    "creators:score_card",  # a document in English, and the page says so
    "briefs:brief_edit", "briefs:campaign_brief", "briefs:portal_brief", "briefs:version",
    "events:notifications",  # written in the language that the reader had when it happened
}  # fmt: skip
OWN_LANGUAGE = {"creators:shared_profile"}  # the link says which
UNSEEN = {"exact"}  # a lookup that django-filter names and no page shows
LEFTOVER = re.compile(
    r"\{\{|\{%|%\(\w+\)[sd]|^None$|\bundefined\b|\bNaN\b|&lt;(?:span|a|b|p)\b|datetime\.|Decimal\("
)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = ("aria-label", "placeholder", "title", "alt")


class Words(HTMLParser):
    """What a person reads or hears of a page, and a few counts."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.count: dict[str, int] = {}
        self.language = ""
        self.empty_headings: int = 0
        self._heading = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        given = dict(attrs)
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag == "th":
            self._heading = ""
        self._heading += given.get("aria-label") or ""
        self.texts += [value for name in SPOKEN if (value := given.get(name))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "th" and not self._heading.strip():
            self.empty_headings += 1
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._heading += data
        if not {"script", "style", "template", "code"} & set(self.open) and data.strip():
            self.texts.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@contextmanager
def looked_up() -> Iterator[set[str]]:
    """Every text that is asked for in Bahasa Indonesia meanwhile and that no catalogue has."""
    missing: set[str] = set()
    original = trans_real.DjangoTranslation.gettext

    def gettext(self: Any, message: str) -> str:
        found = self._catalog.get(message)
        if found is None and self.language() == "id":
            missing.add(message)
        return str(original(self, message))

    # DjangoTranslation inherits gettext; set here and taken away again, the inherited one is back.
    trans_real.DjangoTranslation.gettext = gettext  # type: ignore[method-assign]
    try:
        yield missing
    finally:
        del trans_real.DjangoTranslation.gettext


def look(world: World, name: str, role: str, language: str) -> tuple[Any, set[str]]:
    """The page as that role reads it, and the texts it asked for that have no translation."""
    _, route = ROUTES[name]
    url = reverse(name, kwargs=route.url_kwargs(world.a, role)) + route.query
    user = world.a.users[role]
    with undone(), looked_up() as missing:
        type(user).objects.filter(pk=user.pk).update(language=language)
        response = world.clients[role].get(url)
        for (
            close
        ) in response._resource_closers:  # not response.close(): that ends the database connection too
            close()
    return response, missing


def test_there_are_pages_of_every_side() -> None:
    """The list is made from the matrix; were it empty, everything below would pass."""
    assert len({name for name, _ in PAGES}) > 200
    assert {"administrator", "creator", "client_approver"} <= {role for _, role in PAGES}


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(("name", "role"), PAGES, ids=[f"{name}-{role}" for name, role in PAGES])
def test_page(world: World, name: str, role: str, language: str, settings: Any, tmp_path: Any) -> None:
    room, _ = ROUTES[name]
    if name == "local:mail":
        settings.LOCAL_MAIL_FOLDER = tmp_path  # what other tests sent was written by people
    assert room not in world.errors, world.errors.get(room)
    response, missing = look(world, name, role, language)
    if name in SENT_ON and response.status_code == 302:
        world.clients[role].get("/")  # shows what was said on the way, in the language it was said in
        return
    assert response.status_code == ANSWERS.get(name, 200), response.headers.get("Location", "")
    assert not missing - UNSEEN, f"no Bahasa Indonesia for {sorted(missing)}: say it in {room}/i18n_id.py"
    if response.streaming or not response.headers["Content-Type"].startswith("text/html"):
        return
    page = Words()
    page.feed(response.content.decode())
    if name in OWN_LANGUAGE:
        language = page.language
    # In English "None" is also a word of ours; in Bahasa Indonesia it can only be Python's.
    leftovers = [t for t in page.texts if LEFTOVER.search(t) and (t != "None" or language == "id")]
    assert not leftovers, f"meant for the machine: {leftovers}"
    assert not page.empty_headings, "a column heading without a word; a screen reader reads nothing there"
    if language == "id":
        expected = WRITTEN.get(name, ())
        english = [
            text
            for text in page.texts
            if ENGLISH.search(text) and name not in BY_PEOPLE and not any(part in text for part in expected)
        ]
        assert not english, f"still English: {english}"
    if "html" not in page.count:
        return  # a fragment, a dialog
    assert page.language == language
    assert page.count.get("h1") == 1, f"{page.count.get('h1', 0)} headings of the first order"
    assert page.count.get("main") == 1
    assert page.count.get("title") == 1
