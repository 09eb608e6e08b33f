"""What we expected of the next post, and what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .accounts import SocialAccount
from .choices import PostKind
from .people import StaffOnly
from .posts import Post

# A video of twenty minutes or more (a stream, an episode) is forecast apart from short ones.
FORMS = [*PostKind.choices, ("long", _("Long video or stream"))]


class ForecastMetric(models.TextChoices):
    VIEWS = "views", _("Views")
    LIKES = "likes", _("Likes")
    ENGAGEMENT = "engagement", _("Interactions")


class PostForecast(ScopedModel):
    """The next post of an account in one format. Open until that post comes, then kept with what it reached."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="forecasts")
    kind = models.CharField(_("format"), max_length=10, choices=FORMS)
    metric = models.CharField(_("metric"), max_length=12, choices=ForecastMetric.choices)
    low = models.BigIntegerField(_("low"))  # with `high`: four posts of five lie between
    mid = models.BigIntegerField(_("expected"))
    high = models.BigIntegerField(_("high"))
    posts = models.PositiveIntegerField(_("posts it rests on"))
    formula_version = models.CharField(max_length=20)
    made_at = models.DateTimeField(_("made"))
    post = models.ForeignKey(
        Post, models.CASCADE, null=True, blank=True, related_name="forecasts", verbose_name=_("post")
    )
    actual = models.BigIntegerField(_("reached"), null=True, blank=True)
    compared_at = models.DateTimeField(_("compared"), null=True, blank=True)

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "metric", "formula_version"],
                condition=Q(post=None),
                name="creators_forecast_one_open",
            ),
            models.UniqueConstraint(
                fields=["post", "metric", "formula_version"],
                condition=~Q(post=None),
                name="creators_forecast_one_per_post",
            ),
            models.CheckConstraint(
                condition=Q(low__gte=0, low__lte=F("mid")) & Q(mid__lte=F("high")),
                name="creators_forecast_ordered",
            ),
            models.CheckConstraint(
                condition=Q(actual=None) | ~Q(post=None), name="creators_forecast_actual_of_a_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.metric} {self.mid}"
