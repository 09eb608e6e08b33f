"""The panel of filters, and what is asked as chips in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators.finding import facets, filters
from creators.finding.search import Search
from creators.finding.table import STEPS
from creators.importing.countries import name_of
from krm.web import format as formats
from krm.web.lists.chips import Chip

SHOWN_VALUES = 10  # of a filter to which any value may be typed
CLOSED = ("choice", "label", "own_choice", "segment", "rivals")
FLAGS = ("flag", "own_flag")
YES_NO = (("", _("any")), ("true", _("yes")), ("false", _("no")))
COUNTRIES = ("country", "audience_country")
LATER = ("segment", "rivals", "own_text")  # kinds whose values are counted when they are chosen


@dataclass(frozen=True)
class Value:
    value: str
    label: Any
    chosen: bool
    number: str = ""
    none: bool = False  # nobody has it


@dataclass
class Shown:
    """A filter as the panel shows it."""

    filter: filters.Filter
    turned: bool
    values: dict[str, str]
    choices: list[Value] = field(default_factory=list)
    steps: tuple[int, ...] = ()
    error: str = ""

    @property
    def used(self) -> bool:
        if self.filter.kind in FLAGS:
            return any(one.chosen and one.value for one in self.choices)
        return bool(self.values) or any(one.chosen for one in self.choices)

    @property
    def yes_no(self) -> bool:
        return self.filter.kind in FLAGS

    @property
    def open_ended(self) -> bool:
        """Any value may be typed."""
        return self.filter.kind == "share" or (
            self.filter.kind in ("choice", "label") and self.filter.choices is None
        )

    @property
    def counted_later(self) -> bool:
        return self.filter.kind in LATER

    @property
    def turns(self) -> bool:
        """Yes or no turns itself round."""
        return self.turned or not self.yes_no

    @property
    def names(self) -> list[tuple[str, str]]:
        return [(name, self.values.get(name, "")) for name in self.filter.names]


@dataclass
class Group:
    key: str
    label: Any
    filters: list[Shown]

    @property
    def used(self) -> int:
        return sum(one.used for one in self.filters)

    @property
    def open(self) -> bool:
        return self.key == "account" or self.used > 0


def panel(search: Search, counted: dict[str, facets.Facet] | None = None) -> list[Group]:
    """Groups of filters; `counted` brings the values that are there and how many accounts each leaves."""
    groups: dict[str, list[Shown]] = {}
    turned = set(search.params.get("not", []))
    for one in filters.all_filters(search.known):
        groups.setdefault(one.group, []).append(shown(search, one, turned, counted))
    return [Group(key, filters.GROUPS[key], found) for key, found in groups.items()]


def shown(
    search: Search, one: filters.Filter, turned: set[str], counted: dict[str, facets.Facet] | None = None
) -> Shown:
    given = search.params
    opposite = f"not_{one.key}" in given and one.key not in given
    prefix = "not_" if opposite else ""
    out = Shown(
        one,
        one.key in turned or opposite,
        {},
        error=" ".join(search.errors.get(n, "") for n in one.names).strip(),
    )
    chosen = given.get(prefix + one.key, [])
    facet = (counted or {}).get(one.key)
    if one.kind in FLAGS:
        out.choices = yes_or_no(chosen, facet)
    elif one.kind in CLOSED:
        out.choices = offered(search, one, chosen, facet)
    elif one.kind == "share":
        out.steps = STEPS
        share = f"{one.key}_share"
        out.values = {share: given[prefix + share][0]} if prefix + share in given else {}
        out.choices = offered(search, one, chosen, facet)
    else:
        out.values = {name: ", ".join(given[prefix + name]) for name in one.names if prefix + name in given}
    return out


def yes_or_no(chosen: list[str], facet: facets.Facet | None) -> list[Value]:
    word = {True: "true", False: "false"}.get(truth) if (truth := _truth(chosen)) is not None else ""
    return [
        Value(value, label, value == word, number_of(facet, value) if value else "")
        for value, label in YES_NO
    ]


def _truth(words: list[str]) -> bool | None:
    if not words:
        return None
    return words[0].lower() in ("1", "true", "yes", "on", "ya")


def number_of(facet: facets.Facet | None, value: str) -> str:
    """How many there are; blank where that is not known (yet)."""
    if facet is None or (value not in facet.counts and len(facet.counts) >= facets.MOST):
        return ""
    n = facet[value]
    return formats.number(n) if facet.exact else gettext("≈ %(n)s") % {"n": formats.number(n)}


def offered(
    search: Search, one: filters.Filter, chosen: list[str], facet: facets.Facet | None
) -> list[Value]:
    """All values of a closed filter; of an open one those that are chosen and the most frequent."""
    labels = {str(value): label for value, label in one.choices(search.known)} if one.choices else {}
    chosen = list(dict.fromkeys(_as_kept(one, word) for word in chosen))
    values = list(labels)
    if facet is not None and not labels:
        values = list(facet.counts)[:SHOWN_VALUES]
    elif facet is not None and len(labels) > SHOWN_VALUES:
        place = {value: n for n, value in enumerate(facet.counts)}
        values = sorted(labels, key=lambda value: place.get(value, len(place)))
    values = [v for v in chosen if v not in values] + values
    return [
        Value(value, labels.get(value) or wording(one, value), value in chosen, number := number_of(facet, value),
              none=number == "0")
        for value in values
        if not one.choices or value in labels
    ]  # fmt: skip


def _as_kept(one: filters.Filter, word: str) -> str:
    """What was typed as the counts have it."""
    word = word.strip()
    if one.key in COUNTRIES:
        return word.upper()
    if one.key == "city":
        return word.title() if word.islower() else word
    return word.lower() if one.kind == "share" or (one.kind == "label" and not one.choices) else word


def wording(one: filters.Filter, value: str) -> str:
    if one.key in COUNTRIES:
        return name_of(value) or value
    return value


# -- chips ---------------------------------------------------------------------------------------------------------


def chips_of(search: Search, params: Any, path: str) -> list[Chip]:
    """What is asked, in words, each with the address without it."""
    found = []

    def without(names: list[str], turned: str = "") -> str:
        kept = params.copy()
        for name in names:
            kept.pop(name, None)
        if turned:
            kept.setlist("not", [key for key in kept.getlist("not") if key != turned])
        query = kept.urlencode()
        return f"{path}?{query}" if query else path

    search.condition  # noqa: B018  reading it finds the errors
    for given in search.given:
        one = given.filter
        turned = one.key in search.params.get("not", []) and f"not_{one.key}" not in search.params
        prefix = "not_" if given.negated and not turned else ""
        text = in_words(given, search.known)
        if given.negated:
            text = gettext("all but %(what)s") % {"what": text}
        error = " ".join(search.errors[name] for name in one.names if name in search.errors)
        names = [prefix + name for name in one.names]
        found.append(Chip(str(one.label), text, without(names, one.key if turned else ""), error))
    if search.about:
        found.append(Chip(gettext("Described as"), search.about, without(["about"])))
    if search.like:
        found.append(Chip(gettext("Similar to"), str(len(search.like)), without(["like"])))
    if search.term and "q" in params:
        found.append(Chip(gettext("Name or handle"), search.term, without(["q"])))
    return found


def in_words(given: filters.Given, known: filters.Known) -> str:
    one = given.filter
    if one.kind == "number":
        low, high = (given.values.get(f"{one.key}_{end}", [""])[0] for end in ("min", "max"))
        unit = " %" if one.percent else ""
        if low and high:
            return f"{low} – {high}{unit}"
        return (
            gettext("from %(low)s") % {"low": low} if low else gettext("to %(high)s") % {"high": high}
        ) + unit
    if one.kind in FLAGS:
        return gettext("yes") if _truth(given.words) else gettext("no")
    labels = {value: str(label) for value, label in one.choices(known)} if one.choices else {}
    text = ", ".join(labels.get(word) or wording(one, word.strip()) for word in given.words)
    if one.kind == "share":
        share = (given.values.get(f"{one.key}_share") or ["10"])[0]
        return gettext("%(what)s, at least %(share)s %%") % {"what": text, "share": share}
    return text
