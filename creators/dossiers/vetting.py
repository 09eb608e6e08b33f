"""Verbs of a dossier: make it, sign off each layer, sign the whole, look again, let it expire."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate, now
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from creators.dossiers import content
from creators.models import Creator, Dossier, DossierLayer, DossierState, Verdict, VettingLayer
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import notify, record
from krm.events.texts import told

VALID_DAYS = 90
LONGEST_DAYS = 366


def start(creator: Creator, *, by: User, purpose: str = "") -> Dossier:
    """A draft with today's figures and evidence; one open draft a creator."""
    check(by, "creators.vet", creator)
    if creator.merged_into_id is not None:
        raise Conflict(_("%(name)s is merged into another creator already.") % {"name": creator})
    with transaction.atomic():
        Creator.objects.select_for_update(of=("self",)).get(pk=creator.pk)
        waiting = Dossier.objects.filter(creator=creator, state__in=["draft", "reviewed"]).first()
        if waiting is not None:
            raise Conflict(
                _("Dossier %(number)s is being prepared already. Go on with it.") % {"number": waiting}
            )
        dossier = Dossier.objects.create(
            creator=creator, number=_number(), purpose=" ".join(purpose.split())[:160],
            body=content.collect(creator), as_of=now(), created_by=by,
        )  # fmt: skip
        _event("creators.dossier_started", dossier, by)
    return dossier


def refresh(dossier: Dossier, *, by: User) -> Dossier:
    """Read the figures anew; sign-offs so far are void, for they were about others."""
    check(by, "creators.vet", dossier.creator)
    with transaction.atomic():
        held = _held(dossier)
        _preparing(held)
        if held.state == DossierState.REVIEWED:
            held.reopen()
        held.layers.all().delete()
        held.body, held.as_of = content.collect(held.creator), now()
        held.save()
        _event("creators.dossier_refreshed", held, by)
    return _again(dossier)


def sign_layer(dossier: Dossier, *, by: User, layer: str, verdict: str, remark: str) -> Dossier:
    """A person's word on one layer; the fifth makes the dossier ready to be signed."""
    check(by, "creators.vet", dossier.creator)
    errors: dict[str, str] = {}
    text = remark.replace("\x00", "").strip()
    if layer not in VettingLayer.values:
        errors["layer"] = _("Choose one of the five layers.")
    if verdict not in Verdict.values:
        errors["verdict"] = _("Choose a verdict.")
    if not text:
        errors["remark"] = _("Say what you looked at and what you make of it.")
    elif len(text) > 4000:
        errors["remark"] = _("At most %(count)s characters.") % {"count": 4000}
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        held = _held(dossier)
        _preparing(held)
        DossierLayer.objects.update_or_create(
            dossier=held, layer=layer,
            defaults={"verdict": verdict, "remark": text, "reviewer": by, "signed_at": now()},
        )  # fmt: skip
        if held.state == DossierState.DRAFT and held.layers.count() == len(VettingLayer.values):
            held.review()
            held.save(update_fields=["state", "updated_at"])
        _event("creators.dossier_layer_signed", held, by, layer=layer, verdict=verdict)
    return _again(dossier)


def sign(dossier: Dossier, *, by: User, valid_until: date | None = None) -> Dossier:
    """Fix numbers, evidence and remarks under one SHA-256; from here on the database refuses changes."""
    check(by, "creators.sign_dossier", dossier.creator)
    until = valid_until or localdate() + timedelta(days=VALID_DAYS)
    if not localdate() < until <= localdate() + timedelta(days=LONGEST_DAYS):
        raise ValidationError({"valid_until": _("Choose a day within the next year.")})
    with transaction.atomic():
        held = _held(dossier)
        if held.state == DossierState.DRAFT:
            missing = [
                str(VettingLayer(layer).label)
                for layer in VettingLayer.values
                if not held.layers.filter(layer=layer).exists()
            ]
            raise Conflict(_("Not signed off yet: %(layers)s.") % {"layers": ", ".join(missing)})
        if held.state != DossierState.REVIEWED:
            raise Conflict(
                _("This dossier is %(state)s already.") % {"state": held.get_state_display().lower()}
            )
        held.signed_by, held.signed_at, held.valid_until = by, now(), until
        held.document = _document(held)
        held.sha256 = fingerprint(held.document)
        held.sign()
        held.save()
        _event("creators.dossier_signed", held, by, sha256=held.sha256, valid_until=until.isoformat())
    return _again(dossier)


def discard(dossier: Dossier, *, by: User) -> None:
    """Throw a draft away; a signed dossier is kept."""
    check(by, "creators.vet", dossier.creator)
    with transaction.atomic():
        held = _held(dossier)
        _preparing(held)
        _event("creators.dossier_discarded", held, by)
        held.delete()


def look_again(dossier: Dossier, *, by: User | None = None) -> list[dict[str, Any]]:
    """What differs today from what was signed; new differences raise an event and tell who signed and who owns."""
    if by is not None:
        check(by, "creators.vet", dossier.creator)
    with transaction.atomic():
        held = _held(dossier)
        if held.state not in (DossierState.SIGNED, DossierState.EXPIRED):
            raise Conflict(_("Only a signed dossier is compared with today. Refresh the draft instead."))
        found = content.differences(held.body, content.collect(held.creator))
        found = json.loads(json.dumps(found, cls=DjangoJSONEncoder))
        news = [change for change in found if change not in held.changes]
        held.changes, held.rescanned_at = found, now()
        held.save(update_fields=["changes", "rescanned_at", "updated_at"])
        if news and held.state == DossierState.SIGNED:
            _event("creators.dossier_ground_changed", held, by, changes=len(found), news=len(news))
            _tell(
                held, "creators.dossier_changed",
                format_lazy(gettext_lazy("The ground of dossier {number} changed: {name}"), number=held.number, name=held.creator),
                told(lambda: _changes(news)),
                f"creators.dossier_changed:{held.pk}:{fingerprint(found)[:16]}",
            )  # fmt: skip
    dossier.refresh_from_db()
    return found


def nightly(today: date | None = None) -> dict[str, int]:
    """Expire what is over, look again at what stands."""
    day = today or localdate()
    expired = looked = 0
    for pk in Dossier.objects.filter(state="signed", valid_until__lt=day).values_list("pk", flat=True):
        with transaction.atomic():
            held = Dossier.objects.select_for_update(of=("self",)).get(pk=pk)
            if held.state != DossierState.SIGNED:
                continue
            held.expire()
            held.save(update_fields=["state", "updated_at"])
            _event("creators.dossier_expired", held, None)
            _tell(
                held, "creators.dossier_expired",
                format_lazy(gettext_lazy("Dossier {number} is over: {name}"), number=held.number, name=held.creator), "",
                f"creators.dossier_expired:{held.pk}",
            )  # fmt: skip
        expired += 1
    for dossier in Dossier.objects.filter(state="signed").select_related("creator").iterator(chunk_size=200):
        look_again(dossier)
        looked += 1
    return {"expired": expired, "looked": looked}


def rescan_creator(creator_ids: list[int]) -> int:
    """After a safety flag or new scores: the signed dossiers of these creators."""
    rows = list(Dossier.objects.filter(creator_id__in=creator_ids).standing().select_related("creator"))
    for dossier in rows:
        look_again(dossier)
    return len(rows)


def verify(dossier: Dossier) -> bool:
    """Whether what is kept still has the fingerprint that was signed."""
    return bool(dossier.sha256) and fingerprint(dossier.document) == dossier.sha256


def find_by_hash(text: str) -> Dossier | None:
    """A signed dossier by its whole fingerprint."""
    clean = "".join(text.split()).lower()
    if len(clean) != 64 or any(c not in "0123456789abcdef" for c in clean):
        return None
    return Dossier.objects.filter(sha256=clean).select_related("creator", "signed_by").first()


def fingerprint(document: Any) -> str:
    """SHA-256 of the document as JSON with sorted keys, no spaces, UTF-8."""
    plain = json.loads(json.dumps(document, cls=DjangoJSONEncoder))
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _document(dossier: Dossier) -> dict[str, Any]:
    layers = {row.layer: row for row in dossier.layers.select_related("reviewer")}
    document = {
        "number": dossier.number, "purpose": dossier.purpose, "as_of": dossier.as_of, "body": dossier.body,
        "layers": [
            {
                "layer": layer, "verdict": layers[layer].verdict, "remark": layers[layer].remark,
                "reviewer": layers[layer].reviewer.name or layers[layer].reviewer.email,
                "signed_at": layers[layer].signed_at,
            }
            for layer in VettingLayer.values
        ],
        "signed_by": dossier.signed_by.name or dossier.signed_by.email if dossier.signed_by else "",
        "signed_at": dossier.signed_at, "valid_until": dossier.valid_until,
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(json.dumps(document, cls=DjangoJSONEncoder))
    return plain


def _number() -> str:
    return f"VD-{localdate():%Y%m%d}-{secrets.token_hex(3).upper()}"


def _held(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_for_update(of=("self",)).select_related("creator").get(pk=dossier.pk)


def _again(dossier: Dossier) -> Dossier:
    return Dossier.objects.select_related("creator").get(pk=dossier.pk)


def _preparing(dossier: Dossier) -> None:
    if dossier.state not in (DossierState.DRAFT, DossierState.REVIEWED):
        raise Conflict(
            _("This dossier is %(state)s; it stays as it is. Start a new one.")
            % {"state": dossier.get_state_display().lower()}
        )


def _event(name: str, dossier: Dossier, by: User | None, **data: Any) -> None:
    record(
        name, dossier, actor=by,
        data={"dossier_id": dossier.pk, "creator_id": dossier.creator_id, "number": dossier.number, **data},
    )  # fmt: skip


def _changes(news: list[dict[str, Any]]) -> str:
    language = "id" if (get_language() or "").startswith("id") else "en"
    return "; ".join(sorted({change["label"][language] for change in news}))[:300]


def _tell(dossier: Dossier, kind: str, title: Any, text: Any, key: str) -> None:
    people = {
        user for user in (dossier.signed_by, dossier.created_by, dossier.creator.owner) if user is not None
    }
    notify(kind, people, dossier, title=title, text=text, url=dossier.get_absolute_url(), key=key)
