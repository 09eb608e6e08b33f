"""From accepted work to an approved invoice, and every way it is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.models import Deliverable, Milestone, Spend
from creators.models import Post
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from payments import invoices, ledger, payouts, policy, promise
from payments.models import ApprovalLimit, Invoice, InvoiceLine, LedgerTransaction, MatchResult
from tests.payments.factories import Cast, pdf

pytestmark = pytest.mark.django_db


def failed(invoice: Invoice) -> list[str]:
    return list(
        MatchResult.objects.filter(invoice=invoice, run=invoice.match_run, ok=False).values_list(
            "reason", flat=True
        )
    )


def test_kol_invoice_of_accepted_work_matches_and_is_approved(cast: Cast) -> None:
    invoice = cast.submitted()
    assert invoice.state == "matched"
    assert failed(invoice) == []

    invoice = invoices.approve(invoice, by=cast.finance)

    assert invoice.state == "approved"
    assert (invoice.gross, invoice.withheld, invoice.net) == (
        Decimal(20_000_000),
        Decimal(500_000),
        Decimal(19_500_000),
    )
    assert invoice.tax_version.startswith("article17=uu-hpp-2022")
    posted = LedgerTransaction.objects.get(invoice=invoice)
    legs = {entry.account.code: entry.amount_minor for entry in posted.entries.select_related("account")}
    assert legs == {"5100": 20_000_000, "2210": -500_000, "2100": -19_500_000}
    assert ledger.payable_to(cast.payee, "IDR") == Decimal(19_500_000)
    assert Milestone.objects.get().state == "invoiced"
    assert ledger.audit() == []


def test_events_and_messages_tell_each_side_once(cast: Cast) -> None:
    invoice = cast.approved()
    names = list(
        Event.objects.filter(subject_type="payments.invoice", subject_id=invoice.pk)
        .order_by("id")
        .values_list("name", flat=True)
    )
    assert names == [
        "payments.invoice_drafted",
        "payments.invoice_submitted",
        "payments.invoice_matched",
        "payments.invoice_approved",
    ]
    assert Notification.objects.filter(user=cast.kol, kind="payments.invoice_approved").count() == 1
    assert Notification.objects.filter(user=cast.finance, kind="payments.invoice_submitted").count() == 1


def test_event_data_holds_no_personal_or_bank_data(cast: Cast) -> None:
    cast.paid()
    text = str(list(Event.objects.values_list("data", flat=True)))
    for secret in (cast.payee.account_number, cast.payee.nik, cast.payee.legal_name):
        assert secret not in text


def test_system_drafts_what_is_accepted_and_not_invoiced(make_cast: Any) -> None:
    cast = make_cast([10_000_000, 5_000_000])
    first = invoices.draft_from_deliverables(cast.partnership, by=cast.manager)
    assert (first.state, first.gross, first.origin) == ("draft", Decimal(15_000_000), "system")
    assert first.number
    with pytest.raises(Conflict, match="Nothing is due"):
        invoices.draft_from_deliverables(cast.partnership, by=cast.manager)
    sent = invoices.submit(first, by=cast.kol)
    assert sent.state == "matched"  # drafted by us: no file is needed


def test_deliverables_are_lines_where_an_agreement_has_no_milestones(make_cast: Any) -> None:
    cast = make_cast([4_000_000, 6_000_000], milestones=False)
    invoice = cast.submitted()
    assert invoice.state == "matched"
    assert [line.deliverable_id for line in invoice.lines.all()] == list(
        Deliverable.objects.order_by("order").values_list("pk", flat=True)
    )


@pytest.mark.parametrize(
    ("amount", "reason"),
    [(20_000_001, "amount_over"), (19_999_999, "amount_under"), (25_000_000, "amount_over")],
)
def test_a_different_amount_does_not_match_and_says_by_how_much(cast: Cast, amount: int, reason: str) -> None:
    invoice = cast.submitted(lines=[cast.claims()[0] | {"amount": Decimal(amount)}])
    assert invoice.state == "mismatch"
    assert reason in failed(invoice)
    result = MatchResult.objects.get(invoice=invoice, run=invoice.match_run, reason=reason)
    assert "Rp" in result.detail and "20.000.000" in result.detail


def test_amount_above_the_agreement_fails_the_total_too(cast: Cast) -> None:
    invoice = cast.submitted(lines=[cast.claims()[0] | {"amount": Decimal(20_000_001)}])
    assert failed(invoice) == ["amount_over", "total_over"]


def test_unaccepted_work_does_not_match_until_it_is_accepted(make_cast: Any, drain_events: Any) -> None:
    cast = make_cast([8_000_000], accepted=False)
    invoice = cast.submitted()
    assert failed(invoice) == ["not_delivered", "post_missing"]

    work = Deliverable.objects.get()
    post = Post.objects.create(account=work.account, platform="instagram", external_id="late", kind="reel")
    Deliverable.objects.filter(pk=work.pk).update(state="in_review")
    Deliverable.objects.filter(pk=work.pk).update(state="approved")
    Deliverable.objects.filter(pk=work.pk).update(state="published", post=post, published_at=timezone.now())
    Deliverable.objects.filter(pk=work.pk).update(state="accepted", accepted_at=timezone.now())
    invoices.rematch_by_system(invoice)

    invoice.refresh_from_db()
    assert invoice.state == "matched"


def test_deleted_post_is_found_even_between_match_and_approval(cast: Cast) -> None:
    invoice = cast.submitted()
    Post.objects.update(is_deleted=True)

    with pytest.raises(Conflict, match="no longer matches"):
        invoices.approve(invoice, by=cast.finance)

    invoice.refresh_from_db()
    assert invoice.state == "mismatch"
    assert failed(invoice) == ["post_deleted"]
    assert not LedgerTransaction.objects.exists()


def test_unverified_payee_does_not_match(cast: Cast) -> None:
    cast.payee.__class__.objects.filter(pk=cast.payee.pk).update(
        state="cooling_off", cooling_until=timezone.now() + timedelta(days=3)
    )
    assert failed(cast.submitted()) == ["payee_cooling_off"]


def test_taxable_firm_needs_a_tax_invoice_and_gets_ppn(make_cast: Any) -> None:
    cast = make_cast(
        [100_000_000], payee_fields={"kind": "company", "npwp": "013000666091000", "nik": "", "is_pkp": True}
    )
    invoice = cast.submitted()
    assert failed(invoice) == ["faktur_missing"]
    invoice = invoices.save_draft(
        cast.partnership,
        by=cast.kol,
        invoice=invoice,
        lines=[{"claim": f"m{Milestone.objects.get().pk}"}],
        number=invoice.number,
        faktur_number="04002500012345678",
    )
    invoice = invoices.approve(invoices.submit(invoice, by=cast.kol), by=cast.finance)
    assert (invoice.vat, invoice.withheld, invoice.net) == (
        Decimal(11_000_000),
        Decimal(2_000_000),
        Decimal(109_000_000),
    )
    assert ledger.audit() == []


def test_two_invoices_in_a_month_are_added_up_for_tax(make_cast: Any) -> None:
    cast = make_cast([80_000_000, 80_000_000])
    first, second = cast.claims()
    one = invoices.approve(cast.submitted(lines=[first]), by=cast.finance)
    two = invoices.approve(cast.submitted(lines=[second]), by=cast.finance)
    assert (one.withheld, two.withheld) == (Decimal(2_000_000), Decimal(4_000_000))
    with pytest.raises(Conflict, match="Void that one first"):
        invoices.void(one, by=cast.finance, reason="wrong order")
    invoices.void(two, by=cast.finance, reason="test")
    invoices.void(one, by=cast.finance, reason="test")
    assert ledger.payable_to(cast.payee, "IDR") == 0
    assert ledger.audit() == []


def test_each_payment_stands_alone_by_the_other_policy(make_cast: Any) -> None:
    cast = make_cast([80_000_000, 80_000_000])
    policy.change(policy.current(), by=cast.admin, tax_period="payment")
    for claim in cast.claims():
        assert invoices.approve(cast.submitted(lines=[claim]), by=cast.finance).withheld == Decimal(2_000_000)


# Maker and checker


def test_nobody_approves_what_they_made(cast: Cast) -> None:
    drafted = invoices.draft_from_deliverables(cast.partnership, by=cast.finance)
    sent = invoices.submit(drafted, by=cast.kol)
    with pytest.raises(Denied, match="Another person"):
        invoices.approve(sent, by=cast.finance)
    assert invoices.approve(sent, by=cast.finance2).state == "approved"


def test_nobody_approves_what_they_submitted(cast: Cast) -> None:
    sent = invoices.submit(cast.draft(), by=cast.finance)
    with pytest.raises(Denied):
        invoices.approve(sent, by=cast.finance)


def test_nobody_approves_what_they_matched(cast: Cast) -> None:
    sent = invoices.match(cast.submitted(), by=cast.finance)
    with pytest.raises(Denied):
        invoices.approve(sent, by=cast.finance)
    assert not LedgerTransaction.objects.exists()


def test_nobody_approves_what_they_corrected(cast: Cast) -> None:
    """The KOL wrote it and sends it; finance changed it in between, and so did somebody before them."""
    invoice = cast.draft()
    lines = [{"claim": f"m{Milestone.objects.get().pk}"}]
    for person in (cast.finance, cast.finance2):
        invoice = cast.draft(by=person, invoice=invoice, lines=lines, number=invoice.number)
    sent = invoices.submit(invoice, by=cast.kol)
    for person in (cast.finance, cast.finance2):
        with pytest.raises(Denied, match="Another person"):
            invoices.approve(sent, by=person)
    assert invoices.approve(sent, by=cast.admin).state == "approved"


def test_nobody_approves_a_file_they_attached(cast: Cast) -> None:
    invoice = invoices.attach(cast.draft(), by=cast.finance, document=pdf("other.pdf"))
    with pytest.raises(Denied, match="Another person"):
        invoices.approve(invoices.submit(invoice, by=cast.kol), by=cast.finance)


@pytest.mark.parametrize("role", ["campaign_manager", "reviewer", "viewer"])
def test_other_roles_do_not_approve(cast: Cast, staff: Any, role: str) -> None:
    with pytest.raises(Denied):
        invoices.approve(cast.submitted(), by=staff(role, teams=[cast.team]))


def test_kol_does_not_approve_their_own(cast: Cast) -> None:
    with pytest.raises(Denied):
        invoices.approve(cast.submitted(), by=cast.kol)


@pytest.mark.parametrize(("limit", "allowed"), [(19_999_999, False), (20_000_000, True), (20_000_001, True)])
def test_approval_limit_to_the_rupiah(cast: Cast, limit: int, allowed: bool) -> None:
    ApprovalLimit.objects.filter(role="finance", currency="IDR").update(amount=limit)
    invoice = cast.submitted()
    if allowed:
        assert invoices.approve(invoice, by=cast.finance).state == "approved"
        return
    with pytest.raises(Denied, match="You approve up to"):
        invoices.approve(invoice, by=cast.finance)
    assert Invoice.objects.get(pk=invoice.pk).state == "matched"
    assert invoices.approve(invoice, by=cast.admin).state == "approved"


def test_what_changed_since_it_was_opened_is_not_approved(cast: Cast) -> None:
    invoice = cast.submitted()
    seen = invoice.match_run
    invoices.match(invoice, by=cast.finance2)
    with pytest.raises(Conflict, match="changed since"):
        invoices.approve(invoice, by=cast.finance, seen_run=seen)


def test_a_currency_without_tax_rule_needs_a_person(make_cast: Any) -> None:
    cast = make_cast([1_000], currency="USD")
    invoice = cast.submitted()
    assert invoice.state == "matched"
    with pytest.raises(Conflict, match="No tax rule"):
        invoices.approve(invoice, by=cast.admin)
    with pytest.raises(Denied, match="no approval limit"):
        invoices.approve(invoice, by=cast.finance, manual_withheld=Decimal(200), manual_reason="PPh 26 20 %")
    done = invoices.approve(
        invoice, by=cast.admin, manual_withheld=Decimal("200.55"), manual_reason="PPh 26 20 %"
    )
    assert (done.net, done.tax["code"]) == (Decimal("799.45"), "manual")
    assert ledger.audit() == []


def test_an_invoice_that_is_withheld_wholly_is_settled_by_its_approval(make_cast: Any) -> None:
    cast = make_cast([1_000], currency="USD")
    invoice = cast.submitted()
    done = invoices.approve(
        invoice, by=cast.admin, manual_withheld=Decimal(1_000), manual_reason="court order"
    )
    assert (done.state, done.net) == ("paid", Decimal(0))
    assert Milestone.objects.get().state == "paid"
    told = promise.of(Invoice.objects.get())
    assert told is not None and told.paid_on == timezone.localdate() and told.days_late == 0
    assert Event.objects.filter(name="payments.invoice_paid").count() == 1
    assert ledger.payable_to(cast.payee, "USD") == 0 and ledger.audit() == []
    for refused in (
        lambda: cast.pay(done, 1),
        lambda: payouts.schedule(done, by=cast.finance, on=timezone.localdate()),
        lambda: invoices.approve(done, by=cast.admin),
    ):
        with pytest.raises(Conflict):
            refused()
    # decided wrongly: taken back whole, and the work can be invoiced again
    void = invoices.void(done, by=cast.finance, reason="wrong court order")
    assert void.state == "void"
    assert Milestone.objects.get().state == "ready"
    assert LedgerTransaction.objects.filter(invoice=done).count() == 2
    assert ledger.audit() == []
    assert cast.submitted().state == "matched"


def test_what_was_settled_without_payment_counts_once_in_the_budget(make_cast: Any) -> None:
    cast = make_cast([1_000], currency="USD")
    cast.campaign.currency = "USD"
    cast.campaign.save()
    done = invoices.approve(
        cast.submitted(), by=cast.admin, manual_withheld=Decimal(1_000), manual_reason="court order"
    )
    assert Spend.objects.get().amount == Decimal(1_000)
    invoices.void(done, by=cast.finance, reason="wrong court order")
    assert sum(Spend.objects.values_list("amount", flat=True)) == 0


def test_a_covered_invoice_takes_no_tax_by_hand(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        invoices.approve(
            cast.submitted(), by=cast.finance, manual_withheld=Decimal(0), manual_reason="friend"
        )


# Bad input


def test_number_is_unique_per_payee_whatever_its_case(make_cast: Any) -> None:
    cast = make_cast([1_000_000, 2_000_000])
    first, second = cast.claims()
    cast.draft(lines=[first], number="INV/01")
    with pytest.raises(ValidationError) as error:
        cast.draft(lines=[second], number="inv/01")
    assert "number" in error.value.message_dict
    assert Invoice.objects.count() == 1
    other = make_cast()
    assert other.draft(number="INV/01").pk


def test_work_is_invoiced_once(cast: Cast) -> None:
    lines = cast.claims()
    cast.draft(lines=lines)
    with pytest.raises(ValidationError, match="already on invoice"):
        cast.draft(lines=lines)
    assert InvoiceLine.objects.count() == 1


@pytest.mark.parametrize(
    "line",
    [
        {"claim": "m999999"},
        {"claim": ""},
        {"claim": "drop table"},
    ],
)
def test_unknown_lines_are_refused(cast: Cast, line: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as error:
        cast.draft(lines=[line])
    assert "lines" in error.value.message_dict
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("amount", ["0", "-1", "0.5", "100000000000000000"])
def test_impossible_amounts_are_refused(cast: Cast, amount: str) -> None:
    with pytest.raises(ValidationError):
        cast.draft(lines=[cast.claims()[0] | {"amount": Decimal(amount)}])
    assert not Invoice.objects.exists()


def test_submitting_asks_for_number_and_file(cast: Cast) -> None:
    with pytest.raises(ValidationError) as error:
        invoices.submit(cast.draft(number=""), by=cast.kol)
    assert "number" in error.value.message_dict
    draft = Invoice.objects.get()
    invoices.void(draft, by=cast.kol, reason="again")
    with pytest.raises(ValidationError) as error:
        invoices.submit(cast.draft(document=None), by=cast.kol)
    assert "document" in error.value.message_dict


def test_rejected_with_reason_corrected_and_sent_again(cast: Cast) -> None:
    invoice = cast.submitted()
    with pytest.raises(ValidationError):
        invoices.reject(invoice, by=cast.finance, reason=" ")
    invoice = invoices.reject(invoice, by=cast.finance, reason="Wrong company name on the PDF")
    assert invoice.state == "rejected"
    invoice = invoices.save_draft(
        cast.partnership,
        by=cast.kol,
        invoice=invoice,
        lines=[{"claim": f"m{Milestone.objects.get().pk}"}],
        number=invoice.number,
        document=pdf("better.pdf"),
    )
    assert invoices.submit(invoice, by=cast.kol).state == "matched"


def test_wrong_state_names_the_state_and_what_can_be_done(cast: Cast) -> None:
    draft = cast.draft()
    with pytest.raises(Conflict, match=r"“Draft”.*Only a matched invoice"):
        invoices.approve(draft, by=cast.finance)


def test_void_frees_the_work(cast: Cast) -> None:
    invoice = invoices.void(cast.submitted(), by=cast.finance, reason="duplicate")
    assert invoice.state == "void"
    assert Milestone.objects.get().state == "ready"
    assert cast.submitted().state == "matched"


def test_void_of_an_approved_invoice_reverses_its_posting(cast: Cast) -> None:
    invoice = invoices.void(cast.approved(), by=cast.finance2, reason="agreed to redo")
    assert LedgerTransaction.objects.filter(invoice=invoice).count() == 2
    assert ledger.payable_to(cast.payee, "IDR") == 0
    assert ledger.audit() == []


# Guests


def test_another_kol_sees_and_does_nothing(cast: Cast, make_cast: Any) -> None:
    stranger = make_cast().kol
    invoice = cast.submitted()
    assert not Invoice.objects.visible_to(stranger).filter(pk=invoice.pk).exists()
    for verb in (
        lambda: invoices.submit(invoice, by=stranger),
        lambda: invoices.void(invoice, by=stranger, reason="mine now"),
        lambda: invoices.save_draft(cast.partnership, by=stranger, lines=cast.claims()),
    ):
        with pytest.raises(Denied):
            verb()
    assert Invoice.objects.get(pk=invoice.pk).state == "matched"


def test_revoked_access_is_no_access(cast: Cast) -> None:
    invoice = cast.submitted()
    cast.kol.creator_access.update(revoked_at=timezone.now())
    assert not Invoice.objects.visible_to(cast.kol).exists()
    with pytest.raises(Denied):
        invoices.void(invoice, by=cast.kol, reason="still me")


def test_staff_of_another_team_and_reviewers_see_no_invoice(cast: Cast, staff: Any) -> None:
    cast.submitted()
    assert Invoice.objects.visible_to(cast.manager).count() == 1
    assert not Invoice.objects.visible_to(staff()).exists()
    assert not Invoice.objects.visible_to(staff("reviewer", teams=[cast.team])).exists()


def test_an_invoice_that_was_judged_has_its_creator_scored_anew(
    cast: Cast, drain_events: Any, monkeypatch: Any
) -> None:
    queued: list[tuple[Any, ...]] = []
    monkeypatch.setattr("krm.events.enqueue", lambda *args, **_kwargs: queued.append(args))
    cast.submitted()
    drain_events()
    creator = Invoice.objects.get().partnership.creator
    assert ("creators.score_accounts", [creator.accounts.get().pk]) in queued
