"""What people say about a concept or a draft, pinned to a moment or a place where that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from briefs.models.concepts import Concept
from briefs.models.drafts import Draft
from krm.accounts.scope import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from krm.accounts.scope import Scope


class CommentQuerySet(ScopedQuerySet["Comment"]):
    def _scoped(self, scope: Scope) -> CommentQuerySet:
        visible = self.filter(
            models.Q(draft__in=Draft.objects.visible_to(scope.user).order_by().values("pk"))
            | models.Q(concept__in=Concept.objects.visible_to(scope.user).order_by().values("pk"))
        )
        if scope.is_portal:
            return visible.filter(audience__in=[Comment.Audience.EVERYONE, Comment.Audience.CREATOR])
        if scope.is_client:
            return visible.filter(audience__in=[Comment.Audience.EVERYONE, Comment.Audience.CLIENT])
        return visible


class Comment(ScopedModel):
    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Everyone")
        CREATOR = "creator", _("Agency and KOL")
        CLIENT = "client", _("Agency and client")
        INTERNAL = "internal", _("Agency only")

    class Side(models.TextChoices):
        AGENCY = "agency", _("Agency")
        CREATOR = "creator", _("KOL")
        CLIENT = "client", _("Client")

    concept = models.ForeignKey(Concept, models.CASCADE, null=True, blank=True, related_name="comments")
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, blank=True, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    # Of a client who wrote through a link: there is no account.
    author_name = models.CharField(max_length=160, blank=True, default="", db_default="")
    side = models.CharField(max_length=8, choices=Side.choices)
    audience = models.CharField(_("Who sees it"), max_length=10, choices=Audience.choices)
    body = models.TextField(_("Comment"))
    at_seconds = models.DecimalField(_("Time code"), max_digits=9, decimal_places=2, null=True, blank=True)
    # Fractions of the picture's width and height, so a pin holds on every screen.
    x = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    y = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    resolved_at = models.DateTimeField(_("Resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(concept__isnull=False, draft__isnull=True)
                | models.Q(concept__isnull=True, draft__isnull=False),
                name="briefs_comment_one_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(x__isnull=True, y__isnull=True)
                | models.Q(x__range=(0, 1), y__range=(0, 1)),
                name="briefs_comment_pin_inside",
            ),
            models.CheckConstraint(
                condition=models.Q(at_seconds__isnull=True) | models.Q(at_seconds__gte=0),
                name="briefs_comment_time_positive",
            ),
            models.CheckConstraint(condition=~models.Q(body=""), name="briefs_comment_not_empty"),
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def writer(self) -> str:
        return str(self.author) if self.author is not None else self.author_name
