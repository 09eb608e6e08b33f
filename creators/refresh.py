"""'Refresh now': one account, at once, for a person who waits."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from creators.models import AccountSchedule, SocialAccount
from creators.platforms.registry import connector
from creators.pulling import schedule
from krm.accounts.permissions import check
from krm.connectors import credentials
from krm.errors import Conflict
from krm.events import enqueue, record


@transaction.atomic
def refresh_now(account: SocialAccount, *, by: Any) -> AccountSchedule:
    """Queue a pull from the reserve kept for people. Its end is the event `creators.accounts_pulled` of the account."""
    check(by, "creators.refresh", account)
    plan = connector(account.platform)
    if plan is None:
        raise Conflict(
            _("KRM does not read %(platform)s yet. Enter its figures by hand or import them.")
            % {"platform": account.get_platform_display()}
        )
    if not plan.ready(credentials.application(account.platform)):
        raise Conflict(
            _("%(platform)s is not connected. An administrator can connect it under Connectors.")
            % {"platform": account.get_platform_display()}
        )
    taken = schedule.take_one(account.pk)
    if taken is None:
        raise Conflict(_("This account is being refreshed just now. Wait for its result."))
    record("creators.refresh_asked", account, actor=by, data={"account_id": account.pk})
    enqueue("creators.pull_accounts", taken.account_ids, taken.token, True)
    return AccountSchedule.objects.get(pk=account.pk)
