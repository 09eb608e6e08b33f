"""Brands, their products and the client users who see them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.models import Brand, ClientMember, Product
from campaigns.models.selection import Layer
from campaigns.moves import lock
from krm.accounts.models import BrandTeam, User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

FIELDS = {
    "name",
    "category",
    "website",
    "currency",
    "competitors",
    "target_audience",
    "banned_words",
    "weights",
    "trend_notes",
    "team",
}


def create_brand(*, by: User, team: BrandTeam, name: str, **fields: Any) -> Brand:
    check(by, "campaigns.manage_brand")
    if not BrandTeam.objects.visible_to(by).filter(pk=team.pk).exists():
        raise ValidationError({"team": _("Choose a team you are in.")})
    is_demo = bool(fields.pop("is_demo", False))
    brand = Brand(team=team, name=name.strip(), is_demo=is_demo, **_clean(fields))
    return _save_brand(brand, by=by, event="campaigns.brand_created")


def update_brand(brand: Brand, *, by: User, **fields: Any) -> Brand:
    check(by, "campaigns.manage_brand", brand)
    team = fields.get("team")
    if team is not None and not BrandTeam.objects.visible_to(by).filter(pk=team.pk).exists():
        raise ValidationError({"team": _("Choose a team you are in.")})
    with transaction.atomic():
        brand = lock(brand)
        for name, value in _clean(fields).items():
            setattr(brand, name, value)
        return _save_brand(brand, by=by, event="campaigns.brand_updated", changed=sorted(fields))


def archive_brand(brand: Brand, *, by: User) -> Brand:
    """Take a brand off the lists; refused while a campaign runs."""
    check(by, "campaigns.manage_brand", brand)
    with transaction.atomic():
        brand = lock(brand)
        running = brand.campaigns.exclude(state__in=["closed", "cancelled"]).count()
        if running and not brand.is_archived:
            raise Conflict(
                _("%(brand)s has %(count)d running campaigns. Close or cancel them first.")
                % {"brand": brand.name, "count": running}
            )
        brand.is_archived = not brand.is_archived
        brand.save(update_fields=["is_archived", "updated_at"])
        record("campaigns.brand_archived", brand, actor=by, data={"archived": brand.is_archived})
    return brand


def _clean(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - FIELDS
    if unknown:
        raise TypeError(f"unknown brand fields: {sorted(unknown)}")
    cleaned = dict(fields)
    for name in ("competitors", "banned_words"):
        if name in cleaned:
            cleaned[name] = unique_words(cleaned[name])
    if "category" in cleaned:
        cleaned["category"] = (cleaned["category"] or "").strip().lower()
    if "weights" in cleaned:
        cleaned["weights"] = clean_weights(cleaned["weights"])
    return cleaned


def clean_weights(weights: dict[str, Any] | None) -> dict[str, int]:
    """Whole numbers 0 to 100 for each layer, at least one above zero."""
    found: dict[str, int] = {}
    for layer in Layer.values:
        try:
            value = int((weights or {}).get(layer, 0))
        except (TypeError, ValueError):
            value = -1
        if not 0 <= value <= 100:
            raise ValidationError({"weights": _("Give each layer a whole number from 0 to 100.")})
        found[layer] = value
    if sum(found.values()) == 0:
        raise ValidationError({"weights": _("At least one layer needs a weight above 0.")})
    return found


def unique_words(values: Any) -> list[str]:
    """Trimmed, without doubles (whatever their case), in the order given; accepts text with commas or lines."""
    if isinstance(values, str):
        values = re.split(r"[,\n;]", values)
    seen: dict[str, str] = {}
    for value in values or []:
        word = str(value).strip()
        if word:
            seen.setdefault(word.lower(), word)
    return list(seen.values())


def _save_brand(brand: Brand, *, by: User, event: str, changed: list[str] | None = None) -> Brand:
    brand.clean_fields()
    try:
        with transaction.atomic():
            brand.save()
            record(event, brand, actor=by, data={"changed": changed or []})
    except IntegrityError as error:
        if "brand_name_per_team" not in str(error):
            raise
        raise ValidationError({"name": _("This team has a brand of that name already.")}) from error
    return brand


def save_product(
    brand: Brand,
    *,
    by: User,
    name: str,
    product: Product | None = None,
    price: Decimal | None = None,
    **fields: Any,
) -> Product:
    """Add a product, or change `product`."""
    check(by, "campaigns.manage_brand", brand)
    product = product or Product(brand=brand)
    product.name, product.price = name.strip(), price
    for key in ("sku", "url", "currency", "description", "is_active"):
        if key in fields and fields[key] is not None:
            setattr(product, key, fields[key])
    product.clean_fields(exclude=["brand"])
    if price is not None and price < 0:
        raise ValidationError({"price": _("A price cannot be negative.")})
    try:
        with transaction.atomic():
            product.save()
            record("campaigns.product_saved", brand, actor=by, data={"product_id": product.pk})
    except IntegrityError as error:
        if "product_name_per_brand" not in str(error):
            raise
        raise ValidationError({"name": _("This brand has a product of that name already.")}) from error
    return product


def add_member(brand: Brand, *, by: User, user: User) -> ClientMember:
    """Give a client user a seat at a brand."""
    check(by, "campaigns.manage_members", brand)
    if not user.is_client:
        raise ValidationError(
            {"user": _("Only client users can be members; invite this person as a client.")}
        )
    with transaction.atomic():
        member, created = ClientMember.objects.get_or_create(user=user, brand=brand)
        if created:
            record("campaigns.member_added", brand, actor=by, data={"user_id": user.pk})
    return member


def remove_member(member: ClientMember, *, by: User) -> Brand:
    check(by, "campaigns.manage_members", member.brand)
    brand = member.brand
    with transaction.atomic():
        record("campaigns.member_removed", brand, actor=by, data={"user_id": member.user_id})
        member.delete()
    return brand


def competing(one: Brand, other: Brand) -> bool:
    """Two brands compete when they share a category or one names the other as competitor."""
    if one.pk == other.pk:
        return False
    if one.category and one.category.lower() == other.category.lower():
        return True
    return other.name.lower() in {c.lower() for c in one.competitors} or one.name.lower() in {
        c.lower() for c in other.competitors
    }
