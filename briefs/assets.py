"""The asset library: every file of a campaign, checked on its way in."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from briefs.file_texts import as_validation_error
from briefs.files import images, inspect, mp4, names
from briefs.files.inspect import Refused
from briefs.models import Asset
from campaigns.models import Campaign, Deliverable, Partnership
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.accounts.scope import Scope
from krm.errors import Conflict
from krm.events import record

BLOCK = 1024 * 1024


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def check_place(by: User, campaign: Campaign, deliverable: Deliverable | None) -> None:
    """Guests upload to their own deliverables, staff anywhere in the campaign."""
    check(by, "briefs.upload", deliverable or campaign)
    if deliverable is None and Scope.of(by).is_portal:
        raise ValidationError({"deliverable": _("Choose the deliverable this file is for.")})
    if deliverable is not None and deliverable.partnership.campaign_id != campaign.pk:
        raise ValidationError({"deliverable": _("This deliverable belongs to another campaign.")})


def take(
    path: Path,
    *,
    by: User,
    campaign: Campaign,
    partnership: Partnership | None = None,
    deliverable: Deliverable | None = None,
    filename: str,
    declared: str = "",
    purpose: str = Asset.Purpose.DRAFT,
    sha256: str = "",
) -> Asset:
    """Check a file on disk and put it into the library. Raises `Refused`; nothing is kept then."""
    kind = inspect.inspect(path, filename, declared)
    source = sha256_of(path)
    if sha256 and sha256.lower() != source:
        raise Refused("checksum")
    asset = Asset(
        campaign=campaign,
        partnership=partnership or (deliverable.partnership if deliverable else None),
        deliverable=deliverable,
        kind=kind.kind,
        purpose=purpose,
        name=names.clean(filename),
        content_type=kind.content_type,
        source_sha256=source,
        scan=Asset.Scan.NOT_SCANNED,
        uploaded_by=by,
    )
    if kind.kind == Asset.Kind.IMAGE:
        cleaned = images.clean(path, kind)
        asset.width, asset.height, asset.scan = cleaned.width, cleaned.height, Asset.Scan.CLEANED
        asset.size, asset.sha256 = len(cleaned.data), hashlib.sha256(cleaned.data).hexdigest()
        asset.file.save(f"file.{kind.suffix}", ContentFile(cleaned.data), save=False)
        asset.preview.save("preview.jpg", ContentFile(cleaned.preview), save=False)
    else:
        if kind in (inspect.MP4, inspect.MOV):
            facts = mp4.facts(path)
            asset.width, asset.height, asset.seconds = facts.width, facts.height, facts.seconds  # type: ignore[assignment]
            if removed := mp4.remove_location(path):
                asset.meta = {"location_removed": removed}
        asset.size, asset.sha256 = path.stat().st_size, sha256_of(path)
        with path.open("rb") as file:
            asset.file.save(f"file.{kind.suffix}", File(file), save=False)
    try:
        with transaction.atomic():
            asset.save()
            record(
                "briefs.asset_uploaded",
                asset,
                actor=by,
                data={
                    "campaign_id": campaign.pk,
                    "kind": asset.kind,
                    "purpose": asset.purpose,
                    "sha256": asset.sha256,
                },
            )
    except BaseException:
        discard_files(asset)
        raise
    return asset


def discard_files(asset: Asset) -> None:
    for field in (asset.file, asset.preview):
        if field:
            field.storage.delete(field.name or "")


def upload_file(
    file: Any,
    *,
    by: User,
    campaign: Campaign | None = None,
    deliverable: Deliverable | None = None,
    purpose: str = Asset.Purpose.DRAFT,
) -> Asset:
    """A whole file from a form or a multipart request."""
    if deliverable is not None:
        campaign = campaign or deliverable.partnership.campaign
    if campaign is None:
        raise ValidationError({"campaign": _("Choose a campaign.")})
    check_place(by, campaign, deliverable)
    filename, declared = file.name or "file", getattr(file, "content_type", "") or ""
    try:
        inspect.expected(filename, declared, file.size)
        with tempfile.NamedTemporaryFile(suffix=".upload") as copy:
            for block in file.chunks(BLOCK):
                copy.write(block)
            copy.flush()
            return take(
                Path(copy.name),
                by=by,
                campaign=campaign,
                deliverable=deliverable,
                filename=filename,
                declared=declared,
                purpose=purpose,
            )
    except Refused as error:
        raise as_validation_error(error) from error


@transaction.atomic
def describe(
    asset: Asset,
    *,
    by: User,
    name: str | None = None,
    description: str | None = None,
    tags: list[str] | None = None,
    share_with_creators: bool | None = None,
    share_with_client: bool | None = None,
) -> Asset:
    """Name, describe, tag and share a file."""
    check(by, "briefs.manage_assets", asset)
    asset = Asset.objects.select_for_update().get(pk=asset.pk)
    if name is not None:
        asset.name = names.clean(name)
    if description is not None:
        asset.description = description.strip()[:300]
    if tags is not None:
        asset.tags = list(dict.fromkeys(tag.strip().lower()[:40] for tag in tags if tag.strip()))[:20]
    if share_with_creators is not None:
        asset.share_with_creators = share_with_creators
    if share_with_client is not None:
        asset.share_with_client = share_with_client
    asset.save()
    record(
        "briefs.asset_changed",
        asset,
        actor=by,
        data={"share_with_creators": asset.share_with_creators, "share_with_client": asset.share_with_client},
    )
    return asset


def remove(asset: Asset, *, by: User) -> None:
    """Take a file out of the library. What a draft shows stays."""
    check(by, "briefs.manage_assets", asset)
    with transaction.atomic():
        asset = Asset.objects.select_for_update().get(pk=asset.pk)
        if asset.drafts.exists():
            raise Conflict(_("This file belongs to a draft and stays as proof of what was reviewed."))
        record(
            "briefs.asset_removed",
            asset,
            actor=by,
            data={"campaign_id": asset.campaign_id, "sha256": asset.sha256},
        )
        asset.delete()
        transaction.on_commit(lambda: discard_files(asset))
