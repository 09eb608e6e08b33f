"""What can be done with many found accounts at once."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from creators.finding import comparing
from creators.models import Creator
from krm.errors import Conflict
from krm.web.lists import BulkAction
from krm.web.pages import redirect


def to_creators(action: BulkAction) -> BulkAction:
    """An action of the list of creators, for the creators of the chosen accounts."""

    def run(request: HttpRequest, chosen: QuerySet[Any], form: Any = None) -> Any:
        owners = chosen.filter(creator__isnull=False).order_by().values("creator")
        creators = Creator.objects.visible_to(request.user).filter(pk__in=owners)  # type: ignore[arg-type]
        if not creators.exists():
            raise Conflict(gettext("None of these accounts belongs to a creator. Link them first."))
        return action.run(request, creators, form) if form is not None else action.run(request, creators)

    return BulkAction(
        action.key,
        action.label,
        run,
        action.perm,
        action.form_class,
        action.confirm,
        action.danger,
        action.icon,
    )


def compare_chosen(request: HttpRequest, chosen: QuerySet[Any]) -> Any:
    keys = list(
        chosen.order_by(F("followers").desc(nulls_last=True)).values_list("pk", flat=True)[
            : comparing.MOST + 1
        ]
    )
    if not comparing.LEAST <= len(keys) <= comparing.MOST:
        raise Conflict(
            gettext("Select %(least)s to %(most)s accounts to compare.")
            % {"least": comparing.LEAST, "most": comparing.MOST}
        )
    url = f"{reverse('creators:compare')}?{urlencode([('account', pk) for pk in keys])}"
    return redirect(request, url)


def like_chosen(request: HttpRequest, chosen: QuerySet[Any]) -> Any:
    keys = list(chosen.values_list("pk", flat=True)[:21])
    if len(keys) > 20:
        raise Conflict(gettext("Select at most 20 accounts to find others like them."))
    return redirect(request, f"{reverse('creators:find')}?{urlencode({'like': ','.join(map(str, keys))})}")
