"""Samples of an account's followers: uploaded as a list or sent by an integrator, kept by column, never with names."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators.importing import parsing
from creators.lists import followers, table
from creators.models import FollowerSample, Score, ScoreKind, SocialAccount, Source
from creators.scoring.audience import followers as scoring
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.events import enqueue, record
from krm.web import jobs
from krm.web.models import Job

MOST = 20_000
MAX_BYTES = 20 * 1024 * 1024
KEPT = (*scoring.FIELDS, "username_len", "username_digits", "days_since_post")
FOLDER = "creators/follower-samples"


def upload(account: SocialAccount, *, by: User, file: File[Any], as_of: date | None = None) -> Job:
    """Read an uploaded list of followers in a job; the file is deleted once it is read."""
    check(by, "creators.change")
    as_of = _day(as_of)
    name = (file.name or "followers.csv").rsplit("/", 1)[-1][-150:]
    if (file.size or 0) > MAX_BYTES:
        raise ValidationError(
            {"file": _("The file is larger than 20 MB. Up to 20,000 followers are enough.")}
        )
    path = default_storage.save(f"{FOLDER}/{name}", file)
    return jobs.start(
        "creators.read_followers",
        by=by,
        title=_("Followers of %(account)s") % {"account": account},
        params={"account": account.pk, "path": path, "name": name, "as_of": as_of.isoformat()},
    )


def read(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """The job: every row that reads well becomes part of the sample; the others are named."""
    account = SocialAccount.objects.filter(pk=job.params.get("account")).first()
    path = str(job.params.get("path", ""))
    if account is None or job.by is None:
        raise jobs.Failed(_("The account is gone."))
    if not default_storage.exists(path):
        raise jobs.Failed(_("The list was read before. Upload it again to read it anew."))

    class Cells(table.Problems):
        def add(self, row: int, column: str, message: str) -> str:
            progress.error(row=row, field=column, message=message)
            self.count += 1
            self.rows.add(row)
            return message

    problems = Cells(lambda _text: None)
    try:
        with default_storage.open(path) as handle:
            rows, _encoding = parsing.rows_of(handle, str(job.params.get("name", "")))
            found = list(rows)
        if len(found) < 2:
            raise jobs.Failed(_("The list has no rows. Give it a header and one follower a row."))
        columns = followers.Columns.of(found[0][1])
        body = [table.Row(line, cells) for line, cells in found[1 : MOST + 1]]
        progress.total(len(body))
        frame, errors = columns.read(body, problems)
        progress.advance(len(body))
    except (parsing.BadFile, table.BadList) as bad:
        raise jobs.Failed(str(bad)) from None
    kept = frame[[not error for error in errors]]
    features = {
        name: [None if math.isnan(value) else value for value in kept[name].astype(float)]
        for name in KEPT
        if name in kept and kept[name].notna().any()
    }
    if kept.empty or not features:
        raise jobs.Failed(_("No row could be read. See the errors."))
    sample = add(
        account, by=job.by, features=features, as_of=date.fromisoformat(str(job.params["as_of"])),
        filename=str(job.params.get("name", "")), left_out=len(found) - 1 - len(kept),
    )  # fmt: skip
    default_storage.delete(path)
    return {
        "followers": sample.size,
        "left out": sample.left_out,
        "url": f"{reverse('creators:detail', args=[account.creator_id])}?tab=audience" if account.creator_id else "",
        "label": _("See the audience"),
    }  # fmt: skip


def add(
    account: SocialAccount,
    *,
    by: User,
    features: Mapping[str, Sequence[float | None]],
    as_of: date | None = None,
    source: str = Source.MANUAL,
    filename: str = "",
    left_out: int = 0,
) -> FollowerSample:
    """Keep a sample by column and have the account scored; the same sample twice is one sample."""
    check(by, "creators.change")
    day = _day(as_of)
    clean = _checked(features)
    size = len(next(iter(clean.values())))
    digest = hashlib.sha256(json.dumps([day.isoformat(), clean], sort_keys=True).encode()).hexdigest()
    with transaction.atomic():
        sample, made = FollowerSample.objects.get_or_create(
            account=account,
            sha256=digest,
            defaults={
                "source": source, "as_of": day, "size": size, "left_out": left_out, "features": clean,
                "filename": filename[:200], "uploaded_by": by,
            },
        )  # fmt: skip
        if made:
            record(
                "creators.follower_sample_added",
                account,
                actor=by,
                data={"sample_id": sample.pk, "account_id": account.pk, "size": size},
            )
            enqueue("creators.score_accounts", [account.pk])
    return sample


def remove(sample: FollowerSample, *, by: User) -> SocialAccount:
    """Forget a sample; without another one the score that stood on it is no longer shown."""
    check(by, "creators.change")
    account = sample.account
    with transaction.atomic():
        record(
            "creators.follower_sample_removed",
            account,
            actor=by,
            data={"sample_id": sample.pk, "account_id": account.pk},
        )
        sample.delete()
        Score.objects.filter(
            account=account, kind=ScoreKind.AUDIENCE_QUALITY, is_current=True
        ).update(is_current=False)  # fmt: skip
        enqueue("creators.score_accounts", [account.pk])
    return account


def _day(given: date | None) -> date:
    day = given or localdate()
    if day > localdate():
        raise ValidationError({"as_of": _("The sample cannot be from the future.")})
    return day


def _checked(features: Mapping[str, Sequence[float | None]]) -> dict[str, list[float | None]]:
    """Known columns of one length, counts not below zero."""
    unknown = sorted(set(features) - set(KEPT))
    if unknown:
        raise ValidationError(
            {"features": _("Unknown columns: %(names)s. Known are %(known)s.")
             % {"names": ", ".join(unknown), "known": ", ".join(KEPT)}}
        )  # fmt: skip
    lengths = {len(values) for values in features.values()}
    if not {"posts", "following", "followers"} & set(features) or len(lengths) != 1 or 0 in lengths:
        raise ValidationError(
            {"features": _("Give posts, following or followers, and every column one value a follower.")}
        )
    if lengths.pop() > MOST:
        raise ValidationError({"features": _("At most 20,000 followers a sample.")})
    out: dict[str, list[float | None]] = {}
    for name, values in features.items():
        kept: list[float | None] = []
        for value in values:
            number = None if value is None else float(value)
            if number is not None and (math.isnan(number) or math.isinf(number) or number < 0):
                raise ValidationError({"features": _("%(name)s holds a value below zero.") % {"name": name}})
            kept.append(number)
        out[name] = kept
    return out
