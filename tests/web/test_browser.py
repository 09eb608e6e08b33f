"""The furniture in a real browser: silent console under the strict CSP, axe, keyboard, dialogs, board, calendar."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from krm.web.models import Job
from tests.creators.factories import CreatorFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(make_user: Any) -> Any:
    return make_user("administrator", all_teams=True, name="Wita Ebi")


def make_jobs(person: Any, number: int) -> None:
    Job.objects.bulk_create(
        Job(kind="test", title=f"Job {i:03}", by=person, total=i, state="queued") for i in range(number)
    )


def see_everything(page: Any) -> None:
    """Scroll through, so that charts below the fold are drawn."""
    page.evaluate("""async () => {
        for (let y = 0; y < document.body.scrollHeight; y += 500) {
            scrollTo(0, y); await new Promise((done) => setTimeout(done, 40));
        }
        scrollTo(0, 0);
    }""")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_style_page(
    theme: str,
    width: str,
    new_page: Any,
    login: Any,
    server: str,
    person: Any,
    assert_accessible: Any,
    console_clean: Any,
) -> None:
    person.theme = theme
    person.save(update_fields=["theme"])
    page = new_page(phone=width == "narrow")
    login(page, person)
    page.goto(server + "/style/")
    see_everything(page)
    expect(page.locator("krm-chart[ready]")).to_have_count(4)
    page.wait_for_selector("krm-calendar .fc-event, krm-calendar .fc-list-event")
    assert page.locator("krm-chart[failed]").count() == 0
    assert page.locator("krm-chart canvas").count() == 4
    assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert_accessible(page)
    console_clean(page)


def test_list_by_keyboard_and_pointer(
    page: Any, login: Any, server: str, person: Any, assert_accessible: Any, console_clean: Any
) -> None:
    make_jobs(person, 60)
    login(page, person)
    page.goto(server + "/jobs/")
    assert page.locator("tbody tr").count() == 50
    page.click("a[rel=next]")
    expect(page.locator("tbody tr")).to_have_count(10)
    assert "after=" in page.url
    with page.expect_event("load"):  # going back asks the server again: rows may have changed
        page.evaluate("history.back()")
    expect(page.locator("tbody tr")).to_have_count(50)

    page.keyboard.press("/")
    page.keyboard.type("job 05")
    expect(page.locator("tbody tr")).to_have_count(11)
    assert "q=job" in page.url
    assert page.evaluate("document.activeElement.id") == "list-q"
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("tr.is-current").inner_text().startswith("Job 058")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:text('Job 059')")
    assert_accessible(page)
    console_clean(page)


def test_list_on_a_phone(
    phone: Any, login: Any, server: str, person: Any, assert_accessible: Any, console_clean: Any
) -> None:
    make_jobs(person, 3)
    login(phone, person)
    phone.goto(server + "/jobs/")
    assert phone.locator("tbody tr").count() == 3
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.click("button[data-rail-toggle]")
    phone.wait_for_selector("#rail a:visible")
    assert_accessible(phone)
    phone.keyboard.press("Escape")
    assert_accessible(phone)
    console_clean(phone)


def test_tabs_that_do_not_fit_are_in_a_menu(
    phone: Any, page: Any, login: Any, server: str, person: Any, assert_accessible: Any, console_clean: Any
) -> None:
    creator = CreatorFactory()
    login(phone, person)
    phone.goto(f"{server}/creators/{creator.pk}/")
    more = phone.get_by_label("More sections")
    expect(more).to_be_visible()
    more.focus()
    phone.keyboard.press("Enter")
    menu = phone.locator(".tabs-more .menu-body")
    expect(menu.get_by_role("link", name="Timeline")).to_be_visible()
    expect(menu.get_by_role("link", name="Overview")).to_have_count(0)
    assert_accessible(phone)
    phone.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(more).to_be_focused()
    phone.keyboard.press("Enter")
    for _step in range(20):  # arrows walk through the entries
        phone.keyboard.press("ArrowDown")
        if phone.evaluate("document.activeElement.textContent") == "Timeline":
            break
    phone.keyboard.press("Enter")
    expect(phone.locator("#timeline")).to_be_visible()
    tab = phone.get_by_role("navigation", name="Sections").get_by_role("link", name="Timeline")
    expect(tab).to_have_attribute("aria-current", "page")
    expect(tab).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    console_clean(phone)
    # the way back by address keeps the open tab in sight; on a wide page nothing is hidden
    phone.goto(f"{server}/creators/{creator.pk}/?tab=client")
    expect(
        phone.get_by_role("navigation", name="Sections").get_by_role("link", name="For clients")
    ).to_be_in_viewport()
    login(page, person)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{server}/creators/{creator.pk}/")
    expect(page.get_by_role("link", name="History", exact=True)).to_be_visible()
    expect(page.get_by_label("More sections")).to_be_hidden()
    page.get_by_label("More actions").click()
    expect(page.get_by_role("link", name="Block")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Block")).to_be_hidden()
    console_clean(page)


def test_palette_shortcuts_theme_and_language(
    page: Any, login: Any, server: str, person: Any, assert_accessible: Any, console_clean: Any
) -> None:
    login(page, person)
    page.goto(server + "/jobs/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#krm-palette[open]")
    page.keyboard.type("repor")
    page.wait_for_selector("#palette-results [aria-selected=true]")
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("#krm-palette:not([open])", state="attached")
    page.keyboard.press("?")
    page.wait_for_selector("#krm-shortcuts[open]")
    assert_accessible(page)
    page.keyboard.press("Escape")
    page.click(".rail .account-menu summary")
    page.click(".rail button[value=dark]")
    page.wait_for_selector("html[data-bs-theme=dark]")
    page.click(".rail button[name=language][value=id]")
    page.wait_for_selector("html[lang=id]")
    console_clean(page)


def test_dialog_form_confirm_and_toasts(
    page: Any, login: Any, server: str, person: Any, assert_accessible: Any, console_clean: Any
) -> None:
    login(page, person)
    page.goto(server + "/style/")
    page.click("text=Open dialog")
    page.wait_for_selector("#krm-dialog[open] input[name=name]")
    assert_accessible(page)
    page.fill("#krm-dialog input[name=name]", "conflict")
    page.fill("#krm-dialog input[name=budget]", "5")
    page.click("#krm-dialog .btn-primary")
    page.wait_for_selector("#krm-dialog :text('accepted already')")
    assert page.input_value("#krm-dialog input[name=name]") == "conflict"
    page.fill("#krm-dialog input[name=name]", "fine")
    page.click("#krm-dialog .btn-primary")
    page.wait_for_selector(".toast-success")

    page.click("text=Asks first")
    page.wait_for_selector("#krm-dialog[open] .dialog-foot")
    assert_accessible(page)
    page.click("#krm-dialog .btn-ghost")
    assert not page.locator("#krm-dialog[open]").count()
    console_clean(page)


def test_board_moves_by_menu_and_puts_back_what_is_refused(
    page: Any, login: Any, server: str, person: Any, assert_accessible: Any
) -> None:
    login(page, person)
    page.goto(server + "/style/")
    page.wait_for_selector("krm-board:defined")
    card = page.locator(".board-card[data-id='1']")
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-column=in_review] .board-card[data-id='1']")
    card.locator("summary").click()
    card.locator("button[value=approved]").click()
    page.wait_for_selector(".toast-error:has-text('Only a reviewer')")
    assert page.locator("[data-column=in_review] .board-card[data-id='1']").count() == 1

    page.locator(".board-card[data-id='2'] .card-title").drag_to(page.locator("[data-column=in_review]"))
    page.wait_for_selector("[data-column=in_review] .board-card[data-id='2']")
    page.locator(".board-card[data-id='2'] .meta").drag_to(page.locator("[data-column=approved]"))
    page.wait_for_selector("[data-column=in_review] .board-card[data-id='2']")
    assert_accessible(page)


def test_calendar_reverts_a_refused_move(page: Any, login: Any, server: str, person: Any) -> None:
    login(page, person)
    page.goto(server + "/style/")
    event = page.locator(".fc-event", has_text="@demo3")
    event.scroll_into_view_if_needed()
    before = event.locator("xpath=ancestor::td[@data-date]").get_attribute("data-date")
    first_day = page.locator("td.fc-daygrid-day").first
    event.drag_to(first_day)
    page.wait_for_selector(".toast-error:has-text('That day has passed')")
    assert event.locator("xpath=ancestor::td[@data-date]").get_attribute("data-date") == before


def test_a_panel_fails_alone_and_can_be_tried_again(page: Any, login: Any, server: str, person: Any) -> None:
    login(page, person)
    page.goto(server + "/style/")
    page.evaluate("""() => {
        const panel = document.querySelector("[data-broken]");
        panel.setAttribute("hx-get", "/style/panel/broken/");
        panel.setAttribute("hx-trigger", "load");
        htmx.process(panel);
    }""")
    page.wait_for_selector("[data-broken] [role=alert] button")
    assert page.locator("h1").inner_text() == "Style"


def test_pages_work_without_script(new_page: Any, login: Any, server: str, person: Any) -> None:
    make_jobs(person, 60)
    page = new_page(java_script_enabled=False)
    login(page, person)
    page.goto(server + "/jobs/?q=job")
    page.click("a[rel=next]")
    assert page.locator("tbody tr").count() == 10
    page.goto(server + "/jobs/")
    page.fill("#list-q", "job 059")
    page.press("#list-q", "Enter")
    assert page.locator("tbody tr").count() == 1


def test_error_pages(page: Any, login: Any, server: str, person: Any, assert_accessible: Any) -> None:
    login(page, person)
    page.goto(server + "/no/such/page/")
    assert_accessible(page)


def test_a_job_page_follows_a_real_worker(
    page: Any, login: Any, server: str, worker: Any, person: Any, assert_accessible: Any, console_clean: Any
) -> None:
    from celery import Celery
    from django.conf import settings

    job = Job.objects.create(kind="test.nobody_runs_this", title="Count the stars", by=person)
    login(page, person)
    page.goto(server + job.get_absolute_url())
    page.wait_for_selector("#job [data-state=queued]")
    with Celery(broker=settings.REDIS_URL, set_as_current=False) as outside:
        outside.send_task("web.run_job", args=[job.pk], queue="default", ignore_result=True)
    page.wait_for_selector("#job [data-state=failed]", timeout=20_000)
    assert "Something broke on our side" in page.locator("#job").inner_text()
    assert_accessible(page)
    console_clean(page)
