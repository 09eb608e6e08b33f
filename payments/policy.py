"""The agency's money settings and approval limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from krm import events
from krm.accounts.models import Role, User
from krm.accounts.permissions import check
from krm.errors import Denied
from payments.models import ApprovalLimit, PaymentPolicy

POLICY_FIELDS = ("terms_days", "cooling_days", "tax_period", "country")


def current() -> PaymentPolicy:
    return PaymentPolicy.objects.current()


def limit_of(user: User, currency: str) -> Decimal | None:
    """The largest amount this person approves; None is no limit, 0 is nothing."""
    row = ApprovalLimit.objects.filter(role=user.role, currency=currency).first()
    if row is not None:
        return row.amount
    return None if user.role == Role.ADMINISTRATOR else Decimal(0)


def check_limit(user: User, amount: Decimal, currency: str) -> None:
    from krm.web.format import money

    limit = limit_of(user, currency)
    if limit is None or amount <= limit:
        return
    if limit == 0:
        raise Denied(
            _("There is no approval limit for your role in %(currency)s. Ask an administrator to approve it.")
            % {"currency": currency}
        )
    raise Denied(
        _("You approve up to %(limit)s; this is %(amount)s. Ask an administrator to approve it.")
        % {"limit": money(limit, currency), "amount": money(amount, currency)}
    )


def change(policy: PaymentPolicy, *, by: User, **values: Any) -> PaymentPolicy:
    check(by, "payments.change_policy")
    unknown = set(values) - set(POLICY_FIELDS)
    if unknown:
        raise ValidationError({name: _("There is no such setting.") for name in sorted(unknown)})
    with transaction.atomic():
        policy = PaymentPolicy.objects.select_for_update().get(pk=policy.pk)
        changed = [name for name, value in values.items() if getattr(policy, name) != value]
        for name in changed:
            setattr(policy, name, values[name])
        policy.full_clean()
        if changed:
            policy.save(update_fields=[*changed, "updated_at"])
            events.record("payments.policy_changed", policy, actor=by, data={"fields": changed})
        return policy


def set_limit(*, by: User, role: str, currency: str, amount: Decimal) -> ApprovalLimit:
    check(by, "payments.change_policy")
    with transaction.atomic():
        limit = ApprovalLimit.objects.filter(role=role, currency=currency).select_for_update().first()
        limit = limit or ApprovalLimit(role=role, currency=currency)
        limit.amount = amount
        limit.full_clean()
        limit.save()
        events.record("payments.limit_changed", limit, actor=by, data={"role": role, "currency": currency})
        return limit


def remove_limit(limit: ApprovalLimit, *, by: User) -> None:
    check(by, "payments.change_policy")
    with transaction.atomic():
        events.record(
            "payments.limit_removed", limit, actor=by, data={"role": limit.role, "currency": limit.currency}
        )
        limit.delete()
