"""Areas, errors, history, preferences, palette, panels and tabs."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse

from krm.errors import Conflict, Denied
from krm.web import nav, palette, panels, tabs
from krm.web.forms import KrmForm
from krm.web.models import Job
from krm.web.pages import FormPage, verb_view

pytestmark = pytest.mark.django_db


def request_for(user: Any, method: str = "get", data: Any = None, **headers: Any) -> Any:
    request: Any = getattr(RequestFactory(), method)("/test/", data, **headers)
    request.user, request.session, request.htmx = user, {}, False
    request._messages = FallbackStorage(request)
    return request


def said(request: Any) -> list[str]:
    return [str(message) for message in get_messages(request)]


# Areas ------------------------------------------------------------------------------------------------------


def test_guests_do_not_learn_of_staff_pages(
    client: Any, client_for: Any, portal_user: Any, client_user: Any
) -> None:
    url = reverse("web:style")
    assert client.get(url).status_code == 302
    assert client_for(portal_user()).get(url).status_code == 404
    assert client_for(client_user()).get(url).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "creator", "client_viewer"])
def test_home_is_everybodys(role: str, make_user: Any, client_for: Any) -> None:
    assert client_for(make_user(role)).get("/").status_code == 200


def test_the_csp_allows_nothing_inline(client_for: Any, staff: Any) -> None:
    response = client_for(staff()).get(reverse("web:style"))
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";" and "unsafe" not in policy
    body = response.content.decode()
    assert " style=" not in body and "<style" not in body and " onclick" not in body
    assert "<script>" not in body


# Errors -----------------------------------------------------------------------------------------------------


def test_missing_page(client_for: Any, staff: Any, client: Any) -> None:
    for browser in (client_for(staff()), client):
        response = browser.get("/no/such/page/")
        assert response.status_code == 404 and "Page not found" in response.content.decode()
    assert client.get("/api/v1/no-such-thing/").headers["Content-Type"].startswith("application/problem+json")


def test_broken_page_needs_nothing(settings: Any) -> None:
    from krm.web.errors import broken

    response = broken(RequestFactory().get("/"))
    assert response.status_code == 500 and "Something broke" in response.content.decode()


def test_an_expired_form_says_so(admin_user: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user, backend="django.contrib.auth.backends.ModelBackend")
    response = strict.post(reverse("web:theme"), {"theme": "dark"})
    assert response.status_code == 403 and "expired" in response.content.decode()


# Forms and verbs --------------------------------------------------------------------------------------------


class NameForm(KrmForm):
    name = forms.CharField()


class NamePage(FormPage):
    form_class = NameForm
    title = "Name"
    success_url = "/done/"
    success_message = "Saved."
    refusal: Exception | None = None

    def save(self, form: Any) -> Any:
        if form.cleaned_data["name"] == "denied":
            raise Denied("Not yours.")
        if form.cleaned_data["name"] == "conflict":
            raise Conflict("It is signed already.")
        if form.cleaned_data["name"] == "field":
            raise ValidationError({"name": "Choose another.", "elsewhere": "Unknown place."})


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("denied", ["Not yours."]),
        ("conflict", ["It is signed already."]),
        ("field", ["Choose another.", "Unknown place."]),
        ("", ["This field is required."]),
    ],
)
def test_a_refusal_comes_back_on_the_form_with_what_was_typed(
    staff: Any, name: str, texts: list[str]
) -> None:
    response: Any = NamePage.as_view()(request_for(staff(), "post", {"name": name}))
    page = response.render().content.decode()
    assert response.status_code == 422
    assert f'value="{name}"' in page or not name
    for text in texts:
        assert text in page


def test_a_good_form_redirects_with_a_message(staff: Any) -> None:
    request = request_for(staff(), "post", {"name": "fine"})
    response = NamePage.as_view()(request)
    assert (response.status_code, response["Location"], said(request)) == (302, "/done/", ["Saved."])


def finish(job: Job, *, by: Any, **values: Any) -> Job:
    if job.title == "conflict":
        raise Conflict("It is over already.")
    if values.get("name") == "bad":
        raise ValidationError({"name": "No."})
    job.title = values.get("name", "finished")
    job.save(update_fields=["title"])
    return job


def test_verb_view(staff: Any) -> None:
    owner, other = staff(), staff()
    job = Job.objects.create(kind="t", title="open", by=owner)
    view = verb_view(Job, finish, area="staff", success="Finished.")

    request = request_for(owner, "post")
    response = view(request, pk=job.pk)
    assert (response.status_code, response["Location"], said(request)) == (
        302,
        job.get_absolute_url(),
        ["Finished."],
    )
    assert Job.objects.get().title == "finished"

    assert view(request_for(owner), pk=job.pk).status_code == 405
    with pytest.raises(Http404):
        view(request_for(other, "post"), pk=job.pk)


def test_verb_view_says_why_not(staff: Any) -> None:
    owner = staff()
    job = Job.objects.create(kind="t", title="conflict", by=owner)
    view = verb_view(Job, finish)

    request = request_for(owner, "post")
    view(request, pk=job.pk)
    assert said(request) == ["It is over already."]

    answer: Any = view(request_for(owner, "post", headers={"Accept": "application/json"}), pk=job.pk)
    assert (answer.status_code, answer.content) == (409, b'{"detail": "It is over already."}')


def test_verb_view_with_a_form(staff: Any) -> None:
    owner = staff()
    job = Job.objects.create(kind="t", title="open", by=owner)
    view = verb_view(Job, finish, form=NameForm, success=lambda done: f"Now {done.title}.")

    assert view(request_for(owner), pk=job.pk).status_code == 200
    assert view(request_for(owner, "post", {"name": "bad"}), pk=job.pk).status_code == 422
    request = request_for(owner, "post", {"name": "new"})
    view(request, pk=job.pk)
    assert said(request) == ["Now new."]


def test_next_never_leaves_this_host(staff: Any) -> None:
    job = Job.objects.create(kind="t", title="open", by=(owner := staff()))
    request = request_for(owner, "post", {"next": "https://evil.example/"})
    assert verb_view(Job, finish)(request, pk=job.pk)["Location"] == job.get_absolute_url()


# History ----------------------------------------------------------------------------------------------------


def test_history_says_who_changed_what(client_for: Any, admin_user: Any, staff: Any) -> None:
    from django.apps import apps

    from krm.web.pages import tracked

    found = [
        model for model in apps.get_models() if tracked(model) and model._meta.label == "creators.Creator"
    ]
    if not found:
        pytest.skip("creators are not tracked yet")
    creator = found[0].objects.create(name="Ayu")
    import pghistory

    with pghistory.context(user=admin_user.pk):
        creator.name = "Ayu Lestari"
        creator.save(update_fields=["name"])

    page = (
        client_for(staff())
        .get(reverse("web:history", args=["creators", "creator", creator.pk]))
        .content.decode()
    )
    assert admin_user.name in page and "<del>Ayu</del>" in page and "<ins>Ayu Lestari</ins>" in page


@pytest.mark.parametrize("path", ["accounts/user/1", "sessions/session/1", "no/such/1", "web/job/1"])
def test_history_of_what_has_none_is_missing(client_for: Any, staff: Any, path: str) -> None:
    assert client_for(staff("viewer")).get(f"/history/{path}/").status_code == 404


# Preferences ------------------------------------------------------------------------------------------------


def test_language_and_theme_stay_with_the_person(client_for: Any, staff: Any) -> None:
    user = staff()
    browser = client_for(user)
    browser.post(reverse("web:language"), {"language": "id"})
    browser.post(reverse("web:theme"), {"theme": "dark"})
    user.refresh_from_db()
    assert (user.language, user.theme) == ("id", "dark")
    page = browser.get("/").content.decode()
    assert '<html lang="id" data-theme="dark"' in page
    assert browser.post(reverse("web:theme"), {"theme": "neon"}).status_code == 400
    assert browser.post(reverse("web:language"), {"language": "xx"}).status_code == 400


def test_a_visitor_keeps_them_in_cookies(client: Any) -> None:
    response = client.post(reverse("web:language"), {"language": "id", "next": "//evil.example"})
    assert (response["Location"], response.cookies["django_language"].value) == ("/", "id")


# Palette, navigation, panels, tabs --------------------------------------------------------------------------


def test_palette_finds_pages_and_what_the_person_may_see(client_for: Any, staff: Any) -> None:
    owner, other = staff(), staff()
    Job.objects.create(kind="t", title="Import October", by=owner)
    palette.register_model("test.jobs", "Test jobs", Job, ["title"])
    try:
        assert (
            "Import October" in client_for(owner).get(reverse("web:palette"), {"q": "octo"}).content.decode()
        )
        assert (
            "Import October"
            not in client_for(other).get(reverse("web:palette"), {"q": "octo"}).content.decode()
        )
    finally:
        del palette._sources["test.jobs"]


def every_registered_name() -> list[tuple[str, str, int]]:
    found = []
    for place in nav._nav.places():
        found += [(f"nav {place}", item.url_name, len(item.args)) for item in nav._nav.get(place)]
    for place in tabs._tabs.places():
        found += [(f"tab {place}", tab.url_name, 1) for tab in tabs._tabs.get(place)]
    for place in panels._panels.places():
        arity = 0 if place in ("home", "portal.home", "client.home") else 1
        found += [(f"panel {place}", panel.url_name, arity) for panel in panels._panels.get(place)]
    return found


def test_every_tab_panel_and_navigation_item_has_a_page() -> None:
    missing = []
    for what, name, arity in every_registered_name():
        try:
            reverse(name, args=[1] * arity)
        except Exception as error:
            missing.append(f"{what}: {name}: {error}")
    assert missing == []


def test_every_asset_is_there() -> None:
    from krm.web.assets import FILES, NodeModulesFinder, source_of

    assert NodeModulesFinder().check() == []
    assert all(source_of(name) for name in FILES)
    assert (
        source_of("../package.json") is None
        and NodeModulesFinder().find("vendor/../../krm/settings.py") == []
    )
