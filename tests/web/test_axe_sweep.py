"""The main pages of every side in a real browser, wide and on a phone: axe, console, sideways scrolling."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.security.world import build, declared

pytestmark = pytest.mark.django_db(transaction=True)

STAFF = (
    "web:home", "creators:list", "creators:detail", "creators:scores_tab", "creators:import", "creators:connectors",
    "campaigns:list", "campaigns:detail", "campaigns:shortlist_tab", "campaigns:budget_tab", "campaigns:calendar",
    "campaigns:partnership_detail", "campaigns:agreement_detail", "campaigns:deliverable_detail",
    "briefs:campaign_brief", "briefs:queue", "briefs:draft", "briefs:assets", "payments:home",
    "payments:invoice_detail", "payments:payees", "payments:ledger", "payments:policy", "reporting:list",
    "reporting:campaign_results", "accounts:people", "accounts:security",
)  # fmt: skip
PORTAL = (
    "web:home", "campaigns:portal_partnership", "campaigns:portal_agreement", "briefs:portal_brief",
    "briefs:portal_content", "payments:portal_invoices", "payments:portal_invoice_detail", "payments:portal_payee",
)  # fmt: skip
CLIENT = (
    "web:home", "campaigns:client_campaign", "campaigns:client_shortlist", "briefs:client_draft",
    "reporting:client_report",
)  # fmt: skip

# The innermost element that reaches past the screen's edge and is not inside one that scrolls by itself.
WIDEST = """() => {
  const free = (el) => !el.parentElement?.closest('.table-scroll, [popover]') && el.getBoundingClientRect().right > innerWidth + 1;
  const found = [...document.body.querySelectorAll('*')].filter(free);
  return found.filter((el) => !found.some((other) => other !== el && el.contains(other))).map((el) => el.outerHTML.slice(0, 160));
}"""


def test_main_pages(new_page: Any, login: Any, server: str) -> None:
    """One test, so that the world is built and the browser opened once; it lists every fault of every page."""
    from tests.browser import violations

    world, routes = build(), declared()
    assert not world.errors, "\n".join(world.errors.values())
    faults: list[str] = []
    for role, names in (("administrator", STAFF), ("creator", PORTAL), ("client_approver", CLIENT)):
        page = new_page()
        user = world.a.users[role]
        if role == "creator":  # the portal is read in Bahasa Indonesia
            type(user).objects.filter(pk=user.pk).update(language="id")
        login(page, user)
        for name in names:
            _, route = routes[name]
            page.krm_console.clear()
            page.set_viewport_size({"width": 1440, "height": 900})
            answer = page.goto(server + reverse(name, kwargs=route.url_kwargs(world.a, role)) + route.query)
            if answer.status != 200:
                faults.append(f"{name} as {role}: {answer.status}")
                continue
            expect(page.locator("[data-panel] > .skeleton")).to_have_count(0)
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                where = f"{name} as {role} at {width}"
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    faults.append(f"{where}: scrolls sideways because of {page.evaluate(WIDEST)}")
                faults += [f"{where}: {fault}" for fault in violations(page)]
            faults += [f"{name} as {role}: {line}" for line in page.krm_console]
    assert not faults, "\n".join(faults)
