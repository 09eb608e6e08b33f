"""Say something about a concept or a draft, to the people who should read it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs.models import Comment, Concept, Draft
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.accounts.scope import Scope
from krm.errors import Denied
from krm.events import record

Audience = Comment.Audience
# What a guest's own word reaches; staff choose.
DEFAULT_AUDIENCE = {
    Comment.Side.AGENCY: Audience.CREATOR,
    Comment.Side.CREATOR: Audience.CREATOR,
    Comment.Side.CLIENT: Audience.CLIENT,
}
MOST = 4000


def side_of(user: User) -> Comment.Side:
    kind = Scope.of(user).kind
    return {"portal": Comment.Side.CREATOR, "client": Comment.Side.CLIENT}.get(kind, Comment.Side.AGENCY)


@transaction.atomic
def add(
    subject: Concept | Draft,
    *,
    by: User,
    body: str,
    audience: str = "",
    at_seconds: Decimal | None = None,
    x: Decimal | None = None,
    y: Decimal | None = None,
) -> Comment:
    """Add a comment; on a draft it may be pinned to a moment (video) or a place (picture, frame)."""
    check(by, "briefs.comment", subject)
    side = side_of(by)
    chosen = audience if audience and side == Comment.Side.AGENCY else DEFAULT_AUDIENCE[side]
    if chosen not in Audience.values:
        raise ValidationError({"audience": _("Choose who may read this.")})
    comment = Comment(
        author=by,
        side=side,
        audience=chosen,
        body=_body(body),
        **_pin(subject, at_seconds=at_seconds, x=x, y=y),
        **({"draft": subject} if isinstance(subject, Draft) else {"concept": subject}),
    )
    comment.save()
    record(
        "briefs.comment_added",
        subject,
        actor=by,
        data={"comment_id": comment.pk, "audience": comment.audience, "side": comment.side},
    )
    return comment


def add_decision(draft: Draft, *, by: User | None, body: str, author_name: str = "") -> Comment:
    """What a reviewer asks to be changed reaches the KOL, whichever side asked; the decision's verb checked it.

    `by` is None for a client with a link: `author_name` is what they typed.
    """
    side = side_of(by) if by is not None else Comment.Side.CLIENT
    audience = Audience.EVERYONE if draft.state == Draft.State.CLIENT_CHANGES else Audience.CREATOR
    return Comment.objects.create(
        author=by,
        author_name=author_name[:160],
        side=side,
        audience=audience,
        draft=draft,
        body=_body(body),
    )


def _body(body: str) -> str:
    text = body.strip()
    if not text:
        raise ValidationError({"body": _("Write your comment first.")})
    if len(text) > MOST:
        raise ValidationError({"body": _("Keep the comment under %(most)s characters.") % {"most": MOST}})
    return text


def _pin(subject: Any, *, at_seconds: Decimal | None, x: Decimal | None, y: Decimal | None) -> dict[str, Any]:
    if at_seconds is None and x is None and y is None:
        return {}
    if not isinstance(subject, Draft) or subject.asset is None:
        raise ValidationError({"body": _("Only a comment on a file can be pinned.")})
    if (x is None) != (y is None):
        raise ValidationError({"x": _("A pin needs both x and y.")})
    if x is not None and y is not None and not (0 <= x <= 1 and 0 <= y <= 1):
        raise ValidationError({"x": _("A pin lies inside the picture: x and y go from 0 to 1.")})
    if at_seconds is not None:
        if subject.asset.kind != "video":
            raise ValidationError({"at_seconds": _("Only a video has a time code.")})
        if at_seconds < 0 or (subject.asset.seconds and at_seconds > subject.asset.seconds + 1):
            raise ValidationError({"at_seconds": _("The video is not that long.")})
    return {"at_seconds": at_seconds, "x": x, "y": y}


@transaction.atomic
def resolve(comment: Comment, *, by: User, done: bool = True) -> Comment:
    """Tick a comment off, or open it again. The agency may tick any, others their own."""
    subject = comment.draft or comment.concept
    assert subject is not None  # a constraint says so
    check(by, "briefs.comment", subject)
    if side_of(by) != Comment.Side.AGENCY and comment.author_id != by.pk:
        raise Denied(_("Only the agency or the writer ticks this off."))
    comment.resolved_at = timezone.now() if done else None
    comment.resolved_by = by if done else None
    comment.save(update_fields=["resolved_at", "resolved_by", "updated_at"])
    record("briefs.comment_resolved", subject, actor=by, data={"comment_id": comment.pk, "done": done})
    return comment


def thread(subject: Concept | Draft, *, user: User) -> list[Comment]:
    """What this person may read about it, in order."""
    key = "draft" if isinstance(subject, Draft) else "concept"
    return list(
        Comment.objects.visible_to(user).filter(**{key: subject}).select_related("author").order_by("id")
    )
