"""Computing scores anew on purpose: a kind, a platform or everything, as a job with a progress bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creators import benchmarks, scoring_runs, summary
from creators.models import Platform, ScoreKind, SocialAccount
from creators.scoring import registry
from creators.scoring.definition import Definition
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record
from krm.web import jobs
from krm.web.models import Job

KIND = "creators.rescore"


def definitions_for(kind: str = "", version: str = "") -> list[Definition]:
    """What a recompute runs: every current definition, one kind's current one, or one version by name."""
    if not kind:
        return list(registry.current_definitions().values())
    chosen = registry.find(kind, version) if version else registry.current(kind)
    if chosen is None:
        raise Conflict(_("KRM has no formula %(version)s for this score.") % {"version": version or kind})
    return [chosen]


@transaction.atomic
def start(*, by: User, kind: str = "", version: str = "", platform: str = "") -> Job:
    """Queue a recompute. A version that is not the current one is written beside it, to be compared."""
    check(by, "creators.rescore")
    if platform and platform not in Platform.values:
        raise Conflict(_("KRM knows no platform of this name."))
    chosen = definitions_for(kind, version)
    if Job.objects.select_for_update().filter(kind=KIND, state__in=["queued", "running"]).exists():
        raise Conflict(_("A recompute is running. Wait for it or cancel its job."))
    label = str(ScoreKind(kind).label) if kind else _("all scores")
    job = jobs.start(
        KIND,
        by=by,
        title=_("Recompute %(what)s") % {"what": f"{label} {version}".strip()},
        params={"kind": kind, "version": version, "platform": platform},
    )
    record(
        "creators.rescore_started",
        job,
        actor=by,
        data={"versions": [one.version for one in chosen], "platform": platform},
    )
    return job


@jobs.runner(KIND)
def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    kind = str(job.params.get("kind") or "")
    chosen = definitions_for(kind, str(job.params.get("version") or ""))
    done = everything(chosen, platform=str(job.params.get("platform") or ""), progress=progress)
    url = reverse("creators:score_kind", args=[kind]) if kind else reverse("creators:score_kinds")
    return {
        "written": done.rows, **done.by_version, **({"broke": done.failures} if done.failures else {}), "url": url,
        "label": _("See the scores"),
    }  # fmt: skip


def everything(
    definitions: Sequence[Definition], *, platform: str = "", progress: jobs.Progress | None = None
) -> scoring_runs.Written:
    """All accounts with figures, by id; stopping and starting again writes nothing twice."""
    at = now()
    done = scoring_runs.Written()
    benchmarks.ensure()
    rows = SocialAccount.objects.filter(followers__isnull=False)
    if platform:
        rows = rows.filter(platform=platform)
    if progress:
        progress.total(rows.count())
    after = 0
    while ids := list(
        rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[: scoring_runs.CHUNK]
    ):
        if progress:
            progress.check_cancelled()
        summary.refresh_accounts(ids)
        scoring_runs.score_chunk(ids, at, done, definitions)
        after = ids[-1]
        if progress:
            progress.advance(len(ids))
    if progress:
        for version, why in done.failures.items():
            progress.error(field=version, message=why)
    return done
