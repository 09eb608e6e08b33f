"""Payee profiles: entered by the KOL, verified by finance, cooled off after every change of bank or tax data."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from stdnum.id import nik as nik_number
from stdnum.id import npwp as npwp_number

from creators.models import Creator
from krm import events
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.connectors.vault import blind_index
from krm.errors import Conflict, Denied
from krm.web.format import moment
from payments import people, policy
from payments.masking import digits, masked
from payments.models import PayeeChange, PayeeProfile

FIELDS = (
    "kind",
    "legal_name",
    "tax_country",
    "npwp",
    "nik",
    "is_pkp",
    "bank_code",
    "account_number",
    "account_holder",
)
SECRET = frozenset({"npwp", "nik", "account_number", "account_holder"})
REVEALABLE = ("account_number", "account_holder", "npwp", "nik")


def clean(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored, or one message for each field that must be mended."""
    errors: dict[str, Any] = {}
    out: dict[str, Any] = {name: values.get(name) for name in FIELDS}
    for name in ("legal_name", "account_holder", "bank_code", "tax_country", "npwp", "nik", "account_number"):
        out[name] = re.sub(r"\s+", " ", str(out[name] or "")).strip()
    out["is_pkp"] = bool(out["is_pkp"])
    out["tax_country"] = (out["tax_country"] or "ID").upper()
    if out["kind"] not in PayeeProfile.Kind.values:
        errors["kind"] = _("Choose individual or company.")
    if len(out["legal_name"]) < 3:
        errors["legal_name"] = _("Write the full name as on the ID card or deed.")
    if len(out["legal_name"]) > 200:
        errors["legal_name"] = _("Write at most 200 characters.")
    if not re.fullmatch(r"[A-Z]{2}", out["tax_country"]):
        errors["tax_country"] = _("Use a two-letter country code such as ID.")
    out["npwp"] = digits(out["npwp"])
    if out["npwp"] and out["tax_country"] == "ID":
        try:
            out["npwp"] = npwp_number.validate(out["npwp"])
        except NumberError:
            errors["npwp"] = _("This is not a valid NPWP. Check its 15 or 16 digits.")
    out["nik"] = digits(out["nik"])
    if out["nik"] and out["kind"] == "company":
        errors["nik"] = _("A company has no NIK. Leave it empty.")
    elif out["nik"]:
        try:
            out["nik"] = nik_number.validate(out["nik"])
        except NumberError:
            errors["nik"] = _("This is not a valid NIK. Check its 16 digits.")
    if out["is_pkp"] and not out["npwp"]:
        errors.setdefault("npwp", _("A taxable firm (PKP) has a NPWP. Enter it."))
    if not out["bank_code"] or len(out["bank_code"]) > 40:
        errors["bank_code"] = _("Choose the bank.")
    out["account_number"], problem = _account_number(out["account_number"])
    if problem:
        errors["account_number"] = problem
    if len(out["account_holder"]) < 3 or len(out["account_holder"]) > 200:
        errors["account_holder"] = _("Write the account holder's name as the bank has it.")
    if errors:
        raise ValidationError(errors)
    return out


def _account_number(text: str) -> tuple[str, str]:
    compact = re.sub(r"[\s.\-]", "", text).upper()
    if re.match(r"[A-Z]{2}", compact):
        try:
            return iban.validate(compact), ""
        except NumberError:
            return compact, _("This is not a valid IBAN. Check it.")
    if not re.fullmatch(r"\d{6,20}", compact):
        return compact, _("Write the account number as 6 to 20 digits.")
    return compact, ""


def _masked_value(name: str, value: Any) -> Any:
    if name == "account_holder":
        return " ".join(part[:1] + "•••" for part in str(value or "").split())
    return masked(str(value or "")) if name in SECRET else value


def save_profile(creator: Creator, *, by: User, **values: Any) -> PayeeProfile:
    """Enter or change a profile. Changing a verified one starts the cooling-off and tells the old contact."""
    check(by, "payments.edit_payee", creator)
    clean_values = clean(values)
    with transaction.atomic():
        Creator.objects.select_for_update(of=("self",)).get(pk=creator.pk)  # two first entries at once
        payee = PayeeProfile.objects.select_for_update().filter(creator=creator).first()
        if payee is None:
            payee = PayeeProfile(creator=creator, entered_by=by, **clean_values)
            payee.save()
            _log(payee, by, {}, clean_values)
            events.record("payments.payee_entered", payee, actor=by, data={"creator_id": creator.pk})
            _ask_to_verify(payee)
            return payee
        changed = [name for name in FIELDS if getattr(payee, name) != clean_values[name]]
        if not changed:
            return payee
        before = {name: getattr(payee, name) for name in changed}
        for name in changed:
            setattr(payee, name, clean_values[name])
        was_verified = payee.first_verified_at is not None
        payee.entered_by = by
        payee.verified_by = payee.verified_at = None
        payee.refused_reason = ""
        if {"npwp", "nik", "kind", "tax_country"} & set(changed):
            payee.tax_id_status, payee.tax_id_checked_on = PayeeProfile.TaxId.UNKNOWN, None
        payee.version += 1
        if was_verified:
            payee.cooling_until = timezone.now() + timedelta(days=policy.current().cooling_days)
            payee.to_cooling_off()
        else:
            payee.to_unverified()
        payee.save()
        log = _log(payee, by, before, {name: clean_values[name] for name in changed})
        events.record(
            "payments.payee_changed",
            payee,
            actor=by,
            data={"creator_id": creator.pk, "fields": sorted(changed), "change_id": log.pk},
        )
        if was_verified:
            _warn_old_contact(payee, log)
        _ask_to_verify(payee)
        return payee


def _log(payee: PayeeProfile, by: User, before: dict[str, Any], after: dict[str, Any]) -> PayeeChange:
    return PayeeChange.objects.create(
        payee=payee,
        changed_by=by,
        before={name: _masked_value(name, value) for name, value in before.items()},
        after={name: _masked_value(name, value) for name, value in after.items()},
        is_sensitive=bool(before),
        noticed_email=payee.creator.email if before else "",
    )


def _ask_to_verify(payee: PayeeProfile) -> None:
    events.notify(
        "payments.payee_to_verify",
        people.finance_users(),
        payee,
        title=gettext_lazy("Payee to verify"),
        text=payee.legal_name,
        url=payee.get_absolute_url(),
        key=f"payee_to_verify:{payee.pk}:{payee.version}",
    )


def _warn_old_contact(payee: PayeeProfile, log: PayeeChange) -> None:
    """To everybody who acts for the KOL, and by mail to the address we had: whoever did not do it can shout."""
    events.notify(
        "payments.bank_data_changed",
        people.portal_users(payee.creator),
        payee,
        title=gettext_lazy("Your bank or tax data was changed"),
        text=gettext_lazy(
            "If this was not you, tell the agency at once. Nothing is paid to the new data for now."
        ),
        url="/portal/payee/",
        key=f"bank_data_changed:{payee.pk}:{payee.version}",
    )
    events.enqueue("payments.mail_bank_change", log.pk)


def verify(payee: PayeeProfile, *, by: User, tax_id_valid: bool) -> PayeeProfile:
    """Finance has checked name, bank account and tax number. Never the person who entered them."""
    check(by, "payments.verify_payee", payee)
    with transaction.atomic():
        payee = PayeeProfile.objects.select_for_update().get(pk=payee.pk)
        if payee.state not in ("unverified", "cooling_off"):
            raise Conflict(
                _("This payee is %(state)s. Only data to verify, or cooling off, can be verified.")
                % {"state": payee.get_state_display()}
            )
        if payee.entered_by_id == by.pk:
            raise Denied(_("You entered this data. Another person verifies it."))
        if payee.cooling_until and payee.cooling_until > timezone.now():
            raise Conflict(
                _("The data was changed and cools off until %(time)s. Verify it then.")
                % {"time": moment(payee.cooling_until)}
            )
        if tax_id_valid and not (payee.npwp or payee.nik):
            raise ValidationError({"tax_id_valid": _("There is no NPWP or NIK that could be valid.")})
        payee.tax_id_status = PayeeProfile.TaxId.VALID if tax_id_valid else PayeeProfile.TaxId.INVALID
        payee.tax_id_checked_on = timezone.localdate()
        payee.verified_by, payee.verified_at = by, timezone.now()
        payee.first_verified_at = payee.first_verified_at or payee.verified_at
        payee.cooling_until, payee.refused_reason = None, ""
        payee.to_verified()
        payee.save()
        events.record("payments.payee_verified", payee, actor=by, data={"creator_id": payee.creator_id})
        _tell_portal(payee, gettext_lazy("Your bank and tax data is verified"), "verified")
        return payee


def refuse(payee: PayeeProfile, *, by: User, reason: str) -> PayeeProfile:
    """Finance found something wrong; the KOL corrects it."""
    check(by, "payments.verify_payee", payee)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what the KOL must correct.")})
    with transaction.atomic():
        payee = PayeeProfile.objects.select_for_update().get(pk=payee.pk)
        if payee.state == "refused":
            raise Conflict(_("This payee is refused already; wait for the KOL's correction."))
        payee.refused_reason = reason.strip()
        payee.to_refused()
        payee.save()
        events.record("payments.payee_refused", payee, actor=by, data={"creator_id": payee.creator_id})
        _tell_portal(
            payee, gettext_lazy("Please correct your bank or tax data"), "refused", payee.refused_reason
        )
        return payee


def _tell_portal(payee: PayeeProfile, title: Any, what: str, text: str = "") -> None:
    events.notify(
        "payments.payee_answered",
        people.portal_users(payee.creator),
        payee,
        title=title,
        text=text,
        url="/portal/payee/",
        key=f"payee_{what}:{payee.pk}:{payee.version}:{timezone.now():%Y%m%d%H%M}",
    )


def reveal(payee: PayeeProfile, *, by: User, reason: str = "") -> dict[str, str]:
    """The full numbers, once, to finance; who saw them, when and why is on record."""
    check(by, "payments.reveal_bank_data", payee)
    if len(reason.strip()) < 3:
        raise ValidationError({"reason": _("Say why you need the full numbers.")})
    with transaction.atomic():
        shown = {name: str(getattr(payee, name) or "") for name in REVEALABLE}
        events.record(
            "payments.bank_data_seen",
            payee,
            actor=by,
            data={
                "creator_id": payee.creator_id,
                "fields": [name for name in REVEALABLE if shown[name]],
                "reason": reason.strip()[:200],
            },
        )
        return shown


def duplicates(payee: PayeeProfile) -> list[dict[str, Any]]:
    """Other payees with the same tax number or bank account, by their blind indexes."""
    wanted = {
        "npwp": ("npwp_index", blind_index(payee.npwp, "tax_id")),
        "nik": ("nik_index", blind_index(payee.nik, "tax_id")),
        "account_number": ("account_index", blind_index(payee.account_number, "bank_account")),
    }
    found = []
    for name, (column, fingerprint) in wanted.items():
        if fingerprint:
            others = PayeeProfile.objects.filter(**{column: fingerprint}).exclude(pk=payee.pk)
            found += [{"field": name, "payee": other} for other in others.select_related("creator")]
    return found


def last_seen(payee: PayeeProfile, limit: int = 20) -> Any:
    """Who saw the full numbers."""
    from krm.events.models import Event

    return (
        Event.objects.filter(
            name="payments.bank_data_seen", subject_type="payments.payeeprofile", subject_id=payee.pk
        )
        .select_related("actor")
        .order_by("-id")[:limit]
    )
