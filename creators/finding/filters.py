"""What discovery can be filtered by: one declaration a filter, for page, REST, segments and chips alike.

A filter is a parameter (`platform=tiktok`, several values mean any of them; numbers have `_min` and `_max`).  Each can
be turned round: `not_platform=tiktok`, `not_followers_min=…`.  Turned round it is the exact complement: an account
whose value is not known does not match a filter, and does match its opposite.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, ExpressionWrapper, Func, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from creators.finding import clients
from creators.finding.table import STEPS
from creators.models import (
    AccountState,
    CreatorStatus,
    CustomField,
    DiscoveryLabel,
    LabelKind,
    Platform,
    PostKind,
    SafetyBand,
    Segment,
    Tag,
    Tier,
)

MOST_VALUES = 50

GROUPS = {
    "account": gettext_lazy("Account"),
    "performance": gettext_lazy("Performance"),
    "trust": gettext_lazy("Trust and safety"),
    "topic": gettext_lazy("Topic and place"),
    "audience": gettext_lazy("Audience"),
    "us": gettext_lazy("Work with us"),
    "own": gettext_lazy("Own fields"),
}
STANDINGS = {
    "never": gettext_lazy("Never talked with"),
    "invited": gettext_lazy("Invited"),
    "negotiating": gettext_lazy("Negotiating"),
    "working": gettext_lazy("Working with us"),
    "worked": gettext_lazy("Worked with us"),
    "declined": gettext_lazy("Declined"),
    "cancelled": pgettext_lazy("partnership", "Cancelled"),
}


class IsNotTrue(Func):
    """The complement in three-valued logic: false and unknown."""

    template = "((%(expressions)s) IS NOT TRUE)"
    output_field = BooleanField()
    conditional = True


def complement(condition: Q) -> Q:
    return Q(IsNotTrue(ExpressionWrapper(condition, output_field=BooleanField())))


Choices = Callable[["Known"], list[tuple[str, Any]]]


@dataclass(frozen=True)
class Filter:
    """`kind`: choice (column is one of), number (from, to), label (has one of), share (audience), flag, days, text."""

    key: str
    label: Any
    group: str
    kind: str
    column: str = ""
    choices: Choices | None = None
    percent: bool = False  # given as %, kept as a share
    labels: str = ""  # kind of the label
    facet: bool = False
    unit: Any = ""
    help: Any = ""

    @property
    def names(self) -> list[str]:
        """Parameters it reads."""
        if self.kind == "number":
            return [f"{self.key}_min", f"{self.key}_max"]
        if self.kind == "share":
            return [self.key, f"{self.key}_share"]
        return [self.key]


class Known:
    """What filters need from the database; each list is read when a filter asks for it."""

    def __init__(self, user: Any = None) -> None:
        self.user = user

    @cached_property
    def tiers(self) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Tier.objects.values_list("pk", "name")]

    @cached_property
    def tags(self) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in Tag.objects.values_list("pk", "name")]

    @cached_property
    def clients(self) -> list[Any]:
        return clients.of(self.user)

    @cached_property
    def custom(self) -> list[Any]:
        return list(CustomField.objects.filter(archived_at=None, filterable=True))

    @cached_property
    def segments(self) -> list[Any]:
        return list(Segment.objects.visible_to(self.user))


def _fixed(choices: Iterable[tuple[str, Any]]) -> Choices:
    found = [(str(value), label) for value, label in choices]
    return lambda known: found


def _number(
    key: str, label: Any, group: str, *, percent: bool = False, column: str = "", **rest: Any
) -> Filter:
    return Filter(
        key, label, group, "number", column or key, percent=percent, unit="%" if percent else "", **rest
    )


BASE: tuple[Filter, ...] = (
    Filter("platform", gettext_lazy("Platform"), "account", "choice", "platform", _fixed(Platform.choices), facet=True),
    Filter("tier", gettext_lazy("Tier"), "account", "choice", "tier", lambda known: known.tiers, facet=True),
    _number("followers", gettext_lazy("Followers"), "account"),
    Filter("last_post", gettext_lazy("Posted within days"), "account", "days", "last_post_on"),
    Filter("email", gettext_lazy("E-mail known"), "account", "flag", "has_email", facet=True),
    Filter("phone", gettext_lazy("Phone known"), "account", "flag", "has_phone", facet=True),
    Filter("main", gettext_lazy("Largest account of its creator"), "account", "flag", "is_main", facet=True),
    Filter("status", gettext_lazy("Status"), "account", "choice", "status", _fixed(CreatorStatus.choices), facet=True),
    Filter("state", gettext_lazy("Account state"), "account", "choice", "state", _fixed(AccountState.choices), facet=True),
    Filter("post_format", gettext_lazy("Posts in format"), "account", "label", labels=LabelKind.FORMAT, choices=_fixed(PostKind.choices), facet=True),
    _number("engagement", gettext_lazy("Engagement"), "performance", percent=True, column="engagement_rate"),
    _number("er_followers", gettext_lazy("Engagement by followers"), "performance", percent=True),
    _number("er_views", gettext_lazy("Engagement by views"), "performance", percent=True),
    _number("er_reach", gettext_lazy("Engagement by reach"), "performance", percent=True),
    _number("engagement_percentile", gettext_lazy("Engagement above so many of its peers"), "performance", percent=True),
    _number("growth_30d", gettext_lazy("Growth in 30 days"), "performance", percent=True),
    _number("consistency", gettext_lazy("Content consistency"), "performance"),
    _number("formats", gettext_lazy("Format strength"), "performance"),
    _number("innovation", gettext_lazy("Innovation and collaboration"), "performance"),
    _number("prediction", gettext_lazy("Expected performance"), "performance"),
    _number("authenticity", gettext_lazy("Authenticity"), "trust"),
    _number("audience_quality", gettext_lazy("Audience quality"), "trust"),
    _number("growth", gettext_lazy("Follower growth (score)"), "trust"),
    _number("comment_quality", gettext_lazy("Comment quality"), "trust"),
    _number("pods", gettext_lazy("Engagement pods"), "trust"),
    Filter("safety_band", gettext_lazy("Brand safety"), "trust", "choice", "safety_band", _fixed(SafetyBand.choices), facet=True),
    _number("safety", gettext_lazy("Brand safety (score)"), "trust"),
    Filter("category", gettext_lazy("Category"), "topic", "label", labels=LabelKind.CATEGORY, facet=True),
    Filter("language", gettext_lazy("Language"), "topic", "label", labels=LabelKind.LANGUAGE, facet=True),
    Filter("country", gettext_lazy("Country"), "topic", "choice", "country", facet=True),
    Filter("city", gettext_lazy("City"), "topic", "choice", "city", facet=True),
    Filter("audience_country", gettext_lazy("Audience country"), "audience", "share", labels=LabelKind.AUDIENCE_COUNTRY, facet=True),
    Filter("audience_city", gettext_lazy("Audience city"), "audience", "share", labels=LabelKind.AUDIENCE_CITY, facet=True),
    Filter("audience_language", gettext_lazy("Audience language"), "audience", "share", labels=LabelKind.AUDIENCE_LANGUAGE, facet=True),
    Filter("audience_interest", gettext_lazy("Audience interest"), "audience", "share", labels=LabelKind.AUDIENCE_INTEREST, facet=True),
    _number("audience_female", gettext_lazy("Women"), "audience", percent=True),
    _number("audience_male", gettext_lazy("Men"), "audience", percent=True),
    _number("audience_13_17", gettext_lazy("Aged 13 to 17"), "audience", percent=True),
    _number("audience_18_24", gettext_lazy("Aged 18 to 24"), "audience", percent=True),
    _number("audience_25_34", gettext_lazy("Aged 25 to 34"), "audience", percent=True),
    _number("audience_35_44", gettext_lazy("Aged 35 to 44"), "audience", percent=True),
    _number("audience_45_up", gettext_lazy("Aged 45 and over"), "audience", percent=True),
    Filter("standing", gettext_lazy("Standing with us"), "us", "choice", "standing", _fixed(STANDINGS.items()), facet=True),
    _number("deals", gettext_lazy("Deals with us"), "us"),
    _number("reliability", gettext_lazy("Reliability"), "us"),
    _number("price", gettext_lazy("Price"), "us", column="price_low", help=gettext_lazy("In the agency's currency; of rate cards valid today.")),
    Filter("tag", gettext_lazy("Tag"), "us", "label", labels=LabelKind.TAG, choices=lambda known: known.tags, facet=True),
    Filter("brand", gettext_lazy("Advertised for"), "us", "label", labels=LabelKind.BRAND, facet=True,
           help=gettext_lazy("Handles of brands in paid posts.")),
    Filter("client", gettext_lazy("Worked for our client"), "us", "label", labels=LabelKind.CLIENT,
           choices=lambda known: [(str(client.pk), client.name) for client in known.clients], facet=True),
    Filter("rivals_of", gettext_lazy("Conflict with our client"), "us", "rivals",
           choices=lambda known: [(str(client.pk), client.name) for client in known.clients],
           help=gettext_lazy("Advertised for a competitor of it.")),
    Filter("segment", gettext_lazy("Segment"), "us", "segment",
           choices=lambda known: [(str(segment.pk), segment.name) for segment in known.segments]),
)  # fmt: skip

CUSTOM_KINDS = {
    "number": "number",
    "date": "date",
    "boolean": "flag",
    "choice": "choice",
    "choices": "choice",
}


def own_fields(known: Known) -> list[Filter]:
    """A filter for each field of the agency's own."""
    found = []
    for own in known.custom:
        kind = CUSTOM_KINDS.get(own.kind, "text")
        options = _fixed([(option, option) for option in own.options]) if own.options else None
        found.append(
            Filter(
                f"own_{own.key}", own.label, "own", f"own_{kind}", own.key, options,
                facet=kind in ("choice", "flag"),
            )
        )  # fmt: skip
    return found


def all_filters(known: Known) -> list[Filter]:
    return [*BASE, *own_fields(known)]


# -- conditions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """One filter with its values, as it is or turned round."""

    filter: Filter
    values: Mapping[str, list[str]]
    negated: bool = False

    @property
    def words(self) -> list[str]:
        return self.values.get(self.filter.key, [])


LabelKey = tuple[str, str, int]
Labels = Mapping[LabelKey, int]


def labels_of(given: Given, known: Known) -> list[LabelKey]:
    """The labels whose numbers its condition needs."""
    one = given.filter
    if one.kind == "label":
        return [(one.labels, word.strip().lower(), 0) for word in given.words]
    if one.kind == "share":
        upper = one.key == "audience_country"
        step = share_of(given)
        return [(one.labels, word.upper() if upper else word.lower(), step) for word in given.words]
    if one.kind == "rivals":
        return [(LabelKind.BRAND, rival.lower(), 0) for rival in rivals(given, known)]
    return []


def rivals(given: Given, known: Known) -> list[str]:
    """Names of competitors as handles are written: with and without what stands between the words."""
    found = []
    for client in known.clients:
        if str(client.pk) in given.words:
            for rival in client.rivals:
                name = rival.lower().lstrip("@")
                found += [
                    name,
                    re.sub(r"[^\w]", "", name),
                    re.sub(r"[^\w]+", "_", name),
                    re.sub(r"[^\w]+", ".", name),
                ]
    return list(dict.fromkeys(found))


def share_step(given: list[str] | None) -> int:
    """The same where it need not be right: what cannot be read counts as 10 %."""
    try:
        asked = float((given or ["10"])[0].strip().rstrip("%").replace(",", "."))
    except ValueError:
        asked = 10
    return next((step for step in STEPS if step >= asked > 0), 10)


def share_of(given: Given) -> int:
    """The step at or above what was asked for: never fewer than asked."""
    text = (given.values.get(f"{given.filter.key}_share") or ["10"])[0].strip().rstrip("%")
    try:
        asked = float(text.replace(",", "."))
    except ValueError:
        asked = -1
    if not 0 < asked <= STEPS[-1]:
        raise ValidationError(
            {f"{given.filter.key}_share": _("Choose a share from 1 to %(most)s %%.") % {"most": STEPS[-1]}}
        )
    return next(step for step in STEPS if step >= asked)


def condition(given: Given, known: Known, labels: Labels, segment: Callable[[int], Q]) -> Q:
    made = _condition(given, known, labels, segment)
    return complement(made) if given.negated else made


NOBODY = Q(pk=-1)  # written out: an empty list would vanish from a condition that is turned round


def among(keys: Iterable[int]) -> Q:
    """These accounts."""
    listed = list(keys)
    return Q(pk__in=listed) if listed else NOBODY


def _condition(given: Given, known: Known, labels: Labels, segment: Callable[[int], Q]) -> Q:
    one = given.filter
    if one.kind == "number":
        return _range(one, given.values)
    if one.kind in ("label", "share", "rivals"):
        numbers = sorted({labels[key] for key in labels_of(given, known) if key in labels})
        return Q(labels__overlap=numbers) if numbers else NOBODY
    if one.kind == "flag":
        return Q(**{one.column: truth(given)})
    if one.kind == "days":
        days = _whole(one.key, given.words[0])
        return Q(**{f"{one.column}__gte": localdate() - timedelta(days=min(days, 36_500))})
    if one.kind == "segment":
        found = NOBODY
        for word in given.words:
            found |= segment(_whole(one.key, word))
        return found
    if one.kind.startswith("own_"):
        return _own(given)
    return _choice(given, known)


def _choice(given: Given, known: Known) -> Q:
    one, words = given.filter, [word.strip() for word in given.words]
    if one.key == "country":
        from creators.importing.countries import code_of

        return Q(country__in=[code_of(word) or word.upper()[:2] for word in words])
    if one.key == "city":
        return Q(
            city__in=sorted({form for word in words for form in (word, word.title(), word.capitalize())})
        )
    allowed = {value for value, _label in one.choices(known)} if one.choices else set()
    wrong = [word for word in words if word not in allowed]
    if wrong:
        raise ValidationError({one.key: _("There is no choice “%(word)s”.") % {"word": wrong[0][:60]}})
    found = Q(**{f"{one.column}__in": [word for word in words if word != "never"]})
    return found | Q(**{f"{one.column}__isnull": True}) if "never" in words else found


def _range(one: Filter, values: Mapping[str, list[str]]) -> Q:
    found = Q()
    low, high = number(one, values, "min"), number(one, values, "max")
    if one.key == "price":  # a range of prices meets a range of budgets
        if low is not None:
            found &= Q(price_high__gte=low)
        return found & Q(price_low__lte=high) if high is not None else found
    if low is not None:
        found &= Q(**{f"{one.column}__gte": low})
    if high is not None:
        found &= Q(**{f"{one.column}__lte": high})
    return found


_SUFFIX = {"k": 1e3, "rb": 1e3, "ribu": 1e3, "m": 1e6, "jt": 1e6, "juta": 1e6, "b": 1e9, "miliar": 1e9}


def number(one: Filter, values: Mapping[str, list[str]], end: str) -> float | None:
    """'50k', '1.5 jt', '3,5'; given in % where the filter says so."""
    name = f"{one.key}_{end}"
    text = (values.get(name) or [""])[0].strip().lower().rstrip("%").strip()
    if not text:
        return None
    factor = 1.0
    for suffix in sorted(_SUFFIX, key=len, reverse=True):
        if text.endswith(suffix) and text[: -len(suffix)].strip()[-1:].isdigit():
            text, factor = text[: -len(suffix)].strip(), _SUFFIX[suffix]
            break
    text = text.replace(" ", "")
    if (
        "," in text
        and "." not in text
        and factor == 1.0
        and len(text.rsplit(",", 1)[1]) == 3
        and not one.percent
    ):
        text = text.replace(",", "")
    elif text.count(".") > 1 or (
        "." in text and factor == 1.0 and len(text.rsplit(".", 1)[1]) == 3 and not one.percent
    ):
        text = text.replace(".", "")
    try:
        found = float(text.replace(",", ".")) * factor
    except ValueError:
        found = float("nan")
    if found != found or abs(found) > 1e15:
        raise ValidationError({name: _("Enter a number.")})
    return found / 100 if one.percent else found


def truth(given: Given) -> bool:
    word = given.words[0].strip().lower()
    if word in ("1", "true", "yes", "on", "ya"):
        return True
    if word in ("0", "false", "no", "off", "tidak"):
        return False
    raise ValidationError({given.filter.key: _("Write true or false.")})


def _whole(name: str, word: str) -> int:
    if not (word.strip().isascii() and word.strip().isdigit() and len(word.strip()) < 10):
        raise ValidationError({name: _("Enter a whole number.")})
    return int(word)


def _own(given: Given) -> Q:
    """Own fields: exact values go through the inverted index, ranges read the value."""
    one, words = given.filter, given.words
    found = NOBODY
    if one.kind == "own_flag":
        return Q(custom__contains={one.column: truth(given)})
    if one.kind == "own_choice":
        for word in words:
            found |= Q(custom__contains={one.column: word}) | Q(custom__contains={one.column: [word]})
        return found
    if one.kind == "own_text":
        for word in words:
            found |= Q(**{f"custom__{one.column}__icontains": word})
        return found
    # number and date: "from..to", either end may be missing
    for word in words:
        low, dots, high = word.partition("..")
        low, high = (low.strip(), high.strip()) if dots else (low.strip(), low.strip())
        part = Q(custom__has_key=one.column)
        for end, text in (("gte", low), ("lte", high)):
            if text:
                part &= Q(**{f"custom__{one.column}__{end}": _own_value(one, text)})
        found |= part
    return found


def _own_value(one: Filter, text: str) -> Any:
    if one.kind == "own_date":
        return text
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValidationError({one.key: _("Enter a number.")}) from None


def numbers_of(keys: Iterable[LabelKey]) -> dict[LabelKey, int]:
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    found = DiscoveryLabel.objects.filter(
        kind__in={key[0] for key in wanted}, value__in={key[1] for key in wanted}
    ).values_list("kind", "value", "step", "pk")
    every = {(kind, value, step): pk for kind, value, step, pk in found}
    return {key: every[key] for key in wanted if key in every}


__all__ = [
    "BASE",
    "GROUPS",
    "Filter",
    "Given",
    "Known",
    "all_filters",
    "complement",
    "condition",
    "numbers_of",
]
