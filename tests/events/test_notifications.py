"""People are told once, in their language, in the way they chose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.translation import gettext_lazy

from krm import events
from krm.events import notifications, tasks
from krm.events.models import Notification
from krm.events.texts import Text

KIND = "test.news"


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    events.register_kind(KIND, "News", areas=["staff", "portal"])
    yield
    del notifications._kinds[KIND]


def tell(*users: Any, key: str = "k1", **fields: Any) -> None:
    events.notify(
        KIND, users, title=fields.pop("title", "Offer answered"), url="/settings/profile/", key=key, **fields
    )


def settle() -> None:
    Notification.objects.update(created_at=timezone.now() - timedelta(minutes=11))


def test_the_same_key_tells_once(staff: Any) -> None:
    user = staff()
    tell(user)
    tell(user)
    assert Notification.objects.filter(user=user).count() == 1


def test_everybody_reads_their_own_language(staff: Any) -> None:
    english, indonesian = staff(), staff(language="id")
    tell(english, indonesian, title=gettext_lazy("Log in"))
    titles = dict(Notification.objects.values_list("user_id", "title"))
    assert titles[english.pk] == "Log in"
    assert titles[indonesian.pk] != ""


def test_an_unknown_kind_is_a_mistake(staff: Any) -> None:
    with pytest.raises(LookupError, match="register it"):
        events.notify("test.unknown", [staff()], title="x", key="k")


def test_page_bell_and_reading(client_for: Any, staff: Any) -> None:
    user, other = staff(), staff()
    tell(user, other)
    browser = client_for(user)
    note = Notification.objects.get(user=user)
    assert ">1<" in browser.get("/notifications/bell/").content.decode()
    assert "Offer answered" in browser.get("/notifications/").content.decode()
    assert browser.post(f"/notifications/{note.pk}/open/")["Location"] == "/settings/profile/"
    assert ">1<" not in browser.get("/notifications/bell/").content.decode()
    assert Notification.objects.get(user=other).read_at is None


def test_nobody_reads_the_note_of_another(client_for: Any, staff: Any) -> None:
    user = staff()
    tell(user)
    note = Notification.objects.get()
    client_for(staff()).post(f"/notifications/{note.pk}/open/")
    note.refresh_from_db()
    assert note.read_at is None


@pytest.mark.parametrize(
    ("in_app", "email", "rows", "mails"),
    [(True, True, 1, 1), (True, False, 1, 0), (False, True, 0, 1), (False, False, 0, 0)],
)
def test_choices_are_kept(
    client_for: Any, staff: Any, in_app: bool, email: bool, rows: int, mails: int
) -> None:
    user = staff()
    chosen = {"in_app": [KIND] if in_app else [], "email": [KIND] if email else []}
    client_for(user).post("/settings/notifications/", chosen)
    tell(user)
    settle()
    tasks.send_digests()
    assert Notification.objects.visible_to(user).count() == rows
    assert len(mail.outbox) == mails


def test_a_digest_gathers_what_is_unread_once(staff: Any) -> None:
    user, reader = staff(), staff()
    tell(user, reader, key="k1", title="First")
    tell(user, reader, key="k2", title="Second")
    notifications.mark_read(reader)
    tasks.send_digests()
    assert mail.outbox == [], "it has not settled yet"
    settle()
    tasks.send_digests()
    tasks.send_digests()
    assert [m.to for m in mail.outbox] == [[user.email]]
    assert mail.outbox[0].subject == "KRM: 2 new messages"
    assert "First" in mail.outbox[0].body
    assert "Second" in mail.outbox[0].body


def test_a_mail_server_that_is_down_loses_nothing(staff: Any, settings: Any) -> None:
    tell(staff())
    settle()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    tasks.send_digests()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.send_digests()
    assert len(mail.outbox) == 1


def test_guests_choose_what_concerns_them(make_user: Any) -> None:
    kinds = {entry["kind"] for entry in notifications.preferences_of(make_user("creator"))}
    assert KIND in kinds
    about_creators = {kind for kind in kinds if kind.startswith("creators.")}
    assert about_creators == {"creators.consent_ended", "creators.consent_ending"}, (
        "their own connections only"
    )
    assert KIND not in {entry["kind"] for entry in notifications.preferences_of(make_user("client_viewer"))}


def test_over_rest(api_for: Any, staff: Any) -> None:
    user = staff()
    tell(user)
    api = api_for(user)
    note = api.get("/api/v1/notifications?unread=true").json()["results"][0]
    assert api.post(f"/api/v1/notifications/{note['id']}/read").json()["id"] == note["id"]
    assert api.get("/api/v1/notifications?unread=true").json()["results"] == []
    answer = api.post("/api/v1/notifications/choose", {"kind": KIND, "in_app": False, "email": False}).json()
    assert {"kind": KIND, "label": "News", "in_app": False, "email": False} in answer


def test_a_moment_is_written_in_the_readers_words(staff: Any) -> None:
    english, indonesian = staff(), staff(language="id")
    moment = datetime(2026, 8, 23, 0, 38, tzinfo=UTC)
    tell(english, indonesian, text=Text(gettext_lazy("You may publish it on %(date)s."), date=moment))
    assert dict(Notification.objects.values_list("user_id", "text")) == {
        english.pk: "You may publish it on 23 Aug 2026, 07:38.",
        indonesian.pk: "Anda boleh menayangkannya pada 23 Agu 2026, 07:38.",
    }
