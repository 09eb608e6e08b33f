"""What payee data mean when two creators become one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.duplicates.movers import register_mover
from creators.models import Creator
from payments.models import PayeeProfile


def _two_payees(row: PayeeProfile, kept: Creator) -> tuple[bool, Any]:
    return False, _("%(name)s has payee data already; invoices so far keep theirs.") % {"name": kept}


register_mover("payments.PayeeProfile", label=gettext_lazy("Payee data"), collision=_two_payees, order=70)
