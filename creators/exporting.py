"""Creators as a file, made in the background: of a selection, a search, or everybody. The file can be imported again."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators import discovery
from creators.custom.fields import PREFIX, live_fields
from creators.models import Creator
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.web import jobs
from krm.web.lists.export import csv_cell, write_xlsx
from krm.web.models import Job

KIND = "creators.export"
KINDS = ("csv", "xlsx")
BATCH = 1_000
MOST_IDS = 100_000
XLSX_ROWS = 1_048_575
HEADINGS = (
    "account", "platform", "profile_url", "followers", "following", "posts", "engagement_rate", "authenticity", "growth_30d",
    "figures_as_of", "source", "creator_id", "name", "display_name", "email", "phone", "city", "country", "languages",
    "categories", "tags", "status", "tier", "bio",
)  # fmt: skip


def start(
    creator_ids: Sequence[int] | None, *, by: User, kind: str = "csv", query: str = "", search: str = ""
) -> Job:
    """Queue an export. `creator_ids`: these; None: all that match `query` (filters as the list's address) and `search`."""
    check(by, "creators.view")
    if kind not in KINDS:
        raise ValidationError({"kind": _("Choose CSV or XLSX.")})
    if creator_ids is not None and len(creator_ids) > MOST_IDS:
        raise ValidationError(
            {"creator_ids": _("Too many at once. Narrow the list by filters and export all that match.")}
        )
    return jobs.start(
        KIND, by=by, title=_("Export of creators"),
        params={"ids": list(creator_ids) if creator_ids is not None else None, "kind": kind, "query": query, "search": search},
    )  # fmt: skip


def chosen(by: User, params: dict[str, Any]) -> Any:
    """The creators of a job, among those its owner may see today."""
    rows: Any = Creator.objects.visible_to(by).filter(merged_into=None)
    if params.get("ids") is not None:
        return rows.filter(pk__in=params["ids"])
    query = QueryDict(params.get("query") or "")
    rows = discovery.offered(rows, query.get("status", ""))
    if query:
        rows = discovery.CreatorFilter(query, rows, request=SimpleNamespace(user=by)).qs
    if params.get("search"):
        rows = discovery.search(rows, params["search"])
    return rows


@jobs.runner(KIND)
def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Safe to run again after a crash: the file is written whole, then stored under the job's number."""
    by = job.by
    if by is None or not by.is_active:
        raise jobs.Failed(_("Whoever asked for this file has left."))
    kind = job.params.get("kind", "csv")
    rows = chosen(by, job.params)
    total = rows.order_by().count()
    progress.total(total)
    if kind == "xlsx" and total > XLSX_ROWS:
        raise jobs.Failed(_("A sheet holds 1,048,575 rows. Export as CSV."))
    fields = live_fields()
    headings = [*HEADINGS, *(PREFIX + field.key for field in fields)]
    name = f"creators/exports/creators-{job.pk}.{kind}"
    with tempfile.TemporaryDirectory(prefix="krm-export-") as folder:
        path = f"{folder}/file"
        count = [0]
        lines = _lines(rows, [field.key for field in fields], progress, count)
        if kind == "xlsx":
            with open(path, "wb") as target:
                write_xlsx(target, "creators", headings, lines)
        else:
            with open(path, "w", newline="", encoding="utf-8-sig") as text:
                writer = csv.writer(text)
                writer.writerow(headings)
                for line in lines:
                    writer.writerow([csv_cell(value) for value in line])
        default_storage.delete(name)
        with open(path, "rb") as whole:
            default_storage.save(name, File(whole))
    return {
        "rows": count[0], "file": name, "name": f"creators-{localdate():%Y-%m-%d}.{kind}",
        "url": reverse("creators:export_file", args=[job.pk]), "label": _("Download"),
    }  # fmt: skip


def _lines(rows: Any, keys: list[str], progress: jobs.Progress, count: list[int]) -> Iterator[list[Any]]:
    """One line an account; a creator without accounts has one too."""
    after = 0
    while True:
        progress.check_cancelled()
        batch = list(
            rows.filter(pk__gt=after)
            .order_by("pk")
            .select_related("tier")
            .prefetch_related("tags", "accounts")[:BATCH]
        )
        if not batch:
            return
        after = batch[-1].pk
        for creator in batch:
            for account in list(creator.accounts.all()) or [None]:
                count[0] += 1
                yield [
                    *_account(account),
                    *_person(creator),
                    *(_flat(creator.custom.get(key)) for key in keys),
                ]
        progress.advance(len(batch))


def _account(account: Any) -> list[Any]:
    if account is None:
        return [None] * 11
    return [
        account.handle or account.external_id or account.url, account.platform, account.profile_url, account.followers,
        account.following, account.posts_count, account.engagement_rate, account.authenticity, account.growth_30d,
        account.figures_as_of, account.figures_source,
    ]  # fmt: skip


def _person(creator: Creator) -> list[Any]:
    return [
        creator.pk, creator.name, creator.display_name, creator.email, creator.phone, creator.city, creator.country,
        "|".join(creator.languages), "|".join(creator.categories), "|".join(tag.name for tag in creator.tags.all()),
        creator.status, creator.tier.name if creator.tier else None, creator.bio,
    ]  # fmt: skip


def _flat(value: Any) -> Any:
    return "|".join(str(part) for part in value) if isinstance(value, list) else value
