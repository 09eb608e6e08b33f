"""Whether a document and its signatures are what was signed."""

from __future__ import annotations

from typing import Any

from campaigns.agreements.document import certificate_pdf
from campaigns.agreements.signing import file_is_intact, seal_holds
from campaigns.models import Agreement


def verify(agreement: Agreement) -> dict[str, Any]:
    """Each check by itself, and `valid` when all of them hold."""
    signatures = list(agreement.signatures.filter(sha256=agreement.document_sha256).order_by("id"))
    checks: dict[str, Any] = {
        "file_intact": file_is_intact(agreement),
        "seals_hold": bool(signatures) and all(seal_holds(s) for s in signatures),
        "both_signed": {s.side for s in signatures} == {"agency", "creator"},
        "signatures": [{"side": s.side, "name": s.name, "signed_at": s.signed_at} for s in signatures],
    }
    checks["valid"] = bool(checks["file_intact"] and checks["seals_hold"] and checks["both_signed"])
    return checks


def find_by_sha256(sha256: str) -> Agreement | None:
    """The agreement signed by both whose document has this fingerprint."""
    return (
        Agreement.objects.filter(document_sha256=sha256.strip().lower(), signed_at__isnull=False)
        .select_related("partnership__campaign__brand", "partnership__creator")
        .first()
        if sha256.strip()
        else None
    )


def certificate(agreement: Agreement) -> bytes:
    return certificate_pdf(agreement, verify(agreement))
