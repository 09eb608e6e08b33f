"""Join orders to KOLs by promo code: once, never twice, with every refusal named by row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from krm.accounts.permissions import check
from krm.events import record
from krm.money.amounts import round_amount
from krm.money.typed import read_amount
from reporting.models import Conversion, PromoCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from campaigns.models import Campaign, Partnership
    from krm.accounts.models import User

# Header names of shops' exports, lower case; the first that is present is taken.
COLUMNS = {
    "order_ref": (
        "order_ref",
        "order",
        "order id",
        "order_id",
        "order number",
        "no. pesanan",
        "nomor pesanan",
        "name",
    ),
    "code": ("code", "promo code", "promo_code", "discount code", "voucher", "kode promo", "kode voucher"),
    "amount": ("amount", "total", "subtotal", "net sales", "jumlah", "total pembayaran"),
    "ordered_at": ("ordered_at", "date", "created at", "order date", "tanggal", "waktu pesanan dibuat"),
    "currency": ("currency", "mata uang"),
    "new_customer": ("new_customer", "new customer", "first order", "pelanggan baru"),
}
DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y",
)
MAX_ROWS = 200_000


@dataclass
class RowError:
    row: int
    field: str
    message: str


@dataclass
class ConversionImport:
    """What an import did: orders added, orders known before, rows refused."""

    added: int = 0
    known: int = 0
    errors: list[RowError] = field(default_factory=list)


def create_promo_code(partnership: Partnership, *, by: User, code: str, note: str = "") -> PromoCode:
    """Give a KOL a code; a code belongs to one KOL, whatever the case of its letters."""
    check(by, "reporting.manage_links", partnership)
    promo = PromoCode(partnership=partnership, code=code.strip(), note=note, created_by=by)
    promo.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            promo.save()
            record("reporting.promo_code_created", promo, actor=by, data={"code": promo.code})
    except IntegrityError:
        raise ValidationError(
            {"code": _("The code %(code)s already belongs to a KOL. Choose another.") % {"code": promo.code}}
        ) from None
    return promo


def parse_amount(text: str) -> Decimal:
    """Read `1234.50`, `1.234.500`, `Rp 1.234.500,50` and `1,234,500`; anything else is a ValueError."""
    value = read_amount(text)
    if value < 0:
        raise ValueError("negative")
    if value >= Decimal(10) ** 13:
        raise ValueError("too large")
    return value


def parse_moment(text: str) -> datetime:
    """A moment in the organisation's time zone; a moment with its own offset keeps it."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        for pattern in DATE_FORMATS:
            try:
                moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is set below
                break
            except ValueError:
                continue
        else:
            raise ValueError("not a date") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def read_rows(text: str) -> Iterator[dict[str, str]]:
    """Rows of an export under our own column names; raises ValidationError naming the column that is missing."""
    sample = text[:4096]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")), dialect)
    header = [cell.strip().lower().lstrip("\ufeff") for cell in next(reader, [])]
    places: dict[str, int] = {}
    for ours, theirs in COLUMNS.items():
        for name in theirs:
            if name in header:
                places[ours] = header.index(name)
                break
    for needed, label in (
        ("order_ref", _("order")),
        ("code", _("code")),
        ("amount", _("amount")),
        ("ordered_at", _("date")),
    ):
        if needed not in places:
            raise ValidationError(
                {
                    "file": _("The file has no column for %(label)s. Name one of its columns: %(names)s.")
                    % {"label": label, "names": ", ".join(COLUMNS[needed])}
                }
            )
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield {ours: cells[at].strip() if at < len(cells) else "" for ours, at in places.items()}


def import_conversions(campaign: Campaign, *, by: User, source: str, text: str) -> ConversionImport:
    """Add the orders of one shop's CSV export that used a promo code of this campaign.

    All or nothing a file: rows with an error are listed, good rows are written in one transaction. The same order of
    the same shop counts once, however often the file arrives.
    """
    check(by, "reporting.import_conversions", campaign)
    source = source.strip().lower()
    if not source:
        raise ValidationError({"source": _("Say which shop the file comes from, for example shopee.")})
    outcome = ConversionImport()
    codes = {promo.code.upper(): promo for promo in PromoCode.objects.filter(partnership__campaign=campaign)}
    fresh: dict[str, Conversion] = {}
    for number, row in enumerate(read_rows(text), start=2):
        if number > MAX_ROWS + 1:
            raise ValidationError(
                {"file": _("The file has over %(rows)s rows. Split it.") % {"rows": f"{MAX_ROWS:,}"}}
            )
        conversion = _conversion(row, number, codes, campaign, source, outcome)
        if conversion is None:
            continue
        if conversion.order_ref in fresh:
            outcome.known += 1
            continue
        fresh[conversion.order_ref] = conversion
    with transaction.atomic():
        known = set(
            Conversion.objects.filter(source=source, order_ref__in=fresh).values_list("order_ref", flat=True)
        )
        new = [conversion for ref, conversion in fresh.items() if ref not in known]
        Conversion.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
        outcome.added, outcome.known = len(new), outcome.known + len(known)
        record(
            "reporting.conversions_imported",
            campaign,
            actor=by,
            data={
                "source": source,
                "added": outcome.added,
                "known": outcome.known,
                "errors": len(outcome.errors),
            },
        )
    return outcome


def _conversion(
    row: dict[str, str],
    number: int,
    codes: dict[str, PromoCode],
    campaign: Campaign,
    source: str,
    outcome: ConversionImport,
) -> Conversion | None:
    """One row as a conversion, or None with the reason added to `outcome.errors`."""

    def refuse(name: str, message: str) -> Conversion | None:
        outcome.errors.append(RowError(number, name, message))
        return None

    if not row["order_ref"] or len(row["order_ref"]) > 120:
        return refuse("order_ref", _("The order number is missing or longer than 120 characters."))
    promo = codes.get(row["code"].upper())
    if promo is None:
        return refuse(
            "code",
            _("No KOL of this campaign has the code %(code)s. Add it first.") % {"code": row["code"] or "–"},
        )
    try:
        amount = parse_amount(row["amount"])
    except ValueError:
        return refuse(
            "amount", _("%(value)s is no amount. Write it like 150000.") % {"value": row["amount"] or "–"}
        )
    try:
        ordered_at = parse_moment(row["ordered_at"])
    except ValueError:
        return refuse(
            "ordered_at",
            _("%(value)s is no date. Write it like 2026-11-22.") % {"value": row["ordered_at"] or "–"},
        )
    currency = (row.get("currency") or campaign.currency).upper()
    if currency != campaign.currency:
        return refuse(
            "currency",
            _("The campaign counts in %(ours)s, this row is in %(theirs)s. Convert it first.")
            % {"ours": campaign.currency, "theirs": currency},
        )
    answer = row.get("new_customer", "").lower()
    return Conversion(
        source=source,
        order_ref=row["order_ref"],
        partnership_id=promo.partnership_id,
        promo_code=promo,
        ordered_at=ordered_at,
        amount=round_amount(amount, currency),
        currency=currency,
        is_new_customer=True
        if answer in ("1", "true", "yes", "ya")
        else False
        if answer in ("0", "false", "no", "tidak")
        else None,
    )
