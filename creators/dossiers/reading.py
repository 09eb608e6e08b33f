"""A dossier as its page and PDF read it: the signed document, or the draft in the same shape."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from creators.models import Dossier


def document_of(dossier: Dossier) -> dict[str, Any]:
    """What was signed; for a draft what would be."""
    if dossier.document:
        return dict(dossier.document)
    draft = {
        "number": dossier.number, "purpose": dossier.purpose, "as_of": dossier.as_of, "body": dossier.body,
        "layers": [
            {
                "layer": row.layer, "verdict": row.verdict, "remark": row.remark,
                "reviewer": row.reviewer.name or row.reviewer.email, "signed_at": row.signed_at,
            }
            for row in dossier.layers.select_related("reviewer")
        ],
        "signed_by": "", "signed_at": None, "valid_until": None,
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(json.dumps(draft, cls=DjangoJSONEncoder))
    return plain
