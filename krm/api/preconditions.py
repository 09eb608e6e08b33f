"""ETag, If-None-Match and If-Match: nobody overwrites what they have not seen."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.request import Request

from krm.api.problems import Problem

PATTERN = r'^(\*|(W/)?"[^"]*"( *, *(W/)?"[^"]*")*)$'
WELL_FORMED = re.compile(PATTERN.strip("^$"))


def etag_of(data: Any) -> str:
    raw = json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return f'"{hashlib.sha256(raw.encode()).hexdigest()[:32]}"'


def not_modified(request: Request, etag: str) -> bool:
    wanted = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in wanted or etag in wanted


def wants_match(request: Request, *, required: bool) -> bool:
    if "If-Match" in request.headers:
        return True
    if required:
        raise Problem(428, _("Read the object first and send its ETag as If-Match."))
    return False


def check_match(request: Request, etag: str) -> None:
    given = request.headers["If-Match"]
    if not WELL_FORMED.fullmatch(given):
        raise Problem(
            400,
            _('Send If-Match as the ETag that you read, with its quotes, or "*".'),
            code="invalid_if_match",
        )
    wanted = parse_etags(given)
    if "*" not in wanted and etag not in wanted:
        raise Problem(
            412, _("Somebody changed this since you read it. Read it again and repeat your change.")
        )
