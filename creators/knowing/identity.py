"""Who is behind a creator: accounts, who acts for them, who is paid, and whom they are linked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from creators.models import Creator, CreatorAccess, Relation, SocialAccount

ORDER = ("account", "self", "manager", "payee", "linked")
LABELS: dict[str, Any] = {
    "account": _("Accounts"), "self": _("The creator"), "manager": _("Talent managers"), "payee": _("Paid to"),
    "linked": _("Linked creators"),
}  # fmt: skip
MOST_LINKED = 12


@dataclass(frozen=True)
class Node:
    kind: str  # one of ORDER
    label: str
    detail: str = ""
    url: str = ""
    external: bool = False


Provider = Callable[[Creator, Any], Iterable[Node]]
_providers: dict[str, Provider] = {}


def register_identity(key: str, provider: Provider) -> None:
    """Let a room add nodes (a payee) that the viewer may see."""
    _providers[key] = provider


@dataclass(frozen=True)
class Group:
    kind: str
    label: Any
    nodes: list[Node]


def graph(creator: Creator, accounts: Sequence[SocialAccount], viewer: Any) -> list[Group]:
    """The groups that have anybody in them, in the order of ORDER."""
    nodes = [
        Node(
            "account",
            f"{a.get_platform_display()} {a}",
            a.get_state_display() if a.state != "active" else "",
            a.profile_url,
            True,
        )
        for a in accounts
    ]
    access = list(creator.access.filter(revoked_at=None).select_related("user"))  # type: ignore[attr-defined]
    for row in access:
        kind = "manager" if row.relation == Relation.MANAGER else "self"
        nodes.append(Node(kind, row.user.name or row.user.email, row.user.email))
    managers = [row.user_id for row in access if row.relation == Relation.MANAGER]
    if managers:
        others = (
            CreatorAccess.objects.filter(user_id__in=managers, revoked_at=None, creator__merged_into=None)
            .exclude(creator=creator)
            .select_related("creator", "user")
            .order_by("creator__name", "pk")[:MOST_LINKED]
        )
        nodes += [
            Node("linked", str(row.creator), row.user.name or row.user.email, row.creator.get_absolute_url())
            for row in others
        ]
    for key in sorted(_providers):
        nodes.extend(_providers[key](creator, viewer))
    return [
        Group(kind, LABELS[kind], found)
        for kind in ORDER
        if (found := [node for node in nodes if node.kind == kind])
    ]
