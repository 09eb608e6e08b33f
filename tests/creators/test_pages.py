"""Pages and endpoints: what they show, to whom, and with how many queries."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from creators import notes, scoring_runs, summary, tagging
from creators.models import Creator, CreatorImport, SocialAccount
from tests.creators.factories import CreatorFactory, PostFactory, RateCardFactory, SocialAccountFactory


def crowd(count: int, by: Any) -> list[Creator]:
    rows = []
    for n in range(count):
        account = SocialAccountFactory.with_history([1_000 * k + n for k in range(10, 16)])
        PostFactory.create_batch(2, account=account)
        rows.append(account.creator)
    tagging.tag([row.pk for row in rows], ["one", "two"], by=by)
    scoring_runs.score_accounts(SocialAccount.objects.values_list("pk", flat=True))
    return rows


def test_list_profile_and_api_cost_the_same_whatever_the_rows(
    admin_user: Any, client_for: Any, api_for: Any, query_budget: Any, constant_queries: Any
) -> None:
    rows = crowd(5, admin_user)
    client, api = client_for(admin_user), api_for(admin_user)
    urls = {
        "creators.list": lambda: client.get("/creators/"),
        "creators.detail": lambda: client.get(f"/creators/{rows[0].pk}/"),
        "creators.scores_tab": lambda: client.get(f"/creators/{rows[0].pk}/scores/"),
        "creators.api_list": lambda: api.get("/api/v1/creators?page_size=50"),
    }
    for name, read in urls.items():
        assert read().status_code == 200
        with query_budget(name):
            read()
    constant_queries(urls["creators.list"], lambda: crowd(5, admin_user))
    constant_queries(urls["creators.api_list"], lambda: crowd(5, admin_user))


def test_the_list_is_searched_filtered_and_exported(admin_user: Any, client_for: Any) -> None:
    CreatorFactory(name="Rani", country="ID")
    CreatorFactory(name="Budi", country="SG")
    client = client_for(admin_user)
    assert b"Rani" in client.get("/creators/?q=ran").content
    assert b"Budi" not in client.get("/creators/?q=ran").content
    assert b"Rani" not in client.get("/creators/?country=SG").content
    export = b"".join(client.get("/creators/?export=csv").streaming_content)
    assert b"Rani" in export


def test_every_tab_opens_alone_and_in_the_page(admin_user: Any, client_for: Any) -> None:
    creator = crowd(1, admin_user)[0]
    RateCardFactory(creator=creator)
    notes.add_note(creator, by=admin_user, body="Fine.")
    client = client_for(admin_user)
    for name in ("accounts", "posts", "audience", "scores", "rates", "notes"):
        assert client.get(reverse(f"creators:{name}_tab", args=[creator.pk])).status_code == 200
        assert client.get(f"{creator.get_absolute_url()}?tab={name}").status_code == 200


def test_a_list_goes_from_upload_to_job(
    admin_user: Any, client_for: Any, settings: Any, tmp_path: Any
) -> None:
    from krm.web import jobs
    from krm.web.models import Job

    settings.MEDIA_ROOT = tmp_path
    client = client_for(admin_user)
    body = b"AccountName,Subscribers,Country\nacct_1,1.2M,Indonesia\nacct_2,many,Indonesia\n"
    answer = client.post("/creators/import/", {"file": SimpleUploadedFile("Instagram_Dec.csv", body)})
    batch = CreatorImport.objects.get()
    assert answer.headers["Location"] == batch.get_absolute_url()
    page = client.get(batch.get_absolute_url())
    assert b"does not say the year" in page.content
    form = {"column_0": "handle", "column_1": "followers", "column_2": "country", "platform": "instagram",
            "as_of": "2022-12-31", "source": "vendor_estimate"}  # fmt: skip
    refused = client.post(batch.get_absolute_url(), {**form, "as_of": "2099-01-01", "start": "1"})
    assert refused.status_code == 422
    assert not Job.objects.exists()
    client.post(batch.get_absolute_url(), {**form, "start": "1"})
    job = Job.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_count) == ("done", 1)
    account = SocialAccount.objects.get()
    assert (account.followers, account.figures_as_of) == (1_200_000, date(2022, 12, 31))
    assert client.get(batch.get_absolute_url()).status_code == 200


def test_the_kol_sees_their_own_numbers_and_nothing_internal(
    admin_user: Any, portal_user: Any, client_for: Any
) -> None:
    creator = crowd(1, admin_user)[0]
    other = CreatorFactory(name="Somebody else")
    notes.add_note(creator, by=admin_user, body="Internal words.")
    RateCardFactory(creator=creator)
    client = client_for(portal_user(creator))
    page = client.get(f"/portal/profile/{creator.pk}/")
    assert page.status_code == 200
    assert b"Internal words" not in page.content
    assert b"Rp1.500.000" in page.content
    assert client.get(f"/portal/profile/{other.pk}/").status_code == 404
    assert client.get(f"/creators/{creator.pk}/").status_code == 404
    answer = client.post(
        f"/portal/profile/{creator.pk}/contact/", {"phone": "0812 3456 7890", "city": "Bandung"}
    )
    assert answer.status_code == 302
    creator.refresh_from_db()
    assert (creator.phone, creator.city) == ("+6281234567890", "Bandung")


def test_a_manager_sees_all_their_kols(portal_user: Any, client_for: Any) -> None:
    mine = [CreatorFactory(name="Rani"), CreatorFactory(name="Budi")]
    CreatorFactory(name="Stranger")
    page = client_for(portal_user(*mine, role="talent_manager")).get("/portal/profile/")
    assert b"Rani" in page.content
    assert b"Budi" in page.content
    assert b"Stranger" not in page.content


def test_the_api_goes_through_the_verbs(admin_user: Any, api_for: Any) -> None:
    api = api_for(admin_user)
    made = api.post(
        "/api/v1/creators", {"name": "Rani", "country": "Indonesia", "tags": ["Food"]}, format="json"
    )
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert made.json()["country"] == "ID"
    assert (
        api.post(
            f"/api/v1/creators/{pk}/accounts", {"handle": "https://tiktok.com/@rani"}, format="json"
        ).status_code
        == 201
    )
    rate = {"creator": pk, "platform": "tiktok", "format": "video", "price": "1500000"}
    assert api.post("/api/v1/rate-cards", rate, format="json").status_code == 201
    again = api.post("/api/v1/rate-cards", rate, format="json")
    assert again.status_code == 400
    assert (
        api.post(f"/api/v1/creators/{pk}/block", {"reason": "Late"}, format="json").json()["status"]
        == "blocked"
    )
    assert api.post(f"/api/v1/creators/{pk}/block", {"reason": "Late"}, format="json").status_code == 409
    account = SocialAccount.objects.get()
    for name in ("snapshots", "posts", "audience", "scores"):
        assert api.get(f"/api/v1/accounts/{account.pk}/{name}").status_code == 200
    upload = SimpleUploadedFile("Instagram_2022-12.csv", b"handle,followers\nbudi,10K\n")
    batch = api.post("/api/v1/creator-imports", {"file": upload}, format="multipart")
    assert batch.status_code == 201, batch.content
    url = f"/api/v1/creator-imports/{batch.json()['id']}"
    mapping = {
        "mapping": {"handle": "handle", "followers": "followers"},
        "platform": "instagram",
        "as_of": "2022-12-31",
    }
    assert api.post(f"{url}/configure", mapping, format="json").status_code == 200
    assert api.post(f"{url}/start", format="json").status_code == 202


@pytest.mark.parametrize("role", ["client_approver", "client_viewer"])
def test_clients_see_no_creators(make_user: Any, api_for: Any, role: str) -> None:
    CreatorFactory()
    api = api_for(make_user(role))
    assert api.get("/api/v1/creators").json()["results"] == []
    assert api.get("/api/v1/accounts").status_code in (403, 404)


def test_a_portal_user_gets_the_guest_shape(portal_user: Any, api_for: Any) -> None:
    creator = CreatorFactory(name="Rani")
    row = api_for(portal_user(creator)).get(f"/api/v1/creators/{creator.pk}").json()
    assert row["name"] == "Rani"
    assert not {"tags", "authenticity", "status", "status_reason", "owner"} & set(row)


def test_the_search_reads_its_index(db: None) -> None:
    """Both searches are served by the trigram index; a plan without it reads every creator."""
    from django.db import connection

    from creators.models import Creator

    CreatorFactory.create_batch(3, name="Wahyudi Santoso")
    summary.refresh_creators(Creator.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")  # bitmaps are left
    for lookup in ("search_text__contains", "search_text__trigram_word_similar"):
        plan = Creator.objects.filter(**{lookup: "wahyudi"}).order_by().values("pk")[:1001].explain()
        assert "Index Scan on creators_creator_search" in plan, plan


def test_a_mistyped_name_finds_those_like_it(db: None) -> None:
    from creators import discovery
    from creators.models import Creator

    CreatorFactory(name="Wahyudi Santoso")
    CreatorFactory(name="Wahyu Pratama")
    summary.refresh_creators(Creator.objects.values_list("pk", flat=True))

    def names(term: str) -> list[str]:
        return sorted(c.name for c in discovery.search(Creator.objects.all(), term))

    assert names("wahy") == ["Wahyu Pratama", "Wahyudi Santoso"]
    assert names("wahyudi") == ["Wahyudi Santoso"]
    assert names("wahhyudi") == ["Wahyudi Santoso"]
    assert names("@wahyudi santosso") == ["Wahyudi Santoso"]
    assert names("zzzzzz") == []
    assert names("xyz") == []
    assert len(names("  @ ")) == 2
