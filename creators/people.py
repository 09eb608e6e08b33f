"""Creators as people: create, change, block, archive; and the accounts that are theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from creators import summary
from creators.custom.fields import clean_values
from creators.handles import BadHandle, parse_handle
from creators.models import AccountState, Creator, CreatorStatus, Platform, SocialAccount
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

FIELDS = (
    "name",
    "display_name",
    "email",
    "phone",
    "city",
    "country",
    "languages",
    "categories",
    "bio",
    "owner",
)
CONTACT_FIELDS = ("display_name", "email", "phone", "city", "bio", "languages")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,4})?$")


def create_creator(
    *,
    by: User,
    name: str,
    status: str = CreatorStatus.PROSPECT,
    tags: Sequence[str] = (),
    is_demo: bool = False,
    custom: Mapping[str, Any] | None = None,
    **details: Any,
) -> Creator:
    """A new creator; `details` are the fields of FIELDS, `custom` the agency's own by key (required ones are asked for)."""
    check(by, "creators.change")
    values = clean(name=name, **details)
    if custom is not None:
        values["custom"] = clean_values(custom, {}, complete=True)
    if status not in (CreatorStatus.PROSPECT, CreatorStatus.ACTIVE):
        raise ValidationError({"status": _("A new creator is a prospect or active.")})
    with transaction.atomic():
        creator = Creator.objects.create(status=status, is_demo=is_demo, **values)
        if tags:
            from creators import tagging

            tagging.tag([creator.pk], list(tags), by=by)
        summary.refresh_creators([creator.pk])
        record("creators.creator_created", creator, actor=by, data={"creator_id": creator.pk})
    creator.refresh_from_db()
    return creator


def update_creator(creator: Creator, *, by: User, **changes: Any) -> Creator:
    """Change any of FIELDS (and `status` between prospect and active); unknown names are refused."""
    check(by, "creators.change", creator)
    status = changes.pop("status", None)
    custom = changes.pop("custom", None)
    if status is not None and status != creator.status:
        if status not in (CreatorStatus.PROSPECT, CreatorStatus.ACTIVE):
            raise ValidationError({"status": _("Use block or archive, which ask for a reason.")})
        if creator.status not in (CreatorStatus.PROSPECT, CreatorStatus.ACTIVE):
            raise Conflict(_refusal(creator, _("Restore the creator first.")))
    values = clean(**changes)
    if custom is not None:
        values["custom"] = clean_values(custom, creator.custom)
    return _save(creator, by, values, status)


def update_contact(creator: Creator, *, by: User, **changes: Any) -> Creator:
    """What the creator or their manager may change themselves: display name, contact, city, bio, languages."""
    check(by, "creators.edit_contact", creator)
    foreign = set(changes) - set(CONTACT_FIELDS)
    if foreign:
        raise ValidationError({name: _("This field is kept by the agency.") for name in sorted(foreign)})
    return _save(creator, by, clean(**changes), None)


def _save(creator: Creator, by: User, values: dict[str, Any], status: str | None) -> Creator:
    with transaction.atomic():
        held = Creator.objects.select_for_update(of=("self",)).get(pk=creator.pk)
        changed = [name for name, value in values.items() if getattr(held, name) != value]
        if status is not None and held.status != status:
            held.status = status
            changed.append("status")
        if changed:
            for name in changed:
                if name != "status":
                    setattr(held, name, values[name])
            held.save(update_fields=[*changed, "updated_at"])
            summary.refresh_creators([held.pk])
            # names of fields only: values may be personal
            record(
                "creators.creator_updated",
                held,
                actor=by,
                data={"creator_id": held.pk, "fields": sorted(changed)},
            )
    creator.refresh_from_db()
    return creator


def clean(**given: Any) -> dict[str, Any]:
    """Validated values; every problem at its field."""
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in FIELDS:
            errors[name] = _("There is no such field.")
            continue
        try:
            values[name] = _CLEANERS.get(name, _text)(name, value)
        except ValidationError as error:
            errors[name] = error.messages
    if "name" in given and not errors.get("name") and not values.get("name"):
        errors["name"] = _("Enter a name.")
    if errors:
        raise ValidationError(errors)
    return values


def _text(name: str, value: Any) -> str:
    text = str(value or "").replace("\x00", "").strip()
    longest = getattr(Creator._meta.get_field(name), "max_length", None)
    if longest and len(text) > longest:
        raise ValidationError(_("At most %(count)s characters.") % {"count": longest})
    return text


def _email(name: str, value: Any) -> str:
    text = _text(name, value).lower()
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError(_("Enter an e-mail address such as name@example.com.")) from None
    return text


def _phone(name: str, value: Any) -> str:
    """E.164; a number without country is read as Indonesian."""
    text = _text(name, value)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, "ID")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("Enter a phone number such as 0812 3456 7890 or +65 9123 4567."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _country(name: str, value: Any) -> str:
    from creators.importing.countries import code_of

    text = _text("name", value)
    if not text:
        return ""
    code = code_of(text)
    if not code:
        raise ValidationError(_("Enter a country's name or two-letter code such as ID."))
    return code


def _list(name: str, value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else list(value or [])
    found: list[str] = []
    for part in parts:
        text = str(part).replace("\x00", "").strip()
        if text and text.casefold() not in {known.casefold() for known in found}:
            found.append(text)
    if len(found) > 20:
        raise ValidationError(_("At most 20 entries."))
    if any(len(text) > 60 for text in found):
        raise ValidationError(_("Each entry has at most 60 characters."))
    return found


def _languages(name: str, value: Any) -> list[str]:
    found = [text.lower() for text in _list(name, value)]
    if any(not _LANGUAGE.match(text) for text in found):
        raise ValidationError(_("Use language codes such as id, en or jv."))
    return found


def _owner(name: str, value: Any) -> User | None:
    if value is not None and not value.is_staff_member:
        raise ValidationError(_("The owner must be a staff member."))
    return value  # type: ignore[no-any-return]


_CLEANERS: dict[str, Any] = {
    "email": _email, "phone": _phone, "country": _country, "categories": _list, "languages": _languages,
    "owner": _owner,
}  # fmt: skip


# Standing -----------------------------------------------------------------------------------------------------


def _refusal(creator: Creator, then: str) -> str:
    return _("This creator is %(state)s. %(then)s") % {
        "state": creator.get_status_display().lower(),
        "then": then,
    }


def _stand(
    creator: Creator, by: User, status: str, reason: str, event: str, wrong: tuple[str, ...]
) -> Creator:
    with transaction.atomic():
        held = Creator.objects.select_for_update(of=("self",)).get(pk=creator.pk)
        if held.status in wrong:
            raise Conflict(_refusal(held, _("Nothing was changed.")))
        held.status, held.status_reason = status, reason
        held.save(update_fields=["status", "status_reason", "updated_at"])
        record(event, held, actor=by, data={"creator_id": held.pk})
    creator.refresh_from_db()
    return creator


def block(creator: Creator, *, by: User, reason: str) -> Creator:
    """Nobody may book a blocked creator; the reason is for staff only."""
    check(by, "creators.change", creator)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why, so that the next colleague knows.")})
    return _stand(creator, by, CreatorStatus.BLOCKED, reason, "creators.creator_blocked", ("blocked",))


def archive(creator: Creator, *, by: User, reason: str = "") -> Creator:
    """Out of lists; everything is kept."""
    check(by, "creators.change", creator)
    return _stand(
        creator, by, CreatorStatus.ARCHIVED, reason.strip(), "creators.creator_archived", ("archived",)
    )


def restore(creator: Creator, *, by: User) -> Creator:
    """Back to prospect from blocked or archived."""
    check(by, "creators.change", creator)
    return _stand(
        creator, by, CreatorStatus.PROSPECT, "", "creators.creator_restored", ("prospect", "active")
    )


def archive_many(creator_ids: Sequence[int], *, by: User, reason: str = "") -> int:
    check(by, "creators.change")
    with transaction.atomic():
        rows = list(
            Creator.objects.select_for_update(of=("self",))
            .filter(pk__in=list(creator_ids))
            .exclude(status=CreatorStatus.ARCHIVED)
            .order_by("pk")
        )
        for creator in rows:
            creator.status, creator.status_reason = CreatorStatus.ARCHIVED, reason.strip()
        Creator.objects.bulk_update(rows, ["status", "status_reason"], batch_size=1000)
        if rows:
            record(
                "creators.creators_archived",
                rows[0],
                actor=by,
                data={"creator_ids": [creator.pk for creator in rows]},
            )
    return len(rows)


# Accounts -----------------------------------------------------------------------------------------------------


def add_account(
    creator: Creator | None, *, by: User, platform: str = "", handle: str, external_id: str | None = None
) -> SocialAccount:
    """An account by handle or address; one that nobody owns yet is linked, one that another creator has is refused."""
    check(by, "creators.change", creator)
    try:
        found = parse_handle(handle, platform or None)
    except BadHandle as error:
        raise ValidationError({"handle": str(error)}) from None
    if not found.platform:
        raise ValidationError({"platform": _("Choose the platform, or paste the full address.")})
    external = (external_id or found.external_id or "").strip() or None
    with transaction.atomic():
        account = find_account(found.platform, found.handle, external)
        if account is not None and account.creator_id and creator and account.creator_id != creator.pk:
            raise ValidationError(
                {
                    "handle": _("This account belongs to %(name)s already. Unlink it there first.")
                    % {"name": account.creator}
                }
            )
        if account is None:
            try:
                with transaction.atomic():
                    account = SocialAccount.objects.create(
                        platform=found.platform, handle=found.handle, external_id=external, url=found.url,
                        creator=creator, is_demo=bool(creator and creator.is_demo),
                    )  # fmt: skip
            except IntegrityError:
                raise Conflict(_("Somebody added this account a moment ago. Reload the page.")) from None
        elif creator is not None and account.creator_id is None:
            account.creator = creator
            account.save(update_fields=["creator", "updated_at"])
        if creator is not None:
            summary.refresh_creators([creator.pk])
        record(
            "creators.account_linked", account, actor=by,
            data={"account_id": account.pk, "creator_id": creator.pk if creator else None},
        )  # fmt: skip
    return account


def find_account(platform: str, handle: str, external_id: str | None) -> SocialAccount | None:
    """By the platform's id first, then by handle whatever its case."""
    rows = SocialAccount.objects.select_related("creator").filter(platform=platform)
    if external_id:
        found = rows.filter(external_id=external_id).first()
        if found is not None:
            return found
    return rows.filter(handle__iexact=handle).order_by("pk").first() if handle else None


def unlink_account(account: SocialAccount, *, by: User) -> SocialAccount:
    """The account stays with its history but belongs to nobody."""
    check(by, "creators.change", account.creator)
    with transaction.atomic():
        owner_id = account.creator_id
        if owner_id is None:
            raise Conflict(_("This account is linked to nobody already."))
        account.creator = None
        account.save(update_fields=["creator", "updated_at"])
        summary.refresh_creators([owner_id])
        record(
            "creators.account_unlinked",
            account,
            actor=by,
            data={"account_id": account.pk, "creator_id": owner_id},
        )
    return account


def link_account(account: SocialAccount, *, by: User, creator: Creator) -> SocialAccount:
    """Give an account to a creator, taking it from whoever had it."""
    check(by, "creators.change", creator)
    with transaction.atomic():
        before = account.creator_id
        if before == creator.pk:
            raise Conflict(_("This account is linked to this creator already."))
        account.creator = creator
        account.save(update_fields=["creator", "updated_at"])
        summary.refresh_creators([pk for pk in (before, creator.pk) if pk])
        record(
            "creators.account_linked",
            account,
            actor=by,
            data={"account_id": account.pk, "creator_id": creator.pk},
        )
    return account


def pause_account(account: SocialAccount, *, by: User) -> SocialAccount:
    """No pulls until resumed."""
    return _account_state(account, by, AccountState.PAUSED, (AccountState.PAUSED,))


def resume_account(account: SocialAccount, *, by: User) -> SocialAccount:
    return _account_state(account, by, AccountState.ACTIVE, (AccountState.ACTIVE,))


def _account_state(
    account: SocialAccount, by: User, state: AccountState, wrong: tuple[str, ...]
) -> SocialAccount:
    check(by, "creators.change", account.creator)
    with transaction.atomic():
        held = SocialAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if held.state in wrong:
            raise Conflict(
                _("This account is %(state)s already. Nothing was changed.")
                % {"state": held.get_state_display().lower()}
            )
        held.state, held.state_reason = state, ""
        held.save(update_fields=["state", "state_reason", "updated_at"])
        record(
            "creators.account_state_changed", held, actor=by,
            data={"account_id": held.pk, "creator_id": held.creator_id, "state": str(state)},
        )  # fmt: skip
    account.refresh_from_db()
    return account


def platforms() -> list[tuple[str, str]]:
    return list(Platform.choices)
