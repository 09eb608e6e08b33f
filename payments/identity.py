"""Who is paid for a creator, on the creator's page; only for those who may see payee data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from creators.knowing.identity import Node, register_identity
from creators.models import Creator
from payments.models import PayeeProfile


def payee_of(creator: Creator, viewer: Any) -> Iterable[Node]:
    found = PayeeProfile.objects.visible_to(viewer).filter(creator=creator).first()
    if found is not None:
        yield Node("payee", found.legal_name, found.get_state_display(), found.get_absolute_url())


register_identity("payments.payee", payee_of)
