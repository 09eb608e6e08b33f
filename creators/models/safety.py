"""What was found in a creator's words and in the words under them: packs of rules, flags, mentions of brands."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from krm.accounts.scope import ScopedModel

from .accounts import SocialAccount
from .people import StaffOnly
from .posts import Post


class SafetyCategory(models.TextChoices):
    """The eleven categories of the industry's framework, misinformation, and three that this market needs apart."""

    HATE = "hate", _("Hate and incitement (SARA)")
    PROFANITY = "profanity", _("Profanity and insults")
    ADULT = "adult", _("Sexual content")
    GAMBLING = "gambling", _("Gambling (judol)")
    ALCOHOL_TOBACCO = "alcohol_tobacco", _("Alcohol, tobacco and vape")
    DRUGS = "drugs", _("Illegal drugs")
    VIOLENCE = "violence", _("Death, injury and violence")
    WEAPONS = "weapons", _("Arms and ammunition")
    CRIME = "crime", _("Crime and fraud")
    TERRORISM = "terrorism", _("Terrorism")
    PIRACY = "piracy", _("Piracy and counterfeits")
    SPAM = "spam", _("Spam and scams")
    POLITICS = "politics", _("Politics and sensitive social issues")
    MISINFORMATION = "misinformation", _("Misinformation and false health claims")
    DANGEROUS_ACTS = "dangerous_acts", _("Dangerous acts and self-harm")


class Severity(models.TextChoices):
    """Floor (of the industry's framework): unacceptable, no brand beside this. High, medium and low: a matter of the brand's tolerance."""

    FLOOR = "floor", _("Unacceptable")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class FlagState(models.TextChoices):
    OPEN = "open", _("To review")
    ESCALATED = "escalated", _("Escalated")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")


class FlagPlace(models.TextChoices):
    CAPTION = "caption", _("Caption")
    TRANSCRIPT = "transcript", _("Transcript")
    COMMENTS = "comments", _("Comments")


class FlagOrigin(models.TextChoices):
    RULE = "rule", _("Rule")
    CLASSIFIER = "classifier", _("Classifier")


class Sponsored(models.TextChoices):
    YES = "yes", _("Sponsored")
    LIKELY = "likely", _("Probably sponsored")
    NO = "no", _("Not sponsored")


FLAG_MOVES = {
    "open": ["confirmed", "dismissed", "escalated"],
    "escalated": ["confirmed", "dismissed"],
    "confirmed": ["open"],
    "dismissed": ["open"],
}


@pghistory.track()
class SafetyPack(ScopedModel):
    """An administrator's version of a rule pack; a pack without a row is the one that came with KRM."""

    key = models.SlugField(_("key"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    label = models.CharField(_("name"), max_length=80)
    rules = models.JSONField(_("rules"), default=list)  # as in creators/safety/packs/*.json
    enabled = models.BooleanField(_("in use"), default=True)
    is_current = models.BooleanField(default=True)
    note = models.CharField(_("why it was changed"), max_length=300, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["key", "-version"]
        verbose_name = _("rule pack")
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="creators_safetypack_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(is_current=True), name="creators_safetypack_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.version}"


class PostText(ScopedModel):
    """What was read in a post's words and in the comments under it, and with which rules."""

    post = models.OneToOneField(Post, models.CASCADE, related_name="text")
    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="+")
    transcript = models.TextField(_("transcript"), null=True, blank=True)  # NULL: none was given
    transcript_source = models.CharField(max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=8, blank=True
    )  # id, en, mixed; blank: cannot be told
    sentiment = models.CharField(_("sentiment"), max_length=10, blank=True)  # of the caption
    comments_read = models.IntegerField(null=True)  # NULL: no comments were given
    positive = models.IntegerField(null=True)
    neutral = models.IntegerField(null=True)
    negative = models.IntegerField(null=True)
    abusive = models.IntegerField(null=True)
    hateful = models.IntegerField(null=True)
    spam = models.IntegerField(null=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    scanned_with = models.CharField(max_length=16, blank=True)  # packs and models, in one hash
    scanned_text = models.CharField(max_length=16, blank=True)  # what was read, in one hash

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("reading of a post")
        indexes = [models.Index(fields=["account", "scanned_with"], name="creators_posttext_scan")]
        constraints = [
            models.CheckConstraint(
                condition=Q(comments_read=None)
                | Q(comments_read=models.F("positive") + models.F("neutral") + models.F("negative")),
                name="creators_posttext_counts_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}"


@pghistory.track(
    pghistory.UpdateEvent("decided", condition=pghistory.AnyChange("state", "severity")),
    fields=["state", "severity", "reason", "decided_by", "decided_at"],
    model_name="SafetyDecision",
)
class SafetyFlag(FSMModelMixin, ScopedModel):
    """Something in a post that a brand would want to know, with the words that show it."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="safety_flags")
    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="safety_flags")
    category = models.CharField(_("category"), max_length=20, choices=SafetyCategory.choices)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices)
    place = models.CharField(_("found in"), max_length=10, choices=FlagPlace.choices)
    origin = models.CharField(_("found by"), max_length=10, choices=FlagOrigin.choices)
    source = models.CharField(max_length=60)  # pack:rule, or the classifier's name
    version = models.CharField(max_length=20)  # of the pack or the model
    key = models.CharField(max_length=32)  # one finding of one thing: place, category, source, words
    evidence = models.JSONField(default=dict)  # {"excerpt", "spans": [[from, to]], "hits", "comments": […]}
    probability = models.FloatField(_("probability"))
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True
    )  # of the post: what age counts from
    found_at = models.DateTimeField(_("found"))
    is_current = models.BooleanField(default=True)  # False: the last scan no longer finds it
    state = FSMField(_("state"), default=FlagState.OPEN, choices=FlagState.choices, protected=True)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-found_at", "-id"]
        verbose_name = _("safety flag")
        verbose_name_plural = _("safety flags")
        triggers = [
            pgtrigger.FSM(
                name="safetyflag_moves",
                field="state",
                transitions=[
                    (source, target) for source, targets in FLAG_MOVES.items() for target in targets
                ],
            )
        ]
        indexes = [
            models.Index(fields=["account", "category"], name="creators_safetyflag_account"),
            models.Index(
                fields=["state", "-found_at"], condition=Q(is_current=True), name="creators_safetyflag_queue"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["post", "key"], name="creators_safetyflag_once"),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="creators_safetyflag_probability"
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(reason=""), name="creators_safetyflag_dismissed_why"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open"]) | Q(decided_at__isnull=False),
                name="creators_safetyflag_decided_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.get_severity_display()}"

    @transition(field=state, source=["open", "escalated"], target="confirmed")
    def confirm(self) -> None: ...

    @transition(field=state, source=["open", "escalated"], target="dismissed")
    def dismiss(self) -> None: ...

    @transition(field=state, source="open", target="escalated")
    def escalate(self) -> None: ...

    @transition(field=state, source=["confirmed", "dismissed"], target="open")
    def reopen(self) -> None: ...


class BrandMention(models.Model):
    """A brand named in a caption by its handle, and whether the post says or shows that it was paid."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="brand_mentions")
    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="brand_mentions")
    brand = models.CharField(_("brand"), max_length=80)  # handle, lower case, without @
    sponsored = models.CharField(_("sponsored"), max_length=6, choices=Sponsored.choices)
    signals = models.JSONField(default=list)  # which words say so: "#iklan", "code", …
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        verbose_name = _("mention of a brand")
        verbose_name_plural = _("mentions of brands")
        indexes = [
            models.Index(fields=["account", "brand"], name="creators_mention_account"),
            models.Index(fields=["brand", "sponsored"], name="creators_mention_brand"),
        ]
        constraints = [models.UniqueConstraint(fields=["post", "brand"], name="creators_mention_once")]

    def __str__(self) -> str:
        return f"@{self.brand}"
