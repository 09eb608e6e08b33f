"""Lists in and out: custom columns, a background export that can be imported again; rates with rights and bundles."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from creators import exporting, rates, tagging
from creators.custom import fields
from creators.importing import mapping, run, uploads
from creators.models import Creator, RateCard
from krm.web import jobs
from krm.web.models import Job
from tests.creators.factories import CreatorFactory, RateCardFactory, SocialAccountFactory


class Quiet:
    """A progress that keeps the problems."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def total(self, number: int) -> None: ...
    def advance(self, by: int = 1) -> None: ...
    def say(self, message: Any) -> None: ...
    def check_cancelled(self) -> None: ...
    def error(self, *, row: int | None = None, field: str = "", message: Any) -> None:
        self.problems.append(f"{row} {field}")


def test_a_list_fills_custom_fields_and_never_overwrites(admin_user: Any) -> None:
    fields.create_field(by=admin_user, label="Shoe size", kind="number")
    fields.create_field(by=admin_user, label="Level", kind="choice", options=["Gold", "Silver"])
    held = CreatorFactory(custom={"level": "Silver"})
    SocialAccountFactory(creator=held, handle="rani", platform="instagram")
    text = "account,Shoe Size,level\n@rani,38,Gold\n@sari,39,gold\n@tia,many,Tin\n"
    batch = uploads.receive(ContentFile(text.encode(), name="list.csv"), by=admin_user)
    assert batch.mapping == {"account": "handle", "Shoe Size": "custom_shoe_size", "level": "custom_level"}
    batch = uploads.configure(batch, by=admin_user, mapping_=batch.mapping, platform="instagram")
    progress = Quiet()
    run.run(batch, progress)
    by_handle = {c.accounts.get().handle: c.custom for c in Creator.objects.all()}
    assert by_handle == {
        "rani": {"shoe_size": 38, "level": "Silver"},
        "sari": {"shoe_size": 39, "level": "Gold"},
        "tia": {},
    }
    assert progress.problems == ["4 Shoe Size", "4 level"]
    assert {field.key for field in mapping.all_fields()} >= {"custom_shoe_size", "custom_level"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_can_be_imported_again(kind: str, admin_user: Any, client_for: Any, staff: Any) -> None:
    fields.create_field(by=admin_user, label="Shoe size", kind="number")
    for nr in range(3):
        creator = CreatorFactory(custom={"shoe_size": 36 + nr}, categories=["Food", "Travel"])
        SocialAccountFactory(creator=creator)
        tagging.tag([creator.pk], ["vip"], by=admin_user)
    CreatorFactory(name="=Formula()", country="SG")
    job = exporting.start(None, by=admin_user, kind=kind, query="country=ID")
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE and job.result["rows"] == 3
    browser = client_for(admin_user)
    answer = browser.get(f"/creators/export/{job.pk}/")
    assert answer.status_code == 200 and b"".join(answer.streaming_content)  # read to its end, it is closed
    assert (
        client_for(staff("administrator")).get(f"/creators/export/{job.pk}/").status_code == 404
    )  # another's file
    before = {c.name: (c.custom, c.categories) for c in Creator.objects.filter(country="ID")}
    Creator.objects.filter(country="ID").delete()
    with default_storage.open(job.result["file"]) as file:
        batch = uploads.receive(ContentFile(file.read(), name=f"again.{kind}"), by=admin_user)
    batch = uploads.configure(batch, by=admin_user, mapping_=batch.mapping, as_of=date(2026, 1, 1))
    run.run(batch, Quiet())
    after = {c.name: (c.custom, c.categories) for c in Creator.objects.exclude(country="SG")}
    assert after == before


def test_a_selection_is_exported_from_the_list(admin_user: Any, client_for: Any) -> None:
    one, _other = CreatorFactory(name="=cmd()"), CreatorFactory()
    job = exporting.start([one.pk], by=admin_user)
    jobs.run(job.pk)
    job.refresh_from_db()
    with default_storage.open(job.result["file"]) as file:
        rows = list(csv.DictReader(file.read().decode("utf-8-sig").splitlines()))
    assert [row["name"] for row in rows] == ["'=cmd()"]  # never a formula
    assert (
        client_for(admin_user).post("/creators/export/", {"kind": "csv", "query": "country=ID"}).status_code
        == 302
    )
    with pytest.raises(ValidationError):
        exporting.start(None, by=admin_user, kind="pdf")


def test_the_command_writes_the_file(admin_user: Any, tmp_path: Path) -> None:
    CreatorFactory(name="Rani")
    call_command("export_creators", str(tmp_path / "out.csv"), search="rani")
    assert "Rani" in (tmp_path / "out.csv").read_text()


def test_rights_cost_on_top(admin_user: Any, api_for: Any) -> None:
    card = RateCardFactory(
        price=Decimal(1_500_000), usage_uplift=10, exclusivity_uplift=25, whitelisting_uplift=5
    )
    assert rates.quote(card) == 1_500_000
    # 10 % × 3 + 25 % × 2 + 5 % × 1 = 85 %
    assert rates.quote(card, usage_months=3, exclusivity_months=2, whitelisting_months=1) == 2_775_000
    api = api_for(admin_user)
    body = {"usage_months": 3, "exclusivity_months": 2, "whitelisting_months": 1}
    assert (
        Decimal(api.post(f"/api/v1/rate-cards/{card.pk}/quote", body, format="json").json()["price"])
        == 2_775_000
    )
    with pytest.raises(ValidationError):
        rates.quote(card, usage_months=-1)


def test_a_bundle_says_what_it_holds(admin_user: Any, client_for: Any) -> None:
    creator = CreatorFactory()
    browser = client_for(admin_user)
    body = {
        "platform": "instagram", "format": "bundle", "price": "5.000.000", "currency": "IDR", "valid_from": "2026-01-01",
        "contents": "1 reel, 3 story", "whitelisting_uplift": "5",
    }  # fmt: skip
    assert browser.post(f"/creators/{creator.pk}/rates/add/", body).status_code == 302
    card = RateCard.objects.get()
    assert card.price == 5_000_000
    assert card.contents == [{"format": "reel", "quantity": 1}, {"format": "story", "quantity": 3}]
    RateCardFactory(creator=creator, price=2)
    shown = browser.get(f"/creators/{creator.pk}/rates/").content.decode()
    assert "3 × story" in shown and "Price history" in shown
    for contents in ([{"format": "short", "quantity": 1}], [{"format": "reel", "quantity": 0}]):
        with pytest.raises(ValidationError):
            rates.update_rate(card, by=admin_user, contents=contents)
    with pytest.raises(ValidationError, match="bundle"):
        rates.add_rate(
            creator, by=admin_user, platform="instagram", format="story", price=1, contents=card.contents
        )


def test_all_matches_of_the_list_are_exported_in_the_background(admin_user: Any, client_for: Any) -> None:
    from creators.finding import segments, table

    made = [CreatorFactory(city=city) for city in ("Bandung", "Medan", "Bandung")]
    table.refresh([SocialAccountFactory(creator=creator, followers=50_000).pk for creator in made])
    segment = segments.create(by=admin_user, name="In Bandung", filters={"city": ["Bandung"]})
    browser = client_for(admin_user)
    address = f"/creators/?segment={segment.pk}"
    page = browser.get(address).content.decode()
    assert made[0].name in page and made[2].name in page and made[1].name not in page
    assert 'action="/creators/export/"' in page and f'name="query" value="segment={segment.pk}"' in page
    answer = browser.post("/creators/export/", {"kind": "xlsx", "query": f"segment={segment.pk}"})
    job = Job.objects.get(kind=exporting.KIND)
    assert answer["Location"] == job.get_absolute_url() and jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result["rows"] == 2
    # of a selection: the toast leads to the job
    sent = {"_bulk": "export", "_confirmed": "1", "kind": "csv", "pk": str(made[1].pk)}
    page = browser.post("/creators/", sent, follow=True).content.decode()
    assert f'<a href="{Job.objects.latest("pk").get_absolute_url()}">See how far it is</a>' in page


def test_somebody_elses_segment_narrows_nothing(staff: Any, client_for: Any, admin_user: Any) -> None:
    from creators.finding import segments

    own = segments.create(by=admin_user, name="Mine", filters={"city": ["Bandung"]})
    page = client_for(staff()).get(f"/creators/?segment={own.pk}").content.decode()
    assert "chip-bad" in page and "Mine" not in page


def test_archived_creators_can_be_exported(admin_user: Any) -> None:
    CreatorFactory(status="archived", name="Gone")
    CreatorFactory()
    job = exporting.start(None, by=admin_user, query="status=archived")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result["rows"] == 1
