"""Scores with the components that explain them, kept as history, and the peer figures they compare with."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedQuerySet

from .accounts import SocialAccount
from .choices import Platform, ScoreKind


class ScoreQuerySet(ScopedQuerySet):
    """Scores are our judgement: staff only."""

    def _scoped(self, scope: Scope) -> Self:
        return self if scope.kind == "staff" else self.none()


class Score(models.Model):
    """One run of one formula over one account; a new row only when inputs or formula changed."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="scores")
    kind = models.CharField(max_length=20, choices=ScoreKind.choices)
    value = models.FloatField(
        null=True
    )  # engagement: the rate; authenticity: 0..100; NULL: nothing to judge by
    confidence = models.FloatField()
    formula_version = models.CharField(max_length=20)
    inputs_hash = models.CharField(max_length=64)
    inputs = models.JSONField(default=dict)
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
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class ScoreComponent(models.Model):
    """One named reason of a score: a value in [0, 1], its weight, and a sentence in both languages."""

    score = models.ForeignKey(Score, models.CASCADE, related_name="components")
    name = models.CharField(max_length=40)
    value = models.FloatField(null=True)
    weight = models.FloatField()  # after renormalising over the components present
    percentile = models.FloatField(null=True)  # among peers, 0..1
    evidence = models.IntegerField(default=0)  # how many observations stand behind it
    sentence_en = models.TextField(blank=True)
    sentence_id = models.TextField(blank=True)

    class Meta:
        ordering = ["-weight", "name"]
        constraints = [
            models.UniqueConstraint(fields=["score", "name"], name="creators_scorecomponent_once"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0, value__lte=1), name="creators_scorecomponent_unit"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
    """The figures of a platform's accounts (or a sample of them) that scores compare with; one row a platform."""

    platform = models.CharField(max_length=12, choices=Platform.choices, unique=True)
    as_of = models.DateTimeField()
    count = models.IntegerField()  # accounts in the sample
    population = models.IntegerField()  # accounts it was drawn from
    figures = models.JSONField(default=dict)  # {"followers": […], "er": […], …}, log10, null where unknown

    def __str__(self) -> str:
        return f"{self.platform} {self.as_of:%Y-%m-%d}"
