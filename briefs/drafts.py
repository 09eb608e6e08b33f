"""Hand in a version of the content, checked by the machine before a person looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import briefing, checks, handover, review
from briefs.models import Asset, ChecklistResult, Concept, Draft
from briefs.models.scoping import BRIEFED
from briefs.people import settings_of
from campaigns.models import Deliverable
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

LONGEST_CAPTION = 20_000


def check_content(
    deliverable: Deliverable, *, caption: str, asset: Asset | None = None, uses_platform_label: bool = False
) -> list[checks.Finding]:
    """What the machine says about this caption and file, without writing anything."""
    campaign = deliverable.partnership.campaign
    version = briefing.current_version(campaign.pk)
    content = checks.Content(
        caption=caption[:LONGEST_CAPTION],
        platform=deliverable.platform,
        format=deliverable.format,
        media_kind=asset.kind if asset else "",
        uses_platform_label=uses_platform_label,
        width=asset.width if asset else None,
        height=asset.height if asset else None,
        seconds=float(asset.seconds) if asset and asset.seconds else None,
    )
    return checks.run(content, briefing.rules_for(campaign, version, deliverable))


@transaction.atomic
def submit(
    deliverable: Deliverable,
    *,
    by: User,
    asset: Asset | None = None,
    link: str = "",
    caption: str = "",
    note: str = "",
    uses_platform_label: bool = False,
    override_reason: str = "",
) -> Draft:
    """The next version of the content goes to review. Failed checks need a reason."""
    check(by, "briefs.submit_draft", deliverable)
    deliverable = (
        Deliverable.objects.select_for_update(of=("self",))
        .select_related("partnership__campaign__brand", "agreement")
        .get(pk=deliverable.pk)
    )
    _open(deliverable)
    caption, link = caption.strip().replace("\r\n", "\n"), link.strip()
    _whole(deliverable, asset=asset, link=link, caption=caption)
    findings = check_content(
        deliverable, caption=caption, asset=asset, uses_platform_label=uses_platform_label
    )
    failed = [f for f in findings if f.status == "fail"]
    if failed and not override_reason.strip():
        raise ValidationError(
            {
                "override_reason": _(
                    "%(count)s checks failed: mend them, or say why the draft should go on anyway."
                )
                % {"count": len(failed)}
            }
        )
    campaign = deliverable.partnership.campaign
    draft = Draft.objects.create(
        deliverable=deliverable,
        version=(deliverable.drafts.aggregate(most=Max("version"))["most"] or 0) + 1,
        brief_version=briefing.current_version(campaign.pk),
        asset=asset,
        link=link,
        caption=caption,
        note=note.strip()[:2000],
        uses_platform_label=uses_platform_label,
        override_reason=override_reason.strip()[:300] if failed else "",
        checks_failed=len(failed),
        checks_warned=sum(f.status == "warn" for f in findings),
        submitted_by=by,
        submitted_at=timezone.now(),
    )
    ChecklistResult.objects.bulk_create(
        ChecklistResult(draft=draft, code=f.code, item=f.item, status=f.status, params=f.params, order=i)
        for i, f in enumerate(findings)
    )
    review.open_chain(draft, settings_of(campaign.pk))
    handover.draft_in(deliverable, by=by)
    record(
        "briefs.draft_submitted",
        draft,
        actor=by,
        data={
            "deliverable_id": deliverable.pk,
            "campaign_id": campaign.pk,
            "version": draft.version,
            "checks_failed": draft.checks_failed,
        },
    )
    return draft


def why_not(deliverable: Deliverable) -> str:
    """The reason why no draft can be sent now, or ''. Pages ask before they show the form."""
    try:
        _open(deliverable)
    except Conflict as refusal:
        return str(refusal)
    return ""


def _open(deliverable: Deliverable) -> None:
    if deliverable.partnership.state not in BRIEFED:
        raise Conflict(_("Content can be sent once the agreement is signed."))
    live = deliverable.drafts.filter(state__in=[*Draft.IN_REVIEW, Draft.State.APPROVED]).first()
    if live is not None and live.state == Draft.State.APPROVED:
        raise Conflict(
            _("Version %(version)s is approved, and approval is final.") % {"version": live.version}
        )
    if live is not None:
        raise Conflict(
            _("Version %(version)s is in “%(state)s”: wait for the answer, or withdraw it first.")
            % {"version": live.version, "state": live.get_state_display()}
        )
    if deliverable.state in ("planned", "concept"):
        if settings_of(deliverable.partnership.campaign_id).concepts_required:
            waiting = deliverable.concepts.exclude(state=Concept.State.REJECTED).exists()
            raise Conflict(
                _("The agency chooses a concept first.")
                if waiting
                else _("Send two or three concepts first.")
            )
    elif deliverable.state not in ("drafting", "in_review"):
        raise Conflict(
            _("The deliverable is “%(state)s”: it takes no more drafts.")
            % {"state": deliverable.get_state_display()}
        )


def _whole(deliverable: Deliverable, *, asset: Asset | None, link: str, caption: str) -> None:
    errors: dict[str, str] = {}
    if len(caption) > LONGEST_CAPTION:
        errors["caption"] = _("This caption is longer than any platform takes.")
    if link:
        try:
            URLValidator(schemes=["https", "http"])(link)
        except ValidationError:
            errors["link"] = _("Paste a whole link that starts with https://.")
    if asset is not None and asset.deliverable_id != deliverable.pk:
        errors["asset"] = _("This file was uploaded for something else: upload it here.")
    elif asset is not None and asset.kind == Asset.Kind.DOCUMENT and deliverable.format != "live":
        errors["asset"] = _("Send the picture or video itself; a document can go into the library.")
    if asset is None and not link and not (caption and deliverable.format in ("post", "thread", "text")):
        errors["asset"] = _("Add the picture or video, or a link to it.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def withdraw(draft: Draft, *, by: User) -> Draft:
    """Take back what the agency has not decided on yet, for example the wrong file."""
    check(by, "briefs.submit_draft", draft)
    draft = review.locked(draft)
    if draft.state != Draft.State.SUBMITTED:
        raise Conflict(
            _("This version is “%(state)s”; only one in agency review can be withdrawn.")
            % {"state": draft.get_state_display()}
        )
    draft.withdraw()
    draft.save(update_fields=["state", "updated_at"])
    review.close_chain(draft)
    handover.withdrawn(draft.deliverable, by=by)
    record(
        "briefs.draft_withdrawn",
        draft,
        actor=by,
        data={"deliverable_id": draft.deliverable_id, "version": draft.version},
    )
    return draft


@dataclass(frozen=True)
class Comparison:
    old: Draft
    new: Draft
    caption: list[tuple[str, str]]
    same_file: bool


def compare(new: Draft, *, user: User) -> Comparison | None:
    """This version against the one before it that this person may see."""
    old = (
        Draft.objects.visible_to(user)
        .filter(deliverable_id=new.deliverable_id, version__lt=new.version)
        .exclude(state=Draft.State.WITHDRAWN)
        .select_related("asset")
        .order_by("-version")
        .first()
    )
    if old is None:
        return None
    same = (old.asset.sha256 if old.asset else old.link) == (new.asset.sha256 if new.asset else new.link)
    return Comparison(old, new, briefing.diff_words(old.caption, new.caption), same)


def checks_of(draft: Draft) -> list[dict[str, Any]]:
    from briefs.check_texts import as_rows

    return as_rows(draft.checks.all())
