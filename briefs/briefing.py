"""The six-part brief: write, publish as an immutable version, read, compare; and the briefing call."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import icalendar
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import handover
from briefs.checks import Rules
from briefs.models import Brief, BriefContent, BriefingAttendance, BriefingCall, BriefReceipt, BriefVersion
from briefs.models.brief import MAX_PILLARS, MIN_PILLARS, empty_guardrails, empty_mandatory
from campaigns.models import Campaign, Partnership
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

PLACES = ("start", "anywhere", "platform")
_TAG = re.compile(r"^\w+$")
_HANDLE = re.compile(r"^[\w.]{1,60}$")


# --- content ---------------------------------------------------------------------------------------------------


def lines(value: Any) -> list[str]:
    """One entry a line, or a list; blanks and repeats dropped, order kept."""
    parts = value.splitlines() if isinstance(value, str) else list(value or [])
    return list(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))


def _tags(value: Any) -> list[str]:
    tags = [tag.lstrip("#") for entry in lines(value) for tag in entry.replace(",", " ").split()]
    wrong = [tag for tag in tags if not _TAG.match(tag)]
    if wrong:
        raise ValidationError(
            {"hashtags": _("“%(tag)s” is not a hashtag: use letters and digits only.") % {"tag": wrong[0]}}
        )
    return ["#" + tag for tag in dict.fromkeys(tags)]


def _mentions(value: Any) -> list[str]:
    names = [name.lstrip("@") for entry in lines(value) for name in entry.replace(",", " ").split()]
    wrong = [name for name in names if not _HANDLE.match(name)]
    if wrong:
        raise ValidationError({"mentions": _("“%(name)s” is not an account name.") % {"name": wrong[0]}})
    return ["@" + name for name in dict.fromkeys(names)]


def _pillars(value: Any) -> list[dict[str, str]]:
    pillars = []
    for entry in value or []:
        row = entry if isinstance(entry, dict) else {"title": str(entry)}
        title, text = str(row.get("title", "")).strip(), str(row.get("text", "")).strip()
        if text and not title:
            raise ValidationError({"pillars": _("Give every pillar a title.")})
        if title:
            pillars.append({"title": title[:120], "text": text})
    if len(pillars) > MAX_PILLARS:
        raise ValidationError(
            {"pillars": _("At most %(most)s pillars: join or drop some.") % {"most": MAX_PILLARS}}
        )
    return pillars


def _guardrails(value: dict[str, Any]) -> dict[str, list[str]]:
    return {key: lines(value.get(key)) for key in empty_guardrails()}


def _mandatory(value: dict[str, Any]) -> dict[str, Any]:
    disclosure = value.get("disclosure") or {}
    if not isinstance(disclosure, dict):
        disclosure = {"labels": disclosure}
    place = disclosure.get("place") or "start"
    if place not in PLACES:
        raise ValidationError({"disclosure_place": _("Choose where the label must stand.")})
    return {
        "hashtags": _tags(value.get("hashtags")),
        "mentions": _mentions(value.get("mentions")),
        "disclosure": {"labels": lines(disclosure.get("labels")), "place": place},
        "ctas": lines(value.get("ctas")),
    }


def clean_content(data: dict[str, Any]) -> dict[str, Any]:
    """Parts as they are stored; only the parts that were sent."""
    cleaned: dict[str, Any] = {}
    for part in ("story", "narrative", "freedom"):
        if part in data:
            cleaned[part] = str(data[part] or "").strip()
    if "pillars" in data:
        cleaned["pillars"] = _pillars(data["pillars"])
    if "guardrails" in data:
        cleaned["guardrails"] = _guardrails(data["guardrails"] or {})
    if "mandatory" in data:
        cleaned["mandatory"] = _mandatory(data["mandatory"] or {})
    return cleaned


def gaps(brief: BriefContent) -> dict[str, str]:
    """What is missing before this brief may be published, by part."""
    missing: dict[str, str] = {}
    if not brief.story:
        missing["story"] = _("Tell the brand's story and values.")
    if not brief.narrative:
        missing["narrative"] = _("Tell the story of this campaign.")
    if not MIN_PILLARS <= len(brief.pillars) <= MAX_PILLARS:
        missing["pillars"] = _("Write %(least)s to %(most)s pillars.") % {
            "least": MIN_PILLARS,
            "most": MAX_PILLARS,
        }
    if not brief.guardrails.get("dont"):
        missing["guardrails"] = _("Say at least one thing that must not be said or shown.")
    if not brief.freedom:
        missing["freedom"] = _("Say where the KOL decides.")
    if not brief.mandatory.get("disclosure", {}).get("labels"):
        missing["mandatory"] = _("Name at least one disclosure label, for example #ad.")
    return missing


# --- writing and publishing ------------------------------------------------------------------------------------


@transaction.atomic
def save_brief(campaign: Campaign, *, by: User, **content: Any) -> Brief:
    """Write the working text. It may have gaps; publishing may not."""
    check(by, "briefs.edit_brief", campaign)
    cleaned = clean_content(content)
    brief, _created = Brief.objects.select_for_update().get_or_create(
        campaign=campaign, defaults={"mandatory": _starting_mandatory(campaign)}
    )
    for part, value in cleaned.items():
        setattr(brief, part, value)
    brief.updated_by = by
    brief.save(update_fields=[*cleaned, "updated_by", "updated_at"])
    record("briefs.brief_saved", brief, actor=by, data={"campaign_id": campaign.pk, "parts": sorted(cleaned)})
    return brief


def _starting_mandatory(campaign: Campaign) -> dict[str, Any]:
    """What the campaign already says need not be typed again."""
    start = empty_mandatory()
    start["hashtags"] = ["#" + tag.lstrip("#") for tag in campaign.hashtags]
    start["mentions"] = ["@" + name.lstrip("@") for name in campaign.mentions]
    return start


@transaction.atomic
def publish(brief: Brief, *, by: User, note: str = "") -> BriefVersion:
    """Make an immutable version of the working text; KOLs of the campaign are told."""
    check(by, "briefs.publish_brief", brief)
    brief = Brief.objects.select_for_update().select_related("campaign").get(pk=brief.pk)
    if not brief.campaign.is_open:
        raise Conflict(
            _("The campaign is %(state)s: its brief can no longer change.")
            % {"state": brief.campaign.get_state_display()}
        )
    if missing := gaps(brief):
        raise ValidationError(missing)
    digest = content_hash(brief)
    current = brief.current
    if current is not None and current.sha256 == digest:
        raise Conflict(_("Nothing has changed since version %(number)s.") % {"number": current.number})
    version = BriefVersion.objects.create(
        brief=brief,
        number=(brief.versions.aggregate(most=Max("number"))["most"] or 0) + 1,
        note=note.strip()[:300],
        published_at=timezone.now(),
        published_by=by,
        sha256=digest,
        **brief.content(),
    )
    record(
        "briefs.brief_published",
        version,
        actor=by,
        data={"campaign_id": brief.campaign_id, "number": version.number, "sha256": digest},
    )
    return version


def content_hash(content: BriefContent) -> str:
    return hashlib.sha256(
        json.dumps(content.content(), sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()


def current_version(campaign_id: int) -> BriefVersion | None:
    return BriefVersion.objects.filter(brief__campaign_id=campaign_id).order_by("-number").first()


# --- reading ---------------------------------------------------------------------------------------------------


@transaction.atomic
def open_version(version: BriefVersion, *, partnership: Partnership, by: User) -> BriefReceipt:
    """The KOL's side opened it: the first time is the receipt, later times change nothing."""
    check(by, "briefs.read_brief", partnership)
    if partnership.campaign_id != version.brief.campaign_id:
        raise ValidationError({"partnership": _("This brief belongs to another campaign.")})
    receipt, created = BriefReceipt.objects.get_or_create(
        version=version, partnership=partnership, defaults={"user": by, "read_at": timezone.now()}
    )
    if created:
        record(
            "briefs.brief_read",
            version,
            actor=by,
            data={"partnership_id": partnership.pk, "number": version.number},
        )
    return receipt


@transaction.atomic
def acknowledge(version: BriefVersion, *, partnership: Partnership, by: User) -> BriefReceipt:
    """The KOL says: read and understood. Only the newest version can be acknowledged."""
    receipt = open_version(version, partnership=partnership, by=by)
    newest = current_version(partnership.campaign_id)
    if newest is not None and newest.pk != version.pk:
        raise Conflict(
            _("Version %(old)s was replaced by version %(new)s: read that one.")
            % {"old": version.number, "new": newest.number}
        )
    if receipt.acknowledged_at is None:
        receipt.acknowledged_at = max(timezone.now(), receipt.read_at)
        receipt.user = by
        receipt.save(update_fields=["acknowledged_at", "user", "updated_at"])
        handover.briefed(partnership, by=by)
        record(
            "briefs.brief_acknowledged",
            version,
            actor=by,
            data={"partnership_id": partnership.pk, "number": version.number},
        )
    return receipt


# --- comparing -------------------------------------------------------------------------------------------------


def flatten(content: BriefContent) -> dict[str, list[str]]:
    """Each part as lines, for comparing and for plain text."""
    mandatory, guardrails = content.mandatory, content.guardrails
    disclosure = mandatory.get("disclosure", {})
    return {
        "story": content.story.splitlines(),
        "narrative": content.narrative.splitlines(),
        "pillars": [f"{p['title']}: {p['text']}".rstrip(": ") for p in content.pillars],
        "guardrails": [
            *(f"+ {entry}" for entry in guardrails.get("do", [])),
            *(f"− {entry}" for entry in guardrails.get("dont", [])),
            *(f"✗ {entry}" for entry in guardrails.get("banned_words", [])),
            *(f"✗ {entry}" for entry in guardrails.get("banned_claims", [])),
        ],
        "freedom": content.freedom.splitlines(),
        "mandatory": [
            *mandatory.get("hashtags", []),
            *mandatory.get("mentions", []),
            *(f"{label} ({disclosure.get('place', 'start')})" for label in disclosure.get("labels", [])),
            *mandatory.get("ctas", []),
        ],
    }


def diff_lines(old: Iterable[str], new: Iterable[str]) -> list[tuple[str, str]]:
    """[("same"|"gone"|"new", line)] in reading order."""
    kinds = {"  ": "same", "- ": "gone", "+ ": "new"}
    return [(kinds[row[:2]], row[2:]) for row in difflib.ndiff(list(old), list(new)) if row[:2] in kinds]


def diff_words(old: str, new: str) -> list[tuple[str, str]]:
    """Word-level difference of two texts, white space kept."""
    a, b = (re.findall(r"\s+|[^\s]+", text) for text in (old, new))
    pieces: list[tuple[str, str]] = []
    for tag, a0, a1, b0, b1 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(a[a0:a1])))
            continue
        if a1 > a0:
            pieces.append(("gone", "".join(a[a0:a1])))
        if b1 > b0:
            pieces.append(("new", "".join(b[b0:b1])))
    return pieces


def diff(old: BriefContent, new: BriefContent) -> dict[str, list[tuple[str, str]]]:
    """Changed parts only."""
    before, after = flatten(old), flatten(new)
    return {part: diff_lines(before[part], after[part]) for part in before if before[part] != after[part]}


# --- for the machine checks ------------------------------------------------------------------------------------


def rules_for(campaign: Campaign, version: BriefVersion | None, deliverable: Any = None) -> Rules:
    """What a draft is checked against: the brief, the campaign, the brand and the deliverable itself."""
    mandatory = version.mandatory if version else _starting_mandatory(campaign)
    guardrails = version.guardrails if version else {}
    disclosure = mandatory.get("disclosure", {})
    hashtags = list(mandatory.get("hashtags", []))
    mentions = list(mandatory.get("mentions", []))
    if deliverable is not None:
        hashtags += ["#" + tag.lstrip("#") for tag in deliverable.required_hashtags]
        mentions += ["@" + name.lstrip("@") for name in deliverable.required_mentions]
    return Rules(
        hashtags=_unique(hashtags),
        mentions=_unique(mentions),
        disclosure_labels=disclosure.get("labels", []),
        disclosure_place=disclosure.get("place", "start"),
        ctas=mandatory.get("ctas", []),
        banned_words=_unique([*guardrails.get("banned_words", []), *campaign.brand.banned_words]),
        banned_claims=guardrails.get("banned_claims", []),
    )


def _unique(values: Iterable[str]) -> list[str]:
    return list({value.casefold(): value for value in reversed(list(values))}.values())[::-1]


# --- briefing call ---------------------------------------------------------------------------------------------


@transaction.atomic
def plan_call(
    campaign: Campaign,
    *,
    by: User,
    starts_at: datetime,
    partnerships: Iterable[Partnership],
    title: str = "",
    minutes: int = 45,
    place: str = "",
    guests: str = "",
    agenda: str = "",
) -> BriefingCall:
    """Step one: invite KOLs to the call in which the brief is explained."""
    check(by, "briefs.plan_call", campaign)
    invited = _invited(campaign, partnerships)
    if starts_at < timezone.now() - timedelta(days=366):
        raise ValidationError({"starts_at": _("This date is more than a year ago.")})
    call = BriefingCall(
        campaign=campaign,
        title=title.strip() or _("Briefing: %(campaign)s") % {"campaign": campaign.name},
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip(),
        guests=guests.strip(),
        agenda=agenda.strip(),
        host=by,
    )
    call.full_clean(exclude=["host", "campaign"])
    call.save()
    BriefingAttendance.objects.bulk_create(BriefingAttendance(call=call, partnership=p) for p in invited)
    record(
        "briefs.call_planned",
        call,
        actor=by,
        data={"campaign_id": campaign.pk, "partnerships": [p.pk for p in invited]},
    )
    return call


def _invited(campaign: Campaign, partnerships: Iterable[Partnership]) -> list[Partnership]:
    invited = list(dict.fromkeys(partnerships))
    if not invited:
        raise ValidationError({"partnerships": _("Choose at least one KOL.")})
    if any(p.campaign_id != campaign.pk for p in invited):
        raise ValidationError({"partnerships": _("Choose KOLs of this campaign only.")})
    return invited


@transaction.atomic
def move_call(
    call: BriefingCall, *, by: User, starts_at: datetime, minutes: int | None = None, place: str | None = None
) -> BriefingCall:
    """Another time or place; calendars that have the invitation follow."""
    check(by, "briefs.plan_call", call)
    call = BriefingCall.objects.select_for_update().get(pk=call.pk)
    _still_planned(call)
    call.starts_at = starts_at
    call.minutes = minutes or call.minutes
    call.place = call.place if place is None else place.strip()
    call.sequence += 1
    call.full_clean(exclude=["host", "campaign"])
    call.save(update_fields=["starts_at", "minutes", "place", "sequence", "updated_at"])
    record("briefs.call_moved", call, actor=by, data={"starts_at": starts_at.isoformat()})
    return call


@transaction.atomic
def cancel_call(call: BriefingCall, *, by: User) -> BriefingCall:
    check(by, "briefs.plan_call", call)
    call = BriefingCall.objects.select_for_update().get(pk=call.pk)
    _still_planned(call)
    call.state = BriefingCall.State.CANCELLED
    call.sequence += 1
    call.save(update_fields=["state", "sequence", "updated_at"])
    record("briefs.call_cancelled", call, actor=by)
    return call


@transaction.atomic
def hold_call(
    call: BriefingCall, *, by: User, notes: str = "", attended: Iterable[Partnership] = ()
) -> BriefingCall:
    """The call took place: notes, and who was there."""
    check(by, "briefs.plan_call", call)
    call = BriefingCall.objects.select_for_update().get(pk=call.pk)
    if call.state == BriefingCall.State.CANCELLED:
        raise Conflict(_("This call was cancelled: plan a new one."))
    present = {p.pk for p in attended}
    for row in call.attendances.select_related("partnership"):
        row.attended = row.partnership_id in present
        row.save(update_fields=["attended"])
        if row.attended:
            handover.briefed(row.partnership, by=by)
    call.state = BriefingCall.State.HELD
    call.notes = notes.strip()
    call.save(update_fields=["state", "notes", "updated_at"])
    record(
        "briefs.call_held",
        call,
        actor=by,
        data={"campaign_id": call.campaign_id, "attended": sorted(present)},
    )
    return call


def _still_planned(call: BriefingCall) -> None:
    if call.state != BriefingCall.State.PLANNED:
        raise Conflict(
            _("The call is %(state)s; only a planned call can change.") % {"state": call.get_state_display()}
        )


def calendar_invite(call: BriefingCall) -> bytes:
    """The call as an .ics file; the same UID and a rising sequence let calendars follow a move."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//KRM//briefing call//")
    calendar.add("version", "2.0")
    cancelled = call.state == BriefingCall.State.CANCELLED
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    event = icalendar.Event()
    host = settings.SITE_URL.split("//")[-1].split("/")[0].split(":")[0]
    event.add("uid", f"briefing-call-{call.pk}@{host}")
    event.add("sequence", call.sequence)
    event.add("dtstamp", call.updated_at)
    event.add("dtstart", call.starts_at)
    event.add("dtend", call.starts_at + timedelta(minutes=call.minutes))
    event.add("summary", call.title)
    event.add("description", call.agenda)
    event.add("location", call.place)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
