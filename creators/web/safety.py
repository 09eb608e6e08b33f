"""Brand safety pages: the queue of flags, one flag at a time, rule packs, and a creator's Safety tab."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from creators import profiles
from creators.models import (
    Creator,
    FlagOrigin,
    FlagPlace,
    FlagState,
    Platform,
    SafetyCategory,
    SafetyFlag,
    Severity,
)
from creators.safety import jobs, packs, reading, review
from creators.scoring import safety
from creators.web.profile import CreatorTab
from krm.accounts.permissions import allowed, check
from krm.errors import Refusal
from krm.web.access import AccessMixin
from krm.web.forms import REFUSALS, KrmForm, refusal_text
from krm.web.lists import BulkAction, Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectMixin, Page, redirect

TONES = {"floor": "bad", "high": "bad", "medium": "warn", "low": "quiet"}
BAND_TONES = {"low": "good", "medium": "warn", "high": "warn", "very_high": "bad", "floor": "bad"}
REASONS = (
    _("Another meaning of the word"),
    _("Quotes or reports somebody else"),
    _("Warns against it"),
    _("Fiction, game or joke without a target"),
    _("A comment of others that the creator deleted"),
)


def mask(word: str) -> str:
    """The first letter, then dots."""
    return " ".join(part[:1] + "•" * max(1, len(part) - 1) for part in word.split(" "))


def evidence_html(evidence: dict[str, Any]) -> SafeString:
    """The excerpt with what was found masked; the words come back at the press of a button."""
    text = evidence.get("excerpt") or ""
    parts: list[tuple[str]] = []
    at = 0
    for start, end in evidence.get("spans") or []:
        if start < at:
            continue
        parts.append((text[at:start],))
        word = text[start:end]
        parts.append((format_html('<mark class="masked" data-word="{}">{}</mark>', word, mask(word)),))
        at = end
    parts.append((text[at:],))
    return format_html_join("", "{}", parts)


def masked_comments(evidence: dict[str, Any]) -> list[SafeString]:
    """Comments are hidden whole: which word it was is not known."""
    return [
        format_html('<mark class="masked" data-word="{}">{}</mark>', one["text"], mask(one["text"]))
        for one in evidence.get("comments") or []
    ]


class FlagFilter(df.FilterSet):
    state = df.MultipleChoiceFilter(label=_("State"), choices=FlagState.choices)
    category = df.MultipleChoiceFilter(label=_("Category"), choices=SafetyCategory.choices)
    severity = df.MultipleChoiceFilter(label=_("Severity"), choices=Severity.choices)
    place = df.ChoiceFilter(label=_("Found in"), choices=FlagPlace.choices)
    origin = df.ChoiceFilter(label=_("Found by"), choices=FlagOrigin.choices)
    platform = df.ChoiceFilter(label=_("Platform"), field_name="account__platform", choices=Platform.choices)
    creator = df.NumberFilter(label=_("Creator number"), field_name="account__creator_id")

    class Meta:
        model = SafetyFlag
        fields: list[str] = []


class ReasonForm(KrmForm):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class OptionalReasonForm(KrmForm):
    reason = forms.CharField(label=_("Note"), max_length=500, required=False)


def _decide(decision: str) -> Any:
    def run(request: HttpRequest, chosen: QuerySet[Any], form: Any) -> str:
        by: Any = request.user
        reason = form.cleaned_data["reason"] if form is not None else ""
        count = review.decide_many(chosen, decision, by=by, reason=reason)
        return ngettext("%(count)s flag decided.", "%(count)s flags decided.", count) % {"count": count}

    return run


class SafetyQueue(ListPage):
    template_name = "creators/safety_list.html"
    name = "creators.safety"
    title = _("Safety review")
    subtitle = _("What rules and classifiers found in posts and under them. A person decides.")
    model = SafetyFlag
    perm = "creators.view"
    filterset_class = FlagFilter
    default_sort = "severity"
    search_label = _("Name or handle")
    columns = [
        Column("severity", _("Severity"), kind="html", sort=reading.RANK,
               value=lambda o: format_html('<span class="badge-sev sev-{}">{}</span>', o.severity, o.get_severity_display()),
               export=lambda o: o.severity, link=lambda o: reverse("creators:safety_flag", args=[o.pk])),
        Column("category", _("Category"), value=lambda o: o.get_category_display(),
               link=lambda o: reverse("creators:safety_flag", args=[o.pk])),
        Column("creator", _("Creator"), value=lambda o: str(o.account.creator or o.account),
               sub=lambda o: f"{o.account.get_platform_display()} {o.account}", width="wide",
               link=lambda o: o.account.creator.get_absolute_url() if o.account.creator else None),
        Column("evidence", _("Evidence"), kind="html", width="wide", export=False,
               value=lambda o: evidence_html(o.evidence) if o.evidence.get("excerpt") else of_comments(o)),
        Column("place", _("Found in"), value=lambda o: o.get_place_display()),
        Column("published", _("Published"), kind="date", value="published_at", sort="published_at"),
        Column("found", _("Found"), kind="ago", value="found_at", sort="found_at"),
        Column("state", _("State"), kind="state", value="state"),
        Column("source", _("Rule or model"), value=lambda o: f"{o.source} {o.version}", default=False),
        Column("probability", _("Sureness"), kind="percent", value="probability", default=False),
        Column("decided_by", _("Decided by"), value=lambda o: str(o.decided_by) if o.decided_by_id else None, default=False),
        Column("reason", _("Reason"), default=False, value=lambda o: o.reason or None),
    ]  # fmt: skip
    bulk_actions = [
        BulkAction("confirm", _("Confirm"), _decide("confirm"), perm="creators.safety_review", form_class=OptionalReasonForm, icon="check"),
        BulkAction("dismiss", _("Dismiss"), _decide("dismiss"), perm="creators.safety_review", form_class=ReasonForm, icon="x"),
        BulkAction("escalate", _("Escalate"), _decide("escalate"), perm="creators.safety_review", form_class=OptionalReasonForm, icon="arrow-up"),
        BulkAction("reopen", _("Open again"), _decide("reopen"), perm="creators.safety_review"),
    ]  # fmt: skip
    empty = Empty(
        _("Nothing to review"), _("New posts and comments are read after each pull and every night."), icon="shield-check"
    )  # fmt: skip
    actions = [
        (_("Rule packs"), "creators:safety_packs", ""),
        (_("Scan everything"), "creators:safety_rescan", "", "creators.safety_scan"),
        (_("Review one by one"), "creators:safety_next", "primary", "creators.safety_review"),
    ]

    def get_queryset(self) -> QuerySet[Any]:
        rows = SafetyFlag.objects.visible_to(self.request.user).select_related(
            "account", "account__creator", "decided_by"
        )
        if not self.request.GET.get("state"):
            rows = rows.filter(state__in=[FlagState.OPEN, FlagState.ESCALATED], is_current=True)
        return rows

    def search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        found = Creator.objects.filter(search_text__contains=term.lower().lstrip("@"))
        return queryset.filter(account__creator__in=found.values("pk"))


def of_comments(flag: SafetyFlag) -> str:
    return gettext("%(hits)s of %(of)s comments") % {
        "hits": flag.evidence.get("hits", 0),
        "of": flag.evidence.get("of", 0),
    }


class SafetyNext(AccessMixin, View):
    """To the worst flag that waits; the queue says so when none does."""

    perm = "creators.safety_review"

    def get(self, request: HttpRequest) -> HttpResponse:
        check(request.user, "creators.safety_review")
        return redirect(request, next_url(request.user))


def next_url(user: Any, after: SafetyFlag | None = None) -> str:
    rows = review.queue(user).annotate(rank=reading.RANK).order_by("rank", "-published_at", "-pk")
    if after is not None:
        rows = rows.exclude(pk=after.pk)
    following = rows.values_list("pk", flat=True).first()
    return reverse("creators:safety_flag", args=[following]) if following else reverse("creators:safety")


class SafetyFlagPage(DetailPage):
    """One flag: what was found, where, and the decision; keys c, d, e, r, n."""

    model = SafetyFlag
    perm = "creators.view"
    template_name = "creators/safety_flag.html"
    breadcrumbs = [(_("Safety review"), "creators:safety")]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("account", "account__creator", "post", "decided_by")

    def get_title(self) -> Any:
        return f"{self.object.get_category_display()}: {self.object.account.creator or self.object.account}"

    def get_context(self) -> dict[str, Any]:
        flag = self.object
        pack_key = flag.source.split(":")[0] if flag.origin == FlagOrigin.RULE else ""
        return {
            "flag": flag,
            "tone": TONES[flag.severity],
            "shown": evidence_html(flag.evidence),
            "comments": masked_comments(flag.evidence),
            "hits": of_comments(flag) if flag.place == FlagPlace.COMMENTS else "",
            "may": allowed(self.request.user, "creators.safety_review", flag),
            "waits": flag.state in (FlagState.OPEN, FlagState.ESCALATED),
            "reasons": REASONS,
            "severities": Severity.choices,
            "pack": pack_key,
            "next_url": next_url(self.request.user, flag),
            "left": review.queue(self.request.user)[:1001].count(),
            "others": SafetyFlag.objects.visible_to(self.request.user)
            .filter(post=flag.post_id, is_current=True)
            .exclude(pk=flag.pk)[:8],
        }


class SafetyDecide(ObjectMixin, AccessMixin, View):
    """POST: one decision, then on to the next flag."""

    model = SafetyFlag
    perm = "creators.safety_review"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int, decision: str) -> HttpResponse:
        flag = self.get_object()
        if decision not in review.DECISIONS:
            raise Http404
        verb = getattr(review, decision)
        values: dict[str, Any] = {}
        if decision in ("confirm", "dismiss", "escalate"):
            values["reason"] = request.POST.get("reason", "")
        if decision == "confirm":
            values["severity"] = request.POST.get("severity", "")
        try:
            verb(flag, by=request.user, **values)
        except REFUSALS as refusal:
            messages.error(request, refusal_text(refusal))
            return redirect(request, reverse("creators:safety_flag", args=[flag.pk]))
        messages.success(request, gettext("Decided."))
        if decision == "reopen" or request.POST.get("stay"):
            return redirect(request, reverse("creators:safety_flag", args=[flag.pk]))
        return redirect(request, next_url(request.user, flag))


class SafetyRescan(FormPage):
    title = _("Scan everything")
    subtitle = _(
        "Every post of the last three years is read again with the rules in use. Decisions are kept."
    )
    perm = "creators.safety_scan"
    form_class = KrmForm
    submit_label = _("Start the scan")
    cancel_url = "creators:safety"
    breadcrumbs = [(_("Safety review"), "creators:safety")]

    def save(self, form: Any) -> Any:
        return jobs.start_rescan(by=self.request.user)  # type: ignore[arg-type]


class RescanCreator(ObjectMixin, AccessMixin, View):
    model = Creator
    perm = "creators.safety_scan"
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        creator = self.get_object()
        try:
            job = jobs.start_rescan(by=request.user, creator_ids=[creator.pk])  # type: ignore[arg-type]
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(request, f"{creator.get_absolute_url()}?tab=safety")
        return redirect(request, job.get_absolute_url())


class SafetyPacks(Page):
    title = _("Rule packs")
    subtitle = _(
        "Words that raise a flag, by category and severity. A change makes a new version; posts are read again."
    )
    perm = "creators.view"
    template_name = "creators/safety_packs.html"
    breadcrumbs = [(_("Safety review"), "creators:safety")]

    def get_context(self) -> dict[str, Any]:
        shown = []
        for pack in packs.current():
            rows = pack["rules"]
            shown.append(
                {
                    "pack": pack, "label": gettext(pack["label"]), "rules": len(rows), "words": sum(len(rule["terms"]) for rule in rows),
                    "categories": [
                        SafetyCategory(name).label
                        for name in dict.fromkeys(rule["category"] for rule in rows)
                    ],
                }
            )  # fmt: skip
        return {"packs": shown, "may": allowed(self.request.user, "creators.safety_packs")}


class PackForm(KrmForm):
    """One pack: each rule has a severity and its words; an empty new rule is left out."""

    enabled = forms.BooleanField(label=_("In use"), required=False)
    note = forms.CharField(label=_("Why it is changed"), max_length=300)

    def __init__(self, *args: Any, pack: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pack = pack
        self.rows = []
        for place, rule in enumerate([*pack["rules"], None]):
            names = {}
            for key, field in self._fields(rule).items():
                name = f"rule{place}_{key}"
                self.fields[name] = field
                names[key] = name
            self.rows.append((rule, names))

    def _fields(self, rule: dict[str, Any] | None) -> dict[str, forms.Field]:
        given = rule or {}
        area = forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"})
        small = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"})
        return {
            "id": forms.SlugField(label=_("Name of the rule"), required=False, initial=given.get("id", ""), max_length=40),
            "category": forms.ChoiceField(
                label=_("Category"), choices=[("", "–"), *SafetyCategory.choices], required=False,
                initial=given.get("category", ""),
            ),
            "severity": forms.ChoiceField(
                label=_("Severity"), choices=[("", "–"), *Severity.choices], required=False,
                initial=given.get("severity", ""),
            ),
            "terms": forms.CharField(
                label=_("Words, one a line"), widget=area, required=False, initial="\n".join(given.get("terms", [])),
                help_text=_("A star at the end stands for any ending."),
            ),
            "needs": forms.CharField(
                label=_("Only beside one of"), widget=small, required=False, initial="\n".join(given.get("needs", [])),
            ),
            "unless": forms.CharField(
                label=_("Not beside any of"), widget=small, required=False, initial="\n".join(given.get("unless", [])),
            ),
        }  # fmt: skip

    @property
    def shown_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "rule": rule,
                "level": Severity(rule["severity"]).label if rule else "",
                **{key: self[name] for key, name in names.items()},
            }
            for rule, names in self.rows
        ]

    def rules(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for _rule, names in self.rows:
            values = {key: self.cleaned_data.get(name, "") for key, name in names.items()}
            if not values["terms"].strip():
                continue
            one: dict[str, Any] = {
                "id": values["id"] or f"rule-{len(found) + 1}", "category": values["category"],
                "severity": values["severity"], "terms": _lines(values["terms"]),
            }  # fmt: skip
            for key in ("needs", "unless"):
                if values[key].strip():
                    one[key] = _lines(values[key])
            found.append(one)
        return found


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class PackEdit(FormPage):
    perm = "creators.safety_packs"
    template_name = "creators/safety_pack.html"
    form_class = PackForm
    success_message = _("Saved as a new version. Posts are read again with it.")
    success_url = "creators:safety_packs"
    cancel_url = "creators:safety_packs"
    breadcrumbs = [(_("Safety review"), "creators:safety"), (_("Rule packs"), "creators:safety_packs")]

    def prepare(self) -> None:
        check(self.request.user, "creators.safety_packs")
        pack = packs.pack(self.kwargs["key"])
        if pack is None:
            raise Http404
        self.pack = pack

    def get_title(self) -> Any:
        return gettext(self.pack["label"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "pack": self.pack}

    def get_initial(self) -> dict[str, Any]:
        return {"enabled": self.pack["enabled"]}

    def get_context(self) -> dict[str, Any]:
        return {"pack": self.pack}

    def save(self, form: Any) -> Any:
        by: Any = self.request.user
        if self.request.POST.get("restore"):
            packs.restore_pack(self.pack["key"], by=by)
            return None
        try:
            packs.change_pack(
                self.pack["key"], by=by, rules_given=form.rules(), enabled=form.cleaned_data["enabled"],
                note=form.cleaned_data["note"],
            )  # fmt: skip
        except packs.ValidationError as error:
            texts = error.message_dict.get("rules")
            raise packs.ValidationError(texts) if texts else error from None
        return None


class SafetyTab(CreatorTab):
    tab_key = "safety"
    template_name = "creators/tabs/safety.html"
    SHOWN = 30

    def get_context(self) -> dict[str, Any]:
        accounts = profiles.accounts_of(self.object)
        standings = reading.standings([account.pk for account in accounts])
        moods = reading.moods(accounts)
        blocks = []
        for account in accounts:
            found = standings.get(account.pk)
            mood = moods.get(account.pk)
            if mood:
                mood = {
                    **mood,
                    "shares": [
                        (label, mood[key], mood[key] / mood["comments"])
                        for key, label in (
                            ("positive", _("Positive")), ("neutral", _("Neutral")), ("negative", _("Negative")),
                            ("abusive", _("Abusive")), ("hateful", _("Hateful")), ("spam", _("Spam")),
                        )
                    ],
                }  # fmt: skip
            blocks.append(
                {
                    "account": account, "standing": found, "mood": mood,
                    "band": reading.pair(safety.VERDICTS[found.band]) if found else "",
                    "tone": BAND_TONES[found.band] if found else "quiet",
                    "worst": reading.pair(safety.CATEGORIES[found.worst]) if found and found.worst else "",
                }
            )  # fmt: skip
        flags = list(reading.counting(reading.flags_of(accounts))[: self.SHOWN])
        return {
            "blocks": blocks,
            "flags": [
                {"flag": flag, "shown": evidence_html(flag.evidence) if flag.evidence.get("excerpt") else of_comments(flag)}
                for flag in flags
            ],
            "brands": reading.brands_of(accounts),
            "formula": reading.pair(safety.DEFINITION.formula),
            "may_scan": allowed(self.request.user, "creators.safety_scan", self.object),
        }  # fmt: skip
