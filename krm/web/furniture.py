"""Small pieces of HTML that tags, list cells and rooms share."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from krm.web import format
from krm.web.markup import markup

ICONS = Path(settings.BASE_DIR) / "node_modules" / "@tabler" / "icons" / "icons" / "outline"

# What a state means decides its colour; anything not named here stays grey.
_TONE_WORDS = {
    "good": """active approved accepted signed paid live completed done verified published matched chosen agreed ok
        closed client_approved succeeded delivered healthy""",
    "busy": """running sent negotiating in_review in_production client_review planning scheduled submitted countered
        reporting briefed invited drafting agency_review processing ready concept invoiced""",
    "warn": """needs_consent paused mismatch changes_requested agency_changes client_changes cooling_off expired late
        at_risk unverified parked warning""",
    "bad": """failed rejected declined blocked overdue void client_rejected unavailable revoked error""",
}
TONES = {tone: frozenset(words.split()) for tone, words in _TONE_WORDS.items()}
_TONE_OF = {state: tone for tone, states in TONES.items() for state in states}


def tone_of(state: str) -> str:
    return _TONE_OF.get(state, "quiet")


@cache
def _svg(name: str) -> str:
    path = ICONS / f"{name}.svg"
    if not name.replace("-", "").isalnum() or not path.is_file():
        return ""
    text = path.read_text()
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")].strip()


@cache
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An inline Tabler outline icon; decorative unless it has a label."""
    inner = _svg(name) or _svg("circle")
    classes = f"icon icon-{size}" if size else "icon"
    hidden = markup('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return markup(
        '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        'stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>',
        classes,
        hidden,
        mark_safe(inner),  # noqa: S308 - a file of the icon package
    )


def badge(state: str, label: Any, tone: str | None = None) -> SafeString:
    return markup(
        '<span class="state state-{}" data-state="{}">{}</span>', tone or tone_of(state), state, label
    )


_PALETTE = 6


def avatar(name: str) -> SafeString:
    """Initials on a quiet tint that stays the same for the same name."""
    words = [word for word in name.replace("@", "").replace("_", " ").replace(".", " ").split() if word]
    initials = (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
    tint = sum(map(ord, name)) % _PALETTE
    return markup('<span class="avatar-mini tint-{}" aria-hidden="true">{}</span>', tint, initials)


def sparkline(values: Iterable[Any] | None, label: str = "") -> SafeString:
    """A line of the last values: 88 × 22, its own scale, gaps where a value is missing."""
    points = [None if v is None else float(v) for v in (values or [])]
    known = [p for p in points if p is not None]
    if len(known) < 2:
        return markup('<span class="none">{}</span>', format.NONE)
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    width, height, pad = 88.0, 22.0, 2.5
    step = (width - 2 * pad) / (len(points) - 1)
    path, pen = [], "M"
    x = y = 0.0
    for index, point in enumerate(points):
        if point is None:
            pen = "M"
            continue
        x = pad + index * step
        y = height / 2 if high == low else height - pad - (point - low) / span * (height - 2 * pad)
        path.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
    change = (known[-1] - known[0]) / known[0] if known[0] else 0.0
    trend = "up" if change > 0.001 else "down" if change < -0.001 else "flat"
    text = label or _("from %(first)s to %(last)s") % {
        "first": format.count(known[0]),
        "last": format.count(known[-1]),
    }
    return markup(
        '<svg class="sparkline spark-{}" viewBox="0 0 88 22" role="img" aria-label="{}">'
        '<path d="{}"/><circle cx="{}" cy="{}" r="2"/></svg>',
        trend,
        text,
        " ".join(path),
        f"{x:.1f}",
        f"{y:.1f}",
    )


def progress(value: Any, maximum: Any = 1, label: str = "", tone: str = "") -> SafeString:
    """A bar; the element is native, so it needs no inline style."""
    if value is None or not maximum:
        return markup('<span class="none">{}</span>', format.NONE)
    share = float(value) / float(maximum)
    return markup(
        '<span class="bar"><progress class="{}" value="{}" max="1" aria-label="{}">{}</progress>'
        '<span class="bar-text">{}</span></span>',
        f"tone-{tone}" if tone else ("tone-bad" if share > 1 else ""),
        f"{min(max(share, 0), 1):.4f}",
        label or _("Progress"),
        format.percent(share, 0),
        format.percent(share, 0),
    )


_SOURCES = {
    "platform_authorised": ("platform", gettext_lazy("Platform, authorised")),
    "platform_public": ("platform", gettext_lazy("Platform, public")),
    "vendor_estimate": ("estimate", gettext_lazy("Estimate")),
    "manual": ("manual", gettext_lazy("Entered by hand")),
}


def source(value_source: Any, as_of: Any = None) -> SafeString:
    """Where a value comes from and how old it is, as a chip."""
    text = str(value_source or "")
    tone, label = _SOURCES.get(text, ("other", text.replace("_", " ")))
    return markup(
        '<span class="source source-{}" title="{}">{}{}</span>',
        tone,
        format.moment(as_of) if as_of else "",
        label,
        markup(" · {}", format.ago(as_of)) if as_of else "",
    )
