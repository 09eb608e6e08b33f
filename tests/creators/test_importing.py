"""Lists come in as they are, whole or not at all, and twice is once."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators.importing import parsing, run, uploads
from creators.importing.rows import Reader
from creators.models import AccountSnapshot, Creator, CreatorImport, ImportRow, ImportTemplate, SocialAccount
from krm.errors import Denied

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "top1000_2022"
HEAD = "AccountName,Category_1,Category_2,Subscribers,Country,AuthenticEngagement,EngagementAverage\n"


class Silent:
    def __init__(self) -> None:
        self.problems: list[tuple[int | None, str, str]] = []
        self.stop_after: int | None = None

    def total(self, number: int) -> None: ...
    def advance(self, by: int = 1) -> None: ...
    def say(self, message: Any) -> None: ...
    def error(self, *, row: int | None = None, field: str = "", message: Any) -> None:
        self.problems.append((row, field, str(message)))

    def check_cancelled(self) -> None:
        if self.stop_after is not None:
            raise KeyboardInterrupt


Import = Callable[..., tuple[dict[str, Any], Silent]]


@pytest.fixture
def bring(admin_user: Any, settings: Any, tmp_path: Path) -> Import:
    settings.MEDIA_ROOT = tmp_path

    def make(
        body: bytes | str, name: str = "Instagram_2022-12.csv", **options: Any
    ) -> tuple[dict[str, Any], Silent]:
        raw = body.encode() if isinstance(body, str) else body
        batch = uploads.receive(ContentFile(raw, name=name), by=admin_user)
        given = {"mapping_": batch.mapping, "platform": batch.platform, "as_of": batch.as_of, **options}
        uploads.configure(batch, by=admin_user, **given)
        progress = Silent()
        return run.run(batch, progress), progress

    return make


def test_a_vendors_row_becomes_creator_account_and_reading(bring: Import) -> None:
    result, _ = bring(HEAD + "acct_ea3e89caa4,Sports with a ball,Family,409.8M,Argentina,17.8M,23.4M\n")

    account = SocialAccount.objects.select_related("creator", "tier").get()
    reading = AccountSnapshot.objects.get()
    assert (account.platform, account.handle, account.external_id) == ("instagram", "acct_ea3e89caa4", None)
    assert (account.followers, account.tier.name, account.figures_source) == (
        409_800_000,
        "Mega",
        "vendor_estimate",
    )
    assert (account.creator.name, account.creator.country) == ("acct_ea3e89caa4", "AR")
    assert account.creator.categories == ["Sports with a ball", "Family"]
    assert (reading.as_of, reading.source, reading.definition) == (
        date(2022, 12, 31),
        "vendor_estimate",
        "per_post_average",
    )
    assert (reading.engagement_avg, reading.authentic_engagement, reading.likes) == (
        23_400_000,
        17_800_000,
        None,
    )
    assert (result["rows"], result["errors"], result["snapshots"]) == (1, 0, 1)
    assert not ImportRow.objects.exists()


def test_months_of_one_account_are_one_history(bring: Import) -> None:
    row = "acct_1,Music,,{},India,1K,2K\n"
    bring(HEAD + row.format("1M"), "Instagram_2022-09.csv")
    bring(HEAD + row.format("1.2M").replace("acct_1", "ACCT_1"), "Instagram_2022-11.csv")
    bring("Account,Category,Followers\nacct_1,Music|Dance,1100000\n", "instagram_2022-10.csv")

    account = SocialAccount.objects.get()
    assert account.sparkline == [1_000_000, 1_100_000, 1_200_000]
    assert account.followers == 1_200_000
    assert account.creator.categories == ["Music", "Dance"]


def test_importing_again_changes_nothing(bring: Import) -> None:
    body = HEAD + "acct_1,Music,,1M,India,1K,2K\nacct_2,,,2M,,1K,2K\n"
    bring(body)
    before = (
        list(AccountSnapshot.objects.values()),
        list(Creator.objects.values("id", "categories", "country")),
    )
    result, _ = bring(body)
    assert (result["accounts_created"], result["creators_created"], result["snapshots"]) == (0, 0, 0)
    assert (
        list(AccountSnapshot.objects.values()),
        list(Creator.objects.values("id", "categories", "country")),
    ) == before


def test_a_repeated_account_keeps_the_first_row_and_fills_the_gaps(bring: Import) -> None:
    result, progress = bring(HEAD + "acct_1,,,13.2M,,0,350.2K\nacct_1,Music,,13.2M,India,0,350.1K\n")
    assert AccountSnapshot.objects.get().engagement_avg == 350_200
    assert Creator.objects.get().categories == ["Music"]
    assert Creator.objects.get().country == "IN"
    assert result["repeated"] == 1
    assert [(row, field) for row, field, _ in progress.problems] == [(3, "engagement_avg")]


def test_bad_rows_name_the_column_and_the_others_come_in(bring: Import) -> None:
    body = HEAD + "good_1,,,1M,India,1K,2K\nbad two,,,1M,India,1K,2K\ngood_3,,,many,India,1K,2K\n,,,5,,,\n"
    result, progress = bring(body)
    assert sorted(SocialAccount.objects.values_list("handle", flat=True)) == ["good_1"]
    assert result["errors"] == 3
    assert [(row, field) for row, field, _ in progress.problems] == [
        (3, "AccountName"),
        (4, "Subscribers"),
        (5, "AccountName"),
    ]


def test_strict_imports_nothing_when_one_row_is_bad(bring: Import) -> None:
    with pytest.raises(run.Refused):
        bring(HEAD + "good_1,,,1M,India,1K,2K\nbad two,,,1M,India,1K,2K\n", strict=True)
    assert not SocialAccount.objects.exists()
    assert CreatorImport.objects.get().state == "failed"


def test_a_stopped_import_leaves_nothing(bring: Import, admin_user: Any) -> None:
    batch = uploads.receive(
        ContentFile((HEAD + "acct_1,,,1M,,,\n").encode(), name="Instagram_2022-12.csv"), by=admin_user
    )
    uploads.configure(batch, by=admin_user, mapping_=batch.mapping, platform="instagram", as_of=batch.as_of)
    progress = Silent()
    progress.stop_after = 0
    with pytest.raises(KeyboardInterrupt):
        run.run(batch, progress)
    assert not SocialAccount.objects.exists()
    assert not ImportRow.objects.exists()


def test_what_a_colleague_typed_is_never_overwritten(bring: Import) -> None:
    from tests.creators.factories import CreatorFactory, SocialAccountFactory

    creator = CreatorFactory(name="Rani", country="ID", city="Bandung", email="")
    SocialAccountFactory(creator=creator, handle="rani")
    bring("handle,name,country,city,email\nrani,Other,India,Mumbai,rani@x.id\n", "ig.csv", as_of=None)
    creator.refresh_from_db()
    assert (creator.name, creator.country, creator.city, creator.email) == (
        "Rani",
        "ID",
        "Bandung",
        "rani@x.id",
    )


def test_rows_of_one_mail_are_one_creator(bring: Import) -> None:
    body = (
        "link,email,followers\nhttps://instagram.com/rani,r@x.id,10K\nhttps://tiktok.com/@rani,R@x.id,1 jt\n"
    )
    bring(body, "kol 2026-10.csv", platform="")
    creator = Creator.objects.get()
    assert creator.platforms == ["instagram", "tiktok"]
    assert creator.followers == 1_000_000


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8-sig", b""), ("utf-16", b""), ("cp1252", b""), ("utf-8", b""), ("utf-16-le", b"\xff\xfe")],
)
def test_encodings(bring: Import, encoding: str, mark: bytes) -> None:
    text = "handle;name;followers;country\n" + "".join(
        f"user{n};Café Señor {n} é à ü;1.2{n}K;Türkiye\n" for n in range(9)
    )
    bring(mark + text.encode(encoding), "instagram 2026-10.csv")
    assert Creator.objects.get(accounts__handle="user3").name == "Café Señor 3 é à ü"
    assert SocialAccount.objects.get(handle="user3").followers == 1_230


def test_workbooks(bring: Import) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Username", "Nama", "Pengikut", "Kategori"])
    book.active.append(["@rani", "Rani", 15000, "Kuliner"])
    book.active.append(["@budi", "Budi", "15 rb", None])
    out = io.BytesIO()
    book.save(out)
    bring(out.getvalue(), "IG Oktober 2026.xlsx")
    assert list(SocialAccount.objects.order_by("handle").values_list("handle", "followers")) == [
        ("budi", 15000),
        ("rani", 15000),
    ]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xef\xbb\xbf", b"handle\n", b"PK\x03\x04not a workbook", b"%PDF-1.4", b"\xd0\xcf\x11\xe0old"],
)
def test_files_that_are_no_list_say_so(admin_user: Any, settings: Any, tmp_path: Path, body: bytes) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(ValidationError) as refused:
        uploads.receive(ContentFile(body, name="x.csv"), by=admin_user)
    assert "file" in refused.value.message_dict
    assert not CreatorImport.objects.exists()


def test_mapping_says_what_is_wrong(admin_user: Any, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    batch = uploads.receive(ContentFile(b"a,b\n1,2\n", name="x.csv"), by=admin_user)
    for mapping, field in (({"a": "followers"}, "mapping"), ({"a": "handle", "b": "handle"}, "mapping"),
                           ({"a": "handle", "b": "followers"}, "as_of"), ({"a": "nonsense"}, "mapping")):  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            uploads.configure(batch, by=admin_user, mapping_=mapping, platform="instagram")
        assert field in refused.value.message_dict


def test_a_mapping_is_remembered(bring: Import, admin_user: Any) -> None:
    bring("wer,wieviel\nrani,10K\n", mapping_={"wer": "handle", "wieviel": "followers"})
    again = uploads.receive(ContentFile(b"wieviel,wer\n1,budi\n", name="x.csv"), by=admin_user)
    assert again.mapping == {"wer": "handle", "wieviel": "followers"}
    assert ImportTemplate.objects.count() == 1


def test_pasted_handles(admin_user: Any, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    batch = uploads.paste(
        "@rani, https://tiktok.com/@budi\nnot a handle", by=admin_user, platform="instagram"
    )
    progress = Silent()
    run.run(batch, progress)
    assert sorted(SocialAccount.objects.values_list("platform", "handle")) == [
        ("instagram", "rani"),
        ("tiktok", "budi"),
    ] or [message for *_x, message in progress.problems]
    assert progress.problems


def test_a_viewer_may_not_import(staff: Any) -> None:
    with pytest.raises(Denied):
        uploads.paste("@rani", by=staff("viewer"))


@pytest.mark.parametrize("name", ["\\N", "\\.", "a\\tb", "back\\\\slash"])
def test_cells_that_mean_something_to_the_database_stay_text(
    name: str, admin_user: Any, tmp_path: Path, settings: Any
) -> None:
    """`\\N` is no missing value, and a line `\\.` is no end of the rows (it was one before PostgreSQL 18)."""
    settings.MEDIA_ROOT = tmp_path
    bio = f"first\n{name}\nlast"
    out = io.StringIO()
    csv.writer(out).writerows([["handle", "name", "bio"], ["rani", name, bio], ["budi", "Budi", ""]])
    batch = uploads.receive(ContentFile(out.getvalue().encode(), name="list.csv"), by=admin_user)
    uploads.configure(
        batch, by=admin_user, mapping_=batch.mapping, platform="instagram", as_of=date(2022, 12, 31)
    )
    assert run.run(batch, Silent())["accounts"] == 2
    rani = SocialAccount.objects.get(handle="rani").creator
    assert rani is not None and rani.name == name
    assert rani.bio.split() == bio.split()


cells = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["=cmd|' /C calc'!A0", "\x00", "\u202egnp", "'; DROP TABLE creators_creator; --", "<script>", "\ud83d\ude00",
                     "9" * 400, "-1", "NaN", "1e999", '"', "\\N", "\\.", "\r\n", "\t", "½", "٣", "@" * 300]),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, min_size=7, max_size=7), min_size=1, max_size=8))
@pytest.mark.django_db
def test_hostile_cells_come_in_or_are_named(
    rows: list[list[str]], admin_user: Any, tmp_path: Path, settings: Any
) -> None:
    from django.db import transaction

    settings.MEDIA_ROOT = tmp_path
    out = io.StringIO()
    csv.writer(out).writerows([["handle", "name", "country", "followers", "category", "bio", "email"], *rows])
    with transaction.atomic():
        try:
            batch = uploads.receive(
                ContentFile(out.getvalue().encode("utf-8", "surrogatepass"), name="Instagram_2022-12.csv"),
                by=admin_user,
            )
        except ValidationError:
            return  # nothing but blank rows
        uploads.configure(
            batch, by=admin_user, mapping_=batch.mapping, platform="instagram", as_of=date(2022, 12, 31)
        )
        progress = Silent()
        try:
            result = run.run(batch, progress)
        except run.Refused:
            assert not SocialAccount.objects.exists()
        else:
            assert result["accounts"] == SocialAccount.objects.count()
            assert all(
                0 <= n <= 10**12
                for n in SocialAccount.objects.exclude(followers=None).values_list("followers", flat=True)
            )
            assert all(
                name.strip() and "\x00" not in name for name in Creator.objects.values_list("name", flat=True)
            )
        transaction.set_rollback(True)


@given(st.lists(cells, max_size=10))
def test_the_reader_never_raises(row: list[str]) -> None:
    columns = [
        "handle",
        "name",
        "country",
        "followers",
        "categories",
        "bio",
        "email",
        "phone",
        "url",
        "as_of",
    ]
    clean = Reader(columns, {name: name for name in columns}, "instagram").read(row)
    assert clean.ok or all(problem.message for problem in clean.problems)


@given(st.binary(max_size=400))
def test_any_bytes_decode(raw: bytes) -> None:
    text, encoding = parsing.decode(raw)
    assert isinstance(text, str)
    assert encoding


@pytest.mark.skipif(not DATA.exists(), reason="the public lists are not beside the project")
def test_the_real_lists(bring: Import) -> None:
    for path in sorted(DATA.glob("*.csv")):
        name = path.name.replace(".csv", "_2022.csv") if "2022" not in path.name else path.name
        result, _ = bring(path.read_bytes(), name)
        assert result["errors"] == 0
    assert SocialAccount.objects.count() == 5446
    account = SocialAccount.objects.get(handle="acct_73dcef0e36")
    assert account.sparkline == [400_100_000, 477_900_000, 419_600_000, 483_100_000, 523_000_000]
    assert account.snapshots.count() == 5


def test_100_000_rows_in_bounded_time(bring: Import) -> None:
    rows = "".join(f"user_{n},Nama {n},u{n}@x.id,Indonesia,{n % 900 + 1}.5K\n" for n in range(100_000))
    started = time.monotonic()
    result, _ = bring("handle,name,email,country,followers\n" + rows, "Instagram_2026-10.csv")
    assert result["creators_created"] == 100_000
    assert SocialAccount.objects.count() == 100_000
    assert (
        time.monotonic() - started < 600
    )  # about 30 s alone; this is against the quadratic, not a benchmark
