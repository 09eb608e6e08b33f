"""The content calendar: one page, one JSON source of events, dragging, feeds."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.http import require_safe

from campaigns import feeds, scheduling, tracking
from campaigns.models import Brand, CalendarFeed, Campaign, Deliverable
from campaigns.models.deliverables import BEFORE_PUBLISHED
from campaigns.web.tracker import body_of, refusal_answer
from campaigns.web.workspace import CampaignFacts
from creators.models import Platform
from krm.accounts.permissions import allowed, check
from krm.web.access import AccessMixin
from krm.web.forms import REFUSALS
from krm.web.pages import Page, TabPage, back, verb_view

TONES = {"late": "bad", "soon": "warn", "ok": "", "done": "good"}


class Calendar(Page):
    template_name = "campaigns/calendar.html"
    title = gettext_lazy("Content calendar")

    def get_context(self) -> dict[str, Any]:
        user = self.request.user
        chosen = {name: self.request.GET.get(name, "") for name in ("brand", "campaign", "platform")}
        query = "&".join(f"{name}={value}" for name, value in chosen.items() if value)
        return {
            "brands": Brand.objects.visible_to(user).filter(is_archived=False),
            "campaigns": Campaign.objects.visible_to(user).exclude(state__in=["closed", "cancelled"]),
            "platforms": Platform.choices,
            "chosen": chosen,
            "events_url": f"{reverse('campaigns:calendar_events')}?{query}",
            "move_url": reverse("campaigns:calendar_move") if allowed(user, "campaigns.reschedule") else "",
            "feed": CalendarFeed.objects.filter(user=user, revoked_at=None).first(),
        }


class CalendarTab(CampaignFacts, TabPage):
    template_name = "campaigns/calendar_tab.html"
    tab_key = "calendar"

    def get_context(self) -> dict[str, Any]:
        move = (
            reverse("campaigns:calendar_move") if allowed(self.request.user, "campaigns.reschedule") else ""
        )
        start = max(self.object.starts_on, timezone.localdate().replace(day=1))
        return {
            **super().get_context(),
            "events_url": f"{reverse('campaigns:calendar_events')}?campaign={self.object.pk}",
            "move_url": move,
            "initial_date": min(start, self.object.ends_on).isoformat(),
        }


def moment_of(text: str) -> datetime | None:
    """A moment from FullCalendar's `2026-11-01T00:00:00+07:00` or `2026-11-01`."""
    text = text.strip().replace(" ", "+")
    try:
        found = parse_datetime(text)
        if found is None:
            day = parse_date(text)
            found = datetime.combine(day, datetime.min.time()) if day else None
    except ValueError:
        return None
    if found is not None and timezone.is_naive(found):
        found = timezone.make_aware(found)
    return found


class Events(AccessMixin, View):
    """Planned posts, holidays and sale days of a stretch of time, as FullCalendar takes them."""

    area = "any"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        start = moment_of(request.GET.get("start", "")) or timezone.now() - timedelta(days=40)
        end = moment_of(request.GET.get("end", "")) or start + timedelta(days=80)
        if end - start > timedelta(days=400):
            end = start + timedelta(days=400)

        def number(name: str) -> int | None:
            value = request.GET.get(name, "")
            return int(value) if value.isdigit() and len(value) < 18 else None

        rows = list(
            scheduling.visible_between(
                request.user,  # type: ignore[arg-type]
                start,
                end,
                partnership__campaign__brand_id=number("brand"),
                partnership__campaign_id=number("campaign"),
                platform=request.GET.get("platform", "")[:12],
            )[:2000]
        )
        staff = request.user.is_staff_member  # type: ignore[union-attr]
        clashes = scheduling.collisions(rows) if staff else {}
        may = staff and allowed(request.user, "campaigns.reschedule")
        events = [event_of(d, request.user, clashes.get(d.pk, []), movable=may) for d in rows]
        if request.GET.get("days", "1") != "0":
            events += [
                {
                    "id": f"{row['kind']}-{row['date']:%Y%m%d}",
                    "title": row["title"],
                    "start": row["date"].isoformat(),
                    "end": row["end"].isoformat(),
                    "allDay": True,
                    "editable": False,
                    "tone": "warn" if row["kind"] == "sale" else "quiet",
                    "display": "background" if row["kind"] == "season" else "auto",
                }
                for row in scheduling.special_days(start.date(), end.date())
            ]
        return JsonResponse(events, safe=False)


def event_of(deliverable: Deliverable, user: Any, clashes: list[str], *, movable: bool) -> dict[str, Any]:
    """One planned post. Clients and KOLs get no health, fee or collision with other clients."""
    partnership = deliverable.partnership
    health = tracking.health(deliverable)
    tone = "bad" if clashes else TONES[health.state]
    names = {"portal": "campaigns:portal_deliverable", "client": "campaigns:client_campaign"}
    kind = "portal" if user.is_portal else "client" if user.is_client else "staff"
    pk = partnership.campaign_id if kind == "client" else deliverable.pk
    who = partnership.campaign.brand.name if kind == "portal" else str(partnership.creator)
    title = f"{who} · {deliverable.title}"
    note = " ".join(clashes)
    assert deliverable.publish_on is not None
    return {
        "id": str(deliverable.pk),
        "title": f"⚠ {title}" if clashes else title,
        "start": timezone.localtime(deliverable.publish_on).isoformat(),
        "end": timezone.localtime(deliverable.publish_on + timedelta(minutes=30)).isoformat(),
        "url": reverse(names.get(kind, "campaigns:deliverable_detail"), args=[pk]),
        "editable": movable and deliverable.state in BEFORE_PUBLISHED,
        "durationEditable": False,
        "tone": tone if kind == "staff" else "",
        "hint": note or f"{partnership.campaign.name} · {deliverable.get_state_display()}",
        "extendedProps": {
            "state": deliverable.state,
            "stateLabel": str(deliverable.get_state_display()),
            "campaign": partnership.campaign.name,
            "platform": deliverable.get_platform_display(),
            "needsReason": movable and deliverable.locked_at is not None,
            "note": note,
        },
    }


class Move(AccessMixin, View):
    """A post was dragged: {"id": 12, "start": "2026-11-30", "reason": "…"}."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        body = body_of(request)
        pk = str(body.get("id") or "")
        found = (
            Deliverable.objects.visible_to(request.user).filter(pk=int(pk)).first() if pk.isdigit() else None
        )
        if found is None:
            raise Http404
        check(request.user, "campaigns.reschedule", found)
        text = str(body.get("start") or "")
        moment = moment_of(text)
        if moment is None:
            return JsonResponse({"error": _("This is no date.")}, status=400)
        day_only = "T" not in text or bool(body.get("allDay") in (True, "true", "1"))
        when: date | datetime = timezone.localdate(moment) if day_only else moment
        if found.locked_at is not None and not body.get("reason"):
            # Signed: it needs a reason, so the form opens with the new day filled in.
            shown = timezone.localtime(moment)
            if day_only and found.publish_on:
                clock = timezone.localtime(found.publish_on)
                shown = shown.replace(hour=clock.hour, minute=clock.minute)
            text = _("The agreement is signed: say why the date moves. The KOL will read it.")
            form = reverse("campaigns:deliverable_reschedule", args=[found.pk])
            return JsonResponse(
                {"error": text, "detail": text, "dialog": f"{form}?publish_on={shown:%Y-%m-%dT%H:%M}"},
                status=409,
            )
        try:
            moved = scheduling.reschedule(
                found,
                by=request.user,  # type: ignore[arg-type]
                publish_on=when,
                reason=str(body.get("reason") or ""),
                keep_time=day_only,
            )
        except REFUSALS as refusal:
            return refusal_answer(refusal)
        return JsonResponse({"start": timezone.localtime(moved.publish_on).isoformat()})


class FeedCreate(AccessMixin, View):
    """POST: a new secret address of one's own calendar, shown once."""

    area = "any"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _feed, token = feeds.create_feed(by=request.user)  # type: ignore[arg-type]
        page = FeedMade()
        page.setup(request)
        page.area = "portal" if request.user.is_portal else "client" if request.user.is_client else "staff"  # type: ignore[misc,union-attr]
        return page.render(
            address=request.build_absolute_uri(reverse("campaigns:feed", args=[token])),
            back_url=back(request),
        )


class FeedMade(Page):
    template_name = "campaigns/feed_made.html"
    title = gettext_lazy("Calendar address")


feed_revoke = verb_view(
    CalendarFeed,
    feeds.revoke_feed,
    area="any",
    success=gettext_lazy("The address no longer works."),
    success_url="/",
)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The iCalendar file. The token is the key; an unknown one is 404 like any unknown address."""
    found = feeds.find_feed(token)
    if found is None:
        raise Http404
    response = HttpResponse(feeds.ical(found.user), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="krm.ics"'
    response["Cache-Control"] = "private, max-age=300"
    response["Referrer-Policy"] = "no-referrer"
    return response
