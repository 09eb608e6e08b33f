"""Take the demo agency away: every row that hangs on an object marked as demo, and the files of those rows.

Rows are found by following foreign keys up from the roots (brands, creators, accounts, campaigns), so a new model is
included as soon as it has a foreign key to something of a campaign or creator. Demo users come last: one that real
rows name (somebody worked with a demo login) is switched off instead, and said so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import pghistory.models
import pgtrigger
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models import ProtectedError, Sum
from pghistory.models import Context

from campaigns.models import Brand, Campaign
from creators.finding import table, words
from creators.models import (
    Creator,
    CreatorImport,
    CreditKind,
    CustomField,
    ImportTemplate,
    Segment,
    SocialAccount,
    Tag,
    TrackedHashtag,
    VendorBudget,
    VendorCredit,
)
from krm.accounts.models import BrandTeam, User
from krm.connectors.models import Credential
from krm.events.models import Event, Notification
from krm.local.demo import TAG, know, lists
from krm.web.models import Job

CHUNK = 5000
Found = dict[type[models.Model], set[Any]]


def remove(say: Callable[[str], None]) -> int:
    """Remove all demo data in one transaction; returns rows removed."""
    roots: Found = {
        model: set(model._default_manager.filter(is_demo=True).values_list("pk", flat=True))
        for model in (Brand, Campaign, Creator, SocialAccount, TrackedHashtag)
    }
    roots[CustomField] = set(CustomField.objects.filter(key__in=know.KEYS).values_list("pk", flat=True))
    lists_ = CreatorImport.objects.filter(options__demo=True)
    roots[CreatorImport] = set(lists_.values_list("pk", flat=True))
    roots[Job] = set(Job.objects.filter(pk__in=lists_.values("job_id")).values_list("pk", flat=True))
    roots[ImportTemplate] = set(
        ImportTemplate.objects.filter(name__in=lists.NAMES).values_list("pk", flat=True)
    )
    roots[Credential] = consents_of(roots[SocialAccount])
    roots[VendorCredit] = set(VendorCredit.objects.filter(by__is_demo=True).values_list("pk", flat=True))
    roots[Segment] = set(Segment.objects.filter(owner__is_demo=True).values_list("pk", flat=True))
    found = collect(roots)
    files = list(files_of(found))
    with transaction.atomic(), pgtrigger.ignore():
        with connection.cursor() as cursor:  # checks that wait for the commit make every audited row slower
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        count = delete(found)
        Tag.objects.filter(name=TAG, creators=None).delete()
        words.forget_unused()
        table.forget_unused()
        Context.objects.filter(metadata__creator_import__in=list(roots[CreatorImport])).delete()
        count += balance_books()
        count += remove_people(say)
    for name in files:
        default_storage.delete(name)
    return count


def consents_of(account_ids: set[Any]) -> set[Any]:
    """Tokens hang on what the platform calls an account, not on our row."""
    keys = set(SocialAccount.objects.filter(pk__in=account_ids).values_list("platform", "external_id"))
    held = Credential.objects.filter(purpose="account").values_list("pk", "platform", "external_account_id")
    return {pk for pk, platform, external_id in held.iterator() if (platform, external_id) in keys}


def balance_books() -> int:
    """Credits of vendors as what is left of the movements says; books without any are closed."""
    count = 0
    for held in VendorBudget.objects.select_for_update():
        sums = dict.fromkeys(CreditKind.values, Decimal(0))
        rows = VendorCredit.objects.filter(vendor=held.vendor)
        sums |= dict(rows.values_list("kind").annotate(Sum("credits")))
        if not rows.exists():
            with pgtrigger.ignore("events.Event:event_kept"):
                Event.objects.filter(subject_type="creators.vendorbudget", subject_id=held.pk).delete()
            count += held.delete()[0]
            continue
        held.balance = max(Decimal(0), sums["grant"] - sums["spend"])
        held.reserved = min(held.balance, max(Decimal(0), sums["reserve"] - sums["spend"] - sums["release"]))
        held.save(update_fields=["balance", "reserved", "updated_at"])
    return count


def collect(roots: Found) -> Found:
    """The roots and every row whose foreign key leads to them, whatever the key does on delete, except SET NULL."""
    found: Found = defaultdict(set)
    wave = {model: set(pks) for model, pks in roots.items() if pks}
    while wave:
        following: Found = defaultdict(set)
        for model, pks in wave.items():
            found[model] |= pks
            for owner, field in owners_of(model):
                if is_series(owner):
                    continue
                for chunk in chunks(pks):
                    rows = owner._base_manager.filter(**{f"{field.name}__in": chunk}).values_list(
                        "pk", flat=True
                    )
                    following[owner] |= set(rows) - found[owner]
        wave = {model: pks for model, pks in following.items() if pks}
    return found


def owners_of(model: type[models.Model], *, kept: bool = False) -> Iterable[tuple[type[models.Model], Any]]:
    """Models with a foreign key to `model`: those whose rows go with it, or (`kept`) those that only forget it."""
    for owner in apps.get_models(include_auto_created=True):
        if issubclass(owner, pghistory.models.Event):
            continue
        for field in owner._meta.local_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is model:
                forgets = field.remote_field.on_delete is models.SET_NULL
                if forgets == kept:
                    yield owner, field


def delete(found: Found) -> int:
    """Raw deletes from the leaves down, references that may stay set to NULL first, history and events along."""
    count = 0
    for model, pks in found.items():
        for owner, field in owners_of(model, kept=True):
            for chunk in chunks(pks):
                owner._base_manager.filter(**{f"{field.name}__in": chunk}).update(**{field.name: None})
    for model in leaves_first(found):
        pks = found[model]
        label = model._meta.label_lower
        plain = [pk for pk in pks if isinstance(pk, int)]
        for chunk in chunks(plain):
            with pgtrigger.ignore(
                "events.Event:event_kept"
            ):  # the audit trail is append-only; the demo may go
                Event.objects.filter(subject_type=label, subject_id__in=chunk).delete()
            Notification.objects.filter(subject_type=label, subject_id__in=chunk).delete()
            for history in histories_of(model):
                history._base_manager.filter(pgh_obj_id__in=chunk).delete()
        for owner, field in owners_of(model):
            if is_series(owner):
                for chunk in chunks(pks):
                    rows = owner._base_manager.filter(**{f"{field.name}__in": chunk})
                    count += rows._raw_delete(rows.db)
        for chunk in chunks(sorted(pks, reverse=True)):  # a row that mirrors an earlier one goes before it
            rows = model._base_manager.filter(pk__in=chunk)
            count += rows._raw_delete(rows.db)
    return count


def is_series(model: type[models.Model]) -> bool:
    """Rows without a number of their own (snapshots) go by what they belong to, not one by one."""
    return isinstance(model._meta.pk, models.CompositePrimaryKey)


def leaves_first(found: Found) -> list[type[models.Model]]:
    """Models in such an order that a row goes before the rows it points to."""
    order: list[type[models.Model]] = []
    seen: set[type[models.Model]] = set()

    def visit(model: type[models.Model]) -> None:
        if model in seen:
            return
        seen.add(model)
        for owner, _field in owners_of(model):
            if owner in found:
                visit(owner)
        order.append(model)

    for model in found:
        visit(model)
    return order


def histories_of(model: type[models.Model]) -> list[Any]:
    return [
        m for m in apps.get_models()
        if issubclass(m, pghistory.models.Event) and getattr(m, "pgh_tracked_model", None) is model
    ]  # fmt: skip


def files_of(found: Found) -> Iterable[str]:
    for model, pks in found.items():
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField):
                for chunk in chunks(pks):
                    names = model._base_manager.filter(pk__in=chunk).values_list(field.name, flat=True)
                    yield from (name for name in names if name)


def remove_people(say: Callable[[str], None]) -> int:
    """Demo users and teams; users that real rows name stay, without a way in."""
    count = 0
    for user in User.objects.filter(is_demo=True):
        try:
            with transaction.atomic():
                forget(User, user.pk)
                count += user.delete()[0]
        except (ProtectedError, models.RestrictedError):
            user.is_active = False
            user.set_unusable_password()
            user.save(update_fields=["is_active", "password"])
            say(f"{user.email} is named by your own data; the login is switched off and kept")
    for team in BrandTeam.objects.filter(is_demo=True):
        try:
            with transaction.atomic():
                forget(BrandTeam, team.pk)
                count += team.delete()[0]
        except (ProtectedError, models.RestrictedError):
            BrandTeam.objects.filter(pk=team.pk).update(is_demo=False)
            say(f"the team {team.name} has brands of yours and is kept")
    return count


def forget(model: type[models.Model], pk: int) -> None:
    for history in histories_of(model):
        history._base_manager.filter(pgh_obj_id=pk).delete()


def chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    rows = list(values)
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
