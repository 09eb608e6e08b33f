"""Send for signature, sign, take back, cancel. What is signed is the SHA-256 of one PDF."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import budget, exclusivity
from campaigns.agreements.document import agreement_pdf, fingerprint
from campaigns.agreements.drafting import check_sum
from campaigns.models import Agreement, AgreementSignature
from campaigns.moves import lock, move
from campaigns.negotiation import check_limit
from campaigns.partnerships import cancel_partnership, portal_users, staff_of
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import notify, record
from krm.events.texts import Text

SALT = "campaigns.signature"


def send(agreement: Agreement, *, by: User) -> Agreement:
    """Typeset the document, fix its fingerprint and ask both sides to sign."""
    check(by, "campaigns.negotiate", agreement)
    with transaction.atomic():
        partnership = lock(agreement.partnership)
        agreement = lock(agreement)
        check_limit(by, agreement.total, agreement.currency)
        milestones = list(agreement.milestones.all())
        check_sum(milestones, agreement)
        deliverables = list(agreement.deliverables.all())
        if not deliverables:
            raise ValidationError(_("An agreement needs at least one deliverable."))
        late = [d for d in deliverables if d.publish_on is None]
        if late:
            raise ValidationError(_("Give “%(title)s” a publish date first.") % {"title": late[0].title})
        budget.check_commitment(partnership.campaign, agreement.total, without=partnership)
        exclusivity.check_creator(partnership.campaign, partnership.creator)
        exclusivity.check_own_window(agreement)
        move(agreement, "send")
        content = agreement_pdf(agreement)
        agreement.document_sha256 = fingerprint(content)
        name = f"{agreement.number.replace('/', '-')}-{agreement.document_sha256[:12]}.pdf"
        agreement.document.save(name, ContentFile(content), save=False)
        agreement.sent_at = timezone.now()
        agreement.save()
        record("campaigns.agreement_sent", agreement, actor=by, data=_facts(agreement))
        notify(
            "campaigns.agreement_to_sign",
            portal_users(partnership.creator_id),
            agreement,
            title=Text(gettext_lazy("Please sign: %(campaign)s"), campaign=partnership.campaign.name),
            text=Text(
                gettext_lazy("Agreement %(number)s over %(total)s is waiting for your signature."),
                number=agreement.number,
                total=budget.money_text(agreement.total, agreement.currency),
            ),
            url=reverse("campaigns:portal_agreement", args=[agreement.pk]),
            key=f"agreement:{agreement.pk}:{agreement.document_sha256[:16]}",
        )
    return agreement


def _facts(agreement: Agreement) -> dict[str, Any]:
    return {
        "agreement_id": agreement.pk,
        "partnership_id": agreement.partnership_id,
        "campaign_id": agreement.partnership.campaign_id,
        "creator_id": agreement.partnership.creator_id,
        "number": agreement.number,
    }


def take_back(agreement: Agreement, *, by: User, reason: str = "") -> Agreement:
    """Back to draft, to change something. Signatures so far stay in the record but no longer count."""
    check(by, "campaigns.negotiate", agreement)
    with transaction.atomic():
        agreement = lock(agreement)
        signed = agreement.signatures.filter(side="creator", sha256=agreement.document_sha256).exists()
        if signed and not reason.strip():
            raise ValidationError({"reason": _("The KOL has signed; say why it is taken back.")})
        move(agreement, "take_back")
        agreement.document_sha256 = ""
        agreement.save(update_fields=["state", "document_sha256", "updated_at"])
        record(
            "campaigns.agreement_taken_back",
            agreement,
            actor=by,
            data={**_facts(agreement), "reason": reason},
        )
        notify(
            "campaigns.agreement_to_sign",
            portal_users(agreement.partnership.creator_id),
            agreement,
            title=Text(gettext_lazy("Agreement %(number)s is being changed"), number=agreement.number),
            text=Text(gettext_lazy("You will get a new version to sign. %(reason)s"), reason=reason),
            url=reverse("campaigns:portal_partnership", args=[agreement.partnership_id]),
            key=f"agreement:{agreement.pk}:back:{timezone.now():%Y%m%d%H%M%S}",
        )
    return agreement


def sign(
    agreement: Agreement, *, by: User, name: str, sha256: str | None = None, address: str = ""
) -> AgreementSignature:
    """Type one's name under the document. The second side's signature makes the agreement hold."""
    side = "creator" if by.is_portal else "agency"
    check(by, f"campaigns.sign_{side}", agreement)
    name = " ".join(name.split())
    if len(name) < 3:
        raise ValidationError({"name": _("Type your full name; it is your signature.")})
    if len(name) > 160:
        raise ValidationError({"name": _("160 letters at most.")})
    with transaction.atomic():
        partnership = lock(agreement.partnership)
        exclusivity.lock_creator(partnership.creator_id)
        agreement = lock(agreement)
        if agreement.state != "sent":
            raise Conflict(
                _(
                    "This agreement is “%(state)s”; it is signed while it waits for signatures. Load the page again."
                )
                % {"state": agreement.get_state_display()}
            )
        if sha256 is not None and sha256 != agreement.document_sha256:
            raise Conflict(
                _("The document has changed since you opened it. Read the new version, then sign.")
            )
        if not file_is_intact(agreement):
            raise Conflict(
                _("The stored document does not match its fingerprint. Take it back and send it again.")
            )
        if agreement.signatures.filter(side=side, sha256=agreement.document_sha256).exists():
            raise Conflict(_("Your side has signed already."))
        signature = AgreementSignature(
            agreement=agreement,
            side=side,
            name=name,
            signed_by=by,
            signed_at=timezone.now(),
            sha256=agreement.document_sha256,
            address_hash=address_hash(address),
        )
        signature.seal = seal(signature)
        signature.save()
        record(
            "campaigns.agreement_side_signed", agreement, actor=by, data={**_facts(agreement), "side": side}
        )
        sides = set(
            agreement.signatures.filter(sha256=agreement.document_sha256).values_list("side", flat=True)
        )
        if sides == {"agency", "creator"}:
            _complete(agreement, by=by)
        elif side == "creator":
            notify(
                "campaigns.agreement_to_sign",
                staff_of(partnership),
                agreement,
                title=Text(gettext_lazy("%(creator)s signed"), creator=str(partnership.creator)),
                text=Text(gettext_lazy("Sign agreement %(number)s for the agency."), number=agreement.number),
                url=reverse("campaigns:agreement_detail", args=[agreement.pk]),
                key=f"agreement:{agreement.pk}:creator:{agreement.document_sha256[:16]}",
            )
    return signature


def _complete(agreement: Agreement, *, by: User) -> None:
    """Both have signed: the partnership is agreed, terms are locked, the exclusivity window opens."""
    partnership = lock(agreement.partnership)
    exclusivity.check_creator(partnership.campaign, partnership.creator)
    exclusivity.check_own_window(agreement)
    now = timezone.now()
    exclusivity.open_window(agreement)
    move(agreement, "sign")
    agreement.signed_at = now
    agreement.save(update_fields=["state", "signed_at", "updated_at"])
    move(partnership, "agree")
    partnership.save(update_fields=["state", "updated_at"])
    agreement.deliverables.update(locked_at=now)
    for milestone in agreement.milestones.select_for_update().filter(trigger="on_signing", state="pending"):
        move(milestone, "make_ready")
        milestone.ready_at = now
        milestone.save(update_fields=["state", "ready_at", "updated_at"])
        record("campaigns.milestone_ready", milestone, actor=by, data=_facts(agreement))
    record("campaigns.agreement_signed", agreement, actor=by, data=_facts(agreement))
    notify(
        "campaigns.agreement_signed",
        [*portal_users(partnership.creator_id), *staff_of(partnership)],
        agreement,
        title=Text(gettext_lazy("Signed by both: %(campaign)s"), campaign=partnership.campaign.name),
        text=Text(gettext_lazy("Agreement %(number)s holds now."), number=agreement.number),
        url="",
        key=f"agreement:{agreement.pk}:signed",
    )


def cancel(agreement: Agreement, *, by: User, reason: str) -> Agreement:
    """Cancel the agreement by cancelling its partnership; the signed document stays."""
    cancel_partnership(agreement.partnership, by=by, reason=reason)
    agreement.refresh_from_db()
    return agreement


def file_is_intact(agreement: Agreement) -> bool:
    """Whether the stored file still has the fingerprint that was (or will be) signed."""
    if not agreement.document or not agreement.document_sha256:
        return False
    try:
        with agreement.document.open("rb") as stored:
            return constant_time_compare(fingerprint(stored.read()), agreement.document_sha256)
    except OSError:
        return False


def address_hash(address: str) -> str:
    """A keyed hash: says whether two signatures came from one address, tells nobody which."""
    return salted_hmac("campaigns.address", address, algorithm="sha256").hexdigest() if address else ""


def _payload(signature: AgreementSignature) -> str:
    return "|".join(
        [
            str(signature.agreement_id),
            signature.side,
            signature.name,
            str(signature.signed_by_id),
            signature.signed_at.isoformat(),
            signature.sha256,
            signature.address_hash,
        ]
    )


def seal(signature: AgreementSignature, secret: str | bytes | None = None) -> str:
    return salted_hmac(SALT, _payload(signature), secret=secret, algorithm="sha256").hexdigest()


def seal_holds(signature: AgreementSignature) -> bool:
    """True while no field of the signature was changed; older keys count too."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(seal(signature, key), signature.seal) for key in keys)
