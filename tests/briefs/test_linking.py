"""A client without an account decides on content through a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from briefs import comments, linking, review
from briefs.models import Comment
from campaigns import sharing
from campaigns.models import ShareLinkView
from krm.errors import Conflict, Denied
from tests.briefs import factories
from tests.briefs.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(drafting: Cast) -> Any:
    """A draft that the agency has let through."""
    return review.approve(
        factories.submitted_draft(drafting.deliverable, drafting.kol), by=drafting.reviewer, comment="ok"
    )


def link_of(cast: Cast, **values: Any) -> tuple[Any, str]:
    values = {"scope": "approve", "covers": "content", **values}
    return sharing.create_link(cast.campaign, by=cast.manager, label="Rina", **values)


def page(token: str, draft: Any) -> str:
    return reverse("briefs:shared_draft", args=[token, draft.pk])


def test_an_approval_by_link_is_final_and_named(drafting: Cast, shown: Any, client: Any) -> None:
    link, token = link_of(drafting)
    panel = client.get(reverse("briefs:shared_content", args=[token]))
    assert page(token, shown) in panel.content.decode()
    answer = client.post(page(token, shown), {"name": "  Rina   Sari ", "decision": "approve"})
    assert answer.status_code == 302 and answer.url == reverse("campaigns:shared", args=[token])
    shown.refresh_from_db()
    decision = shown.reviews.get(step__kind="client")
    assert (shown.state, decision.by, decision.by_name) == ("approved", None, "Rina Sari")
    assert shown.deliverable.__class__.objects.get(pk=shown.deliverable_id).state == "approved"
    kept = ShareLinkView.objects.get(link=link, action=f"content_approved:{shown.pk}")
    assert kept.address_hash not in ("", "127.0.0.1")
    again = client.post(page(token, shown), {"name": "Rina", "decision": "changes", "comment": "No"})
    assert again.status_code == 422 and "approval is final" in again.content.decode()


def test_changes_need_a_name_and_a_word_and_what_was_typed_stays(
    drafting: Cast, shown: Any, client: Any
) -> None:
    _link, token = link_of(drafting)
    answer = client.post(page(token, shown), {"name": "", "comment": "Lebih cerah", "decision": "changes"})
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {"name"}
    assert "Lebih cerah" in answer.content.decode()
    answer = client.post(page(token, shown), {"name": "Rina", "comment": "", "decision": "changes"})
    assert answer.status_code == 422 and answer.context["form"].errors.keys() == {"comment"}
    client.post(page(token, shown), {"name": "Rina", "comment": "Lebih <b>cerah", "decision": "changes"})
    shown.refresh_from_db()
    said = Comment.objects.get(draft=shown)
    assert (shown.state, said.writer, said.side, said.audience) == (
        "client_changes", "Rina", "client", "everyone",
    )  # fmt: skip
    assert "Lebih &lt;b&gt;cerah" in client.get(page(token, shown)).content.decode()


@pytest.mark.parametrize(
    ("values", "opens", "decides"),
    [
        ({"scope": "view"}, True, False),
        ({"covers": "shortlist"}, False, False),
        ({"covers": "both"}, True, True),
    ],
)
def test_a_link_gives_what_it_says_and_no_more(
    drafting: Cast, shown: Any, client: Any, values: dict[str, Any], opens: bool, decides: bool
) -> None:
    link, token = link_of(drafting, **values)
    for name in ("shared_draft", "shared_file"):
        assert (client.get(reverse(f"briefs:{name}", args=[token, shown.pk])).status_code == 200) is opens
    client.post(page(token, shown), {"name": "Rina", "decision": "approve"})
    shown.refresh_from_db()
    assert (shown.state == "approved") is decides
    if not decides:
        with pytest.raises(Denied):
            linking.decide_by_link(link, draft=shown, approve=True, name="Rina")


def test_a_link_shows_one_campaign_and_nothing_internal(drafting: Cast, shown: Any, client: Any) -> None:
    _link, token = link_of(drafting)
    other = drafting.other
    factories.published_brief(other.campaign, drafting.other_staff)
    hidden = factories.submitted_draft(
        factories.add_deliverable(drafting.partnership, state="drafting"), drafting.kol
    )
    comments.add(shown, by=drafting.manager, body="internal-canary", audience="internal")
    comments.add(shown, by=drafting.manager, body="between-us-canary", audience="creator")
    comments.add(shown, by=drafting.manager, body="for the client", audience="client")
    text = client.get(page(token, shown)).content.decode()
    assert "for the client" in text and "canary" not in text and "Rp" not in text
    for name in ("shared_draft", "shared_file", "shared_preview"):
        assert client.get(reverse(f"briefs:{name}", args=[token, hidden.pk])).status_code == 404
    foreign, other_token = sharing.create_link(
        other.campaign, by=drafting.other_staff, label="X", scope="approve", covers="content"
    )
    assert client.get(page(other_token, shown)).status_code == 404
    with pytest.raises(Denied):
        linking.decide_by_link(foreign, draft=shown, approve=True, name="Rina")


def test_a_link_decides_at_the_client_step_only(drafting: Cast) -> None:
    link, _token = link_of(drafting)
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    with pytest.raises(Conflict):
        linking.decide_by_link(link, draft=draft, approve=True, name="Rina")
    assert not draft.reviews.exists()


def test_a_revoked_link_is_gone(drafting: Cast, shown: Any, client: Any) -> None:
    link, token = link_of(drafting)
    sharing.revoke_link(link, by=drafting.manager)
    for name, args in (("shared_content", [token]), ("shared_draft", [token, shown.pk])):
        assert client.get(reverse(f"briefs:{name}", args=args)).status_code == 404
    assert client.post(page(token, shown), {"name": "R", "decision": "approve"}).status_code == 404


def test_the_owner_is_asked_when_no_account_can_approve(
    drafting: Cast, shown: Any, drain_events: Callable[[], Any]
) -> None:
    from briefs.people import deciders
    from campaigns.models import ClientMember

    step = shown.steps.get(kind="client")
    assert drafting.client in deciders(step)
    ClientMember.objects.filter(brand=drafting.campaign.brand).delete()
    assert deciders(step) == [drafting.campaign.owner]


def test_staff_reach_the_form_from_the_content_tab(
    drafting: Cast, shown: Any, client_for: Callable[[Any], Any]
) -> None:
    browser = client_for(drafting.manager)
    address = reverse("campaigns:share", args=[drafting.campaign.pk]) + "?covers=content"
    tab = browser.get(reverse("briefs:campaign_content", args=[drafting.campaign.pk])).content.decode()
    assert address in tab
    assert browser.get(address).context["form"]["covers"].value() == "content"
