"""Custom fields: typed, checked, filtered, in every door; and tasks about creators."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.http import urlencode
from django.utils.timezone import localdate
from hypothesis import given, settings
from hypothesis import strategies as st

from creators import discovery, people, todos
from creators.custom import fields, values
from creators.models import Creator, CreatorTask, CustomField, FieldKind
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from tests.creators.factories import CreatorFactory

KINDS = {
    "text": ("  a  b ", "a b"), "number": ("1.250,5", 1250.5), "date": ("31/01/2026", "2026-01-31"),
    "boolean": ("ya", True), "choice": ("GOLD", "Gold"), "choices": ("silver, gold", ["Gold", "Silver"]),
    "url": ("example.com/kit", "https://example.com/kit"),
}  # fmt: skip
WRONG = {
    "number": "twelve", "date": "2026-13-01", "boolean": "maybe", "choice": "Tin", "choices": "Gold, Tin", "url": "not a page",
}  # fmt: skip


def make(kind: str, admin: Any, **extra: Any) -> CustomField:
    options = ["Gold", "Silver"] if kind in ("choice", "choices") else []
    return fields.create_field(by=admin, label=f"My {kind}", kind=kind, options=options, **extra)


@pytest.mark.parametrize("kind", FieldKind.values)
def test_a_value_of_each_kind_is_read_and_kept(kind: str, admin_user: Any) -> None:
    field = make(kind, admin_user)
    assert field.key == f"my_{kind}"
    given_, kept = KINDS[kind]
    creator = fields.set_values(CreatorFactory(), {field.key: given_}, by=admin_user)
    assert creator.custom == {field.key: kept}
    assert values.clean_value(field, kept) == kept  # what is kept can be given again
    if kind in WRONG:
        with pytest.raises(ValidationError) as refusal:
            fields.set_values(creator, {field.key: WRONG[kind]}, by=admin_user)
        assert list(refusal.value.message_dict) == [f"custom_{field.key}"]
    creator = fields.set_values(creator, {field.key: ""}, by=admin_user)
    assert creator.custom == {}


@given(
    st.one_of(
        st.text(max_size=30),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
        st.lists(st.text(max_size=8)),
    )
)
@settings(max_examples=80)
def test_cleaning_is_idempotent_or_refuses(value: Any) -> None:
    for kind in FieldKind.values:
        field = CustomField(
            key="k", label="K", kind=kind, options=["Gold"] if kind in ("choice", "choices") else []
        )
        try:
            kept = values.clean_value(field, value)
        except ValidationError:
            continue
        assert values.clean_value(field, kept) == kept


def test_filters_find_by_value(admin_user: Any) -> None:
    for kind in FieldKind.values:
        make(kind, admin_user)
    hit = CreatorFactory(custom={f"my_{kind}": kept for kind, (_given, kept) in KINDS.items()})
    CreatorFactory(
        custom={"my_number": 5, "my_date": "2025-01-01", "my_boolean": False, "my_choice": "Silver"}
    )
    CreatorFactory()
    asked = {
        "custom_my_text": "A B", "custom_my_number_min": "1000", "custom_my_date_after": "2026-01-01",
        "custom_my_boolean": "yes", "custom_my_choice": "Gold", "custom_my_choices": "Silver", "custom_my_url": "kit",
    }  # fmt: skip
    for name, value in asked.items():
        found = discovery.CreatorFilter(
            QueryDict(urlencode({name: value})), Creator.objects.all(), request=RequestFactory().get("/")
        )
        assert [c.pk for c in found.qs] == [hit.pk], name
    both = discovery.CreatorFilter(
        {"custom_my_number_max": "10", "custom_my_boolean": "no"},
        Creator.objects.all(),
        request=RequestFactory().get("/"),
    )
    assert len(both.qs) == 1


def test_only_administrators_define(admin_user: Any, staff: Any) -> None:
    with pytest.raises(Denied):
        fields.create_field(by=staff(), label="Shoe size", kind="number")
    field = make("choice", admin_user)
    CreatorFactory(custom={field.key: "Gold"})
    with pytest.raises(ValidationError, match="in use"):
        fields.update_field(field, by=admin_user, options=["Silver"])
    with pytest.raises(ValidationError):
        fields.update_field(field, by=admin_user, kind="text")
    with pytest.raises(ValidationError, match="key"):
        make("choice", admin_user)
    fields.archive_field(field, by=admin_user)
    assert fields.live_fields() == []
    with pytest.raises(Conflict):
        fields.archive_field(field, by=admin_user)
    fields.restore_field(field, by=admin_user)
    assert fields.live_fields() == [field]


def test_pages_and_api_ask_for_required_fields(
    admin_user: Any, client_for: Any, api_for: Any, portal_user: Any
) -> None:
    make("choice", admin_user, required=True)
    browser = client_for(admin_user)
    page = browser.post("/creators/add/", {"name": "Rani"})
    assert page.status_code == 422 and not Creator.objects.exists()
    assert browser.post("/creators/add/", {"name": "Rani", "custom_my_choice": "Gold"}).status_code == 302
    rani = Creator.objects.get()
    assert rani.custom == {"my_choice": "Gold"}
    shown = browser.get(f"/creators/{rani.pk}/edit/").content.decode()
    assert 'value="Gold" selected' in shown
    api = api_for(admin_user)
    assert api.post("/api/v1/creators", {"name": "Sari"}, format="json").status_code == 400
    made = api.post("/api/v1/creators", {"name": "Sari", "custom": {"my_choice": "silver"}}, format="json")
    assert made.json()["custom"] == {"my_choice": "Silver"}
    guest = api_for(portal_user(rani))
    assert "custom" not in guest.get(f"/api/v1/creators/{rani.pk}").json()
    listed = browser.get("/creators/?export=csv&custom_my_choice=Gold")
    assert b"Rani" in b"".join(listed.streaming_content) if listed.streaming else listed.content
    for address in (
        "/creators/fields/",
        "/creators/fields/add/",
        f"/creators/fields/{CustomField.objects.get().pk}/",
    ):
        assert browser.get(address).status_code == 200


def test_a_task_from_adding_to_done(admin_user: Any, staff: Any, client_for: Any) -> None:
    creator, mate = CreatorFactory(), staff()
    today = localdate()
    task = todos.add_task(creator, by=admin_user, title="Ask for the media kit", due_on=today, assignee=mate)
    assert Notification.objects.get(kind="creators.task_given").user == mate
    assert todos.remind(today) == 1
    assert todos.remind(today) == 0  # the same day tells once
    assert todos.remind(today + timedelta(days=8)) == 1  # late: once a week
    browser = client_for(mate)
    assert "Ask for the media kit" in browser.get("/creators/tasks/mine/").content.decode()
    assert "Ask for the media kit" in browser.get(f"/creators/{creator.pk}/tasks/").content.decode()
    assert browser.post(f"/creators/tasks/{task.pk}/done/").status_code == 302
    task.refresh_from_db()
    assert task.done_by == mate
    with pytest.raises(Conflict):
        todos.finish_task(task, by=mate)
    todos.reopen_task(task, by=mate)
    todos.update_task(task, by=mate, title="Ask again", assignee=admin_user)
    todos.delete_task(task, by=mate)
    assert not CreatorTask.objects.exists()
    names = list(
        Event.objects.filter(name__startswith="creators.task").order_by("pk").values_list("name", flat=True)
    )
    assert names == [f"creators.task_{n}" for n in ("added", "done", "reopened", "changed", "deleted")]


@pytest.mark.parametrize(
    "bad", [{"title": " "}, {"title": "x" * 201}, {"title": "x", "due_on": date(1990, 1, 1)}]
)
def test_a_task_says_what_is_wrong(bad: dict[str, Any], admin_user: Any) -> None:
    with pytest.raises(ValidationError):
        todos.add_task(CreatorFactory(), by=admin_user, **bad)


def test_the_verb_checks_custom_values(admin_user: Any) -> None:
    make("number", admin_user)
    creator = people.create_creator(by=admin_user, name="Rani", custom={"my_number": "12"})
    assert creator.custom == {"my_number": 12}
    with pytest.raises(ValidationError, match="no such field"):
        people.update_creator(creator, by=admin_user, custom={"other": 1})
