"""The audience tab: who follows, how the count grew, what is written under the posts; and upload of a sample."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators import audience_words, audiences, insights, profiles, samples
from creators.models import FollowerSample, SocialAccount
from creators.web.profile import CreatorTab
from krm.web import charts
from krm.web.forms import KrmForm
from krm.web.models import Job
from krm.web.pages import verb_view

GROUPS = (
    ("age", _("Age")), ("gender", _("Gender")), ("countries", _("Countries")), ("cities", _("Cities")),
    ("languages", _("Languages")), ("interests", _("Interests")),
)  # fmt: skip
KINDS = ("audience_quality", "growth", "comment_quality", "pods")
SHOWN_MARKS = 8


class SampleForm(KrmForm):
    file = forms.FileField(
        label=_("CSV or XLSX file"),
        help_text=_(
            "One follower a row, up to 20,000: posts, following, followers, has_pic, is_private, username. Names are not kept."
        ),
    )
    as_of = forms.DateField(label=_("Sampled on"), initial=localdate, widget=forms.DateInput)


class AudienceTab(CreatorTab):
    tab_key = "audience"
    template_name = "creators/tabs/audience.html"

    def get_context(self) -> dict[str, Any]:
        accounts = profiles.accounts_of(self.object)
        newest, held = profiles.audiences_of(accounts), audiences.samples_of(accounts)
        found, scores = audiences.judged(accounts), profiles.explain(accounts)
        owners = insights.of_owners(accounts, newest)
        blocks = []
        for account in accounts:
            mine, row = found[account.pk], newest.get(account.pk)
            marks = audiences.marked(mine["steps"])
            blocks.append(
                {
                    "account": account,
                    "audience": row,
                    "owner": owners.get(account.pk),
                    "parts": demography(row) if row is not None else [],
                    "sample": held.get(account.pk),
                    "types": self._types(mine["types"]),
                    "scores": [scores.get(account.pk, {})[kind] for kind in KINDS if kind in scores.get(account.pk, {})],
                    "growth": growth_chart(mine["steps"]),
                    "marks": [{"at": mark.at.date(), "text": audiences.note(mark), "anomaly": mark.anomaly}
                              for mark in marks[:SHOWN_MARKS]],
                    "more_marks": max(len(marks) - SHOWN_MARKS, 0),
                    "examples": mine["examples"],
                    "comments": mine["comments"],
                }
            )  # fmt: skip
        return {"blocks": blocks}

    def _types(self, rows: list[dict[str, Any]]) -> Any:
        if not rows:
            return None
        return charts.bar(rows, "type", "share", format="percent", horizontal=True, sort=None, height=40 + 22 * len(rows),
                          y_title=gettext("Share"))  # fmt: skip


def demography(row: Any) -> list[tuple[str, Any]]:
    parts = []
    for key, title in GROUPS:
        groups = profiles.shares(getattr(row, key))
        if groups:
            sort = None if key == "age" else "-x"
            ordered = sorted(groups, key=lambda g: g["group"]) if key == "age" else groups
            ordered = [{**row, "group": audience_words.group(key, row["group"])} for row in ordered]
            parts.append((str(title), charts.bar(ordered, "group", "share", format="percent", horizontal=True, sort=sort,
                                                 height=40 + 22 * len(groups), y_title=gettext("Share"))))  # fmt: skip
    return parts


def growth_chart(steps: list[Any]) -> Any:
    """The followers day by day, with what stands out as points of a colour of their own."""
    if len(steps) < 2:
        return None
    usual, odd = gettext("Followers"), gettext("Looks bought")
    viral = gettext("Viral or giveaway")
    rows = [{"day": steps[0].start.date(), "followers": steps[0].before, "kind": usual}]
    rows += [{"day": step.at.date(), "followers": step.followers, "kind": usual} for step in steps]
    spec = charts.line(rows, "day", "followers", x_title=gettext("Day"), y_title=gettext("Followers"))
    marks = [
        {
            "day": step.at.date().isoformat(),
            "followers": step.followers,
            "kind": odd if step.anomaly else viral,
        }
        for step in steps
        if step.anomaly or step.note in ("viral", "giveaway")
    ]
    return with_marks(spec, marks) if marks else spec


def with_marks(spec: dict[str, Any], marks: list[dict[str, Any]]) -> dict[str, Any]:
    """The line with a second layer of points; the table beside the chart keeps the line's rows."""
    encoding = dict(spec["encoding"])
    line = {"mark": spec["mark"], "encoding": encoding, "data": spec["data"]}
    points = {
        "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
        "data": {"values": marks},
        "encoding": {
            "x": encoding["x"],
            "y": encoding["y"],
            "color": {"field": "kind", "type": "nominal", "title": None},
            "shape": {"field": "kind", "type": "nominal", "title": None},
            "tooltip": [{"field": "kind", "type": "nominal"}, {"field": "day", "type": "temporal"}],
        },
    }
    rest = {key: value for key, value in spec.items() if key not in ("mark", "encoding", "data")}
    return {**rest, "data": spec["data"], "layer": [line, points]}


def _upload(account: SocialAccount, *, by: Any, file: Any, as_of: Any) -> Job:
    return samples.upload(account, by=by, file=file, as_of=as_of)


sample_add = verb_view(
    SocialAccount,
    _upload,
    perm="creators.change",
    form=SampleForm,
    title=_("Upload a sample of followers"),
    submit_label=_("Upload"),
    success=_("Reading the followers."),
    success_url=lambda job, *_args: reverse("web:job", args=[job.pk]),
)


def _home(account: SocialAccount) -> str:
    if account.creator_id is None:
        return reverse("creators:list")
    return f"{reverse('creators:detail', args=[account.creator_id])}?tab=audience"


sample_delete = verb_view(
    FollowerSample,
    samples.remove,
    perm="creators.change",
    success=_("Sample deleted."),
    success_url=lambda account, *_args: _home(account),
)
