"""Scores with the components that explain them, kept as history, and the peer figures they compare with."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedQuerySet

from .accounts import SocialAccount
from .choices import Platform, ScoreKind, Source


class ScoreQuerySet(ScopedQuerySet):
    """Scores are our judgement: staff only."""

    def _scoped(self, scope: Scope) -> Self:
        return self if scope.kind == "staff" else self.none()

    def current(self) -> Self:
        """The newest row of each account and kind under the version in force."""
        from creators.scoring import registry

        return self.filter(is_current=True, formula_version__in=registry.current_versions())


class Score(models.Model):
    """One run of one formula over one account; a new row only when inputs or formula changed.

    Each version of a kind has one current row an account; the rows before it are its history. Components are
    stored as [name, value, weight, percentile, evidence, facts]; their sentences are made when somebody reads.
    """

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="scores")
    kind = models.CharField(max_length=20, choices=ScoreKind.choices)
    # engagement: the rate; most others 0..100, as their definition's unit says; NULL: nothing to judge by
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)  # interval, where the definition gives one
    high = models.FloatField(null=True)
    confidence = models.FloatField()
    verdict = models.CharField(
        max_length=20, blank=True, db_default="", default=""
    )  # a word of the definition
    as_of = models.DateField(null=True)  # day of the newest figure it stands on
    source = models.CharField(max_length=20, choices=Source.choices, blank=True, db_default="", default="")
    formula_version = models.CharField(max_length=20)
    inputs_hash = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)
    components = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    computed_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        ordering = ["-computed_at", "-id"]
        verbose_name = _("score")
        indexes = [models.Index(fields=["account", "kind", "-computed_at"], name="creators_score_history")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "formula_version"],
                condition=Q(is_current=True),
                name="creators_score_one_current",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="creators_score_confidence"
            ),
            models.CheckConstraint(
                condition=~Q(kind="authenticity") | Q(value=None) | Q(value__gte=0, value__lte=100),
                name="creators_score_authenticity_range",
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")),
                name="creators_score_interval",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class BenchmarkRow(models.Model):
    """What is usual: our own population's medians per platform and tier, or an editable published figure."""

    platform = models.CharField(max_length=12, choices=Platform.choices)
    tier = models.CharField(max_length=30, blank=True)  # blank: all sizes
    metric = models.CharField(max_length=30)  # er_followers, er_views, likes_per_comment, …
    p25 = models.FloatField(null=True, blank=True)
    median = models.FloatField()
    p75 = models.FloatField(null=True, blank=True)
    count = models.IntegerField(default=0)
    source = models.CharField(max_length=80, default="own")
    as_of = models.DateField()

    class Meta:
        ordering = ["platform", "tier", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "tier", "metric", "source", "as_of"], name="creators_benchmark_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.tier} {self.metric}"


class PeerSample(models.Model):
    """The figures of a platform's accounts (or a sample of them) that scores compare with; one row a post format."""

    platform = models.CharField(max_length=12, choices=Platform.choices)
    format = models.CharField(max_length=12, blank=True, db_default="", default="")  # blank: all formats
    as_of = models.DateTimeField()
    count = models.IntegerField()  # accounts in the sample
    population = models.IntegerField()  # accounts it was drawn from
    figures = models.JSONField(default=dict)  # {"size": […], "er": […], …}, log10, null where unknown

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "format"], name="creators_peersample_once")
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.format} {self.as_of:%Y-%m-%d}"
