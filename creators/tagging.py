"""Tags: free labels of staff, many creators at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import Creator, CreatorTag, Tag
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.events import record


def ensure_tags(names: Sequence[str]) -> list[Tag]:
    """Tags by name whatever the case, made where missing."""
    wanted: dict[str, str] = {}
    for name in names:
        text = " ".join(str(name).replace("\x00", "").split())
        if text:
            wanted.setdefault(text.casefold(), text)
    if any(len(text) > 60 for text in wanted.values()):
        raise ValidationError({"tags": _("A tag has at most 60 characters.")})
    if not wanted:
        return []
    held = {tag.name.casefold(): tag for tag in Tag.objects.all()}
    missing = [Tag(name=text) for key, text in wanted.items() if key not in held]
    if missing:
        Tag.objects.bulk_create(missing, ignore_conflicts=True)
        held = {tag.name.casefold(): tag for tag in Tag.objects.all()}
    return [held[key] for key in wanted if key in held]


def create_tag(*, by: User, name: str, colour: str = "secondary") -> Tag:
    check(by, "creators.tag")
    text = " ".join(name.split())
    if not text:
        raise ValidationError({"name": _("Enter a name.")})
    if Tag.objects.filter(name__iexact=text).exists():
        raise ValidationError({"name": _("There is a tag of this name already.")})
    with transaction.atomic():
        tag = Tag.objects.create(name=text, colour=colour)
        record("creators.tag_created", tag, actor=by)
    return tag


def rename_tag(tag: Tag, *, by: User, name: str = "", colour: str = "") -> Tag:
    check(by, "creators.tag")
    text = " ".join(name.split()) or tag.name
    if Tag.objects.filter(name__iexact=text).exclude(pk=tag.pk).exists():
        raise ValidationError({"name": _("There is a tag of this name already.")})
    with transaction.atomic():
        tag.name, tag.colour = text, colour or tag.colour
        tag.save(update_fields=["name", "colour", "updated_at"])
        record("creators.tag_changed", tag, actor=by)
    return tag


def delete_tag(tag: Tag, *, by: User) -> None:
    check(by, "creators.tag")
    with transaction.atomic():
        record("creators.tag_deleted", tag, actor=by, data={"name": tag.name})
        tag.delete()


def tag(creator_ids: Sequence[int], names: Sequence[str], *, by: User) -> int:
    """Put these tags on these creators; how many creators got one they lacked."""
    check(by, "creators.tag")
    ids = sorted(set(creator_ids))
    with transaction.atomic():
        tags = ensure_tags(names)
        if not tags:
            raise ValidationError({"tags": _("Enter at least one tag.")})
        held = set(
            CreatorTag.objects.filter(creator_id__in=ids, tag__in=tags).values_list("creator_id", "tag_id")
        )
        links = [
            CreatorTag(creator_id=pk, tag=each) for pk in ids for each in tags if (pk, each.pk) not in held
        ]
        CreatorTag.objects.bulk_create(links, ignore_conflicts=True, batch_size=2000)
        touched = sorted({link.creator_id for link in links})
        if touched:
            record(
                "creators.creators_tagged", Creator(pk=touched[0]), actor=by,
                data={"creator_ids": touched, "tags": [each.name for each in tags]},
            )  # fmt: skip
    return len(touched)


def untag(creator_ids: Sequence[int], names: Sequence[str], *, by: User) -> int:
    check(by, "creators.tag")
    keys = {str(name).casefold() for name in names}
    with transaction.atomic():
        tags = [each for each in Tag.objects.all() if each.name.casefold() in keys]
        links = CreatorTag.objects.filter(creator_id__in=list(creator_ids), tag__in=tags)
        touched = sorted(set(links.values_list("creator_id", flat=True)))
        links.delete()
        if touched:
            record(
                "creators.creators_untagged", Creator(pk=touched[0]), actor=by,
                data={"creator_ids": touched, "tags": [each.name for each in tags]},
            )  # fmt: skip
    return len(touched)


def set_tags(creator: Creator, names: Sequence[str], *, by: User) -> Creator:
    """Exactly these tags."""
    check(by, "creators.tag")
    with transaction.atomic():
        wanted = {each.name for each in ensure_tags(names)}
        held = set(creator.tags.values_list("name", flat=True))
        if wanted - held:
            tag([creator.pk], sorted(wanted - held), by=by)
        if held - wanted:
            untag([creator.pk], sorted(held - wanted), by=by)
    return creator
