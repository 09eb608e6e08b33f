"""Scores on pages: the tab of a creator, the page of one score, and what KRM knows of each kind."""

from __future__ import annotations

from typing import Any

from django import forms as dj
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from creators import model_cards, profiles, rescoring, score_history
from creators.models import Platform, Score, ScoreKind, SocialAccount
from creators.scoring import registry
from creators.scoring.definition import Definition
from creators.scoring.wording import pick
from creators.web import wording
from creators.web.headline import TONES
from creators.web.profile import CreatorTab
from krm.accounts.permissions import allowed
from krm.web import charts, format
from krm.web.forms import KrmForm
from krm.web.pages import DetailPage, FormPage, Page

HEADLINES = ("authenticity", "engagement")  # open on the tab; the others have their own page


def lang() -> str:
    return get_language() or "en"


def verdict(definition: Definition | None, score: Score) -> str:
    pair = definition.verdicts.get(score.verdict) if definition and score.verdict else None
    return pick(pair, lang()) if pair else ""


def shown(value: float | None, definition: Definition | None) -> str:
    """The value in its unit: 3.4 % or 72."""
    if value is None:
        return str(format.NONE)
    if definition is not None and definition.unit in ("rate", "share"):
        return str(format.percent(value))
    return str(format.number(round(value)) if abs(value) >= 10 else format.number(round(value, 1)))


def tone(score: Score) -> str:
    """The colour of a verdict: low and high are off the usual for a rate, but a low risk is good."""
    if score.kind == ScoreKind.SAFETY:
        return TONES.get(score.verdict, "quiet")
    return {"low": "warn", "high": "warn"}.get(score.verdict, "quiet")


def card(explained: profiles.Explained) -> dict[str, Any]:
    """What a list of scores shows of one."""
    score = explained.score
    definition = registry.find(score.kind, score.formula_version)
    interval = ""
    if score.low is not None and score.high is not None:
        interval = f"{shown(score.low, definition)} – {shown(score.high, definition)}"
    points = definition is None or definition.unit == "points"
    changed = explained.changed
    return {
        "score": score,
        "label": ScoreKind(score.kind).label,
        "shown": shown(score.value, definition),
        "points": points,
        "interval": interval,
        "verdict": verdict(definition, score),
        "tone": tone(score),
        "parts": explained.parts,
        "why": explained.parts[0].sentence if explained.parts else "",
        "changed": changed if changed and abs(changed) >= (0.0005 if not points else 0.5) else None,
        "url": reverse("creators:account_score", args=[score.account_id, score.kind]),
    }


class ScoresTab(CreatorTab):
    tab_key = "scores"
    template_name = "creators/tabs/scores.html"

    def get_context(self) -> dict[str, Any]:
        accounts = profiles.accounts_of(self.object)
        explained = profiles.explain(accounts)
        blocks = []
        for account in accounts:
            found = explained.get(account.pk)
            if not found:
                continue
            order = {kind: place for place, kind in enumerate(ScoreKind.values)}
            cards = [card(found[kind]) for kind in sorted(found, key=lambda kind: order[kind])]
            honest = found.get("authenticity")
            blocks.append(
                {
                    "account": account,
                    "cards": cards,
                    "open": [one for one in cards if one["score"].kind in HEADLINES],
                    "waterfall": waterfall(honest.parts, honest.score.value)
                    if honest and honest.score.value is not None
                    else None,
                }
            )
        return {"blocks": blocks}


def waterfall(parts: list[profiles.Part], value: float) -> dict[str, Any]:
    """From 100 down to the score: what each component takes away."""
    import altair as alt

    rows: list[dict[str, Any]] = []
    level = 100.0
    for part in sorted((part for part in parts if part.weight), key=lambda part: -part.lost):
        rows.append({"step": part.label, "from": round(level, 1), "to": round(level - part.lost, 1),
                     "lost": round(-part.lost, 1), "nr": len(rows)})  # fmt: skip
        level -= part.lost
    rows.append(
        {
            "step": gettext("Score"),
            "from": 0.0,
            "to": round(value, 1),
            "lost": round(value, 1),
            "nr": len(rows),
        }
    )
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_bar()
        .encode(
            y=alt.Y("step", type="nominal", sort=alt.EncodingSortField("nr"), title=None),
            x=alt.X("from", type="quantitative", title=gettext("Points of 100"), scale=alt.Scale(domain=[0, 100])),
            x2="to",
            tooltip=[alt.Tooltip("step", type="nominal"), alt.Tooltip("lost", type="quantitative")],
        )
        .properties(width="container", height=34 + 26 * len(rows))
    )  # fmt: skip
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec.pop("config", None)
    spec["usermeta"] = {
        "krm": {"x": "step", "y": "lost", "series": None, "xTitle": gettext("Component"), "yTitle": gettext("Points")}
    }  # fmt: skip
    return spec


def beside_peers(score: Score, definition: Definition | None) -> dict[str, Any] | None:
    """Each rate of an engagement score beside what is usual for the nearest accounts."""
    rows = []
    for part, component in zip(profiles.parts_of(score), score.components, strict=True):
        rate, usual = component[5].get("rate"), component[5].get("median")
        if rate is None or usual is None or component[0] == "for_size":
            continue
        rows.append({"what": part.label, "rate": rate, "whose": gettext("This account")})
        rows.append({"what": part.label, "rate": usual, "whose": gettext("Usual for its size")})
    if not rows:
        return None
    spec = charts.bar(rows, "what", "rate", series="whose", format="percent", horizontal=True, stack=False,
                      y_title=gettext("Engagement"), height=60 + 40 * (len(rows) // 2))  # fmt: skip
    spec["encoding"]["yOffset"] = {"field": "whose"}
    return spec


def history_chart(rows: list[Score], definition: Definition | None) -> dict[str, Any] | None:
    """The value over time with its interval; each formula a line of its own."""
    known = [row for row in rows if row.value is not None]
    if len(known) < 2:
        return None
    data = [
        {"day": row.computed_at, "value": row.value, "low": row.low, "high": row.high, "formula": row.formula_version}
        for row in known
    ]  # fmt: skip
    rate = definition is not None and definition.unit in ("rate", "share")
    spec = charts.line(
        data, "day", "value", series="formula", x_title=gettext("Computed"), y_title=gettext("Score"), x_kind="temporal",
        format="percent" if rate else "number", points=len(known) < 60,
    )  # fmt: skip
    if any(row.low is not None for row in known):
        line = {"mark": spec.pop("mark"), "encoding": spec.pop("encoding")}
        band = {
            "mark": {"type": "area", "opacity": 0.15, "line": False},
            "encoding": {
                "x": line["encoding"]["x"],
                "y": {"field": "low", "type": "quantitative"},
                "y2": {"field": "high"},
                "color": line["encoding"]["color"],
            },
        }
        spec["layer"] = [band, line]
    return spec


class ScorePage(DetailPage):
    """One score of one account: its value, what it is made of, and how it came about."""

    model = SocialAccount
    perm = "creators.view"
    template_name = "creators/score.html"
    history = False

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("creator")

    def get_title(self) -> Any:
        return f"{ScoreKind(self.kwargs['kind']).label}: {self.object}"

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        creator = self.object.creator
        trail = [(gettext("Creators"), reverse("creators:list"))]
        if creator is not None:
            trail.append((str(creator), f"{creator.get_absolute_url()}?tab=scores"))
        return trail

    def get_context(self) -> dict[str, Any]:
        kind = self.kwargs["kind"]
        if kind not in ScoreKind.values:
            raise Http404
        rows = score_history.history(self.object, kind)
        chosen = self._chosen(rows)
        if chosen is None:
            return {"score": None, "kind": ScoreKind(kind)}
        definition = registry.find(kind, chosen.formula_version)
        since = self._since(rows, chosen)
        explained = profiles.Explained(chosen, profiles.parts_of(chosen), None)
        points = definition is None or definition.unit == "points"
        return {
            "kind": ScoreKind(kind),
            "score": chosen,
            "card": card(explained),
            "definition": definition,
            "formula": pick(definition.formula, lang()) if definition else "",
            "card_url": card_url(definition),
            "replaced": definition is None or definition is not registry.current(kind),
            "waterfall": waterfall(explained.parts, chosen.value)
            if points and chosen.value is not None and explained.parts
            else None,
            "beside": None if points else beside_peers(chosen, definition),
            "compared": score_history.compare(since, chosen, lang()) if since else None,
            "since": since,
            "unit": "points" if points else "rate",
            "history": history_chart(rows, definition),
            "rows": [
                {"score": row, "shown": shown(row.value, registry.find(kind, row.formula_version))} for row in reversed(rows)
            ],
            "inputs": input_rows(chosen.inputs),
        }  # fmt: skip

    def _number(self, name: str) -> int | None:
        text = self.request.GET.get(name, "")
        return int(text) if text.isdigit() and len(text) < 19 else None

    def _chosen(self, rows: list[Score]) -> Score | None:
        wanted = self._number("score")
        if wanted is not None:
            found = next((row for row in rows if row.pk == wanted), None)
            if found is None:
                raise Http404
            return found
        current = registry.current(self.kwargs["kind"])
        mine = [row for row in rows if current and row.formula_version == current.version] or rows
        return mine[-1] if mine else None

    def _since(self, rows: list[Score], chosen: Score) -> Score | None:
        wanted = self._number("since")
        if wanted is not None:
            return next((row for row in rows if row.pk == wanted), None)
        return score_history.before(chosen)


def input_rows(inputs: dict[str, Any]) -> list[tuple[Any, str]]:
    """The figures a score stands on, those with a name of their own first."""
    rows = []
    for key, value in sorted(inputs.items(), key=lambda pair: (pair[0] not in wording.INPUTS, pair[0])):
        label = wording.INPUTS.get(key, key.replace("_", " "))
        if isinstance(value, int | float) and not isinstance(value, bool):
            share = key in wording.SHARES or key.startswith(("er_", "rate_"))
            text = str(format.percent(value)) if share else str(format.number(value))
        else:
            text = str(value)
        rows.append((label, text))
    return rows


class KindsPage(Page):
    """Every kind of score: formula in force, weights, versions."""

    perm = "creators.view"
    title = _("Scores")
    subtitle = _("How each is computed. The weights are judgement: no ground truth exists.")
    template_name = "creators/score_kinds.html"
    breadcrumbs = ((_("Creators"), "creators:list"),)
    actions = ((_("Recompute"), "creators:score_recompute", "primary", "creators.rescore"),)

    def get_context(self) -> dict[str, Any]:
        return {
            "kinds": [
                {
                    "kind": kind,
                    "definition": registry.current(kind.value),
                    "versions": [one.version for one in registry.versions(kind.value)],
                    "formula": pick(one.formula, lang()) if (one := registry.current(kind.value)) else "",
                }
                for kind in ScoreKind
                if registry.current(kind.value)
            ]
        }


class KindPage(Page):
    """One kind: its definition, how it is spread over the accounts, and how its versions differ."""

    perm = "creators.view"
    template_name = "creators/score_kind.html"
    breadcrumbs = ((_("Creators"), "creators:list"), (_("Scores"), "creators:score_kinds"))

    def get_title(self) -> Any:
        return ScoreKind(self.kwargs["kind"]).label

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["kind"] not in ScoreKind.values or registry.current(kwargs["kind"]) is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context(self) -> dict[str, Any]:
        kind = self.kwargs["kind"]
        definition = registry.current(kind)
        assert definition is not None
        held = score_history.sample(kind)
        mine = held[held["formula_version"] == definition.version]
        versions = score_history.versions_held(held)
        old = self.request.GET.get("with") or next((v for v in versions if v != definition.version), "")
        compared = score_history.compare_versions(held, old, definition.version) if old in versions else None
        names = (
            {a.pk: a for a in SocialAccount.objects.filter(pk__in=[m.account_id for m in compared.largest])}
            if compared
            else {}
        )
        return {
            "kind": ScoreKind(kind),
            "definition": definition,
            "formula": pick(definition.formula, lang()),
            "card_url": card_url(definition),
            "weights": [(pick(definition.names.get(name, (name, name)), lang()), weight) for name, weight in definition.weights.items()],
            "names": [pick(pair, lang()) for pair in definition.names.values()],
            "versions": versions,
            "sampled": held["account_id"].nunique(),
            "scored": mine["value"].notna().sum(),
            "confidence": mine["confidence"].mean() if len(mine) else None,
            "spread": spread(mine["value"].dropna().tolist(), definition),
            "compared": compared,
            "moves": [
                (names.get(move.account_id), shown(move.old, definition), shown(move.new, definition),
                 reverse("creators:account_score", args=[move.account_id, kind]))
                for move in compared.largest
            ] if compared else [],
            "quartiles": [shown(value, definition) for value in compared.quartiles] if compared else [],
            "means": (shown(compared.mean_old, definition), shown(compared.mean_new, definition)) if compared else None,
            "may": allowed(self.request.user, "creators.rescore"),
        }  # fmt: skip


def spread(values: list[float], definition: Definition, bins: int = 10) -> dict[str, Any] | None:
    """How many of the sampled accounts fall into each tenth."""
    if len(values) < 2:
        return None
    rate = definition.unit in ("rate", "share")
    ordered = sorted(values)
    top = ordered[int(0.98 * (len(ordered) - 1))] if rate else 100.0
    width = (top or 1.0) / bins
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int(value / width)))] += 1
    rows = [
        {"range": f"{shown(n * width, definition)} – {shown((n + 1) * width, definition)}", "accounts": count}
        for n, count in enumerate(counts)
    ]
    return charts.bar(rows, "range", "accounts", sort=[row["range"] for row in rows], x_title=gettext("Score"),
                      y_title=gettext("Accounts"))  # fmt: skip


class CardPage(Page):
    """The model card of the version in force: data, licence, command, figures, limits."""

    perm = "creators.view"
    template_name = "creators/score_card.html"
    title = _("Model card")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        kind = self.kwargs["kind"]
        return [
            (gettext("Creators"), reverse("creators:list")),
            (gettext("Scores"), reverse("creators:score_kinds")),
            (ScoreKind(kind).label, reverse("creators:score_kind", args=[kind])),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["kind"] not in ScoreKind.values or registry.current(kwargs["kind"]) is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context(self) -> dict[str, Any]:
        path = model_cards.path_of(registry.current(self.kwargs["kind"]))
        return {
            "blocks": model_cards.blocks(path.read_text()) if path else [],
            "score_url": reverse("creators:score_kind", args=[self.kwargs["kind"]]),
        }


def card_url(definition: Definition | None) -> str:
    """Where the model card is shown, if there is one."""
    if definition is None or model_cards.path_of(definition) is None:
        return ""
    return reverse("creators:score_card", args=[definition.kind])


class RecomputeForm(KrmForm):
    kind = dj.ChoiceField(label=_("Score"), required=False)
    version = dj.ChoiceField(
        label=_("Formula"),
        required=False,
        help_text=_("An older formula is written beside the current one, so that both can be compared."),
    )
    platform = dj.ChoiceField(
        label=_("Platform"), required=False, choices=[("", _("All")), *Platform.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = registry.current_definitions()
        fields: Any = self.fields
        fields["kind"].choices = [
            ("", _("All")),
            *((k.value, k.label) for k in ScoreKind if k.value in known),
        ]
        fields["version"].choices = [("", _("The current one"))] + [
            (one.version, f"{ScoreKind(one.kind).label} {one.version}") for one in registry.DEFINITIONS
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        version, kind = cleaned.get("version"), cleaned.get("kind")
        if version:
            of = next(one.kind for one in registry.DEFINITIONS if one.version == version)
            if kind and kind != of:
                self.add_error("version", _("This formula is of another score."))
            cleaned["kind"] = of
        return cleaned


class RecomputePage(FormPage):
    """Compute scores anew, as a job."""

    perm = "creators.rescore"
    title = _("Recompute scores")
    subtitle = _(
        "Scores are computed after every reading and each night. Start it here after new weights or a new formula."
    )
    form_class = RecomputeForm
    submit_label = _("Start")
    cancel_url = "creators:score_kinds"
    breadcrumbs = ((_("Creators"), "creators:list"), (_("Scores"), "creators:score_kinds"))

    def get_initial(self) -> dict[str, Any]:
        return {"kind": self.request.GET.get("kind", "")}

    def save(self, form: Any) -> Any:
        return rescoring.start(by=self.request.user, **form.cleaned_data)

    def get_success_url(self, obj: Any) -> str:
        messages.info(self.request, gettext("Scores are being computed. Both formulas stay readable."))
        return str(obj.get_absolute_url())
