"""Two people at one form, one form sent twice, a login in between: nothing is lost, overwritten or done twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from campaigns.models import Campaign, Spend
from tests.campaigns.factories import make_campaign
from tests.creators.factories import CreatorFactory, RateCardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(team: Any, admin_user: Any) -> Campaign:
    made = make_campaign(by=admin_user)
    Campaign.objects.filter(pk=made.pk).update(summary="Before", budget=Decimal(200_000_000))
    return Campaign.objects.get(pk=made.pk)


def opened(browser: Any, url: str) -> dict[str, Any]:
    """What a browser would send back of the form as it is shown."""
    answer = browser.get(url)
    form = answer.context["form"]
    data = {bound.html_name: bound.value() for bound in form}
    sent = {
        name: bound.field.widget.format_value(bound.field.prepare_value(value))
        for (name, value), bound in zip(data.items(), form, strict=True)
    }
    sent = {k: (v[0] if isinstance(v, list) and v else "" if v in (None, []) else v) for k, v in sent.items()}
    return {**sent, "krm_seen": answer.context["krm_seen"]}


def test_what_somebody_else_saved_meanwhile_is_not_overwritten_unseen(
    campaign: Campaign, admin_user: Any, staff: Callable[..., Any], client_for: Callable[[Any], Any]
) -> None:
    url = reverse("campaigns:edit", args=[campaign.pk])
    mine, theirs = client_for(admin_user), client_for(staff("administrator", all_teams=True))
    sent, other = opened(mine, url), opened(theirs, url)
    other |= {"summary": "Theirs", "budget": "210.000.000"}
    assert theirs.post(url, other).status_code == 302

    answer = mine.post(url, {**sent, "name": "A new name", "budget": "205.000.000"})
    form = answer.context["form"]
    assert answer.status_code == 422 and form.errors.keys() == {"budget", "summary"}
    assert "210,000,000" in form.errors["budget"][0]
    assert form["budget"].value() == "205.000.000"  # typed: kept
    assert form["summary"].value() == "Theirs"  # not touched: theirs
    campaign.refresh_from_db()
    assert (campaign.summary, campaign.budget) == ("Theirs", Decimal(210_000_000))

    again = {**sent, "name": "A new name", "budget": "205.000.000", "summary": "Theirs"}
    assert mine.post(url, {**again, "krm_seen": answer.context["krm_seen"]}).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget, campaign.summary) == (
        "A new name", Decimal(205_000_000), "Theirs",
    )  # fmt: skip


def test_a_plain_mistake_does_not_hide_what_changed_meanwhile(
    campaign: Campaign, admin_user: Any, client_for: Callable[[Any], Any]
) -> None:
    url = reverse("campaigns:edit", args=[campaign.pk])
    browser = client_for(admin_user)
    sent = opened(browser, url)
    Campaign.objects.filter(pk=campaign.pk).update(summary="Theirs")
    answer = browser.post(url, {**sent, "name": "", "summary": "Mine"})
    assert answer.context["form"].errors.keys() == {"name"}
    answer = browser.post(url, {**sent, "summary": "Mine", "krm_seen": answer.context["krm_seen"]})
    assert answer.context["form"].errors.keys() == {"summary"}


def test_untouched_forms_and_equal_changes_are_no_conflict(
    campaign: Campaign, admin_user: Any, client_for: Callable[[Any], Any]
) -> None:
    url = reverse("campaigns:edit", args=[campaign.pk])
    browser = client_for(admin_user)
    sent = opened(browser, url)
    assert browser.post(url, sent).status_code == 302
    Campaign.objects.filter(pk=campaign.pk).update(summary="Same")
    assert browser.post(url, {**sent, "summary": "Same"}).status_code == 302


GUARDED = ["allocate", "kpis", "tiers"]


@pytest.mark.parametrize("name", GUARDED)
def test_every_guarded_form_comes_back_as_it_was(
    campaign: Campaign, admin_user: Any, client_for: Callable[[Any], Any], name: str
) -> None:
    url = reverse(f"campaigns:{name}", args=[campaign.pk])
    browser = client_for(admin_user)
    assert browser.post(url, opened(browser, url)).status_code == 302


def test_a_creator_and_a_rate_are_not_overwritten_unseen(
    admin_user: Any, client_for: Callable[[Any], Any]
) -> None:
    creator = CreatorFactory(city="Bandung", categories=["food", "travel"], languages=["id", "en"])
    card = RateCardFactory(creator=creator, price=Decimal(1_250_000))
    browser = client_for(admin_user)
    for url, changed, typed in (
        (reverse("creators:edit", args=[creator.pk]), lambda: type(creator).objects.update(city="Jakarta"), {"city": "Bogor"}),
        (reverse("creators:rate_edit", args=[card.pk]), lambda: type(card).objects.update(price=2), {"price": "1.500.000"}),
    ):  # fmt: skip
        assert browser.post(url, opened(browser, url)).status_code == 302  # nothing changed: no conflict
        sent = opened(browser, url)
        changed()
        answer = browser.post(url, {**sent, **typed})
        assert answer.status_code == 422 and answer.context["form"].errors.keys() == typed.keys()
        again = browser.post(url, {**sent, **typed, "krm_seen": answer.context["krm_seen"]})
        assert again.status_code == 302
    card.refresh_from_db()
    creator.refresh_from_db()
    assert (creator.city, card.price) == ("Bogor", 1_500_000)


def test_one_press_of_a_button_counts_once(campaign: Campaign, admin_user: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    url = reverse("campaigns:spend", args=[campaign.pk])

    def shown() -> dict[str, Any]:
        page = browser.get(url).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        return {
            "csrfmiddlewaretoken": token[1],
            "kind": "amplification",
            "amount": "1.000.000",
            "occurred_on": "2026-11-01",
            "note": "Boost",
        }

    first = shown()
    answers = [browser.post(url, first) for _time in range(2)]
    assert [a.status_code for a in answers] == [302, 302] and answers[0]["Location"] == answers[1]["Location"]
    assert Spend.objects.filter(campaign=campaign).count() == 1
    assert "already" in browser.get(answers[1]["Location"]).content.decode()
    browser.post(url, {**first, "note": "Another"})  # other values of the same page are another press
    browser.post(url, shown())  # and so is the same from a page opened anew
    assert Spend.objects.filter(campaign=campaign).count() == 3


def test_an_offer_with_its_lines_goes_out_once(campaign: Campaign, admin_user: Any) -> None:
    from django.utils import timezone

    from campaigns import negotiation
    from tests.campaigns.factories import make_creator

    partnership = negotiation.invite(campaign, by=admin_user, creator=make_creator())
    browser = Client()
    browser.force_login(admin_user)
    url = reverse("campaigns:offer_new", args=[partnership.pk])
    data = {
        "csrfmiddlewaretoken": "y" * 64,
        "expires_at": (timezone.localtime() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"),
        "exclusivity_days": "0", "rounds": "2", "draft": "1",
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0",
        "lines-0-what": "instagram:reel", "lines-0-quantity": "1", "lines-0-unit_price": "1.500.000",
    }  # fmt: skip
    assert [browser.post(url, data).status_code for _time in range(2)] == [302, 302]
    assert [offer.lines.get().unit_price for offer in partnership.offers.all()] == [Decimal(1_500_000)]
    bad = browser.post(url, data | {"lines-0-unit_price": "satu juta"})
    assert bad.status_code == 422 and "satu juta" in bad.content.decode()


def test_a_refused_press_may_be_pressed_again(campaign: Campaign, admin_user: Any) -> None:
    from django.core.cache import cache

    from krm.web import once

    browser = Client()
    browser.force_login(admin_user)
    url = reverse("campaigns:spend", args=[campaign.pk])
    data = {"csrfmiddlewaretoken": "x" * 64, "kind": "fees", "amount": "1", "occurred_on": "", "note": "n"}
    assert browser.post(url, data).status_code == 422
    data |= {
        "occurred_on": "2026-11-01",
        "amount": "999.999.999.999",
    }  # more than the budget: the verb refuses
    refused = browser.post(url, data)
    assert browser.post(url, data).status_code == refused.status_code
    request = refused.wsgi_request
    key = once.key_of(request)
    assert key
    cache.set(key, once.RUNNING, 60)
    answer = browser.post(url, data)
    assert answer.status_code == 422 and "being saved already" in answer.content.decode()


def test_a_post_without_a_login_leads_back_to_the_page_of_its_form(campaign: Campaign) -> None:
    there = campaign.get_absolute_url() + "?tab=budget"
    url = reverse("campaigns:move", args=[campaign.pk, "cancel"])
    answer = Client().post(url, headers={"referer": f"http://testserver{there}"})
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"next={there.replace('?', '%3F').replace('=', '%3D')}")
    for referrer in ("http://evil.example/x", "", "javascript:alert(1)"):
        answer = Client().post(url, headers={"referer": referrer})
        assert answer["Location"].endswith("next=/")


def test_an_expired_form_offers_the_page_it_stood_on(admin_user: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    url = reverse("campaigns:brand_new")
    answer = browser.post(url, {"name": "X"}, headers={"referer": f"http://testserver{url}"})
    assert answer.status_code == 403 and f'href="{url}"' in answer.content.decode()


def test_a_refusal_of_the_whole_form_marks_no_field() -> None:
    from django import forms
    from django.template.loader import render_to_string

    from krm.web.templatetags.krm import form_fields

    class Small(forms.Form):
        name = forms.CharField()

        seen = forms.IntegerField(widget=forms.HiddenInput)
        site = forms.URLField(max_length=20, assume_scheme="https")

    form = Small({"name": "x", "seen": "", "site": "https://krm.example"})
    form.add_error(None, "The month is closed.")
    text = render_to_string("web/parts/form_fields.html", {"form": form, "fields": []})
    assert "The month is closed." in text and "This field is required." in text and "marked" not in text

    form = Small({"name": "x", "seen": "1", "site": "no" * 20})
    text = str(form_fields(form))
    assert text.count("Enter a valid URL.") == 1 and "at most 20" not in text  # one message a field


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_is_there_again_after_a_login_in_between(
    page: Any, login: Any, server: str, make_user: Any, team: Any
) -> None:
    person = make_user("administrator", all_teams=True)
    login(page, person)
    page.goto(server + reverse("campaigns:brand_new"))
    page.fill("[name=name]", "Nada <b>Kopi")
    page.check("[name=genders][value=female]")
    session = next(c for c in page.context.cookies() if "session" in c["name"])
    page.context.clear_cookies(name=session["name"])
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/account/login/**")
    page.context.add_cookies([session])
    page.goto(server + reverse("campaigns:brand_new"))
    expect(page.locator("[name=name]")).to_have_value("Nada <b>Kopi")
    expect(page.locator("[name=genders][value=female]")).to_be_checked()

    page.locator("[name=team]").select_option(str(team.pk))
    page.evaluate(
        "() => { const f = document.querySelector('main form'); f.requestSubmit(); f.requestSubmit(); }"
    )
    page.wait_for_url(re.compile(r"/brands/\d+/$"))
    page.goto(server + reverse("campaigns:brand_new"))
    expect(page.locator("[name=name]")).to_have_value("")
