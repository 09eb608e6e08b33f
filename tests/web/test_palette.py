"""The command palette finds what a person may see, in each area, and nothing of anybody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from campaigns.models import Deliverable
from creators.models import SocialAccount
from reporting import reports
from reporting.models import Report
from tests.payments.factories import Cast

pytestmark = pytest.mark.django_db


class Agency:
    """One KOL's work for one brand, each thing with a word of its own to be looked for."""

    def __init__(self, word: str, client_user: Any) -> None:
        self.word = word
        self.cast = cast = Cast([5_000_000], number=f"SPK-{word}")
        self.brand, self.campaign, self.creator = cast.campaign.brand, cast.campaign, cast.creator
        self.brand.name, self.campaign.name, self.creator.name = (
            f"{word} brand",
            f"{word} campaign",
            f"{word} creator",
        )
        for row in (self.brand, self.campaign, self.creator):
            row.save()
        self.account = SocialAccount.objects.filter(creator=self.creator).get()
        self.account.handle = f"{word}.handle"
        self.account.save()
        from creators.models import Creator

        Creator.objects.filter(pk=self.creator.pk).update(search_text=f"{word} creator {word}.handle")
        Deliverable.objects.filter(agreement=cast.agreement).update(title=f"{word} reel")
        self.deliverable = Deliverable.objects.get(agreement=cast.agreement)
        self.invoice = cast.submitted(number=f"INV-{word}")
        type(cast.payee).objects.filter(pk=cast.payee.pk).update(legal_name=f"{word} legal")
        self.report = Report.objects.create(
            campaign=self.campaign, title=f"{word} report", created_by=cast.manager
        )
        self.client = client_user(self.brand)

    def urls(self, area: str) -> dict[str, str]:
        if area == "portal":
            return {
                "profile": reverse("creators:portal_profile", args=[self.creator.pk]),
                "campaign": reverse("campaigns:portal_partnership", args=[self.cast.partnership.pk]),
                "content": reverse("campaigns:portal_deliverable", args=[self.deliverable.pk]),
                "invoice": reverse("payments:portal_invoice_detail", args=[self.invoice.pk]),
            }
        if area == "client":
            return {"campaign": reverse("campaigns:client_campaign", args=[self.campaign.pk])}
        rows = {
            "creator": self.creator, "brand": self.brand, "campaign": self.campaign, "partnership": self.cast.partnership,
            "agreement": self.cast.agreement, "deliverable": self.deliverable, "invoice": self.invoice,
            "payee": self.cast.payee, "report": self.report,
        }  # fmt: skip
        return {key: row.get_absolute_url() for key, row in rows.items()} | {
            "account": reverse("creators:account", args=[self.account.pk])
        }


@pytest.fixture
def agency(client_user: Any) -> Agency:
    return Agency("mangga", client_user)


@pytest.fixture
def other(client_user: Any) -> Agency:
    return Agency("durian", client_user)


@pytest.fixture
def find(client_for: Any) -> Any:
    def search(user: Any, term: str) -> str:
        answer = client_for(user).get(reverse("web:palette"), {"q": term})
        assert answer.status_code == 200
        return str(answer.content.decode())

    return search


def hits(page: str, urls: dict[str, str]) -> set[str]:
    return {key for key, url in urls.items() if f'href="{url}"' in page}


def test_an_administrator_finds_everything(agency: Agency, find: Any) -> None:
    everything = agency.urls("staff")
    assert hits(find(agency.cast.admin, "mangga"), everything) == set(everything)


def test_a_campaign_manager_finds_no_payees(agency: Agency, find: Any) -> None:
    everything = agency.urls("staff")
    assert hits(find(agency.cast.manager, "mangga"), everything) == set(everything) - {"payee"}


def test_a_reviewer_finds_no_money(agency: Agency, find: Any, staff: Any) -> None:
    reviewer = staff("reviewer", teams=[agency.cast.team])
    everything = agency.urls("staff")
    assert hits(find(reviewer, "mangga"), everything) == set(everything) - {"payee", "invoice"}


def test_another_teams_work_is_not_found(agency: Agency, other: Agency, find: Any) -> None:
    """Creators are the whole agency's; brands and all below them are a team's."""
    assert hits(find(agency.cast.manager, "durian"), other.urls("staff")) == {"creator", "account"}


def test_finance_finds_invoices_and_payees(agency: Agency, find: Any) -> None:
    assert {"invoice", "payee"} <= hits(find(agency.cast.finance, "mangga"), agency.urls("staff"))


@pytest.mark.parametrize("term", ["@mangga.handle", "MANGGA.HAN", "mangga.handle"])
def test_an_account_is_found_by_its_handle(agency: Agency, find: Any, term: str) -> None:
    assert "account" in hits(find(agency.cast.manager, term), agency.urls("staff"))


def test_an_account_without_a_creator_is_found_by_its_whole_handle(agency: Agency, find: Any) -> None:
    lone = SocialAccount.objects.create(platform="tiktok", handle="Rambutan_id", external_id="t1")
    page = find(agency.cast.manager, "@rambutan_id")
    assert reverse("creators:account", args=[lone.pk]) in page


def test_a_kol_finds_their_own_things_by_portal_addresses(agency: Agency, other: Agency, find: Any) -> None:
    own = agency.urls("portal")
    page = find(agency.cast.kol, "mangga")
    assert hits(page, own) == set(own)
    assert not hits(page, agency.urls("staff"))
    nothing = find(agency.cast.kol, "durian")
    assert not hits(nothing, other.urls("portal")) and not hits(nothing, other.urls("staff"))


def test_a_kol_whose_access_was_revoked_finds_nothing(agency: Agency, find: Any) -> None:
    from django.utils import timezone

    agency.cast.kol.creator_access.update(revoked_at=timezone.now())
    assert not hits(find(agency.cast.kol, "mangga"), agency.urls("portal"))


def test_a_kol_does_not_find_an_invitation_before_an_offer(agency: Agency, find: Any) -> None:
    from campaigns.models import Campaign, Partnership

    later = Campaign.objects.create(
        brand=agency.brand, name="mangga secret", code="MS", objective="awareness", state="active", owner=agency.cast.manager,
        starts_on=agency.campaign.starts_on, ends_on=agency.campaign.ends_on, budget=1,
    )  # fmt: skip
    Partnership.objects.create(campaign=later, creator=agency.creator, state="invited")
    assert "mangga secret" not in find(agency.cast.kol, "mangga")


def test_a_client_finds_their_campaigns_and_shared_reports_only(
    agency: Agency, other: Agency, find: Any
) -> None:
    page = find(agency.client, "mangga")
    assert hits(page, agency.urls("client")) == {"campaign"}
    assert not hits(page, agency.urls("staff")) and not hits(page, agency.urls("portal"))
    report = reverse("reporting:client_report", args=[agency.report.pk])
    assert report not in page
    shared = reports.share(reports.lock(agency.report, by=agency.cast.manager), by=agency.cast.manager)
    assert shared.state == "shared"
    assert report in find(agency.client, "mangga")
    assert "durian" not in find(agency.client, "durian brand").replace("“durian brand”", "")


def test_a_search_costs_the_same_however_much_is_found(
    agency: Agency, client_user: Any, client_for: Any, constant_queries: Any
) -> None:
    browser = client_for(agency.cast.admin)
    constant_queries(
        lambda: browser.get(reverse("web:palette"), {"q": "mangga"}),
        lambda: Agency("mangga two", client_user),
    )
